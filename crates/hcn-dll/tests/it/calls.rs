//! The exports as a C program calls them, with the frees that it owes, for the other modules.

use std::path::Path;
use std::ptr;
use std::sync::Once;

use hcn::Guid;
use hcn_dll::abi::{GUID, HANDLE, HRESULT, PCWSTR, PWSTR};

/// What every test asks for.
pub(crate) const V2: &str = r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#;

#[cfg(windows)]
use windows_sys::Win32::System::Com::CoTaskMemFree as free;

#[cfg(not(windows))]
unsafe extern "C" {
    fn free(memory: *mut std::ffi::c_void);
}

/// The process has one service: it is opened on a new store in the target folder.
pub(crate) fn use_scratch_store() {
    static NAMED: Once = Once::new();
    if std::env::var_os("HCN_DLL_TEST_CHILD").is_some() {
        return; // on the store that its parent names
    }
    NAMED.call_once(|| {
        let store = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hcn-dll.db");
        let _ = std::fs::remove_file(&store);
        // SAFETY: every test comes through here first and waits, so that no thread reads the environment meanwhile
        // but through std, which locks it.
        unsafe { std::env::set_var("HCN_EMULATOR_STORE", store) };
    });
}

/// A text as the ABI wants it.
pub(crate) fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// An answer or a record: read and freed. NULL is `None`.
pub(crate) fn taken(text: PWSTR) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the exports end their texts with a NUL.
    let length = (0..).find(|at| unsafe { *text.wrapping_add(*at) } == 0).unwrap();
    // SAFETY: that many units were just read.
    let units = unsafe { std::slice::from_raw_parts(text, length) }.to_vec();
    // SAFETY: the exports allocate for this function, and the text is the caller's.
    unsafe { free(text.cast()) };
    Some(String::from_utf16(&units).unwrap())
}

/// The code and the record of a call, and what it answered.
#[derive(Debug, PartialEq)]
pub(crate) struct Said<T> {
    pub(crate) code: HRESULT,
    pub(crate) answer: T,
    pub(crate) record: Option<String>,
}

impl<T> Said<T> {
    /// What a call answered that succeeded, and left no record.
    #[track_caller]
    pub(crate) fn good(self) -> T {
        assert_eq!((self.code, self.record), (0, None));
        self.answer
    }

    /// The code and the record of a call that failed.
    #[track_caller]
    pub(crate) fn bad(self) -> (u32, String) {
        assert!(self.code < 0, "it succeeded");
        (self.code.cast_unsigned(), self.record.expect("a failure leaves a record"))
    }
}

type Record = *mut PWSTR;
pub(crate) type Enumerate = unsafe extern "system" fn(PCWSTR, *mut PWSTR, Record) -> HRESULT;
pub(crate) type Create = unsafe extern "system" fn(*const GUID, PCWSTR, *mut HANDLE, Record) -> HRESULT;
pub(crate) type Open = unsafe extern "system" fn(*const GUID, *mut HANDLE, Record) -> HRESULT;
pub(crate) type Modify = unsafe extern "system" fn(HANDLE, PCWSTR, Record) -> HRESULT;
pub(crate) type Query = unsafe extern "system" fn(HANDLE, PCWSTR, *mut PWSTR, Record) -> HRESULT;
pub(crate) type Delete = unsafe extern "system" fn(*const GUID, Record) -> HRESULT;
pub(crate) type Close = unsafe extern "system" fn(HANDLE) -> HRESULT;

fn pointer(text: Option<&Vec<u16>>) -> PCWSTR {
    text.map_or(ptr::null(), |text| text.as_ptr())
}

pub(crate) fn enumerate(call: Enumerate, query: Option<&str>) -> Said<Option<String>> {
    use_scratch_store();
    let query = query.map(wide);
    let (mut answer, mut record) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the query is NULL or ends with a NUL, and both places can be written.
    let code = unsafe { call(pointer(query.as_ref()), &raw mut answer, &raw mut record) };
    Said { code, answer: taken(answer), record: taken(record) }
}

pub(crate) fn create(call: Create, id: Guid, settings: &str) -> Said<HANDLE> {
    use_scratch_store();
    let (id, settings) = (GUID::from(id), wide(settings));
    let (mut answer, mut record) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the id can be read, the text ends with a NUL, and both places can be written.
    let code = unsafe { call(&raw const id, settings.as_ptr(), &raw mut answer, &raw mut record) };
    Said { code, answer, record: taken(record) }
}

pub(crate) fn create_endpoint(network: HANDLE, id: Guid, settings: &str) -> Said<HANDLE> {
    let (id, settings) = (GUID::from(id), wide(settings));
    let (mut answer, mut record) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the id can be read, the text ends with a NUL, and both places can be written.
    let code = unsafe {
        hcn_dll::HcnCreateEndpoint(
            network,
            &raw const id,
            settings.as_ptr(),
            &raw mut answer,
            &raw mut record,
        )
    };
    Said { code, answer, record: taken(record) }
}

pub(crate) fn open(call: Open, id: Guid) -> Said<HANDLE> {
    use_scratch_store();
    let id = GUID::from(id);
    let (mut answer, mut record) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the id can be read, and both places can be written.
    let code = unsafe { call(&raw const id, &raw mut answer, &raw mut record) };
    Said { code, answer, record: taken(record) }
}

pub(crate) fn modify(call: Modify, handle: HANDLE, settings: &str) -> Said<()> {
    let settings = wide(settings);
    let mut record = ptr::null_mut();
    // SAFETY: the handle is only a number, the text ends with a NUL, and the place can be written.
    let code = unsafe { call(handle, settings.as_ptr(), &raw mut record) };
    Said { code, answer: (), record: taken(record) }
}

pub(crate) fn query(call: Query, handle: HANDLE, text: Option<&str>) -> Said<Option<String>> {
    use_scratch_store();
    let text = text.map(wide);
    let (mut answer, mut record) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the handle is only a number, the text is NULL or ends with a NUL, and both places can be written.
    let code = unsafe { call(handle, pointer(text.as_ref()), &raw mut answer, &raw mut record) };
    Said { code, answer: taken(answer), record: taken(record) }
}

pub(crate) fn delete(call: Delete, id: Guid) -> Said<()> {
    use_scratch_store();
    let id = GUID::from(id);
    let mut record = ptr::null_mut();
    // SAFETY: the id can be read, and the place can be written.
    let code = unsafe { call(&raw const id, &raw mut record) };
    Said { code, answer: (), record: taken(record) }
}

pub(crate) fn close(call: Close, handle: HANDLE) -> HRESULT {
    use_scratch_store();
    // SAFETY: a handle is only a number.
    unsafe { call(handle) }
}

pub(crate) fn hns_call(method: &str, path: &str) -> Said<Option<String>> {
    use_scratch_store();
    let (method, path, body) = (wide(method), wide(path), wide(""));
    let mut answer = ptr::null_mut();
    // SAFETY: the texts end with a NUL, and the place can be written.
    let code = unsafe { hcn_dll::HNSCall(method.as_ptr(), path.as_ptr(), body.as_ptr(), &raw mut answer) };
    Said { code, answer: taken(answer), record: None }
}
