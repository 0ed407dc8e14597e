//! bridge, host-local and tuning as the host has them, in mount and network namespaces of the test.

use std::path::PathBuf;

use hcn_cni::{Attachment, Conflist, ErrorKind, Object, Runtime};
use hcn_test::{Program, Scratch, enter_namespaces, require, tools};

struct Lab {
    scratch: Scratch,
    runtime: Runtime,
    container: Attachment,
}

impl Lab {
    fn new() -> Lab {
        enter_namespaces().unwrap();
        let scratch = Scratch::new();
        let netns = scratch.file("netns", "");
        let made = format!("--net={}", netns.display());
        Program::new("unshare").args([&made, "true"]).run().success();
        let runtime = Runtime::new(tools::cni_folders(), scratch.join("cache"));
        let container = Attachment::new("default-t1", netns.display().to_string(), "eth0");
        Lab { scratch, runtime, container }
    }

    fn list(&self, version: &str) -> Conflist {
        let text = format!(
            r#"{{"cniVersion":"{version}","name":"lab","plugins":[
                {{"type":"bridge","bridge":"lab0","isGateway":true,
                  "ipam":{{"type":"host-local","dataDir":"{}","ranges":[[{{"subnet":"10.9.0.0/24"}}]]}}}},
                {{"type":"tuning","mtu":1400}}]}}"#,
            self.scratch.join("addresses").display()
        );
        Conflist::read(&self.scratch.file("net.d/10-lab.conflist", text)).unwrap()
    }

    /// The interfaces of the test's host side.
    fn interfaces(&self) -> Vec<String> {
        let table = std::fs::read_to_string("/proc/thread-self/net/dev").unwrap();
        let names = table.lines().filter_map(|line| Some(line.split_once(':')?.0.trim().to_owned()));
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.scratch.join(folder)) else { return Vec::new() };
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn assert_nothing_is_left(&self) {
        assert_eq!(self.interfaces(), ["lab0", "lo"]);
        assert_eq!(self.files("addresses/lab"), ["last_reserved_ip.0", "lock"]);
        assert_eq!(self.files("cache/results"), [""; 0]);
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = Program::new("umount").args([self.scratch.join("netns")]).run();
    }
}

#[test]
fn a_container_gets_an_address_and_gives_it_back() {
    require!(Root, Containerd);
    let lab = Lab::new();
    let list = lab.list("1.0.0");
    let added = lab.runtime.add(&list, &lab.container).unwrap();
    let ip = &added.result.ips()[0];
    assert_eq!(ip.address.unwrap().to_string(), "10.9.0.2/24");
    assert_eq!(ip.gateway.unwrap().to_string(), "10.9.0.1");
    assert_eq!(added.result.interface_of(ip).unwrap().name.as_deref(), Some("eth0"));
    assert_eq!(lab.interfaces().len(), 3, "the bridge, lo and the host's end of the pair");
    lab.runtime.check(&list, &lab.container).unwrap();

    let entry = std::fs::read_to_string(lab.scratch.join("cache/results/lab-default-t1-eth0")).unwrap();
    let result = Object::parse(&entry).unwrap().get("result").unwrap().get().to_owned();
    assert_eq!(result, added.result.raw().get());

    lab.runtime.del(&list, &lab.container).unwrap();
    lab.assert_nothing_is_left();
    lab.runtime.del(&list, &lab.container).unwrap();
    lab.assert_nothing_is_left();
}

#[test]
fn del_with_the_cached_configuration_needs_no_file() {
    require!(Root, Containerd);
    let lab = Lab::new();
    lab.runtime.add(&lab.list("0.4.0"), &lab.container).unwrap();
    std::fs::remove_dir_all(lab.scratch.join("net.d")).unwrap();
    let entry = lab.runtime.cache.entries().unwrap().remove(0);
    lab.runtime.del(&entry.conflist().unwrap(), &entry.attachment).unwrap();
    lab.assert_nothing_is_left();
}

#[test]
fn a_later_plugin_that_fails_undoes_the_bridge() {
    require!(Root, Containerd);
    let mut lab = Lab::new();
    lab.scratch
        .script("bin/tuning", r#"[ $CNI_COMMAND = DEL ] || { echo '{"code":100,"msg":"no"}'; exit 1; }"#);
    lab.runtime.path.insert(0, lab.scratch.join("bin"));
    let error = lab.runtime.add(&lab.list("1.0.0"), &lab.container).unwrap_err();
    assert_eq!(
        (error.kind(), error.code(), error.plugin()),
        (ErrorKind::PluginFailed, Some(100), Some("tuning"))
    );
    assert!(error.undo().is_empty(), "{error}");
    lab.assert_nothing_is_left();
}

#[test]
fn an_address_is_given_back_when_the_namespace_is_gone() {
    require!(Root, Containerd);
    let lab = Lab::new();
    let list = lab.list("1.0.0");
    lab.runtime.add(&list, &lab.container).unwrap();
    Program::new("umount").args([lab.scratch.join("netns")]).run().success();
    let gone = Attachment { netns: None, ..lab.container.clone() };
    lab.runtime.del(&list, &gone).unwrap();
    assert_eq!(lab.files("addresses/lab"), ["last_reserved_ip.0", "lock"]);
    assert_eq!(lab.files("cache/results"), [""; 0]);
}

#[test]
fn every_version_that_the_plugins_know_goes_in_and_out() {
    require!(Root, Containerd);
    let lab = Lab::new();
    let versions = lab.runtime.versions("bridge").unwrap();
    assert!(versions.len() >= 6, "{versions:?}");
    for version in versions {
        let list = lab.list(&version.to_string());
        let added = lab.runtime.add(&list, &lab.container).unwrap();
        assert_eq!(added.result.version(), version);
        assert_eq!(added.result.ips().len(), 1, "{version}");
        lab.runtime.del(&list, &lab.container).unwrap();
        lab.assert_nothing_is_left();
    }
}

#[test]
fn a_namespace_that_is_not_there_is_the_plugins_error_and_leaves_nothing() {
    require!(Root, Containerd);
    let lab = Lab::new();
    let nowhere: PathBuf = lab.scratch.join("nowhere");
    let lost = Attachment { netns: Some(nowhere.display().to_string()), ..lab.container.clone() };
    let error = lab.runtime.add(&lab.list("1.0.0"), &lost).unwrap_err();
    assert_eq!((error.kind(), error.plugin()), (ErrorKind::PluginFailed, Some("bridge")));
    assert!(error.to_string().contains(&nowhere.display().to_string()), "{error}");
    assert_eq!(lab.files("addresses/lab"), ["lock"], "DEL of host-local makes it");
    assert_eq!(lab.files("cache/results"), [""; 0]);
}
