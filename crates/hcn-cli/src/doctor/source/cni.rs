//! The folders of CNI themselves.

use std::fs::{self, DirEntry, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hcn_cni::{Cache, CacheEntry, Conflist, ErrorKind, configuration_files};

use super::absent;
use crate::doctor::facts::cni::{Attached, Binary, Cni, Configuration, Reservation};
use crate::doctor::facts::{Absent, Fact};
use crate::os::Os;
use crate::settings::Settings;
use crate::sys;

/// How much of a program tells its processor.
const FRONT: u64 = 4096;

/// Where people and distributions put configurations, whether hcn looks there or not.
const USUAL: &[&str] = &[
    "/etc/cni/net.d",
    "/usr/local/etc/cni/net.d",
    "/etc/containerd/cni",
    "/var/lib/rancher/k3s/agent/etc/cni/net.d",
    r"C:\Program Files\containerd\cni\conf",
    r"C:\Program Files\containerd\cni\net.d",
    r"C:\ProgramData\containerd\cni\conf",
    r"C:\etc\cni\net.d",
    r"C:\k\cni\config",
];

/// The same of plugins.
const USUAL_PLUGINS: &[&str] = &[
    "/opt/cni/bin",
    "/usr/lib/cni",
    "/usr/libexec/cni",
    "/usr/local/lib/cni",
    r"C:\Program Files\containerd\cni\bin",
    r"C:\opt\cni\bin",
    r"C:\k\cni",
];

/// The folders that the settings name.
pub(crate) struct Folders<'a>(pub(crate) &'a Settings);

impl Cni for Folders<'_> {
    fn folder(&self) -> &Path {
        &self.0.cni_configurations
    }

    fn plugin_folders(&self) -> &[PathBuf] {
        &self.0.cni_path
    }

    fn configurations(&self) -> Fact<Vec<Configuration>> {
        let files = match configuration_files(self.folder()) {
            Err(error) if error.kind() == ErrorKind::NoConfiguration => Vec::new(),
            files => files.map_err(|error| Absent::Unreadable(error.to_string()))?,
        };
        let read = |file: PathBuf| {
            let list = Conflist::read(&file).map_err(|error| error.to_string());
            let text = fs::read_to_string(&file).unwrap_or_default();
            Configuration { file, text, list }
        };
        Ok(files.into_iter().map(read).collect())
    }

    fn other_files(&self) -> Vec<PathBuf> {
        let known = configuration_files(self.folder()).unwrap_or_default();
        let mut others: Vec<_> = files(self.folder()).unwrap_or_default();
        others.retain(|file| !known.contains(file));
        others.sort();
        others
    }

    fn elsewhere(&self) -> Vec<PathBuf> {
        let folders = USUAL.iter().map(Path::new).filter(|folder| *folder != self.folder());
        folders.flat_map(|folder| configuration_files(folder).unwrap_or_default()).collect()
    }

    fn plugin(&self, kind: &str) -> Option<Binary> {
        let file = self.plugin_folders().iter().find_map(|folder| program_in(folder, kind))?;
        let front = front(&file).unwrap_or_default();
        Some(Binary { is_executable: sys::is_executable(&file), front, file })
    }

    fn attachments(&self) -> Fact<Vec<Attached>> {
        let entries = Cache::new(&self.0.cni_cache).entries();
        let attached = |entry: CacheEntry| Attached {
            network: entry.network,
            container: entry.attachment.container_id,
            namespace: entry.attachment.netns,
        };
        let entries = entries.map_err(|error| Absent::Unreadable(error.to_string()))?;
        Ok(entries.into_iter().map(attached).collect())
    }

    fn plugin_elsewhere(&self, kind: &str) -> Option<PathBuf> {
        USUAL_PLUGINS.iter().find_map(|folder| program_in(Path::new(folder), kind))
    }

    fn reservations(&self, folder: &Path) -> Fact<Vec<Reservation>> {
        let failed = |error: io::Error| absent(&folder.display().to_string(), &error);
        let entries = fs::read_dir(folder).map_err(failed)?;
        Ok(entries.filter_map(|entry| reservation(&entry.ok()?)).collect())
    }
}

fn program_in(folder: &Path, kind: &str) -> Option<PathBuf> {
    let endings: &[&str] = if Os::HOST == Os::Windows { &[".exe", ""] } else { &[""] };
    let mut files = endings.iter().map(|ending| folder.join(format!("{kind}{ending}")));
    files.find(|file| file.is_file())
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.path());
    Ok(entries.filter(|path| path.is_file()).collect())
}

fn front(file: &Path) -> io::Result<Vec<u8>> {
    let mut front = Vec::new();
    File::open(file)?.take(FRONT).read_to_end(&mut front)?;
    Ok(front)
}

/// The plugin keeps a lock and its last address there too; one that is gone meanwhile is none.
fn reservation(entry: &DirEntry) -> Option<Reservation> {
    // On Windows the colons of an IPv6 address are written as underscores.
    entry.file_name().to_str()?.replace('_', ":").parse::<std::net::IpAddr>().ok()?;
    let text = fs::read_to_string(entry.path()).ok()?;
    let holder = text.lines().next().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
    let modified = entry.metadata().and_then(|metadata| metadata.modified()).ok()?;
    let age = modified.elapsed().unwrap_or(Duration::ZERO);
    Some(Reservation { file: entry.path(), holder, age })
}

#[cfg(test)]
mod tests {
    use hcn_test::Scratch;

    use super::*;
    use crate::args::{Global, Places};
    use crate::env::Environment;

    fn settings(scratch: &Scratch) -> Settings {
        let places = Places {
            cni_netconfpath: Some(scratch.join("net.d")),
            cni_path: vec![scratch.join("bin")],
            ..Places::default()
        };
        Settings::new(&Global::default(), &places, &Environment::default(), Os::HOST).unwrap()
    }

    #[test]
    fn the_folders_are_told_as_they_are() {
        let scratch = Scratch::new();
        scratch.file("net.d/10-a.conflist", r#"{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"x"}]}"#);
        scratch.file("net.d/20-b.conf", "{");
        scratch.file("net.d/30-c.yaml", "");
        scratch.file("bin/x", "#!/bin/sh\n");
        let settings = settings(&scratch);
        let folders = Folders(&settings);
        let found = folders.configurations().unwrap();
        assert_eq!(found.iter().map(|one| one.list.is_ok()).collect::<Vec<_>>(), [true, false]);
        assert_eq!(folders.other_files(), [scratch.join("net.d/30-c.yaml")]);
        assert_eq!(folders.network().unwrap().name(), "a");
        assert_eq!(folders.plugin("x").unwrap().front, b"#!/bin/sh\n");
        assert!(folders.plugin("y").is_none());
    }

    #[test]
    fn no_folder_is_no_configuration_and_no_reservation() {
        let scratch = Scratch::new();
        let settings = settings(&scratch);
        assert!(Folders(&settings).configurations().unwrap().is_empty());
        let found = Folders(&settings).reservations(&scratch.join("networks/a"));
        assert!(matches!(found, Err(Absent::NotHere(_))), "{found:?}");
    }

    #[test]
    fn files_named_after_addresses_are_reservations_and_no_other() {
        let scratch = Scratch::new();
        scratch.file("lock", "");
        scratch.file("last_reserved_ip.0", "10.88.0.9");
        scratch.file("10.88.0.2", "default-web\r\neth0");
        scratch.file("10.88.0.3", "");
        let settings = settings(&scratch);
        let mut found = Folders(&settings).reservations(scratch.path()).unwrap();
        found.sort_by(|a, b| a.file.cmp(&b.file));
        let holders: Vec<_> = found.iter().map(|one| one.holder.as_deref()).collect();
        assert_eq!(holders, [Some("default-web"), None]);
    }
}
