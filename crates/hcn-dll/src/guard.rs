//! The frame around every export: nothing unwinds into the caller, and every failure leaves a record.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hcn::{Code, Failure};
use hcn_emulator::{Emulator, refused};

use crate::abi::{HRESULT, S_OK};
use crate::param::OutText;
use crate::service::service;

/// Call the service for an export. On success the record stays NULL.
pub(crate) fn guard(
    record: Option<&OutText>,
    call: impl FnOnce(&'static Emulator) -> Result<(), Failure>,
) -> HRESULT {
    // What a panic leaves half-done is the call's own: the store rolls its transaction back.
    let done = catch_unwind(AssertUnwindSafe(|| {
        #[cfg(test)]
        hook::panic_if_armed();
        call(service()?)
    }));
    let done = done.unwrap_or_else(|panic| Err(panicked(&*panic)));
    done.map_or_else(|failure| failed(&failure, record), |()| S_OK)
}

fn panicked(panic: &(dyn Any + Send)) -> Failure {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
    refused(Code::UNEXPECTED, format_args!("a panic inside the emulator: {text}"))
}

fn failed(failure: &Failure, record: Option<&OutText>) -> HRESULT {
    let text = failure.record.as_deref().map_or_else(|| hcn_emulator::record(failure.code), str::to_owned);
    if let Some(record) = record {
        // Without memory for the record the code alone has to do.
        let _ = record.put_text(&text);
    }
    failure.code.0.cast_signed()
}

/// Declares exports of the C ABI: `fn Name(parameter: Param, …) { … }`. The last parameter is `record: OutText` where
/// the signature has one; the body sees the parameters and, as `api`, the service.
macro_rules! exports {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident : $param:ty),* $(,)?) |$api:ident $(, $record:ident)?| $body:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// Every pointer is null or valid as ComputeNetwork.h says, for the length of the call.
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $name(
            $($arg: <$param as $crate::param::Param>::Raw),*
        ) -> $crate::abi::HRESULT {
            $(
                // SAFETY: the caller's promise is the parameter's demand.
                let $arg: $param = unsafe { <$param as $crate::param::Param>::new($arg) };
            )*
            let record: Option<&$crate::param::OutText> = [$(&$record)?].into_iter().next();
            $crate::guard::guard(record, |$api| $body)
        }
    )*};
}
pub(crate) use exports;

/// Lets a test make the next call of its thread panic.
#[cfg(test)]
mod hook {
    use std::cell::Cell;

    thread_local! {
        static ARMED: Cell<bool> = const { Cell::new(false) };
    }

    pub(super) fn arm() {
        ARMED.set(true);
    }

    pub(super) fn panic_if_armed() {
        assert!(!ARMED.take(), "the test's hook");
    }
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;
    use crate::HcnEnumerateNetworks;
    use crate::abi::PWSTR;
    use crate::memory;

    /// The text behind a pointer, freed.
    fn taken(text: PWSTR) -> Option<String> {
        // SAFETY: null, or a text that an export of this crate allocated.
        let read = unsafe { <crate::param::InText as crate::param::Param>::new(text) }.optional("text");
        // SAFETY: the export gave it to its caller, this test, which uses it no more.
        unsafe { memory::release(text.cast()) };
        read.unwrap()
    }

    fn enumerate() -> (HRESULT, Option<String>, Option<String>) {
        let (mut answer, mut record): (PWSTR, PWSTR) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: a NULL query is allowed, and both places can be written.
        let code = unsafe { HcnEnumerateNetworks(ptr::null(), &raw mut answer, &raw mut record) };
        (code, taken(answer), taken(record))
    }

    #[test]
    fn a_panic_inside_an_export_becomes_a_record_and_the_process_lives() {
        crate::service::use_memory();
        hook::arm();
        let (code, answer, record) = enumerate();
        assert_eq!((code.cast_unsigned(), answer), (Code::UNEXPECTED.0, None));
        assert_eq!(
            record.unwrap(),
            r#"{"Success":false,"Error":"Catastrophic failure. {{a panic inside the emulator: the test's hook}}","ErrorCode":2147549183}"#
        );
        assert_eq!(enumerate(), (S_OK, Some("[]".into()), None), "the next call is served");
    }
}
