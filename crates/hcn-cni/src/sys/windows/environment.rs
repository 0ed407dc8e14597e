//! The variables of a new process: those of this one, some replaced.

use std::ffi::{OsStr, OsString};
use std::io;

use super::process::wide;

/// This process's environment with these variables, as CreateProcess takes it.
pub(super) fn with(set: &[(&'static str, OsString)]) -> io::Result<Vec<u16>> {
    block(std::env::vars_os(), set)
}

/// `NAME=value`, each ended by a zero, in the order of their names; then one more zero. Names differ by more than case.
fn block(
    inherited: impl Iterator<Item = (OsString, OsString)>,
    set: &[(&'static str, OsString)],
) -> io::Result<Vec<u16>> {
    let is_kept =
        |(name, _): &(OsString, OsString)| !set.iter().any(|(other, _)| name.eq_ignore_ascii_case(other));
    let set_anew = set.iter().map(|(name, value)| (OsString::from(name), value.clone()));
    let mut variables: Vec<_> = inherited.filter(is_kept).chain(set_anew).collect();
    variables.sort_by_key(|(name, _)| name.to_ascii_uppercase());
    let entries = variables.iter().map(|(name, value)| entry(name, value));
    let mut block = entries.collect::<io::Result<Vec<_>>>()?.concat();
    // Even an empty one has two.
    if block.is_empty() {
        block.push(0);
    }
    block.push(0);
    Ok(block)
}

fn entry(name: &OsStr, value: &OsStr) -> io::Result<Vec<u16>> {
    wide(&[name, "=".as_ref(), value].into_iter().collect::<OsString>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(inherited: &[(&str, &str)], set: &[(&'static str, &str)]) -> io::Result<String> {
        let inherited = inherited.iter().map(|(name, value)| (name.into(), value.into()));
        let set: Vec<_> = set.iter().map(|(name, value)| (*name, OsString::from(value))).collect();
        block(inherited, &set).map(|block| String::from_utf16(&block).unwrap())
    }

    #[test]
    fn a_variable_is_replaced_whatever_the_case_of_its_name_and_all_are_in_order() {
        let inherited = [("windir", r"C:\windows"), ("=C:", r"C:\work"), ("Path", "old"), ("a", "1")];
        let set = [("PATH", "new"), ("CNI_ARGS", "K=V")];
        let expected = "=C:=C:\\work\0a=1\0CNI_ARGS=K=V\0PATH=new\0windir=C:\\windows\0\0";
        assert_eq!(text(&inherited, &set).unwrap(), expected);
    }

    #[test]
    fn an_empty_one_is_two_zeros() {
        assert_eq!(text(&[], &[]).unwrap(), "\0\0");
    }

    #[test]
    fn a_zero_is_refused() {
        assert_eq!(text(&[], &[("CNI_ARGS", "a\0b")]).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
