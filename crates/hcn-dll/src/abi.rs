//! The C types of the ABI.

use std::ffi::c_void;

/// 0 is success, a negative value failure.
pub type HRESULT = i32;
/// Success.
pub const S_OK: HRESULT = 0;
/// A text that the caller owns: UTF-16, ended by a NUL.
pub type PCWSTR = *const u16;
/// A text that the callee allocated with the COM task allocator and the caller frees.
pub type PWSTR = *mut u16;
/// An open object.
pub type HANDLE = *mut c_void;

/// A GUID in memory: three numbers of the machine's byte order, then eight bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GUID {
    /// The first 8 digits.
    pub data1: u32,
    /// The next 4.
    pub data2: u16,
    /// The next 4.
    pub data3: u16,
    /// The last 16.
    pub data4: [u8; 8],
}

impl From<GUID> for hcn::Guid {
    fn from(guid: GUID) -> Self {
        let numbers = (u128::from(guid.data1) << 96) | (u128::from(guid.data2) << 80);
        let numbers = numbers | (u128::from(guid.data3) << 64);
        Self::from_u128(numbers | u128::from(u64::from_be_bytes(guid.data4)))
    }
}

impl From<hcn::Guid> for GUID {
    fn from(guid: hcn::Guid) -> Self {
        let value = guid.as_u128();
        Self {
            data1: (value >> 96) as u32,
            data2: (value >> 80) as u16,
            data3: (value >> 64) as u16,
            data4: (value as u64).to_be_bytes(),
        }
    }
}

/// `HCN_PORT_RANGE_RESERVATION`: both ends included.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PortRangeReservation {
    /// The first port.
    pub starting_port: u16,
    /// The last port.
    pub ending_port: u16,
}

/// `HCN_PORT_RANGE_ENTRY`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRangeEntry {
    /// Who owns the ports.
    pub owning_partition_id: GUID,
    /// For whom they are.
    pub target_partition_id: GUID,
    /// `HCN_PORT_PROTOCOL`: 1 TCP, 2 UDP, 3 both.
    pub protocol: i32,
    /// The priority.
    pub priority: u64,
    /// The kind of reservation.
    pub reservation_type: u32,
    /// How they are shared.
    pub sharing_flags: u32,
    /// How they are delivered.
    pub delivery_mode: u32,
    /// The first port.
    pub starting_port: u16,
    /// The last port.
    pub ending_port: u16,
}

/// `HCN_NOTIFICATION_CALLBACK`: the event, the context of the registration, a status, the event's data.
pub type NotificationCallback =
    Option<unsafe extern "system" fn(kind: u32, context: *mut c_void, status: HRESULT, data: PCWSTR)>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_has_its_digits_where_windows_has_them() {
        let guid = GUID {
            data1: 0x6b29_fc40,
            data2: 0xca47,
            data3: 0x1067,
            data4: [0xb3, 0x1d, 0x00, 0xdd, 0x01, 0x06, 0x62, 0xda],
        };
        assert_eq!(hcn::Guid::from(guid).to_string(), "6b29fc40-ca47-1067-b31d-00dd010662da");
        assert_eq!(GUID::from(hcn::Guid::from(guid)), guid);
    }

    #[test]
    fn the_structures_have_windows_sizes() {
        assert_eq!((size_of::<GUID>(), size_of::<PortRangeReservation>()), (16, 4));
        assert_eq!((size_of::<PortRangeEntry>(), align_of::<PortRangeEntry>()), (64, 8));
    }
}
