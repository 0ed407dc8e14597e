//! `hcn.exe spec`: layers of a snapshot, drives, and a file that is replaced by Windows' own rules.

use hcn_test::{Wine, require};

use crate::spec::{MOUNTS, WINDOWS, with_layers};

fn wine() -> Wine {
    let wine = Wine::new().expect("Wine was asked for by `require!`");
    for (name, text) in [("config.json", WINDOWS), ("mounts.json", MOUNTS)] {
        std::fs::write(wine.drive_c().join(name), text).expect("the prefix is ours");
    }
    wine
}

#[test]
fn layers_of_a_three_layer_snapshot_are_in_the_order_of_the_shim() {
    require!(Wine, WindowsArtefacts);
    let wine = wine();
    let from_file = wine.run("hcn", &["spec", "--snapshot", r"C:\mounts.json", r"C:\config.json"]);
    assert_eq!(from_file.success().stdout(), with_layers());
    let hcn = wine.program(hcn_test::tools::windows().join("hcn.exe"));
    let piped = hcn.args(["spec", "--snapshot", "-", r"C:\config.json"]).stdin(MOUNTS).run();
    assert_eq!(piped.success().stdout(), with_layers());
}

#[test]
fn a_file_is_replaced_in_place_and_stays_as_it_was_where_something_is_wrong() {
    require!(Wine, WindowsArtefacts);
    let wine = wine();
    let file = wine.drive_c().join("config.json");
    let args = ["spec", "-i", "--snapshot", r"C:\mounts.json", r"C:\config.json"];
    wine.run("hcn", &args).success();
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), with_layers());
    let before: Vec<_> = std::fs::read_dir(wine.drive_c()).expect("it is there").collect();
    let wrong =
        wine.run("hcn", &["spec", "-i", "-v", r"D:\a:C:\b", "--network-namespace", "lab", r"C:\config.json"]);
    insta::assert_snapshot!(wrong.snapshot(), @r"
    exit 1
    stderr: hcn: cannot use C:\config.json: `windows.network.networkNamespace` names no namespace: `lab` is not a GUID: 36 characters such as [GUID], with or without braces; `hcn-namespace create` prints one
    ");
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), with_layers());
    let after: Vec<_> = std::fs::read_dir(wine.drive_c()).expect("it is there").collect();
    assert_eq!(before.len(), after.len(), "nothing is left beside it");
}
