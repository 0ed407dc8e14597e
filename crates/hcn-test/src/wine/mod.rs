//! A Wine prefix of one test: Windows 10, our `computenetwork.dll` and `vmcompute.dll` in system32, a
//! drive D:, and everything gone when it is dropped or the test is killed.

mod prefix;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::keeper::Keeper;
use crate::{Output, Program, Scratch, tools};

/// The wineserver and Wine's services are up from the start: else the first two programs would both make
/// them, and they would hold the first one's stderr open for ever. On a busy machine that start fails now and then,
/// and nobody says so: it is looked at, and tried again. At the end they go before their files. Debian's
/// wineserver keeps its sockets in a folder of /tmp that the prefix names. What was just starting when the
/// server was stopped starts another, so all that have the prefix in their environment are ended.
const SCRIPT: &str = r#"
trap '' INT TERM HUP PIPE
cd /
export WINEPREFIX="$1/prefix" WINEDEBUG=-all WINEARCH=win64 WINEDLLOVERRIDES=mscoree,mshtml= DISPLAY=
up() {
    grep -lF services.exe /proc/[0-9]*/cmdline | sed 's/cmdline$/environ/' |
        xargs grep -qzxF "WINEPREFIX=$WINEPREFIX"
}
boot() { wineserver -p; wine64 cmd /c exit; up || { wineserver -k; wineserver -w; return 1; }; }
{ boot || boot || boot; } </dev/null >/dev/null 2>&1 &
start=$!
while read -r word; do
    wait "$start" || break
    echo "$word"
done
kill -9 "$start" 2>/dev/null
wineserver -k
wineserver -w
prefix=$WINEPREFIX
unset WINEPREFIX
for file in $(grep -lzxF "WINEPREFIX=$prefix" /proc/[0-9]*/environ 2>/dev/null); do
    folder=${file%/environ}
    kill -9 "${folder#/proc/}" 2>/dev/null
done
sockets=$(cat "$prefix/wineserver" 2>/dev/null)
case "$sockets" in wine-??????) rm -rf "/tmp/$sockets" ;; esac
rm -rf "$1"
"#;

/// A prefix of its own. Processes started through it share one wineserver, and with it named pipes,
/// mutexes and the registry.
#[derive(Debug)]
pub struct Wine {
    keeper: Keeper,
    scratch: Scratch,
}

impl Wine {
    /// A copy of the template prefix, which is made on first use (12 s). A test calls
    /// `hcn_test::require!(Wine, WindowsArtefacts)` first; without artefacts the DLLs are left out.
    ///
    /// # Errors
    /// Where Wine or the compiler fails, or there is no room for the prefix.
    pub fn new() -> Result<Self> {
        let scratch = Scratch::new();
        prefix::copy(&prefix::template()?, &scratch.join("prefix"))?;
        let mut keeper = Keeper::start(SCRIPT, &[scratch.path().as_os_str()], &tools::path())?;
        ensure!(keeper.say("ready"), "Wine's services do not start");
        let wine = Wine { keeper, scratch };
        wine.map_drive("d")?;
        for dll in ["computenetwork.dll", "vmcompute.dll"] {
            let built = tools::windows().join("wine").join(dll);
            if built.is_file() {
                wine.install(&built)?;
            }
        }
        Ok(wine)
    }

    /// Puts a copy of a file into system32.
    ///
    /// # Errors
    /// Where it cannot be copied.
    pub fn install(&self, file: &Path) -> Result<()> {
        let name = file.file_name().context("a file to install has no name")?;
        let to = self.system32().join(name);
        // The one that may be there is a hard link to the template's: it must not be written to.
        let _ = std::fs::remove_file(&to);
        std::fs::copy(file, &to)
            .with_context(|| format!("cannot copy {} to {}", file.display(), to.display()))?;
        Ok(())
    }

    /// The prefix: `WINEPREFIX`.
    pub fn prefix(&self) -> PathBuf {
        self.scratch.join("prefix")
    }

    /// `C:\`
    pub fn drive_c(&self) -> PathBuf {
        self.prefix().join("drive_c")
    }

    /// `D:\`, empty at first.
    pub fn drive_d(&self) -> PathBuf {
        self.scratch.join("d")
    }

    /// `C:\windows\system32`
    pub fn system32(&self) -> PathBuf {
        self.drive_c().join("windows/system32")
    }

    /// A scratch folder that goes with the prefix.
    pub fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// The variables that Wine needs.
    pub fn env(&self) -> Vec<(&'static str, OsString)> {
        prefix::env(&self.prefix())
    }

    /// A Windows program, by Unix path, or by name as Wine knows it (`cmd`).
    pub fn program(&self, exe: impl AsRef<OsStr>) -> Program {
        Program::new(tools::need("wine64")).envs(self.env()).arg(exe).scratch(self.scratch.path())
    }

    /// Runs one of the cross-built programs, by name without `.exe`.
    pub fn run(&self, name: &str, args: &[&str]) -> Output {
        self.program(tools::windows().join(format!("{name}.exe"))).args(args).run()
    }

    /// What a Windows program calls a Unix path: drive letters of the prefix first, else `Z:`.
    pub fn win_path(&self, path: &Path) -> String {
        let drives = [("C:", self.drive_c()), ("D:", self.drive_d()), ("Z:", PathBuf::from("/"))];
        let inside = drives.iter().find_map(|(letter, root)| Some((letter, path.strip_prefix(root).ok()?)));
        let (letter, rest) = inside.unwrap_or((&"Z:", path));
        format!("{letter}\\{}", rest.to_string_lossy().replace('/', "\\"))
    }

    /// Where a path like `C:\dir\file` is. Case is taken as written.
    ///
    /// # Panics
    /// Where it does not start with C:, D: or Z:.
    pub fn unix_path(&self, path: &str) -> PathBuf {
        let (letter, rest) = path.split_at_checked(2).unwrap_or((path, ""));
        let root = match letter.to_ascii_uppercase().as_str() {
            "C:" => self.drive_c(),
            "D:" => self.drive_d(),
            "Z:" => PathBuf::from("/"),
            _ => panic!("`{path}` starts with no drive of this prefix"),
        };
        root.join(rest.trim_start_matches('\\').replace('\\', "/"))
    }

    /// The processes of this prefix whose command line holds the words, by Linux' ids.
    pub fn processes(&self, words: &str) -> Vec<u32> {
        let prefix = format!("WINEPREFIX={}", self.prefix().display()).into_bytes();
        let is_ours = |folder: &Path| {
            let environment = std::fs::read(folder.join("environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == prefix)
        };
        let folders = std::fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
        let found = folders.filter_map(|folder| {
            let id = folder.file_name()?.to_str()?.parse().ok()?;
            let line = std::fs::read(folder.join("cmdline")).ok()?;
            (String::from_utf8_lossy(&line).contains(words) && is_ours(&folder)).then_some(id)
        });
        found.collect()
    }

    fn map_drive(&self, letter: &str) -> Result<()> {
        let link = self.prefix().join(format!("dosdevices/{letter}:"));
        let folder = self.scratch.folder(letter);
        std::os::unix::fs::symlink(folder, &link).with_context(|| format!("cannot make {}", link.display()))
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        self.keeper.end();
    }
}
