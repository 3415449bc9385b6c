//! Names of contact centers and nodes, and times, as the store keys its rows by them. What a
//! contact center is, the core knows; here it is a key.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::limits::{CENTER_ID_BYTES_MAX, NODE_ID_BYTES_MAX};

/// Lower-case letters, digits and hyphens, because it stands in routes, file names and logs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CenterId(Arc<str>);

impl CenterId {
    pub fn parse(name: &str) -> Result<Self, Error> {
        let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if name.is_empty() || name.len() > CENTER_ID_BYTES_MAX || !name.bytes().all(is_allowed) {
            return Err(Error::Invalid {
                what: "the id of the contact center",
                reason: format!(
                    "use 1 to {CENTER_ID_BYTES_MAX} lower-case letters, digits and hyphens"
                ),
            });
        }
        Ok(Self(name.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CenterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One process that may own contact centers. The same name after a restart is the same node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(Arc<str>);

impl NodeId {
    pub fn parse(name: &str) -> Result<Self, Error> {
        if name.is_empty() || name.len() > NODE_ID_BYTES_MAX {
            return Err(Error::Invalid {
                what: "the name of the node",
                reason: format!("use 1 to {NODE_ID_BYTES_MAX} bytes"),
            });
        }
        Ok(Self(name.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Microseconds since 1970-01-01 UTC, the same in every database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMicros(pub i64);
