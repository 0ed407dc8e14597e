//! Plans of both systems, from inputs that never change.

use serde_json::{Value, json};

use super::*;
use crate::args::{Global, Net, Places};
use crate::env::Environment;
use crate::image::Configuration;
use crate::output::Notes;
use crate::run::options::Source;

const GUID: &str = "6b29fc40-ca47-1067-b31d-00dd010662da";

mod flags;

fn facts(os: Os) -> Facts {
    let conflist = r#"{"cniVersion":"1.0.0", "name":"lab","plugins":[{"type":"bridge"}]}"#;
    Facts {
        os,
        boot: "boot".into(),
        build: None,
        run: "0123456789abcdef".into(),
        namespace: GUID.parse().unwrap(),
        named_is_there: true,
        named_mark: None,
        named_is_taken: false,
        network: Network::Cni(crate::run::facts::Configuration {
            source: "/etc/cni/net.d/10-lab.conflist".into(),
            conflist: RawValue::from_string(conflist.into()).unwrap(),
            takes_dns: true,
        }),
        terminal: Some((80, 24)),
        host_name: "host".into(),
        resolver: crate::run::names::Resolver::parse("nameserver 192.0.2.1"),
        resolver_is_local: false,
    }
}

fn options(source: Source) -> RunOptions {
    RunOptions {
        source,
        container: Some("t1".into()),
        labels: BTreeMap::new(),
        snapshot_labels: BTreeMap::new(),
        io: Io::Passed { interactive: false },
        tty: false,
        detach: false,
        pid_file: None,
        fifo_dir: None,
        new_namespace: false,
        attaches: true,
        net: None,
        network: None,
        dns: Vec::new(),
        runtime: None,
        runtime_options: None,
        dump: None,
        dry_run: None,
        build: Default::default(),
        report: None,
        notes: Notes::Shown,
        ignored: Vec::new(),
    }
}

fn with_config(
    os: Os,
    text: &str,
    change: impl FnOnce(&mut RunOptions, &mut Facts),
) -> Result<Planned, Failure> {
    let settings = Settings::new(&Global::default(), &Places::default(), &Environment::default(), os)?;
    let config = Config::parse("config.json".as_ref(), "/bundle".into(), text.into(), os)?;
    let (mut options, mut facts) = (options(Source::Config("config.json".into(), Vec::new())), facts(os));
    change(&mut options, &mut facts);
    plan(Inputs {
        settings: &settings,
        options: &options,
        workload: Workload::Config(config),
        facts,
        pulled: false,
    })
}

fn with_image(os: Os, wanted: Wanted, change: impl FnOnce(&mut RunOptions)) -> Planned {
    let settings =
        Settings::new(&Global::default(), &Places::default(), &Environment::default(), os).unwrap();
    let mut options = options(Source::Image(Box::default()));
    change(&mut options);
    let workload = Workload::Image(Box::new(image()), Box::new(wanted));
    plan(Inputs { settings: &settings, options: &options, workload, facts: facts(os), pulled: false })
        .unwrap()
}

fn image() -> Image {
    let mut image =
        Image { name: "busybox".into(), chain: "sha256:aa".into(), configuration: Configuration::default() };
    image.configuration.config.cmd = vec!["sh".into()];
    image.configuration.config.labels =
        [("a".into(), "image".into()), ("containerd.io/x".into(), "y".into())].into();
    image
}

fn container(plan: &Plan) -> &Container {
    plan.record().unwrap()
}

fn spec(plan: &Plan) -> Value {
    serde_json::from_str(container(plan).spec.get()).unwrap()
}

const WINDOWS: &str = r#"{"ociVersion":"1.1.0","process":{"args":["cmd"],"x":1e400},"windows":{"layerFolders":["C:\\a","C:\\\u0062"],"network":{"networkNamespace":""}}}"#;
const LINUX: &str = r#"{"root":{"path":"/x"},"linux":{"namespaces":[{"type":"network"}]}}"#;

/// What was noted of the lease in the journal of the pull is then true of the whole plan.
#[test]
fn the_plan_of_a_run_that_pulled_begins_with_the_lease_and_makes_no_other() {
    let settings =
        Settings::new(&Global::default(), &Places::default(), &Environment::default(), Os::Linux).unwrap();
    for (snapshot, more) in [(None, "snapshot container stdio task"), (Some("key"), "container stdio task")] {
        let mut options = options(Source::Image(Box::default()));
        options.build.snapshot = snapshot.map(str::to_owned);
        let workload = Workload::Image(Box::new(image()), Box::default());
        let facts = facts(Os::Linux);
        let inputs = Inputs { settings: &settings, options: &options, workload, facts, pulled: true };
        let plan = plan(inputs).unwrap().plan;
        let made: Vec<_> = plan.steps().map(|step| super::super::show::described(&plan, step).0).collect();
        let wanted = format!("lease names namespace attachment {more}");
        assert_eq!((plan.held(), made.join(" ")), (1, wanted));
    }
}

#[test]
#[cfg_attr(windows, ignore = "Linux' paths")]
fn a_linux_image_is_planned_in_two_lanes() {
    let planned = with_image(Os::Linux, Wanted::default(), |_| {});
    insta::assert_snapshot!(super::super::show::table(&planned.plan), @r"
    WHEN     WHAT       NAME
    first    names      /var/lib/hcn/runs/0123456789abcdef/names
    first    namespace  /run/netns/hcn-0123456789abcdef
    lane 1   attachment default-t1-0123456789abcdef as eth0 by /etc/cni/net.d/10-lab.conflist
    lane 2   lease      hcn-0123456789abcdef
    lane 2   snapshot   hcn-0123456789abcdef of overlayfs
    lane 2   container  t1 for io.containerd.runc.v2
    lane 2   stdio      /var/lib/hcn/runs/0123456789abcdef/io
    lane 2   task       t1
    ");
    assert_eq!(spec(&planned.plan)["linux"]["namespaces"][4]["path"], "/run/netns/hcn-0123456789abcdef");
}

#[test]
fn a_windows_spec_gets_the_guid_and_keeps_every_other_byte() {
    let planned = with_config(Os::Windows, WINDOWS, |_, _| {}).unwrap();
    let edited = WINDOWS.replace(r#""networkNamespace":"""#, &format!(r#""networkNamespace":"{GUID}""#));
    assert_eq!(container(&planned.plan).spec.get(), edited);
    insta::assert_snapshot!(super::super::show::table(&planned.plan), @r"
    WHEN     WHAT       NAME
    first    namespace  6b29fc40-ca47-1067-b31d-00dd010662da
    lane 1   attachment default-t1-0123456789abcdef as eth0 by /etc/cni/net.d/10-lab.conflist
    lane 2   container  t1 for io.containerd.runhcs.v1
    then     stdio      \\.\pipe\hcn-0123456789abcdef-stdout
    then     task       t1
    ");
}

#[test]
fn a_windows_task_comes_after_both_lanes() {
    let plan = with_config(Os::Windows, WINDOWS, |_, _| {}).unwrap().plan;
    assert!(matches!(plan.then[..], [Step::Stdio(_), Step::Task { rootfs: None, terminal: false }]));
}

#[test]
fn a_named_namespace_is_used_and_never_unmade() {
    let text = WINDOWS.replace(
        r#""networkNamespace":"""#,
        r#""networkNamespace":"{6B29FC40-CA47-1067-B31D-00DD010662DA}""#,
    );
    let plan = with_config(Os::Windows, &text, |_, _| {}).unwrap().plan;
    assert!(plan.first.is_empty());
    assert_eq!(container(&plan).spec.get(), text, "it keeps its bytes");
    assert!(matches!(&plan.lanes[0][..], [Step::Cni(cni)] if cni.netns == GUID), "plugins want one spelling");
}

#[test]
fn name_servers_that_nothing_takes_are_refused() {
    let asked = |options: &mut RunOptions| options.dns = vec!["192.0.2.53".parse().unwrap()];
    let mute = |facts: &mut Facts| {
        let Network::Cni(configuration) = &mut facts.network else { panic!("it is CNI") };
        configuration.takes_dns = false;
    };
    let refused = [
        with_config(Os::Linux, LINUX, |options, facts| (asked(options), mute(facts)).1),
        with_config(Os::Linux, LINUX, |options, facts| {
            asked(options);
            facts.network = Network::None;
        }),
        with_config(Os::Windows, WINDOWS, |options, facts| {
            asked(options);
            facts.network = Network::None;
        }),
    ]
    .map(|planned| planned.unwrap_err().to_string());
    insta::assert_snapshot!(refused.join("\n"), @"
    --dns has no effect with --config: the spec is run as it is, and no plugin in the CNI configuration /etc/cni/net.d/10-lab.conflist has the capability dns; mount a file of your own at /etc/resolv.conf in config.json
    --dns has no effect with --net none: nothing is attached that takes it; leave one of them out
    --dns has no effect with --net none: nothing is attached that takes it; leave one of them out
    ");
    let told = with_config(Os::Linux, LINUX, |options, _| asked(options)).unwrap().plan;
    assert!(matches!(&told.lanes[0][..], [Step::Cni(cni)] if cni.dns.len() == 1), "its plugin takes them");
    let written = with_image(Os::Linux, Wanted::default(), asked).plan;
    assert!(matches!(&written.first[0], Step::Names(names) if names.dns.len() == 1));
}

#[test]
fn a_host_with_name_servers_on_its_loopback_alone_is_told_what_helps() {
    let planned = |dns: &[&str], net: Option<Net>| {
        let settings =
            Settings::new(&Global::default(), &Places::default(), &Environment::default(), Os::Linux)
                .unwrap();
        let mut options = options(Source::Image(Box::default()));
        options.dns = dns.iter().map(|server| server.parse().unwrap()).collect();
        options.net = net;
        let workload = Workload::Image(Box::new(image()), Box::default());
        let facts = Facts { resolver_is_local: true, ..facts(Os::Linux) };
        plan(Inputs { settings: &settings, options: &options, workload, facts, pulled: false }).unwrap().notes
    };
    insta::assert_snapshot!(planned(&[], None).join("\n"), @"the host's name servers are on its own loopback, where a container has others: it has no name server unless its attachment names one; name one with --dns ADDRESS");
    assert_eq!(planned(&["192.0.2.53"], None), Vec::<String>::new());
    assert_eq!(planned(&[], Some(Net::None)), Vec::<String>::new(), "without a network nobody is asked");
}

#[test]
fn a_named_namespace_that_is_absent_is_refused() {
    let text = LINUX.replace(r#""network""#, r#""network","path":"/run/netns/gone""#);
    let refused = with_config(Os::Linux, &text, |_, facts| facts.named_is_there = false).unwrap_err();
    insta::assert_snapshot!(refused, @"cannot use the network namespace `/run/netns/gone` that config.json names: there is no such namespace; correct the name, or let the run make one with --new-namespace");
}

#[test]
fn a_named_namespace_with_the_interface_in_it_is_refused() {
    let text = LINUX.replace(r#""network""#, r#""network","path":"/run/netns/busy""#);
    let refused = with_config(Os::Linux, &text, |_, facts| facts.named_is_taken = true).unwrap_err();
    insta::assert_snapshot!(refused, @"cannot attach to the network namespace `/run/netns/busy` that config.json names: it has an interface eth0 already; wait until the container that uses it has ended, or let the run make one with --new-namespace");
}

#[test]
fn a_new_namespace_replaces_the_named_one() {
    let text = LINUX.replace(r#""network""#, r#""network","path":"/run/netns/gone""#);
    let planned = with_config(Os::Linux, &text, |options, facts| {
        options.new_namespace = true;
        facts.named_is_there = false;
    });
    let plan = planned.unwrap().plan;
    assert_eq!(spec(&plan)["linux"]["namespaces"][0]["path"], "/run/netns/hcn-0123456789abcdef");
    assert_eq!(plan.first.len(), 1);
}

#[test]
fn a_container_without_an_id_gets_one_that_is_told() {
    let planned = with_config(Os::Linux, LINUX, |options, _| options.container = None).unwrap();
    assert_eq!(planned.plan.container, "hcn-01234567");
    assert_eq!(planned.notes, ["the container's id is hcn-01234567"]);
}

#[test]
fn labels_of_image_and_flags_are_joined_with_the_run_s() {
    let plan = with_image(Os::Linux, Wanted::default(), |options| {
        options.labels = [("a".into(), "flag".into())].into();
    })
    .plan;
    let labels = json!(container(&plan).labels);
    assert_eq!(
        labels,
        json!({"a": "flag", "io.containerd.image.config.stop-signal": "SIGTERM", RUN_LABEL: "0123456789abcdef"})
    );
    assert_eq!(spec(&plan)["annotations"], json!({"a": "flag"}));
}

#[test]
fn names_for_plugins_contain_the_run_however_long_the_id() {
    let id = "x".repeat(76);
    let plan = with_config(Os::Linux, LINUX, |options, _| options.container = Some(id.clone())).unwrap().plan;
    let Step::Cni(cni) = &plan.lanes[0][0] else { panic!("lane 1 is the network") };
    assert_eq!(cni.container_id, format!("default-{id}-0123456789abcdef"));
}

#[test]
fn standard_input_is_passed_only_where_asked_for() {
    let stdin = |interactive| {
        let plan = with_config(Os::Windows, WINDOWS, |options, _| options.io = Io::Passed { interactive })
            .unwrap()
            .plan;
        let Step::Stdio(stdio) = plan.then[0].clone() else { panic!("stdio comes first") };
        stdio.stdin
    };
    assert_eq!(stdin(false), None);
    assert_eq!(stdin(true), Some(r"\\.\pipe\hcn-0123456789abcdef-stdin".into()));
}

#[test]
fn binds_of_a_windows_image_lose_their_type_with_a_note() {
    let mount = crate::spec::Mount::from_csv(r"type=bind,src=D:\a,dst=C:\b", Os::Windows).unwrap();
    let planned = with_image(Os::Windows, Wanted { mounts: vec![mount], ..Wanted::default() }, |_| {});
    assert_eq!(spec(&planned.plan)["mounts"], json!([{"source": r"D:\a", "destination": r"C:\b"}]));
    assert_eq!(planned.notes.len(), 1);
}

#[test]
fn a_spec_s_own_network_that_is_not_used_is_noted() {
    let windows = r#"{"windows":{"network":{"endpointList":["x"]}}}"#;
    let notes = |os, text| with_config(os, text, |_, _| {}).unwrap().notes;
    insta::assert_snapshot!(notes(Os::Windows, windows).join("\n"), @"windows.network.endpointList is not used, for the container joins a network namespace");
    insta::assert_snapshot!(notes(Os::Linux, r#"{"root":{"path":"/x"}}"#).join("\n"), @"the container gets a network namespace, though linux.namespaces has none of type `network`");
    assert_eq!(notes(Os::Linux, LINUX).len() + notes(Os::Windows, WINDOWS).len(), 0);
}

#[test]
fn a_plan_is_read_back_as_it_was_written() {
    let plan = with_config(Os::Windows, WINDOWS, |_, _| {}).unwrap().plan;
    let text = serde_json::to_string(&plan).unwrap();
    let back: Plan = serde_json::from_str(&text).unwrap();
    assert_eq!(container(&back).spec.get(), container(&plan).spec.get());
    assert_eq!(serde_json::to_string(&back).unwrap(), text);
}

#[test]
fn on_server_2019_a_named_namespace_comes_with_a_note() {
    let spec = format!(r#"{{"windows":{{"network":{{"networkNamespace":"{GUID}"}}}}}}"#);
    let notes = |build| with_config(Os::Windows, &spec, |_, facts| facts.build = build).unwrap().notes;
    insta::assert_snapshot!(notes(Some(17763)).join("\n"), @"on Windows build 17763 a namespace that a container has used cannot serve a second one: if `6b29fc40-ca47-1067-b31d-00dd010662da` has been used, let the run make one with --new-namespace");
    assert_eq!((notes(Some(20348)).len(), notes(None).len()), (0, 0));
}

/// Facts of `--net nat`; the network is there, or is to be made.
fn nat(found: Option<&str>, instead_of: Option<&str>) -> Network {
    Network::Nat(Box::new(Nat {
        found: found.map(|name| nat::Found { id: GUID.parse().unwrap(), name: name.into(), dns: Vec::new() }),
        new_network: GUID.parse().unwrap(),
        endpoint: GUID.parse().unwrap(),
        dns: vec!["1.1.1.1".into()],
        instead_of: instead_of.map(PathBuf::from),
    }))
}

#[test]
fn an_endpoint_of_hcn_takes_the_plugins_place_before_the_task() {
    let planned = with_config(Os::Windows, WINDOWS, |_, facts| facts.network = nat(None, None)).unwrap();
    insta::assert_snapshot!(super::super::show::table(&planned.plan), @r"
    WHEN     WHAT       NAME
    first    namespace  6b29fc40-ca47-1067-b31d-00dd010662da
    lane 1   endpoint   hcn-0123456789abcdef on network nat, to be made
    lane 2   container  t1 for io.containerd.runhcs.v1
    then     stdio      \\.\pipe\hcn-0123456789abcdef-stdout
    then     task       t1
    ");
    let text = serde_json::to_string(&planned.plan.lanes[0]).unwrap();
    assert_eq!(
        text,
        format!(
            r#"[{{"endpoint":{{"id":"{GUID}","name":"hcn-0123456789abcdef","network":{{"to-be-made":{{"id":"{GUID}","name":"nat"}}}},"namespace":"{GUID}","dns":["1.1.1.1"]}}}}]"#
        )
    );
    assert_eq!(serde_json::to_string(&serde_json::from_str::<Vec<Step>>(&text).unwrap()).unwrap(), text);
}

#[test]
fn a_network_that_is_there_is_planned_by_its_id_and_a_folder_without_configurations_is_noted() {
    let network = nat(Some("Lab"), Some(r"D:\nowhere"));
    let planned = with_config(Os::Windows, WINDOWS, |_, facts| facts.network = network).unwrap();
    let Step::Endpoint(endpoint) = &planned.plan.lanes[0][0] else { panic!("lane 1 is the network") };
    assert_eq!(endpoint.network, NatNetwork::Existing { id: GUID.parse().unwrap(), name: "Lab".into() });
    insta::assert_snapshot!(planned.notes.join("\n"), @r"D:\nowhere has no CNI configuration: the endpoint is on the NAT network Lab");
}
