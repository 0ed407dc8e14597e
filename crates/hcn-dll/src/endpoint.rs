//! The exports of endpoints.

use hcn::{Api, Kind, Query};

use crate::guard::exports;
use crate::param::{InGuid, InHandle, InText, OutHandle, OutText};

exports! {
    /// The ids of the endpoints that the query names, as a JSON array. NULL asks for all.
    fn HcnEnumerateEndpoints(query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("Endpoints")?;
        answer.put_text(&api.enumerate(Kind::Endpoint, query.optional("Query")?.as_deref())?)
    };

    /// Make an endpoint on a network and open it. A zero id lets the document, else the service, choose.
    fn HcnCreateEndpoint(
        network: InHandle, id: InGuid, settings: InText, handle: OutHandle, record: OutText,
    ) |api, record| {
        handle.required("Endpoint")?;
        let (network, id) = (network.required()?, id.required()?);
        handle.put_handle(api.create(Kind::Endpoint, Some(network), id, &settings.required("Settings")?)?);
        Ok(())
    };

    /// Open an endpoint.
    fn HcnOpenEndpoint(id: InGuid, handle: OutHandle, record: OutText) |api, record| {
        handle.required("Endpoint")?;
        handle.put_handle(api.open(Kind::Endpoint, id.required()?)?);
        Ok(())
    };

    /// Change an endpoint.
    fn HcnModifyEndpoint(handle: InHandle, settings: InText, record: OutText) |api, record| {
        api.modify(Kind::Endpoint, handle.required()?, &settings.required("Settings")?)
    };

    /// The document of an endpoint, in the dialect of the query.
    fn HcnQueryEndpointProperties(handle: InHandle, query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("Properties")?;
        let query = query.optional("Query")?;
        answer.put_text(&api.query(Kind::Endpoint, handle.required()?, Query::Properties, query.as_deref())?)
    };

    /// An endpoint's counters.
    fn HcnQueryEndpointStats(handle: InHandle, query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("Stats")?;
        let query = query.optional("Query")?;
        answer.put_text(&api.query(Kind::Endpoint, handle.required()?, Query::Stats, query.as_deref())?)
    };

    /// An endpoint's addresses.
    fn HcnQueryEndpointAddresses(handle: InHandle, query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("Addresses")?;
        let query = query.optional("Query")?;
        answer.put_text(&api.query(Kind::Endpoint, handle.required()?, Query::Addresses, query.as_deref())?)
    };

    /// Delete an endpoint.
    fn HcnDeleteEndpoint(id: InGuid, record: OutText) |api, record| {
        api.delete(Kind::Endpoint, id.required()?)
    };

    /// Give a handle back. Deletes nothing.
    fn HcnCloseEndpoint(handle: InHandle) |api| {
        api.close(Kind::Endpoint, handle.required()?)
    };
}
