//! Links the program statically on Linux, so that it runs in any image, with whatever libc or none: also by a plain
//! `cargo build`, for which neither a flag of the compiler (`crt-static`) nor a target of its own can be asked for here.
//!
//! rustc names the C libraries to link dynamically. A folder that is searched first has files of their names, which lead
//! the linker to the static ones. Where the machine has no static C library, the program is linked as usual, and a
//! warning says so.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What rustc's std names for the linker, on Linux with glibc.
const NAMED: &[&str] = &["c", "dl", "gcc_s", "m", "pthread", "rt", "util"];
/// What all of it is in.
const STATIC: &[&str] = &["libc.a", "libgcc_eh.a", "libgcc.a"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if !is_wanted() {
        return;
    }
    match prepare() {
        Some(folder) => {
            for arg in ["-static-pie".to_owned(), format!("-L{}", folder.display())] {
                println!("cargo:rustc-link-arg-bin=hcn-lockprobe={arg}");
            }
        }
        None => println!(
            "cargo:warning=no static C library (libc.a, libgcc_eh.a) was found: hcn-lockprobe runs in images alone that \
             have this machine's libc"
        ),
    }
}

/// musl is static by itself, and so is what is built with `crt-static`. Another machine's libraries are not looked for.
fn is_wanted() -> bool {
    let says = |name: &str| env::var(name).unwrap_or_default();
    let has_crt_static = says("CARGO_CFG_TARGET_FEATURE").split(',').any(|feature| feature == "crt-static");
    let is_gnu_linux = says("CARGO_CFG_TARGET_OS") == "linux" && says("CARGO_CFG_TARGET_ENV") == "gnu";
    is_gnu_linux && says("HOST") == says("TARGET") && !has_crt_static
}

/// The folder to be searched first; none where something is missing.
fn prepare() -> Option<PathBuf> {
    let found: Option<Vec<_>> = STATIC.iter().map(|file| place(file)).collect();
    let script = format!("GROUP({})\n", found?.join(" "));
    let folder = PathBuf::from(env::var_os("OUT_DIR")?);
    for name in NAMED {
        fs::write(folder.join(format!("lib{name}.a")), &script).ok()?;
    }
    Some(folder)
}

/// Where the compiler that links has a file; it answers with the bare name where it has none.
fn place(file: &str) -> Option<String> {
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let answer = Command::new(linker).arg(format!("-print-file-name={file}")).output().ok()?;
    let path = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    Path::new(&path).is_absolute().then_some(path)
}
