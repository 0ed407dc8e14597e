//! Is this Windows itself, and not Wine?

/// Wine's ntdll exports its version; Windows' does not.
#[cfg(windows)]
pub(crate) fn is_real_windows() -> bool {
    use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};

    let name: Vec<u16> = "ntdll.dll\0".encode_utf16().collect();
    // SAFETY: a text that ends with a NUL; the module is in every process and stays.
    let ntdll = unsafe { GetModuleHandleW(name.as_ptr()) };
    // SAFETY: a module of this process (a null one is answered with null), and a text that ends with a NUL.
    let version = unsafe { GetProcAddress(ntdll, c"wine_get_version".as_ptr().cast()) };
    version.is_none()
}

#[cfg(not(windows))]
pub(crate) fn is_real_windows() -> bool {
    false
}
