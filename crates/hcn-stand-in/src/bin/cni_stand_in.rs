//! `cni-stand-in`: a CNI plugin, called as the specification says.

#![forbid(unsafe_code)]

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use hcn_stand_in::plugin;

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    if let (Some(verb), Some(lock)) = (args.next(), args.next()) {
        return plugin::fault::child(&verb, &PathBuf::from(lock));
    }
    let ended = plugin::run(|name| std::env::var_os(name), std::io::stdin());
    std::io::stdout().write_all(ended.stdout.as_bytes())?;
    std::process::exit(ended.exit)
}
