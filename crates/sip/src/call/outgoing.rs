//! What a call of ours is to be like, as a value.

use crate::Micros;
use crate::digest::Credentials;
use crate::flow::{Flow, Hop};
use crate::header::{Address, Headers};
use crate::uri::{HostPort, Uri};

/// Where a call may go: the first that takes it. Teams has three proxies, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub hop: Hop,
    /// Request-URI at this target: Teams wants the proxy's own name in it (Direct Routing A.5).
    pub uri: Uri,
    /// The connection of a registered phone, in place of a new one to `hop`.
    pub flow: Option<Flow>,
}

/// When the next target is tried. 603 and every other final response end the call (A.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failover {
    /// Statuses that mean "not here": an answer for this target only.
    pub statuses: Vec<u16>,
    /// How long a target may be silent altogether.
    pub patience: Micros,
}

impl Default for Failover {
    fn default() -> Self {
        Self {
            statuses: vec![408, 500, 503, 504],
            // Three targets within the ten seconds that Teams itself gives a trunk (A.7).
            patience: 3_000_000,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// In order; one that asked for a rest (503 with Retry-After) comes last.
    pub targets: Vec<Target>,
    pub failover: Failover,
    /// Our name in Via and Contact: that of the tenant (A.5).
    pub name: HostPort,
    pub contact_user: Option<String>,
    /// Without a tag.
    pub from: Address,
    pub to: Address,
    /// What else goes with the INVITE: identity, privacy, history, Referred-By as it came.
    pub headers: Headers,
    /// Our offer: Teams does not accept an INVITE without one (A.5).
    pub sdp: Vec<u8>,
    /// The whole body and its type, where `sdp` is a part of it: an emergency call has its location beside it.
    pub body: Option<(String, Vec<u8>)>,
    pub max_forwards: u8,
    pub credentials: Vec<Credentials>,
    /// How long it may ring.
    pub ring_seconds_max: u32,
}

impl Outgoing {
    #[must_use]
    pub fn new(target: Target, name: HostPort, from: Address, sdp: Vec<u8>) -> Self {
        Self {
            to: Address::new(target.uri.clone()),
            targets: vec![target],
            failover: Failover::default(),
            name,
            contact_user: None,
            from,
            headers: Headers::default(),
            sdp,
            body: None,
            max_forwards: 70,
            credentials: Vec::new(),
            ring_seconds_max: 180,
        }
    }
}
