//! The container's network.

use hcn_test::require;

use super::lab::lab;

#[test]
fn the_container_has_an_address_of_the_subnet_and_lo_is_up() {
    require!(Root, Containerd);
    let shown = lab(|lab| lab.run("t1", &["ip", "addr"]).run().success().stdout());
    for part in ["inet 10.88.0.", "lo: <LOOPBACK,UP", "inet 127.0.0.1/8"] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn the_gateway_answers() {
    require!(Root, Containerd);
    lab(|lab| lab.run("ping", &["ping", "-c", "1", "-W", "5", "10.88.0.1"]).run().success());
}
