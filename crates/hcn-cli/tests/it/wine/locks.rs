//! `hcn.exe doctor --mount` with the lock probe beside it.

use hcn_test::{Output, Wine, require, tools};
use serde_json::Value;

const MOUNT: &str = r"type=bind,src=D:\cache,dst=C:\cache,options=ro";

fn wine() -> Wine {
    let wine = Wine::new().expect("Wine was asked for by `require!`");
    std::fs::create_dir(wine.drive_d().join("cache")).expect("the prefix is ours");
    wine
}

/// Status and text of each finding.
fn findings(output: &Output) -> Vec<(String, String)> {
    let report: Value =
        serde_json::from_str(&output.stdout()).unwrap_or_else(|_| panic!("{}", output.snapshot()));
    let found = report["checks"][0]["findings"].as_array().expect("it is a list");
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    found.iter().map(|finding| (text(finding, "status"), text(finding, "seen"))).collect()
}

#[test]
fn the_probe_beside_hcn_passes_every_stage_on_drive_d_and_leaves_nothing() {
    require!(Wine, WindowsArtefacts);
    let wine = wine();
    let output = wine.run("hcn", &["doctor", "--only", "mount.locks", "-o", "json", "--mount", MOUNT]);
    let told: Vec<_> = findings(&output.clone().success())
        .into_iter()
        .map(|(status, seen)| format!("{status}: {seen}"))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    ok: --mount: D:\cache on the host: every stage passed
    warning: --mount: D:\cache is read-only in the container: no program can make a lock file there
    ");
    let left = std::fs::read_dir(wine.drive_d().join("cache")).expect("the prefix is ours").count();
    assert_eq!(left, 0);
}

#[test]
fn where_the_probe_is_missing_the_place_is_named() {
    require!(Wine, WindowsArtefacts);
    let wine = wine();
    let alone = wine.drive_c().join("hcn.exe");
    std::fs::copy(tools::windows().join("hcn.exe"), &alone).expect("the prefix is ours");
    let words = ["doctor", "--only", "mount.locks", "-o", "json", "--mount", MOUNT];
    let output = wine.program(r"C:\hcn.exe").args(words).run().success();
    let (status, seen) = findings(&output).swap_remove(0);
    assert_eq!(status, "not-available", "{seen}");
    assert!(seen.contains(r"there is no C:\hcn-lockprobe.exe; put it there"), "{seen}");
}
