//! `hcn cni` from outside, with scripts as plugins: what is refused, what plugins are given, what is left.

use hcn_test::{Output, Program, Scratch};

struct Lab(Scratch);

impl Lab {
    /// An attachment of this container in the cache, whose plugins are these scripts.
    fn new(plugins: &[(&str, &str)], netns: &str) -> Self {
        let scratch = Scratch::new();
        for (kind, script) in plugins {
            let log =
                format!("echo {kind} $CNI_COMMAND \"$CNI_NETNS\" >> {}\n", scratch.join("log").display());
            scratch.script(format!("bin/{kind}"), &format!("{log}{script}"));
        }
        let kinds: Vec<_> = plugins.iter().map(|(kind, _)| serde_json::json!({"type": kind})).collect();
        let list = serde_json::json!({"cniVersion": "1.0.0", "name": "lab", "plugins": kinds}).to_string();
        scratch.file("net.d/10-lab.conflist", &list);
        let result = r#"{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.5/24"}],"dns":{}}"#;
        let entry = format!(
            r#"{{"kind":"cniCacheV1","containerId":"default-t1","config":"{}","ifName":"eth0","networkName":"lab","netns":"{netns}","result":{result}}}"#,
            base64(list.as_bytes())
        );
        scratch.file("cache/results/lab-default-t1-eth0", entry);
        Self(scratch)
    }

    fn hcn(&self, args: &[&str]) -> Output {
        let hcn = Program::new(env!("CARGO_BIN_EXE_hcn")).arg("cni").args(args).scratch(self.0.path());
        let hcn = hcn.env("COLUMNS", "100").env("HCN_CNI_CACHE", self.0.join("cache"));
        hcn.env("CNI_PATH", self.0.join("bin")).env("NETCONFPATH", self.0.join("net.d")).run()
    }

    fn del(&self) -> Output {
        self.hcn(&["del", "lab", "default-t1", "eth0"])
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.0.join("log")).unwrap_or_default()
    }

    fn entry(&self) -> std::path::PathBuf {
        self.0.join("cache/results/lab-default-t1-eth0")
    }
}

fn base64(bytes: &[u8]) -> String {
    let encoder = Program::new("base64").arg("-w0").stdin(bytes.to_vec());
    encoder.run().success().stdout()
}

#[test]
fn an_attachment_is_listed_and_removed_once() {
    let lab = Lab::new(&[("a", ""), ("b", "")], "/nowhere");
    insta::assert_snapshot!(lab.hcn(&["list"]).snapshot(), @"
    exit 0
    stdout:
    NETWORK  CONTAINERID  IFNAME  ADDRESSES
    lab      default-t1   eth0    10.1.0.5
    ");
    insta::assert_snapshot!(lab.hcn(&["list", "-o", "json"]).snapshot(), @r#"
    exit 0
    stdout:
    [
      {
        "addresses": [
          "10.1.0.5"
        ],
        "containerId": "default-t1",
        "ifName": "eth0",
        "netns": "/nowhere",
        "network": "lab"
      }
    ]
    "#);
    insta::assert_snapshot!(lab.del().snapshot(), @"
    exit 0
    stderr: hcn: note: the network namespace `/nowhere` is gone or is another's by now: plugins are called without one, and some then leave firewall rules behind
    ");
    assert_eq!(lab.log(), "b DEL \na DEL \n");
    assert!(!lab.entry().exists());
    insta::assert_snapshot!(lab.del().snapshot(), @"
    exit 3
    stderr: hcn: cannot detach container `default-t1` from network `lab`: it is not in the CNI result cache, [SCRATCH]/cache/results/lab-default-t1-eth0; name network, container id and interface as they are kept there: `hcn cni list` shows them
    ");
    assert_eq!(lab.hcn(&["list", "-o", "json"]).stdout(), "[]\n");
}

#[test]
fn every_plugin_is_called_all_failures_are_told_and_the_entry_stays() {
    let lab = Lab::new(&[("a", "echo no a; exit 1"), ("b", ""), ("c", "echo no c; exit 1")], "");
    insta::assert_snapshot!(lab.del().snapshot(), @"
    exit 1
    stderr:
    hcn: note: the cache knows no network namespace, and --netns names none: plugins are called without one, and some then leave firewall rules behind
    hcn: cannot detach container `default-t1` from network `lab`: plugin `c` failed: no c; check the network's configuration and what the plugin logs; and cannot detach container `default-t1` from network `lab`: plugin `a` failed: no a; check the network's configuration and what the plugin logs
    ");
    assert_eq!(lab.log(), "c DEL \nb DEL \na DEL \n");
    assert!(lab.entry().exists(), "it can be tried again");
}

#[test]
fn a_cut_entry_is_removed_with_the_host_s_configuration_of_that_name() {
    let lab = Lab::new(&[("a", "")], "");
    std::fs::write(lab.entry(), "{\"kind\":\"cniCa").expect("it can be cut");
    let named = lab.hcn(&["del", "--netns", "/proc/self/ns/net", "lab", "default-t1", "eth0"]);
    assert_eq!((named.snapshot().as_str(), lab.log().as_str()), ("exit 0", "a DEL /proc/self/ns/net\n"));
    std::fs::write(lab.entry(), "").expect("it can be cut");
    std::fs::remove_file(lab.0.join("net.d/10-lab.conflist")).expect("it is there");
    insta::assert_snapshot!(lab.del().snapshot(), @"
    exit 1
    stderr: hcn: cannot use the cached configuration of network `lab`: the cache holds none; and cannot find a network configuration in [SCRATCH]/net.d: none of its files is of network `lab`; put a CNI configuration there, or name another folder with --cni-netconfpath
    ");
}

#[test]
fn the_host_s_own_namespace_is_never_given_to_plugins() {
    let own = format!("/proc/{}/ns/net", std::process::id());
    let lab = Lab::new(&[("a", "")], &own);
    assert_eq!(lab.del().exit, 0);
    assert_eq!(lab.log(), "a DEL \n");
}
