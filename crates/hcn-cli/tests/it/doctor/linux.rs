//! The kernel: forwarding, and the firewall.

use hcn_test::require;

use super::host::Host;

#[test]
fn a_kernel_that_does_not_forward_is_told_to() {
    require!(Root, Containerd);
    let host = Host::new();
    host.first_network(r#"{"cniVersion":"1.0.0","name":"mine","plugins":[{"type":"mine"}]}"#);
    // Of the test's own network namespace.
    host.paste("echo 0 > /proc/sys/net/ipv4/ip_forward");
    host.is_mended(&[], "linux.forwarding", "net.ipv4.ip_forward is 0");
}

#[test]
fn a_firewall_that_drops_what_is_forwarded_lets_the_bridge_pass() {
    require!(Root, Containerd);
    let host = Host::new();
    if !host.masquerades() {
        // This kernel's tables are out of reach.
        return;
    }
    assert_eq!(host.said(&[], "linux.firewall").status(), "ok");
    host.paste("iptables -P FORWARD DROP");
    host.is_mended(&[], "linux.firewall", "the chain FORWARD of the table ip filter drops");
    host.run(&[], "passes").success();
}
