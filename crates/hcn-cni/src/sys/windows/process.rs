//! Starting a process by hand: std's way can neither put it into a job at its birth nor choose what it inherits.

use std::ffi::OsStr;
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::io::{AsRawHandle, OwnedHandle};
use std::ptr::null;

use windows_sys::Win32::Foundation::{HANDLE, HANDLE_FLAG_INHERIT, SetHandleInformation};
use windows_sys::Win32::System::Threading::{
    CREATE_NO_WINDOW, CREATE_UNICODE_ENVIRONMENT, CreateProcessW, EXTENDED_STARTUPINFO_PRESENT,
    PROCESS_INFORMATION, STARTF_USESTDHANDLES, STARTUPINFOEXW, STARTUPINFOW,
};

use super::attribute::Attributes;
use super::job::Job;
use super::{checked, command_line, environment, owned};
use crate::exec::{Ends, Invocation};

/// How a process is started.
const FLAGS: u32 = CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;

/// Starts it in the job. It inherits the ends of its pipes and nothing else: not this process's own streams, whose
/// readers would wait for its end.
pub(super) fn create(invocation: &Invocation, ends: &Ends, job: &Job) -> io::Result<OwnedHandle> {
    let program = wide(invocation.program.as_os_str())?;
    let mut line = command_line::of(&invocation.program, &invocation.args)?;
    let block = environment::with(&invocation.env)?;
    let folder = invocation.folder.as_ref().map(|folder| wide(folder.as_os_str())).transpose()?;
    let streams = inheritable(ends)?;
    let jobs = [job.handle()];
    let mut attributes = Attributes::new(&jobs, &streams)?;
    let start = startup(streams, &mut attributes);
    let mut made = PROCESS_INFORMATION::default();
    // SAFETY: name, line, block and folder end with zeros, and the line is writable; no folder is this process's own;
    // the flags say what the block and `start` are; all that `start` points to lives as long as the call.
    checked(unsafe {
        CreateProcessW(
            program.as_ptr(),
            line.as_mut_ptr(),
            null(),
            null(),
            1,
            FLAGS,
            block.as_ptr().cast(),
            folder.as_ref().map_or(null(), |folder| folder.as_ptr()),
            &raw const start.StartupInfo,
            &mut made,
        )
    })?;
    drop(owned(made.hThread));
    owned(made.hProcess)
}

fn startup(streams: [HANDLE; 3], attributes: &mut Attributes<'_>) -> STARTUPINFOEXW {
    let [stdin, stdout, stderr] = streams;
    let plain = STARTUPINFOW {
        cb: size_of::<STARTUPINFOEXW>() as u32,
        dwFlags: STARTF_USESTDHANDLES,
        hStdInput: stdin,
        hStdOutput: stdout,
        hStdError: stderr,
        ..STARTUPINFOW::default()
    };
    STARTUPINFOEXW { StartupInfo: plain, lpAttributeList: attributes.as_ptr() }
}

/// Its standard input, output and error.
fn inheritable(ends: &Ends) -> io::Result<[HANDLE; 3]> {
    let_inherit(&ends.stdin)?;
    let_inherit(&ends.stdout)?;
    let_inherit(&ends.stderr)?;
    Ok([ends.stdin.as_raw_handle(), ends.stdout.as_raw_handle(), ends.stderr.as_raw_handle()])
}

/// The list names what is inherited, but it must be inheritable besides. A process that another thread starts at the
/// same moment by other means may inherit it too, and hold a pipe open: output is not waited for without end.
pub(crate) fn let_inherit(handle: &impl AsRawHandle) -> io::Result<()> {
    // SAFETY: the handle is open for the length of the call, for it is borrowed.
    checked(unsafe { SetHandleInformation(handle.as_raw_handle(), HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT) })
}

/// Ended by a zero, and with no other.
pub(super) fn wide(text: &OsStr) -> io::Result<Vec<u16>> {
    let text: Vec<u16> = text.encode_wide().chain([0]).collect();
    match text.iter().position(|unit| *unit == 0) {
        Some(end) if end + 1 == text.len() => Ok(text),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "a zero in a name, an argument or a variable")),
    }
}
