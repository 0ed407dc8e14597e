//! Endpoints: made as hcn makes them, read back, refused, deleted.

use hcn::{Api, Code, Guid, Kind};
use serde_json::Value;

use super::{SUCCESS, YES, case, shown, yes_or};
use crate::bench::{Bench, document};
use crate::case::{Answer, Case, OPEN, Outcome, Seen, Stop, depends, inferred, not_found, refused};

const ABSENT: &[Answer] = &[Answer::Code(Code::ENDPOINT_NOT_FOUND)];
const BAD: &[Answer] = &[Answer::Code(Code::INVALID_JSON)];

pub(super) const CASES: &[Case] = &[
    case(
        "endpoint.create",
        "is an endpoint made under an id of ours, with a default route and DNS of hcn's?",
        depends(SUCCESS),
        |bench| Ok(Seen::of(&bench.try_endpoint(&as_hcn(bench)?)?)),
    ),
    case(
        "endpoint.create.bare",
        "is one made that leaves everything to the service?",
        inferred(SUCCESS),
        |bench| Ok(Seen::of(&bench.try_endpoint("")?)),
    ),
    case("endpoint.read.id", "is the id in lower case?", inferred(YES), |bench| {
        let made = bench.endpoint()?;
        let id = bench.read(&made)?["ID"].take();
        Ok(yes_or(id == made.id.to_string(), || shown(&id)))
    }),
    case("endpoint.read.network", "does its document name its network?", depends(YES), |bench| {
        let network = bench.ground()?.id;
        let named = bench.read(&bench.endpoint()?)?["HostComputeNetwork"].take();
        Ok(yes_or(guid(&named) == Some(network), || shown(&named)))
    }),
    case(
        "endpoint.read.namespace",
        "how does one in no namespace read back?",
        inferred(&[Answer::Says("zero"), Answer::Says("absent")]),
        |bench| Ok(Seen::says(namespace_of(&bench.read(&bench.endpoint()?)?))),
    ),
    case("endpoint.read.mac", "has it a MAC address with dashes?", depends(YES), |bench| {
        let mac = bench.read(&bench.endpoint()?)?["MacAddress"].take();
        let is = mac.as_str().is_some_and(|mac| mac.len() == 17 && mac.matches('-').count() == 5);
        Ok(yes_or(is, || shown(&mac)))
    }),
    case("endpoint.read.dns", "which DNS has one that was given none?", OPEN, |bench| {
        let dns = bench.read(&bench.endpoint()?)?["Dns"].take();
        Ok(Seen::says(if dns.is_null() { "none" } else { "some: its document has it" }))
    }),
    case("endpoint.read.dns-given", "is the DNS that hcn gives kept?", depends(YES), |bench| {
        let made = bench
            .try_endpoint(&as_hcn(bench)?)?
            .map_err(|failure| Stop::broken("make an endpoint", &failure))?;
        let servers = bench.read(&made)?["Dns"]["ServerList"].take();
        Ok(yes_or(servers == serde_json::json!(["192.0.2.53"]), || shown(&servers)))
    }),
    case(
        "endpoint.read.route",
        "has one without routes a default route to the gateway?",
        inferred(YES),
        |bench| {
            let gateway = bench.ground()?.gateway.ok_or_else(|| Stop::skip("the network has no gateway"))?;
            let route = bench.read(&bench.endpoint()?)?["Routes"][0].take();
            let is = route["NextHop"] == gateway.to_string() && route["DestinationPrefix"] == "0.0.0.0/0";
            Ok(yes_or(is, || shown(&route)))
        },
    ),
    case("endpoint.read.policies", "which policies does the service add?", OPEN, |bench| {
        Ok(Seen::says(shown(&bench.read(&bench.endpoint()?)?["Policies"])))
    }),
    case("endpoint.create.name-taken", "may two have the same name?", inferred(SUCCESS), |bench| {
        let members = format!(r#""Name":"{}""#, Bench::name());
        bench.try_endpoint(&members)?.map_err(|failure| Stop::broken("make an endpoint", &failure))?;
        Ok(Seen::of(&bench.try_endpoint(&members)?))
    }),
    case(
        "endpoint.create.id-taken",
        "is a second one under the same id refused?",
        inferred(&[Answer::Code(Code::ALREADY_EXISTS), Answer::Code(Code::OBJECT_ALREADY_EXISTS)]),
        |bench| {
            let (made, network) = (bench.endpoint()?, bench.network()?);
            let settings =
                document(&format!(r#""Name":"{}","HostComputeNetwork":"{}""#, Bench::name(), network.id));
            Ok(Seen::of(&bench.create_as(Kind::Endpoint, Some(network.handle), made.id, &settings)))
        },
    ),
    case(
        "endpoint.create.other-network",
        "is a document that names another network than the handle's refused?",
        inferred(&[Answer::Code(Code::INVALID_ARGUMENT)]),
        |bench| {
            let network = bench.network()?;
            let members = format!(r#""Name":"{}","HostComputeNetwork":"{}""#, Bench::name(), Guid::random());
            Ok(Seen::of(&bench.create(Kind::Endpoint, Some(network.handle), &document(&members))))
        },
    ),
    case(
        "endpoint.create.no-network-member",
        "may the document leave the network out?",
        inferred(SUCCESS),
        |bench| {
            let network = bench.network()?;
            let settings = document(&format!(r#""Name":"{}""#, Bench::name()));
            Ok(Seen::of(&bench.create(Kind::Endpoint, Some(network.handle), &settings)))
        },
    ),
    case(
        "endpoint.create.no-handle",
        "which code refuses a null network handle?",
        inferred(&[Answer::Code(Code::INVALID_ARGUMENT)]).or_finding(refused),
        |bench| {
            let members =
                format!(r#""Name":"{}","HostComputeNetwork":"{}""#, Bench::name(), bench.ground()?.id);
            Ok(Seen::of(&bench.create(Kind::Endpoint, None, &document(&members))))
        },
    ),
    case("endpoint.create.in-namespace", "is HostComputeNamespace obeyed by a create?", OPEN, |bench| {
        let namespace = bench.namespace()?;
        match bench.try_endpoint(&format!(r#""HostComputeNamespace":"{}""#, namespace.id))? {
            Err(failure) => Ok(Seen::Refused(failure.code)),
            Ok(made) => Ok(Seen::says(namespace_of(&bench.read(&made)?))),
        }
    }),
    case("endpoint.create.unknown-member", "is an unknown member refused?", inferred(BAD), |bench| {
        Ok(Seen::of(&bench.try_endpoint(r#""HcnVerify":1"#)?))
    }),
    case(
        "endpoint.create.wrong-type",
        "are IpConfigurations that are an object refused?",
        inferred(BAD),
        |bench| Ok(Seen::of(&bench.try_endpoint(r#""IpConfigurations":{}"#)?)),
    ),
    case(
        "endpoint.create.unknown-policy",
        "which code refuses an unknown policy?",
        inferred(&[Answer::Code(Code::INVALID_POLICY_TYPE), Answer::Code(Code::INVALID_JSON)]),
        |bench| Ok(Seen::of(&bench.try_endpoint(r#""Policies":[{"Type":"HcnVerify","Settings":{}}]"#)?)),
    ),
    case(
        "endpoint.create.policy-member",
        "which code refuses an unknown member of a policy's settings?",
        inferred(&[Answer::Code(Code::INVALID_POLICY)]),
        |bench| {
            let policy = r#""Policies":[{"Type":"OutBoundNAT","Settings":{"HcnVerify":1}}]"#;
            Ok(Seen::of(&bench.try_endpoint(policy)?))
        },
    ),
    case(
        "endpoint.create.policy-kept",
        "are a policy's settings given back byte for byte?",
        inferred(YES),
        |bench| {
            let settings = r#"{"Exceptions":["10.0.0.0/16","192.0.2.4/32"]}"#;
            let members = format!(r#""Policies":[{{"Type":"OutBoundNAT","Settings":{settings}}}]"#);
            match bench.try_endpoint(&members)? {
                Err(failure) => Ok(Seen::Refused(failure.code)),
                Ok(made) => {
                    let text = bench.query(&made, Some(crate::bench::V2)).unwrap_or_default();
                    Ok(yes_or(text.contains(settings), || "no: its document has them".to_owned()))
                }
            }
        },
    ),
    case(
        "endpoint.create.internal-port",
        "which code refuses a port mapping without an internal port?",
        inferred(&[Answer::Code(Code::INVALID_INTERNAL_PORT)]),
        |bench| Ok(Seen::of(&bench.try_endpoint(&mapping(0, port()))?)),
    ),
    case("endpoint.create.port", "is a port of the host mapped?", inferred(SUCCESS), |bench| {
        Ok(Seen::of(&bench.try_endpoint(&mapping(8080, port()))?))
    }),
    case(
        "endpoint.create.port-taken",
        "is a port refused that another endpoint has?",
        inferred(&[Answer::Code(Code::PORT_ALREADY_EXISTS)]),
        |bench| {
            let members = mapping(8080, port());
            match bench.try_endpoint(&members)? {
                Err(failure) => {
                    Err(Stop::skip(format!("no port is mapped: {}", Seen::Refused(failure.code))))
                }
                Ok(_) => Ok(Seen::of(&bench.try_endpoint(&members)?)),
            }
        },
    ),
    case(
        "endpoint.open.absent",
        "which code has the open of an absent one?",
        depends(ABSENT).or_finding(not_found),
        |bench| Ok(Seen::of(&bench.open(Kind::Endpoint, Guid::random()))),
    ),
    case(
        "endpoint.delete.absent",
        "which code has the deletion of an absent one?",
        depends(ABSENT).or_finding(not_found),
        |bench| Ok(Seen::of(&bench.session.delete(Kind::Endpoint, Guid::random()))),
    ),
    case("endpoint.delete", "is one deleted, and gone?", depends(YES), deleted),
];

/// What `hcn run --net nat` says of an endpoint: a default route and name resolution.
fn as_hcn(bench: &Bench) -> Result<String, Stop> {
    let gateway = bench.ground()?.gateway.ok_or_else(|| Stop::skip("the network has no gateway"))?;
    let route = format!(r#""Routes":[{{"NextHop":"{gateway}","DestinationPrefix":"0.0.0.0/0"}}]"#);
    Ok(format!(r#"{route},"Dns":{{"ServerList":["192.0.2.53"]}}"#))
}

fn guid(value: &Value) -> Option<Guid> {
    value.as_str()?.parse().ok()
}

/// The namespace that an endpoint's document names.
pub(super) fn namespace_of(endpoint: &Value) -> String {
    match guid(&endpoint["HostComputeNamespace"]) {
        Some(id) if id.is_zero() => "zero".to_owned(),
        Some(id) => id.to_string(),
        None => shown(&endpoint["HostComputeNamespace"]),
    }
}

/// A TCP port mapping.
fn mapping(internal: u16, external: u16) -> String {
    format!(
        r#""Policies":[{{"Type":"PortMapping","Settings":{{"Protocol":6,"InternalPort":{internal},"ExternalPort":{external}}}}}]"#
    )
}

/// A port that hardly anybody uses: below the ports that Windows gives out by itself, by chance.
fn port() -> u16 {
    47_000 + (Guid::random().as_u128() % 1_000) as u16
}

fn deleted(bench: &Bench) -> Outcome {
    let made = bench.endpoint()?;
    match bench.session.delete(Kind::Endpoint, made.id) {
        Err(failure) => Ok(Seen::Refused(failure.code)),
        Ok(()) => {
            let opened = Seen::of(&bench.open(Kind::Endpoint, made.id));
            Ok(yes_or(not_found(&opened), || format!("it opens: {opened}")))
        }
    }
}
