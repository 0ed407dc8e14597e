//! Docker's credential helpers: programs `docker-credential-NAME` that are given a registry on standard input and
//! answer JSON.

use std::path::PathBuf;
use std::time::Duration;

use hcn_cni::{Exec, ExecError, Invocation, Output, Processes};
use serde::Deserialize;

use super::credentials::Secret;

/// How long one may take: some ask a service, none should ask a person.
const LIMIT: Duration = Duration::from_secs(30);

/// How much it may answer, in bytes.
const LONGEST: usize = 64 * 1024;

/// What helpers write where they know nothing of the registry: part of their protocol.
const NOT_FOUND: &str = "credentials not found";

/// Asks a helper.
pub(super) async fn get(name: &str, server: &str) -> Result<Option<Secret>, String> {
    let program = format!("docker-credential-{name}");
    let failed = |why: String| format!("the credential helper `{program}` failed for {server}: {why}");
    let invocation = invocation(name, &program, server).map_err(failed)?;
    let asked = tokio::task::spawn_blocking(move || Processes.run(&invocation)).await;
    let answer = asked.map_err(|why| failed(why.to_string()))?.map_err(|why| failed(told(&why)))?;
    read(&answer).map_err(failed)
}

fn invocation(name: &str, program: &str, server: &str) -> Result<Invocation, String> {
    // The name comes from a file: it must not lead elsewhere.
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        return Err("its name is none that a program can have".to_owned());
    }
    let program = on_path(program).ok_or("it is not on PATH; install it, or take it out of config.json")?;
    Ok(Invocation {
        program,
        env: Vec::new(),
        stdin: server.to_owned(),
        folder: None,
        args: vec!["get".into()],
        timeout: LIMIT,
        limit: LONGEST,
    })
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|file| file.is_file())
}

fn told(why: &ExecError) -> String {
    match why {
        ExecError::Start(why) => format!("it cannot be started: {why}"),
        ExecError::TimedOut(_) => format!("it did not answer within {LIMIT:?}"),
        ExecError::TooMuchOutput(_) => "it answered too much".to_owned(),
        other => format!("{other:?}"),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

fn read(output: &Output) -> Result<Option<Secret>, String> {
    let said = String::from_utf8_lossy(&output.stdout);
    match output.code {
        Some(0) => {
            let Answer { username, secret } = serde_json::from_slice(&output.stdout)
                .map_err(|why| format!("its answer cannot be read: {why}"))?;
            Ok(match (username.as_str(), secret.as_str()) {
                (_, "") => None,
                ("<token>", _) => Some(Secret::Token(secret)),
                _ => Some(Secret::Password(username, secret)),
            })
        }
        _ if said.trim_start().starts_with(NOT_FOUND) => Ok(None),
        _ => {
            Err(said.lines().next().filter(|line| !line.is_empty()).unwrap_or("it says no reason").to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(code: i32, stdout: &str) -> Result<Option<Secret>, String> {
        read(&Output { code: Some(code), stdout: stdout.into(), ..Output::default() })
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
        assert!(invocation("../sh", "docker-credential-../sh", "x").is_err());
        assert!(invocation("a/b", "docker-credential-a/b", "x").is_err());
    }
}
