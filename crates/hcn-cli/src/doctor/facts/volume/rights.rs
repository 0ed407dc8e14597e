//! What the users of a container may do with a file of the host, by its access list. The host's lists hold in a container
//! too, for users that the host itself does not have.

/// A user that every Windows image has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    /// `ContainerAdministrator`, S-1-5-93-2-1.
    Administrator,
    /// `ContainerUser`, S-1-5-93-2-2.
    User,
}

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowed {
    /// Look into it.
    pub(crate) read: bool,
    /// Make files in it, change it.
    pub(crate) write: bool,
}

/// `FILE_LIST_DIRECTORY` and `FILE_READ_DATA`.
const READ: u32 = 0x1;
/// `FILE_ADD_FILE` and `FILE_WRITE_DATA`.
const WRITE: u32 = 0x2;

impl User {
    /// As images name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Administrator => "ContainerAdministrator",
            Self::User => "ContainerUser",
        }
    }

    /// Its number, and the groups that it is in, as access lists name them.
    ///
    /// INFERRED: the groups, from what `whoami /groups` printed in containers of Server 2022; the same in containers of
    /// each release would settle it.
    fn identities(self) -> &'static [&'static str] {
        match self {
            Self::Administrator => &[
                "S-1-5-93-2-1",
                "S-1-5-93-0",
                "BA",
                "S-1-5-32-544",
                "BU",
                "S-1-5-32-545",
                "WD",
                "S-1-1-0",
                "AU",
                "S-1-5-11",
                "IU",
                "S-1-5-4",
                "S-1-2-0",
                "S-1-2-1",
                "S-1-5-15",
            ],
            Self::User => &[
                "S-1-5-93-2-2",
                "S-1-5-93-0",
                "BU",
                "S-1-5-32-545",
                "WD",
                "S-1-1-0",
                "AU",
                "S-1-5-11",
                "IU",
                "S-1-5-4",
                "S-1-2-0",
                "S-1-2-1",
                "S-1-5-15",
            ],
        }
    }
}

/// What a user may do by an access list in the language of security descriptors: `D:AI(A;OICI;FA;;;BA)…`. None where it is no
/// such list.
pub(crate) fn allowed(access_list: &str, user: User) -> Option<Allowed> {
    let entries = access_list.strip_prefix("D:")?;
    // Without a list everybody may do everything.
    if entries.starts_with("NO_ACCESS_CONTROL") {
        return Some(Allowed { read: true, write: true });
    }
    let (mut granted, mut denied) = (0, 0);
    for entry in entries.split('(').skip(1) {
        let Entry { grants, mask, who } = entry_of(entry.split(')').next()?)?;
        match user.identities().contains(&who) {
            true if grants => granted |= mask & !denied,
            true => denied |= mask & !granted,
            false => {}
        }
    }
    Some(Allowed { read: granted & READ != 0, write: granted & WRITE != 0 })
}

/// One entry of a list that counts here: what, and for whom.
struct Entry<'a> {
    grants: bool,
    mask: u32,
    who: &'a str,
}

/// `A;OICI;0x1200a9;;;BU`. One that is for what is made inside alone (`IO`), or of a kind that neither allows nor denies, has
/// an empty mask.
fn entry_of(text: &str) -> Option<Entry<'_>> {
    let mut fields = text.split(';');
    let (kind, flags, rights) = (fields.next()?, fields.next()?, fields.next()?);
    let who = fields.nth(2)?;
    let counts = matches!(kind, "A" | "D") && !pairs(flags).any(|flag| flag == "IO");
    let mask = if counts { mask(rights)? } else { 0 };
    Some(Entry { grants: kind == "A", mask, who })
}

/// A number, or names of two letters.
fn mask(rights: &str) -> Option<u32> {
    if let Some(number) = rights.strip_prefix("0x") {
        return u32::from_str_radix(number, 16).ok().map(|mask| mask | generic(mask));
    }
    Some(pairs(rights).map(right).fold(0, |all, one| all | one))
}

/// What the generic rights at the top of a mask stand for.
fn generic(mask: u32) -> u32 {
    let all = if mask & 0x1000_0000 != 0 { READ | WRITE } else { 0 };
    let read = if mask & 0x8000_0000 != 0 { READ } else { 0 };
    let write = if mask & 0x4000_0000 != 0 { WRITE } else { 0 };
    all | read | write
}

/// As far as it is about reading and writing.
fn right(name: &str) -> u32 {
    match name {
        "FA" | "GA" => READ | WRITE,
        "FR" | "GR" | "CC" => READ,
        "FW" | "GW" | "DC" => WRITE,
        _ => 0,
    }
}

fn pairs(text: &str) -> impl Iterator<Item = &str> {
    (0..text.len() / 2).filter_map(|at| text.get(at * 2..at * 2 + 2))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A folder of a drive that Windows has just formatted.
    const FRESH: &str = "D:AI(A;OICIID;FA;;;BA)(A;OICIID;FA;;;SY)(A;OICIIOID;SDGXGWGR;;;AU)(A;ID;0x1301bf;;;AU)(A;OICIID;0x1200a9;;;BU)";

    fn told(access_list: &str, user: User) -> (bool, bool) {
        let found = allowed(access_list, user).unwrap();
        (found.read, found.write)
    }

    #[test]
    fn both_users_may_write_to_a_fresh_drive() {
        assert_eq!(told(FRESH, User::Administrator), (true, true));
        assert_eq!(told(FRESH, User::User), (true, true));
    }

    #[test]
    fn what_is_for_administrators_alone_is_closed_to_the_user() {
        let list = "D:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)";
        assert_eq!(told(list, User::Administrator), (true, true));
        assert_eq!(told(list, User::User), (false, false));
        assert_eq!(told("D:(A;OICI;0x1200a9;;;BU)", User::User), (true, false));
    }

    #[test]
    fn a_user_may_be_named_by_number_and_what_is_denied_first_stays_denied() {
        assert_eq!(told("D:(A;;FA;;;S-1-5-93-2-2)", User::User), (true, true));
        assert_eq!(told("D:(D;;FW;;;WD)(A;;FA;;;WD)", User::User), (true, false));
        assert_eq!(told("D:(A;OICIIO;FA;;;WD)", User::User), (false, false), "it is for what is made inside");
        assert_eq!(told("D:NO_ACCESS_CONTROL", User::User), (true, true));
    }

    #[test]
    fn what_is_no_list_is_none() {
        for text in ["", "O:BA", "D:(A;OICI)", "D:(A;;0xzz;;;WD)"] {
            assert_eq!(allowed(text, User::User), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn more_entries_that_allow_never_take_a_right_away(mask in any::<u32>(), who in "BA|BU|AU|WD|SY|S-1-5-93-2-[12]") {
            let longer = format!("{FRESH}(A;;0x{mask:x};;;{who})");
            for user in [User::Administrator, User::User] {
                let (before, after) = (told(FRESH, user), told(&longer, user));
                prop_assert!(after.0 >= before.0 && after.1 >= before.1);
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,60}", entries in "D:[(;)A-Z0-9x-]{0,60}") {
            let _ = (allowed(&text, User::User), allowed(&entries, User::User));
        }
    }
}
