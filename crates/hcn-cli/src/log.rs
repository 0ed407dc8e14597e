//! The log on standard error: silent unless `HCN_LOG` or `--verbose` ask for it. What the user must know goes through
//! [`crate::output`] instead.

use tracing_subscriber::EnvFilter;

/// What `--verbose` shows.
const VERBOSE: &str = "hcn=debug,hcn_cli=debug,hcn_cni=debug,hcn_containerd=debug";

/// Start logging. `HCN_LOG` says what; a part of it that cannot be read is left out.
pub fn start(wanted: Option<&str>, verbose: bool) {
    let Some(filter) = wanted.or(verbose.then_some(VERBOSE)) else { return };
    let filter = EnvFilter::builder().parse_lossy(filter);
    // A second start, in a process that is a test, changes nothing.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
