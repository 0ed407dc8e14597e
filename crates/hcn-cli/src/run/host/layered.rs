//! A root file system that is not mounted: the folders of an overlay, top-most first, or a single folder.
//!
//! Links are followed inside of it alone, as a process in the container would: nothing outside can be reached.

use std::io;
use std::path::{Path, PathBuf};

use hcn_containerd::Mount;

use crate::sys;

/// How many links a path may lead through, as in Linux.
const MOST_LINKS: usize = 40;

/// The folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layered {
    folders: Vec<PathBuf>,
}

impl Layered {
    /// A single folder.
    pub(super) fn folder(folder: &Path) -> Self {
        Self { folders: vec![folder.to_owned()] }
    }

    /// What a snapshot is mounted from; none where only a mount can show it.
    pub(super) fn of(mounts: &[Mount]) -> Option<Self> {
        let [mount] = mounts else { return None };
        match mount.r#type.as_str() {
            "bind" => Some(Self::folder(mount.source.as_ref())),
            "overlay" => {
                let option = |name: &str| mount.options.iter().find_map(|option| option.strip_prefix(name));
                let upper = option("upperdir=").into_iter().map(PathBuf::from);
                let lower = option("lowerdir=")?.split(':').map(PathBuf::from);
                Some(Self { folders: upper.chain(lower).collect() })
            }
            _ => None,
        }
    }

    /// A file's text; none if it is not there.
    pub(super) fn read(&self, path: &str) -> io::Result<Option<String>> {
        match self.find(path)? {
            Some(file) => Ok(Some(String::from_utf8_lossy(&sys::read_regular(&file)?).into_owned())),
            None => Ok(None),
        }
    }

    /// Where a file really is. Everything that a link says is looked up from the root again.
    fn find(&self, path: &str) -> io::Result<Option<PathBuf>> {
        let mut todo: Vec<String> = components(path);
        let (mut done, mut links) = (Vec::<String>::new(), 0);
        while let Some(name) = todo.pop() {
            if name == ".." {
                done.pop();
                continue;
            }
            done.push(name);
            match self.entry(&done)? {
                Entry::Absent => return Ok(None),
                Entry::Folder => {}
                Entry::File(file) if todo.is_empty() => return Ok(Some(file)),
                Entry::File(_) => return Ok(None),
                Entry::Link(target) => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(io::Error::other(format!("too many links at {path}")));
                    }
                    done.pop();
                    if target.starts_with('/') {
                        done.clear();
                    }
                    todo.extend(components(&target));
                }
            }
        }
        Ok(None)
    }

    /// What a path without links in it is: the top-most folder that has it says so.
    fn entry(&self, path: &[String]) -> io::Result<Entry> {
        for folder in self.visible(path)? {
            let file = path.iter().fold(folder, |folder, name| folder.join(name));
            match Entry::at(file)? {
                Some(Entry::File(file)) if sys::is_whiteout(&file)? => return Ok(Entry::Absent),
                Some(entry) => return Ok(entry),
                None => {}
            }
        }
        Ok(Entry::Absent)
    }

    /// The folders whose part at a path can be seen: none below one that hides it.
    fn visible(&self, path: &[String]) -> io::Result<Vec<PathBuf>> {
        let mut visible = Vec::new();
        for folder in &self.folders {
            visible.push(folder.clone());
            let mut above = folder.clone();
            for name in &path[..path.len().saturating_sub(1)] {
                above.push(name);
                if sys::hides_what_is_below(&above)? {
                    return Ok(visible);
                }
            }
        }
        Ok(visible)
    }
}

/// The names of a path, the first one last.
fn components(path: &str) -> Vec<String> {
    path.rsplit('/').filter(|name| !name.is_empty() && *name != ".").map(str::to_owned).collect()
}

enum Entry {
    Absent,
    Folder,
    File(PathBuf),
    Link(String),
}

impl Entry {
    fn at(file: PathBuf) -> io::Result<Option<Self>> {
        let facts = match file.symlink_metadata() {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            facts => facts?,
        };
        Ok(Some(match facts.file_type() {
            kind if kind.is_dir() => Self::Folder,
            kind if kind.is_symlink() => Self::Link(file.read_link()?.to_string_lossy().into_owned()),
            _ => Self::File(file),
        }))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::fs::symlink;

    use hcn_test::Scratch;

    use super::*;

    fn overlay(scratch: &Scratch) -> Layered {
        let folder = |name: &str| scratch.folder(name).display().to_string();
        let options = vec![
            format!("upperdir={}", folder("upper")),
            format!("lowerdir={}:{}", folder("top"), folder("base")),
        ];
        let mount = Mount { r#type: "overlay".into(), options, ..Mount::default() };
        Layered::of(&[mount]).expect("an overlay can be read")
    }

    #[test]
    fn the_top_most_layer_that_has_a_file_says_what_is_in_it() {
        let scratch = Scratch::new();
        let rootfs = overlay(&scratch);
        scratch.file("base/etc/passwd", "base");
        scratch.file("base/etc/group", "group");
        scratch.file("top/etc/passwd", "top");
        assert_eq!(rootfs.read("/etc/passwd").unwrap().as_deref(), Some("top"));
        assert_eq!(rootfs.read("etc//./group").unwrap().as_deref(), Some("group"));
        assert_eq!(rootfs.read("/etc/shadow").unwrap(), None);
        assert_eq!(rootfs.read("/etc/passwd/x").unwrap(), None);
    }

    #[test]
    fn links_lead_nowhere_but_into_the_root_itself() {
        let scratch = Scratch::new();
        let rootfs = overlay(&scratch);
        scratch.file("base/real/passwd", "inside");
        scratch.folder("top/etc");
        symlink("/../../real/passwd", scratch.join("top/etc/passwd")).unwrap();
        symlink("../etc/passwd", scratch.join("top/etc/group")).unwrap();
        symlink("loop", scratch.join("top/etc/loop")).unwrap();
        assert_eq!(rootfs.read("/etc/passwd").unwrap().as_deref(), Some("inside"));
        assert_eq!(rootfs.read("/etc/group").unwrap().as_deref(), Some("inside"));
        assert!(rootfs.read("/etc/loop").is_err());
    }

    #[test]
    fn what_a_higher_layer_took_away_is_not_there() {
        hcn_test::require!(Root);
        let scratch = Scratch::new();
        let rootfs = overlay(&scratch);
        scratch.file("base/etc/passwd", "base");
        scratch.file("base/opt/x", "base");
        scratch.folder("top/etc");
        scratch.folder("upper/opt");
        let status =
            |words: &[&str]| std::process::Command::new(words[0]).args(&words[1..]).status().unwrap();
        let (gone, opaque) = (scratch.join("top/etc/passwd"), scratch.join("upper/opt"));
        assert!(status(&["mknod", gone.to_str().unwrap(), "c", "0", "0"]).success());
        rustix::fs::setxattr(&opaque, "trusted.overlay.opaque", b"y", rustix::fs::XattrFlags::empty())
            .unwrap();
        assert_eq!(rootfs.read("/etc/passwd").unwrap(), None, "it is a whiteout");
        assert_eq!(rootfs.read("/opt/x").unwrap(), None, "the folder is opaque");
    }

    #[test]
    fn a_file_system_that_only_a_mount_can_show_is_none() {
        let mount = Mount { r#type: "ext4".into(), source: "/dev/x".into(), ..Mount::default() };
        assert_eq!(Layered::of(&[mount]), None);
    }
}
