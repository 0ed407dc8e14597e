//! `library-user`: tries the library's verbs on every kind of object and tells what became of each.

#![forbid(unsafe_code)]

use std::io::Write;

use anyhow::Result;
use hcn_stand_in::user;

fn main() -> Result<()> {
    std::io::stdout().write_all(user::told()?.as_bytes())?;
    Ok(())
}
