//! Our own console, while a container's is shown on it: raw, so that what is typed arrives as it is, and understanding
//! the sequences by which the container's console is drawn. Both are UTF-8: the console itself is asked in UTF-16, for
//! the older ones lose letters in code page 65001; and key by key, for not every one gives a read less than it has room
//! for.

use std::io::{self, Read, Write};
use std::os::windows::io::{AsHandle, AsRawHandle, OwnedHandle};
use std::ptr::null;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};
use windows_sys::Win32::System::Console::{
    CONSOLE_MODE, CONSOLE_SCREEN_BUFFER_INFO, DISABLE_NEWLINE_AUTO_RETURN, ENABLE_ECHO_INPUT,
    ENABLE_LINE_INPUT, ENABLE_PROCESSED_INPUT, ENABLE_PROCESSED_OUTPUT, ENABLE_VIRTUAL_TERMINAL_INPUT,
    ENABLE_VIRTUAL_TERMINAL_PROCESSING, ENABLE_WINDOW_INPUT, GetConsoleMode, GetConsoleScreenBufferInfo,
    INPUT_RECORD, KEY_EVENT, ReadConsoleInputW, SetConsoleMode, WriteConsoleW,
};

use super::security::checked;
use super::standard::{Raw, stdout};
use crate::sys::utf::{Letters, Units};
use crate::sys::{Size, at};

/// How often the size is looked at: no signal tells of a change, and its events are lost to who reads letters alone.
const LOOK: Duration = Duration::from_millis(250);

/// How many UTF-16 units are written at once.
const ROOM: usize = 4 << 10;

/// How many of the console's events are read at once.
const EVENTS: usize = 64;

/// The Alt key (`VK_MENU`): a letter that was typed by its number comes when it is let go.
const ALT: u16 = 0x12;

/// The console that standard input and, mostly, standard output are; raw for as long as this lives.
#[derive(Debug)]
pub(crate) struct Terminal {
    _input: Mode,
    /// Absent where output goes elsewhere.
    _output: Option<Mode>,
}

impl Terminal {
    /// Is there one to type on?
    pub(crate) fn is_there() -> bool {
        mode_of(&io::stdin()).is_some()
    }

    /// Makes it raw: no line is edited, nothing is echoed, Ctrl-C is a byte, arrow keys are sequences.
    pub(crate) fn raw() -> io::Result<Self> {
        let input = Mode::change(&io::stdin(), |mode| {
            let cooked = ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_PROCESSED_INPUT | ENABLE_WINDOW_INPUT;
            mode & !cooked | ENABLE_VIRTUAL_TERMINAL_INPUT
        })?;
        let output = mode_of(&io::stdout()).map(|_| Mode::change(&io::stdout(), drawn)).transpose()?;
        Ok(Self { _input: input, _output: output })
    }
}

fn drawn(mode: CONSOLE_MODE) -> CONSOLE_MODE {
    mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING | DISABLE_NEWLINE_AUTO_RETURN
}

/// A console's mode as it was, which it is given back.
#[derive(Debug)]
struct Mode {
    handle: OwnedHandle,
    before: CONSOLE_MODE,
}

impl Mode {
    fn change(stream: &impl AsHandle, new: impl Fn(CONSOLE_MODE) -> CONSOLE_MODE) -> io::Result<Self> {
        let before = mode_of(stream).ok_or_else(|| io::Error::other("it is no console"))?;
        let handle = stream.as_handle().try_clone_to_owned()?;
        set(&handle, new(before)).map_err(at("SetConsoleMode"))?;
        Ok(Self { handle, before })
    }
}

impl Drop for Mode {
    fn drop(&mut self) {
        if let Err(error) = set(&self.handle, self.before) {
            tracing::warn!(%error, "the console stays as it is");
        }
    }
}

fn set(handle: &OwnedHandle, mode: CONSOLE_MODE) -> io::Result<()> {
    // SAFETY: the handle is open.
    checked(unsafe { SetConsoleMode(handle.as_raw_handle(), mode) })
}

fn mode_of(stream: &impl AsHandle) -> Option<CONSOLE_MODE> {
    let mut mode = 0;
    // SAFETY: the handle is open, or none, which the call refuses; `mode` is writable.
    let known = unsafe { GetConsoleMode(stream.as_handle().as_raw_handle(), &raw mut mode) };
    (known != 0).then_some(mode)
}

/// How large the console's window is; unknown where standard output is none.
pub(crate) fn terminal_size() -> Option<Size> {
    let mut info = CONSOLE_SCREEN_BUFFER_INFO::default();
    // SAFETY: the handle is open, or none, which the call refuses; `info` is writable.
    let known = unsafe { GetConsoleScreenBufferInfo(io::stdout().as_raw_handle(), &raw mut info) };
    let window = info.srWindow;
    let length = |from: i16, to: i16| u16::try_from(i32::from(to) - i32::from(from) + 1).ok();
    let (columns, lines) = (length(window.Left, window.Right)?, length(window.Top, window.Bottom)?);
    (known != 0 && columns > 0 && lines > 0).then_some(Size { columns, lines })
}

/// The sizes that the console takes.
#[derive(Debug)]
pub(crate) struct Sizes {
    looks: Interval,
    last: Option<Size>,
}

impl Sizes {
    /// Starts to look.
    pub(crate) fn listen() -> io::Result<Self> {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self { looks, last: terminal_size() })
    }

    /// The next one. Cancelling the wait loses none.
    pub(crate) async fn next(&mut self) -> Size {
        loop {
            self.looks.tick().await;
            let size = terminal_size().filter(|size| self.last != Some(*size));
            if let Some(size) = size {
                self.last = Some(size);
                return size;
            }
        }
    }
}

/// What is typed, as UTF-8.
pub(crate) fn terminal_input() -> io::Result<impl Read + Send + 'static> {
    Ok(Keys { console: io::stdin().as_handle().try_clone_to_owned()?, letters: Letters::default() })
}

/// What is shown, UTF-8; where standard output is no console it goes there as it is.
pub(crate) fn terminal_output() -> io::Result<impl Write + Send + 'static> {
    Ok(match mode_of(&io::stdout()) {
        Some(_) => Screen::Console(io::stdout().as_handle().try_clone_to_owned()?, Units::default()),
        None => Screen::Other(stdout()?),
    })
}

/// The console's keys.
#[derive(Debug)]
struct Keys {
    console: OwnedHandle,
    letters: Letters,
}

impl Read for Keys {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.letters.is_empty() {
            let mut events = [INPUT_RECORD::default(); EVENTS];
            let (to, mut count) = (events.as_mut_ptr(), 0);
            let console = self.console.as_raw_handle();
            // SAFETY: the handle is open, EVENTS records are writable, and so is `count`.
            checked(unsafe { ReadConsoleInputW(console, to, EVENTS as u32, &raw mut count) })?;
            events.iter().take(count as usize).for_each(|event| self.letters.add(&typed(event)));
        }
        Ok(self.letters.take(buffer))
    }
}

/// The letters of an event, mostly none: half of one, where it takes two units.
fn typed(event: &INPUT_RECORD) -> Vec<u16> {
    if u32::from(event.EventType) != KEY_EVENT {
        return Vec::new();
    }
    // SAFETY: this is the member of an event of this type, and plain numbers.
    let key = unsafe { event.Event.KeyEvent };
    // SAFETY: the wide calls fill this member.
    let unit = unsafe { key.uChar.UnicodeChar };
    match unit != 0 && (key.bKeyDown != 0 || key.wVirtualKeyCode == ALT) {
        true => vec![unit; key.wRepeatCount.max(1).into()],
        false => Vec::new(),
    }
}

/// Where the container's console is shown.
#[derive(Debug)]
enum Screen {
    Console(OwnedHandle, Units),
    Other(Raw),
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Console(console, units) => show(console, &units.of(bytes)).map(|()| bytes.len()),
            Self::Other(other) => other.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn show(console: &OwnedHandle, mut units: &[u16]) -> io::Result<()> {
    while !units.is_empty() {
        let (length, mut written) = (units.len().min(ROOM) as u32, 0);
        let from = units.as_ptr().cast();
        // SAFETY: the handle is open, `length` units are readable, and `written` is writable; the last must be null.
        checked(unsafe { WriteConsoleW(console.as_raw_handle(), from, length, &raw mut written, null()) })?;
        units = &units[(written as usize).min(units.len())..];
    }
    Ok(())
}
