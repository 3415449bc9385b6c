//! Re-INVITE and UPDATE both ways (RFC 3261 14, RFC 3311, RFC 6337): one offer at a time, glare
//! with 491, and refreshes that change nothing answered without asking anybody.

use super::session::{Accepted, Awaits, Role, Session};
use super::{Call, Silence, raise_cseq};
use crate::header::Name;
use crate::message::{Method, Request, Response};
use crate::stack::TransactionId;
use crate::user_agent::hub::{Hub, Owner};
use crate::user_agent::{Cause, End, Event};
use crate::{Error, Micros, body, scan};

/// How long our user may think about an offer before it is refused.
const THINKING_MAX: Micros = 10_000_000;
/// RFC 3261 14.1: how long to wait after a glare, in steps of 10 ms.
const STEP: Micros = 10_000;

/// A request of ours in the call that waits for its answer.
#[derive(Debug)]
pub(super) struct Ours {
    pub(super) transaction: TransactionId,
    request: Request,
    purpose: Purpose,
    sdp: Option<Vec<u8>>,
    is_repeated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Offer,
    Refresh,
}

/// A request of theirs that waits for our user.
#[derive(Debug)]
pub(super) struct Theirs {
    pub(super) transaction: TransactionId,
    pub(super) request: Request,
    offer: Option<Vec<u8>>,
    pub(super) until: Micros,
}

impl Session {
    /// Whether a new offer may begin (RFC 3264 4, RFC 3261 14.1).
    pub(super) const fn is_free(&self) -> bool {
        self.ours.is_none()
            && self.theirs.is_none()
            && self.accepted.is_none()
            && self.retry_at.is_none()
    }
}

impl Call {
    /// A new description of ours; sent when nothing else is going on.
    pub(crate) fn offer(&mut self, now: Micros, hub: &mut Hub, sdp: Vec<u8>) -> Result<(), Error> {
        let session = self.session.as_mut().filter(|_| !self.has_ended);
        let session = session.ok_or(Error::WrongState("the call is not up"))?;
        session.wanted = Some(sdp);
        self.try_offer(now, hub);
        Ok(())
    }

    pub(super) fn try_offer(&mut self, now: Micros, hub: &mut Hub) {
        let Some(session) = self.session.as_mut().filter(|session| session.is_free()) else {
            return;
        };
        if let Some(sdp) = session.wanted.take() {
            self.ask(now, hub, Method::Invite, Some(sdp), Purpose::Offer);
        }
    }

    pub(super) fn ask(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        method: Method,
        sdp: Option<Vec<u8>>,
        purpose: Purpose,
    ) {
        let Some(session) = &mut self.session else {
            return;
        };
        let mut request = session.dialog.request(method);
        request.headers.push(Name::Contact, &self.contact);
        request.headers.push(Name::Allow, hub.settings.allow());
        session.write_timer(hub, &mut request.headers);
        if let Some(sdp) = &sdp {
            request.headers.push(Name::ContentType, body::SDP);
            request.body.clone_from(sdp);
        }
        self.send_ours(now, hub, request, purpose, sdp, false);
    }

    fn send_ours(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        request: Request,
        purpose: Purpose,
        sdp: Option<Vec<u8>>,
        is_repeated: bool,
    ) {
        let Some(session) = &self.session else { return };
        let path = self.path_of(&session.dialog);
        match hub.send(now, Owner::Call(self.id), &path, request.clone()) {
            Ok(transaction) => {
                if let Some(session) = &mut self.session {
                    session.ours = Some(Ours {
                        transaction,
                        request,
                        purpose,
                        sdp,
                        is_repeated,
                    });
                }
            }
            // No room: told as what the other side would have said.
            Err(_) if purpose == Purpose::Offer => {
                hub.events.push_back(Event::OfferRefused {
                    call: self.id,
                    status: 503,
                });
            }
            Err(_) => {}
        }
    }

    pub(super) fn handle_renegotiation_response(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        response: &Response,
    ) {
        let Some(session) = &mut self.session else {
            return;
        };
        let Some(ours) = session.ours.take_if(|ours| ours.transaction == id) else {
            return self.acknowledge_again(now, hub, response);
        };
        if response.is_success() {
            return self.handle_agreement(now, hub, ours, response);
        }
        let again = hub.with_credentials(&ours.request, response, &self.credentials);
        if let Some(mut again) = again
            && raise_cseq(&mut again).is_ok()
        {
            session.dialog.request(again.method.clone());
            return self.send_ours(now, hub, again, ours.purpose, ours.sdp, ours.is_repeated);
        }
        self.handle_disagreement(now, hub, ours, response);
    }

    /// A 2xx to an INVITE of ours that came again.
    fn acknowledge_again(&mut self, now: Micros, hub: &mut Hub, response: &Response) {
        if response.is_success()
            && response
                .headers
                .cseq()
                .is_ok_and(|cseq| cseq.method == Method::Invite)
        {
            self.handle_stray_success(now, hub, response);
        }
    }

    fn handle_agreement(&mut self, now: Micros, hub: &mut Hub, ours: Ours, response: &Response) {
        let Some(session) = &mut self.session else {
            return;
        };
        session.dialog.refresh_target(&response.headers);
        session.learn(&response.headers);
        session.start_timer_by_answer(now, hub, response);
        if ours.request.method == Method::Invite {
            let cseq = ours.request.headers.cseq().map_or(0, |cseq| cseq.number);
            let ack = session.dialog.ack(cseq);
            session.last_ack = Some((cseq, ack.clone()));
            let dialog = session.dialog.clone();
            let path = self.path_of(&dialog);
            hub.acknowledge(now, &path, ack);
        }
        let answer = body::session_description(&response.headers, &response.body).unwrap_or(None);
        let Some(session) = &mut self.session else {
            return;
        };
        match (ours.sdp, answer) {
            (Some(sdp), Some(answer)) => {
                let is_new = answer != session.remote_sdp;
                session.local_sdp = sdp;
                session.remote_sdp.clone_from(&answer);
                if ours.purpose == Purpose::Offer || is_new {
                    hub.events.push_back(Event::Agreed {
                        call: self.id,
                        sdp: answer,
                    });
                }
            }
            // An offer without an answer leaves nobody knowing what holds.
            (Some(_), None) => return self.hang_up(now, hub, End::new(Cause::Unusable), None),
            (None, _) => {}
        }
        self.try_offer(now, hub);
    }

    fn handle_disagreement(&mut self, now: Micros, hub: &mut Hub, ours: Ours, response: &Response) {
        let status = response.status();
        match status {
            // RFC 3261 12.2.1.2: the other side knows nothing of the call, or is not there.
            408 | 481 => {
                return self.hang_up(now, hub, End::with_status(Cause::Gone, status), None);
            }
            491 => self.wait_out(now, hub, ours),
            422 => self.refresh_longer(now, hub, ours, response),
            _ => self.tell_refusal(hub, &ours, status),
        }
        self.try_offer(now, hub);
    }

    fn tell_refusal(&mut self, hub: &mut Hub, ours: &Ours, status: u16) {
        if ours.purpose == Purpose::Offer {
            hub.events.push_back(Event::OfferRefused {
                call: self.id,
                status,
            });
        }
    }

    /// Glare: the side that made the call waits 2.1 to 4 s, the other up to 2 s (RFC 3261 14.1).
    fn wait_out(&mut self, now: Micros, hub: &Hub, ours: Ours) {
        let Some(session) = &mut self.session else {
            return;
        };
        let chance = i64::try_from(hub.chance(now.unsigned_abs()) % 191).unwrap_or(0);
        let wait = match session.role {
            Role::Caller => 2_100_000 + chance * STEP,
            Role::Called => chance * STEP,
        };
        session.retry_at = Some(now + wait);
        match (ours.purpose, session.timer.as_mut()) {
            (Purpose::Offer, _) if session.wanted.is_none() => session.wanted = ours.sdp,
            (Purpose::Refresh, Some(timer)) => timer.postpone(now + wait),
            (Purpose::Offer | Purpose::Refresh, _) => {}
        }
    }

    /// RFC 4028 7.4: the other side wants longer between refreshes.
    fn refresh_longer(&mut self, now: Micros, hub: &mut Hub, ours: Ours, response: &Response) {
        let least: Option<u32> = response.headers.get(&Name::MinSe).and_then(scan::number);
        let timer = self
            .session
            .as_mut()
            .and_then(|session| session.timer.as_mut());
        match (least, timer) {
            (Some(least), Some(timer)) if least > timer.seconds => {
                timer.seconds = least;
                self.ask(now, hub, ours.request.method, ours.sdp, ours.purpose);
            }
            _ => self.tell_refusal(hub, &ours, 422),
        }
    }

    pub(super) fn handle_renegotiation_silence(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        silence: Silence,
    ) {
        let Some(session) = &mut self.session else {
            return;
        };
        if let Some(theirs) = session.theirs.take_if(|theirs| theirs.transaction == id) {
            // The refusal reaches nobody; it lets the transaction come to its end.
            return hub.refuse(now, id, &theirs.request, 500);
        }
        let Some(ours) = session.ours.take_if(|ours| ours.transaction == id) else {
            return;
        };
        let mut again = ours.request.clone();
        let may_repeat = silence == Silence::TransportFailed && !ours.is_repeated;
        if may_repeat && raise_cseq(&mut again).is_ok() {
            session.dialog.request(again.method.clone());
            return self.send_ours(now, hub, again, ours.purpose, ours.sdp, true);
        }
        // RFC 3261 12.2.1.2: no answer is as good as 481.
        self.hang_up(now, hub, End::with_status(Cause::Gone, 408), None);
    }

    pub(super) fn handle_reinvite(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        request: Request,
    ) {
        let Some(session) = &self.session else {
            // The first INVITE has no final answer yet (14.2).
            return self.refuse_busy(now, hub, id, &request);
        };
        if session.ours.is_some() {
            return hub.refuse(now, id, &request, 491);
        }
        if session.theirs.is_some() || session.accepted.is_some() {
            return self.refuse_busy(now, hub, id, &request);
        }
        self.consider(now, hub, id, request);
    }

    pub(super) fn handle_update(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        request: Request,
    ) {
        let Some(session) = &self.session else {
            // RFC 3311 5.2: an offer before the first one is answered comes too early.
            let status = if request.body.is_empty() { 200 } else { 500 };
            return hub.refuse(now, id, &request, status);
        };
        let has_offer = !request.body.is_empty();
        let asks = session.ours.as_ref().is_some_and(|ours| ours.sdp.is_some());
        if has_offer && asks {
            return hub.refuse(now, id, &request, 491);
        }
        if has_offer && (session.theirs.is_some() || session.accepted.is_some()) {
            return self.refuse_busy(now, hub, id, &request);
        }
        self.consider(now, hub, id, request);
    }

    /// RFC 3261 14.2: 500, and a time within ten seconds.
    fn refuse_busy(&self, now: Micros, hub: &mut Hub, id: TransactionId, request: &Request) {
        let seconds = hub.chance(now.unsigned_abs()) % 11;
        hub.refuse_with(
            now,
            id,
            request,
            500,
            &[(Name::RetryAfter, seconds.to_string())],
        );
    }

    fn consider(&mut self, now: Micros, hub: &mut Hub, id: TransactionId, request: Request) {
        if hub.is_session_too_short(&request) {
            let least = hub.settings.session.min_seconds.to_string();
            return hub.refuse_with(now, id, &request, 422, &[(Name::MinSe, least)]);
        }
        let Ok(offer) = body::session_description(&request.headers, &request.body) else {
            return hub.refuse_with(
                now,
                id,
                &request,
                415,
                &[(Name::Accept, body::SDP.to_owned())],
            );
        };
        let Some(session) = &mut self.session else {
            return;
        };
        session.dialog.refresh_target(&request.headers);
        session.learn(&request.headers);
        let is_same = offer
            .as_ref()
            .is_some_and(|offer| *offer == session.remote_sdp);
        let is_update = request.method == Method::Update;
        let theirs = Theirs {
            transaction: id,
            request,
            offer,
            until: now + THINKING_MAX,
        };
        if is_same || (is_update && theirs.offer.is_none()) {
            // A refresh: the same description has the same answer (RFC 4028 7.4, RFC 3264 8).
            let sdp = theirs.offer.as_ref().map(|_| session.local_sdp.clone());
            return self.accept(now, hub, theirs, sdp);
        }
        let sdp = theirs.offer.clone();
        session.theirs = Some(theirs);
        hub.events.push_back(Event::Offered { call: self.id, sdp });
    }

    /// Our answer to their offer, or our offer where they asked for one.
    pub(crate) fn agree(&mut self, now: Micros, hub: &mut Hub, sdp: Vec<u8>) -> Result<(), Error> {
        let theirs = self
            .session
            .as_mut()
            .and_then(|session| session.theirs.take());
        let theirs = theirs.ok_or(Error::WrongState("no offer waits for an answer"))?;
        self.accept(now, hub, theirs, Some(sdp));
        Ok(())
    }

    pub(crate) fn refuse_offer(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        status: u16,
    ) -> Result<(), Error> {
        let theirs = self
            .session
            .as_mut()
            .and_then(|session| session.theirs.take());
        let theirs = theirs.ok_or(Error::WrongState("no offer waits for an answer"))?;
        hub.refuse(now, theirs.transaction, &theirs.request, status);
        self.try_offer(now, hub);
        Ok(())
    }

    fn accept(&mut self, now: Micros, hub: &mut Hub, theirs: Theirs, sdp: Option<Vec<u8>>) {
        let Some(session) = &mut self.session else {
            return;
        };
        let tag = session.dialog.local_tag().to_owned();
        let Some(mut response) = hub.response(&theirs.request, 200, &tag) else {
            return;
        };
        response.headers.push(Name::Contact, &self.contact);
        response.headers.push(Name::Allow, hub.settings.allow());
        let timer = hub.session_timer_of(&theirs.request);
        timer.write(&mut response.headers);
        session.timer = timer.start(now);
        let awaits = if theirs.offer.is_some() {
            Awaits::NothingLater
        } else {
            Awaits::LaterAnswer
        };
        if let Some(sdp) = sdp {
            response.headers.push(Name::ContentType, body::SDP);
            response.body.clone_from(&sdp);
            session.local_sdp = sdp;
        }
        if let Some(offer) = theirs.offer {
            session.remote_sdp = offer;
        }
        hub.respond(now, theirs.transaction, &response);
        if theirs.request.method == Method::Invite {
            let cseq = theirs.request.headers.cseq().map_or(0, |cseq| cseq.number);
            let t1 = hub.settings.timers.t1;
            session.accepted = Some(Accepted::new(
                now,
                t1,
                theirs.transaction,
                cseq,
                response,
                awaits,
            ));
        }
        self.try_offer(now, hub);
    }

    pub(super) fn handle_reinvite_cancelled(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
    ) {
        let Some(session) = &mut self.session else {
            return;
        };
        if let Some(theirs) = session.theirs.take_if(|theirs| theirs.transaction == id) {
            hub.refuse(now, id, &theirs.request, 487);
            self.try_offer(now, hub);
        }
    }

    pub(super) fn handle_renegotiation_timeout(&mut self, now: Micros, hub: &mut Hub) {
        let Some(session) = &mut self.session else {
            return;
        };
        if let Some(theirs) = session.theirs.take_if(|theirs| now >= theirs.until) {
            hub.refuse(now, theirs.transaction, &theirs.request, 500);
        }
        session.retry_at.take_if(|at| now >= *at);
        self.try_offer(now, hub);
    }
}
