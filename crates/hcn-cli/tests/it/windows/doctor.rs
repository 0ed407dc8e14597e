//! `hcn.exe doctor` on hosts that are broken in one way each: it names what is wrong, and what it offers mends it.

use std::path::Path;

use hcn::{Endpoint, Guid};
use hcn_test::{Output, Wine, require, tools};
use serde_json::{Value, json};

use super::lab::{IMAGE, Lab, NEWER};

/// What doctor says of one check.
struct Said(Value);

impl Said {
    fn of(lab: &Lab, check: &str, flags: &[&str]) -> Self {
        Self::read(&lab.hcn_exe(&[&["doctor", "--only", check, "-o", "json"], flags].concat()))
    }

    fn read(output: &Output) -> Self {
        let report: Value =
            serde_json::from_str(&output.stdout()).unwrap_or_else(|_| panic!("{}", output.snapshot()));
        assert_eq!(output.exit, i32::from(report["failures"] != 0), "{}", output.snapshot());
        Self(report["checks"][0].clone())
    }

    fn status(&self) -> &str {
        self.0["status"].as_str().expect("it has one")
    }

    /// What was seen first, and what helps.
    fn first(&self) -> (&str, &str) {
        let finding = &self.0["findings"][0];
        (finding["seen"].as_str().expect("a text"), finding["fix"]["text"].as_str().unwrap_or_default())
    }
}

/// Runs a line that is pasted into PowerShell, which Wine does not have: words, the last of them a command in parentheses
/// whose output is meant.
fn paste(lab: &Lab, line: &str) {
    let (line, inner) = line.split_once('(').unwrap_or((line, ""));
    let mut words: Vec<String> = line.split_whitespace().skip(1).map(str::to_owned).collect();
    if let Some(inner) = inner.strip_suffix(')') {
        let inner: Vec<&str> = inner.split_whitespace().skip(1).collect();
        words.push(lab.hcn_exe(&inner).success().stdout().trim().to_owned());
    }
    lab.hcn_exe(&words.iter().map(String::as_str).collect::<Vec<_>>()).success();
}

/// The subnet that the service chose for the lab's network, and its gateway.
fn network(lab: &Lab) -> (String, String) {
    let network = lab.hcn().networks().list().expect("they can be listed").remove(0);
    let subnet = network.subnets().next().expect("a NAT network has one").clone();
    let gateway = subnet.gateway().expect("it has one").to_owned();
    (subnet.ip_address_prefix.expect("it has one"), gateway)
}

#[test]
fn a_conflist_with_another_subnet_than_the_network_s_is_corrected() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let (subnet, gateway) = network(&lab);
    let file = lab.unix("conf/0-lab.conf");
    let mut conf: Value =
        serde_json::from_slice(&std::fs::read(&file).expect("the lab wrote it")).expect("JSON");
    conf["ipam"] = json!({"subnet": "10.4.0.0/24", "routes": [{"GW": "10.4.0.1"}]});
    std::fs::write(&file, conf.to_string()).expect("it can be written");
    let said = Said::of(&lab, "cni.host-network", &[]);
    let (seen, fix) = said.first();
    assert_eq!(said.status(), "failure");
    assert!(seen.contains("10.4.0.0/24") && seen.contains(&subnet) && seen.contains(&gateway), "{seen}");
    assert!(fix.contains(&lab.win("conf/0-lab.conf")), "{fix}");
    std::fs::write(&file, text(fix)).expect("it can be written");
    assert_eq!(Said::of(&lab, "cni.host-network", &[]).status(), "ok");
    lab.config(&["-q", "-cni"], "mended", &[]).run().success();
}

/// What a line for PowerShell writes into a file.
fn text(fix: &str) -> &str {
    fix.split_once("@'\n").and_then(|(_, text)| text.split_once("\n'@")).expect("a file").0
}

#[test]
fn a_conflist_that_is_missing_is_written_for_the_network_that_is_there() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    std::fs::remove_file(lab.unix("conf/0-lab.conf")).expect("the lab wrote it");
    let said = Said::of(&lab, "cni.configuration", &[]);
    let (seen, fix) = said.first();
    assert!(said.status() == "failure" && seen.ends_with("holds no network configuration"), "{seen}");
    std::fs::write(lab.unix("conf/10-hcn.conflist"), text(fix)).expect("it can be written");
    for check in ["cni.configuration", "cni.version", "cni.host-network"] {
        assert_eq!(Said::of(&lab, check, &[]).status(), "ok", "{check}");
    }
}

#[test]
fn an_endpoint_that_dangles_is_named_and_deleted() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let hcn = lab.hcn();
    let network = hcn.networks().ids().expect("they can be listed")[0];
    let dangling = Endpoint { name: Some("default-gone_lab".into()), ..Endpoint::on(network) };
    let id = hcn.endpoints().create(&dangling).expect("it can be made").id.expect("it has an id");
    let said = Said::of(&lab, "hcn.endpoints", &[]);
    let (seen, fix) = said.first();
    assert_eq!((said.status(), fix), ("warning", format!("hcn endpoint delete {id}").as_str()));
    assert!(seen.contains("for the container default-gone, is in no namespace"), "{seen}");
    paste(&lab, fix);
    assert_eq!(Said::of(&lab, "hcn.endpoints", &[]).status(), "ok");
    lab.assert_unchanged();
}

#[test]
fn a_guid_that_nobody_knows_is_replaced_by_one_that_was_made() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let mut spec = lab.seed(&["say by doctor"], &Guid::from_u128(7).to_string());
    // Else this is what is wrong first, with its own fix.
    spec["mounts"][0].as_object_mut().expect("an object").remove("type");
    lab.spec(&spec);
    let config = lab.win("config.json");
    let about = |check| Said::of(&lab, check, &["--config", &config]);
    let said = about("config.namespace");
    let (seen, fix) = said.first();
    assert_eq!((said.status(), seen.contains(&Guid::from_u128(7).to_string())), ("failure", true), "{seen}");
    paste(&lab, fix);
    // It has no endpoints yet: the run attaches one.
    assert_eq!(about("config.namespace").status(), "warning");
    for check in ["config.spec", "config.layers", "mount.sources"] {
        assert_eq!(about(check).status(), "ok", "{check}");
    }
    let run = lab.hcn_run().args(["-q", "-cni", "--config", &config, "mended"]).run();
    assert_eq!((run.exit, run.stdout().trim()), (0, "by doctor"), "{}", run.snapshot());
}

#[test]
fn a_dll_that_is_missing_is_named_with_the_feature_that_brings_it() {
    require!(Wine, WindowsArtefacts);
    let wine = Wine::new().expect("Wine was asked for by `require!`");
    let said = || Said::read(&wine.run("hcn", &["doctor", "--only", "hcn.library", "-o", "json"]));
    assert_eq!(said().first(), ("computenetwork.dll has all that a run calls", ""));
    std::fs::remove_file(wine.system32().join("computenetwork.dll")).expect("it was installed");
    let missing = said();
    let (seen, fix) = missing.first();
    assert!(missing.status() == "failure" && seen.starts_with("computenetwork.dll: "), "{seen}");
    assert!(
        fix.starts_with("Enable-WindowsOptionalFeature -Online -NoRestart -FeatureName Containers"),
        "{fix}"
    );
    wine.install(&tools::windows().join("wine/computenetwork.dll")).expect("the feature would bring it");
    assert_eq!(said().status(), "ok");
}

/// A Windows program of the system, such as `reg`.
fn system(lab: &Lab, program: &str, words: &[&str]) {
    lab.program(Path::new(program)).args(words).run().success();
}

#[test]
fn windows_services_and_registry_are_read_as_they_are() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let said = Said::of(&lab, "hcn.services", &[]);
    assert_eq!((said.status(), said.first().0), ("warning", "the service hns: there is no such service"));
    for name in ["hns", "vmcompute"] {
        system(&lab, "sc", &["create", name, r"binPath=C:\windows\system32\cmd.exe", "start=disabled"]);
    }
    assert_eq!(Said::of(&lab, "hcn.services", &[]).first().0, "the service hns is disabled");
    assert_eq!(Said::of(&lab, "hcn.features", &[]).status(), "ok");
    assert_eq!(Said::of(&lab, "hcn.interface-indices", &[]).status(), "not-available");
    let key = r"HKLM\SYSTEM\CurrentControlSet\Services\NDIS\IfTypes\24";
    system(&lab, "reg", &["add", key, "/v", "IfUsedNetLuidIndices", "/t", "REG_BINARY", "/d", "07", "/f"]);
    let said = Said::of(&lab, "hcn.interface-indices", &[]);
    assert_eq!(said.first().0, "3 indices of NDIS loopback interfaces are taken");
}

#[test]
fn every_check_answers_on_such_a_host() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let output = lab.hcn_exe(&["doctor", "-o", "json"]);
    let report: Value =
        serde_json::from_str(&output.stdout()).unwrap_or_else(|_| panic!("{}", output.snapshot()));
    let status = |id: &str| {
        let checks = report["checks"].as_array().expect("a list");
        let check = checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("no {id}"));
        check["status"].as_str().expect("a text").to_owned()
    };
    let well = [
        "containerd.reachable",
        "hcn.service",
        "hcn.library",
        "hcn.degraded",
        "hcn.routes",
        "cni.configuration",
    ];
    well.iter().for_each(|id| assert_eq!(status(id), "ok", "{id}: {}", output.stdout()));
    let elsewhere = ["linux.forwarding", "linux.rights"].map(&status);
    assert_eq!(elsewhere, ["not-available"; 2]);
    // Wine's netsh prints nothing.
    assert_eq!(["config.spec", "image.platform", "hcn.ports"].map(&status), ["skipped"; 3]);
}

#[test]
fn an_image_of_another_build_and_a_layer_that_is_gone_are_named() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    assert_eq!(Said::of(&lab, "image.platform", &["--image", IMAGE]).status(), "ok");
    let newer = Said::of(&lab, "image.platform", &["--image", NEWER]);
    let (seen, fix) = newer.first();
    assert!(
        seen.contains("is for windows/amd64 build 99999, and this host is windows/amd64 build "),
        "{seen}"
    );
    assert!(newer.status() == "failure" && fix.starts_with("choose an image for this host"), "{fix}");
    lab.spec(&lab.seed(&[], ""));
    std::fs::remove_dir(lab.unix("layers/base")).expect("the lab made it");
    let layers = Said::of(&lab, "config.layers", &["--config", &lab.win("config.json")]);
    assert!(layers.first().0.contains("windows.layerFolders[1] names is not there"), "{}", layers.first().0);
}
