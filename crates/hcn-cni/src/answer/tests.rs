//! What is made of a plugin's answer: every way to fail, in the words that people read.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::fake::{container, list};
use crate::{Error, ErrorKind, Exec, ExecError, Invocation, Output, Runtime};

/// A plugin that always does the same.
struct Always<F>(F);

impl<F: Fn() -> Result<Output, ExecError> + Send + Sync> Exec for Always<F> {
    fn find(&self, plugin: &str, _: &[PathBuf]) -> Option<PathBuf> {
        Some(PathBuf::from("/plugins").join(plugin))
    }

    fn run(&self, _: &Invocation) -> Result<Output, ExecError> {
        self.0()
    }
}

fn status_of(answer: impl Fn() -> Result<Output, ExecError> + Send + Sync + 'static) -> Error {
    let mut runtime = Runtime::new(vec!["/plugins".into()], "/nowhere").with_exec(Arc::new(Always(answer)));
    runtime.timeout = Duration::from_millis(1500);
    let source = list("1.1.0", &["p"]).with_source("/etc/cni/net.d/1.conflist");
    runtime.status(&source).unwrap_err()
}

fn ended(code: i32, stdout: &'static str, stderr: &'static str) -> Error {
    let output = Output { code: Some(code), signal: None, stdout: stdout.into(), stderr: stderr.into() };
    status_of(move || Ok(output.clone()))
}

fn text(error: &Error) -> String {
    let text = error.to_string();
    text.strip_prefix("cannot tell whether network `lab` is ready: ").unwrap().to_owned()
}

#[test]
fn an_error_object_gives_message_details_code_and_what_to_do() {
    let error =
        ended(1, r#"{"cniVersion":"1.0.0","code":7,"msg":"bad subnet","details":"10.0.0.0/33"}"#, "log\n");
    assert_eq!(
        text(&error),
        "plugin `p` failed: bad subnet: 10.0.0.0/33 (CNI code 7: invalid network configuration); \
         correct the network's configuration as the message says"
    );
    assert_eq!((error.code(), error.network(), error.stderr()), (Some(7), Some("lab"), "log\n"));
}

#[test]
fn a_code_of_the_plugins_own_points_at_the_configuration() {
    let error = ended(1, r#"{"code":100,"msg":"no such host network"}"#, "");
    assert_eq!(
        text(&error),
        "plugin `p` failed: no such host network (CNI code 100: the plugin's own code); \
         check /etc/cni/net.d/1.conflist and what the plugin logs"
    );
}

#[test]
fn plain_text_is_quoted_from_stdout_and_else_from_stderr() {
    let check = "; check /etc/cni/net.d/1.conflist and what the plugin logs";
    let error = ended(3, "no device\neth7\n", "ignored");
    assert_eq!((text(&error), error.code()), (format!("plugin `p` failed: no device eth7{check}"), None));
    assert_eq!(text(&ended(3, " \n", "panic:\n\tnil")), format!("plugin `p` failed: panic: nil{check}"));
    assert_eq!(text(&ended(3, "", "")), format!("plugin `p` exited with 3 and said nothing{check}"));
    assert!(
        text(&ended(-1073741819, "", "")).starts_with("plugin `p` exited with 0xC0000005 and said nothing")
    );
    assert_eq!(text(&ended(3, r#"{"a":1}"#, "")), format!(r#"plugin `p` failed: {{"a":1}}{check}"#));
}

#[test]
fn long_talk_is_cut() {
    let long: &'static str = "ä".repeat(5000).leak();
    let text = text(&ended(1, long, ""));
    assert!(text.contains("ä…;") && text.chars().count() < 1200, "{text}");
}

#[test]
fn a_signal_is_named() {
    let output = Output { code: None, signal: Some(9), ..Output::default() };
    let error = status_of(move || Ok(output.clone()));
    assert!(text(&error).starts_with("plugin `p` was ended by signal 9 and said nothing; "));
}

#[test]
fn a_program_that_cannot_start_is_named_with_its_path() {
    let error = status_of(|| Err(ExecError::Start(io::Error::from(io::ErrorKind::PermissionDenied))));
    assert_eq!(error.kind(), ErrorKind::PluginNotRunnable);
    assert_eq!(
        text(&error),
        "plugin `p` cannot be started: permission denied; \
         /plugins/p has to be a program of this system that may be executed"
    );
}

#[test]
fn the_time_limit_and_the_size_limit_have_kinds_of_their_own() {
    let error = status_of(|| Err(ExecError::TimedOut(b"waiting".to_vec())));
    assert_eq!((error.kind(), error.stderr()), (ErrorKind::TimedOut, "waiting"));
    assert!(
        text(&error).starts_with("plugin `p` did not end within 1.5 s and was killed with its children; ")
    );
    let error = status_of(|| Err(ExecError::TooMuchOutput(Vec::new())));
    assert_eq!(error.kind(), ErrorKind::TooMuchOutput);
    assert_eq!(
        text(&error),
        "plugin `p` printed more than 4194304 bytes and was killed; no result is that long: check what /plugins/p is"
    );
}

fn added(stdout: &'static str) -> Result<String, String> {
    let scratch = tempfile::TempDir::new().unwrap();
    let output = Output { code: Some(0), stdout: stdout.into(), ..Output::default() };
    let exec = Always(move || Ok(output.clone()));
    let runtime = Runtime::new(vec!["/plugins".into()], scratch.path()).with_exec(Arc::new(exec));
    let added = runtime.add(&list("1.0.0", &["p"]), &container());
    added.map(|added| added.result.raw().get().to_owned()).map_err(|error| {
        assert_eq!(error.kind(), ErrorKind::InvalidResult);
        error.to_string().replace("cannot attach container `t1` to network `lab`: ", "")
    })
}

#[test]
fn success_with_rubbish_is_an_error_that_shows_it() {
    let succeeded = "plugin `p` succeeded, but what it printed is no result: ";
    assert!(added("").unwrap_err().starts_with(&format!("{succeeded}it is empty; check the network's")));
    let error = added("done!").unwrap_err();
    assert!(
        error.starts_with(&format!("{succeeded}expected value at line 1 column 1, in `done!`")),
        "{error}"
    );
    let error = added(r#"{"cniVersion":"0.9"}{}"#).unwrap_err();
    assert!(error.contains("trailing characters"), "{error}");
}

#[test]
fn success_with_an_error_object_is_a_result_without_addresses() {
    let text = r#"{"code":7,"msg":"but exit 0"}"#;
    assert_eq!(added(text).unwrap(), text);
}
