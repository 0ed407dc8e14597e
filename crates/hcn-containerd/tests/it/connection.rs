//! What connecting says when it does not work. No daemon is needed.

use std::os::unix::net::UnixListener;
use std::time::Duration;

use hcn_containerd::{Client, Error, ErrorKind, Limits, Options};
use hcn_test::{Scratch, filter};

fn connect(scratch: &Scratch, limit: Duration) -> Error {
    let address = scratch.join("c.sock").to_str().unwrap().parse().unwrap();
    let limits = Limits { connect: limit, ..Limits::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Client::connect(&address, &Options { limits, ..Options::default() })).unwrap_err()
}

fn text(error: &Error, scratch: &Scratch) -> String {
    filter(&error.to_string(), &[scratch.path().to_str().unwrap()])
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn an_absent_socket_is_named_with_what_to_do() {
    let scratch = Scratch::new();
    let error = connect(&scratch, LONG);
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    insta::assert_snapshot!(text(&error, &scratch), @"cannot connect to containerd at [SCRATCH]/c.sock: there is no such socket; is containerd running? start it, or name its socket with --address or CONTAINERD_ADDRESS");
}

#[test]
fn a_socket_without_a_listener_is_named_with_what_to_do() {
    let scratch = Scratch::new();
    drop(UnixListener::bind(scratch.join("c.sock")).unwrap());
    let error = connect(&scratch, LONG);
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    insta::assert_snapshot!(text(&error, &scratch), @"cannot connect to containerd at [SCRATCH]/c.sock: nobody listens there; is containerd running? start it, or name its socket with --address or CONTAINERD_ADDRESS");
}

#[test]
fn a_listener_that_never_answers_is_tried_twice_and_no_longer_than_the_limit() {
    let scratch = Scratch::new();
    let listener = UnixListener::bind(scratch.join("c.sock")).unwrap();
    let error = connect(&scratch, Duration::from_millis(200));
    assert_eq!(error.kind(), ErrorKind::Timeout);
    insta::assert_snapshot!(text(&error, &scratch), @"cannot connect to containerd at [SCRATCH]/c.sock: no answer within 200ms; look at containerd's log");
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.incoming().take_while(Result::is_ok).count(), 2);
}

#[test]
fn a_listener_that_speaks_something_else_is_told_from_containerd() {
    let scratch = Scratch::new();
    let listener = UnixListener::bind(scratch.join("c.sock")).unwrap();
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        // Every connection gets the same answer and stays open: a lost one is made anew, and a close could overtake
        // the answer.
        let mut open = Vec::new();
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            open.push(std::thread::spawn(move || stream.read_to_end(&mut Vec::new())));
        }
    });
    let error = connect(&scratch, LONG);
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    // Which side notices first, and in which words, is a matter of time.
    let said = text(&error, &scratch);
    let reason = &said[said.find('(').unwrap() + 1..said.find(')').unwrap()];
    insta::assert_snapshot!(said.replace(reason, "REASON"), @"cannot connect to containerd at [SCRATCH]/c.sock: who listens there does not speak containerd's protocol: the connection failed (REASON); name containerd's socket with --address or CONTAINERD_ADDRESS");
}
