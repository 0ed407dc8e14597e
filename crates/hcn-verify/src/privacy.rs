//! What a report must not tell: the names of the host and of its user.

use std::ffi::OsString;

/// Names, each with what stands in its place.
#[derive(Clone, Debug, Default)]
pub struct Privacy {
    names: Vec<(String, &'static str)>,
}

/// Variables that hold such names.
const VARIABLES: &[(&str, &str)] = &[
    ("COMPUTERNAME", "<host>"),
    ("HOSTNAME", "<host>"),
    ("USERDNSDOMAIN", "<domain>"),
    ("USERDOMAIN", "<domain>"),
    ("USERNAME", "<user>"),
    ("USER", "<user>"),
];

/// Shorter ones would tear words apart and name nobody.
const SHORTEST: usize = 3;

impl Privacy {
    /// Hides the names that these variables hold.
    pub fn from_variables(var: impl Fn(&str) -> Option<OsString>) -> Self {
        let named = VARIABLES.iter().filter_map(|(variable, stand_in)| {
            let name = var(variable)?.to_string_lossy().into_owned();
            (name.len() >= SHORTEST).then_some((name, *stand_in))
        });
        Self { names: named.collect() }
    }

    /// The text without them. Whole words only, whatever their case.
    pub(crate) fn hide(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, stand_in)| hide(&text, name, stand_in))
    }
}

fn hide(text: &str, name: &str, stand_in: &str) -> String {
    // ASCII alone: other letters may change their length with their case.
    let (low, wanted) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    let mut hidden = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in low.match_indices(&wanted) {
        if is_whole(&low, at, at + wanted.len()) {
            hidden.push_str(&text[done..at]);
            hidden.push_str(stand_in);
            done = at + wanted.len();
        }
    }
    hidden + &text[done..]
}

fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    !text[..start].chars().next_back().is_some_and(joins) && !text[end..].chars().next().is_some_and(joins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_whatever_their_case_and_parts_of_words_stay() {
        let var = |name: &str| match name {
            "COMPUTERNAME" => Some("WIN-7".into()),
            "USERNAME" => Some("ann".into()),
            "USERDOMAIN" => Some("x".into()),
            _ => None,
        };
        let hidden = Privacy::from_variables(var).hide(r#"{"a":"win-7.example","b":"Ann x annotate é"}"#);
        assert_eq!(hidden, r#"{"a":"<host>.example","b":"<user> x annotate é"}"#);
    }
}
