//! Properties of generated documents of every kind: written as the service would write them, known members in order and
//! unknown ones behind them, they come back byte for byte; with their members in any order they mean the same.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use proptest::test_runner::{Config, TestRunner};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::property::{object, string, unknown, value};
use super::*;

/// What a member holds.
#[derive(Clone, Copy)]
enum Is {
    Text,
    Number(u64),
    Bool,
    Guid,
    Any,
    /// One of these names, or one that nobody knows.
    Name(&'static [&'static str]),
    List(&'static Is),
    Part(Shape),
    /// A policy of an owner that has these.
    Policy(&'static [&'static str]),
}

/// The members of a document, in order; with or without those that every object has.
#[derive(Clone, Copy)]
struct Shape {
    base: bool,
    own: &'static [(&'static str, Is)],
}

const fn part(own: &'static [(&'static str, Is)]) -> Shape {
    Shape { base: false, own }
}

const fn whole(own: &'static [(&'static str, Is)]) -> Shape {
    Shape { base: true, own }
}

const U8: Is = Is::Number(u8::MAX as u64);
const U16: Is = Is::Number(u16::MAX as u64);
const U32: Is = Is::Number(u32::MAX as u64);
const TEXTS: Is = Is::List(&Is::Text);
const ID: &[(&str, Is)] = &[("Id", Is::Text)];

const BASE: &[(&str, Is)] = &[
    ("ID", Is::Guid),
    ("Owner", Is::Text),
    ("Name", Is::Text),
    ("Version", Is::Number(u64::MAX)),
    ("AdditionalParams", Is::Any),
    ("Health", Is::Part(part(&[("Data", Is::Any), ("Extra", Is::Part(HEALTH))]))),
    ("Telemetry", Is::Part(part(&[("Data", Is::Any)]))),
    ("State", U16),
];
const HEALTH: Shape = part(&[
    ("Resources", Is::Any),
    ("SharedContainers", Is::Any),
    ("LayeredOn", Is::Guid),
    ("SwitchGuid", Is::Guid),
    ("UtilityVM", Is::Guid),
    ("VirtualMachine", Is::Guid),
]);
const ROUTES: Is =
    Is::List(&Is::Part(part(&[("NextHop", Is::Text), ("DestinationPrefix", Is::Text), ("Metric", U16)])));
const DNS: Shape =
    part(&[("Domain", Is::Text), ("Search", TEXTS), ("ServerList", TEXTS), ("Options", TEXTS)]);
const IP_SUBNETS: Is = Is::List(&Is::Part(whole(&[("IpAddressPrefix", Is::Text), ("Flags", U32)])));
const SUBNETS: Is = Is::List(&Is::Part(whole(&[
    ("IpAddressPrefix", Is::Text),
    ("Policies", Is::List(&Is::Policy(OnSubnet::TYPES))),
    ("Routes", ROUTES),
    ("IpSubnets", IP_SUBNETS),
    ("Flags", U32),
])));
const RANGE: Shape = part(&[("StartMacAddress", Is::Text), ("EndMacAddress", Is::Text)]);
const NETWORK: Shape = whole(&[
    (
        "Type",
        Is::Name(&["NAT", "ICS", "Transparent", "L2Bridge", "L2Tunnel", "Overlay", "Private", "Internal"]),
    ),
    ("Policies", Is::List(&Is::Policy(OnNetwork::TYPES))),
    ("MacPool", Is::Part(part(&[("Ranges", Is::List(&Is::Part(RANGE)))]))),
    ("Dns", Is::Part(DNS)),
    ("Ipams", Is::List(&Is::Part(part(&[("Type", Is::Name(&["Static", "Dhcp"])), ("Subnets", SUBNETS)])))),
    ("Flags", U32),
]);
const IP_CONFIG: Shape = part(&[("IpAddress", Is::Text), ("PrefixLength", U8), ("IpSubnetId", Is::Guid)]);
const ENDPOINT: Shape = whole(&[
    ("HostComputeNetwork", Is::Guid),
    ("HostComputeNamespace", Is::Guid),
    ("Policies", Is::List(&Is::Policy(OnEndpoint::TYPES))),
    ("IpConfigurations", Is::List(&Is::Part(IP_CONFIG))),
    ("Dns", Is::Part(DNS)),
    ("Routes", ROUTES),
    ("MacAddress", Is::Text),
    ("Flags", U32),
]);
const RESOURCE: Shape = part(&[("Type", Is::Name(&["Container", "Endpoint"])), ("Data", Is::Part(part(ID)))]);
const NAMESPACE: Shape = whole(&[
    ("NamespaceId", U32),
    ("NamespaceGuid", Is::Guid),
    ("Type", Is::Name(&["Host", "HostDefault", "Guest", "GuestDefault"])),
    ("Resources", Is::List(&Is::Part(RESOURCE))),
    ("CreateWithCompartment", Is::Bool),
    ("ReadyOnCreate", Is::Bool),
]);
const MODIFY: Shape = part(&[
    ("ResourceUri", Is::Text),
    ("ResourceType", Is::Name(&["Policy", "Endpoint", "Subnet"])),
    ("RequestType", Is::Name(&["Add", "Remove", "Update", "Refresh", "Reset"])),
    ("Settings", Is::Any),
]);
const FILTER: Shape = part(&[
    ("ID", Is::Guid),
    ("Name", Is::Text),
    ("VirtualNetwork", Is::Guid),
    ("VirtualMachine", Is::Guid),
    ("State", U16),
    ("Flags", U32),
]);
const PORT_MAPPING: Shape = part(&[
    ("Protocol", U32),
    ("InternalPort", U16),
    ("ExternalPort", U16),
    ("VIP", Is::Text),
    ("Flags", U32),
]);
const OUTBOUND_NAT: Shape = part(&[
    ("VirtualIP", Is::Text),
    ("Exceptions", TEXTS),
    ("Destinations", TEXTS),
    ("Flags", U32),
    ("MaxPortPoolUsage", U16),
]);
const SDN_ROUTE: Shape = part(&[
    ("DestinationPrefix", Is::Text),
    ("NextHop", Is::Text),
    ("NeedEncap", Is::Bool),
    ("AutomaticEndpointMonitor", Is::Bool),
]);
const ACL: Shape = part(&[
    ("Protocols", Is::Text),
    ("Action", Is::Name(&["Allow", "Block", "Pass"])),
    ("Direction", Is::Name(&["In", "Out"])),
    ("LocalAddresses", Is::Text),
    ("RemoteAddresses", Is::Text),
    ("LocalPorts", Is::Text),
    ("RemotePorts", Is::Text),
    ("RuleType", Is::Name(&["Host", "Switch"])),
    ("Priority", U16),
    ("Id", Is::Text),
]);
const PORT: Shape =
    part(&[("PortId", Is::Guid), ("VirtualNicName", Is::Text), ("VirtualMachineId", Is::Guid)]);
const ISOLATION: Shape = part(&[("IsolationId", U32)]);

/// A document as its members: names and texts, known ones in order, unknown ones behind them.
type Members = Vec<(String, String)>;

fn document(shape: Shape) -> BoxedStrategy<Members> {
    let base = if shape.base { BASE } else { &[] };
    let version = if shape.base { schema_version().boxed() } else { Just(None).boxed() };
    (members(base), version, members(shape.own), unknown())
        .prop_map(|(base, version, own, unknown)| {
            // A schema version stands between the health and the telemetry of an object.
            let at = base.iter().position(|(name, _)| ["Telemetry", "State"].contains(&&**name));
            let (front, back) = base.split_at(at.unwrap_or(base.len()));
            [front, version.as_slice(), back, &own, &unknown].concat()
        })
        .boxed()
}

fn schema_version() -> impl Strategy<Value = Option<(String, String)>> {
    let version = (any::<u32>(), any::<u32>()).prop_map(|(major, minor)| {
        ("SchemaVersion".to_owned(), format!(r#"{{"Major":{major},"Minor":{minor}}}"#))
    });
    proptest::option::weighted(0.4, version)
}

/// Some of the members, in order.
fn members(known: &[(&'static str, Is)]) -> BoxedStrategy<Members> {
    let nothing = Just(Vec::new()).boxed();
    known.iter().fold(nothing, |before, (name, is)| {
        let member = proptest::option::weighted(0.4, text(*is));
        (before, member)
            .prop_map(|(mut before, member)| {
                before.extend(member.map(|text| ((*name).to_owned(), text)));
                before
            })
            .boxed()
    })
}

/// A value as the library writes it.
fn text(is: Is) -> BoxedStrategy<String> {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    match is {
        Is::Text => any::<String>().prop_map(move |text| quoted(&text)).boxed(),
        Is::Number(most) => (0..=most).prop_map(|number| number.to_string()).boxed(),
        Is::Bool => any::<bool>().prop_map(|value| value.to_string()).boxed(),
        Is::Guid => any::<u128>().prop_map(|id| format!("\"{}\"", crate::Guid::from_u128(id))).boxed(),
        Is::Any => value().prop_filter("null is absent", |text| text != "null").boxed(),
        Is::Name(names) => name(names),
        Is::List(item) => vec(text(*item), 0..3).prop_map(|items| format!("[{}]", items.join(","))).boxed(),
        Is::Part(shape) => document(shape).prop_map(|members| object(&members)).boxed(),
        Is::Policy(types) => policy(types).prop_map(|members| object(&members)).boxed(),
    }
}

fn name(names: &'static [&'static str]) -> BoxedStrategy<String> {
    let known = proptest::sample::select(names).prop_map(|name| format!("\"{name}\""));
    prop_oneof![4 => known, 1 => Just("\"Quantum\"".to_owned()), 1 => (100u64..).prop_map(|n| n.to_string())]
        .boxed()
}

fn policy(types: &'static [&'static str]) -> BoxedStrategy<Members> {
    let named = (name(types), text(Is::Any), unknown());
    named
        .prop_map(|(name, settings, unknown)| {
            let known = [("Type".to_owned(), name), ("Settings".to_owned(), settings)];
            known.into_iter().chain(unknown).collect()
        })
        .boxed()
}

/// Generated documents of this shape come back as they were, and mean the same in any order.
fn survives<T>(known: &[&str], shape: Shape)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let base = if shape.base { BASE } else { &[] };
    let mut names: Vec<&str> = base.iter().chain(shape.own).map(|(name, _)| *name).collect();
    if shape.base {
        names.insert(6, "SchemaVersion");
    }
    assert_eq!(names, known, "every member is tried");
    let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
    let tried = (document(shape), any::<u64>());
    let ran = TestRunner::new(config).run(&tried, |(members, seed)| {
        let text = object(&members);
        let read: T = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let moved = object(&moved(members, known, seed));
        prop_assert_eq!(serde_json::from_str::<T>(&moved).unwrap(), read, "{}", moved);
        Ok(())
    });
    ran.unwrap_or_else(|failed| panic!("{failed}"));
}

/// The known members at other places, in other spellings; the unknown ones stay in their order.
fn moved(members: Members, known: &[&str], seed: u64) -> Members {
    let (known, mut all): (Members, Members) =
        members.into_iter().partition(|(name, _)| known.contains(&name.as_str()));
    for (nth, (name, value)) in (0u32..).zip(known) {
        let turn = seed.rotate_right(7 * nth);
        let name = if turn & 1 == 0 { name.to_uppercase() } else { name };
        let at = usize::try_from(turn >> 1).unwrap_or_default() % (all.len() + 1);
        all.insert(at, (name, value));
    }
    all
}

macro_rules! survive {
    ($($test:ident: $($document:ident $shape:expr),+;)*) => {$(
        #[test]
        fn $test() {
            $(survives::<$document>($document::MEMBERS, $shape);)+
        }
    )*};
}

survive! {
    networks_survive: Network NETWORK;
    endpoints_survive: Endpoint ENDPOINT;
    namespaces_survive: Namespace NAMESPACE;
    requests_survive:
        Modify MODIFY,
        EndpointMember part(&[("EndpointId", Is::Guid)]),
        ContainerMember part(&[("ContainerId", Is::Text)]),
        Extension part(&[("Id", Is::Guid), ("IsEnabled", Is::Bool)]),
        Subnets part(&[("Subnets", SUBNETS)]),
        IpSubnets part(&[("SubnetId", Is::Guid), ("IpSubnets", IP_SUBNETS)]),
        Port PORT;
    filters_survive: Filter FILTER;
    settings_of_policies_survive:
        PortMapping PORT_MAPPING,
        OutBoundNat OUTBOUND_NAT,
        SdnRoute SDN_ROUTE,
        Acl ACL,
        NetAdapterName part(&[("NetworkAdapterName", Is::Text)]),
        ProviderAddress part(&[("ProviderAddress", Is::Text)]),
        Vlan ISOLATION,
        Vsid ISOLATION;
}

proptest! {
    #[test]
    fn queries_survive(filter in document(FILTER), unknown in unknown(), flags in any::<u32>()) {
        let filter = Filter::from_json(&object(&filter)).unwrap();
        let query = QueryDocument { flags: Some(flags), ..QueryDocument::v2_where(&filter) };
        let text = query.to_json();
        let read = QueryDocument::from_json(&text).unwrap();
        prop_assert_eq!(Filter::from_json(read.filter.as_deref().unwrap()), Ok(filter));
        let behind = object(&unknown);
        let more = format!("{},{}", text.trim_end_matches('}'), behind.trim_start_matches('{'));
        if behind != "{}" {
            prop_assert_eq!(QueryDocument::from_json(&more).unwrap().to_json(), more);
        }
    }

    #[test]
    fn a_request_keeps_the_bytes_of_its_settings(name in string(), settings in text(Is::Any)) {
        let text = format!(r#"{{"ResourceType":"Policy","Settings":{settings},"Naïve":{name}}}"#);
        prop_assert_eq!(Modify::from_json(&text).unwrap().to_json(), text);
    }
}
