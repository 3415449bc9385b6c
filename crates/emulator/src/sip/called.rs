//! Being called: whose call it is, what rings, and what they do.

use super::Neighbor;
use super::habit::{Refusal, WhenCalled};
use super::order::{CalledAs, Callee, Notice, Seat, Service};
use super::parties::{Due, Parties, millis, note};
use super::party::{Beginning, Party, Stage, Way};
use tandem_sip::digest::Verdict;
use tandem_sip::flow::FlowId;
use tandem_sip::header::{Name, Reason};
use tandem_sip::message::Request;
use tandem_sip::sdp::Security;
use tandem_sip::uri::Uri;
use tandem_sip::user_agent::CallId;
use tandem_transport::description::{Described, Unusable};
use tandem_transport::media::Latching;
use tandem_transport::sip::Side;

impl Parties {
    pub(super) fn incoming(
        &mut self,
        side: &mut Side<'_>,
        (call, flow): (CallId, FlowId),
        request: &Request,
        sdp: Option<Vec<u8>>,
        replaces: Option<CallId>,
    ) {
        if self.is_full() {
            self.refused();
            return note(side.ua.refuse_call(side.now, call, 503, None));
        }
        let (id, tone_hz) = self.next_party();
        let own = dialed(&request.uri).unwrap_or_default();
        let from = request.headers.address(&Name::From).ok();
        let mut party = Party::new(Beginning {
            id: id.clone(),
            call,
            way: Way::IsCalled,
            other: from.and_then(|it| dialed(&it.uri)).unwrap_or_default(),
            own,
            at: side.now,
        });
        party.call_id = request.headers.call_id().unwrap_or_default().to_owned();
        party.tone_hz = Some(tone_hz);
        party.offer = sdp;
        party.allows_transfer = request.headers.has_token(&Name::Allow, "REFER");
        party.received(request);
        self.seat(party);
        let refused = match self.service(flow) {
            Service::Refuse { retry_after_s } => Some(Refusal {
                retry_after_s: Some(retry_after_s),
                ..Refusal::of(503)
            }),
            Service::Serve => self.screened(side, flow, request, replaces),
            // It has come, and nothing follows.
            Service::Silent => return,
        };
        if let Some(refusal) = refused {
            return self.refuse(side, &id, &refusal);
        }
        match self.neighbor() {
            Neighbor::Carrier => self.rings_by_number(side, &id),
            Neighbor::Phones => self.rings_at_phone(side, &id),
            Neighbor::Teams => self.ask_for_user(side, &id, request),
        }
    }

    /// Why a call is refused before anybody is looked for.
    fn screened(
        &mut self,
        side: &Side<'_>,
        flow: FlowId,
        request: &Request,
        replaces: Option<CallId>,
    ) -> Option<Refusal> {
        match self.neighbor() {
            Neighbor::Carrier => self.challenge(side, request),
            Neighbor::Phones => None,
            Neighbor::Teams => {
                let peer = side.peer(flow);
                self.trunks.refusal(peer, request, replaces.is_some())
            }
        }
    }

    /// The carrier wants to know who calls; a challenge is a refusal of its own.
    fn challenge(&mut self, side: &Side<'_>, request: &Request) -> Option<Refusal> {
        let door = self.door.as_mut()?;
        let secret = door.secret.as_str();
        let known = door.user.as_str();
        let judged = door
            .authenticator
            .judge(side.now, request, |user| (user == known).then_some(secret));
        match judged {
            Verdict::Accepted { .. } => None,
            Verdict::Wrong => Some(Refusal::of(403)),
            Verdict::Unknown { .. } => Some(Refusal::of(401)),
        }
    }

    fn rings_by_number(&mut self, side: &mut Side<'_>, id: &str) {
        let party = self.parties.get(id);
        let own = party.map(|it| it.own.clone()).unwrap_or_default();
        let habit = self.habits.get(&own).cloned().unwrap_or_default();
        self.ring(side, id, habit);
    }

    fn rings_at_phone(&mut self, side: &mut Side<'_>, id: &str) {
        let party = self.parties.get(id);
        let user = party.map(|it| it.own.clone()).unwrap_or_default();
        if !self.phones.has(&user) {
            return self.refuse(side, id, &Refusal::of(404));
        }
        let habit = self.habits.get(&user).cloned().unwrap_or_default();
        self.ring(side, id, habit);
    }

    /// Teams' directory is the world's.
    fn ask_for_user(&mut self, side: &mut Side<'_>, id: &str, request: &Request) {
        let by_oid = request.uri.as_sip().and_then(|uri| {
            let mri = uri.params.get("x-m")?;
            Some(CalledAs::Oid(mri.rsplit(':').next()?.to_owned()))
        });
        let number = self.parties.get(id).map(|it| it.own.clone());
        let by_number = number.filter(|it| !it.is_empty()).map(CalledAs::Number);
        match by_oid.or(by_number) {
            Some(callee) => {
                let party = id.to_owned();
                self.tell(Notice::Called { party, callee });
            }
            None => self.refuse(side, id, &Refusal::of(484)),
        }
    }

    /// A Teams user was found: all of the user's clients ring.
    pub(super) fn reached(&mut self, side: &mut Side<'_>, id: &str, callee: Callee) {
        let Some(party) = self.parties.get_mut(id).filter(|it| it.is_live()) else {
            return;
        };
        party.oid = Some(callee.oid.clone());
        // What is set for SIP alone counts before what the clients do everywhere.
        let mut habit = self.habits.get(&callee.oid).cloned().unwrap_or_default();
        if !self.habits.contains_key(&callee.oid) {
            habit.when_called = WhenCalled::from(&callee.behaviour);
        }
        tracing::debug!(party = id, name = callee.name, "a Teams user is called");
        self.tell_seat(id, Seat::Ringing);
        self.ring(side, id, habit);
    }

    fn ring(&mut self, side: &mut Side<'_>, id: &str, habit: super::habit::Habit) {
        let Some(party) = self.parties.get_mut(id) else {
            return;
        };
        let n_clients = habit.clients;
        if let Some(hz) = habit.tone_hz {
            party.tone_hz = Some(hz);
        }
        party.script = habit.script.clone().into();
        let after_ms = habit.when_called.after_ms();
        let has_early_media = matches!(
            &habit.when_called,
            WhenCalled::Answer {
                early_media: true,
                ..
            }
        );
        party.habit = habit;
        let (call, call_id) = (party.call, party.call_id.clone());
        if self.neighbor() == Neighbor::Teams {
            self.dresser.ring(&call_id, n_clients);
        }
        for _ in 1..n_clients {
            note(side.ua.ring(side.now, call, 180, None));
        }
        if has_early_media {
            match self.describe(id) {
                Ok(sdp) => {
                    note(side.ua.ring(side.now, call, 183, Some(sdp)));
                    self.speak(id);
                }
                Err(error) => return self.unusable(side, id, &error),
            }
        } else {
            note(side.ua.ring(side.now, call, 180, None));
        }
        if let Some(ms) = after_ms {
            let party = id.to_owned();
            self.later(side.now + millis(ms), Due::Habit { party });
        }
    }

    /// Whoever rings does what is their habit.
    pub(super) fn habit_is_due(&mut self, side: &mut Side<'_>, id: &str) {
        let party = self.parties.get(id);
        let Some(party) = party.filter(|it| it.stage == Stage::Ringing) else {
            return;
        };
        match party.habit.when_called.clone() {
            WhenCalled::Answer { .. } => self.take(side, id),
            WhenCalled::Decline { .. } => self.refuse(side, id, &declined()),
            WhenCalled::Busy { .. } => self.refuse(side, id, &Refusal::of(486)),
            WhenCalled::Refuse {
                status,
                cause,
                text,
                retry_after_s,
                ..
            } => {
                let refusal = Refusal {
                    status,
                    cause,
                    text,
                    retry_after_s,
                };
                self.refuse(side, id, &refusal);
            }
            WhenCalled::NoAnswer => {}
        }
    }

    /// The call is taken.
    pub(super) fn take(&mut self, side: &mut Side<'_>, id: &str) {
        let described = match self.parties.get(id).and_then(|it| it.answer.clone()) {
            Some(sdp) => Ok(sdp),
            None => self.describe(id),
        };
        let sdp = match described {
            Ok(sdp) => sdp,
            Err(error) => return self.unusable(side, id, &error),
        };
        let is_speaking = self.parties.get(id).is_some_and(|it| it.answer.is_some());
        let Some(party) = self.parties.get_mut(id) else {
            return;
        };
        party.stage = Stage::Answering;
        let call = party.call;
        if !is_speaking {
            self.speak(id);
        }
        note(side.ua.answer(side.now, call, sdp));
    }

    /// Opens media for what was offered; our answer, or our offer where there was none.
    fn describe(&mut self, id: &str) -> Result<Vec<u8>, Unusable> {
        let security = match self.neighbor() {
            Neighbor::Teams => Security::Always,
            Neighbor::Carrier | Neighbor::Phones => Security::WhenOffered,
        };
        let capabilities = self.capabilities(security);
        let plane = self.means.plane.clone();
        let party = self.parties.get_mut(id).ok_or(Unusable::Address)?;
        let conversation = plane.conversation()?;
        let latching = Latching::SignalledNetwork;
        let described = match &party.offer {
            Some(offer) => {
                Described::answering(&plane, conversation, capabilities, latching, offer)
            }
            None => Described::offering(&plane, conversation, capabilities, latching),
        };
        let (described, sdp) = described.inspect_err(|_| drop(plane.close(conversation)))?;
        party.other_direction = party
            .offer
            .as_deref()
            .and_then(super::parties::direction)
            .unwrap_or(party.other_direction);
        party.media = Some((conversation, described));
        if party.habit_has_early_media() {
            party.answer = Some(sdp.clone());
        }
        Ok(sdp)
    }

    fn unusable(&mut self, side: &mut Side<'_>, id: &str, error: &Unusable) {
        tracing::info!(%error, "a call cannot be taken");
        let refusal = match (self.neighbor(), error.status()) {
            (Neighbor::Teams, 488) => {
                Refusal::of_teams(488, 65, 531_000, "No acceptable media, or SRTP is missing")
            }
            (Neighbor::Teams | Neighbor::Carrier | Neighbor::Phones, status) => Refusal::of(status),
        };
        self.refuse(side, id, &refusal);
    }

    /// Refuses, with what explains it.
    pub(super) fn refuse(&mut self, side: &mut Side<'_>, id: &str, refusal: &Refusal) {
        let Some(party) = self.parties.get(id).filter(|it| it.is_live()) else {
            return;
        };
        let call = party.call;
        let mut headers = Vec::new();
        if let Some(cause) = refusal.cause {
            let reason = Reason {
                text: refusal.text.clone(),
                ..Reason::q850(cause)
            };
            headers.push((Name::Reason, reason.to_string()));
        }
        if let Some(seconds) = refusal.retry_after_s {
            headers.push((Name::RetryAfter, seconds.to_string()));
        }
        if refusal.status == 401
            && let Some(door) = &mut self.door
        {
            headers.extend(door.authenticator.challenges(side.now, false));
        }
        self.refused();
        let refused = side
            .ua
            .refuse_call_with(side.now, call, refusal.status, &headers);
        note(refused);
    }

    /// Our answer has arrived.
    pub(super) fn confirmed(&mut self, side: &mut Side<'_>, call: CallId, sdp: Option<&[u8]>) {
        let Some(id) = self.by_call.get(&call).cloned() else {
            return;
        };
        if let Some(sdp) = sdp
            && !self.accepts(&id, sdp)
        {
            return note(side.ua.hang_up(side.now, call, None));
        }
        self.comes_in(side.now, &id);
    }
}

impl Party {
    const fn habit_has_early_media(&self) -> bool {
        matches!(
            self.habit.when_called,
            WhenCalled::Answer {
                early_media: true,
                ..
            }
        )
    }
}

/// What a client says that declines (A.7: nobody tries again after it).
pub(super) fn declined() -> Refusal {
    Refusal {
        cause: Some(21),
        text: Some("The user declined".to_owned()),
        ..Refusal::of(603)
    }
}

/// Who is meant: the user part, or the number of a `tel:` URI.
fn dialed(uri: &Uri) -> Option<String> {
    if let Some(number) = uri.phone_number() {
        return Some(number);
    }
    uri.as_sip()?.user.clone()
}
