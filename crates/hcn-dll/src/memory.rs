//! The allocator that the caller frees with: COM's on Windows, C's elsewhere, where the ABI is tested.

use std::ffi::c_void;
use std::ptr::NonNull;

use crate::abi::PWSTR;

#[cfg(windows)]
use windows_sys::Win32::System::Com::{CoTaskMemAlloc as allocate, CoTaskMemFree as free};

#[cfg(not(windows))]
unsafe extern "C" {
    #[link_name = "malloc"]
    fn allocate(size: usize) -> *mut c_void;
    fn free(memory: *mut c_void);
}

/// A copy of the text, ended by a NUL, that the caller of the export frees. `None` when there is no memory.
pub(crate) fn wide(text: &str) -> Option<PWSTR> {
    let units: Vec<u16> = text.encode_utf16().chain([0]).collect();
    // SAFETY: both allocators take any size; what they return is checked before use.
    let memory = unsafe { allocate(size_of_val(units.as_slice())) };
    let wide: NonNull<u16> = NonNull::new(memory)?.cast();
    // SAFETY: both allocators align for any type and gave room for that many units; a new block overlaps nothing.
    unsafe { wide.as_ptr().copy_from_nonoverlapping(units.as_ptr(), units.len()) };
    Some(wide.as_ptr())
}

/// Free what an export allocated.
///
/// # Safety
/// `memory` is null or came from this allocator and was not freed before.
pub(crate) unsafe fn release(memory: *mut c_void) {
    // SAFETY: the caller's promise is the allocator's demand.
    unsafe { free(memory.cast()) };
}
