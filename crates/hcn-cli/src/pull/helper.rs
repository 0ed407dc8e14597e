//! Docker's credential helpers: programs `docker-credential-NAME` that are given a registry on standard input and
//! answer JSON.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::credentials::Secret;

/// How long one may take: some ask a service, none should ask a person.
const LIMIT: Duration = Duration::from_secs(30);

/// How much it may answer, in bytes.
const LONGEST: u64 = 64 * 1024;

/// What helpers write where they know nothing of the registry: part of their protocol.
const NOT_FOUND: &str = "credentials not found";

/// Asks a helper. One that is asked no longer is killed.
pub(super) async fn get(name: &str, server: &str) -> Result<Option<Secret>, String> {
    let program = format!("docker-credential-{name}");
    let failed = |why: String| format!("the credential helper `{program}` failed for {server}: {why}");
    let command = command(name, &program).map_err(failed)?;
    let answer = tokio::time::timeout(LIMIT, answer(command, server));
    let answer = answer.await.map_err(|_| failed(format!("it did not answer within {LIMIT:?}")))?;
    read(&answer.map_err(failed)?).map_err(failed)
}

fn command(name: &str, program: &str) -> Result<Command, String> {
    // The name comes from a file: it must not lead elsewhere.
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        return Err("its name is none that a program can have".to_owned());
    }
    let program = on_path(program).ok_or("it is not on PATH; install it, or take it out of config.json")?;
    let mut command = Command::new(program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    Ok(command)
}

/// All that it says, once it has ended.
async fn answer(mut command: Command, server: &str) -> Result<Answer, String> {
    let mut child = command.spawn().map_err(|why| format!("it cannot be started: {why}"))?;
    let said = talk(&mut child, server).await.map_err(|why| format!("it cannot be read: {why}"))?;
    if said.len() as u64 > LONGEST {
        return Err("it answered too much".to_owned());
    }
    let status = child.wait().await.map_err(|why| format!("it cannot be waited for: {why}"))?;
    Ok(Answer { has_succeeded: status.success(), said })
}

async fn talk(child: &mut Child, server: &str) -> std::io::Result<Vec<u8>> {
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not read its input may answer all the same.
        let _ = stdin.write_all(server.as_bytes()).await;
    }
    let mut said = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(LONGEST + 1).read_to_end(&mut said).await?;
    }
    Ok(said)
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|file| file.is_file())
}

/// What a helper answered.
struct Answer {
    has_succeeded: bool,
    said: Vec<u8>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Login {
    username: String,
    secret: String,
}

fn read(Answer { has_succeeded, said }: &Answer) -> Result<Option<Secret>, String> {
    if *has_succeeded {
        let Login { username, secret } =
            serde_json::from_slice(said).map_err(|why| format!("its answer cannot be read: {why}"))?;
        return Ok(match (username.as_str(), secret.as_str()) {
            (_, "") => None,
            ("<token>", _) => Some(Secret::Token(secret)),
            _ => Some(Secret::Password(username, secret)),
        });
    }
    let said = String::from_utf8_lossy(said);
    if said.trim_start().starts_with(NOT_FOUND) {
        return Ok(None);
    }
    Err(said.lines().next().filter(|line| !line.is_empty()).unwrap_or("it says no reason").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(code: i32, said: &str) -> Result<Option<Secret>, String> {
        read(&Answer { has_succeeded: code == 0, said: said.into() })
    }

    #[test]
    fn a_helper_s_answer_is_a_password_a_token_or_nothing() {
        let password = answered(0, r#"{"ServerURL":"x","Username":"u","Secret":"s"}"#);
        assert_eq!(password, Ok(Some(Secret::Password("u".into(), "s".into()))));
        assert_eq!(
            answered(0, r#"{"Username":"<token>","Secret":"s"}"#),
            Ok(Some(Secret::Token("s".into())))
        );
        assert_eq!(answered(1, "credentials not found in native keychain\n"), Ok(None));
        assert_eq!(answered(1, "no session\n"), Err("no session".into()));
        assert_eq!(answered(1, ""), Err("it says no reason".into()));
        assert!(answered(0, "hello").is_err());
    }

    #[test]
    fn a_helper_s_name_leads_nowhere_else() {
        assert!(command("../sh", "docker-credential-../sh").is_err());
        assert!(command("a/b", "docker-credential-a/b").is_err());
    }
}
