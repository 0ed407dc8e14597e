//! One call of the registry: the second unsafe file of this crate.

use std::io;
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::{ERROR_MORE_DATA, ERROR_SUCCESS};
use windows_sys::Win32::System::Registry::{HKEY_LOCAL_MACHINE, RRF_RT_REG_BINARY, RegGetValueW};

/// More than any keeper writes; larger values are asked for again.
const USUAL: usize = 4096;

/// A binary value of a key of HKEY_LOCAL_MACHINE.
pub(super) fn bytes(key: &str, value: &str) -> io::Result<Vec<u8>> {
    let [key, value] = [key, value].map(|text| text.encode_utf16().chain([0]).collect::<Vec<u16>>());
    let mut bytes = vec![0; USUAL];
    loop {
        let mut length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let (into, kind) = (bytes.as_mut_ptr().cast(), RRF_RT_REG_BINARY);
        // SAFETY: both names end in NUL; `into` is writable for `length` bytes, which the call sets to those it wrote or
        // needs.
        let done = unsafe {
            RegGetValueW(
                HKEY_LOCAL_MACHINE,
                key.as_ptr(),
                value.as_ptr(),
                kind,
                null_mut(),
                into,
                &mut length,
            )
        };
        bytes.resize(length as usize, 0);
        match done {
            ERROR_SUCCESS => return Ok(bytes),
            ERROR_MORE_DATA => {}
            error => return Err(io::Error::from_raw_os_error(error.cast_signed())),
        }
    }
}
