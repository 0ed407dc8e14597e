//! What xtask says: progress on stderr beside the programs' own output, results on stdout.

/// A result.
pub(crate) fn line(text: &str) {
    #[allow(clippy::print_stdout, reason = "the one place that writes results")]
    {
        println!("{text}");
    }
}

/// Where we are.
pub(crate) fn progress(text: &str) {
    stderr(&format!("\n== {text}"));
}

/// A command about to run, as it could be typed.
pub(crate) fn command(text: &str) {
    stderr(&format!("$ {text}"));
}

/// A remark.
pub(crate) fn note(text: &str) {
    stderr(&format!("   {text}"));
}

/// Why the task failed.
pub(crate) fn error(text: &str) {
    stderr(&format!("xtask: {text}"));
}

fn stderr(text: &str) {
    #[allow(clippy::print_stderr, reason = "the one place that writes progress")]
    {
        eprintln!("{text}");
    }
}

/// A line of a program's stderr.
pub(crate) fn passed_on(text: &str) {
    stderr(text);
}
