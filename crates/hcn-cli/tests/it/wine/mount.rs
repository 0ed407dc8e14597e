//! `hcn.exe doctor --mount`: folders of two of Wine's drives, as Windows' own calls tell of them. What Wine does not have is
//! not available; nothing crashes.

use hcn_test::{Wine, require};
use serde_json::Value;

fn wine() -> Wine {
    let wine = Wine::new().expect("Wine was asked for by `require!`");
    std::fs::create_dir_all(wine.drive_c().join("cache")).expect("the prefix is ours");
    wine
}

fn doctor(wine: &Wine, args: &[&str]) -> Value {
    let fixed = ["doctor", "-o", "json", "--mount", r"type=bind,src=C:\cache,dst=C:\x"];
    let output = wine.run("hcn", &[&fixed[..], args].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", output.snapshot()))
}

/// Each check of mounts: its id, and what it says of each source.
fn told(report: &Value) -> String {
    let checks = report["checks"].as_array().into_iter().flatten();
    let finding = |one: &Value| {
        format!(
            "{}: {}",
            one["status"].as_str().unwrap_or_default(),
            one["seen"].as_str().unwrap_or_default()
        )
    };
    let lines = checks.flat_map(|check| {
        let findings = check["findings"].as_array().cloned().unwrap_or_default();
        let id = check["id"].as_str().unwrap_or_default().to_owned();
        findings.into_iter().map(move |one| format!("{id}: {}", finding(&one)))
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn only(ids: &[&'static str]) -> Vec<&'static str> {
    ids.iter().flat_map(|id| ["--only", id]).collect()
}

#[test]
fn folders_of_two_drives_are_judged_by_windows_own_calls() {
    require!(Wine, WindowsArtefacts);
    let ids = [
        "mount.kind",
        "mount.links",
        "mount.path-length",
        "mount.drive",
        "mount.file-system",
        "mount.options",
    ];
    let mut args = only(&ids);
    args.extend(["--mount", r"type=bind,src=Z:\,dst=C:\y"]);
    insta::assert_snapshot!(told(&doctor(&wine(), &args)), @r"
    mount.kind: ok: C:\cache is a folder
    mount.kind: ok: Z:\ is a folder
    mount.links: ok: no link leads to C:\cache
    mount.links: ok: no link leads to Z:\
    mount.path-length: ok: the path of C:\cache has 8 letters
    mount.path-length: ok: the path of Z:\ has 3 letters
    mount.drive: ok: C:\cache is on C:, a drive of this machine
    mount.drive: ok: Z:\ is on Z:, a drive of this machine
    mount.file-system: ok: C:\cache is on C:, which is NTFS: every release maps its folders
    mount.file-system: ok: Z:\ is on Z:, which is NTFS: every release maps its folders
    mount.options: ok: C:\cache is on C:, which can be written
    mount.options: ok: Z:\ is on Z:, which can be written
    ");
}

/// Wine makes the access list of the folder's owner and mode.
#[test]
fn the_access_list_of_a_folder_is_read_and_judged() {
    require!(Wine, WindowsArtefacts);
    let said = told(&doctor(&wine(), &only(&["mount.rights"])));
    assert!(
        said.contains(r"C:\cache: ContainerAdministrator may read") && said.contains("ContainerUser may "),
        "{said}"
    );
}

#[test]
fn what_wine_does_not_have_is_not_available() {
    require!(Wine, WindowsArtefacts);
    let ids = ["mount.dev-drive", "mount.filters", "mount.case"];
    insta::assert_snapshot!(told(&doctor(&wine(), &only(&ids))), @r"
    mount.dev-drive: not-available: the volume's state: this system or file system has no answer
    mount.filters: not-available: fltmc.exe: C:\windows\System32\fltmc.exe: there is no such program
    mount.case: not-available: its names: this system or file system has no answer
    ");
}

#[test]
fn two_drives_stand_side_by_side() {
    require!(Wine, WindowsArtefacts);
    let report = doctor(&wine(), &["--only", "mount.kind", "--compare", r"Z:\"]);
    let facts = report["comparisons"][0]["facts"].as_array().expect("a folder to compare with was named");
    // The room changes while it is looked at.
    let steady = facts.iter().filter(|row| row["id"] != "free-space");
    let shown = steady.map(|row| {
        format!("{}: {}", row["id"].as_str().unwrap_or_default(), row["verdict"].as_str().unwrap_or_default())
    });
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"), @r"
    kind: same
    links: same
    path-length: differs
    volume: differs
    device: differs
    file-system: same
    drive: same
    encryption: not-compared
    options: same
    free-files: not-compared
    case-sensitive: not-compared
    rights: same
    dev-drive: not-compared
    allowed-filters: not-compared
    filters: not-compared
    short-names: not-compared
    names: not-compared
    usn-journal: not-compared
    last-usn: not-compared
    attributes: not-compared
    ");
}
