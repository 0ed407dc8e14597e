//! [`Dll`]: the system's own service through computenetwork.dll, and `HNSCall` through vmcompute.dll.
//!
//! Everything here is safe and compiles everywhere: handles become tokens, texts become UTF-16. The calls
//! themselves are in `windows.rs`, the one unsafe file of this crate; `elsewhere.rs` is its twin without a
//! Windows, where every call answers that the service is unavailable.

mod handles;

#[cfg(not(windows))]
mod elsewhere;
#[cfg(not(windows))]
use elsewhere as sys;

#[cfg(windows)]
#[allow(unsafe_code)]
mod windows;
#[cfg(windows)]
use windows as sys;

use handles::Handles;

use crate::{Api, Code, Failure, Guid, Handle, Kind, Query, Record};

/// The Host Network Service of this Windows.
///
/// The DLLs are loaded from System32 alone, on the first call, and each function is looked up when it is called:
/// a release that lacks one refuses that call with [`Code::NOT_IMPLEMENTED`] and a record that names it. A DLL that
/// is missing is [`Code::MODULE_NOT_FOUND`], which is of the kind [`crate::ErrorKind::ServiceUnavailable`].
#[derive(Debug, Default)]
pub struct Dll {
    library: sys::Library,
    handles: Handles<sys::Object>,
}

impl Dll {
    /// Loads nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Api for Dll {
    fn enumerate(&self, kind: Kind, query: Option<&str>) -> Result<String, Failure> {
        let query = query.map(Wide::new).transpose()?;
        self.library.enumerate(kind, query.as_ref())
    }

    fn create(
        &self,
        kind: Kind,
        parent: Option<Handle>,
        id: Guid,
        settings: &str,
    ) -> Result<Handle, Failure> {
        let settings = Wide::new(settings)?;
        let parent = parent.map(|parent| self.handles.find(Kind::Network, parent)).transpose()?;
        let parent = parent.as_ref().map(|parent| parent.open()).transpose()?;
        let object = self.library.create(kind, parent.as_deref(), id, &settings)?;
        Ok(self.handles.insert(kind, object))
    }

    fn open(&self, kind: Kind, id: Guid) -> Result<Handle, Failure> {
        Ok(self.handles.insert(kind, self.library.open(kind, id)?))
    }

    fn query(&self, kind: Kind, handle: Handle, what: Query, text: Option<&str>) -> Result<String, Failure> {
        let text = text.map(Wide::new).transpose()?;
        let shared = self.handles.find(kind, handle)?;
        let object = shared.open()?;
        self.library.query(kind, &object, what, text.as_ref())
    }

    fn modify(&self, kind: Kind, handle: Handle, settings: &str) -> Result<(), Failure> {
        let settings = Wide::new(settings)?;
        let shared = self.handles.find(kind, handle)?;
        let object = shared.open()?;
        self.library.modify(kind, &object, &settings)
    }

    fn delete(&self, kind: Kind, id: Guid) -> Result<(), Failure> {
        self.library.delete(kind, id)
    }

    fn close(&self, kind: Kind, handle: Handle) -> Result<(), Failure> {
        let object = self.handles.remove(kind, handle)?;
        self.library.close(kind, object)
    }

    fn hns_call(&self, method: &str, path: &str, body: &str) -> Result<String, Failure> {
        self.library.hns_call(&Wide::new(method)?, &Wide::new(path)?, &Wide::new(body)?)
    }
}

/// A text as the ABI takes it: UTF-16, one NUL, at the end.
#[derive(Debug)]
struct Wide(
    #[cfg_attr(not(windows), allow(dead_code, reason = "only the calls of Windows read it"))] Vec<u16>,
);

impl Wide {
    /// A NUL inside would cut the text short without a word: it is refused.
    fn new(text: &str) -> Result<Self, Failure> {
        match text.contains('\0') {
            true => Err(failure(Code::INVALID_ARGUMENT, "the text holds a NUL character")),
            false => Ok(Self(text.encode_utf16().chain([0]).collect())),
        }
    }
}

/// A failure of our own, with a record as the service would leave one.
fn failure(code: Code, why: &str) -> Failure {
    Failure { code, record: Some(Record::write(why, code).into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_inside_a_text_is_refused_not_cut() {
        let refused = Dll::new().create(Kind::Namespace, None, Guid::random(), "{}\0").unwrap_err();
        assert_eq!(refused, failure(Code::INVALID_ARGUMENT, "the text holds a NUL character"));
    }

    #[test]
    fn a_text_ends_in_one_nul_and_keeps_its_astral_characters() {
        assert_eq!(Wide::new("a😀").unwrap().0, [0x61, 0xD83D, 0xDE00, 0]);
    }

    #[cfg(not(windows))]
    #[test]
    fn off_windows_the_service_is_unavailable_and_the_hint_says_what_to_do() {
        let error = crate::Hcn::system().namespaces().ids().unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::ServiceUnavailable);
        assert_eq!(
            error.to_string(),
            "cannot list the namespaces: this system has no Host Network Service (0x8007007E ERROR_MOD_NOT_FOUND: \
             computenetwork.dll is a part of Windows); on Windows enable the feature Containers or Hyper-V; \
             elsewhere use the emulator (HCN_HNS=emulator)"
        );
    }
}
