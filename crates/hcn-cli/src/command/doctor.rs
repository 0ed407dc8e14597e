//! `hcn doctor`: which checks to ask, about what, and how to print what they found.

use std::path::PathBuf;
use std::rc::Rc;

use hcn::Hcn;

use crate::args::{Format, Global, Places};
use crate::doctor::check::Check;
use crate::doctor::checks;
use crate::doctor::facts::{Absent, Facts};
use crate::doctor::report;
use crate::doctor::source;
use crate::doctor::source::answers::Answers;
use crate::doctor::subject::Subject;
use crate::env::Environment;
use crate::exit::Exit;
use crate::os::Os;
use crate::settings::Settings;
use crate::{Failure, doctor, output, spec};

/// Of what is not waited for.
const LET_GO: &str =
    "; the lock probe did not end and was let go of: `hcn gc` removes what its container left";

/// Nothing is changed. Exit codes: 0 no check failed, 1 a check failed, 2 wrong usage, 125 doctor itself failed.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct DoctorArgs {
    /// Only the checks of these ids
    #[arg(long, value_name = "ID")]
    pub only: Vec<String>,
    /// List the checks
    #[arg(long, conflicts_with_all = ["explain", "only"])]
    pub list: bool,
    /// Say what a check looks at, and why it matters
    #[arg(long, value_name = "ID", conflicts_with = "only")]
    pub explain: Option<String>,
    /// Look at this config.json, and at what it needs; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["list", "explain"])]
    pub config: Option<PathBuf>,
    /// Look at this bind mount, as in type=bind,src=/a,dst=/b,options=rbind:ro
    #[arg(long, value_name = "MOUNT", conflicts_with_all = ["list", "explain"])]
    pub mount: Vec<String>,
    /// Put the mounts' volumes beside that of a folder that works, and say what differs
    #[arg(long, value_name = "PATH", conflicts_with_all = ["list", "explain"])]
    pub compare: Option<PathBuf>,
    /// Look at this image: is it for this host?
    #[arg(long, value_name = "REF", conflicts_with_all = ["list", "explain"])]
    pub image: Option<String>,
    /// Try lock files inside a container of the image too, through the mounts
    #[arg(long, requires = "image", conflicts_with_all = ["list", "explain"])]
    pub in_container: bool,
    /// How to print: table or json
    #[arg(short, long, value_name = "FORMAT", default_value = "table", hide_possible_values = true)]
    pub output: Format,
    /// Where snapshots and networks come from.
    #[command(flatten)]
    pub places: Places,
}

/// Ask the checks and print what they found.
///
/// # Errors
/// An id that no check has, a setting that cannot be.
pub fn run(args: &DoctorArgs, global: &Global, environment: &Environment) -> Result<u32, Failure> {
    if args.list {
        return print(report::list(checks::ALL, args.output));
    }
    if let Some(id) = &args.explain {
        return print(report::explain(find(id)?, args.output));
    }
    let chosen = chosen(&args.only)?;
    let settings = Settings::new(global, &args.places, environment, Os::HOST)?;
    let answers = Rc::new(Answers::new(std::env::current_exe().ok()));
    let subject = subject(args, &answers)?;
    let containerd = source::containerd::Daemon::new(&settings)?;
    let runs = source::runs::Journals(settings.state.clone());
    let flags = passed_on(global);
    let image = subject.image.as_deref().filter(|_| args.in_container);
    let locks = source::locks::Probe::new(&settings, image, Rc::clone(&answers));
    let facts = Facts {
        os: Os::HOST,
        subject: &subject,
        flags: &flags,
        containerd: &containerd,
        cni: &source::cni::Folders(&settings),
        hns: &source::hns::Service::new(Hcn::system()),
        host: &source::host::Machine { answers: Rc::clone(&answers) },
        locks: &locks,
        runs: &runs,
        volume: &source::volume::Disks::new(answers),
    };
    let found = doctor::examine(&chosen, &facts);
    if let Some(signal) = locks.stopped_by() {
        let rest = if locks.has_let_go() { LET_GO } else { "" };
        output::error(format_args!("stopped by {signal}: there is no report{rest}"));
        return Ok(128 + signal.linux_number());
    }
    print(match args.output {
        Format::Table => found.text(),
        Format::Json => format!("{:#}\n", found.json()),
    })?;
    Ok(found.exit().code())
}

/// What was given by flags, for the commands that are offered; what was given by variables they have of themselves.
fn passed_on(global: &Global) -> String {
    let state = global.state.as_ref().map(|state| state.display().to_string());
    let given = [
        ("--address", &global.address),
        ("--containerd-namespace", &global.containerd_namespace),
        ("--state", &state),
    ];
    let word = |(flag, value): (&str, &Option<String>)| {
        value.as_ref().map(|value| format!(" {flag} {}", doctor::shell::quoted(Os::HOST, value)))
    };
    given.into_iter().filter_map(word).collect()
}

fn subject(args: &DoctorArgs, answers: &Answers) -> Result<Subject, Failure> {
    let DoctorArgs { config, mount, image, compare, .. } = args;
    let file = config.iter().filter(|file| !spec::is_stdin(file));
    for path in file.chain(compare) {
        let silent = |absent: Absent| {
            Failure::run(format!("cannot look at {}; bring back what serves it", absent.why()))
        };
        answers.of(path).map_err(silent)?;
    }
    Subject::new(config.as_deref(), mount, image.as_deref(), Os::HOST)
        .map_err(|wrong| Failure::new(Exit::Usage, wrong.error))?
        .compared_with(compare.as_deref())
}

fn print(text: String) -> Result<u32, Failure> {
    output::data(text).map_err(|why| Failure::run(format!("cannot print the report: {why}")))?;
    Ok(Exit::Success.code())
}

fn chosen(ids: &[String]) -> Result<Vec<&'static dyn Check>, Failure> {
    match ids {
        [] => Ok(checks::ALL.to_vec()),
        ids => ids.iter().map(|id| find(id)).collect(),
    }
}

fn find(id: &str) -> Result<&'static dyn Check, Failure> {
    let unknown =
        || Failure::new(Exit::Usage, format!("there is no check `{id}`; `hcn doctor --list` names them all"));
    checks::ALL.iter().copied().find(|check| check.about().id == id).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_means_the_same_places() {
        let global = Global {
            address: Some("/x/c.sock".into()),
            state: Some("/a b".into()),
            timeout: Some(std::time::Duration::ZERO),
            ..Global::default()
        };
        assert_eq!(passed_on(&global), " --address /x/c.sock --state '/a b'");
        assert_eq!(passed_on(&Global::default()), "");
    }

    #[test]
    fn an_unknown_check_is_wrong_usage_and_the_error_says_where_the_known_ones_are() {
        let refused = find("hcn.dlll").map(|_| ()).unwrap_err();
        assert_eq!(refused.exit, Exit::Usage);
        insta::assert_snapshot!(refused, @"there is no check `hcn.dlll`; `hcn doctor --list` names them all");
    }
}
