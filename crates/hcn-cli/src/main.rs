//! The command line: parse, dispatch, exit.

use std::ffi::OsString;
use std::process::exit;

use hcn_cli::args::{self, Cli, Command, Global, RunArgs, Stop};
use hcn_cli::command::{cni, doctor, endpoint, gc, logs, look, namespace, network, ps, rm, spec, stop};
use hcn_cli::env::{self, Environment};
use hcn_cli::exit::Exit;
use hcn_cli::os::Os;
use hcn_cli::run::keeper::{self, Front};
use hcn_cli::run::options::{Files, RunOptions};
use hcn_cli::settings::Settings;
use hcn_cli::{Failure, log, output, run, runtime};

fn main() {
    let line: Vec<_> = std::env::args_os().collect();
    exit(code_of(&line, Role::Typed).cast_signed());
}

/// Who this process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// What the user started.
    Typed,
    /// What a front started.
    Keeper,
}

/// Does what a command line says; the answer is the exit code. All 32 bits are the container's on Windows.
fn code_of(line: &[OsString], role: Role) -> u32 {
    match args::parse(line.iter().cloned()) {
        Ok(cli) => done(dispatch(cli, line, role)),
        Err(Stop::Refused(failure)) => done(Err(failure)),
        Err(Stop::Usage(answer, of_run)) => {
            output::usage(&answer);
            usage_code(&answer, of_run).code()
        }
    }
}

fn done(ended: Result<u32, Failure>) -> u32 {
    ended.unwrap_or_else(|failure| {
        output::error(&failure);
        failure.exit.code()
    })
}

fn usage_code(answer: &clap::Error, of_run: bool) -> Exit {
    match (answer.use_stderr(), of_run) {
        (false, _) => Exit::Success,
        (true, true) => Exit::Run,
        (true, false) => Exit::Usage,
    }
}

fn dispatch(cli: Cli, line: &[OsString], role: Role) -> Result<u32, Failure> {
    let environment = Environment::read();
    let Cli { global, command } = cli;
    if let Command::Keep(args) = command {
        let line: Vec<_> = line.iter().take(1).cloned().chain(args.words).collect();
        return Ok(code_of(&line, Role::Keeper));
    }
    log::start(environment.text(env::HCN_LOG).as_deref(), global.verbose);
    match command {
        Command::Run(args) => run_command(*args, &global, &environment, (line, role)),
        Command::Namespace(args) => namespace::run(args, &global, &environment),
        Command::Network(args) => network::run(args, &global, &environment),
        Command::Endpoint(args) => endpoint::run(args, &global, &environment),
        Command::Spec(args) => spec::run(&args),
        Command::Cni(args) => {
            let settings = Settings::new(&global, args.places(), &environment, Os::HOST)?;
            cni::run(&args, &settings)
        }
        Command::Doctor(args) => doctor::run(&args, &global, &environment),
        Command::Ps(args) => runtime::new(Exit::Failure)?.block_on(ps::run(&args, &global, &environment)),
        Command::Stop(args) => runtime::new(Exit::Failure)?.block_on(stop::run(&args, &global, &environment)),
        Command::Rm(args) => runtime::new(Exit::Failure)?.block_on(rm::run(&args, &global, &environment)),
        Command::Logs(args) => runtime::new(Exit::Failure)?.block_on(logs::run(&args, &global, &environment)),
        Command::Gc(args) => gc::run(&args, &global, &environment),
        Command::Keep(_) => Ok(Exit::Usage.code()),
        Command::Look(args) => Ok(look::run(&args)),
    }
}

fn run_command(
    args: RunArgs,
    global: &Global,
    environment: &Environment,
    (line, role): (&[OsString], Role),
) -> Result<u32, Failure> {
    let settings = Settings::new(global, &args.places, environment, Os::HOST)?;
    let mut files = match role {
        Role::Typed => Files::there(),
        Role::Keeper => Files::Handed(Box::new(std::io::stdin())),
    };
    let options = RunOptions::new(args, &mut files, Os::HOST)?;
    let front = (role == Role::Keeper).then(|| Front::listen(&settings.state)).transpose()?;
    let is_front = options.detach && options.dry_run.is_none() && front.is_none();
    match is_front {
        true => runtime::new(Exit::Run)?.block_on(keeper::detach(line[1..].to_vec(), &files, options.notes)),
        false => runtime::new(Exit::Run)?.block_on(run::run(&settings, &options, front)),
    }
}
