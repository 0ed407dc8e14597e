//! Who may use what hcn makes on Windows, as texts of the Security Descriptor Definition Language. Both are protected
//! (`P`): what the folder above, or the system's default, grants to others is not inherited.

/// All rights on a pipe for SYSTEM, as which the shim dials it, for Administrators, and for the caller, by the text of
/// their SID.
pub(crate) fn of_pipe(caller: &str) -> String {
    format!("D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;{caller})")
}

/// All rights on a folder, and on what will be in it, for SYSTEM and Administrators.
pub(crate) const OF_FOLDER: &str = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

/// May what lies in a folder of this owner be believed? Who owns a folder can let others write into it.
pub(crate) fn trusts(owner: &str, caller: &str) -> bool {
    const SYSTEM: &str = "S-1-5-18";
    const ADMINISTRATORS: &str = "S-1-5-32-544";
    [SYSTEM, ADMINISTRATORS, caller].contains(&owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_for_system_administrators_and_the_caller_alone() {
        assert_eq!(
            of_pipe("S-1-5-21-1-2-3-1001"),
            "D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;S-1-5-21-1-2-3-1001)"
        );
    }

    #[test]
    fn a_folder_is_for_system_and_administrators_alone_and_so_is_what_lies_in_it() {
        assert_eq!(OF_FOLDER, "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)");
    }

    #[test]
    fn a_stranger_s_folder_is_not_trusted() {
        let caller = "S-1-5-21-1-2-3-1001";
        assert!(["S-1-5-18", "S-1-5-32-544", caller].iter().all(|owner| trusts(owner, caller)));
        assert!(!trusts("S-1-5-21-1-2-3-1002", caller));
        assert!(!trusts("S-1-5-32-545", caller));
    }
}
