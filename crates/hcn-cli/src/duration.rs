//! Durations as Go's programs take them: `300ms`, `1m30s`, `1.5h`, and a bare `0`.

use std::time::Duration;

/// The units, the longer names first, so that `ms` is not read as `m`.
const UNITS: &[(&str, f64)] =
    &[("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("h", 3600.0), ("m", 60.0), ("s", 1.0)];

/// Read a duration.
///
/// # Errors
/// What is expected instead, for the command line's answer.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || "a duration such as 10s, 300ms or 1m30s is expected".to_owned();
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let (mut rest, mut total) = (text, 0.0);
    while !rest.is_empty() {
        let (seconds, behind) = leading_part(rest).ok_or_else(wrong)?;
        (rest, total) = (behind, total + seconds);
    }
    if text.is_empty() {
        return Err(wrong());
    }
    Duration::try_from_secs_f64(total).map_err(|_| wrong())
}

/// The first number with its unit, in seconds, and what follows.
fn leading_part(text: &str) -> Option<(f64, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let number: f64 = text[..digits].parse().ok()?;
    let (unit, seconds) = UNITS.iter().find(|(unit, _)| text[digits..].starts_with(unit))?;
    Some((number * seconds, &text[digits + unit.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up() {
        assert_eq!(parse_duration("1m30.5s"), Ok(Duration::from_millis(90_500)));
        assert_eq!(parse_duration("300ms"), Ok(Duration::from_millis(300)));
        assert_eq!(parse_duration("0"), Ok(Duration::ZERO));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "10", "s", "-1s", "1x", "1m 2s", "1..5s", "99999999999999999999h"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
