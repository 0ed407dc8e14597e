//! Packages of another suite of Debian's than the host's: from the host's own mirror, verified as apt verifies, in a
//! scratch folder of apt's own. Neither the host's sources nor its lists or caches are touched.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{process, say};

/// The suites with newer packages, by the names that outlive a release; the most settled first.
pub(crate) const SUITES: &[&str] = &["stable", "testing", "unstable"];

/// Where Debian is when the host's own mirror has other suites only.
const DEBIAN: &str = "http://deb.debian.org/debian";

/// The keys of Debian's archive, where its package put them; without them apt's own are taken.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// What a list of a suite is of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content {
    Packages,
    Sources,
}

impl Content {
    /// As apt's sources name it.
    fn kind(self) -> &'static str {
        match self {
            Self::Packages => "deb",
            Self::Sources => "deb-src",
        }
    }
}

/// One suite, its lists fetched.
pub(crate) struct Suite {
    config: PathBuf,
    downloads: PathBuf,
}

impl Suite {
    /// Fetches the lists of `suite`; `folder` is to be removed afterwards.
    ///
    /// # Errors
    /// No mirror has the suite, or its signature is not one that apt trusts.
    pub(crate) fn open(suite: &str, content: Content, folder: &Path) -> Result<Self> {
        let mirrors = mirrors()?;
        for mirror in &mirrors {
            let opened = Self::at(mirror, suite, content, &folder.join(suite))?;
            if process::run(opened.apt_get("update").arg("--error-on=any")).is_ok() {
                return Ok(opened);
            }
            process::go_on()?;
            say::note(&format!("{mirror} has no {suite}"));
        }
        bail!("cannot fetch the package lists of Debian's {suite} from {}", mirrors.join(" or "))
    }

    fn at(mirror: &str, suite: &str, content: Content, folder: &Path) -> Result<Self> {
        let downloads = folder.join("packages");
        for part in ["lists/partial", "cache/archives/partial", "packages"] {
            fs::create_dir_all(folder.join(part)).context("cannot make a folder for apt")?;
        }
        let keys = if Path::new(KEYS).exists() { format!("Signed-By: {KEYS}\n") } else { String::new() };
        let kind = content.kind();
        let source = format!("Types: {kind}\nURIs: {mirror}\nSuites: {suite}\nComponents: main\n{keys}");
        fs::write(folder.join("debian.sources"), source).context("cannot write apt's source")?;
        let config = folder.join("apt.conf");
        fs::write(&config, options(folder)).context("cannot write apt's configuration")?;
        Ok(Self { config, downloads })
    }

    /// The version that the suite has of a package.
    pub(crate) fn version(&self, package: &str) -> Option<String> {
        let mut command = Command::new("apt-cache");
        command.arg("-c").arg(&self.config).args(["show", "--no-all-versions", package]);
        let shown = process::capture(&mut command).ok()?;
        shown.lines().find_map(|line| line.strip_prefix("Version: ")).map(str::to_owned)
    }

    /// Downloads the packages alone, without what they depend on, and unpacks them.
    pub(crate) fn unpack(&self, packages: &[&str], root: &Path) -> Result<()> {
        process::run(self.apt_get("download").args(packages).current_dir(&self.downloads))?;
        for file in fs::read_dir(&self.downloads).context("cannot list the packages")?.flatten() {
            process::capture(Command::new("dpkg").arg("-x").arg(file.path()).arg(root))?;
        }
        Ok(())
    }

    /// Downloads the upstream archive of a source package alone, which the signed list vouches for, and gives where it
    /// is.
    pub(crate) fn upstream(&self, source: &str) -> Result<PathBuf> {
        let words = ["--download-only", "--tar-only", source];
        process::run(self.apt_get("source").args(words).current_dir(&self.downloads))?;
        let files = fs::read_dir(&self.downloads).context("cannot list the sources")?.flatten();
        let mut archives = files.map(|file| file.path()).filter(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(source) && name.contains(".orig.tar.")
        });
        archives.next().with_context(|| format!("the source package {source} brought no upstream archive"))
    }

    fn apt_get(&self, verb: &str) -> Command {
        let mut command = Command::new("apt-get");
        command.arg("-c").arg(&self.config).args(["-q", verb]);
        command
    }
}

/// Read after the host's own configuration, of which the proxies stay and the hooks, which are for the host, go.
fn options(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "Dir::Etc::sourcelist \"{folder}/debian.sources\";\n\
         Dir::Etc::sourceparts \"/dev/null\";\n\
         Dir::State::lists \"{folder}/lists\";\n\
         Dir::Cache \"{folder}/cache\";\n\
         APT::Sandbox::User \"root\";\n\
         Acquire::Languages \"none\";\n\
         Acquire::IndexTargets::deb::DEP-11::DefaultEnabled \"false\";\n\
         #clear APT::Update::Pre-Invoke;\n\
         #clear APT::Update::Post-Invoke;\n\
         #clear APT::Update::Post-Invoke-Success;\n"
    )
}

/// The host's mirrors of Debian, then Debian's own.
fn mirrors() -> Result<Vec<String>> {
    let mut asked = targets()?;
    if asked.trim().is_empty() {
        process::run(Command::new("apt-get").arg("update"))?;
        asked = targets()?;
    }
    let mut mirrors = mirrors_in(&asked);
    if !mirrors.iter().any(|mirror| mirror == DEBIAN) {
        mirrors.push(DEBIAN.to_owned());
    }
    Ok(mirrors)
}

/// What apt has lists of; nothing where it has not fetched any yet.
fn targets() -> Result<String> {
    let format = "$(ORIGIN)|$(LABEL)|$(REPO_URI)";
    process::capture(Command::new("apt-get").args([
        "indextargets",
        "--format",
        format,
        "Created-By: Packages",
    ]))
}

/// Those of the archive proper: security's mirror has other suites.
fn mirrors_in(targets: &str) -> Vec<String> {
    let of_debian = targets.lines().filter_map(|line| line.strip_prefix("Debian|Debian|"));
    let sites: BTreeSet<_> = of_debian.map(|site| site.trim_end_matches('/').to_owned()).collect();
    sites.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_s_mirrors_are_those_of_the_archive_proper() {
        let targets = "Debian|Debian|http://mirror.example/debian/\nDebian|Debian-Security|http://x/security/\n\
                       Debian|Debian|http://mirror.example/debian/\nnodesource|. nodistro|https://y/\n";
        assert_eq!(mirrors_in(targets), ["http://mirror.example/debian"]);
    }
}
