//! Calls that come in: whose they are, which number they call, whether they may (B-007, B-026). What is good is told to the
//! core, and rings until the core has decided.

use super::conversation::{Party, Role, Stage};
use super::description;
use super::emergency::Leading;
use super::switchboard::{Switchboard, note};
use super::teller::Tell;
use super::trunks::InUse;
use crate::arrival::ArrivalDetail;
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::ids::{ContactId, TrunkId};
use tandem_core::input::CallFact;
use tandem_core::trunk::TrunkKind;
use tandem_sip::flow::{Flow, FlowId};
use tandem_sip::header::Name;
use tandem_sip::identity::{Identity, Privacy, Trust};
use tandem_sip::message::Request;
use tandem_sip::uri::Uri;
use tandem_sip::user_agent::CallId;
use tandem_transport::sip::Side;

/// Headers of the caller's side that are kept, and characters of each.
const HEADERS_MAX: usize = 32;
const HEADER_CHARS_MAX: usize = 1_000;

/// An INVITE that begins a call.
pub(super) struct Invite<'a> {
    pub(super) call: CallId,
    pub(super) flow: Flow,
    pub(super) request: &'a Request,
    pub(super) sdp: Option<Vec<u8>>,
    pub(super) replaces: Option<CallId>,
}

/// What becomes of a call that may come in.
enum Admission {
    Arrives(Admitted),
    IsLedOn(Leading),
}

/// A call that may come in.
struct Admitted {
    center: Arc<str>,
    trunk: TrunkId,
    /// The number of ours that is called.
    number: String,
}

impl Switchboard {
    pub(super) fn incoming(&mut self, side: &mut Side<'_>, invite: Invite<'_>) {
        let call = invite.call;
        match self.admitted(side, &invite) {
            Ok(Admission::Arrives(admitted)) => self.admit(side, invite, admitted),
            Ok(Admission::IsLedOn(leading)) => self.lead_on(side, &invite, &leading),
            Err(status) => {
                metrics::counter!("tandem_direct_calls_refused_total", "status" => status.to_string())
                    .increment(1);
                note(side.ua.refuse_call(side.now, call, status, None));
            }
        }
    }

    /// Whose call it is, or the status that it is refused with.
    fn admitted(&self, side: &Side<'_>, invite: &Invite<'_>) -> Result<Admission, u16> {
        // Nobody transfers into our calls: REFER is not among what we allow (A.8).
        if invite.replaces.is_some() {
            return Err(603);
        }
        let peer = side.peer(invite.flow.id).ok_or(503_u16)?;
        let of_source: Vec<_> = self
            .trunks
            .iter()
            .filter(|(_, trunk)| trunk.is_from(peer))
            .collect();
        if of_source.is_empty() {
            return Err(403);
        }
        let dialed = dialed(&invite.request.uri).ok_or(404_u16)?;
        // Past everything that follows (B-236).
        let mut keys = of_source.iter().map(|(key, _)| *key);
        let led_on = keys.find_map(|(center, id)| self.leads_on(side.now, (center, *id), &dialed));
        if let Some(leading) = led_on {
            return Ok(Admission::IsLedOn(leading));
        }
        let number_at = |trunk: &InUse| {
            let number = trunk.trunk.number_format.read(&dialed)?;
            trunk.trunk.has_number(&number).then_some(number)
        };
        // Several trunks may share an address: then the number tells.
        let found = of_source.iter().find_map(|((center, id), trunk)| {
            let number = number_at(trunk)?;
            Some((Arc::clone(center), *id, *trunk, number))
        });
        let (center, id, trunk, number) = found.ok_or(404_u16)?;
        if trunk.trunk.kind == TrunkKind::Phones {
            // Agents call from their desks: a call of a phone's own is of nobody.
            return Err(403);
        }
        if !trunk.has_room() {
            return Err(503);
        }
        if let Some(sdp) = &invite.sdp {
            description::is_acceptable(&trunk.trunk, sdp).map_err(|error| {
                tracing::info!(%center, trunk = %id, %error, "a call has media that cannot be spoken to");
                error.status()
            })?;
        }
        Ok(Admission::Arrives(Admitted {
            center,
            trunk: id,
            number,
        }))
    }

    fn admit(&mut self, side: &mut Side<'_>, invite: Invite<'_>, admitted: Admitted) {
        let Admitted {
            center,
            trunk,
            number,
        } = admitted;
        let Some(teller) = self.tellers.get(&center).cloned() else {
            return note(side.ua.refuse_call(side.now, invite.call, 503, None));
        };
        let id = self.next_conversation(Arc::clone(&center), number.clone());
        let reference = self.conversations.get(&id).map(|it| it.reference.clone());
        let mut detail = self.detail(&center, trunk, invite.request);
        detail.incoming_call_context = reference.unwrap_or_default();
        detail.to_raw_id.clone_from(&number);
        let party = Party {
            call: invite.call,
            trunk,
            role: Role::Customer,
            address: String::new(),
            stage: Stage::Arrived(invite.sdp),
            media: None,
            elsewhere: None,
        };
        if let Some(conversation) = self.conversations.get_mut(&id) {
            conversation.customer_number.clone_from(&detail.number);
            let seat = conversation.join(party);
            self.seats.insert(invite.call, (id, seat));
        }
        if let Some(trunk) = self.trunk_mut(&center, trunk) {
            trunk.n_calls += 1;
        }
        self.heard(side, invite.flow.id);
        note(side.ua.ring(side.now, invite.call, 180, None));
        let tell = Tell::Arrived {
            conversation: id,
            number,
            detail: Box::new(detail),
        };
        if !teller.tell(tell) {
            // The core is far behind: the caller's side tries elsewhere.
            note(side.ua.refuse_call(side.now, invite.call, 503, None));
            self.close(side, id);
        }
    }

    /// What is known of the caller. A carrier's and Teams' word counts, a phone's does not (RFC 3325 5).
    fn detail(&self, center: &Arc<str>, trunk: TrunkId, request: &Request) -> ArrivalDetail {
        let trunk = self.trunks.get(&(Arc::clone(center), trunk));
        let trust = match trunk.map(|it| it.trunk.kind) {
            Some(TrunkKind::Carrier | TrunkKind::Teams) => Trust::Trusted,
            Some(TrunkKind::Phones) | None => Trust::Untrusted,
        };
        let identity = Identity::read(&request.headers, trust).ok();
        let shown = identity.filter(|it| it.privacy == Privacy::Open);
        let number = shown.as_ref().and_then(Identity::number);
        let number = number.and_then(|it| trunk?.trunk.number_format.read(&it));
        let name = shown.and_then(|it| it.from.display);
        let call_id = request.headers.call_id().unwrap_or_default().to_owned();
        ArrivalDetail {
            from_raw_id: number.clone().unwrap_or_default(),
            name: name.filter(|it| Some(it) != number.as_ref()),
            number,
            server_call_id: call_id.clone(),
            correlation_id: call_id,
            sip_headers: own_headers(request),
            ..ArrivalDetail::default()
        }
    }

    /// What the core made of a call that arrived.
    pub(super) fn became(
        &mut self,
        side: &mut Side<'_>,
        center: &Arc<str>,
        id: u64,
        contact: Option<ContactId>,
    ) {
        match (self.conversations.get_mut(&id), contact) {
            (Some(conversation), Some(contact)) => conversation.contact = Some(contact),
            // Turned away: an order that says so may be on its way, and finds nobody.
            (Some(_), None) => self.refuse(side, id),
            // The caller gave up before the core knew of the call.
            (None, Some(contact)) => {
                if let Some(teller) = self.tellers.get(center) {
                    let fact = CallFact::LegDown;
                    teller.tell(Tell::Fact { contact, fact });
                }
            }
            (None, None) => {}
        }
    }

    /// Refuses a call that came in and is not answered.
    pub(super) fn refuse(&mut self, side: &mut Side<'_>, id: u64) {
        let conversation = self.conversations.get(&id);
        let customer = conversation.and_then(|it| it.customer());
        if let Some(call) = customer.map(|it| it.call) {
            note(side.ua.refuse_call(side.now, call, 486, None));
        }
        self.close(side, id);
    }

    /// Somebody looked for us, or called: their side is there.
    pub(super) fn heard(&mut self, side: &Side<'_>, flow: FlowId) {
        let Some(peer) = side.peer(flow) else {
            return;
        };
        let trunks = self.trunks.values_mut();
        for trunk in trunks.filter(|it| it.is_from(peer)) {
            for host in &mut trunk.hosts {
                host.health.handle_heard(side.now);
            }
        }
    }
}

/// Who is called: the user part, or the number of a `tel:` URI.
fn dialed(uri: &Uri) -> Option<String> {
    if let Some(number) = uri.phone_number() {
        return Some(number);
    }
    uri.as_sip()?.user.clone()
}

/// Headers that somebody added for us to read: those of no standard.
fn own_headers(request: &Request) -> BTreeMap<String, String> {
    let own = request.headers.iter().filter_map(|field| {
        let Name::Other(name) = &field.name else {
            return None;
        };
        let value: String = field.value().chars().take(HEADER_CHARS_MAX).collect();
        name.get(..2)
            .is_some_and(|it| it.eq_ignore_ascii_case("x-"))
            .then(|| (name.clone(), value))
    });
    own.take(HEADERS_MAX).collect()
}
