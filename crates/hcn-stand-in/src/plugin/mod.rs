//! A CNI plugin for Windows: an endpoint on a NAT network of HCN, in the namespace that CNI_NETNS names.
//!
//! The endpoint is called `CONTAINERID_NETWORK`, as the plugins that people use call it, and DEL finds it by that name.
//! The network is the one of the conf's `name`; where there is none it is made, and it stays.

mod attach;
mod conf;
pub mod fault;
mod result;

use std::ffi::OsString;
use std::io::Read;

use serde_json::{Value, json};

use crate::host;
use crate::journal::Journal;
use attach::Place;
use conf::Conf;

/// What goes wrong: CNI's code, and words.
#[derive(Debug)]
struct Failure {
    code: u32,
    message: String,
    details: String,
}

impl Failure {
    fn new(code: u32, message: impl Into<String>, details: impl ToString) -> Self {
        Self { code, message: message.into(), details: details.to_string() }
    }
}

/// How a call ends: what it prints, and its exit code.
#[derive(Debug)]
pub struct Ended {
    /// Printed on standard output.
    pub stdout: String,
    /// The exit code.
    pub exit: i32,
}

/// One call: its verb and parameters from the environment, its conf from `stdin`.
pub fn run(environment: impl Fn(&str) -> Option<OsString>, mut stdin: impl Read) -> Ended {
    let mut text = Vec::new();
    let read = stdin.read_to_end(&mut text).map_err(|why| Failure::new(5, "cannot read the conf", why));
    let conf = read.and_then(|_| Conf::read(&text));
    let version = conf.as_ref().map_or("0.2.0", |conf| conf.version()).to_owned();
    match conf.and_then(|conf| call(&Place::read(environment), &conf)) {
        Ok(None) => Ended { stdout: String::new(), exit: 0 },
        Ok(Some(result)) => Ended { stdout: result.to_string(), exit: 0 },
        Err(Failure { code, message, details }) => {
            let error = json!({"cniVersion": version, "code": code, "msg": message, "details": details});
            Ended { stdout: error.to_string(), exit: 1 }
        }
    }
}

/// A verb, with its lines in the journal.
fn call(place: &Place, conf: &Conf) -> Result<Option<Value>, Failure> {
    if place.verb == "VERSION" {
        return Ok(Some(result::versions(conf.version())));
    }
    let journal = Journal::new(&conf.journal);
    let name = format!("CNI/{}", place.verb);
    let hcn = host::service().map_err(|why| Failure::new(100, "there is no host network service", why))?;
    let seen = place.namespace().ok().map(|id| host::namespace(&hcn, id));
    journal.call(
        &name,
        json!({"container": place.container, "netns": place.netns, "ifname": place.ifname,
            "network": conf.name, "seen": seen, "folder": std::env::current_dir().ok()}),
    );
    let done = fault::before(conf, place, &journal).and_then(|()| match place.verb.as_str() {
        "ADD" => {
            attach::add(&hcn, place, conf).and_then(|added| fault::after(conf, place).map(|()| Some(added)))
        }
        "DEL" => attach::del(&hcn, place, conf).map(|()| None),
        "CHECK" => attach::check(&hcn, place, conf).map(|()| None),
        "STATUS" | "GC" => Ok(None),
        other => Err(Failure::new(4, format!("unknown CNI_COMMAND: {other}"), "")),
    });
    match &done {
        Ok(_) => journal.answer(&name, "Ok", ""),
        Err(failure) => journal.answer(&name, &failure.code.to_string(), &failure.message),
    }
    done
}
