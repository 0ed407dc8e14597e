//! Pages of docs/ that are made from the library: the library decides, the page follows.

use hcn::{Code, ErrorKind, Feature};

const ERRORS: &str = "\
# Errors of the Host Network Service

Every code that `hcn` knows: what it means and what helps. A message of hcn ends with the code, so search this page for
it. Names are those of winerror.h. *Kind* is what a Rust program matches on (`hcn::ErrorKind`); codes that are not here
have the kind `Other`. Where the last column is empty, no advice is known that would hold in general. The service says
more about a failure in its record, which hcn shows, too; its words are localized.

This page is made from the library (`crates/hcn/src/error/code.rs`) by the test that compares the two:
`HCN_BLESS=1 cargo nextest run -p hcn pages`.
";

const FEATURES: &str = "\
## Versions and features

What a release lacks it refuses, mostly as an unknown member (0x803B001B) or a policy type that is wrong here
(0x803B000E). The service announces no features; clients read them out of its version, `Hcn::version` of the library, by
these ranges.
";

#[test]
fn the_page_of_the_errors_says_what_the_table_says() {
    let (own, other): (Vec<Code>, Vec<Code>) = Code::all().partition(|code| code.0 >> 16 == 0x803B);
    let text = format!(
        "{ERRORS}\n## Codes of the service\n\n{}\n## Codes of Windows that the service uses\n\n{}\n{FEATURES}\n{}",
        codes(&own),
        codes(&other),
        features()
    );
    hcn_test::page("errors.md", &text);
}

fn codes(codes: &[Code]) -> String {
    let row = |code: &Code| {
        let (name, hint) = (code.name().unwrap(), code.hint().unwrap_or_default());
        let last = if hint.is_empty() { " |".to_owned() } else { format!(" {hint} |") };
        format!("| `{code}` | {} | `{name}` | {:?} | {} |{last}\n", code.0, code.kind(), code.why())
    };
    let rows: String = codes.iter().map(row).collect();
    format!("| code | decimal | name | kind | it means | what helps |\n|---|---|---|---|---|---|\n{rows}")
}

fn features() -> String {
    let range = |(first, last): &(hcn::ServiceVersion, Option<hcn::ServiceVersion>)| match last {
        Some(last) => format!("{first} to the end of {}.x", last.major),
        None => format!("{first} and later"),
    };
    let row = |feature: &Feature| {
        let versions: Vec<String> = feature.versions().iter().map(range).collect();
        format!("| {} | {} |\n", feature.name(), versions.join("; "))
    };
    let rows: String = Feature::ALL.iter().map(row).collect();
    format!("| feature | versions of the service |\n|---|---|\n{rows}")
}

/// The reference's rows: name, low byte. Kept apart from the table, so that a slip in one shows.
#[test]
fn the_table_has_every_code_of_the_header_under_its_name() {
    let header = include_str!("winerror.tsv");
    let rows = header.lines().map(|line| line.split_once('\t').unwrap());
    let expected: Vec<(u32, &str)> =
        rows.map(|(code, name)| (u32::from_str_radix(code, 16).unwrap(), name)).collect();
    let known: Vec<(u32, &str)> = Code::all().map(|code| (code.0, code.name().unwrap())).collect();
    let missing: Vec<_> = expected.iter().filter(|row| !known.contains(row)).collect();
    assert_eq!((missing, expected.len()), (vec![], 55 + 13));
}

#[test]
fn no_code_of_the_service_is_of_no_kind() {
    let vague = Code::all().filter(|code| code.kind() == ErrorKind::Other).map(|code| code.name().unwrap());
    assert_eq!(
        vague.collect::<Vec<_>>(),
        ["HCN_E_REGKEY_FAILURE", "E_FAIL", "E_UNEXPECTED", "E_OUTOFMEMORY", "ERROR_DISK_FULL"]
    );
}
