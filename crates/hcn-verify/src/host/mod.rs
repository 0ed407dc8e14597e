//! What this host is: its release, and what the DLLs of the service export. Read from files, nothing is loaded.

mod pe;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::report::{Host, SystemFile};

/// The functions of a DLL that hcn knows.
type KnownExports = fn() -> Vec<String>;

/// The DLLs of the service, and what hcn knows of them.
const FILES: &[(&str, KnownExports)] = &[
    ("computenetwork.dll", compute_network),
    ("vmcompute.dll", || vec!["HNSCall".to_owned()]),
    ("hostnetsvc.dll", Vec::new),
];

/// Wine's own mark.
const WINE: &str = "wine_get_version";

/// This host, for a report about this service: `system` or `emulator`.
pub fn host(service: &str) -> Host {
    Host {
        service: service.to_owned(),
        os: os(),
        architecture: std::env::consts::ARCH,
        files: if cfg!(windows) {
            FILES.iter().map(|(name, known)| file(name, &known())).collect()
        } else {
            Vec::new()
        },
        hns_version: None,
        features: Vec::new(),
    }
}

/// The build in what Windows calls itself: 17763 in `Microsoft Windows [Version 10.0.17763.8027]`.
pub fn windows_build(os: &str) -> Option<u32> {
    let (_, rest) = os.split_once("10.0.")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn os() -> String {
    if !cfg!(windows) {
        return std::env::consts::OS.to_owned();
    }
    let said = Command::new("cmd").args(["/c", "ver"]).stdin(Stdio::null()).output();
    let said = said.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned()).unwrap_or_default();
    let wine = exports(&system32("ntdll.dll")).is_some_and(|exports| exports.iter().any(|name| name == WINE));
    if wine { format!("{said} (Wine)") } else { said }
}

fn system32(name: &str) -> PathBuf {
    let root = std::env::var_os("SystemRoot").map_or_else(|| PathBuf::from(r"C:\Windows"), PathBuf::from);
    root.join("System32").join(name)
}

fn exports(file: &Path) -> Option<Vec<String>> {
    pe::exports(&std::fs::read(file).ok()?)
}

fn file(name: &str, known: &[String]) -> SystemFile {
    let bytes = std::fs::read(system32(name)).ok();
    let all = bytes.as_deref().and_then(pe::exports).unwrap_or_default();
    let (exports, missing) = known.iter().cloned().partition(|name| all.contains(name));
    SystemFile {
        name: name.to_owned(),
        present: bytes.is_some(),
        version: bytes.as_deref().and_then(pe::file_version),
        exports,
        missing,
    }
}

/// Every function of computenetwork.dll that is known, by the headers or by its users.
fn compute_network() -> Vec<String> {
    const NOUNS: &[&str] =
        &["Network", "Endpoint", "Namespace", "LoadBalancer", "SdnRoute", "GuestNetworkService"];
    const OTHERS: &[&str] = &[
        "HcnQueryEndpointStats",
        "HcnQueryEndpointAddresses",
        "HcnOpenService",
        "HcnCloseService",
        "HcnRegisterServiceCallback",
        "HcnUnregisterServiceCallback",
        "HcnRegisterGuestNetworkServiceCallback",
        "HcnUnregisterGuestNetworkServiceCallback",
        "HcnReserveGuestNetworkServicePort",
        "HcnReserveGuestNetworkServicePortRange",
        "HcnReleaseGuestNetworkServicePortReservationHandle",
        "HcnEnumerateGuestNetworkPortReservations",
        "HcnFreeGuestNetworkPortReservations",
    ];
    let verbs = |noun: &str| {
        [
            format!("HcnEnumerate{noun}s"),
            format!("HcnCreate{noun}"),
            format!("HcnOpen{noun}"),
            format!("HcnModify{noun}"),
            format!("HcnQuery{noun}Properties"),
            format!("HcnDelete{noun}"),
            format!("HcnClose{noun}"),
        ]
    };
    let regular = NOUNS.iter().flat_map(|noun| verbs(noun));
    regular.chain(OTHERS.iter().map(ToString::to_string)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_is_read_in_every_language() {
        assert_eq!(windows_build("Microsoft Windows [Version 10.0.17763.8027]"), Some(17_763));
        assert_eq!(windows_build("Microsoft Windows [版本 10.0.26100.1]"), Some(26_100));
        assert_eq!(windows_build("Microsoft Windows 10.0.19043"), Some(19_043));
        assert_eq!(windows_build("linux"), None);
    }

    #[test]
    fn every_export_is_named_once() {
        let all = compute_network();
        let once: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!((all.len(), once.len()), (55, 55));
    }
}
