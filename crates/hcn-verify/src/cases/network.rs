//! Networks: the NAT network of `hcn run --net nat`, and the refusals that hcn reads when it makes one.
//!
//! Where the host has a NAT network, those that would make a second one are skipped.

use hcn::{Api, Code, Guid, Kind, Network, NetworkKind};

use super::{SUCCESS, YES, case, yes_or};
use crate::bench::{Bench, Object, V2, document};
use crate::case::{Answer, Case, OPEN, Outcome, Seen, Stop, depends, inferred, not_found, refused};
use crate::network::{Ground, nat_document};

const ABSENT: &[Answer] = &[Answer::Code(Code::NETWORK_NOT_FOUND)];
const TAKEN: &[Answer] = &[Answer::Code(Code::NETWORK_ALREADY_EXISTS)];
/// What hcn takes for "somebody else made it meanwhile: look again".
const LOOK_AGAIN: &[Code] = &[Code::NETWORK_ALREADY_EXISTS, Code::ALREADY_EXISTS, Code::INVALID_NETWORK];

pub(super) const CASES: &[Case] = &[
    case(
        "network.nat",
        "is there a NAT network, or does the service make one and choose its subnet?",
        depends(&[Answer::Says("made"), Answer::Says("the host has one")]),
        |bench| Ok(Seen::says(if bench.ground()?.own { "made" } else { "the host has one" })),
    ),
    case("network.nat.kind", "does hcn read its document as one of type NAT?", depends(YES), |bench| {
        let kind = own(bench)?.1.kind();
        Ok(yes_or(kind == NetworkKind::Nat, || format!("{kind}")))
    }),
    case("network.nat.subnet", "has it a subnet with a prefix?", depends(YES), |bench| {
        let ground = bench.own_ground()?;
        Ok(yes_or(ground.prefix.is_some(), || "no".to_owned()))
    }),
    case(
        "network.nat.gateway",
        "has the subnet a default route, whose next hop is in it?",
        depends(YES),
        |bench| {
            let ground = bench.own_ground()?;
            let inside = ground.prefix.zip(ground.gateway).is_some_and(|(prefix, hop)| prefix.contains(&hop));
            Ok(yes_or(inside, || format!("{:?} in {:?}", ground.gateway, ground.prefix)))
        },
    ),
    case("network.nat.gateway-first", "is the gateway the subnet's first host?", inferred(YES), |bench| {
        let ground = bench.own_ground()?;
        let first = ground.prefix.and_then(|prefix| prefix.hosts().next());
        Ok(yes_or(first.is_some() && first == ground.gateway, || format!("{:?}", ground.gateway)))
    }),
    case("network.nat.prefix-length", "how long is the prefix that the service chose?", OPEN, |bench| {
        let ground = bench.own_ground()?;
        Ok(Seen::says(ground.prefix.map_or("none".to_owned(), |prefix| format!("/{}", prefix.prefix_len()))))
    }),
    case("network.nat.mac-pool", "has it a pool of 4096 MAC addresses in 00-15-5D?", inferred(YES), mac_pool),
    case("network.nat.listed", "is it listed?", depends(YES), |bench| {
        let id = bench.ground()?.id;
        match bench.ids(Kind::Network, Some(V2)) {
            Ok(ids) => Ok(yes_or(ids.contains(&id), || "no".to_owned())),
            Err(failure) => Ok(Seen::Refused(failure.code)),
        }
    }),
    case(
        "network.create.name-taken",
        "is a second NAT network of the same name refused, in a way that hcn understands?",
        depends(TAKEN).or_finding(looks_again),
        |bench| {
            let settings = nat_document(&bench.own_ground()?.name);
            Ok(Seen::of(&bench.create(Kind::Network, None, &settings)))
        },
    ),
    case(
        "network.create.name-taken.private",
        "is a second Private network of the same name refused?",
        inferred(TAKEN),
        |bench| {
            let name = Bench::name();
            private(bench, &name)?;
            Ok(Seen::of(&bench.create(Kind::Network, None, &private_document(&name))))
        },
    ),
    case(
        "network.create.id-taken",
        "is a second network under the same id refused, in a way that hcn understands?",
        depends(TAKEN).or_finding(looks_again),
        |bench| {
            let made = private(bench, &Bench::name())?;
            let settings = private_document(&Bench::name());
            Ok(Seen::of(&bench.create_as(Kind::Network, None, made.id, &settings)))
        },
    ),
    case("network.create.second-nat", "is a second NAT network made?", OPEN, |bench| {
        bench.own_ground()?;
        Ok(Seen::of(&bench.create(Kind::Network, None, &nat_document(&Bench::name()))))
    }),
    case(
        "network.create.overlap",
        "is a NAT network on the same prefix refused?",
        inferred(&[
            Answer::Code(Code::ALREADY_EXISTS),
            Answer::Code(Code::INVALID_ARGUMENT),
            Answer::Code(Code::INVALID_NETWORK),
        ]),
        |bench| {
            let prefix = bench.own_ground()?.prefix.ok_or_else(|| Stop::skip("the network has no subnet"))?;
            Ok(Seen::of(&nat(bench, &prefix.to_string(), None)))
        },
    ),
    case(
        "network.create.bad-prefix",
        "which code refuses a prefix that is none?",
        inferred(&[Answer::Code(Code::INVALID_PREFIX), Answer::Code(Code::INVALID_JSON)]).or_finding(refused),
        |bench| {
            bench.own_ground()?;
            Ok(Seen::of(&nat(bench, "hcn-verify", None)))
        },
    ),
    case(
        "network.create.host-bits",
        "which code refuses a prefix with host bits?",
        inferred(&[Answer::Code(Code::INVALID_JSON), Answer::Code(Code::INVALID_PREFIX)]),
        |bench| {
            bench.own_ground()?;
            Ok(Seen::of(&nat(bench, "10.251.7.1/24", None)))
        },
    ),
    case(
        "network.create.gateway-outside",
        "which code refuses a gateway outside of the prefix?",
        inferred(&[Answer::Code(Code::INVALID_NETWORK)]),
        |bench| {
            bench.own_ground()?;
            Ok(Seen::of(&nat(bench, "10.251.7.0/24", Some("10.251.8.1"))))
        },
    ),
    case(
        "network.create.unknown-type",
        "which code refuses an unknown type?",
        inferred(&[Answer::Code(Code::INVALID_NETWORK_TYPE), Answer::Code(Code::INVALID_JSON)]),
        |bench| {
            let settings = document(&format!(r#""Name":"{}","Type":"HcnVerify""#, Bench::name()));
            Ok(Seen::of(&bench.create(Kind::Network, None, &settings)))
        },
    ),
    case("network.create.private", "is a Private network made?", inferred(SUCCESS), |bench| {
        Ok(Seen::of(&bench.create(Kind::Network, None, &private_document(&Bench::name()))))
    }),
    case("network.create.no-name", "is a network made that has no name?", OPEN, |bench| {
        Ok(Seen::of(&bench.create(Kind::Network, None, &document(r#""Type":"Private""#))))
    }),
    case(
        "network.open.absent",
        "which code has the open of an absent one?",
        depends(ABSENT).or_finding(not_found),
        |bench| Ok(Seen::of(&bench.open(Kind::Network, Guid::random()))),
    ),
    case(
        "network.delete.absent",
        "which code has the deletion of an absent one?",
        depends(ABSENT).or_finding(not_found),
        |bench| Ok(Seen::of(&bench.session.delete(Kind::Network, Guid::random()))),
    ),
];

fn looks_again(seen: &Seen) -> bool {
    matches!(seen, Seen::Refused(code) if LOOK_AGAIN.contains(code))
}

/// Our own NAT network and its document.
fn own(bench: &Bench) -> Result<(&Ground, &Network), Stop> {
    let ground = bench.own_ground()?;
    let document = ground.document.as_ref();
    Ok((ground, document.ok_or_else(|| Stop::skip("the network was not read"))?))
}

fn mac_pool(bench: &Bench) -> Outcome {
    let pool = own(bench)?.1.mac_pool.as_ref();
    let ranges = pool.and_then(|pool| pool.ranges.as_deref()).unwrap_or_default();
    let [range] = ranges else { return Ok(Seen::says(format!("{} ranges", ranges.len()))) };
    let (first, last) = (&range.start_mac_address, &range.end_mac_address);
    let end = |text: &Option<String>| number(text.as_deref()?);
    let is = end(first)
        .zip(end(last))
        .is_some_and(|(first, last)| first >> 24 == 0x00_155D && last.checked_sub(first) == Some(4095));
    Ok(yes_or(is, || format!("{first:?} to {last:?}")))
}

/// A MAC address as a number.
fn number(mac: &str) -> Option<u64> {
    u64::from_str_radix(&mac.replace('-', ""), 16).ok().filter(|_| mac.len() == 17)
}

fn private_document(name: &str) -> String {
    document(&format!(r#""Name":"{name}","Type":"Private""#))
}

/// A network that touches nothing of the host.
fn private(bench: &Bench, name: &str) -> Result<Object, Stop> {
    let made = bench.create(Kind::Network, None, &private_document(name));
    made.map_err(|failure| Stop::skip(format!("no Private network is made: {}", Seen::Refused(failure.code))))
}

/// A NAT network on this prefix.
fn nat(bench: &Bench, prefix: &str, gateway: Option<&str>) -> Result<Object, hcn::Failure> {
    let route = |hop| format!(r#","Routes":[{{"NextHop":"{hop}","DestinationPrefix":"0.0.0.0/0"}}]"#);
    let routes = gateway.map(route).unwrap_or_default();
    let settings = document(&format!(
        r#""Name":"{}","Type":"NAT","Ipams":[{{"Type":"Static","Subnets":[{{"IpAddressPrefix":"{prefix}"{routes}}}]}}]"#,
        Bench::name()
    ));
    bench.create(Kind::Network, None, &settings)
}
