//! What the stand-ins wrote down, to be asked.

use std::path::Path;

use serde_json::Value;

/// The lines of a journal.
#[derive(Debug)]
pub(crate) struct Journal(Vec<Value>);

impl Journal {
    /// All lines so far.
    pub(crate) fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        // The last line may be half written.
        let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        Self(whole.map(|line| serde_json::from_str(line).expect("a line is JSON")).collect())
    }

    /// Insists that these lines are there, in this order: `call Tasks/Start`, `answer CNI/ADD`. Others may be between.
    #[track_caller]
    pub(crate) fn assert_order(&self, wanted: &[&str]) {
        let mut from = 0;
        for line in wanted {
            let found = self.names().skip(from).position(|name| name == *line);
            let Some(found) = found else {
                panic!("no `{line}` behind the {from} first lines of {:#?}", self.names().collect::<Vec<_>>())
            };
            from += found + 1;
        }
    }

    /// Was there such a call?
    pub(crate) fn has(&self, call: &str) -> bool {
        self.holds(&format!("call {call}"))
    }

    /// Is there this line: `answer Tasks/Kill`?
    pub(crate) fn holds(&self, line: &str) -> bool {
        self.names().any(|name| name == line)
    }

    /// The calls of that name.
    pub(crate) fn all(&self, call: &str) -> Vec<&Value> {
        self.0.iter().filter(|line| line["call"] == call).collect()
    }

    /// The only call of that name.
    #[track_caller]
    pub(crate) fn the(&self, call: &str) -> &Value {
        let all = self.all(call);
        assert_eq!(all.len(), 1, "calls of {call} in {:#?}", self.0);
        all[0]
    }

    /// The rules that were broken.
    pub(crate) fn violations(&self) -> Vec<&str> {
        self.0.iter().filter_map(|line| line["violation"].as_str()).collect()
    }

    /// Answers with a code that is not `Ok`.
    pub(crate) fn refusals(&self) -> Vec<String> {
        let bad = |line: &&Value| line["answer"].is_string() && line["code"] != "Ok";
        self.0.iter().filter(bad).map(ToString::to_string).collect()
    }

    fn names(&self) -> impl Iterator<Item = String> {
        let name = |line: &Value, kind: &str| line[kind].as_str().map(|name| format!("{kind} {name}"));
        self.0.iter().filter_map(move |line| name(line, "call").or_else(|| name(line, "answer")))
    }
}
