//! Plans of the Windows program, under Wine.

mod locks;
mod mount;
mod refusal;
mod spec;

use hcn_cli::run::plan::{NatNetwork, Plan, Step};
use hcn_test::{Output, Wine};

/// A spec of the seed's kind: layers, a bind of D:, odd numbers and escapes that nobody may touch.
const SPEC: &str = r#"{ "ociVersion":"1.1.0",
  "process":{"args":["cmd","/c","dir"],"cwd":"C:\\","user":{"username":"ContainerAdministrator"},"odd":[1e400,-0.10E+7,18446744073709551617,"\u00e4\/"]},
  "mounts":[{"destination":"C:\\opam","type":"bind","source":"D:\\cache\\opam","options":["rw"]}],
  "windows":{"layerFolders":["C:\\layers\\top","C:\\layers\\base","C:\\layers\\scr\u0061tch"],
    "network":{"allowUnqualifiedDNSQuery" : true , "networkNamespace":""}}}"#;

fn wine(spec: &str) -> Wine {
    let wine = Wine::new().expect("Wine was asked for by `require!`");
    let conf = r#"{"cniVersion":"0.2.0","name":"nat","type":"nat"}"#;
    for (name, text) in [("0-nat.conf", conf), ("config.json", spec)] {
        std::fs::write(wine.drive_c().join(name), text).expect("the prefix is ours");
    }
    for layer in ["top", "base", "scratch"] {
        std::fs::create_dir_all(wine.drive_c().join("layers").join(layer)).expect("the prefix is ours");
    }
    std::fs::write(wine.drive_c().join("layers/scratch/sandbox.vhdx"), "").expect("the prefix is ours");
    wine
}

fn dry_run(wine: &Wine, args: &[&str]) -> Output {
    let fixed = [
        "run",
        "-cni",
        "--dry-run",
        "-o",
        "json",
        "--cni-netconfpath",
        r"C:\",
        "--config",
        r"C:\config.json",
    ];
    wine.run("hcn", &[&fixed, args].concat())
}

fn plan(output: &Output) -> Plan {
    assert_eq!(output.exit, 0, "{}", output.stderr());
    serde_json::from_slice(&output.stdout).expect("a plan is JSON")
}

#[test]
fn a_plan_puts_the_guid_into_the_spec_and_keeps_every_other_byte() {
    hcn_test::require!(Wine, WindowsArtefacts);
    let output = dry_run(&wine(SPEC), &["t1"]);
    let plan = plan(&output);
    let guid = plan.network_namespace.unwrap();
    assert!(matches!(plan.first[..], [Step::HcnNamespace { id }] if id.to_string() == guid));
    let spec = SPEC
        .replace(r#""networkNamespace":"""#, &format!(r#""networkNamespace":"{guid}""#))
        .replace(r#""type":"bind","#, "");
    assert!(output.stdout().contains(&spec), "{}", output.stdout());
    insta::assert_snapshot!(output.stderr(), @"hcn: note: a mount's type `bind` is left out, for containerd's shims refuse it on Windows");
}

#[test]
fn a_plan_of_windows_makes_the_task_behind_both_lanes() {
    hcn_test::require!(Wine, WindowsArtefacts);
    let plan = plan(&dry_run(&wine(SPEC), &["-q"]));
    assert!(
        matches!(&plan.lanes[0][..], [Step::Cni(cni)] if Some(&cni.netns) == plan.network_namespace.as_ref())
    );
    assert!(matches!(plan.lanes[1][..], [Step::Container(_)]));
    assert!(matches!(plan.then[..], [Step::Stdio(_), Step::Task { rootfs: None, terminal: false }]));
}

#[test]
fn a_guid_in_the_spec_is_looked_up_through_hcn() {
    hcn_test::require!(Wine, WindowsArtefacts);
    let guid = "6b29fc40-ca47-1067-b31d-00dd010662da";
    let named =
        |guid: &str| SPEC.replace(r#""networkNamespace":"""#, &format!(r#""networkNamespace":"{guid}""#));
    let wine = wine(&named(guid));
    insta::assert_snapshot!(dry_run(&wine, &["t1"]).snapshot(), @r"
    exit 125
    stderr: hcn: cannot use the network namespace `[GUID]` that C:\config.json names: there is no such namespace; correct the name, or let the run make one with --new-namespace
    ");
    let made = wine.run("hcn-namespace", &["create"]).stdout().trim().to_owned();
    std::fs::write(wine.drive_c().join("config.json"), named(&made)).unwrap();
    let plan = plan(&dry_run(&wine, &["-q", "t1"]));
    assert_eq!((plan.network_namespace, plan.first.len()), (Some(made), 0));
}

#[test]
fn a_plan_of_net_nat_holds_the_endpoint_and_makes_nothing() {
    hcn_test::require!(Wine, WindowsArtefacts);
    let wine = wine(SPEC);
    let plan = plan(&dry_run(&wine, &["-q", "--net", "nat", "--dns", "1.1.1.1", "t1"]));
    let [Step::Endpoint(endpoint)] = &plan.lanes[0][..] else { panic!("{:?}", plan.lanes[0]) };
    assert_eq!(Some(endpoint.namespace.to_string()), plan.network_namespace);
    assert!(endpoint.name.contains(&plan.run), "{}", endpoint.name);
    assert!(matches!(&endpoint.network, NatNetwork::ToBeMade { name, .. } if name == "nat"));
    assert_eq!(endpoint.dns, ["1.1.1.1"]);
    assert_eq!(wine.run("hcn-namespace", &["list"]).stdout(), "");
}
