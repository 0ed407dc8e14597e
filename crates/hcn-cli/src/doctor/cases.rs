//! Recorded hosts, together such that every check is once well, once at fault, and once not to be asked: no check can come
//! without facts of all three.

use std::collections::BTreeSet;

use hcn::{Endpoint, Guid, Namespace, Network, NetworkKind, PortMapping, ServiceVersion, Subnet};
use hcn_lockprobe::{Kind, Left, Outcome, Report, Row, Stage};

use super::check::Status;
use super::checks::ALL;
use super::facts::containerd::Image;
use super::facts::host::{Chain, Space};
use super::facts::recorded::{LAB, Recorded, configuration, plugin, probed, reservation, volume};
use super::facts::runs::Run;
use super::facts::volume::dev_drive::Filters;
use super::facts::volume::{self as volumes, Drive, Link, Rights, VolumeState};
use super::facts::{Absent, Fact};
use super::subject::{Config, Subject};
use super::*;
use crate::image::{Offer, Platform};
use crate::os::Os;
use crate::spec::template;
use crate::sys::{Family, Route};

/// Checks that have an answer on every host: what others cannot ask is what they find.
const ALWAYS_ASKED: &[&str] = &["containerd.reachable"];

fn absent<T>() -> Fact<T> {
    Err(Absent::NotHere("it is not there".into()))
}

fn subject(os: Os, spec: &str, source: &str) -> Subject {
    let config = Some(Config::parse("/bundle/config.json".as_ref(), spec, os));
    let mount = format!("type=bind,src={source},dst=/d,options=rbind");
    let subject = Subject::new(None, &[mount], Some("busybox"), os).unwrap();
    Subject { config, ..subject }
}

fn image(os: &str, version: &str) -> Fact<Option<Image>> {
    let platform = Platform {
        os: os.into(),
        architecture: "amd64".into(),
        os_version: version.into(),
        ..Platform::default()
    };
    Ok(Some(Image { offers: Ok(vec![Offer { platform, is_pulled: true }]) }))
}

fn linux() -> Recorded {
    let spec = template(Os::Linux).replace(r#""args":[]"#, r#""args":["true"]"#);
    Recorded { subject: subject(Os::Linux, &spec, "/data"), image: image("linux", ""), ..Recorded::healthy() }
}

const NAT: &str = r#"{"cniVersion":"1.0.0","name":"nat","plugins":[
    {"type":"nat","ipam":{"subnet":"172.20.0.0/16","routes":[{"GW":"172.20.0.1"}]}}]}"#;

fn network(subnet: &str) -> Network {
    let subnet = Subnet::new(subnet).with_gateway("172.20.0.1");
    Network { id: Some(id(1).into()), ..Network::new(NetworkKind::Nat, "nat").with_subnet(subnet) }
}

fn id(number: u128) -> Guid {
    Guid::from_u128(number)
}

fn windows() -> Recorded {
    let spec = r#"{"ociVersion":"1.1.0","process":{"args":["cmd"],"cwd":"C:\\"},
        "windows":{"layerFolders":["/base","/scratch"],"network":{"networkNamespace":""}}}"#;
    Recorded {
        os: Os::Windows,
        build: Some(20348),
        subject: subject(Os::Windows, spec, "/data"),
        image: image("windows", "10.0.20348.1"),
        networks: Ok(vec![network("172.20.0.0/16")]),
        configurations: Ok(vec![configuration("0-nat.conflist", NAT)]),
        ..Recorded::healthy()
    }
}

/// Nothing answers, and nothing was named.
fn mute() -> Recorded {
    Recorded {
        version: absent(),
        rights: absent(),
        plugins: absent(),
        search_path: absent(),
        containers: absent(),
        configurations: absent(),
        reservations: absent(),
        texts: [].into(),
        spaces: [].into(),
        runs: absent(),
        guids: absent(),
        hns_version: absent(),
        networks: absent(),
        endpoints: absent(),
        namespaces: absent(),
        attachments: absent(),
        excluded_ports: absent(),
        interface_indices: absent(),
        routes: absent(),
        permission: absent(),
        mode: absent(),
        chains: absent(),
        ..Recorded::healthy()
    }
}

/// A Linux host that has a network, and little else that works.
fn broken_linux() -> Recorded {
    let broken = |kind, id| facts::containerd::Plugin { failure: Some("no".into()), ..plugin(kind, id) };
    let bridge = LAB.trim_end().strip_suffix("]}").unwrap().replace("1.0.0", "0.3.1");
    let old = format!(r#"{bridge},{{"type":"portmap","snat":false}}]}}"#);
    let spec =
        r#"{"linux":{"namespaces":[{"type":"network","path":"/run/netns/lab"}]},"root":{"path":"rootfs"}}"#;
    let dead = Run { name: "a1".into(), container: "web".into(), namespace: "default".into(), lives: false };
    let drops = Chain {
        family: Family::Ip,
        table: "filter".into(),
        name: "FORWARD".into(),
        forwards: true,
        drops: true,
        rules: Vec::new(),
    };
    Recorded {
        subject: subject(Os::Linux, spec, "/data"),
        missing: vec!["/bundle/rootfs", "/data", "/run/netns/lab", "/proc/self/ns/net"],
        version: Ok("1.5.0".into()),
        plugins: Ok(vec![
            broken("io.containerd.runtime.v2", "task"),
            plugin("io.containerd.content.v1", "content"),
        ]),
        spaces: [("/var/lib/containerd", Space { free: 0, total: 1 << 30 })].into(),
        configurations: Ok(vec![
            configuration("10-lab.conflist", &old),
            configuration("20-other.conflist", &old.replace("\"lab\"", "\"other\"")),
        ]),
        binaries: [].into(),
        reservations: Ok(vec![reservation("10.88.0.9", None, 99)]),
        texts: [
            ("/proc/filesystems", "nodev\ttmpfs\n"),
            ("/proc/mounts", ""),
            ("/proc/sys/net/ipv4/ip_forward", "0\n"),
            ("/sys/class/net/cni0/address", "00:00:00:00:00:00\n"),
            ("/proc/sys/net/bridge/bridge-nf-call-iptables", "0\n"),
        ]
        .into(),
        programs: Vec::new(),
        permission: Err(Absent::Denied("this user may not".into())),
        mode: Ok(0o666),
        chains: Ok(vec![drops]),
        runs: Ok(vec![dead]),
        routes: Ok(vec![Route { destination: "10.0.0.0/8".parse().unwrap(), interface: "tun0".into() }]),
        ..Recorded::healthy()
    }
}

/// One without a daemon and without a network.
fn bare_linux() -> Recorded {
    Recorded {
        version: Err(Absent::Unreadable("nobody listens".into())),
        configurations: Ok(Vec::new()),
        ..Recorded::healthy()
    }
}

/// A Windows host on which everything of HCN is at fault.
fn broken_windows() -> Recorded {
    let spec = format!(
        r#"{{"windows":{{"layerFolders":["/base","/scratch"],"hyperv":{{}},"network":{{"networkNamespace":"{}"}}}}}}"#,
        id(7)
    );
    let degraded = Network { state: Some(4), ..network("172.30.0.0/16") };
    let other = Network { id: Some(id(2).into()), ..Network::new(NetworkKind::Nat, "other") };
    let endpoint = Endpoint { id: Some(id(3).into()), ..Endpoint::on(id(1).into()) };
    let namespace = Namespace { id: Some(id(4).into()), ..Namespace::for_container() };
    Recorded {
        subject: subject(Os::Windows, &spec, "/data"),
        missing: vec!["/base"],
        services: [].into(),
        missing_functions: Ok(vec!["HcnCreateNamespace".into()]),
        hns_version: Ok(ServiceVersion { major: 7, minor: 1 }),
        networks: Ok(vec![degraded, other]),
        endpoints: Ok(vec![endpoint.with_policy(PortMapping::tcp(80, 8080))]),
        namespaces: Ok(vec![namespace]),
        excluded_ports: Ok("----------    --------\n      8000        8099\n".into()),
        interface_indices: Ok(vec![0xff; 1000]),
        image: image("windows", "10.0.26100.1"),
        ..windows()
    }
}

/// A bind mount of Windows on which everything is as it should be; one on which nothing is; and one with locks that stay.
fn mounts() -> [Recorded; 3] {
    let root = |file_system: &str| {
        let mut place = volume::ntfs(r"D:\containerd");
        volume::mounted(|mounted| mounted.file_system = file_system.into())(&mut place);
        ("/var/lib/containerd".into(), std::rc::Rc::new(place))
    };
    let mut well = Recorded { build: Some(26200), ..volume::windows(|_| ()) };
    well.places.push(root("NTFS"));
    let mut broken = broken_mount();
    broken.places.push(root("ReFS"));
    [well, broken, unlocking()]
}

/// What Server 2019 does on mapped folders.
fn unlocking() -> Recorded {
    let seen = "the lock is still held although its process has ended".to_owned();
    let lock = Some(Kind::LockFileEx);
    let row = Row { stage: Stage::ReleasedAtExit, lock, outcome: Outcome::Failed, seen, code: None };
    let left = Left { path: r"D:\cache\.hcn-lockprobe".into(), why: "access is denied".into() };
    let found = Report { left: vec![left], ..probed(r"D:\cache", &[row]) };
    let inside = Some(Ok(found));
    Recorded { locks_inside: inside, ..volume::windows(|_| ()) }
}

fn broken_mount() -> Recorded {
    volume::windows(|place| {
        place.kind = Ok(volumes::Kind::File);
        place.links = Ok(vec![Link { path: r"D:\cache".into(), kind: "junction".into() }]);
        place.real = Ok(format!(r"D:\{}", "x".repeat(40_000)).into());
        place.space = Ok(Space { free: 0, total: 1 << 30 });
        place.minds_case = Ok(true);
        place.rights = Ok(Rights::AccessList("D:(A;;FA;;;S-1-5-21-1-1-1-500)".into()));
        place.state = Ok(VolumeState { short_names: true, dev_drive: true, trusted: true });
        place.allowed = Ok(Filters { allowed: Vec::new(), attached: Vec::new() });
        place.filters = Ok(Vec::new());
        let mounted = place.mounted.as_mut().unwrap();
        mounted.file_system = "WinFsp".into();
        mounted.drive = Drive::UserMode;
        mounted.options = vec!["ro".into()];
    })
}

fn hosts() -> Vec<Recorded> {
    let hosts = [linux(), windows(), mute(), broken_linux(), bare_linux(), broken_windows()];
    hosts.into_iter().chain(mounts()).collect()
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Well,
    AtFault,
    NotAsked,
}

fn seen(check: &'static dyn Check, host: &Recorded) -> Seen {
    match examine(&[check], &host.facts()).answers[0].status() {
        Status::Ok => Seen::Well,
        Status::Warning | Status::Failure => Seen::AtFault,
        Status::Skipped | Status::NotAvailable => Seen::NotAsked,
    }
}

#[test]
fn every_check_is_seen_well_and_at_fault_and_not_to_be_asked() {
    let hosts = hosts();
    let lacks = |check: &&'static dyn Check| {
        let id = check.about().id;
        let mut all: BTreeSet<Seen> = hosts.iter().map(|host| seen(*check, host)).collect();
        if ALWAYS_ASKED.contains(&id) {
            all.insert(Seen::NotAsked);
        }
        (all.len() < 3).then(|| format!("{id}: only {all:?}"))
    };
    let lacking: Vec<_> = ALL.iter().filter_map(lacks).collect();
    assert!(lacking.is_empty(), "add facts to these hosts: {lacking:#?}");
}

#[test]
fn the_report_of_each_host_is_as_the_schema_says() {
    for host in hosts() {
        tests::assert_conforms(&examine(ALL, &host.facts()).json());
    }
}

#[test]
fn what_is_at_fault_says_what_helps_and_what_is_well_does_not() {
    for host in hosts() {
        let findings = ALL.iter().flat_map(|check| findings(*check, &host.facts()));
        for finding in findings {
            assert_eq!(finding.fix.is_some(), finding.status >= Status::Warning, "{finding:?}");
        }
    }
}
