//! `hcn-emulator`: looks after a store of the emulated Host Network Service.
//!
//! The store is that of the programs: `--store`, else `HCN_EMULATOR_STORE`, else the emulator's default. stdout is data,
//! everything else is stderr. A store that is not there is an error but for `seed`, which makes it: a mistyped path must
//! not come out as a clean one.

#![forbid(unsafe_code)]

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hcn_emulator::{Emulator, Environment, HCN_EMULATOR_STORE, default_store};

const USAGE: &str = "\
usage: hcn-emulator COMMAND [--store PATH]

  dump        print the whole store as JSON
  seed FILE   load what dump printed into an empty store; - is stdin
  reset       remove every object
  check       print what is wrong with the store, a line each

  --store PATH   the store [env: HCN_EMULATOR_STORE] [default: where hcn's programs keep it]

Exit codes: 0 done; 1 something is wrong with the store, or it could not be done; 2 wrong usage.
";

/// Nothing to say about the store: the words were wrong.
const WRONG_USAGE: u8 = 2;

enum Command {
    Help,
    Version,
    Dump,
    Seed(OsString),
    Reset,
    Check,
}

struct Args {
    command: Command,
    store: Option<PathBuf>,
}

fn main() -> ExitCode {
    let args = match parse(std::env::args_os().skip(1).collect()) {
        Ok(args) => args,
        Err(why) => {
            complain(&format!("{why}\n{}", USAGE.trim_end()));
            return WRONG_USAGE.into();
        }
    };
    match run(&args) {
        Ok(code) => code,
        Err(why) => {
            complain(&why);
            ExitCode::FAILURE
        }
    }
}

/// A stderr that is closed keeps nobody from the exit code.
fn complain(why: &str) {
    let _ = writeln!(io::stderr(), "hcn-emulator: {why}");
}

fn parse(words: Vec<OsString>) -> Result<Args, String> {
    let (mut plain, mut store) = (Vec::new(), None);
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--store") => store = Some(words.next().ok_or("--store needs a path")?.into()),
            Some(long) if long.starts_with("--store=") => {
                store = Some(long["--store=".len()..].into());
            }
            Some(flag) if flag.starts_with('-') && flag != "-" && !is_command(flag) => {
                return Err(format!("there is no flag `{flag}`"));
            }
            _ => plain.push(word),
        }
    }
    if store.as_ref().is_some_and(|path: &PathBuf| path.as_os_str().is_empty()) {
        return Err("--store needs a path".to_owned());
    }
    Ok(Args { command: command(plain)?, store })
}

fn is_command(flag: &str) -> bool {
    ["-h", "--help", "-V", "--version"].contains(&flag)
}

fn command(plain: Vec<OsString>) -> Result<Command, String> {
    let words: Vec<&str> = plain.iter().map(|word| word.to_str().unwrap_or_default()).collect();
    match words[..] {
        [] => Err("a command is missing".to_owned()),
        ["-h" | "--help" | "help", ..] => Ok(Command::Help),
        ["-V" | "--version", ..] => Ok(Command::Version),
        ["dump"] => Ok(Command::Dump),
        ["reset"] => Ok(Command::Reset),
        ["check"] => Ok(Command::Check),
        ["seed", _] => Ok(Command::Seed(plain[1].clone())),
        ["seed"] => Err("seed needs the file that dump printed, or - for stdin".to_owned()),
        [first, ..] => Err(format!("no such command: `{}`", first.escape_debug())),
    }
}

fn run(args: &Args) -> Result<ExitCode, String> {
    match &args.command {
        Command::Help => print(USAGE),
        Command::Version => print(concat!("hcn-emulator ", env!("CARGO_PKG_VERSION"), "\n")),
        Command::Dump => {
            let text = existing(args)?.dump().map_err(|why| format!("cannot dump the store: {why}"))?;
            print(&format!("{text}\n"))
        }
        Command::Seed(file) => {
            let text = text(file)?;
            let failed = |why| format!("cannot seed the store: {why}");
            // No store is made for what would not go into it.
            Emulator::in_memory().seed(&text).map_err(failed)?;
            open(&path(args)?)?.seed(&text).map_err(failed)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Reset => {
            existing(args)?.reset().map_err(|why| format!("cannot reset the store: {why}"))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Check => check(args),
    }
}

fn check(args: &Args) -> Result<ExitCode, String> {
    let wrong = existing(args)?.check().map_err(|why| format!("cannot check the store: {why}"))?;
    print(&wrong.iter().map(|line| format!("{line}\n")).collect::<String>())?;
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn path(args: &Args) -> Result<PathBuf, String> {
    let variable = || std::env::var_os(HCN_EMULATOR_STORE).filter(|path| !path.is_empty()).map(PathBuf::from);
    match args.store.clone().or_else(variable) {
        Some(path) => Ok(path),
        None => default_store(&Environment::of_this_process()).map_err(|why| why.to_string()),
    }
}

fn existing(args: &Args) -> Result<Emulator, String> {
    let path = path(args)?;
    match fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(format!("there is no store at `{}`; name one with --store", path.display()))
        }
        _ => open(&path),
    }
}

fn open(path: &Path) -> Result<Emulator, String> {
    Emulator::open(path).map_err(|why| why.to_string())
}

fn text(file: &OsString) -> Result<String, String> {
    let mut text = String::new();
    let read = match file.to_str() {
        Some("-") => io::stdin().read_to_string(&mut text),
        _ => fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text)),
    };
    match read {
        Ok(_) => Ok(text),
        Err(error) => Err(format!("cannot read `{}`: {error}", Path::new(file).display())),
    }
}

fn print(text: &str) -> Result<ExitCode, String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(format!("cannot write to stdout: {error}")),
    }
}
