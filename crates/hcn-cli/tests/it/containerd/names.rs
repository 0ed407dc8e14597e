//! By which names a container finds others: its hosts file and its resolv.conf.

use hcn_test::{IMAGE, Program, require};
use insta::assert_snapshot;

use super::lab::{Lab, lab};

fn told(lab: &Lab, flags: &[&str], script: &str) -> String {
    lab.hcn_run().args(flags).args([IMAGE, "names", "sh", "-c", script]).run().success().stdout()
}

#[test]
fn the_hosts_file_matches_the_attachment() {
    require!(Root, Containerd);
    let script = "cat /etc/hosts; ip -4 -o addr show eth0 | sed 's/.*inet \\([^/]*\\).*/own \\1/'";
    let told = lab(move |lab| told(lab, &["--hostname", "lab", "--add-host", "db:192.0.2.7"], script));
    let own = told.lines().find_map(|line| line.strip_prefix("own ")).expect("it has an address").to_owned();
    assert!(own.starts_with("10.88.0."), "{told}");
    assert_snapshot!(told.replace(&own, "[OWN]"), @r"
    127.0.0.1	localhost
    ::1	localhost ip6-localhost ip6-loopback
    [OWN]	lab
    192.0.2.7	db
    own [OWN]
    ");
}

#[test]
fn name_servers_are_those_asked_for() {
    require!(Root, Containerd);
    let flags = ["--dns", "192.0.2.53", "--dns", "2001:db8::53"];
    let told = lab(move |lab| told(lab, &flags, "grep nameserver /etc/resolv.conf"));
    assert_snapshot!(told, @r"
    nameserver 192.0.2.53
    nameserver 2001:db8::53
    ");
}

#[test]
fn what_the_attachment_says_of_names_is_written_before_the_command_runs() {
    require!(Root, Containerd);
    let told = lab(|lab| {
        let answer = r#"{"cniVersion":"1.0.0","dns":{"nameservers":["192.0.2.99"],"search":["lab.test"]}}"#;
        let list = lab.on_network("named", &[("says-dns", &format!("cat >/dev/null; echo '{answer}'"))]);
        drop(list);
        let scratch = lab.daemon.scratch();
        let run = lab.hcn_run().arg("--cni-netconfpath").arg(scratch.join("named/net.d"));
        let run = run.arg("--cni-path").arg(scratch.join("named/bin"));
        run.args([IMAGE, "named", "cat", "/etc/resolv.conf"]).run().success().stdout()
    });
    assert!(told.starts_with("nameserver 192.0.2.99\nsearch lab.test\n"), "{told}");
}

#[test]
fn a_container_that_is_left_without_a_name_server_is_told() {
    require!(Root, Containerd);
    let told = lab(|lab| {
        let local = lab.daemon.scratch().file("local/resolv.conf", "nameserver 127.0.0.1\nsearch lab.test\n");
        Program::new("mount").arg("--bind").arg(local).arg("/etc/resolv.conf").run().success();
        let run = lab.hcn_run().args([IMAGE, "names", "cat", "/etc/resolv.conf"]).run();
        Program::new("umount").arg("/etc/resolv.conf").run().success();
        run.snapshot()
    });
    assert_snapshot!(told, @"
    exit 0
    stdout: search lab.test
    stderr: hcn: note: the host's name servers are on its own loopback, where a container has others: it has no name server unless its attachment names one; name one with --dns ADDRESS
    ");
}

#[test]
fn a_file_of_the_user_s_own_stays() {
    require!(Root, Containerd);
    let told = lab(|lab| {
        let own = lab.daemon.scratch().file("own/hosts", "own\n").display().to_string();
        told(lab, &["-v", &format!("{own}:/etc/hosts")], "cat /etc/hosts")
    });
    assert_eq!(told, "own\n");
}
