//! Where a run can be made to die, for the tests that kill it everywhere: `HCN_STOP_AT=N` in the environment of a build
//! with debug assertions kills the process, as `kill -9` would, when it passes its Nth point; so does the name of a
//! point. In a release there is nothing of it.

/// A point at which a run may be killed.
#[cfg(not(debug_assertions))]
pub(crate) fn pass(_: &str) {}

/// A point at which a run may be killed.
#[cfg(debug_assertions)]
pub(crate) fn pass(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};
    static AT: OnceLock<Option<String>> = OnceLock::new();
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    let Some(at) = AT.get_or_init(|| std::env::var("HCN_STOP_AT").ok()) else { return };
    let point = PASSED.fetch_add(1, Ordering::Relaxed);
    if at == name || *at == point.to_string() {
        crate::output::error(format_args!("killed at point {point}: {name}"));
        crate::sys::die();
    }
}
