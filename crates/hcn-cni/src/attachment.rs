//! One container on one network: what CNI's variables say, checked before they reach a plugin or become a file name.

use crate::error::{Error, ErrorKind};
use crate::object::Object;

/// Which container, where, and with which wishes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attachment {
    /// CNI_CONTAINERID: letters, digits, `_`, `.` and `-`, the first one a letter or digit.
    pub container_id: String,
    /// CNI_NETNS: a path on Linux, the GUID of an HCN namespace on Windows. `None` where the namespace is gone or
    /// unknown: only DEL takes that, and some plugins then leave rules behind that need it.
    pub netns: Option<String>,
    /// CNI_IFNAME: 1 to 15 bytes, without `/`, `:` and white space.
    pub ifname: String,
    /// CNI_ARGS, in order.
    pub args: Vec<(String, String)>,
    /// Capability arguments by name (`portMappings`, `dns`, …). A plugin gets those that its `capabilities` ask for.
    pub capability_args: Object,
}

impl Attachment {
    /// A container's interface in a namespace, without arguments.
    pub fn new(
        container_id: impl Into<String>,
        netns: impl Into<String>,
        ifname: impl Into<String>,
    ) -> Attachment {
        Attachment {
            container_id: container_id.into(),
            netns: Some(netns.into()),
            ifname: ifname.into(),
            ..Attachment::default()
        }
    }

    /// Check what libcni checks at ADD, and plugins at every verb.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let why = if !is_name(&self.container_id) {
            "a container id consists of letters, digits, `_`, `.` and `-`, the first a letter or digit".into()
        } else if !is_ifname(&self.ifname) {
            format!(
                "`{}` is no interface name: 1 to 15 bytes without `/`, `:` and white space are",
                self.ifname
            )
        } else if let Some((key, value)) = self.args.iter().find(|(key, value)| !is_arg(key, value)) {
            format!(
                "the argument `{key}={value}` cannot be passed on: `;` separates arguments, `=` ends their name"
            )
        } else {
            return Ok(());
        };
        let attempted = format!("attach a container with the id `{}` to a network", self.container_id);
        Err(Error::new(ErrorKind::InvalidAttachment, attempted, why))
    }

    /// CNI_ARGS as one text.
    pub(crate) fn args_text(&self) -> String {
        self.args.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(";")
    }
}

/// The rule for container ids and network names: `^[a-zA-Z0-9][a-zA-Z0-9_.\-]*$`.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

fn is_ifname(text: &str) -> bool {
    (1..=15).contains(&text.len())
        && !matches!(text, "." | "..")
        && !text.contains(|c: char| matches!(c, '/' | ':' | '\0') || c.is_whitespace())
}

fn is_arg(key: &str, value: &str) -> bool {
    !key.is_empty() && !key.contains(['=', ';', '\0']) && !value.contains([';', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rule_of_the_specification() {
        for name in ["a", "0", "default-t1", "A_b.c-9"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "-a", ".a", "_a", "a/b", "a b", "ä", "a\n", "../x"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn interface_names_are_what_a_kernel_takes() {
        for name in ["eth0", "a", "fifteen-bytes-x"] {
            assert!(is_ifname(name), "{name}");
        }
        for name in ["", ".", "..", "sixteen-bytes-xx", "a/b", "a:b", "a b", "a\u{a0}b"] {
            assert!(!is_ifname(name), "{name}");
        }
    }

    #[test]
    fn arguments_that_would_read_as_others_are_refused() {
        let mut attachment = Attachment::new("t1", "/ns", "eth0");
        attachment.args = vec![("K".into(), "a=b".into()), ("L".into(), String::new())];
        attachment.check().unwrap();
        assert_eq!(attachment.args_text(), "K=a=b;L=");
        attachment.args[1].1 = "x;IGNORE=1".into();
        assert_eq!(attachment.check().unwrap_err().kind(), ErrorKind::InvalidAttachment);
    }
}
