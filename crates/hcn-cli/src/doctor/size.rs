//! Amounts of bytes, as people read them.

const MIB: u64 = 1 << 20;

/// In GiB with a digit behind the point, or in MiB.
pub(crate) fn text(bytes: u64) -> String {
    match bytes / MIB {
        mib if mib >= 1024 => format!("{}.{} GiB", mib / 1024, mib % 1024 * 10 / 1024),
        mib => format!("{mib} MiB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short() {
        let told = [0, 3 * MIB, 1536 * MIB, 50 << 30].map(text);
        assert_eq!(told, ["0 MiB", "3 MiB", "1.5 GiB", "50.0 GiB"]);
    }
}
