//! The IPv4 routes of Windows (GetIpForwardTable2 of iphlpapi.dll).

use std::io;
use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net};
use windows_sys::Win32::Foundation::NO_ERROR;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    ConvertInterfaceLuidToAlias, FreeMibTable, GetIpForwardTable2, IP_ADDRESS_PREFIX, MIB_IPFORWARD_ROW2,
    MIB_IPFORWARD_TABLE2,
};
use windows_sys::Win32::NetworkManagement::Ndis::NET_LUID_LH;
use windows_sys::Win32::Networking::WinSock::AF_INET;

use crate::sys::Route;

/// The longest alias of an interface (`NDIS_IF_MAX_STRING_SIZE`), with its NUL.
const LONGEST: usize = 257;

/// The system's table, freed on drop.
struct Table(*mut MIB_IPFORWARD_TABLE2);

impl Table {
    fn read() -> io::Result<Self> {
        let mut table = std::ptr::null_mut();
        // SAFETY: the out-pointer is writable.
        match unsafe { GetIpForwardTable2(AF_INET, &raw mut table) } {
            NO_ERROR if !table.is_null() => Ok(Self(table)),
            NO_ERROR => Err(io::Error::other("the system gave no table")),
            other => Err(io::Error::from_raw_os_error(other.cast_signed())),
        }
    }

    fn rows(&self) -> &[MIB_IPFORWARD_ROW2] {
        // SAFETY: the table lives as long as `self`.
        let count = unsafe { (*self.0).NumEntries } as usize;
        // SAFETY: as above; no reference to the rows is made, which lie behind the declared first one.
        let first = unsafe { &raw const (*self.0).Table }.cast::<MIB_IPFORWARD_ROW2>();
        // SAFETY: the system wrote so many rows there, one behind the other.
        unsafe { std::slice::from_raw_parts(first, count) }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // SAFETY: the table came from a function that says to free it so, and this is its one owner.
        unsafe { FreeMibTable(self.0.cast_const().cast()) };
    }
}

/// The routes, those to the machine's own addresses included.
pub(crate) fn routes() -> io::Result<Vec<Route>> {
    let table = Table::read()?;
    let route = |row: &MIB_IPFORWARD_ROW2| {
        Some(Route {
            destination: destination(&row.DestinationPrefix)?,
            interface: alias(&row.InterfaceLuid),
        })
    };
    Ok(table.rows().iter().filter_map(route).collect())
}

fn destination(prefix: &IP_ADDRESS_PREFIX) -> Option<IpNet> {
    // SAFETY: the table was asked for IPv4, of which this is the member; any bits are a value of it.
    let bytes = unsafe { prefix.Prefix.Ipv4.sin_addr.S_un.S_addr }.to_ne_bytes();
    Ipv4Net::new(Ipv4Addr::from(bytes), prefix.PrefixLength).ok().map(IpNet::V4)
}

/// What people call the interface; empty if nobody does.
fn alias(luid: &NET_LUID_LH) -> String {
    let mut name = [0_u16; LONGEST];
    // SAFETY: the LUID is readable, and the name writable and of this length.
    let answer = unsafe { ConvertInterfaceLuidToAlias(luid, name.as_mut_ptr(), name.len()) };
    let length = name.iter().position(|unit| *unit == 0).unwrap_or_default();
    if answer == NO_ERROR { String::from_utf16_lossy(&name[..length]) } else { String::new() }
}
