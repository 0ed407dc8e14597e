//! What touches more than objects of the suite's own: asked with `--disruptive` alone. Some of it no program should
//! do to a host by itself: that is listed with what a person can do instead.

use hcn::{Api, Guid, Kind};

use super::{SUCCESS, YES, case, yes_or};
use crate::bench::{Bench, document};
use crate::case::{Answer, Case, Expects, OPEN, Outcome, Seen, Stop, inferred};
use crate::report::MadeKind;

/// The host's own namespace on unrelated machines.
const HOST_DEFAULT: Guid = Guid::from_u128(0x910f7d92_ba2d_4c3f_98ae_7c0ac590d2dc);

pub(super) const CASES: &[Case] = &[
    case(
        "disruptive.l2bridge",
        "is an L2Bridge network made on an adapter that the service picks? (connections of the host drop for a moment)",
        inferred(SUCCESS),
        |bench| {
            let subnet = r#""Ipams":[{"Type":"Static","Subnets":[{"IpAddressPrefix":"10.251.7.0/24","Routes":[{"NextHop":"10.251.7.1","DestinationPrefix":"0.0.0.0/0"}]}]}]"#;
            Ok(Seen::of(&network(bench, &format!(r#""Type":"L2Bridge",{subnet}"#))))
        },
    ),
    case(
        "disruptive.transparent",
        "is a Transparent network made on an adapter that the service picks? (connections of the host drop for a moment)",
        inferred(SUCCESS),
        |bench| Ok(Seen::of(&network(bench, r#""Type":"Transparent""#))),
    ),
    case(
        "disruptive.internal",
        "is an Internal network made? (the host gets an adapter more, for a moment)",
        inferred(SUCCESS),
        |bench| Ok(Seen::of(&network(bench, r#""Type":"Internal""#))),
    ),
    case(
        "disruptive.host-default",
        "does a create of type HostDefault return the one of the known id?",
        inferred(YES),
        host_default,
    ),
    case(
        "disruptive.container",
        "can a namespace with a container in it not be deleted? (a namespace that stays needs a restart of the service)",
        inferred(&[Answer::Code(hcn::Code::REQUEST_UNSUPPORTED)]),
        container,
    ),
    by_hand("disruptive.service-restart", "what is left after a restart of the service hns?"),
    by_hand("disruptive.reboot", "what is left after a restart of the host?"),
    by_hand("disruptive.not-elevated", "which code has a caller without rights?"),
    by_hand("disruptive.pool-exhausted", "which code has an endpoint when the subnet is full?"),
];

/// Why a case is asked by nobody but a person.
pub(super) fn not_automated(id: &str) -> Option<&'static str> {
    match id {
        "disruptive.service-restart" => Some(
            "it takes the network from every container of the host: on a host without any, keep an endpoint with \
             `hcn endpoint create`, restart the service hns, and look with `hcn endpoint list`",
        ),
        "disruptive.reboot" => Some(
            "no program should restart a host: keep a network and a namespace, restart, and look with `hcn network \
             list` and `hcn namespace list`",
        ),
        "disruptive.not-elevated" => {
            Some("it needs a second caller: run `hcn-namespace list` in a shell that is not elevated")
        }
        "disruptive.pool-exhausted" => Some(
            "a subnet can only be filled on a network of its own, and a host has one NAT network: fill a /29 with \
             `hcn endpoint create`",
        ),
        _ => None,
    }
}

const fn by_hand(id: &'static str, asks: &'static str) -> Case {
    const NOT_ASKED: Expects = OPEN;
    case(id, asks, NOT_ASKED, |_| Err(Stop::Skip(String::new())))
}

fn network(bench: &Bench, members: &str) -> Result<crate::bench::Object, hcn::Failure> {
    bench.create(Kind::Network, None, &document(&format!(r#""Name":"{}",{members}"#, Bench::name())))
}

/// One that was not there before is taken away again, although the service may keep it.
fn host_default(bench: &Bench) -> Outcome {
    let before =
        bench.ids(Kind::Namespace, None).map_err(|failure| Stop::broken("list the namespaces", &failure))?;
    let note = |id: Guid| {
        if !before.contains(&id) {
            bench.session.note(MadeKind::Namespace, id);
        }
    };
    note(HOST_DEFAULT);
    match bench.try_namespace(r#""Type":"HostDefault""#) {
        Err(failure) => Ok(Seen::Refused(failure.code)),
        Ok(made) => {
            let shown = bench.read(&made)?["ID"].take();
            let id: Option<Guid> = shown.as_str().and_then(|text| text.parse().ok());
            id.into_iter().for_each(note);
            Ok(yes_or(id == Some(HOST_DEFAULT), || shown.to_string()))
        }
    }
}

fn container(bench: &Bench) -> Outcome {
    let namespace = bench.namespace()?;
    let container = Bench::name();
    bench.session.note_container(namespace.id, &container);
    let settings = format!(
        r#"{{"ResourceType":"Container","RequestType":"Add","Settings":{{"ContainerId":"{container}"}}}}"#
    );
    let added = bench.session.modify(Kind::Namespace, namespace.handle, &settings);
    added.map_err(|failure| Stop::skip(format!("no container is added: {}", Seen::Refused(failure.code))))?;
    Ok(Seen::of(&bench.session.delete(Kind::Namespace, namespace.id)))
}
