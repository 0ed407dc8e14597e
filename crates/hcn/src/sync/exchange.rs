//! One question to a keeper, and its answer, within bounds: whoever listens may hang, or never come to an end.

use std::io::{self, ErrorKind, Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use super::{DONE, LONGEST, PATIENCE};

/// How long the other side is left alone before it is looked at again.
const BETWEEN: Duration = Duration::from_millis(10);

/// Writes the request and reads up to [`DONE`], behind which nothing follows, or up to the end. The stream never waits:
/// it says `WouldBlock`.
///
/// # Errors
/// What the stream says; `TimedOut` where it was not over by then; `FileTooLarge` for an answer that is too long.
pub(super) fn exchange(
    stream: &mut (impl Read + Write),
    request: &[u8],
    until: Instant,
) -> io::Result<Vec<u8>> {
    let mut rest = request;
    while !rest.is_empty() {
        let written = patiently(until, || stream.write(rest))?;
        rest = &rest[written..];
    }
    let (mut answer, mut part) = (Vec::new(), [0; 512]);
    while answer != DONE {
        let length = patiently(until, || stream.read(&mut part))?;
        answer.extend_from_slice(&part[..length]);
        match length {
            0 => break,
            _ if answer.len() > LONGEST => return Err(too_long()),
            _ => {}
        }
    }
    Ok(answer)
}

fn patiently(until: Instant, mut attempt: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match attempt() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            done => return done,
        }
        if Instant::now() >= until {
            return Err(late());
        }
        thread::sleep(BETWEEN);
    }
}

fn late() -> io::Error {
    io::Error::new(ErrorKind::TimedOut, format!("its keeper gave no answer within {PATIENCE:?}"))
}

fn too_long() -> io::Error {
    io::Error::new(ErrorKind::FileTooLarge, format!("its keeper's answer has more than {LONGEST} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A keeper that takes a few bytes at a time, every other time, and then says what it has to say in such pieces.
    struct Slow {
        heard: Vec<u8>,
        says: Vec<u8>,
        ends: bool,
        rests: bool,
    }

    impl Slow {
        fn saying(says: &[u8], ends: bool) -> Self {
            Self { heard: Vec::new(), says: says.to_vec(), ends, rests: false }
        }

        fn rest(&mut self) -> io::Result<()> {
            self.rests = !self.rests;
            if self.rests { Err(ErrorKind::WouldBlock.into()) } else { Ok(()) }
        }
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.rest()?;
            let taken = bytes.len().min(3);
            self.heard.extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Read for Slow {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.says.is_empty() && !self.ends {
                return Err(ErrorKind::WouldBlock.into());
            }
            self.rest()?;
            let said: Vec<u8> = self.says.drain(..self.says.len().min(2)).collect();
            into[..said.len()].copy_from_slice(&said);
            Ok(said.len())
        }
    }

    /// A keeper that never stops.
    struct Endless;

    impl Write for Endless {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            Ok(into.len())
        }
    }

    #[test]
    fn what_comes_in_pieces_is_put_together() {
        let until = Instant::now() + Duration::from_secs(60);
        for (says, ends) in [(DONE, false), (b"no such pod", true), (b"", true)] {
            let mut keeper = Slow::saying(says, ends);
            assert_eq!(exchange(&mut keeper, b"request\n", until).unwrap(), says);
            assert_eq!(keeper.heard, b"request\n");
        }
    }

    #[test]
    fn a_keeper_that_hangs_is_given_up() {
        let mut silent = Slow::saying(b"half", false);
        let error = exchange(&mut silent, b"request\n", Instant::now() + BETWEEN * 20).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(error.to_string(), "its keeper gave no answer within 30s");
        assert_eq!(silent.heard, b"request\n");
    }

    #[test]
    fn an_answer_without_an_end_is_given_up() {
        let error = exchange(&mut Endless, b"request\n", Instant::now()).unwrap_err();
        assert_eq!(error.to_string(), "its keeper's answer has more than 65536 bytes");
    }
}
