//! The connection: made within a limit, tried twice, and made anew by itself after it was lost.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::time::{sleep, timeout};
use tonic::transport::{Channel, Endpoint, Uri};

use crate::call::raw;
use crate::error::causes;
use crate::pb::containerd::services::version::v1::version_client::VersionClient;
use crate::{Address, Error, ErrorKind, sys};

/// The longest error text that arrives whole, headers included, in bytes. A runtime's text, which travels in a header,
/// can be longer than hyper's 16 KiB.
const LONGEST_HEADERS: u32 = 1 << 20;

/// Between two tries to open a busy listener.
const PAUSE: Duration = Duration::from_millis(20);

/// Connects within `limit` and makes sure that something answers.
///
/// After half of the limit it tries once more with a new connection: the first one to a Windows pipe server may hang
/// after the daemon's start.
pub(crate) async fn connect(address: &Address, limit: Duration) -> Result<Channel, Error> {
    let busy = Busy::default();
    let first = limit / 2;
    match timeout(first, attempt(address, &busy)).await {
        Ok(done) => return done,
        Err(_) => tracing::debug!(%address, ?first, "no answer: connecting again"),
    }
    match timeout(limit - first, attempt(address, &busy)).await {
        Ok(done) => done,
        Err(_) => Err(silent(address, limit, &busy)),
    }
}

/// Was the listener busy when it was last dialled?
type Busy = Arc<AtomicBool>;

/// No answer at all, or not even a connection?
fn silent(address: &Address, limit: Duration, busy: &Busy) -> Error {
    if !busy.load(Ordering::Relaxed) {
        return Error::timeout(attempted(address), limit);
    }
    let why = format!("its {} was busy for {limit:?}", sys::LISTENER);
    let hint = "try again; if it stays so, look at containerd's log";
    Error::new(ErrorKind::Unavailable, attempted(address), why).advise(ErrorKind::Unavailable, hint)
}

async fn attempt(address: &Address, busy: &Busy) -> Result<Channel, Error> {
    let (to, busy) = (address.clone(), Arc::clone(busy));
    let dial = tower::service_fn(move |_: Uri| dial(to.clone(), Arc::clone(&busy)));
    let channel =
        endpoint().connect_with_connector(dial).await.map_err(|failed| unreachable(address, &failed))?;
    match raw!(VersionClient, channel.clone()).version(()).await {
        // Whoever answers with a code of its own speaks gRPC; what it can do shows later.
        Err(status) if status.source().is_some() => Err(stranger(address, &status)),
        _ => Ok(channel),
    }
}

fn endpoint() -> Endpoint {
    // Nobody resolves the name. It must be there and well formed, since it becomes `:authority`.
    Endpoint::from_static("http://localhost").http2_max_header_list_size(LONGEST_HEADERS)
}

/// Opens a connection, waiting while the listener is busy; whoever calls has a limit.
async fn dial(address: Address, busy: Busy) -> io::Result<TokioIo<sys::Stream>> {
    loop {
        let opened = sys::open(address.as_path()).await;
        let is_busy = opened.as_ref().is_err_and(sys::is_busy);
        busy.store(is_busy, Ordering::Relaxed);
        match is_busy {
            true => sleep(PAUSE).await,
            false => return opened.map(TokioIo::new),
        }
    }
}

fn attempted(address: &Address) -> String {
    format!("cannot connect to containerd at {address}")
}

fn unreachable(address: &Address, failed: &tonic::transport::Error) -> Error {
    match causes(failed).find_map(|cause| cause.downcast_ref::<io::Error>()) {
        Some(error) => refused(address, error),
        None => Error::new(ErrorKind::Unavailable, attempted(address), failed.to_string()),
    }
}

fn refused(address: &Address, error: &io::Error) -> Error {
    let listener = sys::LISTENER;
    let (kind, why) = match error.kind() {
        io::ErrorKind::NotFound => (ErrorKind::Unavailable, format!("there is no such {listener}")),
        io::ErrorKind::ConnectionRefused => (ErrorKind::Unavailable, "nobody listens there".to_owned()),
        io::ErrorKind::PermissionDenied => (ErrorKind::PermissionDenied, "permission denied".to_owned()),
        _ => (ErrorKind::Unavailable, error.to_string()),
    };
    let hint = format!(
        "is containerd running? start it, or name its {listener} with --address or CONTAINERD_ADDRESS"
    );
    Error::new(kind, attempted(address), why).advise(ErrorKind::Unavailable, hint)
}

fn stranger(address: &Address, status: &tonic::Status) -> Error {
    let cause = Error::from_status("", status);
    let why = format!("who listens there does not speak containerd's protocol: {}", cause.why());
    let hint = format!("name containerd's {} with --address or CONTAINERD_ADDRESS", sys::LISTENER);
    Error::new(ErrorKind::Unavailable, attempted(address), why).advise(ErrorKind::Unavailable, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_refusal_tells_how_to_be_allowed() {
        let address = "/run/c.sock".parse().unwrap();
        let error = refused(&address, &io::ErrorKind::PermissionDenied.into());
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        insta::assert_snapshot!(error, @"cannot connect to containerd at /run/c.sock: permission denied; run as root");
    }
}
