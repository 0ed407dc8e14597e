//! Security descriptors made from their text, and who the caller and an owner are.

use std::ffi::c_void;
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::Path;
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::{ERROR_SUCCESS, HANDLE, HLOCAL, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSecurityDescriptorToStringSecurityDescriptorW, ConvertSidToStringSidW,
    ConvertStringSecurityDescriptorToSecurityDescriptorW, GetNamedSecurityInfoW, SDDL_REVISION_1,
    SE_FILE_OBJECT,
};
use windows_sys::Win32::Security::{
    CheckTokenMembership, CreateWellKnownSid, DACL_SECURITY_INFORMATION, GetTokenInformation,
    OWNER_SECURITY_INFORMATION, PSID, SECURITY_ATTRIBUTES, SECURITY_MAX_SID_SIZE, TOKEN_QUERY, TOKEN_USER,
    TokenUser, WinBuiltinAdministratorsSid,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};
use windows_sys::core::{BOOL, PWSTR};

use crate::sys::at;

/// What Windows allocated with LocalAlloc.
#[derive(Debug)]
struct Local(HLOCAL);

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: the pointer came from a function that says to free it so, and this is its one owner.
        unsafe { LocalFree(self.0) };
    }
}

/// A security descriptor, for calls that make something.
#[derive(Debug)]
pub(super) struct Descriptor(Local);

impl Descriptor {
    /// Reads one from its text, see [`sddl`](crate::sys::sddl).
    pub(super) fn parse(sddl: &str) -> io::Result<Self> {
        let (text, mut made) = (wide(sddl), null_mut());
        // SAFETY: the text ends in a NUL, `made` is writable, and the length that is not wanted may be null.
        let done = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &raw mut made,
                null_mut(),
            )
        };
        checked(done).map_err(at("reading a security descriptor"))?;
        Ok(Self(Local(made)))
    }

    /// The same as calls take it; no child process inherits the handle. It must not outlive `self`.
    pub(super) fn attributes(&self) -> SECURITY_ATTRIBUTES {
        SECURITY_ATTRIBUTES {
            nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
            lpSecurityDescriptor: self.0.0,
            bInheritHandle: 0,
        }
    }
}

/// The SID of the user that this process runs as, as text: `S-1-5-21-…`.
pub(super) fn caller() -> io::Result<String> {
    let token = own_token()?;
    // As u64s, so that the structure at its start is aligned.
    let mut buffer = [0_u64; 32];
    let (room, mut needed) = (size_of_val(&buffer) as u32, 0);
    // SAFETY: the token is open with the right to query, and `room` is the size of the writable buffer.
    let done = unsafe {
        let to = buffer.as_mut_ptr().cast::<c_void>();
        GetTokenInformation(token.as_raw_handle(), TokenUser, to, room, &raw mut needed)
    };
    checked(done).map_err(at("reading the process's token"))?;
    // SAFETY: the call has put a TOKEN_USER at the start of the buffer, which is aligned for it.
    let user = unsafe { &*buffer.as_ptr().cast::<TOKEN_USER>() };
    text_of(user.User.Sid)
}

fn own_token() -> io::Result<OwnedHandle> {
    // SAFETY: takes nothing, and its handle needs no closing.
    let process = unsafe { GetCurrentProcess() };
    let mut token: HANDLE = null_mut();
    // SAFETY: the handle is always valid, and `token` is writable.
    let done = unsafe { OpenProcessToken(process, TOKEN_QUERY, &raw mut token) };
    checked(done).map_err(at("opening the process's token"))?;
    // SAFETY: the call succeeded, so this is an open handle that nobody else owns.
    Ok(unsafe { OwnedHandle::from_raw_handle(token) })
}

/// The owner's SID, as text.
pub(super) fn owner(path: &Path) -> io::Result<String> {
    let name: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    let (mut owner, mut descriptor): (PSID, _) = (null_mut(), null_mut());
    // SAFETY: the name ends in a NUL, the two out-pointers that are wanted are writable, the others may be null.
    let code = unsafe {
        GetNamedSecurityInfoW(
            name.as_ptr(),
            SE_FILE_OBJECT,
            OWNER_SECURITY_INFORMATION,
            &raw mut owner,
            null_mut(),
            null_mut(),
            null_mut(),
            &raw mut descriptor,
        )
    };
    if code != ERROR_SUCCESS {
        return Err(io::Error::from_raw_os_error(code.cast_signed())).map_err(at("reading its owner"));
    }
    // The owner points into the descriptor, which lives to the end of this function.
    let _descriptor = Local(descriptor);
    text_of(owner)
}

/// The access list of what is at a path, as text: `D:AI(A;OICI;FA;;;BA)…`.
pub(super) fn access_list(path: &Path) -> io::Result<String> {
    let name: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    let (mut descriptor, none) = (null_mut(), null_mut());
    // SAFETY: the name ends in a NUL, the out-pointer that is wanted is writable, the others may be null.
    let code = unsafe {
        let (wanted, to) = (DACL_SECURITY_INFORMATION, &raw mut descriptor);
        GetNamedSecurityInfoW(
            name.as_ptr(),
            SE_FILE_OBJECT,
            wanted,
            null_mut(),
            none,
            null_mut(),
            null_mut(),
            to,
        )
    };
    if code != ERROR_SUCCESS {
        return Err(io::Error::from_raw_os_error(code.cast_signed())).map_err(at("reading its access list"));
    }
    let descriptor = Local(descriptor);
    text_of_access_list(&descriptor)
}

fn text_of_access_list(descriptor: &Local) -> io::Result<String> {
    let mut text: PWSTR = null_mut();
    // SAFETY: the descriptor lives, `text` is writable, and the length that is not wanted may be null.
    let done = unsafe {
        let (wanted, to) = (DACL_SECURITY_INFORMATION, &raw mut text);
        ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor.0,
            SDDL_REVISION_1,
            wanted,
            to,
            null_mut(),
        )
    };
    checked(done).map_err(at("writing its access list"))?;
    Ok(taken(text))
}

/// Is this process one of an administrator's, elevated? A token that UAC filtered is none.
pub(super) fn is_administrator() -> io::Result<bool> {
    let mut sid = [0_u32; SECURITY_MAX_SID_SIZE as usize / 4 + 1];
    let mut size = size_of_val(&sid) as u32;
    let group: PSID = sid.as_mut_ptr().cast();
    // SAFETY: a well-known SID of this kind has no domain, and `size` is the size of the writable buffer.
    let made = unsafe { CreateWellKnownSid(WinBuiltinAdministratorsSid, null_mut(), group, &raw mut size) };
    checked(made).map_err(at("making the SID of Administrators"))?;
    let mut is_member: BOOL = 0;
    // SAFETY: null is this thread's own token, the SID was just made, and the answer is writable.
    let done = unsafe { CheckTokenMembership(null_mut(), group, &raw mut is_member) };
    checked(done).map_err(at("looking at the process's groups"))?;
    Ok(is_member != 0)
}

fn text_of(sid: PSID) -> io::Result<String> {
    let mut text: PWSTR = null_mut();
    // SAFETY: the caller got the SID from Windows and still holds the memory that it lies in; `text` is writable.
    checked(unsafe { ConvertSidToStringSidW(sid, &raw mut text) }).map_err(at("writing a SID"))?;
    Ok(taken(text))
}

/// Copies a text that Windows allocated and answered, and frees it.
fn taken(text: PWSTR) -> String {
    let owned = Local(text.cast());
    // SAFETY: the call succeeded, so this is a text with a NUL at its end.
    let length = (0..).take_while(|at| unsafe { *text.add(*at) } != 0).count();
    // SAFETY: as many units were just read one by one.
    let units = unsafe { std::slice::from_raw_parts(text, length) };
    let text = String::from_utf16_lossy(units);
    drop(owned);
    text
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

pub(super) fn checked(answer: BOOL) -> io::Result<()> {
    if answer == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use windows_sys::Win32::Security::Authorization::{GetSecurityInfo, SE_OBJECT_TYPE};

    /// The DACL of something open, as text.
    pub(in crate::sys::windows) fn dacl_of(handle: &impl AsRawHandle, kind: SE_OBJECT_TYPE) -> String {
        let mut descriptor = null_mut();
        let handle = handle.as_raw_handle();
        // SAFETY: the handle is open, and the one out-pointer that is wanted is writable.
        let code = unsafe {
            let none = null_mut();
            let to = &raw mut descriptor;
            GetSecurityInfo(
                handle,
                kind,
                DACL_SECURITY_INFORMATION,
                null_mut(),
                null_mut(),
                none,
                null_mut(),
                to,
            )
        };
        assert_eq!(code, 0);
        text_of_access_list(&Local(descriptor)).unwrap()
    }

    #[test]
    fn the_caller_has_a_sid_and_owns_what_it_makes() {
        let (caller, folder) = (caller().unwrap(), tempfile::tempdir().unwrap());
        assert!(caller.starts_with("S-1-5-"), "{caller}");
        let owner = owner(folder.path()).unwrap();
        assert!(crate::sys::sddl::trusts(&owner, &caller), "{owner} is neither Administrators nor {caller}");
        assert!(access_list(folder.path()).unwrap().starts_with("D:"));
    }

    #[test]
    fn a_text_that_is_no_descriptor_is_refused() {
        assert!(Descriptor::parse("D:P(A;;GA;;;nobody)").is_err());
    }
}
