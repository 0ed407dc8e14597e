//! The signal that asks a container to end: as its image says, in the label that containerd's clients keep it in.

/// containerd's name for the label, with ctr's values: those of an image's `StopSignal`.
pub(super) const LABEL: &str = "io.containerd.image.config.stop-signal";

/// Linux' signals by number, from 1 on; the same on every processor that containers are made for.
const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
    "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
    "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// The first and the last of those that programs use as they like, as the C library counts them.
const RTMIN: u32 = 34;
const RTMAX: u32 = 64;

/// The number of a signal as images write it: `SIGQUIT`, `quit`, `3`, `SIGRTMIN+3`. `None` for what is no signal.
pub(super) fn number(text: &str) -> Option<u32> {
    if let Ok(number) = text.parse::<u32>() {
        return (1..=RTMAX).contains(&number).then_some(number);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let known = NAMES.iter().zip(1..).find(|(known, _)| **known == name).map(|(_, number)| number);
    known.or_else(|| real_time(name))
}

fn real_time(name: &str) -> Option<u32> {
    let number = match (name.strip_prefix("RTMIN"), name.strip_prefix("RTMAX")) {
        (Some(""), _) => RTMIN,
        (_, Some("")) => RTMAX,
        (Some(more), _) => RTMIN.checked_add(more.strip_prefix('+')?.parse().ok()?)?,
        (_, Some(less)) => RTMAX.checked_sub(less.strip_prefix('-')?.parse().ok()?)?,
        _ => return None,
    };
    (RTMIN..=RTMAX).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_read_however_an_image_writes_it() {
        let all = [
            "SIGTERM",
            "TERM",
            "sigquit",
            "3",
            "SIGWINCH",
            "SIGSYS",
            "SIGRTMIN+3",
            "RTMAX-1",
            "SIGRTMIN",
            "64",
        ];
        assert_eq!(all.map(|text| number(text).unwrap_or(0)), [15, 15, 3, 3, 28, 31, 37, 63, 34, 64]);
    }

    #[test]
    fn what_is_no_signal_is_none() {
        for text in
            ["", "0", "65", "-1", "SIG", "SIGFOO", "RTMIN+31", "RTMIN-1", "RTMAX-31", "RTMIN+", "SIGSIGTERM"]
        {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
