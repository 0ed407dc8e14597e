//! What `create` makes of its flags, and what it leaves when it fails.

use hcn::{NamespaceKind, NetworkKind};

use super::{Lab, said};

#[test]
fn flags_of_a_network_become_its_document() {
    let lab = Lab::new();
    let line = "network create lab --type Transparent --subnet 10.3.0.0/16 --subnet 10.4.0.0/16 --gateway 10.4.0.1 \
                --dns 1.1.1.1 --dns 9.9.9.9 --dns-domain lab.example --dns-search a.example --adapter Ethernet --vlan 7";
    let id = lab.done(line);
    let made = lab.hcn().networks().get(id.trim().parse().unwrap()).unwrap();
    assert_eq!((made.name.as_deref(), made.kind()), (Some("lab"), NetworkKind::Transparent));
    let ipams = serde_json::to_string(
        &made
            .ipams
            .iter()
            .flatten()
            .flat_map(|ipam| ipam.subnets.iter().flatten())
            .map(|subnet| (&subnet.ip_address_prefix, &subnet.policies, &subnet.routes))
            .collect::<Vec<_>>(),
    )
    .unwrap();
    insta::assert_snapshot!(ipams, @r#"
    [["10.3.0.0/16",[{"Type":"VLAN","Settings":{"IsolationId":7}}],null],["10.4.0.0/16",[{"Type":"VLAN","Settings":{"IsolationId":7}}],[{"NextHop":"10.4.0.1","DestinationPrefix":"0.0.0.0/0"}]]]
    "#);
    insta::assert_snapshot!(made.dns.unwrap().to_json(), @r#"
    {"Domain":"lab.example","Search":["a.example"],"ServerList":["1.1.1.1","9.9.9.9"]}
    "#);
    insta::assert_snapshot!(serde_json::to_string(&made.policies).unwrap(), @r#"
    [{"Type":"NetAdapterName","Settings":{"NetworkAdapterName":"Ethernet"}}]
    "#);
}

#[test]
fn flags_of_an_endpoint_become_its_document() {
    let lab = Lab::furnished();
    let line = [
        "endpoint",
        "create",
        "db",
        "--network",
        "nat",
        "--ip",
        "10.1.0.9/24",
        "--mac",
        "00-15-5d-0a-0b-0c",
        "--gateway",
        "10.1.0.1",
        "--dns",
        "9.9.9.9",
        "--dns-domain",
        "lab.example",
        "-p",
        "8080:80",
        "--publish",
        "53:54/udp",
        "--policy",
        r#"{"Type":"OutBoundNAT","Settings":{"Exceptions":["10.0.0.0/8"]}}"#,
    ];
    let id = lab.program(&line).run().success().stdout();
    let made = lab.hcn().endpoints().get(id.trim().parse().unwrap()).unwrap();
    assert_eq!(made.addresses().collect::<Vec<_>>(), ["10.1.0.9"]);
    assert_eq!(made.mac_address.as_deref(), Some("00-15-5D-0A-0B-0C"));
    insta::assert_snapshot!(serde_json::to_string(&(&made.dns, &made.routes, &made.policies)).unwrap(), @r#"
    [{"Domain":"lab.example","ServerList":["9.9.9.9"]},[{"NextHop":"10.1.0.1","DestinationPrefix":"0.0.0.0/0"}],[{"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":80,"ExternalPort":8080}},{"Type":"PortMapping","Settings":{"Protocol":17,"InternalPort":54,"ExternalPort":53}},{"Type":"OutBoundNAT","Settings":{"Exceptions":["10.0.0.0/8"]}}]]
    "#);
}

#[test]
fn a_namespace_is_made_of_the_schema_version_alone_unless_a_type_is_asked_for() {
    let lab = Lab::new();
    let kinds = ["", "--type guest", "--type Host", "--type guest-default"].map(|flags| {
        let id = lab.done(&format!("namespace create {flags}"));
        lab.hcn().namespaces().get(id.trim().parse().unwrap()).unwrap().kind()
    });
    assert_eq!(
        kinds,
        [NamespaceKind::Host, NamespaceKind::Guest, NamespaceKind::Host, NamespaceKind::GuestDefault]
    );
}

#[test]
fn what_was_made_is_printed_as_asked() {
    let lab = Lab::new();
    assert_eq!(lab.done("network create one -o name"), "one\n");
    let id = lab.done("network create two -q");
    assert!(id.trim().parse::<hcn::Guid>().is_ok() && id.lines().count() == 1, "{id}");
    let json = lab.done("network create three -o json");
    let made: Vec<hcn::Network> = serde_json::from_str::<Vec<serde_json::Value>>(&json)
        .unwrap()
        .iter()
        .map(|document| hcn::Network::from_json(&document.to_string()).unwrap())
        .collect();
    assert_eq!(made[0].name.as_deref(), Some("three"));
}

#[test]
fn what_nobody_was_told_of_is_not_left() {
    let lab = Lab::new();
    let hcn = env!("CARGO_BIN_EXE_hcn");
    let store = format!("emulator:{}", lab.scratch.join("hns.db").display());
    let line = format!("{hcn} namespace create > /dev/full");
    let output = hcn_test::Program::new("/bin/sh").args(["-c", &line]).env("HCN_HNS", store).run();
    insta::assert_snapshot!(output.snapshot(), @r"
    exit 1
    stderr: hcn: cannot write to stdout: No space left on device (os error 28); look at where it leads
    ");
    assert_eq!(lab.ids(), [const { Vec::<String>::new() }; 3]);
}

#[test]
fn the_host_s_own_namespace_stays_though_nobody_was_told_of_it() {
    let lab = Lab::new();
    let own = lab.done("namespace create --type HostDefault");
    let hcn = env!("CARGO_BIN_EXE_hcn");
    let store = format!("emulator:{}", lab.scratch.join("hns.db").display());
    let line = format!("{hcn} namespace create --type HostDefault > /dev/full");
    let output = hcn_test::Program::new("/bin/sh").args(["-c", &line]).env("HCN_HNS", store).run();
    insta::assert_snapshot!(output.snapshot(), @r"
    exit 1
    stderr: hcn: cannot write to stdout: No space left on device (os error 28); look at where it leads
    ");
    assert_eq!(lab.done("namespace list -q"), own);
}

#[test]
fn what_is_there_or_cannot_be_is_refused_and_leaves_nothing() {
    let lab = Lab::furnished();
    let before = lab.ids();
    insta::assert_snapshot!(said(&lab, &[
        "network create nat",
        &format!("network create other --id {}", super::NAT),
        "network create x --subnet 10.1.0.0/24 --type nat",
        "network create x --subnet 10.9.0.0/24 --gateway 10.8.0.1",
        "network create x --vlan 3",
        "endpoint create x --network nosuch",
        "endpoint create x --network nat --ip 10.1.0.7",
        "endpoint create x --network nat --ip 10.200.0.7",
        "endpoint create x --network cc000000-0000-0000-0000-000000000001",
        &format!("namespace create --id {}", super::ROOM),
    ]), @r"
    $ hcn network create nat
    hcn: cannot create network `nat`: a network with this name or id exists already (0x803B0010 HCN_E_NETWORK_ALREADY_EXISTS: A network with this name already exists.); choose another name, or use the one that is there
    exit 4
    $ hcn network create other --id aa000000-0000-0000-0000-000000000001
    hcn: cannot create network `other`: a network with this name or id exists already (0x803B0010 HCN_E_NETWORK_ALREADY_EXISTS: A network with this name already exists.); choose another name, or use the one that is there
    exit 4
    $ hcn network create x --subnet 10.1.0.0/24 --type nat
    hcn: cannot create network `x`: it exists already (0x800700B7 ERROR_ALREADY_EXISTS: Cannot create a file when that file already exists.)
    exit 4
    $ hcn network create x --subnet 10.9.0.0/24 --gateway 10.8.0.1
    hcn: cannot create a network: the gateway 10.8.0.1 lies in no subnet of it; name its subnet with --subnet
    exit 2
    $ hcn network create x --vlan 3
    hcn: cannot create a network: --vlan is of a subnet, and there is none; name one with --subnet
    exit 2
    $ hcn endpoint create x --network nosuch
    hcn: cannot find the network `nosuch`: no id begins so and none has this name; `hcn network list` shows those that there are
    exit 3
    $ hcn endpoint create x --network nat --ip 10.1.0.7
    hcn: cannot create endpoint `x`: the address is in use or reserved (0x803B002F HCN_E_ADDR_INVALID_OR_RESERVED: An address provided is invalid or reserved.); choose another, or look for a stale one with `hcn endpoint list`
    exit 1
    $ hcn endpoint create x --network nat --ip 10.200.0.7
    hcn: cannot create endpoint `x`: the address is malformed or in none of the network's subnets (0x803B001E HCN_E_INVALID_IP: The IP address is invalid.); choose an address of the network's subnet
    exit 1
    $ hcn endpoint create x --network cc000000-0000-0000-0000-000000000001
    hcn: cannot create endpoint `x`: there is no such network (0x803B0001 HCN_E_NETWORK_NOT_FOUND: The network was not found.); list the networks with `hcn network list`
    exit 3
    $ hcn namespace create --id ba000000-0000-0000-0000-000000000001
    hcn: cannot create namespace `ba000000-0000-0000-0000-000000000001`: it exists already (0x800700B7 ERROR_ALREADY_EXISTS: Cannot create a file when that file already exists.)
    exit 4
    ");
    for nameless in [&["network", "create", ""][..], &["endpoint", "create", "", "--network", "nat"]] {
        assert_eq!(lab.program(nameless).run().exit, 2);
    }
    assert_eq!(lab.ids(), before);
}
