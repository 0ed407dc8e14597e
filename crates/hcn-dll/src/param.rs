//! The parameters of an export: pointers of a stranger, looked at once and kept behind safe types.
//!
//! Each is made from its raw form at the top of an export; an out-parameter is cleared by that, before anything
//! can fail.

use std::ffi::c_void;
use std::num::NonZeroU64;
use std::ptr::{self, NonNull};

use hcn::{Code, Failure, Guid, Handle};
use hcn_emulator::refused;

use crate::abi::{GUID, HANDLE, PCWSTR, PWSTR};
use crate::memory;

/// A parameter of an export.
pub trait Param {
    /// Its form in the ABI.
    type Raw;

    /// # Safety
    /// Until the export returns, `raw` is null or what the ABI says: readable for an in-parameter (a text up to its
    /// NUL), writable for an out-parameter.
    unsafe fn new(raw: Self::Raw) -> Self;
}

/// A text from the caller; NULL is `None`.
pub struct InText(Option<Vec<u16>>);

impl Param for InText {
    type Raw = PCWSTR;

    unsafe fn new(raw: PCWSTR) -> Self {
        // SAFETY: readable up to its NUL when it is not null, says the caller.
        Self((!raw.is_null()).then(|| unsafe { units(raw) }))
    }
}

/// # Safety
/// `text` is readable up to its NUL.
unsafe fn units(text: PCWSTR) -> Vec<u16> {
    let mut units = Vec::new();
    loop {
        // SAFETY: the text goes on up to its NUL, and none of the units so far was that.
        let place = unsafe { text.add(units.len()) };
        // SAFETY: readable for the same reason.
        match unsafe { place.read() } {
            0 => return units,
            unit => units.push(unit),
        }
    }
}

impl InText {
    /// The text, if there is one.
    pub(crate) fn optional(&self, name: &str) -> Result<Option<String>, Failure> {
        self.0.as_deref().map(|units| text(units, name)).transpose()
    }

    /// The text, which the call cannot do without.
    pub(crate) fn required(&self, name: &str) -> Result<String, Failure> {
        self.optional(name)?.ok_or_else(|| refused(Code::INVALID_ARGUMENT, format_args!("{name} is NULL")))
    }
}

fn text(units: &[u16], name: &str) -> Result<String, Failure> {
    String::from_utf16(units).map_err(|_| {
        let good = char::decode_utf16(units.iter().copied()).take_while(Result::is_ok);
        let at: usize = good.flatten().map(char::len_utf16).sum();
        refused(Code::INVALID_ARGUMENT, format_args!("{name} is no UTF-16: a lone surrogate at unit {at}"))
    })
}

/// A GUID from the caller.
pub struct InGuid(Option<Guid>);

impl Param for InGuid {
    type Raw = *const GUID;

    unsafe fn new(raw: *const GUID) -> Self {
        // SAFETY: readable when it is not null, says the caller; nothing is asked of its alignment.
        Self((!raw.is_null()).then(|| unsafe { raw.read_unaligned() }.into()))
    }
}

impl InGuid {
    /// The GUID, which the call cannot do without.
    pub(crate) fn required(&self) -> Result<Guid, Failure> {
        self.0.ok_or_else(|| refused(Code::INVALID_ARGUMENT, "Id is NULL"))
    }
}

/// A handle from the caller. It is a number to us and never followed.
pub struct InHandle(Option<Handle>);

impl Param for InHandle {
    type Raw = HANDLE;

    unsafe fn new(raw: HANDLE) -> Self {
        Self(NonZeroU64::new(raw.addr() as u64).map(Handle))
    }
}

impl InHandle {
    /// The handle. NULL gives E_INVALIDARG, as a client saw.
    pub(crate) fn required(&self) -> Result<Handle, Failure> {
        self.0.ok_or_else(|| refused(Code::INVALID_ARGUMENT, "the handle is NULL"))
    }
}

/// A value from the caller, or a pointer that is never followed.
pub struct In<T>(std::marker::PhantomData<T>);

impl<T> Param for In<T> {
    type Raw = T;

    unsafe fn new(_: T) -> Self {
        Self(std::marker::PhantomData)
    }
}

/// What can be cleared.
pub trait Cleared: Copy {
    /// What clears it.
    const CLEAR: Self;
}

impl<T> Cleared for *mut T {
    const CLEAR: Self = ptr::null_mut();
}

impl Cleared for u32 {
    const CLEAR: Self = 0;
}

impl Cleared for crate::abi::PortRangeReservation {
    const CLEAR: Self = Self { starting_port: 0, ending_port: 0 };
}

/// Where the caller wants an answer.
pub struct Out<T>(Option<NonNull<T>>);

/// Where the caller wants a text, which it frees.
pub type OutText = Out<PWSTR>;
/// Where the caller wants a handle.
pub type OutHandle = Out<HANDLE>;

impl<T: Cleared> Param for Out<T> {
    type Raw = *mut T;

    unsafe fn new(raw: *mut T) -> Self {
        let place = NonNull::new(raw);
        if let Some(place) = place {
            // SAFETY: writable when it is not null, says the caller; nothing is asked of its alignment.
            unsafe { place.as_ptr().write_unaligned(T::CLEAR) };
        }
        Self(place)
    }
}

impl<T: Cleared> Out<T> {
    /// The call cannot do without a place for its answer.
    pub(crate) fn required(&self, name: &str) -> Result<(), Failure> {
        match self.0 {
            Some(_) => Ok(()),
            None => Err(refused(Code::NULL_POINTER, format_args!("{name} is NULL"))),
        }
    }

    fn put(&self, value: T) {
        if let Some(place) = self.0 {
            // SAFETY: writable until the export returns, says the caller of `new`.
            unsafe { place.as_ptr().write_unaligned(value) };
        }
    }
}

impl OutText {
    /// Give the text to the caller; without a place for it nothing is allocated.
    pub(crate) fn put_text(&self, text: &str) -> Result<(), Failure> {
        if self.0.is_some() {
            self.put(memory::wide(text).ok_or(Code::OUT_OF_MEMORY)?);
        }
        Ok(())
    }
}

impl OutHandle {
    /// Give the handle to the caller.
    pub(crate) fn put_handle(&self, handle: Handle) {
        // A token of a counter that starts at 1: it fits a pointer.
        let address = usize::try_from(handle.0.get()).unwrap_or(usize::MAX);
        self.put(ptr::without_provenance_mut::<c_void>(address));
    }
}
