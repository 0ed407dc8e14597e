//! The machine that this runs on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use super::absent;
use super::answers::Answers;
use crate::doctor::facts::Fact;
use crate::doctor::facts::host::{Chain, Host, Space};
use crate::sys::{self, Route, Service};

/// Where NDIS keeps the indices of loopback interfaces (IANA's type 24), below HKEY_LOCAL_MACHINE.
const INDICES: (&str, &str) = (r"SYSTEM\CurrentControlSet\Services\NDIS\IfTypes\24", "IfUsedNetLuidIndices");

/// This machine.
pub(crate) struct Machine {
    /// Whether what the user named answers.
    pub(crate) answers: Rc<Answers>,
}

impl Host for Machine {
    fn architecture(&self) -> &'static str {
        std::env::consts::ARCH
    }

    fn build(&self) -> Option<u32> {
        sys::windows_build()
    }

    fn text(&self, path: &str) -> Fact<String> {
        fs::read_to_string(path).map_err(|error| absent(path, &error))
    }

    fn is_there(&self, path: &str) -> bool {
        // What cannot be looked at may be there.
        Path::new(path).try_exists().unwrap_or(true)
    }

    fn finds(&self, path: &Path) -> Fact<bool> {
        self.answers.of(path)?;
        Ok(path.try_exists().unwrap_or(true))
    }

    fn is_network_namespace(&self, path: &str) -> Fact<bool> {
        sys::is_network_namespace(Path::new(path)).map_err(|error| absent(path, &error))
    }

    fn space(&self, path: &Path) -> Fact<Space> {
        let (free, total) =
            sys::free_space(path).map_err(|error| absent(&path.display().to_string(), &error))?;
        Ok(Space { free, total })
    }

    fn service(&self, name: &str) -> Fact<Service> {
        sys::service(name).map_err(|error| absent(&format!("the service {name}"), &error))
    }

    fn missing_functions(&self, dll: &str, functions: &[String]) -> Fact<Vec<String>> {
        sys::missing_functions(dll, functions).map_err(|error| absent(dll, &error))
    }

    fn excluded_ports(&self, protocol: &str) -> Fact<String> {
        let protocol = format!("protocol={protocol}");
        let asked =
            Command::new("netsh").args(["int", "ipv4", "show", "excludedportrange", &protocol]).output();
        let answer = asked.map_err(|error| absent("netsh", &error))?;
        Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
    }

    fn interface_indices(&self) -> Fact<Vec<u8>> {
        sys::registry_bytes(INDICES.0, INDICES.1).map_err(|error| absent(INDICES.1, &error))
    }

    fn routes(&self) -> Fact<Vec<Route>> {
        sys::routes().map_err(|error| absent("the routes", &error))
    }

    fn program(&self, name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
        folders.iter().map(|folder| folder.join(name)).find(|file| sys::is_executable(file))
    }

    fn path(&self) -> Vec<PathBuf> {
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
    }

    fn own_program(&self) -> PathBuf {
        std::env::current_exe().unwrap_or_else(|_| "hcn".into())
    }

    fn permission(&self) -> Fact<()> {
        sys::check_permission().map_err(|error| absent("this user", &error))
    }

    fn mode(&self, path: &Path) -> Fact<u32> {
        sys::mode(path).map_err(|error| absent(&path.display().to_string(), &error))
    }

    fn chains(&self) -> Fact<Vec<Chain>> {
        sys::chains().map_err(|error| absent("the firewall's chains", &error))
    }
}
