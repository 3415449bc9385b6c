//! Who is at the other end of a flow, and what happens to connections, as an owner sees it.

use super::datagram::Datagrams;
use super::driver::line::Line;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use tandem_sip::flow::{FlowId, Hop, Transport};

/// The place of a listener among those of [`super::Settings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListenerId(pub usize);

/// The other end of a connection, or a sender of datagrams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    pub address: SocketAddr,
    pub transport: Transport,
    /// Where it came in; none on a connection that we opened.
    pub listener: Option<ListenerId>,
    /// The names of its certificate, verified, in lower case: a trunk is recognised by them. Empty without one.
    pub names: Vec<String>,
}

/// The peers of one side.
#[derive(Debug)]
pub struct Peers {
    pub(super) lines: BTreeMap<FlowId, Line>,
    pub(super) datagrams: Datagrams,
}

impl Peers {
    pub(super) fn new(n_datagram_peers_max: usize) -> Self {
        Self {
            lines: BTreeMap::new(),
            datagrams: Datagrams::new(n_datagram_peers_max),
        }
    }

    /// None where the connection is gone or not open yet, or the sender of datagrams forgotten.
    #[must_use]
    pub fn get(&self, flow: FlowId) -> Option<&Peer> {
        let line = self.lines.get(&flow).and_then(|line| line.peer.as_ref());
        line.or_else(|| self.datagrams.peer(flow))
    }
}

/// What has happened to a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Somebody else's stands: for TLS, its handshake is over.
    Accepted { flow: FlowId },
    /// One of ours stands.
    Opened { flow: FlowId, hop: Hop },
    /// It has ended or never stood. `hop` is the one that we wanted, where it was ours.
    Closed {
        flow: FlowId,
        peer: Option<Peer>,
        hop: Option<Hop>,
        why: Closing,
    },
}

/// Why a connection ended, or could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closing {
    /// The name has no address, or nobody answered what it is.
    NoAddress,
    /// There is no TLS for connections of ours ([`super::Settings::client`]).
    NoTls,
    /// Over [`super::Limits::opened`].
    TooManyOpened,
    NotConnected(io::ErrorKind),
    /// It did not stand in time.
    ConnectTimedOut,
    /// What TLS says: a certificate of another name, an unknown authority, no common version ...
    Handshake(String),
    HandshakeTimedOut,
    /// The other side closed it.
    ByPeer,
    Broken(io::ErrorKind),
    Idle,
    /// A message did not come whole in time.
    Slow,
    /// What came is no SIP, or over a limit.
    Malformed(tandem_sip::Error),
    /// The other side took nothing for too long, or too much waited for it.
    NotTaken,
    /// Nothing new was sent on it any more ([`tandem_sip::user_agent::Event::Retire`]).
    Retired,
    /// Its source is no longer permitted.
    NotPermitted,
    /// A fault of ours.
    Fault,
}

impl fmt::Display for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress => f.write_str("the name has no address"),
            Self::NoTls => f.write_str("no TLS is set up for connections to others"),
            Self::TooManyOpened => f.write_str("too many connections to others"),
            Self::NotConnected(kind) => write!(f, "no connection: {kind}"),
            Self::ConnectTimedOut => f.write_str("no connection in time"),
            Self::Handshake(text) => write!(f, "TLS failed: {text}"),
            Self::HandshakeTimedOut => f.write_str("TLS was not agreed in time"),
            Self::ByPeer => f.write_str("closed by the other side"),
            Self::Broken(kind) => write!(f, "broken: {kind}"),
            Self::Idle => f.write_str("nothing came or went for too long"),
            Self::Slow => f.write_str("a message did not come whole in time"),
            Self::Malformed(error) => write!(f, "no SIP: {error}"),
            Self::NotTaken => f.write_str("the other side does not take what is sent"),
            Self::Retired => f.write_str("renewed"),
            Self::NotPermitted => f.write_str("the source is not permitted"),
            Self::Fault => f.write_str("a fault of ours"),
        }
    }
}
