//! Copying, over pipes in memory.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

use tokio::io::duplex;

use super::*;

/// Read ahead here, on every system.
const AHEAD: usize = 4 * CHUNK;

/// Notes what is written; takes nothing before it is told to, once `gate` is there; fails as it is to.
#[derive(Default, Clone)]
struct Sink {
    taken: Arc<Mutex<Vec<u8>>>,
    gate: Option<Arc<Mutex<Receiver<()>>>>,
    fails: Option<io::ErrorKind>,
}

impl Sink {
    fn gated() -> (Self, Sender<()>) {
        let (open, gate) = channel();
        (Self { gate: Some(Arc::new(Mutex::new(gate))), ..Self::default() }, open)
    }

    fn taken(&self) -> Vec<u8> {
        self.taken.lock().unwrap().clone()
    }
}

impl Write for Sink {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if let Some(gate) = &self.gate {
            let _ = gate.lock().unwrap().recv();
        }
        if let Some(kind) = self.fails {
            return Err(kind.into());
        }
        self.taken.lock().unwrap().extend(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn streams(from: impl AsyncRead + Send + Unpin + 'static, to: Sink) -> Streams {
    Streams { outputs: vec![Output::copy("stdout", from, to, AHEAD).unwrap()], input: None }
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 % 251) as u8).collect()
}

#[tokio::test]
async fn output_arrives_whole() {
    let (ours, mut theirs) = duplex(CHUNK);
    let sink = Sink::default();
    let mut streams = streams(ours, sink.clone());
    theirs.write_all(&bytes(1 << 20)).await.unwrap();
    drop(theirs);
    streams.ended().await;
    streams.written().await;
    assert!(sink.taken() == bytes(1 << 20));
}

#[tokio::test]
async fn when_our_output_cannot_be_written_the_container_is_still_read() {
    for (kind, told) in [(io::ErrorKind::BrokenPipe, 0), (io::ErrorKind::StorageFull, 1)] {
        let (ours, mut theirs) = duplex(CHUNK);
        let mut streams = streams(ours, Sink { fails: Some(kind), ..Sink::default() });
        theirs.write_all(&bytes(1 << 20)).await.unwrap();
        drop(theirs);
        streams.ended().await;
        let failures = streams.written().await;
        assert_eq!(failures.len(), told, "{failures:?}");
        assert!(failures.iter().all(|why| why.exit.code() == 125), "{failures:?}");
    }
}

#[tokio::test]
async fn a_slow_reader_of_ours_slows_the_container_and_loses_nothing() {
    let (ours, mut theirs) = duplex(CHUNK);
    let (sink, open) = Sink::gated();
    let mut streams = streams(ours, sink.clone());
    let all = bytes(AHEAD + 3 * CHUNK);
    let ahead = tokio::select! {
        biased;
        _ = async { theirs.write_all(&all).await } => "everything was read ahead",
        () = idle() => "little",
    };
    assert_eq!(ahead, "little");
    streams.process_ended();
    drop(theirs);
    streams.ended().await;
    drop(open);
    streams.written().await;
    let taken = sink.taken();
    assert!(taken.len() >= AHEAD && all.starts_with(&taken));
}

/// As many turns as everything else needs to come to rest: all of it is on this one thread.
async fn idle() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn once_the_process_has_ended_its_output_does_not_wait_for_our_reader() {
    let (ours, mut theirs) = duplex(CHUNK);
    let (sink, open) = Sink::gated();
    let mut streams = streams(ours, sink.clone());
    streams.process_ended();
    let all = bytes(AHEAD + 30 * CHUNK);
    theirs.write_all(&all).await.unwrap();
    drop(theirs);
    streams.ended().await;
    assert_eq!(sink.taken().len(), 0, "nothing was taken, and yet everything is read");
    drop(open);
    streams.written().await;
    assert!(sink.taken() == all);
}

#[tokio::test]
async fn a_stream_that_does_not_end_can_be_left() {
    let (ours, mut theirs) = duplex(CHUNK);
    let sink = Sink::default();
    let mut streams = streams(ours, sink.clone());
    theirs.write_all(b"last words").await.unwrap();
    idle().await;
    streams.stop_reading();
    streams.ended().await;
    streams.written().await;
    assert_eq!(sink.taken(), b"last words");
}

#[tokio::test]
async fn input_arrives_whole_and_its_end_comes_last() {
    let (ours, mut theirs) = duplex(CHUNK);
    let input = read_ahead(io::Cursor::new(bytes(3 << 20))).unwrap();
    let (closed, close) = oneshot::channel();
    tokio::spawn(pass_on(input, ours, async move {
        let _ = closed.send(());
        Ok(())
    }));
    let mut all = Vec::new();
    theirs.read_to_end(&mut all).await.unwrap();
    close.await.unwrap();
    assert!(all == bytes(3 << 20));
}

#[tokio::test]
async fn input_that_nobody_takes_is_given_up() {
    let (ours, theirs) = duplex(16);
    drop(theirs);
    let input = read_ahead(io::repeat(b'x')).unwrap();
    pass_on(input, ours, async { Ok(()) }).await;
}
