//! `hns-load MILLISECONDS NUMBER`: one of many processes that use the Host Network Service at once. It prints what it
//! did as JSON.

#![forbid(unsafe_code)]

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result};
use hcn_stand_in::load;

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let time = args.next().context("for how many milliseconds?")?.parse().context("no number")?;
    let number = args.next().context("which of the processes is this?")?.parse().context("no number")?;
    let report = load::run(Duration::from_millis(time), number)?;
    std::io::stdout().write_all(serde_json::to_string(&report)?.as_bytes())?;
    Ok(())
}
