//! What a side listens on and how much it lets others do, as values.

use super::tls::{ClientTls, ServerTls};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tandem_sip::admission::{Rate, Sources};
use tandem_sip::flow::{Hop, Transport};

#[derive(Debug)]
pub struct Settings {
    /// In this order they are numbered ([`super::ListenerId`]).
    pub listeners: Vec<Listen>,
    /// For connections that we open over TLS. Without it none is opened.
    pub client: Option<ClientTls>,
    pub names: Names,
    pub limits: Limits,
}

impl Settings {
    #[must_use]
    pub fn new(listeners: Vec<Listen>) -> Self {
        Self {
            listeners,
            client: None,
            names: Names::default(),
            limits: Limits::default(),
        }
    }
}

/// One address to listen on.
#[derive(Debug)]
pub struct Listen {
    /// Port 0 takes a free one; [`super::Sockets::addresses`] tells which.
    pub address: SocketAddr,
    pub kind: Kind,
    /// Who is listened to at all. Datagrams of others are dropped unread, connections of others closed before
    /// a byte is read.
    pub sources: Sources,
    /// New requests (INVITE, REGISTER, OPTIONS ...) of one address, over time and at once. What is over it is
    /// dropped unread where it came as a datagram, and answered with 503 on a connection. Without one only the
    /// user agent's own limits hold: right for trunks, wrong for a listener that is open to everybody.
    pub rate: Option<Rate>,
}

impl Listen {
    /// Open to everybody, without a limit by source.
    #[must_use]
    pub const fn new(address: SocketAddr, kind: Kind) -> Self {
        Self {
            address,
            kind,
            sources: Sources::Any,
            rate: None,
        }
    }
}

#[derive(Debug)]
pub enum Kind {
    Udp,
    Tcp,
    Tls(ServerTls),
}

impl Kind {
    #[must_use]
    pub const fn transport(&self) -> Transport {
        match self {
            Self::Udp => Transport::Udp,
            Self::Tcp => Transport::Tcp,
            Self::Tls(_) => Transport::Tls,
        }
    }
}

/// Names whose addresses are given, in place of the resolver's answer: a hosts file for one side. The port is
/// given with the address, so that a test can stand in for a proxy on port 5061.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    known: BTreeMap<String, Vec<SocketAddr>>,
}

impl Names {
    pub fn set(&mut self, host: &str, addresses: Vec<SocketAddr>) {
        self.known.insert(host.to_ascii_lowercase(), addresses);
    }

    /// Addresses that need no look-up: a known name's, or the one that the hop itself is.
    pub(super) fn addresses(&self, hop: &Hop) -> Option<Vec<SocketAddr>> {
        if let Some(known) = self.known.get(&hop.host.to_ascii_lowercase()) {
            return Some(known.clone());
        }
        let address: IpAddr = hop.host.trim_matches(['[', ']']).parse().ok()?;
        Some(vec![SocketAddr::new(address, hop.port)])
    }
}

/// How much one side holds and how long it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections that others opened, over all listeners.
    pub connections: usize,
    /// Of these, from one address. Teams opens two for each of its proxies (Direct Routing A.3).
    pub connections_per_source: usize,
    /// Connections that we opened.
    pub opened: usize,
    /// Bytes that wait for a connection to take them; beyond it is closed.
    pub queue_bytes: usize,
    /// Datagram peers that are remembered, so that they can be answered; beyond it the ones that were not
    /// heard for the longest are forgotten.
    pub datagram_peers: usize,
    /// Orders that wait for the driver; who gives more waits.
    pub orders: usize,
    /// A connection is closed when nothing came on it for so long; keep-alives and their answers count.
    pub idle: Duration,
    /// A message that has begun must have come whole by then.
    pub message: Duration,
    /// A TLS handshake of somebody else's must be over by then.
    pub handshake: Duration,
    /// Our own connection must stand by then, look-up and handshake included.
    pub connect: Duration,
    /// Whoever takes nothing for so long is disconnected.
    pub write: Duration,
    /// Where we sent nothing for so long on a connection of ours, we send a keep-alive (RFC 5626 4.4.1): it
    /// counts against the two minutes after which Teams closes (Direct Routing A.3).
    pub keep_alive: Duration,
    /// How long a connection stands on which nothing new is sent: a call may ring for three minutes.
    pub retired: Duration,
    /// Kernel buffers of datagram sockets, each way, in bytes. The system may grant less.
    pub datagram_buffer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            connections_per_source: 128,
            opened: 8_192,
            queue_bytes: 1 << 20,
            datagram_peers: 65_536,
            orders: 1_024,
            idle: Duration::from_secs(600),
            message: Duration::from_secs(10),
            handshake: Duration::from_secs(10),
            connect: Duration::from_secs(5),
            write: Duration::from_secs(10),
            keep_alive: Duration::from_secs(45),
            retired: Duration::from_secs(240),
            datagram_buffer_bytes: 4 << 20,
        }
    }
}
