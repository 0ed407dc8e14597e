//! A real containerd.exe under Wine, where `HCN_TEST_CONTAINERD_EXE` names one: `hcn.exe` finds it and is understood.
//! It runs no container there: Wine has no Host Compute Service.

use std::time::Duration;

use hcn_test::{Patience, Program, Wine, require, tools};

const PIPE: &str = r"\\.\pipe\containerd-real";

/// In words of our own configuration: folders of the prefix, and nothing that Wine lacks.
const CONFIG: &str = "version = 2\nroot = 'C:\\containerd\\root'\nstate = 'C:\\containerd\\state'\n\
     disabled_plugins = ['io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.images', 'io.containerd.cri.v1.runtime']\n\
     [grpc]\naddress = '\\\\.\\pipe\\containerd-real'\n";

fn hcn(wine: &Wine, words: &[&str]) -> Program {
    let program = wine.program(tools::windows().join("hcn.exe")).env("CONTAINERD_ADDRESS", PIPE);
    program.env("HCN_EMULATOR_STORE", r"C:\hns.db").env("HCN_STATE", r"C:\hcn").args(words)
}

#[test]
fn hcn_exe_is_understood_by_a_real_containerd_exe() {
    let Some(exe) = tools::containerd_exe(hcn_test::test_name!()) else { return };
    require!(Wine, WindowsArtefacts);
    let wine = Wine::new().expect("a prefix can be made");
    std::fs::write(wine.drive_c().join("containerd.toml"), CONFIG).expect("it can be written");
    let daemon = wine.program(&exe).args(["-c", r"C:\containerd.toml"]).spawn();
    let mut patience = Patience::new(Duration::from_secs(60));
    let said = loop {
        let said = hcn(&wine, &["run", "--pull", "never", "nosuch", "x"]).run().stderr();
        if said.contains("it is not in containerd's namespace default") || patience.is_over() {
            break said;
        }
    };
    daemon.terminate();
    assert!(
        said.starts_with("hcn: cannot run image `nosuch`: it is not in containerd's namespace default"),
        "{said}"
    );
    hcn(&wine, &["namespace", "list"]).run().success();
}
