//! Why an image cannot be run, and the command that helps.

use super::document::Platform;
use super::name::whole_name;
use super::platform::Host;
use crate::os::Os;
use crate::pull::PullOptions;
use crate::settings::Settings;
use crate::shell;

/// Why an image cannot be run.
#[derive(Debug)]
pub(crate) enum Problem {
    /// There is no image of this name.
    Absent,
    /// It is for other platforms only: these.
    OtherPlatforms(Vec<Platform>),
    /// This document is not there: the image was pulled for another platform.
    NotPulled(String),
    /// There is no such snapshotter.
    NoSnapshotter,
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
    /// Is it gone once the image is pulled?
    pub(crate) fn is_absence(&self) -> bool {
        matches!(self, Self::Absent | Self::NotPulled(_))
    }

    /// What failed: why; do this.
    pub(crate) fn told(&self, name: &str, host: &Host, settings: &Settings, pull: &PullOptions) -> String {
        let why = match self {
            Self::Absent => format!("it is not in containerd's namespace {}", settings.containerd_namespace),
            Self::OtherPlatforms(there) => format!("it is for {}, and {} {host}", listed(there), asked(host)),
            Self::NotPulled(digest) => {
                format!("its content {digest} was not pulled, and {} {host}", asked(host))
            }
            Self::NoSnapshotter => format!("containerd has no snapshotter `{}`", settings.snapshotter),
            Self::Malformed(digest, why) => format!("its content {digest} cannot be read: {why}"),
            Self::Contradictory(why) => (*why).to_owned(),
            Self::Daemon(error) => return error.to_string(),
        };
        format!("cannot run image `{name}`: {why}; {}", self.help(name, host, settings, pull))
    }

    fn help(&self, name: &str, host: &Host, settings: &Settings, pull: &PullOptions) -> String {
        let pull = || pull_command(name, host, settings, pull);
        match self {
            Self::OtherPlatforms(there) if host.runs_isolated(there) => {
                "choose an image for this host, or isolate it with --isolated".to_owned()
            }
            Self::OtherPlatforms(_) => "choose an image for this host".to_owned(),
            Self::NoSnapshotter => {
                let address = &settings.address;
                format!("choose one with --snapshotter; `ctr -a {address} plugins ls` lists them")
            }
            Self::Absent | Self::NotPulled(_) => {
                format!("pull it with `{}`", pull())
            }
            Self::Malformed(..) | Self::Contradictory(_) | Self::Daemon(_) => {
                format!("pull it again with `{}`, or build it anew", pull())
            }
        }
    }
}

/// ctr's command that pulls and unpacks an image where this run looks for it, as this run would pull it.
pub(crate) fn pull_command(name: &str, host: &Host, settings: &Settings, pull: &PullOptions) -> String {
    let Settings { address, containerd_namespace, snapshotter, .. } = settings;
    let quoted = |text: &str| shell::quoted(Os::HOST, text);
    let platform = host.wanted.as_ref().map(|wanted| format!(" --platform {}", quoted(&for_ctr(wanted))));
    let hosts_dir = pull.hosts_dir.as_ref().map(|folder| format!(" --hosts-dir {}", quoted(folder)));
    let plain_http = pull.plain_http.then(|| " --plain-http".to_owned());
    let flags: String = [platform, hosts_dir, plain_http].into_iter().flatten().collect();
    pull_line(Os::HOST, [address, containerd_namespace.as_str(), snapshotter], &flags, name)
}

/// ctr's command for a shell of this system: at this address, in this namespace, for this snapshotter.
pub(crate) fn pull_line(
    os: Os,
    [address, namespace, snapshotter]: [&str; 3],
    flags: &str,
    name: &str,
) -> String {
    let quoted = |text: &str| shell::quoted(os, text);
    format!(
        "ctr -a {} -n {} images pull --snapshotter {}{flags} {}",
        quoted(address),
        quoted(namespace),
        quoted(snapshotter),
        quoted(&whole_name(name))
    )
}

/// A platform as ctr takes it.
fn for_ctr(Platform { os, architecture, variant, os_version }: &Platform) -> String {
    let version = if os_version.is_empty() { String::new() } else { format!("({os_version})") };
    let variant = if variant.is_empty() { String::new() } else { format!("/{variant}") };
    format!("{os}{version}/{architecture}{variant}")
}

/// What made it this platform.
fn asked(host: &Host) -> &'static str {
    if host.wanted.is_some() { "--platform asks for" } else { "this host is" }
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
    use crate::args::{Global, Places};
    use crate::env::Environment;

    fn told(problem: Problem) -> String {
        let settings =
            Settings::new(&Global::default(), &Places::default(), &Environment::default(), Os::Linux);
        let host = Host { os: Os::Linux, architecture: "amd64", build: None, isolated: false, wanted: None };
        problem.told("busybox", &host, &settings.unwrap(), &PullOptions::default())
    }

    #[test]
    fn each_problem_names_the_image_the_reason_and_the_fix() {
        let windows = Platform {
            os: "windows".into(),
            architecture: "amd64".into(),
            os_version: "10.0.20348.1".into(),
            ..Platform::default()
        };
        let lines = [
            told(Problem::Absent),
            told(Problem::OtherPlatforms(vec![windows])),
            told(Problem::NotPulled("sha256:aa".into())),
            told(Problem::NoSnapshotter),
            told(Problem::Malformed("sha256:aa".into(), "config.Env: invalid type".into())),
            told(Problem::Contradictory("its manifest names no configuration")),
        ];
        insta::assert_snapshot!(lines.join("\n"), @r"
        cannot run image `busybox`: it is not in containerd's namespace default; pull it with `ctr -a /run/containerd/containerd.sock -n default images pull --snapshotter overlayfs docker.io/library/busybox:latest`
        cannot run image `busybox`: it is for windows/amd64/10.0.20348.1, and this host is linux/amd64; choose an image for this host
        cannot run image `busybox`: its content sha256:aa was not pulled, and this host is linux/amd64; pull it with `ctr -a /run/containerd/containerd.sock -n default images pull --snapshotter overlayfs docker.io/library/busybox:latest`
        cannot run image `busybox`: containerd has no snapshotter `overlayfs`; choose one with --snapshotter; `ctr -a /run/containerd/containerd.sock plugins ls` lists them
        cannot run image `busybox`: its content sha256:aa cannot be read: config.Env: invalid type; pull it again with `ctr -a /run/containerd/containerd.sock -n default images pull --snapshotter overlayfs docker.io/library/busybox:latest`, or build it anew
        cannot run image `busybox`: its manifest names no configuration; pull it again with `ctr -a /run/containerd/containerd.sock -n default images pull --snapshotter overlayfs docker.io/library/busybox:latest`, or build it anew
        ");
    }
    #[test]
    fn the_command_pulls_as_the_run_would() {
        let settings =
            Settings::new(&Global::default(), &Places::default(), &Environment::default(), Os::Linux)
                .unwrap();
        let host = |os, wanted| Host { os, architecture: "amd64", build: None, isolated: false, wanted };
        let windows = Platform::parse("windows(10.0.20348)/amd64", Os::Windows).unwrap();
        let pull =
            PullOptions { hosts_dir: Some("/etc/my hosts".into()), plain_http: true, ..Default::default() };
        let commands = [
            pull_command("reg.lan:5000/a", &host(Os::Linux, None), &settings, &pull),
            pull_command("a", &host(Os::Windows, Some(windows)), &settings, &PullOptions::default()),
        ];
        insta::assert_snapshot!(commands.join("\n"), @r"
        ctr -a /run/containerd/containerd.sock -n default images pull --snapshotter overlayfs --hosts-dir '/etc/my hosts' --plain-http reg.lan:5000/a:latest
        ctr -a /run/containerd/containerd.sock -n default images pull --snapshotter overlayfs --platform 'windows(10.0.20348)/amd64' docker.io/library/a:latest
        ");
    }
}
