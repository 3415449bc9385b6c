//! What is particular to Teams' SIP proxies: whom they know (direct-routing-and-sip.md A.4, A.5), OPTIONS both ways, and
//! the errors that a stranger gets (A.10).

use super::Neighbor;
use super::habit::Refusal;
use super::order::Service;
use super::parties::{Learned, Parties, direction, note};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use tandem_sip::Micros;
use tandem_sip::body;
use tandem_sip::flow::{FlowId, Hop, Transport};
use tandem_sip::header::{Address, Name};
use tandem_sip::message::Request;
use tandem_sip::sdp::Direction;
use tandem_sip::stack::TransactionId;
use tandem_sip::uri::{SipUri, Uri};
use tandem_transport::sip::{Closing, Peer, Side};

/// The name of the first of them.
pub(super) const PROXY: &str = "sip.pstnhub.microsoft.com";
/// Of all three (A.1).
pub(super) const PROXIES: [&str; 3] = [
    PROXY,
    "sip2.pstnhub.microsoft.com",
    "sip3.pstnhub.microsoft.com",
];
/// A.4: a trunk that was not heard for so long is demoted.
const HEARD_MAX: Micros = 300_000_000;
/// SBCs that are remembered.
const TRUNKS_MAX: usize = 100;
/// The domain that the emulated tenant has registered: that of its people's names.
const TENANT_DOMAIN: &str = "tandem.example";

#[derive(Debug)]
pub(super) struct Trunks {
    domains: Vec<String>,
    known: BTreeMap<String, Trunk>,
    /// The one that was heard last.
    last: Option<String>,
    /// Probes on their way: of whom, by which proxy.
    asked: BTreeMap<u64, (String, usize)>,
}

#[derive(Debug, Clone)]
struct Trunk {
    port: u16,
    proxies: [Seen; 3],
    trouble: Option<String>,
}

/// What one proxy has seen of a trunk.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    heard_at: Option<Micros>,
    n_heard: u64,
    n_probes: u64,
    /// What its last probe was answered with; none: by nobody.
    answered: Option<u16>,
}

impl Default for Trunks {
    fn default() -> Self {
        Self {
            domains: vec![TENANT_DOMAIN.to_owned()],
            known: BTreeMap::new(),
            last: None,
            asked: BTreeMap::new(),
        }
    }
}

impl Trunks {
    pub(super) fn set_domains(&mut self, domains: Vec<String>) {
        self.domains = domains;
    }

    /// A.5: the whole name is a registered domain of a tenant, or what is left without its first label is.
    fn knows(&self, fqdn: &str) -> bool {
        let parent = fqdn.split_once('.').map(|(_, parent)| parent);
        let is = |domain: &String| {
            domain.eq_ignore_ascii_case(fqdn)
                || parent.is_some_and(|parent| domain.eq_ignore_ascii_case(parent))
        };
        self.domains.iter().any(is)
    }

    /// Who somebody says that they are: by Record-Route, else by Contact; and whether they may say so.
    fn judge(&self, peer: Option<&Peer>, request: &Request) -> Result<SipUri, Refusal> {
        let unknown = || {
            Refusal::of_teams(
                403,
                21,
                510_532,
                "No trunk configuration for the FQDN of the Contact",
            )
        };
        let named = [Name::RecordRoute, Name::Contact];
        let first = named
            .iter()
            .find_map(|name| request.headers.addresses(name).ok()?.into_iter().next());
        let uri = first.map(|it: Address| it.uri).ok_or_else(unknown)?;
        let Uri::Sip(uri) = uri else {
            return Err(unknown());
        };
        let host = uri.host.host.to_ascii_lowercase();
        // An address in Contact is 403 (A.4), and a name has to be the certificate's.
        let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        let names = peer.map_or(&[][..], |it| &it.names);
        let is_proved = names.iter().any(|name| covers(name, &host));
        if is_address || !is_proved || !self.knows(&host) {
            return Err(unknown());
        }
        Ok(uri)
    }

    /// Why a call of an SBC is refused before its number is looked up.
    pub(super) fn refusal(
        &self,
        peer: Option<&Peer>,
        request: &Request,
        replaces: bool,
    ) -> Option<Refusal> {
        if let Err(refusal) = self.judge(peer, request) {
            return Some(refusal);
        }
        if replaces {
            return Some(Refusal::of(403));
        }
        let sdp = body::session_description(&request.headers, &request.body).unwrap_or(None);
        let Some(sdp) = sdp else {
            // Delayed offers are not supported (A.5).
            return Some(Refusal::of_teams(
                488,
                65,
                531_000,
                "No session description in the INVITE",
            ));
        };
        let is_nowhere = String::from_utf8_lossy(&sdp).contains("c=IN IP4 0.0.0.0");
        if is_nowhere || direction(&sdp) == Some(Direction::SendOnly) {
            return Some(Refusal::of_teams(
                488,
                65,
                531_052,
                "The session description has no address",
            ));
        }
        None
    }

    /// An SBC that Teams calls: heard lately, and it has answered a probe of ours.
    pub(super) fn usable(&self, now: Micros, fqdn: Option<&str>) -> Option<(String, u16)> {
        let fqdn = fqdn
            .map(str::to_ascii_lowercase)
            .or_else(|| self.last.clone())?;
        let trunk = self.known.get(&fqdn)?;
        trunk.is_active(now).then_some((fqdn, trunk.port))
    }

    pub(super) fn trouble(&mut self, host: &str, why: &Closing) {
        if let Some(trunk) = self.known.get_mut(host) {
            trunk.trouble = Some(why.to_string());
        }
    }

    pub(super) fn show(&self, now: Micros) -> Value {
        let trunks = self.known.iter().map(|(fqdn, trunk)| {
            let proxies = PROXIES.iter().zip(&trunk.proxies).map(|(name, seen)| {
                json!({
                    "name": name, "heard": seen.n_heard, "probes": seen.n_probes, "answered": seen.answered,
                    "heard_ms_ago": seen.heard_at.map(|at| (now - at) / 1_000),
                })
            });
            json!({
                "fqdn": fqdn, "port": trunk.port, "active": trunk.is_active(now), "trouble": trunk.trouble,
                "proxies": proxies.collect::<Value>(),
            })
        });
        trunks.collect()
    }
}

impl Trunk {
    fn is_active(&self, now: Micros) -> bool {
        self.proxies.iter().any(|seen| {
            seen.heard_at.is_some_and(|at| now - at <= HEARD_MAX)
                && seen
                    .answered
                    .is_some_and(|status| (200..300).contains(&status))
        })
    }
}

/// Whether a name of a certificate is this one's; a star is one label (RFC 2818 3.1).
fn covers(name: &str, host: &str) -> bool {
    name == host
        || name.strip_prefix("*.").is_some_and(|rest| {
            host.split_once('.')
                .is_some_and(|(_, parent)| parent == rest)
        })
}

impl Parties {
    /// Somebody looks whether a proxy is there. Those alone are answered 200 whose name is known; then we look back.
    pub(super) fn probed(
        &mut self,
        side: &mut Side<'_>,
        id: Option<TransactionId>,
        flow: FlowId,
        request: &Request,
    ) {
        let Some(id) = id else {
            return;
        };
        let listener = side.peer(flow).and_then(|it| it.listener);
        let judged = match self.service(flow) {
            Service::Serve => self.trunks.judge(side.peer(flow), request),
            Service::Refuse { retry_after_s } => Err(Refusal {
                retry_after_s: Some(retry_after_s),
                ..Refusal::of(503)
            }),
            // What is answered goes nowhere.
            Service::Silent => Err(Refusal::of(503)),
        };
        let (status, retry_after_s) = match &judged {
            Ok(_) => (200, None),
            Err(refusal) => (refusal.status, refusal.retry_after_s),
        };
        if let Ok(mut response) = side.ua.response(request, status) {
            if let Some(seconds) = retry_after_s {
                response.headers.push(Name::RetryAfter, seconds.to_string());
            }
            if status == 200 {
                response.headers.push(Name::Allow, "INVITE");
            }
            note(side.ua.reply(side.now, id, &response));
        }
        let address = side.peer(flow).map(|it| it.address.ip());
        if let (Ok(uri), Some(address), Some(listener)) = (judged, address, listener) {
            self.heard_of(side.now, &uri, address, listener.0);
        }
    }

    fn heard_of(&mut self, now: Micros, uri: &SipUri, address: IpAddr, proxy: usize) {
        let fqdn = uri.host.host.to_ascii_lowercase();
        let port = uri.host.port.unwrap_or(5_061);
        if self.trunks.known.len() >= TRUNKS_MAX && !self.trunks.known.contains_key(&fqdn) {
            return;
        }
        let trunk = self
            .trunks
            .known
            .entry(fqdn.clone())
            .or_insert_with(|| Trunk {
                port,
                proxies: [Seen::default(); 3],
                trouble: None,
            });
        trunk.port = port;
        if let Some(seen) = trunk.proxies.get_mut(proxy) {
            seen.heard_at = Some(now);
            seen.n_heard += 1;
        }
        self.trunks.last = Some(fqdn.clone());
        let address = SocketAddr::new(address, port);
        let learned = Learned {
            fqdn,
            address,
            proxy,
        };
        if self.means.learned.try_send(learned).is_err() {
            tracing::warn!("an SBC is not looked back at: too many at a time");
        }
    }

    /// Our own OPTIONS, to the name of the Contact (A.4), now that it can be looked up.
    pub(super) fn probe_back(&mut self, side: &mut Side<'_>, fqdn: &str, proxy: usize) {
        let number = self.next_number();
        let Some(trunk) = self.trunks.known.get_mut(fqdn) else {
            return;
        };
        let hop = Hop {
            host: fqdn.to_owned(),
            port: trunk.port,
            transport: Transport::Tls,
        };
        let Ok(uri) = Uri::parse(&format!("sip:{fqdn}:{};transport=tls", trunk.port)) else {
            return;
        };
        if let Some(seen) = trunk.proxies.get_mut(proxy) {
            seen.n_probes += 1;
        }
        self.trunks.asked.insert(number, (fqdn.to_owned(), proxy));
        let name = PROXIES.get(proxy).copied().unwrap_or(PROXY);
        note(
            side.ua
                .probe_as(side.now, number, &hop, uri, name.to_owned()),
        );
    }

    pub(super) fn probe_ended(&mut self, now: Micros, number: u64, status: Option<u16>) {
        if self.neighbor() == Neighbor::Phones {
            return self.registered(now, number, status);
        }
        let Some((fqdn, proxy)) = self.trunks.asked.remove(&number) else {
            return;
        };
        if let Some(trunk) = self.trunks.known.get_mut(&fqdn)
            && let Some(seen) = trunk.proxies.get_mut(proxy)
        {
            seen.answered = status;
            if status.is_some() {
                trunk.trouble = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A.2, A.5
    #[test]
    fn names_are_covered_by_certificates_and_found_in_the_tenant() {
        assert!(covers("sbc.tandem.example", "sbc.tandem.example"));
        assert!(covers("*.tandem.example", "sbc.tandem.example"));
        assert!(!covers("*.tandem.example", "sbc.x.tandem.example"));
        assert!(!covers("*.tandem.example", "tandem.example"));
        let trunks = Trunks::default();
        assert!(trunks.knows("tandem.example") && trunks.knows("SBC.Tandem.example"));
        assert!(!trunks.knows("sbc.contoso.com") && !trunks.knows("a.b.tandem.example"));
    }
}
