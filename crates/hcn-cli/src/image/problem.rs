//! Why an image cannot be run, and the command that helps.

use super::document::Platform;
use super::platform::Host;
use crate::settings::Settings;

/// Why an image cannot be run.
#[derive(Debug)]
pub(super) enum Problem {
    /// There is no image of this name.
    Absent,
    /// It is for other platforms only: these.
    OtherPlatforms(Vec<Platform>),
    /// This document is not there: the image was pulled for another platform.
    NotPulled(String),
    /// The snapshotter does not have its layers.
    NotUnpacked,
    /// This document is not what it should be.
    Malformed(String, String),
    /// Its documents contradict one another.
    Contradictory(&'static str),
    /// containerd did not answer.
    Daemon(hcn_containerd::Error),
}

impl From<hcn_containerd::Error> for Problem {
    fn from(error: hcn_containerd::Error) -> Self {
        Self::Daemon(error)
    }
}

impl Problem {
    /// What failed: why; do this.
    pub(super) fn told(&self, name: &str, host: &Host, settings: &Settings) -> String {
        let why = match self {
            Self::Absent => format!("it is not in containerd's namespace {}", settings.containerd_namespace),
            Self::OtherPlatforms(there) => format!("it is for {}, and this host is {host}", listed(there)),
            Self::NotPulled(digest) => {
                format!("its content {digest} was not pulled, for this host's platform {host}")
            }
            Self::NotUnpacked => format!("the snapshotter {} does not have its layers", settings.snapshotter),
            Self::Malformed(digest, why) => format!("its content {digest} cannot be read: {why}"),
            Self::Contradictory(why) => (*why).to_owned(),
            Self::Daemon(error) => return error.to_string(),
        };
        format!("cannot run image `{name}`: {why}; {}", self.help(name, settings))
    }

    fn help(&self, name: &str, settings: &Settings) -> String {
        match self {
            Self::OtherPlatforms(_) => "choose an image for this host".to_owned(),
            Self::Absent | Self::NotPulled(_) | Self::NotUnpacked => {
                format!("pull it with `{}`", pull_command(&whole_name(name), settings))
            }
            Self::Malformed(..) | Self::Contradictory(_) | Self::Daemon(_) => {
                format!("pull it again with `{}`, or build it anew", pull_command(name, settings))
            }
        }
    }
}

/// ctr's command that pulls and unpacks an image where this run looks for it.
fn pull_command(name: &str, settings: &Settings) -> String {
    let Settings { address, containerd_namespace, snapshotter, .. } = settings;
    format!("ctr -a {address} -n {containerd_namespace} images pull --snapshotter {snapshotter} {name}")
}

/// The whole name of an image of Docker's registry, which people shorten from habit and containerd does not complete.
fn whole_name(name: &str) -> String {
    let (registry, last) = match name.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => ("", name),
        Some(_) => ("docker.io/", name),
        None => ("docker.io/library/", name),
    };
    let tagged = last.rsplit('/').next().is_some_and(|end| end.contains([':', '@']));
    format!("{registry}{name}{}", if tagged { "" } else { ":latest" })
}

fn listed(platforms: &[Platform]) -> String {
    let mut names: Vec<_> = platforms.iter().map(ToString::to_string).collect();
    names.dedup();
    match names.len() {
        0 => "no platform".to_owned(),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_completed_for_the_command_that_pulls() {
        for (name, whole) in [
            ("busybox", "docker.io/library/busybox:latest"),
            ("busybox:1", "docker.io/library/busybox:1"),
            ("me/tool", "docker.io/me/tool:latest"),
            ("localhost:5000/tool", "localhost:5000/tool:latest"),
            (
                "mcr.microsoft.com/windows/servercore:ltsc2022",
                "mcr.microsoft.com/windows/servercore:ltsc2022",
            ),
        ] {
            assert_eq!(whole_name(name), whole);
        }
    }
}
