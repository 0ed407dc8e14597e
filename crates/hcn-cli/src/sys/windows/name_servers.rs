//! The name servers of the host, as its adapters have them (GetAdaptersAddresses of iphlpapi.dll).

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use windows_sys::Win32::Foundation::{ERROR_BUFFER_OVERFLOW, ERROR_NO_DATA, NO_ERROR};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GAA_FLAG_SKIP_ANYCAST, GAA_FLAG_SKIP_FRIENDLY_NAME, GAA_FLAG_SKIP_MULTICAST, GAA_FLAG_SKIP_UNICAST,
    GetAdaptersAddresses, IP_ADAPTER_ADDRESSES_LH, IP_ADAPTER_DNS_SERVER_ADDRESS_XP,
};
use windows_sys::Win32::NetworkManagement::Ndis::IfOperStatusUp;
use windows_sys::Win32::Networking::WinSock::{AF_INET, SOCKADDR_IN, SOCKET_ADDRESS};

/// What is left out of the answer.
const FLAGS: u32 =
    GAA_FLAG_SKIP_UNICAST | GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_FRIENDLY_NAME;

/// Microsoft's advice for the first attempt, in bytes.
const USUAL_SIZE: u32 = 15 << 10;

/// How often the list may grow between being told its size and being read.
const ATTEMPTS: usize = 4;

/// The IPv4 name servers of the adapters that are up, the best adapter's first. None of loopback, which is another
/// machine's in a container; no IPv6, for the networks that HNS makes by itself have none.
pub(crate) fn name_servers() -> io::Result<Vec<IpAddr>> {
    let adapters = Adapters::read()?;
    let mut found: Vec<(u32, Ipv4Addr)> = adapters.iter().flat_map(servers_of).collect();
    found.sort_by_key(|(metric, _)| *metric);
    let mut servers = Vec::new();
    for (_, server) in found {
        if !server.is_loopback() && !server.is_unspecified() && !servers.contains(&IpAddr::V4(server)) {
            servers.push(IpAddr::V4(server));
        }
    }
    Ok(servers)
}

/// The system's list, whose nodes point into the same block of memory.
struct Adapters {
    /// Of this type for its alignment; empty where there is no adapter.
    block: Vec<u64>,
}

impl Adapters {
    fn read() -> io::Result<Self> {
        let mut size = USUAL_SIZE;
        for _ in 0..ATTEMPTS {
            let mut block = vec![0_u64; (size as usize).div_ceil(size_of::<u64>())];
            let reserved = std::ptr::null();
            // SAFETY: the block is writable, aligned as the list's nodes are, and at least `size` bytes long.
            let answer = unsafe {
                GetAdaptersAddresses(
                    AF_INET.into(),
                    FLAGS,
                    reserved,
                    block.as_mut_ptr().cast(),
                    &raw mut size,
                )
            };
            match answer {
                NO_ERROR => return Ok(Self { block }),
                ERROR_NO_DATA => return Ok(Self { block: Vec::new() }),
                ERROR_BUFFER_OVERFLOW => {}
                other => return Err(io::Error::from_raw_os_error(other as i32)),
            }
        }
        Err(io::Error::other("the list of adapters grows faster than it can be read"))
    }

    fn iter(&self) -> impl Iterator<Item = &IP_ADAPTER_ADDRESSES_LH> {
        let first: *const IP_ADAPTER_ADDRESSES_LH =
            if self.block.is_empty() { std::ptr::null() } else { self.block.as_ptr().cast() };
        // SAFETY: every node is null or lies in the block, which lives as long as the references.
        let node = |at: *const IP_ADAPTER_ADDRESSES_LH| unsafe { at.as_ref() };
        std::iter::successors(node(first), move |adapter| node(adapter.Next))
    }
}

/// The servers of one adapter, each with the adapter's metric.
fn servers_of(adapter: &IP_ADAPTER_ADDRESSES_LH) -> impl Iterator<Item = (u32, Ipv4Addr)> {
    let is_up = adapter.OperStatus == IfOperStatusUp;
    let first = if is_up { adapter.FirstDnsServerAddress } else { std::ptr::null_mut() };
    // SAFETY: every node is null or lies in the block that the adapter itself lies in.
    let node = |at: *mut IP_ADAPTER_DNS_SERVER_ADDRESS_XP| unsafe { at.as_ref() };
    let servers = std::iter::successors(node(first), move |server| node(server.Next));
    servers.filter_map(|server| Some((adapter.Ipv4Metric, ipv4(&server.Address)?)))
}

fn ipv4(address: &SOCKET_ADDRESS) -> Option<Ipv4Addr> {
    let long_enough = usize::try_from(address.iSockaddrLength).ok()? >= size_of::<SOCKADDR_IN>();
    if address.lpSockaddr.is_null() || !long_enough {
        return None;
    }
    // SAFETY: not null, in the adapters' block, and as long as this type, which may lie at any address here.
    let socket = unsafe { address.lpSockaddr.cast::<SOCKADDR_IN>().read_unaligned() };
    // SAFETY: every member of the union is plain bytes.
    let bytes = unsafe { socket.sin_addr.S_un.S_addr };
    (socket.sin_family == AF_INET).then(|| Ipv4Addr::from(bytes.to_ne_bytes()))
}
