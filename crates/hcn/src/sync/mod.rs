//! Telling a guest that its namespace has changed.
//!
//! Endpoints of a namespace of type Guest live in a utility VM, and the Host Network Service tells nobody inside: whoever
//! keeps the VM must be told. hcsshim's convention (`hcn.HostComputeNamespace.Sync`) is followed, so that a program and a
//! shim of either side understand each other: the keeper registers itself under
//! `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\runhcs\cni\NAMESPACE`, value `cfg`, and listens on a pipe of its own.
//!
//! INFERRED: the convention is read off hcsshim; that a keeper of a real utility VM takes the request and gives the
//! endpoint to its guest was never seen. A Hyper-V-isolated container on a real Windows would settle it.

#[cfg(not(windows))]
mod elsewhere;
#[cfg(any(windows, test))]
mod exchange;
#[cfg(windows)]
mod keeper;
#[cfg(windows)]
#[allow(unsafe_code)]
mod pipe;
#[cfg(windows)]
#[allow(unsafe_code)]
mod registry;
#[cfg(not(windows))]
use elsewhere as keeper;

use std::io;
#[cfg(any(windows, test))]
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Code, Error, Failure, Guid, Hcn, NamespaceId, NamespaceKind};

/// What a keeper says of itself in the registry.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Registration {
    /// The container, or pod, whose VM it is.
    #[serde(rename = "ContainerID")]
    container: String,
    /// Names the pipe that the VM's keeper listens on.
    #[serde(rename = "HostUniqueID")]
    host: Guid,
}

/// What is asked of it.
#[derive(Debug, Serialize)]
struct Request<'a> {
    #[serde(rename = "ID")]
    id: &'a str,
    #[serde(rename = "Op")]
    operation: &'static str,
}

/// The whole answer of a keeper that has done it; anything else is its error.
const DONE: &[u8] = b"\0OK\0";

/// How long a keeper may take for all of it: its guest gets or loses an adapter meanwhile.
#[cfg(any(windows, test))]
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest answer that is taken, in bytes: it is a line of an error.
#[cfg(any(windows, test))]
const LONGEST: usize = 64 << 10;

impl Hcn {
    /// Tells the keeper of the namespace's utility VM to look at its endpoints again: after an endpoint was added to a
    /// namespace of type Guest, or removed from it. For every other type nothing is to be done, and neither where no
    /// keeper is registered, or it is gone. Waits until the keeper has answered, 30 seconds at most.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] where the namespace is not there; a registration that cannot be read; and what the
    /// keeper answers, or that it does not, which is in [`Error::record`].
    pub fn sync(&self, namespace: NamespaceId) -> Result<(), Error> {
        if self.namespaces().get(namespace)?.kind() != NamespaceKind::Guest {
            return Ok(());
        }
        let failed =
            |failure| Error::refused(format!("sync namespace `{namespace}` with its guest"), failure);
        tell(namespace).map_err(failed)
    }
}

fn tell(namespace: NamespaceId) -> Result<(), Failure> {
    let Some(registered) = keeper::registered(namespace).map_err(|error| system(&error))? else {
        return Ok(());
    };
    let Registration { container, host } = read(&registered)?;
    let request = request(&container)?;
    // No pipe: the keeper is gone, and its guest with it.
    match keeper::ask(&pipe(host), &request).map_err(|error| system(&error))? {
        None => Ok(()),
        Some(answer) if answer == DONE => Ok(()),
        Some(answer) if answer.is_empty() => Err(said(Code::UNSPECIFIED, "its keeper gave no answer")),
        Some(answer) => Err(said(Code::UNSPECIFIED, &String::from_utf8_lossy(&answer))),
    }
}

fn read(registered: &[u8]) -> Result<Registration, Failure> {
    serde_json::from_slice(registered)
        .map_err(|why| said(Code::INVALID_DATA, &format!("its registration: {why}")))
}

/// One line.
fn request(container: &str) -> Result<Vec<u8>, Failure> {
    let request = Request { id: container, operation: "sync" };
    let mut line = serde_json::to_vec(&request).map_err(|why| said(Code::INVALID_DATA, &why.to_string()))?;
    line.push(b'\n');
    Ok(line)
}

fn pipe(host: Guid) -> String {
    format!(r"\\.\pipe\ProtectedPrefix\Administrators\runhcs-vm-{host}")
}

fn said(code: Code, text: &str) -> Failure {
    Failure { code, record: Some(text.into()) }
}

/// A Win32 error as the HRESULT that it is wrapped in; one of ours in its words.
fn system(error: &io::Error) -> Failure {
    match error.raw_os_error() {
        Some(number) => Failure { code: Code(0x8007_0000 | number.cast_unsigned() & 0xffff), record: None },
        None => said(Code::UNSPECIFIED, &error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keeper_is_asked_in_hcsshim_s_words() {
        let registered =
            br#"{"ContainerID":"pod1","HostUniqueID":"6B29FC40-CA47-1067-B31D-00DD010662DA","More":1}"#;
        let Registration { container, host } = read(registered).unwrap();
        assert_eq!(request(&container).unwrap(), b"{\"ID\":\"pod1\",\"Op\":\"sync\"}\n");
        assert_eq!(
            pipe(host),
            r"\\.\pipe\ProtectedPrefix\Administrators\runhcs-vm-6b29fc40-ca47-1067-b31d-00dd010662da"
        );
    }

    #[test]
    fn an_error_of_the_system_keeps_its_number_and_another_its_words() {
        assert_eq!(system(&io::Error::from_raw_os_error(5)).code, Code(0x8007_0005));
        let Failure { code, record } = system(&io::Error::other("it gave no answer"));
        assert_eq!((code, record.as_deref()), (Code::UNSPECIFIED, Some("it gave no answer")));
    }

    #[test]
    fn a_registration_that_cannot_be_read_is_an_error() {
        let refused = read(br#"{"ContainerID":7}"#).unwrap_err();
        assert_eq!(refused.code, Code::INVALID_DATA);
        assert!(refused.record.unwrap().starts_with("its registration: invalid type"));
    }
}
