//! Where a run can be made to die or to pause, for the tests that do so everywhere: `HCN_STOP_AT=N` in the environment of
//! a build with debug assertions kills the process, as `kill -9` would, when it passes its Nth point; so does the name of
//! a point. `HCN_PAUSE_AT=NAME:N` stops it, until it gets a SIGCONT, when it passes the Nth point of that name. In a
//! release there is nothing of it.

/// A point at which a run may be killed or paused.
#[cfg(not(debug_assertions))]
pub(crate) fn pass(_: &str) {}

/// A point at which a run may be killed or paused.
#[cfg(debug_assertions)]
pub(crate) fn pass(name: &str) {
    pause(name);
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

#[cfg(debug_assertions)]
fn pause(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};
    static AT: OnceLock<Option<(String, usize)>> = OnceLock::new();
    static PASSED: AtomicUsize = AtomicUsize::new(0);
    let wanted = || {
        let text = std::env::var("HCN_PAUSE_AT").ok()?;
        let (name, count) = text.split_once(':')?;
        Some((name.to_owned(), count.parse().ok()?))
    };
    let Some((at, count)) = AT.get_or_init(wanted) else { return };
    if at == name && PASSED.fetch_add(1, Ordering::Relaxed) == *count {
        crate::sys::pause();
    }
}
