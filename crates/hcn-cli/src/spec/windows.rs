//! The runtime spec that ctr writes for Windows by default, and the command line of a Windows process.

use serde_json::{Value, json};

/// The default spec, with the HCN namespace it is to join.
pub(super) fn default(network_namespace: &str) -> Value {
    json!({
        "ociVersion": "1.1.0",
        "process": {"cwd": "C:\\"},
        "root": {},
        "windows": {
            "ignoreFlushesDuringBoot": true,
            "network": {"allowUnqualifiedDNSQuery": true, "networkNamespace": network_namespace},
        },
    })
}

/// The first word as it is, the rest by the rules of CommandLineToArgvW: what `ArgsEscaped` in an image asks for.
pub(super) fn command_line(words: &[String]) -> String {
    let escaped = words.iter().enumerate().map(|(index, word)| match index {
        0 => word.clone(),
        _ => escape(word),
    });
    escaped.collect::<Vec<_>>().join(" ")
}

/// Quotes where needed, and twice as many backslashes in front of a quote.
fn escape(word: &str) -> String {
    let quoted = word.is_empty() || word.contains([' ', '\t']);
    let mut text = String::new();
    let mut backslashes = 0;
    for c in word.chars() {
        if c == '"' {
            text.push_str(&"\\".repeat(backslashes + 1));
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        text.push(c);
    }
    if !quoted {
        return text;
    }
    format!("\"{text}{}\"", "\\".repeat(backslashes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped_as_windows_splits_them() {
        for (word, escaped) in [
            ("plain", "plain"),
            ("", r#""""#),
            ("two words", r#""two words""#),
            (r#"say "hi""#, r#""say \"hi\"""#),
            (r"C:\end\", r"C:\end\"),
            (r"C:\my end\", r#""C:\my end\\""#),
            (r#"\\"x"#, r#"\\\\\"x"#),
        ] {
            assert_eq!(escape(word), escaped);
        }
    }

    #[test]
    fn the_first_word_stays_as_it_is() {
        let words = [r#""C:\a b.exe" /s"#.to_owned(), "x y".to_owned()];
        assert_eq!(command_line(&words), r#""C:\a b.exe" /s "x y""#);
    }
}
