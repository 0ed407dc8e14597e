//! The keeper of a utility VM: it registers itself for a namespace of type Guest as hcsshim does, hears what the library
//! asks on its pipe, and answers. What became of each try is told.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::windows::io::AsHandle;
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use hcn::{Guid, Hcn, Namespace, NamespaceId, NamespaceKind};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::windows::named_pipe::{NamedPipeServer, ServerOptions};

use crate::host;

/// Where a keeper registers.
const REGISTERED: &str = r"HKLM\SOFTWARE\Microsoft\runhcs\cni";

/// Tries each case that [`Hcn::sync`] knows: a line each.
///
/// # Errors
/// Where a namespace, a pipe or a key cannot be made.
pub fn told() -> Result<String> {
    let hcn = host::service()?;
    let made = |kind| hcn.namespaces().create(&Namespace::new(kind)).context("no namespace");
    let [host, guest] =
        [made(NamespaceKind::Host)?, made(NamespaceKind::Guest)?].map(|made| made.id.unwrap_or_default());
    let keeper = Guid::random();
    let mut lines = vec![format!("of type Host: {}", became(&hcn, host))];
    lines.push(format!("nobody registered: {}", became(&hcn, guest)));
    register(guest, &json!({"ContainerID": "pod1", "HostUniqueID": keeper.to_string()}).to_string())?;
    lines.push(format!("the keeper is gone: {}", became(&hcn, guest)));
    for answer in [&b"\0OK\0"[..], b"no such pod", b"", &[b'x'; 1 << 20]] {
        let (asked, became) = answered(&hcn, guest, keeper, answer)?;
        lines.push(format!("asked {asked:?}: {became}"));
    }
    register(guest, r#"{"ContainerID":7}"#)?;
    lines.push(format!("a registration of another kind: {}", became(&hcn, guest)));
    reg(&["delete", &key(guest), "/f"])?;
    Ok(lines.join("\n") + "\n")
}

fn became(hcn: &Hcn, namespace: NamespaceId) -> String {
    let name = namespace.to_string();
    hcn.sync(namespace).map_or_else(|error| error.to_string().replace(&name, "ID"), |()| "done".to_owned())
}

fn register(namespace: NamespaceId, text: &str) -> Result<()> {
    let bytes: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    reg(&["add", &key(namespace), "/v", "cfg", "/t", "REG_BINARY", "/d", &bytes, "/f"])
}

fn key(namespace: NamespaceId) -> String {
    format!(r"{REGISTERED}\{namespace}")
}

fn reg(args: &[&str]) -> Result<()> {
    let done = Command::new("reg").args(args).output().context("no reg.exe")?;
    ensure!(done.status.success(), "reg {args:?} failed: {}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

/// Listens, has the library ask, answers once; gives what was asked and what became of it.
fn answered(
    hcn: &Hcn,
    namespace: NamespaceId,
    keeper: Guid,
    answer: &'static [u8],
) -> Result<(String, String)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let pipe = format!(r"\\.\pipe\ProtectedPrefix\Administrators\runhcs-vm-{keeper}");
    let server = runtime.block_on(async { ServerOptions::new().first_pipe_instance(true).create(&pipe) })?;
    let hearing = thread::spawn(move || runtime.block_on(hear(server, answer)));
    let became = became(hcn, namespace);
    let asked = hearing.join().map_err(|_| anyhow!("the keeper failed"))??;
    Ok((asked, became))
}

async fn hear(mut server: NamedPipeServer, answer: &[u8]) -> Result<String> {
    server.connect().await?;
    let mut asked = Vec::new();
    while asked.last() != Some(&b'\n') {
        asked.push(server.read_u8().await?);
    }
    match tell(&mut server, answer).await {
        // An asker who has had enough is gone.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(String::from_utf8_lossy(&asked).into_owned()),
    }
}

async fn tell(server: &mut NamedPipeServer, answer: &[u8]) -> io::Result<()> {
    server.write_all(answer).await?;
    server.flush().await?;
    // Returns when the asker has read all of it, or has gone.
    File::from(server.as_handle().try_clone_to_owned()?).sync_all()
}
