//! What endpoints have taken: addresses, MAC addresses, ports. The primary keys decide; all of it is free again
//! when the endpoint is gone.

use std::fmt;
use std::net::Ipv4Addr;

use hcn::Code;
use rusqlite::{ErrorCode, ToSql, params};

use super::Tx;
use crate::mac::Mac;
use crate::refusal::{Refusal, Ruling};

/// A port of the host that leads to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) protocol: u32,
    pub(crate) number: u16,
    /// Empty for the host's own addresses.
    pub(crate) vip: String,
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { protocol, number, vip } = self;
        match vip.as_str() {
            "" => write!(f, "{protocol}/{number}"),
            vip => write!(f, "{protocol}/{number} of {vip}"),
        }
    }
}

impl Tx<'_> {
    /// Has an endpoint of this network the address?
    pub(crate) fn has_address(&self, network: i64, address: Ipv4Addr) -> Ruling<bool> {
        let sql = "SELECT 1 FROM address WHERE network = ?1 AND address = ?2";
        Ok(self.sql.prepare_cached(sql)?.exists(params![network, address.to_string()])?)
    }

    /// Has an endpoint of any network the MAC address?
    pub(crate) fn has_mac(&self, mac: Mac) -> Ruling<bool> {
        Ok(self.sql.prepare_cached("SELECT 1 FROM mac WHERE mac = ?1")?.exists([number(mac)])?)
    }

    /// Give an address to an endpoint; taken, it is refused.
    pub(crate) fn take_address(&self, network: i64, address: Ipv4Addr, endpoint: i64) -> Ruling<()> {
        let sql = "INSERT INTO address (network, address, endpoint) VALUES (?1, ?2, ?3)";
        self.take(sql, params![network, address.to_string(), endpoint], Code::ADDR_INVALID_OR_RESERVED)
    }

    /// Give a MAC address to an endpoint.
    ///
    /// INFERRED: one that is taken on the same network is refused with 0x803B002F; creating two endpoints with one
    /// MAC address on a real Windows would settle it.
    pub(crate) fn take_mac(&self, network: i64, mac: Mac, endpoint: i64) -> Ruling<()> {
        let sql = "INSERT INTO mac (network, mac, endpoint) VALUES (?1, ?2, ?3)";
        self.take(sql, params![network, number(mac), endpoint], Code::ADDR_INVALID_OR_RESERVED)
    }

    /// Give a port of the host to an endpoint; taken, it is refused.
    pub(crate) fn take_port(&self, port: &Port, endpoint: i64) -> Ruling<()> {
        let sql = "INSERT INTO port (protocol, port, vip, endpoint) VALUES (?1, ?2, ?3, ?4)";
        let values = params![port.protocol, port.number, port.vip, endpoint];
        self.take(sql, values, Code::PORT_ALREADY_EXISTS)
    }

    /// Free the ports that lead to an endpoint.
    pub(crate) fn free_ports(&self, endpoint: i64) -> Ruling<()> {
        self.sql.prepare_cached("DELETE FROM port WHERE endpoint = ?1")?.execute([endpoint])?;
        Ok(())
    }

    fn take(&self, sql: &str, values: &[&dyn ToSql], taken: Code) -> Ruling<()> {
        match self.sql.prepare_cached(sql)?.execute(values) {
            Ok(_) => Ok(()),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                Err(taken.into())
            }
            Err(error) => Err(Refusal::from(error)),
        }
    }

    /// How many addresses, MAC addresses and ports are taken in the whole store.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> Ruling<(i64, i64, i64)> {
        let sql =
            "SELECT (SELECT count(*) FROM address), (SELECT count(*) FROM mac), (SELECT count(*) FROM port)";
        Ok(self.sql.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
    }
}

/// 48 bits fit the store's signed numbers.
fn number(mac: Mac) -> i64 {
    i64::try_from(mac.0).unwrap_or(i64::MAX)
}
