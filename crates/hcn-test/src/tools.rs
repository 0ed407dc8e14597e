//! Where the programs are that tests need: on PATH (plugins: in `/opt/cni/bin` and `/usr/lib/cni`),
//! else in the folder that `HCN_TEST_TOOLS` names (`cargo xtask` fills it, by default `target/tools`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::require::announce;

/// What a private containerd and its containers need.
pub const CONTAINERD: &[&str] = &["containerd", "containerd-shim-runc-v2", "runc", "ctr"];

/// What 2.x of it brings of its own, and the registry that images are pulled from.
const NEWER: &[&str] = &["containerd", "containerd-shim-runc-v2", "ctr", "docker-registry"];

/// The CNI plugins of the tests' conflists.
pub const PLUGINS: &[&str] = &["bridge", "host-local", "loopback"];

/// Which containerd a daemon is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// The host's, on PATH or fetched from the host's own suite: 1.6 in Debian 12.
    Host,
    /// 2.x, fetched from a newer suite into `containerd-2` of the fetched programs.
    Two,
}

impl Release {
    /// The one that a test is for, by the path of its module: in a module `containerd_2` it is 2.x, elsewhere the
    /// host's. `HCN_TEST_CONTAINERD=2` makes it 2.x everywhere.
    pub fn of(test: &str) -> Self {
        let chosen = std::env::var("HCN_TEST_CONTAINERD").unwrap_or_default();
        let named = test.split("::").any(|module| module == "containerd_2");
        if named || chosen == "2" { Self::Two } else { Self::Host }
    }
}

/// What Windows programs need: Wine, and the compiler that builds the DLL that Wine lacks.
pub const WINE: &[&str] = &["wine64", "x86_64-w64-mingw32-gcc"];

/// Where the cross-built programs are: `HCN_TEST_WINDOWS`, else `target/windows`.
pub fn windows() -> PathBuf {
    from_env("HCN_TEST_WINDOWS").unwrap_or_else(|| target().join("windows"))
}

/// A real containerd.exe, where `HCN_TEST_CONTAINERD_EXE` names one; else a line on stderr says that `test` is
/// skipped, and it is counted as such. Nothing demands it: no package brings one.
pub fn containerd_exe(test: &str) -> Option<PathBuf> {
    let exe = from_env("HCN_TEST_CONTAINERD_EXE");
    if exe.is_none() {
        announce(&format!("SKIPPED {test}: HCN_TEST_CONTAINERD_EXE names no containerd.exe"));
    }
    exe
}

/// Where fetched programs are: `HCN_TEST_TOOLS`, else `target/tools`; programs in its `bin`, plugins
/// in its `cni`.
pub fn fetched() -> PathBuf {
    from_env("HCN_TEST_TOOLS").unwrap_or_else(|| target().join("tools"))
}

/// Where the runtime-spec is, of which tests read the examples.
pub fn runtime_spec() -> PathBuf {
    fetched().join("runtime-spec")
}

/// Names the example of the runtime-spec's that is not there.
pub fn missing_examples() -> Option<String> {
    let files = ["schema/test/config/good/spec-example.json", "config.md", "config-windows.md"];
    let absent = files.iter().map(|file| runtime_spec().join(file)).find(|file| !file.is_file())?;
    Some(format!("no {}", absent.display()))
}

/// Where what was fetched of a release is; its programs in `bin`.
pub fn fetched_of(release: Release) -> PathBuf {
    match release {
        Release::Host => fetched(),
        Release::Two => fetched().join("containerd-2"),
    }
}

/// The workspace's target folder. Compiled in: a test runs where it was built.
pub fn target() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."));
    from_env("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), |target| workspace.join(target))
}

/// The folders that hold CNI plugins, as `CNI_PATH` wants them; the first that has one wins.
pub fn cni_folders() -> Vec<PathBuf> {
    let folders = [PathBuf::from("/opt/cni/bin"), "/usr/lib/cni".into(), fetched().join("cni")];
    folders.into_iter().filter(|folder| folder.is_dir()).collect()
}

/// PATH with the system's own folders and the fetched programs behind it.
pub fn path() -> OsString {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&inherited).collect();
    folders.extend(["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/lib/wine"].map(PathBuf::from));
    folders.push(fetched().join("bin"));
    std::env::join_paths(folders).unwrap_or(inherited)
}

/// [`path`] for a release: its own programs come first.
pub fn path_of(release: Release) -> OsString {
    let (path, own) = (path(), fetched_of(release).join("bin"));
    match release {
        Release::Host => path,
        Release::Two => {
            let folders = std::iter::once(own).chain(std::env::split_paths(&path));
            std::env::join_paths(folders).unwrap_or_else(|_| path.clone())
        }
    }
}

/// Where a program of a release is.
///
/// # Panics
/// Where it is nowhere.
pub fn need_of(release: Release, name: &str) -> PathBuf {
    let path = path_of(release);
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("`{name}` is neither on PATH nor in {}", fetched().display()))
}

/// Names the programs of a release that are not there.
pub fn missing_of(release: Release) -> Option<String> {
    let here = |name: &str| Some(fetched_of(release).join("bin").join(name)).filter(|file| file.is_file());
    match release {
        Release::Host => missing_containerd(),
        Release::Two => missing(NEWER, here),
    }
}

/// Where a program is.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = path();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Where a statically linked busybox is, which alone runs in an image of its own.
pub fn find_busybox() -> Option<PathBuf> {
    let path = path();
    let found = std::env::split_paths(&path).map(|folder| folder.join("busybox"));
    found.filter(|file| file.is_file()).find(|file| is_static(file))
}

/// A dynamic program names its loader.
fn is_static(program: &Path) -> bool {
    let contents = std::fs::read(program).unwrap_or_default();
    !contents.windows(6).take(64 * 1024).any(|window| window == b"/ld-li" || window == b"/ld-mu")
}

/// Where a CNI plugin is. Not on PATH: iproute2 has a `bridge` too.
pub fn find_plugin(name: &str) -> Option<PathBuf> {
    cni_folders().into_iter().map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// As [`find`], for a caller that checked with [`require!`](crate::require) before.
///
/// # Panics
/// Where it is nowhere.
pub fn need(name: &str) -> PathBuf {
    find(name).unwrap_or_else(|| panic!("`{name}` is neither on PATH nor in {}", fetched().display()))
}

/// Names the programs of [`CONTAINERD`] and [`PLUGINS`] that are not there.
pub(crate) fn missing_containerd() -> Option<String> {
    missing(CONTAINERD, find)
        .or_else(|| missing(PLUGINS, find_plugin))
        .or_else(|| find_busybox().is_none().then(|| "no static busybox".into()))
}

/// Names tmux where it is not there.
pub(crate) fn missing_tmux() -> Option<String> {
    missing(&["tmux"], find)
}

/// Names the programs of [`WINE`] that are not there.
pub(crate) fn missing_wine() -> Option<String> {
    missing(WINE, find)
}

fn missing(names: &[&str], find: impl Fn(&str) -> Option<PathBuf>) -> Option<String> {
    let absent: Vec<&str> = names.iter().copied().filter(|name| find(name).is_none()).collect();
    (!absent.is_empty()).then(|| format!("no {}", absent.join(", ")))
}

/// Names the cross-built file that is not there.
pub(crate) fn missing_artefact() -> Option<String> {
    missing_built(&["hcn-namespace.exe", "hcn.exe", "wine/computenetwork.dll", "wine/vmcompute.dll"])
}

/// Names the cross-built stand-in that is not there.
pub(crate) fn missing_stand_in() -> Option<String> {
    missing_built(&["test/containerd-stand-in.exe", "test/cni-stand-in.exe"])
}

fn missing_built(files: &[&str]) -> Option<String> {
    let absent = files.iter().map(|file| windows().join(file)).find(|file| !file.is_file())?;
    Some(format!("no {}", absent.display()))
}

fn from_env(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
