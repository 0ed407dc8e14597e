//! One question that goes to a task's shim itself: how did its process end? For a daemon that is away cannot be asked,
//! and one of 2.x forgets at its start what has ended meanwhile.
//!
//! Shims speak ttrpc: a header of ten bytes (the length and the stream's number, four bytes each, big end first; the kind
//! of message; flags) and a message of protobuf, each way. A call is one message, and so is its answer.

use std::io;
use std::path::Path;

use prost::Message;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::pb::google::rpc::Status;
use crate::sys;

/// Waits, for as long as it takes, until the first process of a task ends, and answers its exit code. `socket` is what
/// the task's shim listens on; dropping this asks no more.
///
/// # Errors
/// Nobody listens there, the shim ends, or it knows no such task.
pub async fn wait_at_shim(socket: &Path, container: &str) -> io::Result<u32> {
    // Shims of 2.x know the newer one alone, those of 1.6 the older.
    for service in ["containerd.task.v3.Task", "containerd.task.v2.Task"] {
        let answer = ask(&mut sys::open(socket).await?, service, container).await?;
        match answer.status {
            Some(Status { code: UNIMPLEMENTED, .. }) => {}
            Some(status) if status.code != 0 => return Err(io::Error::other(status.message)),
            _ => return Ok(Exit::decode(&answer.payload[..])?.status),
        }
    }
    Err(io::Error::other("the shim does not know this call"))
}

/// gRPC's code for a service or method that is not there.
const UNIMPLEMENTED: i32 = 12;

const REQUEST: u8 = 1;
const RESPONSE: u8 = 2;

/// Clients number their streams with odd numbers.
const STREAM: u32 = 1;

/// What a message may hold, in bytes: ttrpc's own limit.
const LONGEST: u32 = 4 << 20;

#[derive(Clone, PartialEq, Message)]
struct Call {
    #[prost(string, tag = "1")]
    service: String,
    #[prost(string, tag = "2")]
    method: String,
    #[prost(bytes = "vec", tag = "3")]
    payload: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct Answer {
    #[prost(message, optional, tag = "1")]
    status: Option<Status>,
    #[prost(bytes = "vec", tag = "2")]
    payload: Vec<u8>,
}

/// `WaitRequest` of both services.
#[derive(Clone, PartialEq, Message)]
struct Wait {
    #[prost(string, tag = "1")]
    id: String,
}

/// `WaitResponse` of both services.
#[derive(Clone, PartialEq, Message)]
struct Exit {
    #[prost(uint32, tag = "1")]
    status: u32,
}

async fn ask(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    service: &str,
    container: &str,
) -> io::Result<Answer> {
    let payload = Wait { id: container.to_owned() }.encode_to_vec();
    let call = Call { service: service.to_owned(), method: "Wait".to_owned(), payload }.encode_to_vec();
    let length = u32::try_from(call.len()).map_err(io::Error::other)?;
    let mut message = [length.to_be_bytes(), STREAM.to_be_bytes()].concat();
    message.extend([REQUEST, 0]);
    message.extend(call);
    stream.write_all(&message).await?;
    Ok(Answer::decode(&response(stream).await?[..])?)
}

/// The next message, which is the answer: nothing else was asked.
async fn response(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let (length, number) = (stream.read_u32().await?, stream.read_u32().await?);
    let (kind, _flags) = (stream.read_u8().await?, stream.read_u8().await?);
    if (number, kind) != (STREAM, RESPONSE) || length > LONGEST {
        return Err(io::Error::other("what the shim says is no answer"));
    }
    let mut message = vec![0; length as usize];
    stream.read_exact(&mut message).await?;
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    /// What the call looks like on the wire, and what becomes of an answer.
    fn asked(answer: &[u8]) -> (Vec<u8>, io::Result<Answer>) {
        run(async {
            let (mut ours, mut shim) = tokio::io::duplex(1 << 10);
            shim.write_all(answer).await.unwrap();
            shim.shutdown().await.unwrap();
            let said = ask(&mut ours, "a.B", "t1").await;
            drop(ours);
            let mut heard = Vec::new();
            shim.read_to_end(&mut heard).await.unwrap();
            (heard, said)
        })
    }

    #[test]
    fn a_call_and_its_answer_are_one_message_each() {
        let (heard, said) = asked(b"\0\0\0\x04\0\0\0\x01\x02\0\x12\x02\x08\x07");
        assert_eq!(heard, b"\0\0\0\x11\0\0\0\x01\x01\0\x0a\x03a.B\x12\x04Wait\x1a\x04\x0a\x02t1");
        assert_eq!(Exit::decode(&said.unwrap().payload[..]).unwrap().status, 7);
    }

    #[test]
    fn a_shim_that_ends_or_says_something_else_is_no_answer() {
        let other = b"\0\0\0\0\0\0\0\x03\x02\0";
        let long = b"\xff\xff\xff\xff\0\0\0\x01\x02\0";
        for said in [&b""[..], b"\0\0\0\x04\0\0\0\x01\x02\0\x12", other, long] {
            assert!(asked(said).1.is_err(), "{said:?}");
        }
    }

    #[test]
    fn where_nobody_listens_nothing_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        assert!(run(wait_at_shim(&folder.path().join("s"), "t1")).is_err());
    }
}
