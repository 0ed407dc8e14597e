//! The exports of the service itself: its handle and its notifications; the emulator does not model them yet.

use std::ffi::c_void;

use hcn::Code;
use hcn_emulator::refused;

use crate::abi::NotificationCallback;
use crate::guard::exports;
use crate::param::{In, InHandle, OutHandle, OutText};

exports! {
    /// Be told of the service's events. Three parameters, as the SDK has it.
    fn HcnRegisterServiceCallback(
        _callback: In<NotificationCallback>, _context: In<*mut c_void>, _handle: OutHandle,
    ) |_api| Err(Code::NOT_IMPLEMENTED.into());

    /// Be told no more.
    fn HcnUnregisterServiceCallback(_callback: InHandle) |_api| Err(Code::NOT_IMPLEMENTED.into());

    /// Open the service; ComputeNetwork.h does not declare it.
    fn HcnOpenService(_service: OutHandle, record: OutText) |_api, record| {
        Err(refused(Code::NOT_IMPLEMENTED, "the emulator does not model handles of the service"))
    };

    /// Close the service; ComputeNetwork.h does not declare it.
    fn HcnCloseService(_service: InHandle) |_api| Err(Code::NOT_IMPLEMENTED.into());
}
