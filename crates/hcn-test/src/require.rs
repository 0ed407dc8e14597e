//! What a test needs of the machine: where it is missing the test is skipped loudly, or fails if
//! `HCN_TEST_REQUIRE` (a comma list of needs, or `all`, or `all,-NEED`) says that it must run.

use std::fmt;
use std::io::Write;

use crate::tools::{self, Release};

/// Something that not every machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Root that may make mount and network namespaces.
    Root,
    /// containerd, its runc shim, runc, ctr, the CNI plugins and busybox.
    Containerd,
    /// The same with containerd 2.x, and docker-registry. A test in a module `containerd_2` that asks for the other
    /// gets this one.
    Containerd2,
    /// The runtime-spec with its examples of config.json.
    RuntimeSpec,
    /// tmux, which drives a terminal as a person does.
    Tmux,
    /// Wine and the mingw compiler, which builds what Wine lacks.
    Wine,
    /// The cross-built programs and DLLs of `cargo xtask windows`.
    WindowsArtefacts,
    /// The cross-built programs that stand in for what a Windows host has.
    StandIns,
}

impl Need {
    /// Why the need is not met, or `None` where it is.
    fn missing(self) -> Option<String> {
        match self {
            Need::Root => (!can_unshare()).then(|| "no right to make namespaces".into()),
            Need::Containerd => tools::missing_containerd(),
            Need::Containerd2 => tools::missing_of(Release::Two).or_else(tools::missing_containerd),
            Need::RuntimeSpec => tools::missing_examples(),
            Need::Tmux => tools::missing_tmux(),
            Need::Wine => tools::missing_wine(),
            Need::WindowsArtefacts => tools::missing_artefact(),
            Need::StandIns => tools::missing_stand_in(),
        }
    }

    /// The same for a test of that release.
    fn on(self, release: Release) -> Self {
        match (self, release) {
            (Need::Containerd, Release::Two) => Need::Containerd2,
            _ => self,
        }
    }

    /// What the reader does to have it.
    fn how(self) -> &'static str {
        match self {
            Need::Root => "run as root",
            Need::Containerd | Need::Containerd2 | Need::RuntimeSpec | Need::Tmux => {
                "`cargo xtask test` fetches them, or set HCN_TEST_TOOLS"
            }
            Need::Wine => "apt-get install --no-install-recommends wine wine64 gcc-mingw-w64-x86-64",
            Need::WindowsArtefacts => "`cargo xtask windows`, or set HCN_TEST_WINDOWS",
            Need::StandIns => "`cargo xtask windows --profile ci`, or set HCN_TEST_WINDOWS",
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Need::Root => "root",
            Need::Containerd => "containerd",
            Need::Containerd2 => "containerd-2",
            Need::RuntimeSpec => "runtime-spec",
            Need::Tmux => "tmux",
            Need::Wine => "wine",
            Need::WindowsArtefacts => "windows-artefacts",
            Need::StandIns => "stand-ins",
        })
    }
}

/// Leaves the test, loudly, where one of the needs is not met: `hcn_test::require!(Root, Containerd);`
#[macro_export]
macro_rules! require {
    ($($need:ident),+ $(,)?) => {
        if !$crate::check($crate::test_name!(), &[$($crate::Need::$need),+]) {
            return;
        }
    };
}

/// The path of the function that this stands in.
#[doc(hidden)]
#[macro_export]
macro_rules! test_name {
    () => {{
        fn here() {}
        let name = std::any::type_name_of_val(&here);
        name.strip_suffix("::here").unwrap_or(name)
    }};
}

/// Whether `test` can run here. Says on stderr why not; panics where `HCN_TEST_REQUIRE` forbids a skip.
/// [`require!`] calls it.
pub fn check(test: &str, needs: &[Need]) -> bool {
    let release = Release::of(test);
    let missing = needs.iter().map(|need| need.on(release)).find_map(|need| Some((need, need.missing()?)));
    let Some((need, why)) = missing else { return true };
    let line = format!("SKIPPED {test}: needs {need}: {why} ({})", need.how());
    let required = std::env::var("HCN_TEST_REQUIRE").unwrap_or_default();
    assert!(!demands(&required, need), "{line}, and HCN_TEST_REQUIRE={required} forbids the skip");
    announce(&line);
    false
}

/// Whether the list in `HCN_TEST_REQUIRE` names the need, or all and not `-NEED`.
fn demands(list: &str, need: Need) -> bool {
    let (named, left_out) = (need.to_string(), format!("-{need}"));
    let mut words = list.split(',').map(str::trim);
    words.clone().any(|word| word == "all" || word == named) && words.all(|word| word != left_out)
}

/// Writes past the test runner's capture, and for `cargo xtask test` into the file that
/// `HCN_TEST_SKIPPED` names, so that its last line can count what was left out.
pub(crate) fn announce(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
    let Some(path) = std::env::var_os("HCN_TEST_SKIPPED") else { return };
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
    if let Ok(mut file) = file {
        let _ = file.write_all(format!("{line}\n").as_bytes());
    }
}

/// Tried on a thread of its own, which takes the namespaces away with it.
#[cfg(target_os = "linux")]
fn can_unshare() -> bool {
    rustix::process::geteuid().is_root()
        && std::thread::spawn(|| crate::namespaces::unshare().is_ok()).join().unwrap_or(false)
}

#[cfg(not(target_os = "linux"))]
fn can_unshare() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_list_or_all_demands_a_need() {
        assert!(demands("root, wine", Need::Wine));
        assert!(demands("all", Need::WindowsArtefacts));
        assert!(!demands("root,wine", Need::Containerd));
        assert!(!demands("", Need::Root));
        assert!(!demands("all,-containerd-2", Need::Containerd2));
        assert!(demands("all,-containerd-2", Need::Containerd));
    }

    #[test]
    fn the_macro_names_the_test_that_it_stands_in() {
        assert_eq!(test_name!(), "hcn_test::require::tests::the_macro_names_the_test_that_it_stands_in");
    }
}
