//! A script, played: the process that a container has.

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, copy};
use tokio::sync::mpsc::UnboundedReceiver;

use super::script::{Script, Step};

/// STATUS_CONTROL_C_EXIT: how a program ends that has no handler for a console's event.
const CONTROL_C_EXIT: u32 = 0xC000_013A;

/// INFERRED: the code of a terminated process; hcsshim gives 1 to tasks that were killed before they started, and a
/// `Tasks/Kill` of a running container on a real Windows would settle it for the others.
pub(super) const TERMINATED: u32 = 1;

/// The number that terminates.
pub(super) const KILL: u32 = 9;

/// Binary data that repeats nowhere near: what `out N` writes.
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

/// The process's own ends of its streams; absent where the container was given none.
#[derive(Debug)]
pub(super) struct Console {
    pub(super) stdin: Option<DuplexStream>,
    pub(super) stdout: Option<DuplexStream>,
    pub(super) stderr: Option<DuplexStream>,
}

/// Plays it to its end, or to the signal that ends it, and answers the exit code.
pub(super) async fn play(script: Script, console: Console, mut signals: UnboundedReceiver<u32>) -> u32 {
    let Script { steps, traps, deaf } = script;
    let ended = async {
        while let Some(signal) = signals.recv().await {
            match traps.get(&signal) {
                _ if signal == KILL => return TERMINATED,
                Some(code) => return *code,
                None if deaf => {}
                None => return CONTROL_C_EXIT,
            }
        }
        std::future::pending().await
    };
    tokio::select! {
        code = perform(steps, console) => code,
        code = ended => code,
    }
}

async fn perform(steps: Vec<Step>, mut console: Console) -> u32 {
    for step in steps {
        match step {
            Step::Out(bytes) => write(&mut console.stdout, &bytes).await,
            Step::Err(bytes) => write(&mut console.stderr, &bytes).await,
            Step::Echo => echo(&mut console).await,
            Step::Hex(length) => hex(&mut console, length).await,
            Step::Wait => std::future::pending().await,
            Step::Exit(code) => return code,
        }
    }
    0
}

/// A process goes on when nobody takes its output.
async fn write(to: &mut Option<DuplexStream>, bytes: &[u8]) {
    if let Some(to) = to {
        let _ = to.write_all(bytes).await;
    }
}

/// Less is said where the input ends before.
async fn hex(console: &mut Console, length: usize) {
    let mut bytes = Vec::new();
    if let Some(from) = &mut console.stdin {
        let _ = from.take(length as u64).read_to_end(&mut bytes).await;
    }
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    write(&mut console.stdout, format!("{}\r\n", digits.join(" ")).as_bytes()).await;
}

async fn echo(console: &mut Console) {
    if let (Some(from), Some(to)) = (&mut console.stdin, &mut console.stdout) {
        let _ = copy(from, to).await;
    }
}
