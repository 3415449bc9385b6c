//! A call that is answered: its dialog, what was agreed, and the 2xx that waits for its ACK (RFC
//! 3261 13.3.1.4).

use super::Call;
use super::refresh::SessionTimer;
use super::renegotiation::{Ours, Theirs};
use crate::dialog::Dialog;
use crate::header::{Headers, Name, Reason};
use crate::message::{Request, Response};
use crate::stack::TransactionId;
use crate::user_agent::hub::Hub;
use crate::user_agent::{Cause, End, Event};
use crate::{Micros, body};

#[derive(Debug)]
pub(super) struct Session {
    pub(super) dialog: Dialog,
    pub(super) role: Role,
    pub(super) local_sdp: Vec<u8>,
    pub(super) remote_sdp: Vec<u8>,
    pub(super) update: UpdateUse,
    pub(super) accepted: Option<Accepted>,
    pub(super) ours: Option<Ours>,
    pub(super) theirs: Option<Theirs>,
    /// An offer of ours that waits for its turn.
    pub(super) wanted: Option<Vec<u8>>,
    /// Not before then, after both sides asked at once (RFC 3261 14.1).
    pub(super) retry_at: Option<Micros>,
    pub(super) timer: Option<SessionTimer>,
    /// The ACK to the latest 2xx of the other side, with its number.
    pub(super) last_ack: Option<(u32, Request)>,
    /// We want to hang up, with this reason.
    pub(super) wants_bye: Option<Option<Reason>>,
}

/// Who made the call: it owns the Call-ID, and waits longer after a glare (RFC 3261 14.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Caller,
    Called,
}

/// Whether the other side lists UPDATE. Teams does not (Direct Routing A.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UpdateUse {
    Known,
    Unknown,
}

/// A 2xx of ours, repeated until its ACK comes.
#[derive(Debug)]
pub(super) struct Accepted {
    transaction: TransactionId,
    cseq: u32,
    response: Response,
    awaits: Awaits,
    interval: Micros,
    at: Micros,
    until: Micros,
}

/// What the ACK must bring, and for which INVITE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaits {
    /// The first INVITE had the offer.
    Nothing,
    /// The first INVITE asked for ours.
    FirstAnswer,
    /// A later INVITE had the offer.
    NothingLater,
    /// A later INVITE asked for ours.
    LaterAnswer,
}

impl Accepted {
    pub(super) fn new(
        now: Micros,
        t1: Micros,
        transaction: TransactionId,
        cseq: u32,
        response: Response,
        awaits: Awaits,
    ) -> Self {
        Self {
            transaction,
            cseq,
            response,
            awaits,
            interval: t1,
            at: now + t1,
            until: now + 64 * t1,
        }
    }
}

impl Session {
    pub(super) fn new(dialog: Dialog, role: Role, local_sdp: Vec<u8>, remote_sdp: Vec<u8>) -> Self {
        Self {
            dialog,
            role,
            local_sdp,
            remote_sdp,
            update: UpdateUse::Unknown,
            accepted: None,
            ours: None,
            theirs: None,
            wanted: None,
            retry_at: None,
            timer: None,
            last_ack: None,
            wants_bye: None,
        }
    }

    /// What the other side says it can do, read at run time and never assumed (A.7).
    pub(super) fn learn(&mut self, headers: &Headers) {
        if headers.get(&Name::Allow).is_some() {
            let is_known = headers.has_token(&Name::Allow, "UPDATE");
            self.update = if is_known {
                UpdateUse::Known
            } else {
                UpdateUse::Unknown
            };
        }
    }

    /// The dialog is over; a request of theirs that waits for an answer gets one (15.1.2), and an
    /// INVITE of ours is waited for no longer than 64*T1, however it rang (9.1).
    pub(super) fn close(self, now: Micros, hub: &mut Hub) {
        if let Some(theirs) = self.theirs {
            hub.refuse(now, theirs.transaction, &theirs.request, 487);
        }
        if let Some(ours) = self.ours {
            // Only an INVITE that has been heard of can be cancelled; all else ends by itself.
            hub.cancel(now, ours.transaction).unwrap_or_default();
        }
    }

    pub(super) fn deadline(&self) -> Option<Micros> {
        let accepted = self
            .accepted
            .as_ref()
            .map(|accepted| accepted.at.min(accepted.until));
        let timer = self.timer.as_ref().map(SessionTimer::deadline);
        let theirs = self.theirs.as_ref().map(|theirs| theirs.until);
        [accepted, timer, theirs, self.retry_at]
            .into_iter()
            .flatten()
            .min()
    }
}

impl Call {
    /// An ACK to a 2xx of ours.
    pub(crate) fn handle_ack(&mut self, now: Micros, hub: &mut Hub, ack: &Request) {
        let cseq = ack.headers.cseq().map_or(0, |cseq| cseq.number);
        let Some(session) = self
            .session
            .as_mut()
            .filter(|session| session.dialog.is_of(ack))
        else {
            return;
        };
        let Some(accepted) = session.accepted.take_if(|accepted| accepted.cseq == cseq) else {
            return;
        };
        let sdp = body::session_description(&ack.headers, &ack.body).unwrap_or(None);
        let call = self.id;
        match (accepted.awaits, sdp) {
            (Awaits::Nothing, _) => hub.events.push_back(Event::Confirmed { call, sdp: None }),
            (Awaits::FirstAnswer, Some(sdp)) => {
                session.remote_sdp.clone_from(&sdp);
                hub.events.push_back(Event::Confirmed {
                    call,
                    sdp: Some(sdp),
                });
            }
            (Awaits::NothingLater, _) => {}
            (Awaits::LaterAnswer, Some(sdp)) => {
                session.remote_sdp.clone_from(&sdp);
                hub.events.push_back(Event::Agreed { call, sdp });
            }
            // RFC 3261 13.2.2.4: the answer had to be in the ACK; without it nothing is agreed.
            (Awaits::FirstAnswer | Awaits::LaterAnswer, None) => {
                return self.hang_up(now, hub, End::new(Cause::Unusable), None);
            }
        }
        self.try_bye(now, hub);
        self.try_offer(now, hub);
    }

    /// A 2xx that came again after its transaction had ended.
    pub(crate) fn handle_stray_success(&mut self, now: Micros, hub: &mut Hub, response: &Response) {
        let Some(session) = &self.session else { return };
        let to = response.headers.address(&Name::To);
        let is_ours = to.is_ok_and(|to| to.tag() == Some(session.dialog.remote_tag()));
        let cseq = response.headers.cseq().map_or(0, |cseq| cseq.number);
        if let Some((number, ack)) = &session.last_ack
            && is_ours
            && *number == cseq
        {
            let (ack, path) = (ack.clone(), self.path_of(&session.dialog));
            hub.acknowledge(now, &path, ack);
        }
    }

    pub(super) fn handle_session_timeout(&mut self, now: Micros, hub: &mut Hub) {
        if let Some(session) = &mut self.session
            && let Some(accepted) = &mut session.accepted
        {
            if now >= accepted.until {
                // 13.3.1.4: the dialog stands, the session should end.
                session.accepted = None;
                return self.hang_up(now, hub, End::new(Cause::NotAcknowledged), None);
            }
            if now >= accepted.at {
                accepted.interval = (accepted.interval * 2).min(hub.settings.timers.t2);
                accepted.at = (accepted.at + accepted.interval).max(now + 1);
                hub.respond(now, accepted.transaction, &accepted.response);
            }
        }
        self.handle_renegotiation_timeout(now, hub);
        self.handle_refresh_timeout(now, hub);
    }
}
