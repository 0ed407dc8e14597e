//! Where the programs are that tests need: on PATH (plugins: in `/opt/cni/bin` and `/usr/lib/cni`),
//! else in the folder that `HCN_TEST_TOOLS` names (`cargo xtask` fills it, by default `target/tools`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What a private containerd and its containers need.
pub const CONTAINERD: &[&str] = &["containerd", "containerd-shim-runc-v2", "runc", "ctr"];

/// The CNI plugins of the tests' conflists.
pub const PLUGINS: &[&str] = &["bridge", "host-local", "loopback"];

/// What Windows programs need: Wine, and the compiler that builds the DLL that Wine lacks.
pub const WINE: &[&str] = &["wine64", "x86_64-w64-mingw32-gcc"];

/// Where the cross-built programs are: `HCN_TEST_WINDOWS`, else `target/windows`.
pub fn windows() -> PathBuf {
    from_env("HCN_TEST_WINDOWS").unwrap_or_else(|| target().join("windows"))
}

/// Where fetched programs are: `HCN_TEST_TOOLS`, else `target/tools`; programs in its `bin`, plugins
/// in its `cni`.
pub fn fetched() -> PathBuf {
    from_env("HCN_TEST_TOOLS").unwrap_or_else(|| target().join("tools"))
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

/// Names the programs of [`WINE`] that are not there.
pub(crate) fn missing_wine() -> Option<String> {
    missing(WINE, find)
}

fn missing(names: &[&str], find: fn(&str) -> Option<PathBuf>) -> Option<String> {
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
