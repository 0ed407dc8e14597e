//! The IPv4 routes of Linux, as /proc/net/route lists them, and the twins of what only Windows can be asked.

use std::io;
use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net};

use crate::sys::{Route, Service};

/// The routes of the main table.
pub(crate) fn routes() -> io::Result<Vec<Route>> {
    Ok(listed(&std::fs::read_to_string("/proc/net/route")?))
}

/// Below a line of titles: the interface, the destination, …, the mask (the eighth); addresses as the kernel has them in
/// memory, in hexadecimal digits.
fn listed(text: &str) -> Vec<Route> {
    let route = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        let (interface, destination, mask) =
            (words.first()?, address(words.get(1)?)?, address(words.get(7)?)?);
        let destination = Ipv4Net::with_netmask(destination, mask).ok()?;
        Some(Route { destination: IpNet::V4(destination), interface: (*interface).to_owned() })
    };
    text.lines().skip(1).filter_map(route).collect()
}

fn address(hex: &str) -> Option<Ipv4Addr> {
    Some(Ipv4Addr::from(u32::from_str_radix(hex, 16).ok()?.to_ne_bytes()))
}

fn only_windows<T>() -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "only Windows has it"))
}

/// Only Windows' service manager is asked.
pub(crate) fn service(_: &str) -> io::Result<Service> {
    only_windows()
}

/// Only DLLs are asked.
pub(crate) fn missing_functions(_: &str, _: &[String]) -> io::Result<Vec<String>> {
    only_windows()
}

/// Only Windows has a registry.
pub(crate) fn registry_bytes(_: &str, _: &str) -> io::Result<Vec<u8>> {
    only_windows()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(target_endian = "big", ignore = "the text is of a little-endian machine")]
    fn routes_are_read_from_the_kernel_s_table() {
        let text = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
                    eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
                    cni0\t0000580A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n\
                    odd\n";
        let told = listed(text).into_iter().map(|route| format!("{} {}", route.destination, route.interface));
        assert_eq!(told.collect::<Vec<_>>(), ["0.0.0.0/0 eth0", "10.88.0.0/16 cni0"]);
    }

    #[test]
    fn this_machine_s_routes_can_be_read() {
        assert!(routes().is_ok());
    }
}
