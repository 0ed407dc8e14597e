//! The exports of SDN routes, which ComputeNetwork.h does not declare; the emulator does not model them yet.

use hcn::{Api, Kind, Query};

use crate::guard::exports;
use crate::param::{InGuid, InHandle, InText, OutHandle, OutText};

exports! {
    /// The ids of the SDN routes that the query names, as a JSON array. NULL asks for all.
    fn HcnEnumerateSdnRoutes(query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("SdnRoutes")?;
        answer.put_text(&api.enumerate(Kind::SdnRoute, query.optional("Query")?.as_deref())?)
    };

    /// Make an SDN route and open it. A zero id lets the document, else the service, choose.
    fn HcnCreateSdnRoute(id: InGuid, settings: InText, handle: OutHandle, record: OutText) |api, record| {
        handle.required("SdnRoute")?;
        handle.put_handle(api.create(Kind::SdnRoute, None, id.required()?, &settings.required("Settings")?)?);
        Ok(())
    };

    /// Open an SDN route.
    fn HcnOpenSdnRoute(id: InGuid, handle: OutHandle, record: OutText) |api, record| {
        handle.required("SdnRoute")?;
        handle.put_handle(api.open(Kind::SdnRoute, id.required()?)?);
        Ok(())
    };

    /// Change an SDN route.
    fn HcnModifySdnRoute(handle: InHandle, settings: InText, record: OutText) |api, record| {
        api.modify(Kind::SdnRoute, handle.required()?, &settings.required("Settings")?)
    };

    /// The document of an SDN route, in the dialect of the query.
    fn HcnQuerySdnRouteProperties(handle: InHandle, query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("Properties")?;
        let query = query.optional("Query")?;
        answer.put_text(&api.query(Kind::SdnRoute, handle.required()?, Query::Properties, query.as_deref())?)
    };

    /// Delete an SDN route.
    fn HcnDeleteSdnRoute(id: InGuid, record: OutText) |api, record| {
        api.delete(Kind::SdnRoute, id.required()?)
    };

    /// Give a handle back. Deletes nothing.
    fn HcnCloseSdnRoute(handle: InHandle) |api| {
        api.close(Kind::SdnRoute, handle.required()?)
    };
}
