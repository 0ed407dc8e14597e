//! The calls themselves: the one unsafe file of this crate.
//!
//! Each raw thing has one owner here: [`Module`] a loaded DLL, [`TaskString`] a text that the service allocated,
//! [`Object`] an open handle. A call is: look the function up, call it, turn HRESULT and record into a result.
//! The signatures are those of ComputeNetwork.h; SDN routes, which that header lacks, follow the same pattern.

use std::ffi::{CString, c_void};
use std::ptr::{null, null_mut};
use std::sync::OnceLock;

use windows_sys::Win32::Foundation::{FARPROC, GetLastError, HMODULE};
use windows_sys::Win32::System::Com::CoTaskMemFree;
use windows_sys::Win32::System::LibraryLoader::{
    GetProcAddress, LOAD_LIBRARY_SEARCH_SYSTEM32, LoadLibraryExW,
};
use windows_sys::core::{GUID, HRESULT, PCWSTR, PWSTR};

use super::{Wide, failure};
use crate::{Code, Failure, Guid, Kind, Query};

type Enumerate = unsafe extern "system" fn(PCWSTR, *mut PWSTR, *mut PWSTR) -> HRESULT;
type Create = unsafe extern "system" fn(*const GUID, PCWSTR, *mut *mut c_void, *mut PWSTR) -> HRESULT;
type CreateOn =
    unsafe extern "system" fn(*mut c_void, *const GUID, PCWSTR, *mut *mut c_void, *mut PWSTR) -> HRESULT;
type Open = unsafe extern "system" fn(*const GUID, *mut *mut c_void, *mut PWSTR) -> HRESULT;
type QueryText = unsafe extern "system" fn(*mut c_void, PCWSTR, *mut PWSTR, *mut PWSTR) -> HRESULT;
type Modify = unsafe extern "system" fn(*mut c_void, PCWSTR, *mut PWSTR) -> HRESULT;
type Delete = unsafe extern "system" fn(*const GUID, *mut PWSTR) -> HRESULT;
type Close = unsafe extern "system" fn(*mut c_void) -> HRESULT;
type HnsCall = unsafe extern "system" fn(PCWSTR, PCWSTR, PCWSTR, *mut PWSTR) -> HRESULT;

/// The two DLLs, each loaded on its first use.
#[derive(Debug, Default)]
pub(super) struct Library {
    compute_network: OnceLock<Module>,
    vm_compute: OnceLock<Module>,
}

/// An open handle of the service. Closed by [`Library::close`] alone, which consumes it.
#[derive(Debug)]
pub(super) struct Object(*mut c_void);

// SAFETY: the service's handles are RPC context handles, which any thread may use.
unsafe impl Send for Object {}
// SAFETY: as above; the service takes concurrent calls on one handle, and a close waits for them (`Handles`).
unsafe impl Sync for Object {}

impl Library {
    pub(super) fn enumerate(&self, kind: Kind, query: Option<&Wide>) -> Result<String, Failure> {
        let function = self.function(format!("HcnEnumerate{}s", noun(kind)))?;
        // SAFETY: HcnEnumerate* has this signature for every kind.
        let function: Enumerate = unsafe { function.cast() };
        let (mut answer, mut record) = (TaskString::null(), TaskString::null());
        // SAFETY: `query` is NUL-terminated or null, which is allowed; both out-pointers are writable.
        let result = unsafe { function(or_null(query), &mut answer.0, &mut record.0) };
        checked(result, &record).map(|()| answer.to_text().unwrap_or_default())
    }

    pub(super) fn create(
        &self,
        kind: Kind,
        parent: Option<&Object>,
        id: Guid,
        settings: &Wide,
    ) -> Result<Object, Failure> {
        let function = self.function(format!("HcnCreate{}", noun(kind)))?;
        let (id, mut object, mut record) = (guid(id), null_mut(), TaskString::null());
        let result = match kind {
            Kind::Endpoint => {
                let parent = parent.map_or(null_mut(), |network| network.0);
                // SAFETY: HcnCreateEndpoint, the one that takes a parent, has this signature.
                let function: CreateOn = unsafe { function.cast() };
                // SAFETY: `parent` is an open network or null, which the service refuses; `id` is readable, the
                // settings are NUL-terminated, both out-pointers writable.
                unsafe { function(parent, &id, settings.0.as_ptr(), &mut object, &mut record.0) }
            }
            Kind::Network
            | Kind::Namespace
            | Kind::LoadBalancer
            | Kind::SdnRoute
            | Kind::GuestNetworkService => {
                // SAFETY: HcnCreate* has this signature for every kind but endpoints.
                let function: Create = unsafe { function.cast() };
                // SAFETY: `id` is readable, the settings are NUL-terminated, both out-pointers writable.
                unsafe { function(&id, settings.0.as_ptr(), &mut object, &mut record.0) }
            }
        };
        checked(result, &record).and_then(|()| opened(object))
    }

    pub(super) fn open(&self, kind: Kind, id: Guid) -> Result<Object, Failure> {
        let function = self.function(format!("HcnOpen{}", noun(kind)))?;
        // SAFETY: HcnOpen* has this signature for every kind.
        let function: Open = unsafe { function.cast() };
        let (id, mut object, mut record) = (guid(id), null_mut(), TaskString::null());
        // SAFETY: `id` is readable, both out-pointers are writable.
        let result = unsafe { function(&id, &mut object, &mut record.0) };
        checked(result, &record).and_then(|()| opened(object))
    }

    pub(super) fn query(
        &self,
        kind: Kind,
        object: &Object,
        what: Query,
        text: Option<&Wide>,
    ) -> Result<String, Failure> {
        let what = match what {
            Query::Properties => "Properties",
            Query::Stats => "Stats",
            Query::Addresses => "Addresses",
        };
        let function = self.function(format!("HcnQuery{}{what}", noun(kind)))?;
        // SAFETY: HcnQuery* has this signature for every kind and question.
        let function: QueryText = unsafe { function.cast() };
        let (mut answer, mut record) = (TaskString::null(), TaskString::null());
        // SAFETY: the object is open while it is borrowed; `text` is NUL-terminated or null, which is allowed;
        // both out-pointers are writable.
        let result = unsafe { function(object.0, or_null(text), &mut answer.0, &mut record.0) };
        checked(result, &record).map(|()| answer.to_text().unwrap_or_default())
    }

    pub(super) fn modify(&self, kind: Kind, object: &Object, settings: &Wide) -> Result<(), Failure> {
        let function = self.function(format!("HcnModify{}", noun(kind)))?;
        // SAFETY: HcnModify* has this signature for every kind.
        let function: Modify = unsafe { function.cast() };
        let mut record = TaskString::null();
        // SAFETY: the object is open while it is borrowed, the settings are NUL-terminated, the record is writable.
        let result = unsafe { function(object.0, settings.0.as_ptr(), &mut record.0) };
        checked(result, &record)
    }

    pub(super) fn delete(&self, kind: Kind, id: Guid) -> Result<(), Failure> {
        let function = self.function(format!("HcnDelete{}", noun(kind)))?;
        // SAFETY: HcnDelete* has this signature for every kind.
        let function: Delete = unsafe { function.cast() };
        let (id, mut record) = (guid(id), TaskString::null());
        // SAFETY: `id` is readable, the record is writable.
        let result = unsafe { function(&id, &mut record.0) };
        checked(result, &record)
    }

    pub(super) fn close(&self, kind: Kind, object: Object) -> Result<(), Failure> {
        let function = self.function(format!("HcnClose{}", noun(kind)))?;
        // SAFETY: HcnClose* has this signature for every kind.
        let function: Close = unsafe { function.cast() };
        // SAFETY: the object was open until now, and is consumed here.
        let result = unsafe { function(object.0) };
        checked(result, &TaskString::null())
    }

    pub(super) fn hns_call(&self, method: &Wide, path: &Wide, body: &Wide) -> Result<String, Failure> {
        let function = Module::load(&self.vm_compute, "vmcompute.dll")?.function("HNSCall".to_owned())?;
        // SAFETY: HNSCall has this signature.
        let function: HnsCall = unsafe { function.cast() };
        let mut answer = TaskString::null();
        // SAFETY: the three texts are NUL-terminated, the out-pointer is writable.
        let result = unsafe { function(method.0.as_ptr(), path.0.as_ptr(), body.0.as_ptr(), &mut answer.0) };
        checked(result, &answer).map(|()| answer.to_text().unwrap_or_default())
    }

    fn function(&self, name: String) -> Result<Function, Failure> {
        Module::load(&self.compute_network, "computenetwork.dll")?.function(name)
    }
}

/// A kind as the functions' names spell it; all of them form their plural with an s.
fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Network => "Network",
        Kind::Endpoint => "Endpoint",
        Kind::Namespace => "Namespace",
        Kind::LoadBalancer => "LoadBalancer",
        Kind::SdnRoute => "SdnRoute",
        Kind::GuestNetworkService => "GuestNetworkService",
    }
}

fn guid(id: Guid) -> GUID {
    GUID::from_u128(id.as_u128())
}

fn or_null(text: Option<&Wide>) -> PCWSTR {
    text.map_or(null(), |text| text.0.as_ptr())
}

/// HRESULT and record as a result. Only a negative HRESULT is a failure.
fn checked(result: HRESULT, record: &TaskString) -> Result<(), Failure> {
    match result < 0 {
        true => Err(Failure { code: Code(result.cast_unsigned()), record: record.to_text().map(Into::into) }),
        false => Ok(()),
    }
}

fn opened(object: *mut c_void) -> Result<Object, Failure> {
    match object.is_null() {
        true => Err(failure(Code::UNSPECIFIED, "the service gave no handle although it succeeded")),
        false => Ok(Object(object)),
    }
}

/// A DLL of System32. Never unloaded: the service may hold pointers into it.
#[derive(Debug)]
struct Module {
    module: HMODULE,
    name: &'static str,
}

// SAFETY: a module handle is an address that stays valid, for the module is never unloaded.
unsafe impl Send for Module {}
// SAFETY: as above, and GetProcAddress may be called from any thread.
unsafe impl Sync for Module {}

impl Module {
    /// The DLL in `slot`, loaded if it is not there. A failure is not remembered: the feature may be enabled later.
    fn load<'a>(slot: &'a OnceLock<Self>, name: &'static str) -> Result<&'a Self, Failure> {
        if slot.get().is_none() {
            // Two threads may both load it: that counts references, nothing more.
            let _ = slot.set(Self::load_from_system32(name)?);
        }
        Ok(slot.get().expect("set by us or by another thread, and never taken out"))
    }

    /// System32 alone: a DLL of this name beside the program or on PATH must not be taken for the service's.
    fn load_from_system32(name: &'static str) -> Result<Self, Failure> {
        let wide = Wide::new(name)?;
        // SAFETY: the name is NUL-terminated, and the reserved argument null.
        let module = unsafe { LoadLibraryExW(wide.0.as_ptr(), null_mut(), LOAD_LIBRARY_SEARCH_SYSTEM32) };
        match module.is_null() {
            true => Err(failure(last_error(), &format!("{name} could not be loaded from System32"))),
            false => Ok(Self { module, name }),
        }
    }

    fn function(&self, name: String) -> Result<Function, Failure> {
        let c_name = CString::new(name.as_str()).expect("our function names hold no NUL");
        // SAFETY: the module is loaded, the name NUL-terminated.
        let function = unsafe { GetProcAddress(self.module, c_name.as_ptr().cast()) };
        match function {
            None => Err(failure(Code::NOT_IMPLEMENTED, &format!("{} has no function {name}", self.name))),
            found => Ok(Function(found)),
        }
    }
}

fn last_error() -> Code {
    // SAFETY: it takes nothing and is always safe to call.
    let error = unsafe { GetLastError() };
    // HRESULT_FROM_WIN32.
    Code(0x8007_0000 | (error & 0xFFFF))
}

/// A function that was found.
struct Function(FARPROC);

impl Function {
    /// # Safety
    /// `F` has to be the function-pointer type of the function that was looked up.
    unsafe fn cast<F: Copy>(self) -> F {
        const { assert!(size_of::<F>() == size_of::<FARPROC>()) };
        // SAFETY: both are pointers of one size; that `F` is the right type is the caller's word.
        unsafe { std::mem::transmute_copy(&self.0) }
    }
}

/// A text of the service: UTF-16 from the COM task allocator, freed on drop.
struct TaskString(PWSTR);

impl TaskString {
    fn null() -> Self {
        Self(null_mut())
    }

    /// A copy of the text; `None` if there is none. Half a surrogate pair becomes U+FFFD.
    fn to_text(&self) -> Option<String> {
        if self.0.is_null() {
            return None;
        }
        let mut length = 0;
        // SAFETY: the text ends in a NUL, and nothing before that has been found to be one.
        while unsafe { *self.0.add(length) } != 0 {
            length += 1;
        }
        // SAFETY: so many units were just read, and nobody else writes to them.
        let units = unsafe { std::slice::from_raw_parts(self.0, length) };
        Some(String::from_utf16_lossy(units))
    }
}

impl Drop for TaskString {
    fn drop(&mut self) {
        // SAFETY: the service allocated it with the task allocator and left it to us; null is allowed.
        unsafe { CoTaskMemFree(self.0.cast::<c_void>()) };
    }
}
