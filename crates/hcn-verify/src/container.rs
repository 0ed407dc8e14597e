//! A container through `hcn run`: how to start it, and how long to wait for it.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How to run a container.
#[derive(Clone, Debug, Default)]
pub struct Container {
    /// The program `hcn`.
    pub hcn: Option<PathBuf>,
    /// containerd's address.
    pub containerd: Option<String>,
    /// The image; without one the release's nanoserver.
    pub image: Option<String>,
    /// The build of this Windows, which chooses that.
    pub build: Option<u32>,
}

/// How `hcn run` ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// With the container's exit code.
    Exit(u32),
    /// hcn itself failed, and said so.
    Refused(String),
}

/// An image may have to be pulled first.
const PATIENCE: Duration = Duration::from_secs(600);

/// What `hcn run` returns when it is hcn that failed.
const HCN_FAILED: u32 = 125;

impl Container {
    /// Runs one container that ends with 7. What cannot be tried is told as an error.
    pub(crate) fn run(&self, id: &str) -> Result<Ended, String> {
        let containerd =
            self.containerd.as_deref().ok_or("no address of containerd: `--containerd` gives one")?;
        if !answers(containerd) {
            return Err(format!("containerd does not answer at {containerd}"));
        }
        let hcn = self.hcn.as_ref().filter(|hcn| hcn.is_file());
        let hcn = hcn.ok_or("no hcn lies beside this program: `--hcn` says where it is")?;
        let (image, named) = self.image()?;
        let mut command = Command::new(hcn);
        command.args(["--address", containerd, "run", "--quiet", image, id]).args(words());
        match ended(command)? {
            // The image was our guess: that it is not there says nothing about hcn.
            Ended::Refused(line) if !named => Err(format!("{line} (`--image` names an image that is there)")),
            ended => Ok(ended),
        }
    }

    /// The image, and whether somebody named it.
    fn image(&self) -> Result<(&str, bool), String> {
        match (&self.image, self.build) {
            (Some(image), _) => Ok((image, true)),
            (None, Some(..=17_763)) => Ok(("mcr.microsoft.com/windows/nanoserver:ltsc2019", false)),
            (None, Some(..=20_348)) => Ok(("mcr.microsoft.com/windows/nanoserver:ltsc2022", false)),
            (None, Some(_)) => Ok(("mcr.microsoft.com/windows/nanoserver:ltsc2025", false)),
            (None, None) => Err("no image: `--image` names one".to_owned()),
        }
    }
}

/// A command that ends with 7.
fn words() -> &'static [&'static str] {
    if cfg!(windows) { &["cmd", "/c", "exit 7"] } else { &["sh", "-c", "exit 7"] }
}

/// Somebody listens there. What it is, `hcn` will see.
#[cfg(unix)]
fn answers(address: &str) -> bool {
    let path = address.strip_prefix("unix://").unwrap_or(address);
    std::os::unix::net::UnixStream::connect(path).is_ok()
}

/// Somebody listens there. What it is, `hcn` will see.
#[cfg(not(unix))]
fn answers(address: &str) -> bool {
    let pipe = address.strip_prefix("npipe://").unwrap_or(address).replace('/', "\\");
    std::fs::OpenOptions::new().read(true).write(true).open(pipe).is_ok()
}

fn ended(mut command: Command) -> Result<Ended, String> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| format!("cannot start hcn: {error}"))?;
    let (code, said) = waited(child)?;
    match code {
        Some(code) if code == HCN_FAILED => Ok(Ended::Refused(said)),
        Some(code) => Ok(Ended::Exit(code)),
        None => Ok(Ended::Refused("hcn was killed by a signal".to_owned())),
    }
}

/// The exit code and the last line of stderr.
fn waited(mut child: Child) -> Result<(Option<u32>, String), String> {
    let stderr = child.stderr.take();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stderr.map(|mut stderr| std::io::Read::read_to_end(&mut stderr, &mut text));
        String::from_utf8_lossy(&text).into_owned()
    });
    let start = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(50)),
            Ok(None) | Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return Ok((
                    Some(HCN_FAILED),
                    "hcn run did not end within ten minutes and was killed".to_owned(),
                ));
            }
        }
    };
    let said = reader.join().unwrap_or_default();
    Ok((status.code().map(i32::cast_unsigned), said.lines().last().unwrap_or("hcn said nothing").to_owned()))
}
