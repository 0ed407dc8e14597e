//! Are the indices of NDIS interfaces used up?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;

pub(super) struct InterfaceIndices;

impl Check for InterfaceIndices {
    fn about(&self) -> About {
        About {
            id: "hcn.interface-indices",
            title: "there are indices left for the loopback interfaces of containers",
            why: "each container takes one, and a machine that goes down with running containers never gives theirs back: \
                  in the end none starts, for insufficient system resources",
            fix: "gives them all back with the next boot",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let bits = match facts.host.interface_indices() {
            Err(absent) => return vec![absent.into()],
            Ok(bits) => bits,
        };
        let taken: u32 = bits.iter().map(|byte| byte.count_ones()).sum();
        let seen = format!("{taken} indices of NDIS loopback interfaces are taken");
        vec![match taken {
            ..MANY => Finding::ok(seen),
            _ => Finding::warning(seen, Fix::command(FIX)),
        }]
    }
}

/// More than a host has containers.
///
/// INFERRED: nobody wrote down how many there are; a host that is reset again and again with running containers, until none
/// starts, would settle it.
const MANY: u32 = 1024;

/// What those who met it were told by Microsoft's support (microsoft/hcsshim#437).
const FIX: &str = r"Set-ItemProperty -Path HKLM:\SYSTEM\CurrentControlSet\Services\NDIS\IfTypes\24 -Name IfUsedNetLuidIndices -Value ([byte[]](1))
Restart-Computer -Confirm";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;
    use crate::doctor::facts::{Absent, Fact};

    fn told(interface_indices: Fact<Vec<u8>>) -> String {
        Recorded { interface_indices, ..Recorded::healthy() }.tell(&InterfaceIndices)
    }

    #[test]
    fn a_few_are_well_and_a_great_many_are_warned_of() {
        insta::assert_snapshot!(told(Ok(vec![0b1011])), @"ok: 3 indices of NDIS loopback interfaces are taken");
        insta::assert_snapshot!(told(Ok(vec![0xff; 200])), @r#"
        warning: 1600 indices of NDIS loopback interfaces are taken
          Command("Set-ItemProperty -Path HKLM:\\SYSTEM\\CurrentControlSet\\Services\\NDIS\\IfTypes\\24 -Name IfUsedNetLuidIndices -Value ([byte[]](1))\nRestart-Computer -Confirm")
        "#);
    }

    #[test]
    fn where_the_registry_has_no_such_value_it_is_not_available() {
        insta::assert_snapshot!(told(Err(Absent::NotHere("IfUsedNetLuidIndices: not found".into()))), @"not available: IfUsedNetLuidIndices: not found");
    }
}
