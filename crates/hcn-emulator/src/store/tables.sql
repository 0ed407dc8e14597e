-- Objects of every kind. `seq` is never used twice, so that a handle cannot come to mean another object.
-- `doc` is what the object keeps, as a V2 document; what follows from other rows is added when it is rendered.
CREATE TABLE object (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    parent INTEGER REFERENCES object (seq) ON DELETE CASCADE,
    name   TEXT NOT NULL,
    doc    TEXT NOT NULL,
    UNIQUE (kind, id)
) STRICT;
CREATE INDEX object_by_name ON object (kind, name);
CREATE INDEX object_by_parent ON object (parent);

-- Addresses in use on a network.
CREATE TABLE address (
    network  INTEGER NOT NULL REFERENCES object (seq) ON DELETE CASCADE,
    address  TEXT NOT NULL,
    endpoint INTEGER NOT NULL REFERENCES object (seq) ON DELETE CASCADE,
    PRIMARY KEY (network, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX address_by_endpoint ON address (endpoint);

-- MAC addresses in use on a network, as numbers.
CREATE TABLE mac (
    network  INTEGER NOT NULL REFERENCES object (seq) ON DELETE CASCADE,
    mac      INTEGER NOT NULL,
    endpoint INTEGER NOT NULL REFERENCES object (seq) ON DELETE CASCADE,
    PRIMARY KEY (network, mac)
) STRICT, WITHOUT ROWID;
CREATE INDEX mac_by_value ON mac (mac);
CREATE INDEX mac_by_endpoint ON mac (endpoint);

-- Ports of the host that are mapped to endpoints. `vip` is empty for the host's own addresses.
CREATE TABLE port (
    protocol INTEGER NOT NULL,
    port     INTEGER NOT NULL,
    vip      TEXT NOT NULL,
    endpoint INTEGER NOT NULL REFERENCES object (seq) ON DELETE CASCADE,
    PRIMARY KEY (protocol, port, vip)
) STRICT, WITHOUT ROWID;
CREATE INDEX port_by_endpoint ON port (endpoint);

-- What was added to a namespace, in that order. `endpoint` is NULL for a container, and for an endpoint that
-- vanished with its network: its reference stays in the list. Nothing else may remove an endpoint that is a member:
-- a removal that forgot to detach it is refused.
CREATE TABLE member (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    namespace INTEGER NOT NULL REFERENCES object (seq) ON DELETE CASCADE,
    type      TEXT NOT NULL,
    id        TEXT NOT NULL,
    endpoint  INTEGER UNIQUE REFERENCES object (seq),
    UNIQUE (namespace, type, id)
) STRICT;

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('epoch', 1);
