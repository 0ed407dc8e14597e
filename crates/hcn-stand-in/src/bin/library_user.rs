//! `library-user`: tries the library's verbs on every kind of object and tells what became of each; `library-user calls`
//! makes the calls of the C ABI one by one instead.

#![forbid(unsafe_code)]

use std::io::Write;

use anyhow::{Result, bail};
use hcn::{Dll, Failure};
use hcn_stand_in::{caller, user};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let told = match words[..] {
        [] => user::told()?,
        ["calls"] => caller::told(&Dll::new()).map_err(shown)?,
        _ => bail!("usage: library-user [calls]"),
    };
    std::io::stdout().write_all(told.as_bytes())?;
    Ok(())
}

fn shown(Failure { code, record }: Failure) -> anyhow::Error {
    anyhow::anyhow!("{code}: {}", record.unwrap_or_default())
}
