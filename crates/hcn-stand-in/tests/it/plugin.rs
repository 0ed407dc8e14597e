//! The plugin, called as a runtime calls it.

use hcn_test::{Output, Program, Scratch};
use serde_json::{Value, json};

use crate::lab::service;

struct Call<'a> {
    scratch: &'a Scratch,
    netns: String,
    conf: Value,
}

impl Call<'_> {
    fn run(&self, verb: &str) -> Output {
        let (name, value) = service(self.scratch);
        let program = Program::new(env!("CARGO_BIN_EXE_cni-stand-in")).env(name, value);
        let program = program.env("CNI_COMMAND", verb).env("CNI_CONTAINERID", "c1").env("CNI_IFNAME", "eth0");
        program.env("CNI_NETNS", &self.netns).stdin(self.conf.to_string()).run()
    }
}

fn hcn(scratch: &Scratch) -> hcn::Hcn {
    hcn::Hcn::new(hcn_emulator::Emulator::open(&scratch.join("hns.db")).unwrap())
}

/// A call in a namespace of its own, with a conf of this version.
fn call<'a>(scratch: &'a Scratch, version: &str) -> Call<'a> {
    let made = hcn(scratch).namespaces().create(&hcn::Namespace::for_container()).unwrap();
    let conf = json!({"cniVersion": version, "name": "lab", "type": "cni-stand-in",
        "journal": scratch.join("journal"), "subnet": "10.9.0.0/24"});
    Call { scratch, netns: made.id.unwrap().to_string(), conf }
}

#[test]
fn add_makes_an_endpoint_and_del_removes_it() {
    let scratch = Scratch::new();
    let call = call(&scratch, "1.0.0");
    let result: Value = serde_json::from_slice(&call.run("ADD").success().stdout).unwrap();
    let endpoint = hcn(&scratch).endpoints().find("c1_lab").unwrap().unwrap();
    let address = format!("{}/24", endpoint.addresses().next().unwrap());
    assert_eq!(result["ips"][0]["address"], address);
    assert_eq!(endpoint.namespace().unwrap().to_string(), call.netns);
    call.run("CHECK").success();
    call.run("DEL").success();
    assert!(hcn(&scratch).endpoints().find("c1_lab").unwrap().is_none());
    call.run("DEL").success();
}

#[test]
fn results_have_the_shape_of_the_conf_s_version() {
    for (version, pointer) in [("0.2.0", "/ip4/ip"), ("0.3.1", "/ips/0/version"), ("1.0.0", "/ips/0/gateway")]
    {
        let scratch = Scratch::new();
        let result: Value =
            serde_json::from_slice(&call(&scratch, version).run("ADD").success().stdout).unwrap();
        assert!(result.pointer(pointer).is_some_and(|value| !value.is_null()), "{result}");
    }
}

#[test]
fn it_fails_as_told() {
    let scratch = Scratch::new();
    for (how, exit, said) in [("error", 1, "no room"), ("text", 2, "panic: no room"), ("crash", 134, "")] {
        let mut call = call(&scratch, "1.0.0");
        call.conf["fail"] = json!({"verb": "ADD", "how": how});
        let output = call.run("ADD");
        assert!(output.exit == exit && output.stdout().contains(said), "{}", output.snapshot());
        assert!(hcn(&scratch).endpoints().list().unwrap().is_empty());
        call.run("DEL").success();
    }
}

#[test]
fn an_endpoint_can_be_left_behind() {
    let scratch = Scratch::new();
    let mut call = call(&scratch, "1.0.0");
    call.conf["fail"] = json!({"verb": "ADD", "how": "leave"});
    assert_eq!(call.run("ADD").exit, 1);
    assert!(hcn(&scratch).endpoints().find("c1_lab").unwrap().is_some());
    call.run("DEL").success();
    assert!(hcn(&scratch).endpoints().find("c1_lab").unwrap().is_none());
}
