//! A service that cannot be had: one line, the right exit code, and the file as it was.

use super::Lab;

#[test]
fn a_store_that_is_none_is_refused_and_left_alone() {
    let lab = Lab::new();
    let newer = {
        lab.done("network list");
        let mut bytes = std::fs::read(lab.scratch.join("hns.db")).unwrap();
        bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
        bytes
    };
    for (name, bytes) in [("text", b"hello".to_vec()), ("newer", newer)] {
        let file = lab.scratch.file(name, &bytes);
        let output = lab.run(&format!("network create x --hns emulator:{}", file.display()));
        assert_eq!((output.exit, output.stdout().as_str()), (6, ""), "{}", output.stderr());
        assert!(
            output.stderr().starts_with("hcn: cannot open the emulator's store `"),
            "{}",
            output.stderr()
        );
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "{name}");
    }
    let folder = lab.run(&format!("network list --hns emulator:{}", lab.scratch.folder("f").display()));
    assert_eq!(folder.exit, 6, "{}", folder.stderr());
}

#[test]
fn a_service_that_is_not_there_is_exit_6_and_a_word_that_is_none_exit_2() {
    let lab = Lab::new();
    insta::assert_snapshot!(super::said(&lab, &["network list --hns system", "network list --hns nosuch"]), @r"
    $ hcn network list --hns system
    hcn: cannot list the networks: this system has no Host Network Service (0x8007007E ERROR_MOD_NOT_FOUND: computenetwork.dll is a part of Windows); on Windows enable the feature Containers or Hyper-V; elsewhere use the emulator (HCN_HNS=emulator)
    exit 6
    $ hcn network list --hns nosuch
    hcn: cannot read --hns: `nosuch` is no host network service: use `system`, `emulator`, or `emulator:PATH` with the path of a store
    exit 2
    ");
    insta::assert_snapshot!(lab.program(&["endpoint", "list"]).env("HCN_HNS", "nosuch").run().snapshot(), @r"
    exit 2
    stderr: hcn: cannot read HCN_HNS: `nosuch` is no host network service: use `system`, `emulator`, or `emulator:PATH` with the path of a store
    ");
}

#[test]
fn prune_without_containerd_refuses() {
    let lab = Lab::furnished();
    insta::assert_snapshot!(super::said(&lab, &["namespace prune", "namespace prune --yes"]), @r"
    $ hcn namespace prune
    hcn: cannot prune namespaces: cannot connect to containerd at /nonexistent/c.sock: there is no such socket; is containerd running? start it, or name its socket with --address or CONTAINERD_ADDRESS
    exit 6
    $ hcn namespace prune --yes
    hcn: cannot prune namespaces: cannot connect to containerd at /nonexistent/c.sock: there is no such socket; is containerd running? start it, or name its socket with --address or CONTAINERD_ADDRESS
    exit 6
    ");
    assert_eq!(lab.ids()[2].len(), 1);
}
