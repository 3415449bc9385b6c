//! Calls that a neighbor begins: a customer at the carrier, a phone, a Teams user, with or without a location.

use super::Neighbor;
use super::order::{NewCall, Over, Seat, Told};
use super::parties::{Due, Parties, millis, note};
use super::party::{Beginning, Party, Way};
use super::proxies::PROXY;
use serde_json::Value;
use tandem_sip::flow::{Hop, Transport};
use tandem_sip::header::{Address, Headers, Name};
use tandem_sip::message::Response;
use tandem_sip::policy::HeaderPolicy;
use tandem_sip::sdp::{Format, Security, SessionDescription};
use tandem_sip::uri::{HostPort, Uri};
use tandem_sip::user_agent::CallId;
use tandem_sip::{Outgoing, Target};
use tandem_transport::description::Described;
use tandem_transport::media::{ConversationId, Latching};
use tandem_transport::sip::Side;

/// Where a call goes, and as whom.
struct Route {
    hop: Hop,
    /// Ours, in Via and Contact.
    name: HostPort,
    from: String,
    to: String,
}

const fn transport(over: Over) -> Transport {
    match over {
        Over::Udp => Transport::Udp,
        Over::Tcp => Transport::Tcp,
    }
}

impl Parties {
    pub(super) fn place(&mut self, side: &mut Side<'_>, new: NewCall) -> Told {
        if self.is_full() {
            return Err((409, "too many calls at a time".to_owned()));
        }
        let way = self.way(side, &new)?;
        let (conversation, described, sdp) = self.media_of_ours(new.srtp)?;
        let begun = outgoing(&new, way, sdp).and_then(|mut outgoing| {
            if self.neighbor() == Neighbor::Phones {
                outgoing.credentials = self.phones.credentials(&new.from);
            }
            let call = side.ua.call(side.now, outgoing);
            call.map_err(|error| (409, format!("the call cannot be begun: {error}")))
        });
        match begun {
            Ok(call) => Ok((201, self.begun(side, call, new, (conversation, described)))),
            Err(why) => {
                drop(self.means.plane.close(conversation));
                Err(why)
            }
        }
    }

    fn begun(
        &mut self,
        side: &Side<'_>,
        call: CallId,
        new: NewCall,
        media: (ConversationId, Described),
    ) -> Value {
        let (id, tone_hz) = self.next_party();
        let mut party = Party::new(Beginning {
            id: id.clone(),
            call,
            way: Way::Calls,
            own: new.from,
            other: new.to,
            at: side.now,
        });
        party.oid = new.oid;
        party.tone_hz = Some(new.tone_hz.unwrap_or(tone_hz));
        party.script = new.script.into();
        party.media = Some(media);
        let shown = party.show(side.now);
        self.seat(party);
        self.speak(&id);
        self.tell_seat(&id, Seat::Ringing);
        if let Some(ms) = new.gives_up_after_ms {
            let party = id;
            self.later(side.now + millis(ms), Due::GivesUp { party });
        }
        shown
    }

    fn media_of_ours(
        &self,
        srtp: bool,
    ) -> Result<(ConversationId, Described, Vec<u8>), (u16, String)> {
        let is_teams = self.neighbor() == Neighbor::Teams;
        let security = if is_teams || srtp {
            Security::Always
        } else {
            Security::Never
        };
        let no_media = |error: &dyn std::fmt::Display| (503, format!("there is no media: {error}"));
        let plane = &self.means.plane;
        let conversation = plane.conversation().map_err(|error| no_media(&error))?;
        let described = Described::offering(
            plane,
            conversation,
            self.capabilities(security),
            Latching::SignalledNetwork,
        );
        match described {
            Ok((described, sdp)) => {
                let sdp = if is_teams {
                    offered_by_teams(&sdp)
                } else {
                    sdp
                };
                Ok((conversation, described, sdp))
            }
            Err(error) => {
                drop(plane.close(conversation));
                Err(no_media(&error))
            }
        }
    }

    fn way(&self, side: &Side<'_>, new: &NewCall) -> Result<Route, (u16, String)> {
        if self.neighbor() == Neighbor::Teams {
            return self.way_of_teams(side, new);
        }
        let (hop, name) = self.to_sbc(new.over)?;
        let from = if new.from == "anonymous" {
            "sip:anonymous@anonymous.invalid".to_owned()
        } else {
            format!("sip:{}@{}", new.from, self.means.host)
        };
        Ok(Route {
            to: format!("sip:{}@{}:{}{}", new.to, hop.host, hop.port, phone(&new.to)),
            hop,
            name,
            from,
        })
    }

    /// The SBC beside carrier and phones, and how we call ourselves toward it.
    pub(super) fn to_sbc(&self, over: Over) -> Result<(Hop, HostPort), (u16, String)> {
        let missing = || {
            (
                409,
                "nobody knows where the SBC is: PUT /_emulator/sip/sbc".to_owned(),
            )
        };
        let sbc = self.sbc.as_ref().ok_or_else(missing)?;
        let port = match over {
            Over::Udp => sbc.udp,
            Over::Tcp => sbc.tcp,
        };
        let hop = Hop {
            host: sbc.host.to_ascii_lowercase(),
            port: port.ok_or_else(missing)?,
            transport: transport(over),
        };
        let own = self.means.ports.iter();
        let mut own = own.filter(|(known, _)| *known == hop.transport);
        let name = HostPort {
            host: self.means.host.clone(),
            port: own.next().map(|(_, port)| *port),
        };
        Ok((hop, name))
    }

    fn way_of_teams(&self, side: &Side<'_>, new: &NewCall) -> Result<Route, (u16, String)> {
        let fqdn = new.fqdn.as_deref();
        let (fqdn, port) = self.trunks.usable(side.now, fqdn).ok_or_else(|| {
            (
                409,
                "no SBC has been heard by OPTIONS and has answered ours: Teams has no trunk (500/510544)"
                    .to_owned(),
            )
        })?;
        Ok(Route {
            from: format!("sip:{}@{PROXY}:5061;user=phone", new.from),
            to: format!("sip:{}@{fqdn}:{port};user=phone;transport=tls", new.to),
            hop: Hop {
                host: fqdn,
                port,
                transport: Transport::Tls,
            },
            name: HostPort {
                host: PROXY.to_owned(),
                port: Some(5_061),
            },
        })
    }

    /// Our call was taken.
    pub(super) fn answered(
        &mut self,
        side: &mut Side<'_>,
        call: CallId,
        sdp: &[u8],
        response: &Response,
    ) {
        let Some(id) = self.by_call.get(&call).cloned() else {
            return;
        };
        if let Some(party) = self.parties.get_mut(&id) {
            party.allows_transfer = response.headers.has_token(&Name::Allow, "REFER");
            party.call_id = response.headers.call_id().unwrap_or_default().to_owned();
            party.heard(response.status(), "");
        }
        if self.accepts(&id, sdp) {
            self.comes_in(side.now, &id);
        } else {
            note(side.ua.hang_up(side.now, call, None));
        }
    }
}

/// Numbers are told from names (A.5).
pub(super) fn phone(user: &str) -> &'static str {
    let digits = user.trim_start_matches('+');
    let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    if is_number { ";user=phone" } else { "" }
}

fn outgoing(new: &NewCall, way: Route, sdp: Vec<u8>) -> Result<Outgoing, (u16, String)> {
    let bad = |what: &str| (400, format!("{what} makes no SIP address"));
    let to = Uri::parse(&way.to).map_err(|_odd| bad("to"))?;
    let from = Uri::parse(&way.from).map_err(|_odd| bad("from"))?;
    let mut from = Address::new(from);
    from.display.clone_from(&new.name);
    let target = Target {
        hop: way.hop,
        uri: to,
        flow: None,
    };
    let mut outgoing = Outgoing::new(target, way.name, from, sdp);
    if new.oid.is_none() && new.from != "anonymous" {
        outgoing.contact_user = Some(new.from.clone());
    }
    let mut headers = Headers::default();
    for (name, value) in &new.headers {
        let name = Name::parse(name).map_err(|_odd| bad("a header's name"))?;
        headers.push(name, value);
    }
    outgoing.headers = HeaderPolicy::intact().apply(&headers);
    if outgoing.headers.len() != headers.len() {
        let text = "headers of the connection itself (Via, From, Contact ...) are made, not given";
        return Err((400, text.to_owned()));
    }
    if new.oid.is_some() {
        outgoing.headers.push(Name::XMsUserLocation, "External");
    }
    if let Some(location) = &new.location {
        add_location(&mut outgoing, location);
    }
    Ok(outgoing)
}

const BOUNDARY: &str = "8d1e4b7c-location";

/// An emergency call has the caller's location beside the description (RFC 6442, RFC 5491; A.6).
fn add_location(outgoing: &mut Outgoing, document: &str) {
    let headers = &mut outgoing.headers;
    headers.push(Name::Geolocation, "<cid:location@pstnhub.microsoft.com>");
    headers.push(Name::Other("Geolocation-Routing".to_owned()), "yes");
    headers.push(Name::Other("Priority".to_owned()), "emergency");
    let mut body = format!("--{BOUNDARY}\r\nContent-Type: application/sdp\r\n\r\n").into_bytes();
    body.extend_from_slice(&outgoing.sdp);
    body.extend_from_slice(
        format!(
            "\r\n--{BOUNDARY}\r\nContent-Type: application/pidf+xml\r\n\
             Content-ID: <location@pstnhub.microsoft.com>\r\n\r\n{document}\r\n--{BOUNDARY}--\r\n"
        )
        .as_bytes(),
    );
    outgoing.body = Some((format!("multipart/mixed;boundary={BOUNDARY}"), body));
}

/// The line of formats that Teams prints (A.9): codecs of its own stand before those that we can speak.
fn offered_by_teams(sdp: &[u8]) -> Vec<u8> {
    let Ok(mut read) = SessionDescription::parse(sdp) else {
        return sdp.to_vec();
    };
    let named = |payload, encoding: &str, clock_rate| Format {
        encoding: encoding.to_owned(),
        clock_rate,
        ..Format::new(payload)
    };
    for media in &mut read.media {
        let own = std::mem::take(&mut media.formats);
        media.formats = vec![
            named(111, "SIREN", 16_000),
            named(103, "SILK", 8_000),
            named(104, "SILK", 16_000),
        ];
        media.formats.extend(own);
        media.formats.push(named(118, "CN", 16_000));
    }
    read.to_bytes()
}
