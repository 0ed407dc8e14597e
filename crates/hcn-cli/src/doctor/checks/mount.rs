//! What the checks of bind mounts share: each source is judged once, one that cannot be looked at by one check alone.

use std::path::Path;

use crate::doctor::check::Finding;
use crate::doctor::facts::Facts;
use crate::doctor::facts::volume::Place;
use crate::doctor::subject::Bind;

/// What a check says of one source.
pub(crate) type Judge = fn(&Facts<'_>, &Bind, &Place) -> Finding;

/// The judge of a check, by the check's id.
pub(crate) fn judge(check: &str) -> Option<Judge> {
    Some(match check {
        "mount.kind" => super::mount_kind::judged,
        "mount.links" => super::mount_links::judged,
        "mount.path-length" => super::mount_path_length::judged,
        "mount.drive" => super::mount_drive::judged,
        "mount.file-system" => super::mount_file_system::judged,
        "mount.dev-drive" => super::mount_dev_drive::judged,
        "mount.filters" => super::mount_filters::judged,
        "mount.options" => super::mount_options::judged,
        "mount.space" => super::mount_space::judged,
        "mount.rights" => super::mount_rights::judged,
        "mount.case" => super::mount_case::judged,
        _ => return None,
    })
}

/// Judge every source; those that cannot be looked at are the business of `mount.kind`.
pub(super) fn each(facts: &Facts<'_>, judge: Judge) -> Vec<Finding> {
    all(facts, |facts, bind, place| match place.kind {
        Ok(_) => judge(facts, bind, place),
        Err(_) => Finding::skipped(format!("{} cannot be looked at: see mount.kind", shown(&bind.source))),
    })
}

/// Judge every source, each once, whoever asks for it.
pub(super) fn all(facts: &Facts<'_>, judge: impl Fn(&Facts<'_>, &Bind, &Place) -> Finding) -> Vec<Finding> {
    let binds = match facts.subject.binds() {
        Err(finding) => return vec![finding],
        Ok(binds) => binds,
    };
    let is_first = |at: usize, bind: &Bind| !binds[..at].iter().any(|other| other.source == bind.source);
    let once = binds.iter().enumerate().filter(|(at, bind)| is_first(*at, bind));
    once.map(|(_, bind)| judge(facts, bind, &facts.volume.place(&bind.source))).collect()
}

/// A path, as people read it.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// `D:` of `D:\`, as Windows' commands take a volume.
pub(super) fn letter(root: &Path) -> String {
    root.to_string_lossy().trim_end_matches('\\').to_owned()
}
