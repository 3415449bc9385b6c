//! Where calls by trunks are listened for, as values. What trunks there are is settings.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use tandem_sip::flow::Transport;

/// The usual ports of media.
pub(super) const MEDIA_PORTS: RangeInclusive<u16> = 20_000..=39_999;

/// Where calls by trunks are listened for.
#[derive(Clone, Debug)]
pub struct DirectRouting {
    /// Our name where a trunk has no other.
    pub name: String,
    /// Where by UDP.
    pub udp: Option<SocketAddr>,
    /// Where by TCP.
    pub tcp: Option<SocketAddr>,
    /// Where by TLS.
    pub tls: Option<SocketAddr>,
    /// Who we say that we are.
    pub certificate: Option<CertificateFiles>,
    /// Whom we believe, PEM.
    pub trust_root: Option<PathBuf>,
    /// Where media sockets are bound.
    pub media_address: IpAddr,
    /// What others are told instead.
    pub media_public_address: Option<IpAddr>,
    /// Ports of media; `0..=0` for any.
    pub media_ports: RangeInclusive<u16>,
    /// Names whose addresses are given, in place of being looked up.
    pub hosts: BTreeMap<String, SocketAddr>,
    /// Who reads texts aloud.
    pub speech: Option<Speech>,
}

/// Who reads texts aloud, for whoever hears no service of Microsoft.
#[derive(Clone, Debug)]
pub struct Speech {
    /// Who.
    pub reader: Reader,
    /// In which language where a text has none of its own, such as `en-US`.
    pub language: String,
}

/// Who reads texts aloud.
#[derive(Clone, Debug)]
pub enum Reader {
    /// The program espeak-ng on this machine.
    EspeakNg(PathBuf),
    /// A service: `POST {"text", "language"}`, answered by a WAV file.
    Service(url::Url),
}

/// A certificate with its key.
#[derive(Clone, Debug)]
pub struct CertificateFiles {
    /// The chain, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
}

impl DirectRouting {
    /// The addresses to listen on, in a fixed order.
    pub fn listeners(&self) -> impl Iterator<Item = (Transport, SocketAddr)> + '_ {
        let all = [
            (Transport::Udp, self.udp),
            (Transport::Tcp, self.tcp),
            (Transport::Tls, self.tls),
        ];
        all.into_iter()
            .filter_map(|(transport, address)| Some((transport, address?)))
    }
}
