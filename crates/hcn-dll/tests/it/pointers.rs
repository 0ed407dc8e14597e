//! Pointers of strangers: NULL where one is needed, places with something in them, texts that are none.

use std::ffi::c_void;
use std::ptr;

use hcn_dll::abi::{GUID, HANDLE, PWSTR};
use hcn_dll::*;

use crate::calls::{self, taken, use_scratch_store, wide};

const E_POINTER: u32 = 0x8000_4003;
const E_INVALIDARG: u32 = 0x8007_0057;
const E_NOTIMPL: u32 = 0x8000_4001;
/// What lies in an out-parameter before the call.
const RUBBISH: usize = 0xdead_beef;

fn rubbish<T>() -> *mut T {
    ptr::without_provenance_mut(RUBBISH)
}

#[test]
fn out_parameters_are_cleared_even_when_the_call_fails() {
    use_scratch_store();
    let (mut handle, mut record): (HANDLE, PWSTR) = (rubbish(), rubbish());
    // SAFETY: a NULL id is what is tested; both places can be written.
    let code = unsafe { HcnOpenNamespace(ptr::null(), &raw mut handle, &raw mut record) };
    assert_eq!((code.cast_unsigned(), handle), (E_INVALIDARG, ptr::null_mut()));
    let text =
        r#"{"Success":false,"Error":"The parameter is incorrect. {{Id is NULL}}","ErrorCode":2147942487}"#;
    assert_eq!(taken(record).as_deref(), Some(text));
}

#[test]
fn a_place_for_the_answer_is_needed() {
    use_scratch_store();
    let mut record: PWSTR = rubbish();
    // SAFETY: a NULL place for the answer is what is tested; the record's can be written.
    let code = unsafe { HcnEnumerateNetworks(ptr::null(), ptr::null_mut(), &raw mut record) };
    assert_eq!(code.cast_unsigned(), E_POINTER);
    assert!(taken(record).unwrap().contains("{{Networks is NULL}}"));
    // SAFETY: as before, and without a place for the record.
    let code = unsafe { HcnEnumerateNetworks(ptr::null(), ptr::null_mut(), ptr::null_mut()) };
    assert_eq!(code.cast_unsigned(), E_POINTER);
}

#[test]
fn a_place_for_the_record_is_not_needed_and_stays_null_on_success() {
    use_scratch_store();
    let (mut answer, mut record): (PWSTR, PWSTR) = (rubbish(), rubbish());
    // SAFETY: a NULL query is allowed, and so is a NULL record.
    let code = unsafe { HcnEnumerateEndpoints(ptr::null(), &raw mut answer, ptr::null_mut()) };
    assert_eq!((code, taken(answer).is_some()), (0, true));
    // SAFETY: both places can be written.
    let code = unsafe { HcnEnumerateEndpoints(ptr::null(), &raw mut answer, &raw mut record) };
    assert_eq!((code, taken(answer).is_some(), record), (0, true, ptr::null_mut()));
}

#[test]
fn a_null_handle_is_an_invalid_argument() {
    let id = hcn::Guid::ZERO;
    assert_eq!(calls::create_endpoint(ptr::null_mut(), id, calls::V2).bad().0, E_INVALIDARG);
    assert_eq!(calls::query(HcnQueryNetworkProperties, ptr::null_mut(), None).bad().0, E_INVALIDARG);
    assert_eq!(calls::close(HcnCloseNetwork, ptr::null_mut()).cast_unsigned(), E_INVALIDARG);
}

#[test]
fn null_settings_are_an_invalid_argument() {
    use_scratch_store();
    let id = GUID::from(hcn::Guid::random());
    let (mut handle, mut record): (HANDLE, PWSTR) = (rubbish(), rubbish());
    // SAFETY: NULL settings are what is tested; the rest is as the ABI says.
    let code = unsafe { HcnCreateNamespace(&raw const id, ptr::null(), &raw mut handle, &raw mut record) };
    assert_eq!((code.cast_unsigned(), handle), (E_INVALIDARG, ptr::null_mut()));
    assert!(taken(record).unwrap().contains("{{Settings is NULL}}"));
}

#[test]
fn a_lone_surrogate_is_refused_with_its_place() {
    use_scratch_store();
    let mut query = wide("{\"x\":\"\u{1F600}?\"}");
    let at = query.iter().position(|unit| *unit == u16::from(b'?')).unwrap();
    query[at] = 0xD800;
    let (mut answer, mut record): (PWSTR, PWSTR) = (rubbish(), rubbish());
    // SAFETY: the text ends with a NUL, and both places can be written.
    let code = unsafe { HcnEnumerateNamespaces(query.as_ptr(), &raw mut answer, &raw mut record) };
    assert_eq!((code.cast_unsigned(), answer), (E_INVALIDARG, ptr::null_mut()));
    let said = format!("{{{{Query is no UTF-16: a lone surrogate at unit {at}}}}}");
    assert!(taken(record).unwrap().contains(&said), "{said}");
}

#[test]
fn what_is_not_modelled_clears_its_places_and_says_so() {
    let (code, record) = calls::enumerate(HcnEnumerateLoadBalancers, None).bad();
    assert_eq!(code, E_NOTIMPL);
    assert!(record.contains("{{the emulator does not model load balancers}}"), "{record}");
    assert_eq!(calls::open(HcnOpenSdnRoute, hcn::Guid::ZERO).bad().0, E_NOTIMPL);
    assert_eq!(calls::enumerate(HcnEnumerateGuestNetworkServices, None).bad().0, E_NOTIMPL);
    let mut handle: HANDLE = rubbish();
    // SAFETY: no callback and no context are allowed, and the place can be written.
    let code = unsafe { HcnRegisterServiceCallback(None, ptr::null_mut::<c_void>(), &raw mut handle) };
    assert_eq!((code.cast_unsigned(), handle), (E_NOTIMPL, ptr::null_mut()));
    // SAFETY: NULL is what a caller without entries frees.
    unsafe { HcnFreeGuestNetworkPortReservations(ptr::null_mut()) };
}
