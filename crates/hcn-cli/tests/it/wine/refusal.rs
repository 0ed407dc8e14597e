//! What keeps a run from beginning on Windows: one line with what failed, why, and what helps.

use std::path::PathBuf;

use hcn_test::{Output, Program, Wine, require, tools};

use super::{SPEC, dry_run, wine};

/// Runs its arguments without the rights of Administrators, as UAC lets people run programs.
const UNELEVATED: &str = r#"
#include <windows.h>
int wmain(int argc, wchar_t **argv) {
    HANDLE token, less;
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof sid, code = 99;
    SID_AND_ATTRIBUTES off = { sid, 0 };
    STARTUPINFOW start = { sizeof start };
    PROCESS_INFORMATION process;
    wchar_t *line = wcsstr(GetCommandLineW(), argv[1]);
    OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &token);
    CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, sid, &size);
    if (!CreateRestrictedToken(token, 0, 1, &off, 0, NULL, 0, NULL, &less)) return 98;
    if (!CreateProcessAsUserW(less, NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process)) return 97;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    return code;
}
"#;

/// Makes a pipe of one instance, takes it, and keeps it until its standard input ends.
const BUSY: &str = r#"
#include <windows.h>
#include <stdio.h>
int wmain(int argc, wchar_t **argv) {
    CreateNamedPipeW(argv[1], PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 4096, 4096, 0, NULL);
    CreateFileW(argv[1], GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    puts("taken");
    fflush(stdout);
    while (getchar() != EOF) {}
    return 0;
}
"#;

const GUID: &str = "6b29fc40-ca47-1067-b31d-00dd010662da";

/// The spec with a namespace in it, which is looked up before anything else is done.
fn named() -> String {
    SPEC.replace(r#""networkNamespace":"""#, &format!(r#""networkNamespace":"{GUID}""#))
}

/// The seed's spec with other layers.
fn with_layers(layers: &str) -> String {
    let listed = r#"["C:\\layers\\top","C:\\layers\\base","C:\\layers\\scr\u0061tch"]"#;
    SPEC.replace(listed, layers)
}

/// The arguments of a run with the CNI configurations of this folder.
fn run_of(folder: &str) -> [&str; 9] {
    ["run", "-q", "--net", "cni", "--cni-netconfpath", folder, "--config", r"C:\config.json", "t1"]
}

fn run(wine: &Wine, folder: &str) -> Output {
    wine.run("hcn", &run_of(folder))
}

/// Compiles a program of the test's.
fn compile(wine: &Wine, name: &str, source: &str, flags: &[&str]) -> PathBuf {
    let (source, made) = (wine.scratch().file(format!("{name}.c"), source), wine.scratch().join(name));
    let compiler = Program::new(tools::need("x86_64-w64-mingw32-gcc"));
    compiler.args(["-municode", "-o"]).arg(&made).arg(source).args(flags).run().success();
    made
}

/// A computenetwork.dll whose service answers every look-up with this code.
fn install_service_that_answers(wine: &Wine, code: &str) {
    let source = format!("__declspec(dllexport) long HcnOpenNamespace(void) {{ return (long){code}; }}\n");
    let (source, dll) = (wine.scratch().file("service.c", source), wine.scratch().join("computenetwork.dll"));
    let compiler = Program::new(tools::need("x86_64-w64-mingw32-gcc"));
    compiler.args(["-shared", "-o"]).arg(&dll).arg(source).run().success();
    wine.install(&dll).expect("the prefix is ours");
}

#[test]
fn without_the_feature_containers_the_feature_is_named() {
    require!(Wine, WindowsArtefacts);
    let wine = wine(&named());
    std::fs::remove_file(wine.system32().join("computenetwork.dll")).expect("the prefix is ours");
    insta::assert_snapshot!(dry_run(&wine, &["t1"]).snapshot(), @r"
    exit 125
    stderr: hcn: cannot read namespace `[GUID]`: this system has no Host Network Service (0x8007007E ERROR_MOD_NOT_FOUND: computenetwork.dll could not be loaded from System32); on Windows enable the feature Containers or Hyper-V; elsewhere use the emulator (HCN_HNS=emulator)
    ");
}

#[test]
fn a_service_that_is_stopped_or_refuses_is_told_with_the_fix() {
    require!(Wine, WindowsArtefacts);
    let wine = wine(&named());
    install_service_that_answers(&wine, "0x800706BA");
    insta::assert_snapshot!(dry_run(&wine, &["t1"]).snapshot(), @r"
    exit 125
    stderr: hcn: cannot read namespace `[GUID]`: the Host Network Service is not running (0x800706BA RPC_S_SERVER_UNAVAILABLE); start it with `sc.exe start hns`
    ");
    install_service_that_answers(&wine, "0x80070005");
    insta::assert_snapshot!(dry_run(&wine, &["t1"]).snapshot(), @r"
    exit 125
    stderr: hcn: cannot read namespace `[GUID]`: access is denied (0x80070005 E_ACCESSDENIED); run it as an administrator, or as a member of Hyper-V Administrators
    ");
}

#[test]
fn a_daemon_that_is_not_there_is_named_with_its_pipe() {
    require!(Wine, WindowsArtefacts);
    insta::assert_snapshot!(run(&wine(SPEC), r"C:\").snapshot(), @r"
    exit 125
    stderr: hcn: cannot connect to containerd at \\.\pipe\containerd-containerd: there is no such named pipe; is containerd running? start it, or name its named pipe with --address or CONTAINERD_ADDRESS
    ");
}

#[test]
fn a_pipe_that_stays_busy_is_told() {
    require!(Wine, WindowsArtefacts);
    let wine = wine(SPEC);
    let pipe = r"\\.\pipe\containerd-containerd";
    let mut holder = wine.program(compile(&wine, "busy.exe", BUSY, &[])).arg(pipe).spawn();
    holder.wait_for_stdout("taken");
    let refused = wine.run("hcn", &[&["--connect-timeout", "500ms"], &run_of(r"C:\")[..]].concat());
    holder.close_stdin();
    insta::assert_snapshot!(refused.snapshot(), @r"
    exit 125
    stderr: hcn: cannot connect to containerd at \\.\pipe\containerd-containerd: its named pipe was busy for 500ms; try again; if it stays so, look at containerd's log
    ");
}

#[test]
fn without_an_administrator_s_rights_nothing_is_begun() {
    require!(Wine, WindowsArtefacts);
    let wine = wine(SPEC);
    let hcn = tools::windows().join("hcn.exe");
    let unelevated = compile(&wine, "unelevated.exe", UNELEVATED, &["-ladvapi32"]);
    let refused = wine.program(unelevated).arg(wine.win_path(&hcn)).args(run_of(r"C:\")).run();
    insta::assert_snapshot!(refused.snapshot(), @r"
    exit 125
    stderr: hcn: cannot make a network namespace: this process does not have an administrator's rights; run it from an elevated prompt
    ");
}

#[test]
fn a_folder_without_cni_configuration_is_named() {
    require!(Wine, WindowsArtefacts);
    insta::assert_snapshot!(run(&wine(SPEC), r"D:\nowhere").snapshot(), @r"
    exit 125
    stderr: hcn: cannot find a network configuration in D:\nowhere: there is no such folder; put a CNI configuration there, or name another folder with --cni-netconfpath
    ");
}

#[test]
fn without_cni_configuration_and_without_hcn_both_are_named() {
    require!(Wine, WindowsArtefacts);
    let wine = wine(SPEC);
    std::fs::remove_file(wine.system32().join("computenetwork.dll")).expect("the prefix is ours");
    let args = ["run", "-q", "--cni-netconfpath", r"D:\nowhere", "--config", r"C:\config.json", "t1"];
    insta::assert_snapshot!(wine.run("hcn", &args).snapshot(), @r"
    exit 125
    stderr: hcn: cannot list the networks: this system has no Host Network Service (0x8007007E ERROR_MOD_NOT_FOUND: computenetwork.dll could not be loaded from System32); on Windows enable the feature Containers or Hyper-V; elsewhere use the emulator (HCN_HNS=emulator); and cannot find a network configuration in D:\nowhere: there is no such folder; put a CNI configuration there, or name another folder with --cni-netconfpath
    ");
}

#[test]
fn a_flag_that_the_cni_configuration_leaves_without_effect_is_refused() {
    require!(Wine, WindowsArtefacts);
    insta::assert_snapshot!(dry_run(&wine(SPEC), &["--dns", "1.1.1.1", "t1"]).snapshot(), @r#"
    exit 125
    stderr: hcn: --dns has no effect with the CNI configuration C:\0-nat.conf: no plugin in it has the capability dns; write the servers there, or add "capabilities": {"dns": true} to its plugin, or choose --net nat
    "#);
}

#[test]
fn layers_that_are_missing_or_misplaced_are_named() {
    require!(Wine, WindowsArtefacts);
    let wine = wine(SPEC);
    let mut refusals = Vec::new();
    for layers in [
        r#"[]"#,
        r#"["C:\\layers\\scratch"]"#,
        r#"["C:\\layers\\gone","C:\\layers\\scratch"]"#,
        r#"["C:\\layers\\scratch","C:\\layers\\base"]"#,
    ] {
        std::fs::write(wine.drive_c().join("config.json"), with_layers(layers)).expect("the prefix is ours");
        let refused = run(&wine, r"C:\");
        assert_eq!(refused.exit, 125);
        refusals.push(refused.stderr());
    }
    insta::assert_snapshot!(refusals.concat(), @r"
    hcn: cannot use C:\config.json: it has no windows.layerFolders; list the read-only folders there, top-most first, then the writable one, from `ctr snapshot mounts`
    hcn: cannot use C:\config.json: windows.layerFolders has one entry, C:\layers\scratch; list the read-only folders there, top-most first, then the writable one, from `ctr snapshot mounts`
    hcn: cannot use C:\config.json: the folder C:\layers\gone that windows.layerFolders[0] names is not there; correct it, or have the snapshotter prepare it again
    hcn: cannot use C:\config.json: windows.layerFolders is in the wrong order: C:\layers\scratch is the writable folder; put it last, behind the base layer
    ");
}

#[test]
fn nothing_is_left_of_a_run_that_did_not_begin() {
    require!(Wine, WindowsArtefacts);
    let wine = wine(SPEC);
    run(&wine, r"C:\");
    assert!(!wine.drive_c().join("ProgramData/hcn/runs").exists());
    assert_eq!(wine.run("hcn-namespace", &["list"]).stdout(), "");
}
