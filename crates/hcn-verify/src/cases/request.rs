//! What is asked less often: requests about parts of objects, remote endpoints, names, documents of the older form.

use hcn::{Api, Code, Guid, Kind};

use super::{SUCCESS, case};
use crate::bench::{Bench, Object, document};
use crate::case::{Answer, Case, Outcome, Seen, Stop, inferred};

pub(super) const CASES: &[Case] = &[
    case("remote.create", "is a remote endpoint made?", inferred(SUCCESS), |bench| {
        Ok(Seen::of(&bench.try_endpoint(REMOTE)?))
    }),
    case(
        "remote.add",
        "which code refuses to add a remote endpoint to a namespace?",
        inferred(&[Answer::Code(Code::ENDPOINT_NOT_LOCAL)]),
        |bench| {
            let (made, namespace) = (bench.try_endpoint(REMOTE)?, bench.namespace()?);
            let made =
                made.map_err(|failure| Stop::skip(format!("none is made: {}", Seen::Refused(failure.code))))?;
            Ok(Seen::of(&bench.add(&namespace, made.id)))
        },
    ),
    case(
        "port.remove",
        "which code refuses to take an endpoint from its switch port that has none?",
        inferred(&[Answer::Code(Code::ENDPOINT_NOT_ATTACHED)]),
        |bench| {
            asked(bench, &bench.endpoint()?, r#""ResourceType":"Port","RequestType":"Remove","Settings":{}"#)
        },
    ),
    case(
        "policy.refresh",
        "which code refuses to refresh an endpoint's policies?",
        inferred(&[Answer::Code(Code::REQUEST_UNSUPPORTED)]),
        |bench| {
            let request = r#""ResourceType":"Policy","RequestType":"Refresh","Settings":{"Policies":[]}"#;
            asked(bench, &bench.endpoint()?, request)
        },
    ),
    case(
        "membership.update",
        "which code refuses to update a namespace's endpoints?",
        inferred(&[Answer::Code(Code::REQUEST_UNSUPPORTED)]),
        |bench| {
            let request = format!(
                r#""ResourceType":"Endpoint","RequestType":"Update","Settings":{{"EndpointId":"{}"}}"#,
                bench.endpoint()?.id
            );
            asked(bench, &bench.namespace()?, &request)
        },
    ),
    case("network.dns", "is a network's name resolution updated?", inferred(SUCCESS), |bench| {
        let request =
            r#""ResourceType":"DNS","RequestType":"Update","Settings":{"ServerList":["192.0.2.54"]}"#;
        asked(bench, &private(bench, &Bench::name())?, request)
    }),
    case(
        "network.extension",
        "which code refuses an unknown switch extension?",
        inferred(&[Answer::Code(Code::SWITCH_EXTENSION_NOT_FOUND)]),
        |bench| {
            let request = format!(
                r#""ResourceType":"Extension","RequestType":"Update","Settings":{{"Id":"{}","IsEnabled":false}}"#,
                Guid::random()
            );
            asked(bench, &private(bench, &Bench::name())?, &request)
        },
    ),
    case(
        "name.long",
        "which code refuses a network's name of 300 characters?",
        inferred(&[Answer::Code(Code::INVALID_ARGUMENT)]),
        |bench| {
            let name = format!("{:x<300}", Bench::name());
            Ok(Seen::of(&bench.create(Kind::Network, None, &private_document(&name))))
        },
    ),
    case("network.create.older", "is a Private network made by a V1 document?", inferred(SUCCESS), |bench| {
        let older = format!(r#"{{"Name":"{}","Type":"Private"}}"#, Bench::name());
        Ok(Seen::of(&bench.create(Kind::Network, None, &older)))
    }),
];

/// It takes no address: one of the documentation's.
const REMOTE: &str = r#""Flags":1,"IpConfigurations":[{"IpAddress":"198.51.100.7","PrefixLength":24}],"MacAddress":"02-11-C6-33-64-07""#;

fn asked(bench: &Bench, object: &Object, request: &str) -> Outcome {
    Ok(Seen::of(&bench.session.modify(object.kind, object.handle, &format!("{{{request}}}"))))
}

fn private_document(name: &str) -> String {
    document(&format!(r#""Name":"{name}","Type":"Private""#))
}

/// A network that touches nothing of the host.
fn private(bench: &Bench, name: &str) -> Result<Object, Stop> {
    let made = bench.create(Kind::Network, None, &private_document(name));
    made.map_err(|failure| Stop::skip(format!("no Private network is made: {}", Seen::Refused(failure.code))))
}
