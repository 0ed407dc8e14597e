//! `guest-keeper`: what keeps a utility VM, told by the library of changes to its namespace (Windows only). It prints a
//! line for each thing that was tried.

#![forbid(unsafe_code)]

#[cfg(windows)]
fn main() -> anyhow::Result<()> {
    use std::io::Write;
    std::io::stdout().write_all(hcn_stand_in::guest::told()?.as_bytes())?;
    Ok(())
}

#[cfg(not(windows))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("only Windows has keepers of utility VMs")
}
