//! Figures of many runs: medians, since one slow run says nothing.

/// The middle one of the values, or of the two in the middle the lower; 0 of none.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

/// The value below which nine in ten lie; 0 of none.
pub(super) fn ninth_decile(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get((sorted.len() * 9 / 10).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_run_moves_no_median() {
        assert_eq!((median(&[3.0, 1.0, 900.0, 2.0, 4.0]), median(&[2.0, 1.0]), median(&[])), (3.0, 1.0, 0.0));
    }

    #[test]
    fn nine_in_ten_are_not_above_the_ninth_decile() {
        let values: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!((ninth_decile(&values), ninth_decile(&[5.0]), ninth_decile(&[])), (10.0, 5.0, 0.0));
    }
}
