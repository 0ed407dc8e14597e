//! The template prefix, made once and kept under the target folder, and copies of it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{Program, tools};

/// Changes when the template's contents do.
const VERSION: &str = "1";

/// Wine 8.0 lacks it, Rust's std and Go's runtime import it.
const PROCESS_PRNG: &str = r"
int __stdcall SystemFunction036(void *buffer, unsigned long length);
__declspec(dllexport) int __stdcall ProcessPrng(void *buffer, unsigned long length)
{
    return SystemFunction036(buffer, length);
}
";

/// The variables of every Wine process: no messages of its own, no questions about Mono and Gecko.
pub(super) fn env(prefix: &Path) -> Vec<(&'static str, OsString)> {
    vec![
        ("WINEPREFIX", prefix.into()),
        ("WINEDEBUG", "-all".into()),
        ("WINEARCH", "win64".into()),
        ("WINEDLLOVERRIDES", "mscoree,mshtml=".into()),
        ("DISPLAY", OsString::new()),
        ("PATH", tools::path()),
    ]
}

/// The template: made by the first who asks, while the others wait for its lock.
pub(super) fn template() -> Result<PathBuf> {
    let folder = tools::target().join("hcn-test");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let lock = File::create(folder.join("wine.lock")).context("cannot make the template's lock")?;
    lock.lock().context("cannot lock the template")?;
    let template = folder.join(format!("wine-{VERSION}"));
    if !template.exists() {
        make(&folder, &template)?;
    }
    Ok(template)
}

/// Made beside its place and renamed, so that half a prefix is never taken for one.
fn make(folder: &Path, template: &Path) -> Result<()> {
    let beside =
        tempfile::Builder::new().prefix("wine-").tempdir_in(folder).context("cannot make a prefix")?;
    let prefix = beside.path().join("prefix");
    for words in [&["wineboot", "-i"][..], &["winecfg", "-v", "win10"]] {
        wine("wine64", &prefix, words);
    }
    wine("wineserver", &prefix, &["-k"]);
    wine("wineserver", &prefix, &["-w"]);
    forget_sockets(&prefix);
    build_process_prng(beside.path(), &prefix)?;
    fs::rename(&prefix, template).with_context(|| format!("cannot make {}", template.display()))
}

/// `wineserver -k` answers 1 where none runs, so exits are not judged; a broken prefix fails right after.
fn wine(program: &str, prefix: &Path, words: &[&str]) {
    let program = Program::new(tools::need(program)).envs(env(prefix)).args(words);
    program.deadline(std::time::Duration::from_secs(180)).run();
}

/// Debian's wineserver notes in the prefix which folder of /tmp holds its sockets: a copy makes its own.
fn forget_sockets(prefix: &Path) {
    let note = prefix.join("wineserver");
    let name = fs::read_to_string(&note).unwrap_or_default();
    if name.len() == 11 && name.starts_with("wine-") && !name.contains('/') {
        let _ = fs::remove_dir_all(Path::new("/tmp").join(name));
    }
    let _ = fs::remove_file(note);
}

fn build_process_prng(folder: &Path, prefix: &Path) -> Result<()> {
    let source = folder.join("prng.c");
    fs::write(&source, PROCESS_PRNG).context("cannot write a C file")?;
    let dll = prefix.join("drive_c/windows/system32/bcryptprimitives.dll");
    let compiler = Program::new(tools::need("x86_64-w64-mingw32-gcc"));
    compiler.args(["-shared", "-o"]).arg(dll).arg(source).arg("-ladvapi32").run().success();
    Ok(())
}

/// Copies a prefix. Windows' own files (700 MB) become hard links where that is possible: nothing
/// writes to them.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let (from, to) =
            entry.map(|entry| (entry.path(), to.join(entry.file_name()))).context("cannot read a prefix")?;
        let kind = from.symlink_metadata().context("cannot read a prefix")?.file_type();
        if kind.is_dir() {
            copy(&from, &to)?;
        } else {
            copy_file(&from, &to, kind.is_symlink())
                .with_context(|| format!("cannot make {}", to.display()))?;
        }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path, is_link: bool) -> std::io::Result<()> {
    if is_link {
        return std::os::unix::fs::symlink(fs::read_link(from)?, to);
    }
    let shared = from.components().any(|part| part.as_os_str() == "windows");
    if shared && fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to).map(drop)
}
