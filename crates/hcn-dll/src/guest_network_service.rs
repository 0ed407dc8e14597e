//! The exports of guest network services and of the ports reserved for them; the emulator does not model them.

use std::ffi::c_void;

use hcn::{Api, Code, Kind, Query};

use crate::abi::{NotificationCallback, PortRangeEntry, PortRangeReservation};
use crate::guard::exports;
use crate::memory;
use crate::param::{In, InGuid, InHandle, InText, Out, OutHandle, OutText};

exports! {
    /// The ids of the guest network services that the query names, as a JSON array. NULL asks for all.
    fn HcnEnumerateGuestNetworkServices(query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("GuestNetworkServices")?;
        answer.put_text(&api.enumerate(Kind::GuestNetworkService, query.optional("Query")?.as_deref())?)
    };

    /// Make a guest network service and open it. A zero id lets the document, else the service, choose.
    fn HcnCreateGuestNetworkService(id: InGuid, settings: InText, handle: OutHandle, record: OutText) |api, record| {
        handle.required("GuestNetworkService")?;
        handle.put_handle(api.create(Kind::GuestNetworkService, None, id.required()?, &settings.required("Settings")?)?);
        Ok(())
    };

    /// Open a guest network service.
    fn HcnOpenGuestNetworkService(id: InGuid, handle: OutHandle, record: OutText) |api, record| {
        handle.required("GuestNetworkService")?;
        handle.put_handle(api.open(Kind::GuestNetworkService, id.required()?)?);
        Ok(())
    };

    /// Change a guest network service.
    fn HcnModifyGuestNetworkService(handle: InHandle, settings: InText, record: OutText) |api, record| {
        api.modify(Kind::GuestNetworkService, handle.required()?, &settings.required("Settings")?)
    };

    /// The document of a guest network service, in the dialect of the query.
    fn HcnQueryGuestNetworkServiceProperties(handle: InHandle, query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("Properties")?;
        let query = query.optional("Query")?;
        answer.put_text(&api.query(Kind::GuestNetworkService, handle.required()?, Query::Properties, query.as_deref())?)
    };

    /// Delete a guest network service.
    fn HcnDeleteGuestNetworkService(id: InGuid, record: OutText) |api, record| {
        api.delete(Kind::GuestNetworkService, id.required()?)
    };

    /// Give a handle back. Deletes nothing.
    fn HcnCloseGuestNetworkService(handle: InHandle) |api| {
        api.close(Kind::GuestNetworkService, handle.required()?)
    };

    /// Be told of a guest network service's events.
    fn HcnRegisterGuestNetworkServiceCallback(
        _service: InHandle, _callback: In<NotificationCallback>, _context: In<*mut c_void>, _handle: OutHandle,
    ) |_api| Err(Code::NOT_IMPLEMENTED.into());

    /// Be told no more.
    fn HcnUnregisterGuestNetworkServiceCallback(_callback: InHandle) |_api| Err(Code::NOT_IMPLEMENTED.into());

    /// Reserve a port: protocol 1 TCP, 2 UDP, 3 both; access 1 exclusive, 2 shared.
    fn HcnReserveGuestNetworkServicePort(
        _service: InHandle, _protocol: In<i32>, _access: In<i32>, _port: In<u16>, _reservation: OutHandle,
    ) |_api| Err(Code::NOT_IMPLEMENTED.into());

    /// Reserve so many ports in a row.
    fn HcnReserveGuestNetworkServicePortRange(
        _service: InHandle, _count: In<u16>, _range: Out<PortRangeReservation>, _reservation: OutHandle,
    ) |_api| Err(Code::NOT_IMPLEMENTED.into());

    /// Give a reservation back.
    fn HcnReleaseGuestNetworkServicePortReservationHandle(_reservation: InHandle) |_api| {
        Err(Code::NOT_IMPLEMENTED.into())
    };

    /// The reservations of all guests.
    fn HcnEnumerateGuestNetworkPortReservations(
        _count: Out<u32>, _entries: Out<*mut PortRangeEntry>,
    ) |_api| Err(Code::NOT_IMPLEMENTED.into());
}

/// Free what `HcnEnumerateGuestNetworkPortReservations` gave.
///
/// # Safety
/// `entries` is null or came from that function.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn HcnFreeGuestNetworkPortReservations(entries: *mut PortRangeEntry) {
    // SAFETY: that function allocates with this allocator, and its caller gives the entries up.
    unsafe { memory::release(entries.cast()) };
}
