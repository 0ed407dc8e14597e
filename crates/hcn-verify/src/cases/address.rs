//! Addresses of endpoints: who gives them, which are refused, when they are free again.

use std::net::Ipv4Addr;

use hcn::{Api, Code, Guid, Kind};
use serde_json::Value;

use super::{SUCCESS, YES, case, shown, yes_or};
use crate::bench::{Bench, Object};
use crate::case::{Answer, Case, OPEN, Outcome, Seen, Stop, depends, inferred, refused};
use crate::network::Ground;

const RESERVED: &[Answer] = &[Answer::Code(Code::ADDR_INVALID_OR_RESERVED)];
const INVALID: &[Answer] = &[Answer::Code(Code::INVALID_IP)];

pub(super) const CASES: &[Case] = &[
    case(
        "address.given",
        "is an address of the subnet given to one that asks for none?",
        depends(YES),
        |bench| {
            let prefix = prefix(bench.ground()?)?;
            let (_, address) = addressed(bench)?;
            Ok(yes_or(prefix.contains(&address), || format!("{address} is not in {prefix}")))
        },
    ),
    case(
        "address.prefix-length",
        "does it read back with the subnet's prefix length?",
        inferred(YES),
        |bench| {
            let length = prefix(bench.ground()?)?.prefix_len();
            let seen = bench.read(&bench.endpoint()?)?["IpConfigurations"][0]["PrefixLength"].take();
            Ok(yes_or(seen == length, || shown(&seen)))
        },
    ),
    case(
        "address.different",
        "are two endpoints given different addresses and MAC addresses?",
        depends(YES),
        |bench| {
            let (first, second) = (bench.endpoint()?, bench.endpoint()?);
            let (first, second) = (bench.read(&first)?, bench.read(&second)?);
            let differ = first["MacAddress"] != second["MacAddress"]
                && first["IpConfigurations"][0]["IpAddress"] != second["IpConfigurations"][0]["IpAddress"];
            Ok(yes_or(differ, || "no".to_owned()))
        },
    ),
    case("address.chosen", "is a free address given to one that asks for it?", inferred(YES), |bench| {
        let address = free(bench)?;
        chosen(bench, &configuration(address, ""), address)
    }),
    case(
        "address.chosen.zero-length",
        "is a prefix length of 0 taken from the subnet?",
        inferred(YES),
        |bench| {
            let address = free(bench)?;
            chosen(bench, &configuration(address, r#","PrefixLength":0"#), address)
        },
    ),
    case("address.key-case", "is IPConfigurations understood, with two capitals?", inferred(YES), |bench| {
        let address = free(bench)?;
        let members = configuration(address, "").replace("IpConfigurations", "IPConfigurations");
        chosen(bench, &members, address)
    }),
    case("address.freed", "is a deleted endpoint's address free again?", inferred(SUCCESS), |bench| {
        let address = free(bench)?;
        Ok(Seen::of(&bench.try_endpoint(&configuration(address, ""))?))
    }),
    case(
        "address.taken",
        "which code refuses one that an endpoint has?",
        depends(RESERVED).or_finding(refused),
        |bench| {
            let (_, address) = addressed(bench)?;
            Ok(Seen::of(&bench.try_endpoint(&configuration(address, ""))?))
        },
    ),
    case(
        "address.foreign",
        "which code refuses one of no subnet?",
        depends(INVALID).or_finding(refused),
        |bench| {
            let prefix = prefix(bench.ground()?)?;
            let foreign = [Ipv4Addr::new(203, 0, 113, 9), Ipv4Addr::new(198, 51, 100, 9)];
            let address = foreign.into_iter().find(|address| !prefix.contains(address));
            let address = address.ok_or_else(|| Stop::skip("every address is of the network's subnet"))?;
            Ok(Seen::of(&bench.try_endpoint(&configuration(address, ""))?))
        },
    ),
    case("address.malformed", "which code refuses a text that is no address?", inferred(INVALID), |bench| {
        Ok(Seen::of(&bench.try_endpoint(r#""IpConfigurations":[{"IpAddress":"300.1.2.3"}]"#)?))
    }),
    case("address.gateway", "which code refuses the gateway's?", inferred(RESERVED), |bench| {
        let gateway = bench.ground()?.gateway.ok_or_else(|| Stop::skip("the network has no gateway"))?;
        Ok(Seen::of(&bench.try_endpoint(&configuration(gateway, ""))?))
    }),
    case("address.network", "which code refuses the subnet's own?", inferred(RESERVED), |bench| {
        let address = prefix(bench.ground()?)?.network();
        Ok(Seen::of(&bench.try_endpoint(&configuration(address, ""))?))
    }),
    case("address.broadcast", "which code refuses the broadcast address?", inferred(RESERVED), |bench| {
        let address = prefix(bench.ground()?)?.broadcast();
        Ok(Seen::of(&bench.try_endpoint(&configuration(address, ""))?))
    }),
    case("address.empty", "is an empty text as an address left to the service?", OPEN, |bench| {
        Ok(Seen::of(&bench.try_endpoint(r#""IpConfigurations":[{"IpAddress":""}]"#)?))
    }),
    case("address.two", "are two addresses of one family taken?", OPEN, |bench| {
        let (first, second) = (free(bench)?, free(bench)?);
        let two = format!(r#""IpConfigurations":[{{"IpAddress":"{first}"}},{{"IpAddress":"{second}"}}]"#);
        Ok(Seen::of(&bench.try_endpoint(&two)?))
    }),
    case("mac.from-pool", "is the MAC address of the network's pool?", inferred(YES), from_pool),
    case(
        "mac.chosen",
        "is a MAC address given to one that asks for it, in its spelling?",
        inferred(YES),
        |bench| {
            let mac = mac();
            match bench.try_endpoint(&format!(r#""MacAddress":"{mac}""#))? {
                Err(failure) => Ok(Seen::Refused(failure.code)),
                Ok(made) => {
                    let seen = bench.read(&made)?["MacAddress"].take();
                    Ok(yes_or(seen == *mac, || shown(&seen)))
                }
            }
        },
    ),
    case("mac.null", "is a MAC address of null left to the service?", inferred(SUCCESS), |bench| {
        Ok(Seen::of(&bench.try_endpoint(r#""MacAddress":null"#)?))
    }),
    case("mac.taken", "is a MAC address refused that an endpoint has?", OPEN, |bench| {
        let members = format!(r#""MacAddress":"{}""#, mac());
        let first = bench.try_endpoint(&members)?;
        first.map_err(|failure| {
            Stop::skip(format!("no MAC address is chosen: {}", Seen::Refused(failure.code)))
        })?;
        Ok(Seen::of(&bench.try_endpoint(&members)?))
    }),
];

fn prefix(ground: &Ground) -> Result<ipnet::Ipv4Net, Stop> {
    ground.prefix.ok_or_else(|| Stop::skip("the network has no IPv4 subnet"))
}

fn address(document: &Value) -> Option<Ipv4Addr> {
    document["IpConfigurations"][0]["IpAddress"].as_str()?.parse().ok()
}

/// An endpoint and the address that the service gave it.
fn addressed(bench: &Bench) -> Result<(Object, Ipv4Addr), Stop> {
    let made = bench.endpoint()?;
    let document = bench.read(&made)?;
    let address = address(&document);
    Ok((made, address.ok_or_else(|| Stop::Broken("the endpoint has no IPv4 address".to_owned()))?))
}

/// An address that was just given and is free again.
fn free(bench: &Bench) -> Result<Ipv4Addr, Stop> {
    let (made, address) = addressed(bench)?;
    let deleted = bench.session.delete(Kind::Endpoint, made.id);
    deleted.map_err(|failure| Stop::broken("delete the endpoint", &failure))?;
    Ok(address)
}

fn configuration(address: Ipv4Addr, more: &str) -> String {
    format!(r#""IpConfigurations":[{{"IpAddress":"{address}"{more}}}]"#)
}

/// Whether an endpoint of these members has the address that it asked for.
fn chosen(bench: &Bench, members: &str, wanted: Ipv4Addr) -> Outcome {
    match bench.try_endpoint(members)? {
        Err(failure) => Ok(Seen::Refused(failure.code)),
        Ok(made) => {
            let document = bench.read(&made)?;
            let configuration = &document["IpConfigurations"][0];
            let whole = configuration["PrefixLength"].as_u64().is_some_and(|length| length > 0);
            let is = address(&document) == Some(wanted) && whole;
            Ok(yes_or(is, || format!("{} instead of {wanted}", shown(configuration))))
        }
    }
}

fn from_pool(bench: &Bench) -> Outcome {
    bench.own_ground()?;
    let network = bench.read(&bench.network()?)?;
    let mac = bench.read(&bench.endpoint()?)?["MacAddress"].take();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_ascii_uppercase();
    let ranges = network["MacPool"]["Ranges"].as_array().cloned().unwrap_or_default();
    // Equally long texts of upper-case hex digits are ordered as their numbers are.
    let inside = ranges
        .iter()
        .any(|range| (text(&range["StartMacAddress"])..=text(&range["EndMacAddress"])).contains(&text(&mac)));
    Ok(yes_or(inside, || format!("{} is not in {ranges:?}", shown(&mac))))
}

/// A locally administered address, in lower case to see whether that is kept.
fn mac() -> String {
    let chance = Guid::random().as_u128().to_be_bytes();
    format!("02-68-63-6e-{:02x}-{:02x}", chance[0], chance[1])
}
