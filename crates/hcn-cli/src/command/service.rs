//! The Host Network Service that the object commands talk to: of Windows there, the emulator elsewhere; `--hns` and
//! `HCN_HNS` choose.

use hcn::{ErrorKind, Hcn};

use crate::args::Global;
use crate::env::Environment;
use crate::exit::Exit;
use crate::{Failure, output};

/// Do something with the service. Where nobody chose the emulator, a line on stderr says afterwards that it is one;
/// never in front of an error.
pub(super) fn with(
    global: &Global,
    env: &Environment,
    act: impl FnOnce(&Hcn) -> Result<u32, Failure>,
) -> Result<u32, Failure> {
    let (hcn, notice) = select(global, env)?;
    let code = act(&hcn)?;
    if let Some(notice) = notice {
        output::Notes::Shown.note(notice);
    }
    Ok(code)
}

/// What the service refused, with the exit code of its kind.
pub(super) fn refused(error: hcn::Error) -> Failure {
    let exit = match error.kind() {
        ErrorKind::NotFound => Exit::NotFound,
        ErrorKind::AlreadyExists => Exit::AlreadyExists,
        ErrorKind::AccessDenied => Exit::AccessDenied,
        ErrorKind::ServiceUnavailable => Exit::Unavailable,
        _ => Exit::Failure,
    };
    Failure::new(exit, error)
}

#[cfg(windows)]
fn select(global: &Global, env: &Environment) -> Result<(Hcn, Option<String>), Failure> {
    let wanted = global.hns.clone().or_else(|| env.text(crate::env::HCN_HNS));
    match wanted.as_deref() {
        None | Some("system") => Ok((Hcn::system(), None)),
        Some(other) => Err(Failure::new(
            Exit::Usage,
            format!(
                "cannot use the host network service `{}`: on Windows there is the system's alone; use `system`, or \
                 leave --hns and HCN_HNS out",
                other.escape_debug()
            ),
        )),
    }
}

#[cfg(not(windows))]
fn select(global: &Global, env: &Environment) -> Result<(Hcn, Option<String>), Failure> {
    let flag = global.hns.as_deref().map(str::parse::<hcn_emulator::Choice>).transpose();
    let flag = flag.map_err(|why| Failure::new(Exit::Usage, format!("cannot read --hns: {why}")))?;
    let root = hcn_emulator::Environment::of_this_process().root;
    let environment = hcn_emulator::Environment { var: &|name| env.get(name), root };
    let selected = hcn_emulator::select(flag.as_ref(), &environment)
        .map_err(|why| Failure::new(exit_of(flag.is_some(), env), why))?;
    Ok((selected.hcn, selected.notice))
}

/// A word that names no service is wrong usage; a store that cannot be had is a service that does not answer.
#[cfg(not(windows))]
fn exit_of(by_flag: bool, env: &Environment) -> Exit {
    let said = env.get(crate::env::HCN_HNS).filter(|_| !by_flag);
    let is_choice = |word: &std::ffi::OsString| {
        word.to_str().is_some_and(|word| word.parse::<hcn_emulator::Choice>().is_ok())
    };
    if said.as_ref().is_none_or(is_choice) { Exit::Unavailable } else { Exit::Usage }
}
