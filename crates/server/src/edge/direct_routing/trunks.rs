//! Trunks as the switchboard uses them: who a message is from, where a call goes, how many there are, how hosts do. It
//! must not know contacts.

use super::order::{HostState, TrunkState};
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use tandem_core::ids::TrunkId;
use tandem_core::trunk::{self, Trunk, TrunkKind};
use tandem_sip::Micros;
use tandem_sip::admission::Subnet;
use tandem_sip::digest::{Authenticator, Credentials};
use tandem_sip::flow::{Hop, Transport};
use tandem_sip::health::{Health, State};
use tandem_sip::registrar::Registrar;
use tandem_sip::uri::Uri;
use tandem_transport::sip::Peer;

/// A trunk as it is configured, with its secrets opened.
#[derive(Clone)]
pub(super) struct Configured {
    pub(super) id: TrunkId,
    pub(super) trunk: Trunk,
    /// By user.
    pub(super) secrets: BTreeMap<String, String>,
}

impl fmt::Debug for Configured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Configured")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A trunk in use.
pub(super) struct InUse {
    pub(super) id: TrunkId,
    pub(super) trunk: Trunk,
    pub(super) secrets: BTreeMap<String, String>,
    sources: Vec<Subnet>,
    pub(super) hosts: Vec<Host>,
    pub(super) n_calls: u32,
    pub(super) registrar: Registrar,
    pub(super) authenticator: Authenticator,
}

/// A host of a trunk.
pub(super) struct Host {
    pub(super) text: String,
    pub(super) hop: Hop,
    pub(super) health: Health,
    pub(super) trouble: Option<String>,
}

/// The trunks of one contact center, or of all.
pub(super) type ByTrunk = BTreeMap<(Arc<str>, TrunkId), InUse>;

pub(super) const fn transport(it: trunk::Transport) -> Transport {
    match it {
        trunk::Transport::Udp => Transport::Udp,
        trunk::Transport::Tcp => Transport::Tcp,
        trunk::Transport::Tls => Transport::Tls,
    }
}

/// The networks that calls of a trunk may come from.
pub(super) fn sources(trunk: &Trunk) -> Vec<Subnet> {
    let sources = trunk.sources.iter();
    sources.filter_map(|it| subnet(it)).collect()
}

/// The same as addresses with the bits that count.
pub(super) fn networks(trunk: &Trunk) -> Vec<(IpAddr, u8)> {
    let sources = trunk.sources.iter();
    sources.filter_map(|it| network(it)).collect()
}

fn subnet(text: &str) -> Option<Subnet> {
    let (address, bits) = network(text)?;
    Subnet::new(address, bits)
}

fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let all = if address.is_ipv4() { 32 } else { 128 };
    Some((address, bits.unwrap_or(all)))
}

impl InUse {
    pub(super) fn new(now: Micros, configured: Configured, name: &str, nonce_secret: &str) -> Self {
        let Configured { id, trunk, secrets } = configured;
        let realm = trunk.own_name.as_deref().unwrap_or(name);
        Self {
            id,
            sources: sources(&trunk),
            hosts: hosts(now, &trunk),
            n_calls: 0,
            registrar: Registrar::new(),
            authenticator: Authenticator::new(realm, nonce_secret),
            trunk,
            secrets,
        }
    }

    /// Takes a change over; what stands (calls, phones, how hosts do) goes on.
    pub(super) fn change(&mut self, now: Micros, configured: Configured) {
        let Configured { trunk, secrets, .. } = configured;
        self.sources = sources(&trunk);
        let mut known = std::mem::take(&mut self.hosts);
        self.hosts = hosts(now, &trunk);
        for host in &mut self.hosts {
            if let Some(at) = known.iter().position(|it| it.hop == host.hop) {
                *host = known.swap_remove(at);
            }
        }
        self.trunk = trunk;
        self.secrets = secrets;
    }

    /// Whether a message may be of this trunk, by where it comes from.
    pub(super) fn is_from(&self, peer: &Peer) -> bool {
        let names = &self.trunk.certificate_names;
        self.trunk.enabled
            && peer.transport == transport(self.trunk.transport)
            && self.sources.iter().any(|it| it.contains(peer.address.ip()))
            && (names.is_empty()
                || names.iter().any(|name| {
                    let is = |it: &String| it.eq_ignore_ascii_case(name);
                    peer.names.iter().any(is)
                }))
    }

    pub(super) const fn has_room(&self) -> bool {
        self.n_calls < self.trunk.calls_max
    }

    /// Our name toward it.
    pub(super) fn own_name<'a>(&'a self, usual: &'a str) -> &'a str {
        self.trunk.own_name.as_deref().unwrap_or(usual)
    }

    pub(super) fn credentials(&self) -> Vec<Credentials> {
        let user = self.trunk.digest_user.as_ref();
        let known = user.and_then(|user| Some((user, self.secrets.get(user)?)));
        known
            .map(|(user, password)| Credentials {
                realm: None,
                user: user.clone(),
                password: password.clone(),
            })
            .into_iter()
            .collect()
    }

    /// Its hosts, those that are down last.
    pub(super) fn hops(&self) -> Vec<&Host> {
        let is_down = |it: &&Host| matches!(it.health.state(), State::Down(_));
        let (down, up): (Vec<&Host>, Vec<&Host>) = self.hosts.iter().partition(is_down);
        up.into_iter().chain(down).collect()
    }

    pub(super) fn state(&self, now: Micros) -> TrunkState {
        let phones = self.trunk.phones.iter();
        let registered = phones.filter(|it| !self.registrar.bindings(it).is_empty());
        let hosts = self.hosts.iter().map(|it| HostState {
            host: it.text.clone(),
            state: it.health.state(),
            up_at: it.health.up_at(),
            is_heard: it.health.is_heard(now),
            trouble: it.trouble.clone(),
        });
        TrunkState {
            trunk: self.id,
            n_calls: self.n_calls,
            hosts: hosts.collect(),
            registered: registered.cloned().collect(),
        }
    }

    /// When a host is to be probed; phones register, and are not.
    pub(super) fn probe_at(&self) -> Option<Micros> {
        let hosts = self.hosts.iter().filter(|_| self.is_probed());
        hosts.map(|it| it.health.poll_timeout()).min()
    }

    pub(super) const fn is_probed(&self) -> bool {
        self.trunk.enabled && self.trunk.is_probed
    }

    pub(super) const fn is_phones(&self) -> bool {
        matches!(self.trunk.kind, TrunkKind::Phones)
    }
}

impl Host {
    /// What is asked when the host is probed.
    pub(super) fn uri(&self) -> Option<Uri> {
        let port = self.hop.port;
        Uri::parse(&format!("sip:{}:{port}", self.hop.host)).ok()
    }
}

fn hosts(now: Micros, trunk: &Trunk) -> Vec<Host> {
    let hosts = trunk.hosts.iter().map(|text| Host {
        hop: hop(text, transport(trunk.transport)),
        text: text.clone(),
        health: Health::new(now),
        trouble: None,
    });
    hosts.collect()
}

/// A host as people write it: a name or an address, with a port or the usual one.
pub(super) fn hop(text: &str, transport: Transport) -> Hop {
    let is_address = text.parse::<std::net::Ipv6Addr>().is_ok();
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !is_address => (host, port.parse().ok()),
        Some(_) | None => (text, None),
    };
    Hop {
        host: if is_address {
            format!("[{text}]")
        } else {
            host.to_ascii_lowercase()
        },
        port: port.unwrap_or_else(|| transport.default_port()),
        transport,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_with_their_port_or_the_usual_one() {
        for (text, transport, expected) in [
            (
                "sip.pstnhub.microsoft.com",
                Transport::Tls,
                "sip.pstnhub.microsoft.com:5061;tls",
            ),
            ("A.example:5080", Transport::Udp, "a.example:5080;udp"),
            ("127.0.0.1:5070", Transport::Tcp, "127.0.0.1:5070;tcp"),
            ("::1", Transport::Udp, "[::1]:5060;udp"),
            ("[::1]:5070", Transport::Udp, "[::1]:5070;udp"),
        ] {
            assert_eq!(hop(text, transport).to_string(), expected);
        }
    }

    #[test]
    fn source_is_an_address_or_a_network() {
        assert!(
            subnet("203.0.113.7").is_some_and(|it| it.contains("203.0.113.7".parse().unwrap()))
        );
        assert!(
            !subnet("203.0.113.7").is_some_and(|it| it.contains("203.0.113.8".parse().unwrap()))
        );
        assert!(
            subnet("2001:db8::/32").is_some_and(|it| it.contains("2001:db8::7".parse().unwrap()))
        );
    }
}
