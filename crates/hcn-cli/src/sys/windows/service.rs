//! What doctor asks Windows about itself: services (by their manager), functions of a DLL, binary values of the
//! registry.

use std::ffi::CString;
use std::io;
use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::{ERROR_SERVICE_DOES_NOT_EXIST, FreeLibrary, HMODULE, NO_ERROR};
use windows_sys::Win32::System::LibraryLoader::{
    GetProcAddress, LOAD_LIBRARY_SEARCH_SYSTEM32, LoadLibraryExW,
};
use windows_sys::Win32::System::Registry::{HKEY_LOCAL_MACHINE, RRF_RT_REG_BINARY, RegGetValueW};
use windows_sys::Win32::System::Services::{
    CloseServiceHandle, OpenSCManagerW, OpenServiceW, QUERY_SERVICE_CONFIGW, QueryServiceConfigW,
    QueryServiceStatusEx, SC_HANDLE, SC_MANAGER_CONNECT, SC_STATUS_PROCESS_INFO, SERVICE_DISABLED,
    SERVICE_QUERY_CONFIG, SERVICE_QUERY_STATUS, SERVICE_RUNNING, SERVICE_STATUS_PROCESS,
};

use super::security::checked;
use crate::sys::{Service, at};

/// The longest description of a service, as Microsoft's page on QueryServiceConfig says.
const LONGEST: u32 = 8 << 10;

/// A handle of the service manager, closed on drop.
struct Handle(SC_HANDLE);

impl Handle {
    fn checked(handle: SC_HANDLE) -> io::Result<Self> {
        if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(Self(handle)) }
    }

    /// The manager.
    fn manager() -> io::Result<Self> {
        // SAFETY: null names this machine and its own database.
        Self::checked(unsafe { OpenSCManagerW(null(), null(), SC_MANAGER_CONNECT) })
    }

    /// A service, to be looked at.
    fn service(&self, name: &str) -> io::Result<Self> {
        let (name, rights) = (wide(name), SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG);
        // SAFETY: the manager is open, and the name ends in a NUL.
        Self::checked(unsafe { OpenServiceW(self.0, name.as_ptr(), rights) })
    }

    fn is_running(&self) -> io::Result<bool> {
        let (mut status, mut needed) = (SERVICE_STATUS_PROCESS::default(), 0);
        let size = size_of::<SERVICE_STATUS_PROCESS>() as u32;
        let buffer = (&raw mut status).cast();
        // SAFETY: the service is open, and the buffer is of this size and of the type that the level asks for.
        let answer =
            unsafe { QueryServiceStatusEx(self.0, SC_STATUS_PROCESS_INFO, buffer, size, &raw mut needed) };
        checked(answer)?;
        Ok(status.dwCurrentState == SERVICE_RUNNING)
    }

    fn is_disabled(&self) -> io::Result<bool> {
        // Of this type for its alignment.
        let (mut block, mut needed) = (vec![0_u64; LONGEST as usize / size_of::<u64>()], 0);
        let config: *mut QUERY_SERVICE_CONFIGW = block.as_mut_ptr().cast();
        // SAFETY: the service is open, and the block is writable, aligned and of this size.
        checked(unsafe { QueryServiceConfigW(self.0, config, LONGEST, &raw mut needed) })?;
        // SAFETY: the call succeeded, so the block begins with this structure.
        Ok(unsafe { (*config).dwStartType } == SERVICE_DISABLED)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and this is its one owner.
        unsafe { CloseServiceHandle(self.0) };
    }
}

/// How it stands with a service of this machine.
///
/// # Errors
/// There is none of this name (`NotFound`), or the manager refuses.
pub(crate) fn service(name: &str) -> io::Result<Service> {
    let absent = |error: io::Error| match error.raw_os_error().map(i32::cast_unsigned) {
        Some(ERROR_SERVICE_DOES_NOT_EXIST) => {
            io::Error::new(io::ErrorKind::NotFound, "there is no such service")
        }
        _ => error,
    };
    let service = Handle::manager().map_err(at("OpenSCManager"))?.service(name).map_err(absent)?;
    Ok(Service {
        is_running: service.is_running().map_err(at("QueryServiceStatusEx"))?,
        is_disabled: service.is_disabled().map_err(at("QueryServiceConfig"))?,
    })
}

/// A DLL of System32, unloaded on drop.
struct Library(HMODULE);

impl Drop for Library {
    fn drop(&mut self) {
        // SAFETY: the module is loaded, and this counts down the one load of it.
        unsafe { FreeLibrary(self.0) };
    }
}

/// Those of the functions that a DLL of System32 does not have.
///
/// # Errors
/// The DLL cannot be loaded.
pub(crate) fn missing_functions(dll: &str, functions: &[String]) -> io::Result<Vec<String>> {
    let name = wide(dll);
    // SAFETY: the name ends in a NUL, and the reserved argument is null.
    let module = unsafe { LoadLibraryExW(name.as_ptr(), null_mut(), LOAD_LIBRARY_SEARCH_SYSTEM32) };
    if module.is_null() {
        return Err(io::Error::last_os_error());
    }
    let library = Library(module);
    let is_missing = |function: &&String| {
        let Ok(name) = CString::new(function.as_str()) else { return true };
        // SAFETY: the module is loaded, and the name ends in a NUL.
        unsafe { GetProcAddress(library.0, name.as_ptr().cast()) }.is_none()
    };
    Ok(functions.iter().filter(is_missing).cloned().collect())
}

/// A binary value of the registry, below HKEY_LOCAL_MACHINE.
///
/// # Errors
/// It is not there, of another type, or this user may not read it.
pub(crate) fn registry_bytes(key: &str, value: &str) -> io::Result<Vec<u8>> {
    let (key, value) = (wide(key), wide(value));
    let mut bytes = vec![0_u8; 64 << 10];
    let mut size = bytes.len() as u32;
    let (block, kind) = (bytes.as_mut_ptr().cast(), null_mut());
    // SAFETY: both names end in a NUL, the block is writable and of this size, and the type that is not wanted may be null.
    let answer = unsafe {
        RegGetValueW(
            HKEY_LOCAL_MACHINE,
            key.as_ptr(),
            value.as_ptr(),
            RRF_RT_REG_BINARY,
            kind,
            block,
            &raw mut size,
        )
    };
    match answer {
        NO_ERROR => {
            bytes.truncate(size as usize);
            Ok(bytes)
        }
        other => Err(io::Error::from_raw_os_error(other.cast_signed())),
    }
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}
