//! Being called (RFC 3261 13.3): provisional responses, reliable where the caller requires it
//! (RFC 3262), the answer, and the refusal.

use super::Call;
use crate::call::session::{Accepted, Awaits, Role, Session};
use crate::dialog::Dialog;
use crate::header::{Name, RAck};
use crate::message::{Request, Response};
use crate::stack::TransactionId;
use crate::user_agent::hub::{Back, Hub, Path, Way};
use crate::user_agent::{CallId, Cause, End, Settings};
use crate::{Error, Micros, body};

/// RFC 3261 13.3.1.1: who rings for long says so every minute.
const SIGN_OF_LIFE: Micros = 60_000_000;

#[derive(Debug)]
pub(super) struct Ringing {
    pub(super) transaction: TransactionId,
    pub(super) dialog: Dialog,
    invite: Request,
    offer: Option<Vec<u8>>,
    reliability: Reliability,
    next_rseq: u32,
    unacked: Option<Unacked>,
    queued: Option<Queued>,
    last: Option<Response>,
    repeats_at: Micros,
    gives_up_at: Micros,
    /// The call whose place this one takes when it is answered.
    pub(super) replaces: Option<CallId>,
}

/// Whether the caller requires that provisional responses arrive (RFC 3262 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reliability {
    Required,
    NotRequired,
}

/// A reliable response that waits for its PRACK.
#[derive(Debug)]
struct Unacked {
    rseq: u32,
    response: Response,
    interval: Micros,
    at: Micros,
    until: Micros,
}

/// What waits until the reliable response before it has arrived. Only the latest counts.
#[derive(Debug)]
enum Queued {
    Progress { status: u16, sdp: Option<Vec<u8>> },
    Answer { sdp: Vec<u8> },
}

impl Ringing {
    pub(super) fn deadline(&self) -> Micros {
        let unacked = self
            .unacked
            .as_ref()
            .map(|unacked| unacked.at.min(unacked.until));
        let repeat = self.last.as_ref().map(|_| self.repeats_at);
        let soonest = [unacked, repeat].into_iter().flatten().min();
        soonest.map_or(self.gives_up_at, |at| at.min(self.gives_up_at))
    }

    pub(super) fn refuse(
        self,
        now: Micros,
        hub: &mut Hub,
        status: u16,
        headers: &[(Name, String)],
    ) {
        if let Some(mut response) = hub.response(&self.invite, status, self.dialog.local_tag()) {
            for (name, value) in headers {
                response.headers.push(name.clone(), value);
            }
            hub.respond(now, self.transaction, &response);
        }
    }
}

impl Call {
    /// A call that came in; the request has passed all checks that need no dialog.
    pub(crate) fn incoming(
        now: Micros,
        hub: &mut Hub,
        id: CallId,
        transaction: TransactionId,
        invite: &Request,
        back: Back,
        replaces: Option<CallId>,
    ) -> Result<Self, Error> {
        let name = hub.name_of(invite, back.transport());
        let tag = hub.tag();
        let dialog = Dialog::of_called(invite, &tag)?;
        let way = match back {
            Back::Flow(flow) => Some(Way::Flow(flow)),
            Back::Named(transport) => dialog.next_hop(transport).map(Way::Hop),
        };
        let way = way.ok_or(Error::Malformed("Contact cannot be reached"))?;
        let user = invite.uri.as_sip().and_then(|uri| uri.user.clone());
        let contact = hub.contact(back.transport(), &name, user.as_deref());
        let is_required = invite.headers.has_token(&Name::Require, "100rel");
        let seconds = Micros::from(hub.settings.ring_seconds_max);
        let first = hub.chance(invite.body.len() as u64 ^ now.unsigned_abs());
        let mut call = Self::new(id, tag, Path { name, way }, contact, Vec::new());
        call.ringing = Some(Ringing {
            transaction,
            dialog,
            offer: body::session_description(&invite.headers, &invite.body).unwrap_or(None),
            invite: invite.clone(),
            reliability: if is_required {
                Reliability::Required
            } else {
                Reliability::NotRequired
            },
            // RFC 3262 3: from 1 to 2^31 - 1, chosen by chance; room is left to count on.
            next_rseq: u32::try_from(first % (1 << 30)).unwrap_or(0) + 1,
            unacked: None,
            queued: None,
            last: None,
            repeats_at: now + SIGN_OF_LIFE,
            gives_up_at: now + seconds * 1_000_000,
            replaces,
        });
        Ok(call)
    }

    /// 18x, with early media where there is a description.
    pub(crate) fn ring(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        status: u16,
        sdp: Option<Vec<u8>>,
    ) -> Result<(), Error> {
        let ringing = self
            .ringing
            .as_mut()
            .ok_or(Error::WrongState("the call does not ring here"))?;
        if !(101..200).contains(&status) {
            return Err(Error::WrongState("only 101 to 199 say that it rings"));
        }
        if ringing.unacked.is_some() {
            ringing.queued = Some(Queued::Progress { status, sdp });
            return Ok(());
        }
        let mut response = dialog_response(hub, ringing, status, &self.contact)?;
        if let Some(sdp) = &sdp {
            response.headers.push(Name::ContentType, body::SDP);
            response.body.clone_from(sdp);
        }
        match ringing.reliability {
            Reliability::NotRequired => ringing.last = Some(response.clone()),
            Reliability::Required => {
                let rseq = ringing.next_rseq;
                ringing.next_rseq += 1;
                response.headers.push(Name::Require, "100rel");
                response.headers.push(Name::RSeq, rseq.to_string());
                let t1 = hub.settings.timers.t1;
                ringing.unacked = Some(Unacked {
                    rseq,
                    response: response.clone(),
                    interval: t1,
                    at: now + t1,
                    until: now + 64 * t1,
                });
            }
        }
        ringing.repeats_at = now + SIGN_OF_LIFE;
        hub.respond(now, ringing.transaction, &response);
        Ok(())
    }

    /// 200, with our answer, or with our offer where the caller made none. Gives the call whose
    /// place this one has taken.
    pub(crate) fn answer(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        sdp: Vec<u8>,
    ) -> Result<Option<CallId>, Error> {
        let ringing = self
            .ringing
            .as_mut()
            .ok_or(Error::WrongState("the call does not ring here"))?;
        // RFC 3262 3: an answer in a reliable response must arrive before the 200.
        let must_wait = ringing
            .unacked
            .as_ref()
            .is_some_and(|unacked| !unacked.response.body.is_empty());
        if must_wait {
            ringing.queued = Some(Queued::Answer { sdp });
            return Ok(ringing.replaces);
        }
        let mut response = dialog_response(hub, ringing, 200, &self.contact)?;
        let Some(ringing) = self.ringing.take() else {
            return Ok(None);
        };
        let timer = hub.session_timer_of(&ringing.invite);
        timer.write(&mut response.headers);
        response.headers.push(Name::ContentType, body::SDP);
        response.body.clone_from(&sdp);
        let awaits = if ringing.offer.is_some() {
            Awaits::Nothing
        } else {
            Awaits::FirstAnswer
        };
        let mut session = Session::new(
            ringing.dialog,
            Role::Called,
            sdp,
            ringing.offer.unwrap_or_default(),
        );
        session.learn(&ringing.invite.headers);
        session.timer = timer.start(now);
        let cseq = ringing.invite.headers.cseq().map_or(0, |cseq| cseq.number);
        let t1 = hub.settings.timers.t1;
        hub.respond(now, ringing.transaction, &response);
        session.accepted = Some(Accepted::new(
            now,
            t1,
            ringing.transaction,
            cseq,
            response,
            awaits,
        ));
        self.session = Some(session);
        Ok(ringing.replaces)
    }

    /// The end is told at once, as for every call that we refuse.
    pub(crate) fn refuse_with(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        status: u16,
        headers: &[(Name, String)],
    ) -> Result<(), Error> {
        let ringing = self
            .ringing
            .take()
            .ok_or(Error::WrongState("the call does not ring here"))?;
        ringing.refuse(now, hub, status, headers);
        self.end(hub, End::with_status(Cause::Ours, status));
        Ok(())
    }

    pub(crate) fn handle_cancelled(&mut self, now: Micros, hub: &mut Hub, id: TransactionId) {
        if let Some(ringing) = self.ringing.take_if(|ringing| ringing.transaction == id) {
            ringing.refuse(now, hub, 487, &[]);
            return self.end(hub, End::with_status(Cause::Cancelled, 487));
        }
        self.handle_reinvite_cancelled(now, hub, id);
    }

    /// RFC 3262 3: stops the repetition, and lets out what waited for it.
    pub(super) fn handle_prack(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        request: &Request,
    ) {
        let rack = request.headers.single(&Name::RAck).and_then(RAck::parse);
        let is_it = |ringing: &Ringing, rack: &RAck| {
            let invite = ringing.invite.headers.cseq();
            ringing
                .unacked
                .as_ref()
                .is_some_and(|unacked| unacked.rseq == rack.rseq)
                && invite.is_ok_and(|cseq| cseq == rack.cseq)
        };
        let ringing = self.ringing.as_mut();
        let Some(ringing) =
            ringing.filter(|ringing| rack.as_ref().is_ok_and(|rack| is_it(ringing, rack)))
        else {
            return hub.refuse(now, id, request, 481);
        };
        if !request.body.is_empty() {
            // RFC 3262 5 allows an offer here; nobody makes one, and it is refused as such.
            return hub.refuse(now, id, request, 488);
        }
        if let Some(unacked) = ringing.unacked.take() {
            ringing.last = Some(unacked.response);
        }
        let queued = ringing.queued.take();
        hub.refuse(now, id, request, 200);
        // Both can only fail where the call does not ring, and it does.
        match queued {
            Some(Queued::Progress { status, sdp }) => {
                self.ring(now, hub, status, sdp).unwrap_or_default()
            }
            Some(Queued::Answer { sdp }) => {
                self.answer(now, hub, sdp).unwrap_or_default();
            }
            None => {}
        }
    }

    pub(super) fn handle_ringing_timeout(&mut self, now: Micros, hub: &mut Hub) {
        let Some(ringing) = &mut self.ringing else {
            return;
        };
        if now >= ringing.gives_up_at {
            return self.refuse_ringing(now, hub, End::with_status(Cause::NotAnswered, 480));
        }
        if let Some(unacked) = &mut ringing.unacked {
            if now >= unacked.until {
                return self.refuse_ringing(now, hub, End::with_status(Cause::NoPrack, 504));
            }
            if now >= unacked.at {
                unacked.interval *= 2;
                unacked.at = (unacked.at + unacked.interval).max(now + 1);
                let response = unacked.response.clone();
                hub.respond(now, ringing.transaction, &response);
            }
        } else if now >= ringing.repeats_at
            && let Some(last) = &ringing.last
        {
            ringing.repeats_at = now + SIGN_OF_LIFE;
            let (status, sdp) = (last.status(), last.body.clone());
            let sdp = Some(sdp).filter(|sdp| !sdp.is_empty());
            // It rings, so it can be said again; where reliability is required, reliably.
            self.ring(now, hub, status, sdp).unwrap_or_default();
        }
    }

    fn refuse_ringing(&mut self, now: Micros, hub: &mut Hub, end: End) {
        if let Some(ringing) = self.ringing.take() {
            ringing.refuse(now, hub, end.status.unwrap_or(480), &[]);
        }
        self.end(hub, end);
    }
}

/// A response that makes or confirms the dialog (RFC 3261 12.1.1).
fn dialog_response(
    hub: &Hub,
    ringing: &Ringing,
    status: u16,
    contact: &str,
) -> Result<Response, Error> {
    let tag = ringing.dialog.local_tag();
    let mut response = hub
        .response(&ringing.invite, status, tag)
        .ok_or(Error::Malformed("the INVITE cannot be answered"))?;
    for route in ringing.invite.headers.all(&Name::RecordRoute) {
        response.headers.push(Name::RecordRoute, route);
    }
    response.headers.push(Name::Contact, contact);
    response.headers.push(Name::Allow, hub.settings.allow());
    response
        .headers
        .push(Name::Supported, Settings::SUPPORTED.join(", "));
    Ok(response)
}
