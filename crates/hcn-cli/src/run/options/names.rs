//! The flags that say by which names a container finds others.

use std::net::IpAddr;

use crate::Failure;
use crate::args::RunArgs;

/// `--dns`.
pub(super) fn servers(args: &RunArgs) -> Result<Vec<IpAddr>, Failure> {
    let read = |text: &str| {
        text.parse().map_err(|_| {
            Failure::run(format!(
                "cannot use --dns `{text}`: it is no IP address; write one, as in 192.0.2.53"
            ))
        })
    };
    args.texts("dns").map(read).collect()
}

/// `--add-host NAME:ADDRESS`; an address of IPv6 may stand in brackets.
pub(super) fn hosts(args: &RunArgs) -> Result<Vec<(String, IpAddr)>, Failure> {
    args.texts("add-host").map(host).collect()
}

fn host(text: &str) -> Result<(String, IpAddr), Failure> {
    let wrong = |why: &str| {
        Failure::run(format!("cannot use --add-host `{text}`: {why}; write NAME:ADDRESS, as in db:192.0.2.7"))
    };
    let (name, address) = text.split_once([':', '=']).ok_or_else(|| wrong("it is not NAME:ADDRESS"))?;
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#') {
        return Err(wrong("its name is none"));
    }
    let bare = address.strip_prefix('[').and_then(|address| address.strip_suffix(']')).unwrap_or(address);
    Ok((name.to_owned(), bare.parse().map_err(|_| wrong(&format!("`{address}` is no IP address")))?))
}
