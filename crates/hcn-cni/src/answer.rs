//! What a plugin's answer means: its result, its versions, and every way in which it says or shows that it failed.

use crate::call::Asked;
use crate::code::code;
use crate::error::{Error, ErrorKind};
use crate::exec::{ExecError, Invocation, Output};
use crate::object::Object;
use crate::result::CniResult;
use crate::version::Version;

/// A plugin that did not run, or not to its end.
pub(crate) fn not_run(asked: &Asked<'_>, invocation: &Invocation, error: ExecError) -> Error {
    let (plugin, program) = (asked.plugin, invocation.program.display());
    match error {
        ExecError::Start(error) => {
            let why = format!("plugin `{plugin}` cannot be started: {error}");
            let hint = format!("{program} has to be a program of this system that may be executed");
            asked.error(ErrorKind::PluginNotRunnable, why).with_hint(hint)
        }
        ExecError::Wait(error) => {
            let why = format!("plugin `{plugin}` cannot be waited for: {error}");
            asked.error(ErrorKind::PluginFailed, why)
        }
        ExecError::TimedOut(stderr) => {
            let seconds = invocation.timeout.as_secs_f64();
            let why =
                format!("plugin `{plugin}` did not end within {seconds} s and was killed with its children");
            asked
                .error(ErrorKind::TimedOut, why)
                .with_hint(asked.check_configuration())
                .with_stderr(text(&stderr))
        }
        ExecError::TooMuchOutput(stderr) => {
            let why =
                format!("plugin `{plugin}` printed more than {} bytes and was killed", invocation.limit);
            let hint = format!("no result is that long: check what {program} is");
            asked.error(ErrorKind::TooMuchOutput, why).with_hint(hint).with_stderr(text(&stderr))
        }
    }
}

/// A plugin that ended without success: by its error object, else by what it printed, else by its exit.
pub(crate) fn failed(asked: &Asked<'_>, output: &Output) -> Error {
    let answer = Object::parse(&text(&output.stdout)).unwrap_or_default();
    let said = message(&answer).or_else(|| one_line(&output.stdout)).or_else(|| one_line(&output.stderr));
    let why = format!("plugin `{}` {}", asked.plugin, end(said, output));
    let error = asked.error(ErrorKind::PluginFailed, why).with_stderr(text(&output.stderr));
    match number(&answer) {
        Some(number) if code(number).is_some() => error.with_code(number),
        Some(number) => error.with_code(number).with_hint(asked.check_configuration()),
        None => error.with_hint(asked.check_configuration()),
    }
}

/// How a plugin ended, and what it said.
fn end(said: Option<String>, output: &Output) -> String {
    match (said, output.signal, output.code) {
        (Some(said), None, _) => format!("failed: {said}"),
        (Some(said), Some(signal), _) => format!("was ended by signal {signal}: {said}"),
        (None, Some(signal), _) => format!("was ended by signal {signal} and said nothing"),
        // Windows' own codes (0xC0000005, an access violation) are known by their hexadecimal form.
        (None, None, Some(exit)) if exit < 0 => format!("exited with {exit:#010X} and said nothing"),
        (None, None, Some(exit)) => format!("exited with {exit} and said nothing"),
        (None, None, None) => "ended and said nothing".into(),
    }
}

/// The code of an error object; 0 is none.
fn number(answer: &Object) -> Option<u32> {
    let number = serde_json::from_str(answer.get("code")?.get()).ok();
    number.filter(|number| *number != 0)
}

/// `msg` and `details` of an error object.
fn message(answer: &Object) -> Option<String> {
    let part = |key| answer.text(key).ok().flatten().and_then(|text| one_line(text.as_bytes()));
    let message = part("msg")?;
    Some(part("details").map(|details| format!("{message}: {details}")).unwrap_or(message))
}

/// Empty output is an error, as in libcni. An error object with exit 0 is a result without addresses, as there.
pub(crate) fn read_result(output: &Output, version: Version) -> Result<CniResult, String> {
    let text = std::str::from_utf8(&output.stdout).map_err(|_| "it is no UTF-8 text".to_string())?;
    match one_line(text.as_bytes()) {
        None => Err("it is empty".into()),
        Some(line) => CniResult::parse(text, version).map_err(|why| format!("{why}, in `{line}`")),
    }
}

/// `supportedVersions` of the answer to VERSION.
pub(crate) fn read_versions(output: &Output) -> Result<Vec<Version>, String> {
    let answer = Object::parse(&text(&output.stdout)).map_err(|error| error.to_string())?;
    let value = answer.get("supportedVersions").ok_or("`supportedVersions` is missing")?;
    let texts: Vec<String> = serde_json::from_str(value.get()).map_err(|error| error.to_string())?;
    texts.iter().map(|text| text.parse().map_err(|error| format!("{error}"))).collect()
}

/// Bytes as text, whatever they are.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a plugin printed, fit for one line of a message; `None` when there is nothing to see.
fn one_line(bytes: &[u8]) -> Option<String> {
    const LONGEST: usize = 1000;
    let text = text(bytes);
    let words = text.split(|c: char| c.is_control()).map(str::trim).filter(|part| !part.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    let cut = line.char_indices().nth(LONGEST).map(|(at, _)| format!("{}…", &line[..at]));
    Some(cut.unwrap_or(line)).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests;
