//! `hcn spec`: a config.json made or changed, and what is wrong with it.

use std::io;
use std::path::{Path, PathBuf};

use crate::args::Format;
use crate::exit::Exit;
use crate::os::Os;
use crate::output::{self, Notes};
use crate::spec::{self, Change, Document, Files, Kind, Mount, Problem, Unread, User};
use crate::{Failure, whole_file};

/// Make or change a config.json, and tell everything that is wrong with it
#[derive(Debug, Clone, Default, clap::Args)]
#[command(
    override_usage = "hcn spec [OPTIONS] [FILE] [-- COMMAND [ARGUMENT]...]",
    after_help = "Without FILE a default spec is made. Only what is set changes; every other byte stays. What is wrong \
                  is told all at once, and then nothing is written.\n\n\
                  ctr snapshot prepare --mounts KEY PARENT | hcn spec --snapshot - -i config.json"
)]
pub struct SpecArgs {
    /// The config.json; - is standard input
    pub file: Option<PathBuf>,
    /// The command and its arguments, behind --
    #[arg(last = true, hide = true, value_name = "COMMAND")]
    pub command: Vec<String>,
    /// The system of the spec: linux or windows [default: what it says itself, else this host's]
    #[arg(long, value_name = "SYSTEM", value_parser = parse_os)]
    pub os: Option<Os>,
    /// Write to FILE instead of standard output, whole or not at all
    #[arg(short, long, requires = "file")]
    pub in_place: bool,
    /// Only tell what is wrong, and exit with 1 if anything is
    #[arg(long, conflicts_with = "in_place")]
    pub check: bool,
    /// How --check tells it
    #[arg(short, long, value_name = "FORMAT", requires = "check")]
    pub output: Option<Format>,
    /// The network namespace: a GUID on Windows, a path on Linux
    #[arg(long, value_name = "NAMESPACE")]
    pub network_namespace: Option<String>,
    /// The container's files, from what `ctr snapshot prepare --mounts` prints; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "rootfs")]
    pub snapshot: Option<PathBuf>,
    /// The container's files: a folder (Linux)
    #[arg(long, value_name = "FOLDER")]
    pub rootfs: Option<String>,
    /// A mount, as in type=bind,src=/a,dst=/b,options=rbind:ro
    #[arg(long, value_name = "MOUNT")]
    pub mount: Vec<String>,
    /// A folder or file of the host in the container
    #[arg(short = 'v', long, value_name = "SRC:DST[:ro]")]
    pub volume: Vec<String>,
    /// Set an environment variable; a name alone takes it out
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    pub env: Vec<String>,
    /// The user: a name on Windows; UID, UID:GID or root on Linux
    #[arg(short, long, value_name = "USER")]
    pub user: Option<String>,
    /// The working folder of the command
    #[arg(short = 'w', long, value_name = "FOLDER")]
    pub cwd: Option<String>,
    /// The container's host name
    #[arg(long, value_name = "NAME")]
    pub hostname: Option<String>,
}

fn parse_os(text: &str) -> Result<Os, String> {
    [Os::Linux, Os::Windows]
        .into_iter()
        .find(|os| os.name() == text)
        .ok_or_else(|| "there are linux and windows".to_owned())
}

/// Do it; the exit code.
///
/// # Errors
/// A file that cannot be read or written, or flags that do not fit the spec's system. Problems of the spec itself are
/// told one a line, and the code is 1.
pub fn run(args: &SpecArgs) -> Result<u32, Failure> {
    refuse_two_inputs(args)?;
    let source = Source::read(args)?;
    let os = source.system(args.os)?;
    if args.check {
        return tell(args, &source, &spec::check(&source.text, os));
    }
    let broken: Vec<_> = problems(&source.text, os, |kind| matches!(kind, Kind::Syntax | Kind::Shape));
    if !broken.is_empty() {
        return tell(args, &source, &spec::check(&source.text, os));
    }
    let changed = source.changed(&change(args, os)?, os)?;
    let wrong = problems(&changed, os, |kind| kind != Kind::Missing);
    if !wrong.is_empty() {
        return tell(args, &source, &wrong);
    }
    for missing in problems(&changed, os, |kind| kind == Kind::Missing) {
        Notes::Shown.note(format_args!("{}: {missing}", source.name));
    }
    write(args, &source, &changed).map(|()| Exit::Success.code())
}

fn problems(text: &str, os: Os, which: impl Fn(Kind) -> bool) -> Vec<Problem> {
    spec::check(text, os).into_iter().filter(|problem| which(problem.kind)).collect()
}

fn usage(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Usage, error)
}

fn refuse_two_inputs(args: &SpecArgs) -> Result<(), Failure> {
    let is_stdin = |file: &Option<PathBuf>| file.as_deref().is_some_and(spec::is_stdin);
    if is_stdin(&args.file) && args.in_place {
        return Err(usage("--in-place needs a file: standard input has no place; name the file"));
    }
    match is_stdin(&args.file) && is_stdin(&args.snapshot) {
        true => Err(usage(
            "standard input can be read once: as FILE or as --snapshot; name a file for one of them",
        )),
        false => Ok(()),
    }
}

/// The spec as it is before anything is set.
struct Source {
    name: String,
    text: String,
    /// Did nobody write it?
    is_template: bool,
}

impl Source {
    fn read(args: &SpecArgs) -> Result<Self, Failure> {
        let Some(file) = &args.file else {
            let text = spec::template(args.os.unwrap_or(Os::HOST));
            return Ok(Self { name: "the default spec".to_owned(), text, is_template: true });
        };
        let name = name_of(file);
        let text = spec::read(file).map_err(|why| unread(&name, &why))?;
        Ok(Self { name, text, is_template: false })
    }

    /// The system that it is for.
    fn system(&self, wanted: Option<Os>) -> Result<Os, Failure> {
        let os = spec::system_of(&self.text, wanted.unwrap_or(Os::HOST));
        match wanted.is_none_or(|wanted| wanted == os) {
            true => Ok(os),
            false => {
                Err(usage(format_args!("--os does not fit {}: it is for {os}; leave it out", self.name)))
            }
        }
    }

    fn changed(&self, change: &Change, os: Os) -> Result<String, Failure> {
        let wrong = |why: &dyn std::fmt::Display| {
            Failure::new(Exit::Failure, format_args!("cannot use {}: {why}", self.name))
        };
        let mut document = Document::parse(self.text.clone()).map_err(|why| wrong(&why))?;
        change.apply(&mut document, os).map_err(|why| wrong(&why))?;
        Ok(document.into_text())
    }
}

fn name_of(file: &Path) -> String {
    match spec::is_stdin(file) {
        true => "standard input".to_owned(),
        false => file.display().to_string(),
    }
}

fn unread(name: &str, why: &Unread) -> Failure {
    match why {
        Unread::Io(why) => {
            Failure::new(exit_of(why), format_args!("cannot read {name}: {why}; correct the path"))
        }
        Unread::NoText(why, fix) => {
            Failure::new(Exit::Failure, format_args!("cannot use {name}: {why}; {fix}"))
        }
    }
}

fn exit_of(why: &io::Error) -> Exit {
    match why.kind() {
        io::ErrorKind::NotFound => Exit::NotFound,
        io::ErrorKind::PermissionDenied => Exit::AccessDenied,
        _ => Exit::Failure,
    }
}

/// What is to be set, read by the rules of the spec's system.
fn change(args: &SpecArgs, os: Os) -> Result<Change, Failure> {
    let user = args.user.as_deref().map(|text| {
        User::parse(text, os).map_err(|why| usage(format_args!("cannot use --user `{text}`: {why}")))
    });
    Ok(Change {
        network_namespace: args.network_namespace.as_deref().map(|name| namespace(name, os)),
        files: files(args, os)?,
        mounts: mounts(args, os)?,
        env: args.env.clone(),
        args: args.command.clone(),
        user: user.transpose()?,
        cwd: args.cwd.clone(),
        hostname: args.hostname.clone(),
    })
}

/// Plugins compare GUIDs as text: lower case, without braces. What is none is told with all that is wrong.
fn namespace(name: &str, os: Os) -> String {
    match (os, name.parse::<hcn::Guid>()) {
        (Os::Windows, Ok(id)) => id.to_string(),
        _ => name.to_owned(),
    }
}

fn files(args: &SpecArgs, os: Os) -> Result<Option<Files>, Failure> {
    if let Some(folder) = &args.rootfs {
        return match os {
            Os::Linux => Ok(Some(Files::Folder(folder.clone(), false))),
            Os::Windows => Err(usage("--rootfs is not for Windows: its files are layers; use --snapshot")),
        };
    }
    let Some(file) = &args.snapshot else { return Ok(None) };
    let name = name_of(file);
    let text = spec::read(file).map_err(|why| unread(&name, &why))?;
    let wrong = |why: &dyn std::fmt::Display| {
        Failure::new(Exit::Failure, format_args!("cannot use the snapshot of {name}: {why}"))
    };
    let files = spec::files(&text).map_err(|why| wrong(&why))?;
    match (os, &files) {
        (Os::Linux, Files::Folder(..)) | (Os::Windows, Files::Layers(_)) => Ok(Some(files)),
        (Os::Linux, Files::Layers(_)) => {
            Err(wrong(&"it is of Windows, and the spec is for Linux; use --os windows"))
        }
        (Os::Windows, Files::Folder(..)) => {
            Err(wrong(&"it is of Linux, and the spec is for Windows; use --os linux"))
        }
    }
}

/// A type `bind` is left out on Windows, where the shims refuse it.
fn mounts(args: &SpecArgs, os: Os) -> Result<Vec<Mount>, Failure> {
    let typed = args.mount.iter().map(|text| Mount::from_csv(text, os));
    let volumes = args.volume.iter().map(|text| Mount::from_volume(text, os));
    let mut mounts =
        typed.chain(volumes).collect::<Result<Vec<_>, _>>().map_err(|failure| usage(failure.error))?;
    for mount in mounts.iter_mut().filter(|mount| os == Os::Windows && mount.kind.as_deref() == Some("bind"))
    {
        mount.kind = None;
    }
    Ok(mounts)
}

/// Tell what is wrong, one a line; a list of which nothing is left out as JSON.
fn tell(args: &SpecArgs, source: &Source, found: &[Problem]) -> Result<u32, Failure> {
    let json = args.output == Some(Format::Json);
    if json {
        output::data(as_json(source, found)).map_err(not_written)?;
    } else {
        found.iter().for_each(|problem| output::error(format_args!("cannot use {}: {problem}", source.name)));
        if found.len() == spec::MOST {
            output::error(format_args!("cannot use {}: there may be more; correct these first", source.name));
        }
    }
    Ok(if found.is_empty() { Exit::Success } else { Exit::Failure }.code())
}

fn as_json(source: &Source, found: &[Problem]) -> String {
    let one = |problem: &Problem| {
        serde_json::json!({
            "file": source.name,
            "kind": problem.kind.name(),
            "path": problem.path,
            "reason": problem.why,
            "fix": problem.fix,
        })
    };
    let list: Vec<_> = found.iter().map(one).collect();
    format!("{:#}\n", serde_json::Value::from(list))
}

fn not_written(why: io::Error) -> Failure {
    let exit = exit_of(&why);
    Failure::new(exit, format_args!("cannot write to standard output: {why}; nothing else was changed"))
}

fn write(args: &SpecArgs, source: &Source, text: &str) -> Result<(), Failure> {
    match (&args.file, args.in_place) {
        (Some(_), true) if text == source.text && !source.is_template => Ok(()),
        (Some(file), true) => whole_file::replace(file, text).map_err(|why| {
            let fix = "it is as it was; see that its folder can be written to and has room";
            Failure::new(exit_of(&why), format_args!("cannot write {}: {why}; {fix}", file.display()))
        }),
        _ => output::data(text).map_err(not_written),
    }
}
