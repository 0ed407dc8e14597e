//! The error codes of the CNI specification: the only place where such a number gets a meaning.

/// All that is known about one error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The number in the plugin's `code`.
    pub number: u32,
    /// What the specification says it means.
    pub meaning: &'static str,
    /// What to do about it.
    pub hint: &'static str,
}

/// The codes of the specification (section "Error"), and the one that the plugins' skeleton uses for anything else.
pub const CODES: &[Code] = &[
    Code {
        number: 1,
        meaning: "incompatible CNI version",
        hint: "set cniVersion of the network's configuration to one that the plugin supports",
    },
    Code {
        number: 2,
        meaning: "unsupported field in the network configuration",
        hint: "take the field out of the network's configuration, or install a plugin that knows it",
    },
    Code {
        number: 3,
        meaning: "container unknown or does not exist",
        hint: "nothing has to be cleaned up for that container",
    },
    Code {
        number: 4,
        meaning: "invalid environment variables",
        hint: "check the container's id, the interface's name and the network namespace",
    },
    Code { number: 5, meaning: "I/O failure", hint: "check the files and folders that the message names" },
    Code {
        number: 6,
        meaning: "failed to decode content",
        hint: "correct the network's configuration: the plugin could not read it",
    },
    Code {
        number: 7,
        meaning: "invalid network configuration",
        hint: "correct the network's configuration as the message says",
    },
    Code {
        number: 8,
        meaning: "invalid network namespace",
        hint: "the namespace has to exist and must not be the host's own",
    },
    Code { number: 11, meaning: "try again later", hint: "wait a little and run it again" },
    Code {
        number: 50,
        meaning: "the plugin is not available",
        hint: "new containers cannot get a network until what the message names is running",
    },
    Code {
        number: 51,
        meaning: "the plugin is not available, and containers on this network may have limited connectivity",
        hint: "start what the message names",
    },
    Code {
        number: 999,
        meaning: "internal error of the plugin",
        hint: "see what the plugin says, and the configuration that it was given",
    },
];

/// The row of a code; `None` for the plugins' own ones (100 and above) and for those nobody has defined.
pub fn code(number: u32) -> Option<&'static Code> {
    CODES.iter().find(|code| code.number == number)
}

/// What a number means, for a message.
pub(crate) fn meaning(number: u32) -> &'static str {
    match code(number) {
        Some(code) => code.meaning,
        None if number >= 100 => "the plugin's own code",
        None => "not a code of the specification",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_says_everything() {
        assert!(CODES.is_sorted_by(|a, b| a.number < b.number));
        assert!(CODES.iter().all(|code| !code.meaning.is_empty() && !code.hint.is_empty()));
    }

    #[test]
    fn every_range_has_a_meaning() {
        assert_eq!(meaning(11), "try again later");
        assert_eq!(meaning(100), "the plugin's own code");
        assert_eq!(meaning(0), "not a code of the specification");
        assert_eq!(meaning(999), "internal error of the plugin");
    }
}
