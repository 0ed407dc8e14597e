//! The cross-build for Windows, by Debian's Rust, which can build std from source: `target/windows` with
//! the programs, `target/windows/wine` with the DLLs that stand in for Windows' own under Wine, and the program that
//! looks after their store. Never in one folder: a DLL beside a program is found before System32's. Built for tests, `target/windows/test` holds the
//! programs that stand in for what else a Windows host has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{apt, home, imports, process, say};

/// The target that Wine and mingw serve.
pub(crate) const TARGET: &str = "x86_64-pc-windows-gnu";

/// What ships. `hcn-dll` is built with it, in one invocation.
const PROGRAMS: &[&str] = &["hcn", "hcn-lockprobe", "hcn-namespace", "hcn-verify"];
const PACKAGES: &[&str] =
    &["hcn-dll", "hcn-emulator", "hcn-lockprobe", "hcn-namespace", "hcn-verify", "hcn-cli"];

/// The profile of the tests, and what they need besides. Not in a release: cargo would give what ships the features that
/// only these want.
const TESTS: &str = "ci";
const STAND_INS: &[&str] =
    &["containerd-stand-in", "cni-stand-in", "guest-keeper", "hns-load", "library-user"];
const TEST_PACKAGES: &[&str] = &["hcn-stand-in"];

/// A file, and the package that brings it.
const NEEDS: &[(&str, &str)] = &[
    ("/usr/bin/rustc", "rustc-web"),
    ("/usr/bin/cargo", "cargo-web"),
    ("/usr/lib/rustlib/src/rust/library/std/Cargo.toml", "rust-web-src"),
    ("/usr/bin/x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64"),
];

const WINE: &[(&str, &str)] = &[("/usr/lib/wine/wine64", "wine64"), ("/usr/bin/wine", "wine")];

/// `cargo xtask windows`
pub(crate) fn run(profile: &str) -> Result<()> {
    ensure_compilers()?;
    build(profile)?;
    say::line(&format!("the Windows programs are in {}", folder().display()));
    Ok(())
}

/// The packages that the cross-build and Wine need and that are not there.
pub(crate) fn missing() -> Vec<&'static str> {
    missing_of(NEEDS).into_iter().chain(missing_of(WINE)).collect()
}

/// Installs the compilers; Wine too, with [`ensure_all`].
fn ensure_compilers() -> Result<()> {
    ensure(&missing_of(NEEDS))
}

/// Installs the compilers and Wine.
pub(crate) fn ensure_all() -> Result<()> {
    ensure(&missing())
}

fn missing_of(needs: &[(&str, &'static str)]) -> Vec<&'static str> {
    let absent = needs.iter().filter(|(file, _)| !Path::new(file).exists());
    absent.map(|(_, package)| *package).collect()
}

fn ensure(missing: &[&str]) -> Result<()> {
    match missing {
        [] => Ok(()),
        _ if apt::usable() => apt::install(missing),
        _ => bail!("missing packages {}; as root: {}", missing.join(", "), apt::install_command(missing)),
    }
}

/// Where the artefacts are.
fn folder() -> PathBuf {
    hcn_test::tools::windows()
}

/// Builds and lays out the artefacts. `release` for people, `ci` for tests.
pub(crate) fn build(profile: &str) -> Result<()> {
    let mut command = cargo("build");
    command.args(["--profile", profile, "--target", TARGET]);
    let tested: &[&str] = if profile == TESTS { TEST_PACKAGES } else { &[] };
    command.args(PACKAGES.iter().chain(tested).flat_map(|package| ["-p", package]));
    process::run(&mut command)?;
    let built = target().join(TARGET).join(if profile == "dev" { "debug" } else { profile });
    let wine = folder().join("wine");
    fs::create_dir_all(&wine).with_context(|| format!("cannot make {}", wine.display()))?;
    for program in PROGRAMS {
        let program = built.join(format!("{program}.exe"));
        imports::check(&program)?;
        put(&program, &folder())?;
    }
    put(&built.join("hcn-emulator.exe"), &wine)?;
    copy(&built.join("hcn_dll.dll"), &wine.join("computenetwork.dll"))?;
    if profile == TESTS {
        put_stand_ins(&built)?;
    }
    forwarder(&wine.join("vmcompute.dll"))
}

fn put_stand_ins(built: &Path) -> Result<()> {
    let test = folder().join("test");
    fs::create_dir_all(&test).with_context(|| format!("cannot make {}", test.display()))?;
    STAND_INS.iter().try_for_each(|program| put(&built.join(format!("{program}.exe")), &test))
}

/// Debian's cargo with Debian's compiler; rustup's variables would lead it astray.
pub(crate) fn cargo(verb: &str) -> Command {
    let mut command = Command::new("/usr/bin/cargo");
    command.current_dir(home::workspace()).args([verb, "--locked", "-Zbuild-std=std,panic_abort"]);
    for variable in ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTDOC", "CARGO_BUILD_TARGET"] {
        command.env_remove(variable);
    }
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(PathBuf::from("/usr/bin")).chain(std::env::split_paths(&inherited));
    command.env("PATH", std::env::join_paths(path).unwrap_or(inherited));
    command.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", target());
    command
}

/// A target folder of its own: another compiler, another std.
fn target() -> PathBuf {
    home::target().join("cross")
}

/// `vmcompute.dll`, whose one export leads into `computenetwork.dll`.
fn forwarder(to: &Path) -> Result<()> {
    let definition = home::workspace().join("crates/hcn-dll/vmcompute.def");
    let mut command = Command::new("x86_64-w64-mingw32-gcc");
    process::run(command.args(["-shared", "-nostdlib", "-Wl,--entry,0", "-o"]).arg(to).arg(definition))
}

fn put(file: &Path, folder: &Path) -> Result<()> {
    let name = file.file_name().context("a built file has no name")?;
    copy(file, &folder.join(name))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let copied = fs::copy(from, to);
    copied.with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}
