//! docs/flags.md: the table of flags as a page. A test holds the page against it.

use std::fmt::Write;

use super::flag::{Answer, Flag};
use super::{DIFFERENCES, TABLE};

const FRONT: &str = "\
# The flags of `hcn run`

Generated from `crates/hcn-cli/src/args/table.rs`, which the parser is made from as well; `HCN_BLESS=1 cargo test
-p hcn-cli --lib the_page` writes it anew.

Every flag of `ctr run` is here: of containerd 1.6 on Linux, and of 2.x on Linux and Windows. The column *ctr* says since
which release it has the flag; `–` marks flags that are hcn's own. A flag is supported (**yes**), refused by name with
the reason, exit code 125, or without effect, which is said. Names may be written with one dash or two, `--flag VALUE` or
`--flag=VALUE`, switches as `--flag=false`; a flag that is given twice counts as given last, unless it collects. Mounts of
`--mount` and `-v` are made in the order in which they were typed: a later one lies over an earlier one. Flags end at the
first operand. With `--config` the runtime spec is run as it is: flags marked ¹ say how an image's container is to be, and
are refused beside it.

ctr's flags in front of `run` stand in front of it or behind: `--address`/`-a`, `--timeout`, `--connect-timeout` and
`--debug` (`--verbose`) as with ctr; `-n` is ctr's `--namespace`/`-n`, whose long form is refused, because a namespace is
two things here: write `--containerd-namespace`.

";

const DIFFER: &str = "
## What differs from ctr's container

Of the same command line hcn makes the container that ctr makes, member by member of `ctr containers info`, but for
these. A test compares both for 25 command lines, in real containerds of 1.6 and 2.x.

| member | why |
|---|---|
";

/// The page.
pub fn page() -> String {
    let mut page = FRONT.to_owned();
    page.push_str("| flag | ctr | Linux | Windows | what it does |\n|---|---|---|---|---|\n");
    for flag in TABLE {
        // Writing to a text cannot fail.
        let _ = writeln!(page, "{}", row(flag));
    }
    page.push_str(DIFFER);
    for (member, why) in DIFFERENCES {
        let _ = writeln!(page, "| `{member}` | {why} |");
    }
    page
}

fn row(flag: &Flag) -> String {
    let (linux, windows) = (answer(flag.linux), answer(flag.windows));
    let does = escaped(flag.help);
    if flag.linux == flag.windows && !flag.is_supported() {
        return format!("| {} | {} | {linux} | {} | |", written(flag), releases(flag), "as on Linux");
    }
    format!("| {} | {} | {linux} | {windows} | {does} |", written(flag), releases(flag))
}

fn written(flag: &Flag) -> String {
    let short = flag.short.map(|letter| format!("`-{letter}`, ")).unwrap_or_default();
    let value = flag.value.name().map(|name| format!(" {name}")).unwrap_or_default();
    let mark = if flag.with_config || !flag.is_supported() { "" } else { " ¹" };
    format!("{short}`--{}{value}`{mark}", flag.name)
}

fn releases(flag: &Flag) -> String {
    match (flag.ctr_linux, flag.ctr_windows) {
        (None, None) => "–".to_owned(),
        (Some(linux), Some(windows)) if linux == windows => linux.to_owned(),
        (Some(linux), Some(windows)) => format!("{linux} Linux, {windows} Windows"),
        (Some(linux), None) => format!("{linux} Linux"),
        (None, Some(windows)) => format!("{windows} Windows"),
    }
}

fn answer(answer: Answer) -> String {
    match answer {
        Answer::Supported => "**yes**".to_owned(),
        Answer::Refused(why) => format!("refused: {}", escaped(why)),
        Answer::Ignored(note) => format!("no effect: {}", escaped(note)),
    }
}

/// What would end a cell is escaped.
fn escaped(text: &str) -> String {
    text.replace('\n', " ").replace('|', r"\|").replace('<', r"\<")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_the_table_says() {
        hcn_test::page("flags.md", &page());
    }
}
