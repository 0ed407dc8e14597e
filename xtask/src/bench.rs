//! `cargo xtask bench [NAME…]`: how hcn compares with its peers on this machine, a file a subject. What is compared runs
//! in turns within one run, and ratios of medians are what counts: seconds depend on the machine. A benchmark judges
//! nothing; it fails only where what it measures does not work.

#[cfg(target_os = "linux")]
mod client;
mod figures;
mod namespace;
#[cfg(target_os = "linux")]
mod run;

use anyhow::{Result, bail};

use crate::say;

/// A subject: its name, what it shows, and what measures it.
type Subject = (&'static str, &'static str, fn() -> Result<()>);

const SUBJECTS: &[Subject] = &[
    #[cfg(target_os = "linux")]
    ("run", "hcn run against ctr run, with and without a network, on one daemon and image", run::run),
    ("namespace", "hcn-namespace.exe against a C program on the same DLL, under Wine", namespace::run),
];

/// Measures the named subjects, or all.
pub(crate) fn run(names: &[&str]) -> Result<()> {
    for name in names {
        if !SUBJECTS.iter().any(|(known, ..)| known == name) {
            bail!("there is no benchmark `{name}`; there are:{}", table());
        }
    }
    for (name, what, measure) in SUBJECTS {
        if names.is_empty() || names.contains(name) {
            say::progress(what);
            measure()?;
        }
    }
    Ok(())
}

fn table() -> String {
    SUBJECTS.iter().map(|(name, what, _)| format!("\n  {name:<10} {what}")).collect()
}
