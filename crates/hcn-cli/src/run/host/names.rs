//! The hosts file and resolv.conf of a container. They are made before everything else, because the task is created,
//! and mounts them, while the network is still being attached; what the attachment says is then written into the same
//! files.

use std::path::PathBuf;

use hcn_cni::CniResult;

use super::refused;
use crate::Failure;
use crate::run::names::{hosts_text, resolv_text};
use crate::run::plan::{Names, Plan, Step};
use crate::sys;

/// Makes the files, with what is known without a network.
pub(super) fn make(names: &Names) -> Result<(), Failure> {
    let unwritable = |error| refused(format_args!("make the folder `{}`", names.folder.display()), &error);
    sys::create_new_private_folder(&names.folder).map_err(unwritable)?;
    write(names, None)
}

/// Writes what the attachment says.
pub(super) fn fill(plan: &Plan, attachment: &CniResult) -> Result<(), Failure> {
    let names = plan.steps().find_map(|step| if let Step::Names(names) = step { Some(names) } else { None });
    names.map_or(Ok(()), |names| write(names, Some(attachment)))
}

/// Removes them.
pub(super) fn unmake(names: &Names) -> Result<(), Failure> {
    match std::fs::remove_dir_all(&names.folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        removed => removed
            .map_err(|error| refused(format_args!("remove the folder `{}`", names.folder.display()), &error)),
    }
}

/// Writes into the files themselves: one that is renamed into their place would not be the one that is mounted.
fn write(names: &Names, attachment: Option<&CniResult>) -> Result<(), Failure> {
    if names.hosts {
        write_file(names.hosts_file(), &hosts_text(names, attachment))?;
    }
    if names.resolv {
        write_file(names.resolv_file(), &resolv_text(names, attachment))?;
    }
    Ok(())
}

fn write_file(file: PathBuf, text: &str) -> Result<(), Failure> {
    let written = std::fs::write(&file, text).and_then(|()| sys::let_everybody_read(&file));
    written.map_err(|error| refused(format_args!("write `{}`", file.display()), &error))
}
