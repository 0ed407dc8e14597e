//! `hcn-namespace.exe` through our computenetwork.dll in system32, each command in a process of its own.

use hcn_test::{Wine, require, tools};

use crate::four_commands;

#[test]
fn the_four_commands_through_the_dll() {
    require!(Wine, WindowsArtefacts);
    let wine = Wine::new().unwrap();
    four_commands(|args| wine.run("hcn-namespace", args));
    assert!(wine.drive_c().join("ProgramData/hcn/hns.db").is_file(), "the DLL's default store");
}

#[test]
fn without_the_dll_the_service_is_unavailable_even_if_one_lies_beside_the_program() {
    require!(Wine, WindowsArtefacts);
    let wine = Wine::new().unwrap();
    let ours = wine.system32().join("computenetwork.dll");
    std::fs::rename(&ours, wine.drive_d().join("computenetwork.dll")).unwrap();
    let exe = wine.drive_d().join("hcn-namespace.exe");
    std::fs::copy(tools::windows().join("hcn-namespace.exe"), &exe).unwrap();
    let refused = wine.program(&exe).arg("list").current_dir(wine.drive_d()).run();
    insta::assert_snapshot!(refused.snapshot(), @"
    exit 1
    stderr: hcn-namespace: cannot list the namespaces: this system has no Host Network Service (0x8007007E ERROR_MOD_NOT_FOUND: computenetwork.dll could not be loaded from System32); on Windows enable the feature Containers or Hyper-V; elsewhere use the emulator (HCN_HNS=emulator)
    ");
}

#[test]
fn the_emulator_is_not_asked_for_on_windows() {
    require!(Wine, WindowsArtefacts);
    let wine = Wine::new().unwrap();
    let exe = tools::windows().join("hcn-namespace.exe");
    let refused = wine.program(exe).arg("list").env("HCN_HNS", "emulator").run();
    insta::assert_snapshot!(refused.snapshot(), @"
    exit 1
    stderr: hcn-namespace: cannot use HCN_HNS=emulator: on Windows this program knows `system` alone; unset the variable
    ");
}
