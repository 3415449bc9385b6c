//! Where messages come from and where they go: transports, connections and next hops, as values.
//! It must not know sockets: whoever owns them gives the flows that it accepted a number, and opens
//! those that it is asked for.

use crate::transaction::Reliability;
use crate::uri::SipUri;
use std::fmt;

/// How messages travel. WebSockets are not spoken: browsers have a signalling of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    Udp,
    Tcp,
    Tls,
}

impl Transport {
    /// As it stands in Via (RFC 3261 25.1).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        }
    }

    /// As it stands in the `transport` parameter of a URI (RFC 3261 19.1.1).
    #[must_use]
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Udp, Self::Tcp, Self::Tls]
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(text))
    }

    /// RFC 3261 19.1.2.
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 5060,
            Self::Tls => 5061,
        }
    }

    #[must_use]
    pub const fn reliability(self) -> Reliability {
        match self {
            Self::Udp => Reliability::Unreliable,
            Self::Tcp | Self::Tls => Reliability::Reliable,
        }
    }
}

/// Names a connection or a UDP peer. Who opened it matters: Direct Routing has no aliasing (RFC
/// 5923), so our requests never go out on a connection that the other side opened (A.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlowId {
    /// The shell's number for a connection that it accepted, or for a socket and its UDP peer.
    Accepted(u64),
    /// Our number for a connection that the shell was asked to open.
    Opened(u64),
}

/// A connection with what transactions must know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    pub id: FlowId,
    pub transport: Transport,
}

/// Whom to connect to. A name stays a name: Teams moves its proxies between addresses (A.4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hop {
    pub host: String,
    pub port: u16,
    pub transport: Transport,
}

impl Hop {
    /// Where a request to this URI goes (RFC 3263 4 without its DNS part, which is the shell's).
    /// A URI that names no transport is reached as `usual` says.
    #[must_use]
    pub fn of(uri: &SipUri, usual: Transport) -> Self {
        let named = uri.params.get("transport").and_then(Transport::parse);
        let transport = match uri.scheme {
            crate::uri::Scheme::Sips => Transport::Tls,
            crate::uri::Scheme::Sip => named.unwrap_or(usual),
        };
        let host = uri.params.get("maddr").unwrap_or(&uri.host.host);
        Self {
            host: host.to_ascii_lowercase(),
            port: uri.host.port.unwrap_or_else(|| transport.default_port()),
            transport,
        }
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{};{}",
            self.host,
            self.port,
            self.transport.parameter()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Hop, Transport};
    use crate::uri::Uri;

    // RFC 3263 4.1, 4.2
    #[test]
    fn next_hop_is_what_the_uri_names_or_what_is_usual() {
        for (uri, expected) in [
            ("sip:A.example:5070;transport=TCP", "a.example:5070;tcp"),
            ("sip:a.example", "a.example:5061;tls"),
            ("sips:x@a.example;transport=tcp", "a.example:5061;tls"),
            (
                "sip:a.example;maddr=192.0.2.1;transport=udp",
                "192.0.2.1:5060;udp",
            ),
            ("sip:a.example;transport=sctp", "a.example:5061;tls"),
        ] {
            let parsed = Uri::parse(uri).unwrap();
            let hop = Hop::of(parsed.as_sip().unwrap(), Transport::Tls);
            assert_eq!(hop.to_string(), expected, "{uri}");
        }
    }
}
