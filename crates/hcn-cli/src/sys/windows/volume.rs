//! What lies below a path: the volume and its file system, reparse points, access lists.

use std::ffi::c_void;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::ffi::{OsStrExt, OsStringExt};
use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
use std::os::windows::io::AsRawHandle;
use std::path::{Path, PathBuf};
use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::{
    ERROR_CALL_NOT_IMPLEMENTED, ERROR_INVALID_FUNCTION, ERROR_INVALID_PARAMETER, ERROR_JOURNAL_NOT_ACTIVE,
    ERROR_NOT_SUPPORTED,
};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_REPARSE_POINT, FILE_ATTRIBUTE_TAG_INFO, FILE_CASE_SENSITIVE_INFO,
    FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT, FILE_INFO_BY_HANDLE_CLASS,
    FILE_READ_ATTRIBUTES, FileAttributeTagInfo, FileCaseSensitiveInfo, GetDriveTypeW,
    GetFileInformationByHandleEx, GetVolumeInformationW, GetVolumePathNameW, QueryDosDeviceW,
};
use windows_sys::Win32::System::IO::DeviceIoControl;
use windows_sys::Win32::System::Ioctl::{
    FILE_FS_PERSISTENT_VOLUME_INFORMATION, FSCTL_QUERY_PERSISTENT_VOLUME_STATE, FSCTL_QUERY_USN_JOURNAL,
    PERSISTENT_VOLUME_STATE_DEV_VOLUME, PERSISTENT_VOLUME_STATE_SHORT_NAME_CREATION_DISABLED,
    PERSISTENT_VOLUME_STATE_TRUSTED_VOLUME, USN_JOURNAL_DATA_V0,
};

use super::super::at;
use super::super::volume::{Drive, Mounted, Rights, VolumeState};
use super::security::{access_list, checked};

/// `FILE_READ_ONLY_VOLUME` of winnt.h.
const READ_ONLY: u32 = 0x0008_0000;
/// `FILE_CS_FLAG_CASE_SENSITIVE_DIR` of winnt.h.
const MINDS_CASE: u32 = 1;
/// The longest name that Windows answers with.
const LONGEST: usize = 32_768;

/// The volume that holds a path.
pub(crate) fn mounted(path: &Path) -> io::Result<Mounted> {
    let root = volume_root(path)?;
    let (file_system, flags) = information(&root)?;
    let device = device(&root).unwrap_or_default();
    let drive = drive(&root, &device);
    let options = if flags & READ_ONLY == 0 { Vec::new() } else { vec!["ro".to_owned()] };
    Ok(Mounted { device, file_system, drive, options, root: PathBuf::from(root) })
}

/// `D:\`, or the folder that a volume is mounted in, with the separator at its end.
fn volume_root(path: &Path) -> io::Result<std::ffi::OsString> {
    let (name, mut root) = (wide(path.as_os_str()), vec![0_u16; LONGEST]);
    // SAFETY: the name ends in a NUL, and the buffer is as long as is said.
    checked(unsafe { GetVolumePathNameW(name.as_ptr(), root.as_mut_ptr(), LONGEST as u32) })
        .map_err(at("GetVolumePathName"))?;
    Ok(text(&root))
}

/// The file system's name, and the volume's flags.
fn information(root: &std::ffi::OsStr) -> io::Result<(String, u32)> {
    let (name, mut kind, mut flags) = (wide(root), [0_u16; 64], 0);
    // SAFETY: the name ends in a NUL, `flags` is writable, `kind` is as long as is said, the others may be null.
    let done = unsafe {
        let none = null_mut();
        let room = kind.len() as u32;
        GetVolumeInformationW(
            name.as_ptr(),
            null_mut(),
            0,
            none,
            none,
            &raw mut flags,
            kind.as_mut_ptr(),
            room,
        )
    };
    checked(done).map_err(at("GetVolumeInformation"))?;
    Ok((text(&kind).to_string_lossy().into_owned(), flags))
}

/// What a drive letter stands for, in the kernel's names.
fn device(root: &std::ffi::OsStr) -> io::Result<String> {
    let letter = root.to_string_lossy().trim_end_matches('\\').to_owned();
    let (name, mut target) = (wide(letter.as_ref()), vec![0_u16; LONGEST]);
    // SAFETY: the name ends in a NUL, and the buffer is as long as is said.
    match unsafe { QueryDosDeviceW(name.as_ptr(), target.as_mut_ptr(), LONGEST as u32) } {
        0 => Err(at("QueryDosDevice")(io::Error::last_os_error())),
        _ => Ok(text(&target).to_string_lossy().into_owned()),
    }
}

/// The kinds are winbase.h's `DRIVE_…`. WinFsp and Dokan call themselves fixed or network drives, and are told by the
/// driver in their device's name.
fn drive(root: &std::ffi::OsStr, device: &str) -> Drive {
    let name = wide(root);
    // SAFETY: the name ends in a NUL.
    let kind = unsafe { GetDriveTypeW(name.as_ptr()) };
    let is_made_up = |driver: &str| device.to_ascii_lowercase().contains(driver);
    match kind {
        _ if is_made_up("winfsp") || is_made_up("dokan") => Drive::UserMode,
        2 => Drive::Removable,
        3 => Drive::Fixed,
        4 => Drive::Network,
        5 => Drive::Optical,
        6 => Drive::Memory,
        _ => Drive::Unknown,
    }
}

/// Windows' file systems count no files in advance.
pub(crate) fn free_files(_: &Path) -> io::Result<(u64, u64)> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "its file system does not count files"))
}

/// What kind of reparse point is at a path, if there is one.
pub(crate) fn link_kind(path: &Path) -> io::Result<Option<String>> {
    if path.symlink_metadata()?.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT == 0 {
        return Ok(None);
    }
    let mut facts = FILE_ATTRIBUTE_TAG_INFO::default();
    let file = opened(path, FILE_FLAG_OPEN_REPARSE_POINT)?;
    // SAFETY: a FILE_ATTRIBUTE_TAG_INFO is what this class of facts is written as, and any bytes make one.
    unsafe { ask(&file, FileAttributeTagInfo, &mut facts) }?;
    Ok(Some(match facts.ReparseTag {
        0xA000_0003 => "junction".to_owned(),
        0xA000_000C => "symbolic link".to_owned(),
        0x9000_001A..=0x9000_F01A => "placeholder of a cloud file".to_owned(),
        0x8000_0013 => "deduplicated file".to_owned(),
        tag => format!("reparse point 0x{tag:08X}"),
    }))
}

/// Are two names in this folder that differ in case alone two files?
pub(crate) fn minds_case(folder: &Path) -> io::Result<bool> {
    let mut facts = FILE_CASE_SENSITIVE_INFO::default();
    let file = opened(folder, 0)?;
    // SAFETY: a FILE_CASE_SENSITIVE_INFO is what this class of facts is written as, and any bytes make one.
    unsafe { ask(&file, FileCaseSensitiveInfo, &mut facts) }?;
    Ok(facts.Flags & MINDS_CASE != 0)
}

/// Who may do what with a path.
pub(crate) fn path_rights(path: &Path) -> io::Result<Rights> {
    access_list(path).map(Rights::AccessList)
}

/// What the volume of this root keeps about itself.
pub(crate) fn volume_state(root: &Path) -> io::Result<VolumeState> {
    let wanted = PERSISTENT_VOLUME_STATE_SHORT_NAME_CREATION_DISABLED
        | PERSISTENT_VOLUME_STATE_DEV_VOLUME
        | PERSISTENT_VOLUME_STATE_TRUSTED_VOLUME;
    // Releases before Dev Drives refuse a mask with their flags.
    match state(root, wanted) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            state(root, PERSISTENT_VOLUME_STATE_SHORT_NAME_CREATION_DISABLED)
        }
        told => told,
    }
}

fn state(root: &Path, mask: u32) -> io::Result<VolumeState> {
    let question =
        FILE_FS_PERSISTENT_VOLUME_INFORMATION { VolumeFlags: 0, FlagMask: mask, Version: 1, Reserved: 0 };
    let mut told = FILE_FS_PERSISTENT_VOLUME_INFORMATION::default();
    // SAFETY: question and answer of this code are FILE_FS_PERSISTENT_VOLUME_INFORMATION, of which any bytes make one.
    unsafe { control(root, FSCTL_QUERY_PERSISTENT_VOLUME_STATE, Some(&question), &mut told) }?;
    let has = |flag: u32| told.VolumeFlags & flag != 0;
    Ok(VolumeState {
        short_names: !has(PERSISTENT_VOLUME_STATE_SHORT_NAME_CREATION_DISABLED),
        dev_drive: has(PERSISTENT_VOLUME_STATE_DEV_VOLUME),
        trusted: has(PERSISTENT_VOLUME_STATE_TRUSTED_VOLUME),
    })
}

/// Does the volume of this root keep a journal of changes?
pub(crate) fn has_change_journal(root: &Path) -> io::Result<bool> {
    let mut told = USN_JOURNAL_DATA_V0::default();
    // SAFETY: this code takes nothing and answers a USN_JOURNAL_DATA_V0, of which any bytes make one.
    let done = unsafe { control(root, FSCTL_QUERY_USN_JOURNAL, None::<&u32>, &mut told) };
    match done {
        Err(error) if error.raw_os_error() == Some(ERROR_JOURNAL_NOT_ACTIVE.cast_signed()) => Ok(false),
        done => done.map(|()| true),
    }
}

/// A program that comes with Windows.
pub(crate) fn system_program(name: &str) -> io::Result<PathBuf> {
    let windows = std::env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
    let program = PathBuf::from(windows).join("System32").join(name);
    let absent = || {
        io::Error::new(io::ErrorKind::NotFound, format!("{}: there is no such program", program.display()))
    };
    program.is_file().then_some(program.clone()).ok_or_else(absent)
}

fn opened(path: &Path, flags: u32) -> io::Result<File> {
    let flags = flags | FILE_FLAG_BACKUP_SEMANTICS;
    OpenOptions::new().access_mode(FILE_READ_ATTRIBUTES).custom_flags(flags).open(path)
}

/// Facts of an open file.
///
/// # Safety
/// `T` is what the class of facts is written as, and any bytes make one.
unsafe fn ask<T>(file: &File, class: FILE_INFO_BY_HANDLE_CLASS, facts: &mut T) -> io::Result<()> {
    let (to, room) = ((&raw mut *facts).cast::<c_void>(), size_of::<T>() as u32);
    // SAFETY: the handle is open, and `facts` is writable and as long as is said.
    let done = unsafe { GetFileInformationByHandleEx(file.as_raw_handle(), class, to, room) };
    checked(done).map_err(unsupported)
}

/// Ask the file system of a volume; opening the volume takes an administrator's rights.
///
/// # Safety
/// `Q` and `A` are question and answer of this code, and any bytes make an `A`.
unsafe fn control<Q, A>(root: &Path, code: u32, question: Option<&Q>, answer: &mut A) -> io::Result<()> {
    let name = root.to_string_lossy().trim_end_matches('\\').to_owned();
    let volume = File::open(format!(r"\\.\{name}")).map_err(at("opening the volume"))?;
    let (from, size) =
        question.map_or((null(), 0), |asked| ((&raw const *asked).cast(), size_of::<Q>() as u32));
    let (to, room, mut written) = ((&raw mut *answer).cast::<c_void>(), size_of::<A>() as u32, 0);
    // SAFETY: the handle is open, both buffers are as long as is said, `written` is writable, nothing overlaps.
    let done = unsafe {
        DeviceIoControl(volume.as_raw_handle(), code, from, size, to, room, &raw mut written, null_mut())
    };
    checked(done).map_err(unsupported)
}

/// The ways to say that there is no such question get one kind; the code of others stays.
fn unsupported(error: io::Error) -> io::Error {
    const UNKNOWN: [u32; 4] =
        [ERROR_INVALID_FUNCTION, ERROR_INVALID_PARAMETER, ERROR_NOT_SUPPORTED, ERROR_CALL_NOT_IMPLEMENTED];
    match error.raw_os_error() {
        Some(code) if UNKNOWN.contains(&code.cast_unsigned()) => {
            io::Error::new(io::ErrorKind::Unsupported, "this system or file system has no answer")
        }
        _ => error,
    }
}

fn wide(text: &std::ffi::OsStr) -> Vec<u16> {
    text.encode_wide().chain([0]).collect()
}

/// What stands before the NUL.
fn text(units: &[u16]) -> std::ffi::OsString {
    let length = units.iter().position(|unit| *unit == 0).unwrap_or(units.len());
    std::ffi::OsString::from_wide(&units[..length])
}
