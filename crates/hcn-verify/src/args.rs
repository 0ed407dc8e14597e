//! The command line.

use std::path::PathBuf;

/// Judge the Host Network Service of this host and write a report
///
/// It makes, changes and removes networks, endpoints and namespaces of its own, named hcn-verify-*, and asks what the
/// service does with each call that hcn makes. Without --yes it says what it would do and calls nothing.
#[derive(Clone, Debug, clap::Parser)]
#[command(
    name = "hcn-verify",
    version,
    after_help = "Exit codes: 0 no failure; 1 a failure, or something is left; 2 wrong usage, or an earlier report is in the way; \
                  3 nothing was called, for --yes was not given; 4 it did not come to its end: interrupted, no service, no \
                  report."
)]
pub(crate) struct Args {
    /// Do it
    #[arg(long)]
    pub(crate) yes: bool,
    /// The report, replaced as a whole before each call
    #[arg(long, value_name = "FILE", default_value = "hcn-verify-report.json")]
    pub(crate) report: PathBuf,
    /// Ask also what touches more than objects of its own: adapters, the host's own namespace
    #[arg(long)]
    pub(crate) disruptive: bool,
    /// Ask only this case, or those whose ids begin with this and a dot; may be given several times
    #[arg(long, value_name = "ID")]
    pub(crate) only: Vec<String>,
    /// Remove what an earlier run left, by its report and by name, and ask nothing
    #[arg(long, conflicts_with = "disruptive")]
    pub(crate) clean: bool,
    /// The hcn that runs a container [default: the one beside this program]
    #[arg(long, value_name = "PATH")]
    pub(crate) hcn: Option<PathBuf>,
    /// containerd's address [default on Windows: \\.\pipe\containerd-containerd; elsewhere no container is run]
    #[arg(long, value_name = "ADDRESS", env = "CONTAINERD_ADDRESS")]
    pub(crate) containerd: Option<String>,
    /// The container's image [default on Windows: the release's nanoserver]
    #[arg(long, value_name = "IMAGE")]
    pub(crate) image: Option<String>,
    /// The host network service: system; off Windows also emulator (the default) and emulator:PATH [env: HCN_HNS]
    #[arg(long, value_name = "SERVICE")]
    pub(crate) hns: Option<crate::service::Choice>,
}
