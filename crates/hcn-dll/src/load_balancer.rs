//! The exports of load balancers; the emulator does not model them yet.

use hcn::{Api, Kind, Query};

use crate::guard::exports;
use crate::param::{InGuid, InHandle, InText, OutHandle, OutText};

exports! {
    /// The ids of the load balancers that the query names, as a JSON array. NULL asks for all.
    fn HcnEnumerateLoadBalancers(query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("LoadBalancers")?;
        answer.put_text(&api.enumerate(Kind::LoadBalancer, query.optional("Query")?.as_deref())?)
    };

    /// Make a load balancer and open it. A zero id lets the document, else the service, choose.
    fn HcnCreateLoadBalancer(id: InGuid, settings: InText, handle: OutHandle, record: OutText) |api, record| {
        handle.required("LoadBalancer")?;
        handle.put_handle(api.create(Kind::LoadBalancer, None, id.required()?, &settings.required("Settings")?)?);
        Ok(())
    };

    /// Open a load balancer.
    fn HcnOpenLoadBalancer(id: InGuid, handle: OutHandle, record: OutText) |api, record| {
        handle.required("LoadBalancer")?;
        handle.put_handle(api.open(Kind::LoadBalancer, id.required()?)?);
        Ok(())
    };

    /// Change a load balancer.
    fn HcnModifyLoadBalancer(handle: InHandle, settings: InText, record: OutText) |api, record| {
        api.modify(Kind::LoadBalancer, handle.required()?, &settings.required("Settings")?)
    };

    /// The document of a load balancer, in the dialect of the query.
    fn HcnQueryLoadBalancerProperties(handle: InHandle, query: InText, answer: OutText, record: OutText) |api, record| {
        answer.required("Properties")?;
        let query = query.optional("Query")?;
        answer.put_text(&api.query(Kind::LoadBalancer, handle.required()?, Query::Properties, query.as_deref())?)
    };

    /// Delete a load balancer.
    fn HcnDeleteLoadBalancer(id: InGuid, record: OutText) |api, record| {
        api.delete(Kind::LoadBalancer, id.required()?)
    };

    /// Give a handle back. Deletes nothing.
    fn HcnCloseLoadBalancer(handle: InHandle) |api| {
        api.close(Kind::LoadBalancer, handle.required()?)
    };
}
