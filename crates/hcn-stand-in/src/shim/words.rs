//! A command line split as CommandLineToArgvW splits it.

/// The words of a command line. The first one ends at a blank or a quote, and knows no backslash; the others are read
/// by the rule of quotes and doubled backslashes.
pub(crate) fn split(line: &str) -> Vec<String> {
    let (first, mut rest) = program(line.trim_start());
    let mut words = vec![first];
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        if rest.is_empty() {
            return words;
        }
        let (word, behind) = argument(rest);
        words.push(word);
        rest = behind;
    }
}

fn program(line: &str) -> (String, &str) {
    let quoted = line.strip_prefix('"').map(|open| open.split_once('"').unwrap_or((open, "")));
    let (word, rest) = quoted.unwrap_or_else(|| line.split_at(line.find([' ', '\t']).unwrap_or(line.len())));
    (word.to_owned(), rest)
}

fn argument(text: &str) -> (String, &str) {
    let mut word = String::new();
    let (mut backslashes, mut quoted) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            '\\' => {
                backslashes += 1;
                continue;
            }
            '"' => {
                word.push_str(&"\\".repeat(backslashes / 2));
                match backslashes % 2 {
                    0 => quoted = !quoted,
                    _ => word.push('"'),
                }
            }
            ' ' | '\t' if !quoted => {
                word.push_str(&"\\".repeat(backslashes));
                return (word, &text[at..]);
            }
            other => {
                word.push_str(&"\\".repeat(backslashes));
                word.push(other);
            }
        }
        backslashes = 0;
    }
    word.push_str(&"\\".repeat(backslashes));
    (word, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_split_as_windows_splits_them() {
        for (line, words) in [
            (r"play", vec!["play"]),
            (r#""C:\a b\play.exe" x"#, vec![r"C:\a b\play.exe", "x"]),
            (r#"play "out 5" "exit 7""#, vec!["play", "out 5", "exit 7"]),
            (
                r#"play "" say\"hi\" "C:\end\\" C:\end\"#,
                vec!["play", "", r#"say"hi""#, r"C:\end\", r"C:\end\"],
            ),
            (r#"play a\\\"b "c d"e"#, vec!["play", r#"a\"b"#, "c de"]),
        ] {
            assert_eq!(split(line), words);
        }
    }
}
