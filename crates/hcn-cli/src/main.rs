//! The command line: parse, dispatch, exit.

use std::process::exit;

use hcn_cli::args::{self, Cli, Command, Stop};
use hcn_cli::command::{endpoint, namespace, network};
use hcn_cli::env::{self, Environment};
use hcn_cli::exit::Exit;
use hcn_cli::os::Os;
use hcn_cli::run::options::RunOptions;
use hcn_cli::settings::Settings;
use hcn_cli::{Failure, log, output, run, runtime};

fn main() {
    let code = match args::parse(std::env::args_os()) {
        Ok(cli) => done(dispatch(cli, &Environment::read())),
        Err(Stop::Refused(failure)) => done(Err(failure)),
        Err(Stop::Usage(answer, of_run)) => {
            output::usage(&answer);
            usage_code(&answer, of_run).code()
        }
    };
    // All 32 bits are the container's on Windows.
    exit(code.cast_signed());
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

fn dispatch(cli: Cli, environment: &Environment) -> Result<u32, Failure> {
    let Cli { global, command } = cli;
    log::start(environment.text(env::HCN_LOG).as_deref(), global.verbose);
    match command {
        Command::Run(args) => {
            let settings = Settings::new(&global, &args.places, environment, Os::HOST)?;
            let options = RunOptions::new(*args, Os::HOST)?;
            runtime::new(Exit::Run)?.block_on(run::run(&settings, &options))
        }
        Command::Namespace(args) => namespace::run(args, &global, environment),
        Command::Network(args) => network::run(args, &global, environment),
        Command::Endpoint(args) => endpoint::run(args, &global, environment),
    }
}
