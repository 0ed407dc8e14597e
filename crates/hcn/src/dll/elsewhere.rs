//! Without a Windows there is no service: every call says so.

use std::convert::Infallible;

use super::{Wide, failure};
use crate::{Code, Failure, Guid, Kind, Query};

/// No library.
#[derive(Debug, Default)]
pub(super) struct Library;

/// No object can be opened.
#[derive(Debug)]
pub(super) struct Object(Infallible);

impl Library {
    pub(super) fn enumerate(&self, _: Kind, _: Option<&Wide>) -> Result<String, Failure> {
        Err(absent("computenetwork.dll"))
    }

    pub(super) fn create(&self, _: Kind, _: Option<&Object>, _: Guid, _: &Wide) -> Result<Object, Failure> {
        Err(absent("computenetwork.dll"))
    }

    pub(super) fn open(&self, _: Kind, _: Guid) -> Result<Object, Failure> {
        Err(absent("computenetwork.dll"))
    }

    pub(super) fn query(
        &self,
        _: Kind,
        object: &Object,
        _: Query,
        _: Option<&Wide>,
    ) -> Result<String, Failure> {
        match object.0 {}
    }

    pub(super) fn modify(&self, _: Kind, object: &Object, _: &Wide) -> Result<(), Failure> {
        match object.0 {}
    }

    pub(super) fn delete(&self, _: Kind, _: Guid) -> Result<(), Failure> {
        Err(absent("computenetwork.dll"))
    }

    pub(super) fn close(&self, _: Kind, object: Object) -> Result<(), Failure> {
        match object.0 {}
    }

    pub(super) fn hns_call(&self, _: &Wide, _: &Wide, _: &Wide) -> Result<String, Failure> {
        Err(absent("vmcompute.dll"))
    }
}

fn absent(dll: &str) -> Failure {
    failure(Code::MODULE_NOT_FOUND, &format!("{dll} is a part of Windows"))
}
