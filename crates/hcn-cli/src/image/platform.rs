//! Which platform's image runs here: containerd's own order of preference.

use std::cmp::Reverse;

use super::document::{Descriptor, Platform};
use crate::os::Os;

/// The first build of Windows whose containers run on later ones: Server 2022.
const FIRST_STABLE_BUILD: u32 = 20348;

/// What runs containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The operating system.
    pub os: Os,
    /// The architecture, as images name it.
    pub architecture: &'static str,
    /// The build of Windows; unknown means that any image may fit.
    pub build: Option<u32>,
    /// Will Hyper-V isolate the container? Then any older image runs.
    pub isolated: bool,
    /// The platform that was asked for instead of this machine's.
    pub wanted: Option<Platform>,
}

/// How well an image fits; the smallest is the best.
type Rank = (usize, Reverse<(u32, u32)>);

impl Host {
    /// This machine.
    pub fn this(isolated: bool) -> Self {
        let architecture = architecture(std::env::consts::ARCH);
        Self { os: Os::HOST, architecture, build: crate::sys::windows_build(), isolated, wanted: None }
    }

    /// The same, for images of one platform alone.
    pub fn wanting(self, wanted: Option<Platform>) -> Self {
        Self { wanted, ..self }
    }

    /// The platforms to ask for, the best first. Where Hyper-V isolates, no build of Windows is named: older ones run too.
    pub fn platforms(&self) -> Vec<Platform> {
        let build = self.build.filter(|_| !self.isolated);
        let own_version = build.map(|build| format!("10.0.{build}")).unwrap_or_default();
        if let Some(wanted) = &self.wanted {
            let named = Some(&wanted.os_version).filter(|version| !version.is_empty());
            return vec![Platform { os_version: named.unwrap_or(&own_version).clone(), ..wanted.clone() }];
        }
        let architectures = match self.os {
            Os::Linux => order(self.architecture),
            Os::Windows => vec![(self.architecture, "")],
        };
        let platform = |(architecture, variant): (&str, &str)| Platform {
            os: self.os.name().to_owned(),
            architecture: architecture.to_owned(),
            variant: variant.to_owned(),
            os_version: own_version.clone(),
        };
        architectures.into_iter().map(platform).collect()
    }

    /// Does an image for this platform run here?
    pub fn runs(&self, platform: &Platform) -> bool {
        self.rank(platform).is_some()
    }

    /// Would one of these run here, if Hyper-V isolated it?
    pub fn runs_isolated(&self, platforms: &[Platform]) -> bool {
        let isolated = Self { isolated: true, ..self.clone() };
        platforms.iter().any(|platform| isolated.runs(platform))
    }

    fn rank(&self, platform: &Platform) -> Option<Rank> {
        let (architecture, variant) = normal(platform);
        if platform.os != self.os.name() {
            return None;
        }
        match self.os {
            Os::Linux if self.wanted.is_some() => {
                let fits = self.wanted.as_ref().map(normal) == Some((architecture, variant));
                fits.then_some((0, Reverse((0, 0))))
            }
            Os::Linux => {
                let place =
                    order(self.architecture).iter().position(|known| *known == (architecture, variant))?;
                Some((place, Reverse((0, 0))))
            }
            Os::Windows
                if architecture
                    != self.wanted.as_ref().map_or(self.architecture, |wanted| normal(wanted).0) =>
            {
                None
            }
            Os::Windows => self.build_rank(&platform.os_version),
        }
    }

    fn build_rank(&self, version: &str) -> Option<Rank> {
        if self.wanted.as_ref().is_some_and(|wanted| !is_part(&wanted.os_version, version)) {
            return None;
        }
        let (Some(host), false) = (self.build, version.is_empty()) else { return Some((0, Reverse((0, 0)))) };
        let (build, revision) = build_of(version)?;
        let oldest = match host {
            _ if self.isolated => 0,
            ..FIRST_STABLE_BUILD => host,
            FIRST_STABLE_BUILD.. => FIRST_STABLE_BUILD,
        };
        (oldest..=host).contains(&build).then_some((0, Reverse((build, revision))))
    }

    /// Those of an index to choose from, the best first: what is for the platform that is preferred, of Windows every build
    /// that runs here. Which of them was pulled the daemon decides, which does not compare builds as this does. One that
    /// names no platform is taken where no other runs, and is to be judged by its configuration.
    pub fn choice<'a>(&self, manifests: &'a [Descriptor]) -> Vec<&'a Descriptor> {
        let fitting = self.fitting(manifests);
        let place = |(is_unnamed, (place, _)): (bool, Rank)| (is_unnamed, place);
        let preferred = fitting.first().map(|(best, _)| place(*best));
        let of_it = fitting.into_iter().take_while(|(rank, _)| Some(place(*rank)) == preferred);
        of_it.map(|(_, descriptor)| descriptor).collect()
    }

    /// Those that may run here, the best first, each with whether it names no platform, and how well it fits.
    fn fitting<'a>(&self, manifests: &'a [Descriptor]) -> Vec<((bool, Rank), &'a Descriptor)> {
        let rank = |of: &'a Descriptor| match &of.platform {
            Some(platform) => Some(((false, self.rank(platform)?), of)),
            None => Some(((true, (0, Reverse((0, 0)))), of)),
        };
        let mut fitting: Vec<_> = manifests.iter().filter_map(rank).collect();
        fitting.sort_by_key(|(rank, _)| *rank);
        fitting
    }
}

/// The words that stand alone in a platform, as Go names them: containerd's own list
/// (<https://github.com/containerd/platforms>), and what else it takes for one of them.
const SYSTEMS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "illumos",
    "ios",
    "js",
    "linux",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
    "zos",
];
const ARCHITECTURES: &[&str] = &[
    "386", "aarch64", "amd64", "arm", "arm64", "armel", "armhf", "i386", "loong64", "mips", "mips64",
    "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x", "wasm", "x86-64", "x86_64",
];

impl Platform {
    /// What `--platform` names, as ctr takes it: `linux/amd64`, `linux/arm/v7`, the system or the architecture alone, and
    /// behind the system a version of Windows: `windows(10.0.20348)/amd64`.
    ///
    /// # Errors
    /// It is of another operating system, or no platform at all; why, and what to write.
    pub fn parse(text: &str, os: Os) -> Result<Self, String> {
        let text = text.to_ascii_lowercase();
        let mut parts: Vec<_> = text.split('/').collect();
        let os_version = version(&mut parts[0]).unwrap_or_default();
        let (named, architecture, variant) = match parts[..] {
            [system] if SYSTEMS.contains(&system) => (system, architecture(std::env::consts::ARCH), ""),
            [architecture] if ARCHITECTURES.contains(&architecture) => (os.name(), architecture, ""),
            [_] => {
                return Err("there is no such system or architecture; write it as in linux/amd64".to_owned());
            }
            [named, architecture] => (named, architecture, ""),
            [named, architecture, variant] => (named, architecture, variant),
            _ => return Err("it has more than three parts; write it as in linux/arm/v7".to_owned()),
        };
        let is_word = |part: &&str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        };
        if !parts.iter().all(is_word) {
            return Err("it is no platform; write it as in linux/amd64".to_owned());
        }
        if named != os.name() {
            return Err(format!("containers here are {os}'s; choose one of {}", os.name()));
        }
        if !os_version.is_empty() && (os != Os::Windows || build_of(os_version).is_none()) {
            return Err("only Windows has a version; write it as in windows(10.0.20348)/amd64".to_owned());
        }
        Ok(Self {
            os: named.to_owned(),
            architecture: architecture.to_owned(),
            variant: variant.to_owned(),
            os_version: os_version.to_owned(),
        })
    }
}

/// What stands in brackets behind the system, which is left without them.
fn version<'t>(system: &mut &'t str) -> Option<&'t str> {
    let (name, version) = system.strip_suffix(')')?.split_once('(')?;
    *system = name;
    Some(version)
}

/// Whether a version is of those that another one names: `10.0.20348` names all its revisions, nothing names all.
fn is_part(named: &str, version: &str) -> bool {
    version
        .strip_prefix(named)
        .is_some_and(|rest| named.is_empty() || rest.is_empty() || rest.starts_with('.'))
}

impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(wanted) = &self.wanted {
            return write!(f, "{wanted}");
        }
        write!(f, "{}/{}", self.os.name(), self.architecture)?;
        self.build.map_or(Ok(()), |build| write!(f, " build {build}"))
    }
}

/// An architecture as images name it, from Rust's name.
pub(crate) fn architecture(rust: &'static str) -> &'static str {
    match (rust, cfg!(target_endian = "little")) {
        ("x86_64", _) => "amd64",
        ("aarch64", _) => "arm64",
        ("x86", _) => "386",
        ("powerpc64", true) => "ppc64le",
        ("powerpc64", false) => "ppc64",
        ("mips", true) => "mipsle",
        ("mips64", true) => "mips64le",
        ("loongarch64", _) => "loong64",
        (other, _) => other,
    }
}

/// Architecture and variant as containerd compares them: one spelling each.
fn normal(platform: &Platform) -> (&str, &str) {
    match (platform.architecture.as_str(), platform.variant.as_str()) {
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("i386", _) => ("386", ""),
        ("aarch64" | "arm64", "8" | "v8") => ("arm64", ""),
        ("aarch64", variant) => ("arm64", variant),
        ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        other => other,
    }
}

/// What a Linux host of this architecture runs, the best first.
fn order(architecture: &'static str) -> Vec<(&'static str, &'static str)> {
    match architecture {
        "amd64" => vec![("amd64", ""), ("386", "")],
        "arm64" => vec![("arm64", ""), ("arm", "v8"), ("arm", "v7"), ("arm", "v6"), ("arm", "v5")],
        "arm" => vec![("arm", "v7"), ("arm", "v6"), ("arm", "v5")],
        other => vec![(other, "")],
    }
}

/// Build and revision of `10.0.BUILD.REVISION`.
fn build_of(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(str::parse);
    let (10, 0) = (parts.next()?.ok()?, parts.next()?.ok()?) else { return None };
    Some((parts.next()?.ok()?, parts.next().and_then(Result::ok).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(os: Os, architecture: &'static str, build: Option<u32>) -> Host {
        Host { os, architecture, build, isolated: false, wanted: None }
    }

    /// `os/architecture[/variant or os.version]`.
    fn platform(text: &str) -> Platform {
        let mut parts = text.split('/').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        let (os, architecture, last) = (next(), next(), next());
        let (variant, os_version) =
            if os == "windows" { (String::new(), last) } else { (last, String::new()) };
        Platform { os, architecture, variant, os_version }
    }

    fn index(platforms: &[&str]) -> Vec<Descriptor> {
        let named = |text: &&str| (!text.is_empty()).then(|| platform(text));
        platforms
            .iter()
            .map(|text| Descriptor { platform: named(text), digest: (*text).into(), ..Default::default() })
            .collect()
    }

    fn order_of(host: &Host, platforms: &[&str]) -> Vec<String> {
        host.fitting(&index(platforms)).into_iter().map(|(_, of)| of.digest.clone()).collect()
    }

    #[test]
    fn linux_prefers_its_own_architecture_and_takes_the_unnamed_last() {
        let amd64 = host(Os::Linux, "amd64", None);
        assert_eq!(
            order_of(
                &amd64,
                &["", "linux/386", "linux/arm64", "linux/x86_64", "unknown/unknown", "windows/amd64"]
            ),
            ["linux/x86_64", "linux/386", ""]
        );
        let arm64 = host(Os::Linux, "arm64", None);
        assert_eq!(
            order_of(&arm64, &["linux/arm/v6", "linux/arm/v7", "linux/arm64/v8", "linux/amd64"]),
            ["linux/arm64/v8", "linux/arm/v7", "linux/arm/v6"]
        );
    }

    #[test]
    fn a_platform_that_was_asked_for_is_the_only_one() {
        let wanted = Platform::parse("arm64", Os::Linux).unwrap();
        let host = host(Os::Linux, "amd64", None).wanting(Some(wanted));
        assert_eq!(order_of(&host, &["linux/amd64", "linux/arm64/v8", "linux/arm/v7"]), ["linux/arm64/v8"]);
        assert_eq!(host.platforms(), [platform("linux/arm64")]);
    }

    #[test]
    fn what_is_no_platform_of_this_system_is_refused() {
        let refused = |text| Platform::parse(text, Os::Linux).unwrap_err();
        let lines =
            ["", "linux/", "linux/arm/v7/x", "windows/amd64", "linux/a b", "tux", "linux(5.10)/amd64"]
                .map(refused);
        insta::assert_snapshot!(lines.join("\n"), @r"
        there is no such system or architecture; write it as in linux/amd64
        it is no platform; write it as in linux/amd64
        it has more than three parts; write it as in linux/arm/v7
        containers here are Linux's; choose one of linux
        it is no platform; write it as in linux/amd64
        there is no such system or architecture; write it as in linux/amd64
        only Windows has a version; write it as in windows(10.0.20348)/amd64
        ");
    }

    #[test]
    fn a_platform_is_written_as_for_ctr() {
        let this = format!("linux/{}", architecture(std::env::consts::ARCH));
        for (text, means) in [
            ("linux/arm/v7", "linux/arm/v7"),
            ("ARM64", "linux/arm64"),
            ("linux", &this),
            ("Linux/x86_64", "linux/x86_64"),
        ] {
            assert_eq!(Platform::parse(text, Os::Linux), Ok(platform(means)), "{text}");
        }
        let windows = "windows(10.0.17763)/amd64";
        assert_eq!(Platform::parse(windows, Os::Windows), Ok(platform("windows/amd64/10.0.17763")));
        for wrong in ["windows()/amd64x(", "windows(11)/amd64", "windows(10.0.x)/amd64"] {
            assert!(Platform::parse(wrong, Os::Windows).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_version_of_windows_that_was_asked_for_is_the_only_one() {
        let wanted = Platform::parse("windows(10.0.20348)/amd64", Os::Windows).unwrap();
        let host = host(Os::Windows, "amd64", Some(26100)).wanting(Some(wanted));
        let all = ["windows/amd64/10.0.26100.1", "windows/amd64/10.0.203480.1", "windows/amd64/10.0.20348.7"];
        assert_eq!(order_of(&host, &all), ["windows/amd64/10.0.20348.7"]);
        assert_eq!(host.platforms(), [platform("windows/amd64/10.0.20348")]);
    }

    #[test]
    fn what_is_pulled_is_all_that_runs_here_the_best_first() {
        let asked = |host: &Host| host.platforms().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(asked(&host(Os::Linux, "amd64", None)), ["linux/amd64", "linux/386"]);
        assert_eq!(asked(&host(Os::Linux, "arm", None)), ["linux/arm/v7", "linux/arm/v6", "linux/arm/v5"]);
        let windows = host(Os::Windows, "amd64", Some(20348));
        assert_eq!(asked(&windows), ["windows/amd64/10.0.20348"]);
        assert_eq!(asked(&Host { isolated: true, ..windows }), ["windows/amd64"]);
    }

    #[test]
    fn the_choice_is_between_builds_of_windows_and_never_between_processors() {
        let names = |host: &Host, platforms: &[&str]| -> Vec<_> {
            let index = index(platforms);
            host.choice(&index).into_iter().map(|of| of.digest.clone()).collect()
        };
        let linux = host(Os::Linux, "amd64", None);
        assert_eq!(names(&linux, &["linux/386", "", "linux/amd64"]), ["linux/amd64"]);
        assert_eq!(names(&linux, &["linux/386", "linux/arm64"]), ["linux/386"]);
        assert_eq!(names(&linux, &["", "linux/arm64"]), [""]);
        let windows = host(Os::Windows, "amd64", Some(26100));
        assert_eq!(
            names(
                &windows,
                &["windows/amd64/10.0.20348.1", "windows/amd64/10.0.26100.1", "windows/amd64/10.0.17763.1"]
            ),
            ["windows/amd64/10.0.26100.1", "windows/amd64/10.0.20348.1"]
        );
    }

    #[test]
    fn a_machine_s_own_architecture_runs_on_it() {
        let this = Host::this(false);
        assert!(this.platforms().iter().all(|platform| this.runs(platform)), "{:?}", this.platforms());
        for arch in ["amd64", "arm64", "arm", "386", "riscv64", "ppc64le", "s390x"] {
            let host = host(Os::Linux, arch, None);
            assert!(host.platforms().iter().all(|platform| host.runs(platform)), "{arch}");
        }
    }

    #[test]
    fn windows_before_2022_runs_its_own_build_only() {
        let host = host(Os::Windows, "amd64", Some(17763));
        assert_eq!(
            order_of(&host, &["windows/amd64/10.0.20348.1", "windows/amd64/10.0.17763.9", "windows/amd64"]),
            ["windows/amd64/10.0.17763.9", "windows/amd64"]
        );
    }

    #[test]
    fn windows_since_2022_runs_builds_from_20348_to_its_own_newest_first() {
        let host = host(Os::Windows, "amd64", Some(26100));
        assert_eq!(
            order_of(
                &host,
                &[
                    "windows/amd64/10.0.17763.1",
                    "windows/amd64/10.0.20348.999",
                    "windows/amd64/10.0.26200.1",
                    "windows/amd64/10.0.20348.1906",
                    "windows/amd64/10.0.26100.1"
                ]
            ),
            ["windows/amd64/10.0.26100.1", "windows/amd64/10.0.20348.1906", "windows/amd64/10.0.20348.999"]
        );
    }

    #[test]
    fn isolation_runs_any_older_build() {
        let host = Host { isolated: true, ..host(Os::Windows, "amd64", Some(20348)) };
        assert!(host.runs(&platform("windows/amd64/10.0.17763.1")));
        assert!(!host.runs(&platform("windows/amd64/10.0.26100.1")));
        assert!(!host.runs(&platform("linux/amd64")));
    }

    #[test]
    fn an_older_build_could_be_isolated_and_a_newer_one_or_linux_not() {
        let host = host(Os::Windows, "amd64", Some(20348));
        assert!(host.runs_isolated(&[platform("linux/amd64"), platform("windows/amd64/10.0.17763.1")]));
        assert!(!host.runs_isolated(&[platform("linux/amd64"), platform("windows/amd64/10.0.26100.1")]));
    }
}
