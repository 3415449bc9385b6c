//! Calling out (RFC 3261 13.2): INVITE with forks, reliable provisional responses (RFC 3262),
//! challenges, shorter sessions refused (RFC 4028 7.3), and the next target when one is silent or
//! says no. Attempts that are given up are watched to their end: what they still bring is
//! acknowledged and ended.

use super::{Call, Outgoing, Silence, Target, raise_cseq};
use crate::call::session::{Role, Session};
use crate::dialog::{Dialog, with_tag};
use crate::flow::Hop;
use crate::header::{Name, RAck, Reason, SessionExpires};
use crate::message::{Method, Request, Response};
use crate::stack::TransactionId;
use crate::user_agent::hub::{Hub, Owner, Path, Way};
use crate::user_agent::{CallId, Cause, End, Event, Settings};
use crate::{Error, Micros, body, scan};

/// Dialogs of one INVITE at most; further forks are not heard.
const FORKS_MAX: usize = 16;
/// How often a longer session may be asked of us.
const SESSION_RAISES_MAX: u32 = 2;
/// A target rests at least so long after a 503 with Retry-After, and at most.
const REST_SECONDS_MAX: u32 = 300;

#[derive(Debug)]
pub(super) struct Calling {
    outgoing: Outgoing,
    /// Targets not tried yet.
    left: Vec<Target>,
    current: Option<Target>,
    n_raises: u32,
    pub(super) gives_up_at: Option<Micros>,
}

/// One INVITE on its way.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) transaction: TransactionId,
    invite: Request,
    hop: Option<Hop>,
    fate: Fate,
    has_provisional: bool,
    has_new_connection: bool,
    /// Until when anything must come before the next target is tried.
    pub(super) patience: Option<Micros>,
    pub(super) forks: Vec<Fork>,
    /// ACKs sent, by remote tag, to be sent again with each repeated 2xx (RFC 3261 13.2.2.4).
    acks: Vec<(String, Request)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Wanted,
    /// To be cancelled as soon as that is allowed (RFC 3261 9.1).
    GivenUp,
    Cancelled,
}

/// An early dialog.
#[derive(Debug)]
pub(super) struct Fork {
    pub(super) dialog: Dialog,
    rseq: Option<u32>,
    sdp: Option<Vec<u8>>,
}

impl Attempt {
    pub(super) fn give_up(&mut self, now: Micros, hub: &mut Hub) {
        self.patience = None;
        if self.fate == Fate::Wanted {
            self.fate = Fate::GivenUp;
        }
        // An answered INVITE cannot be cancelled; its dialog is ended with BYE instead.
        let may_cancel = self.fate == Fate::GivenUp && self.has_provisional && self.acks.is_empty();
        if may_cancel && hub.cancel(now, self.transaction).is_ok() {
            self.fate = Fate::Cancelled;
        }
    }
}

impl Call {
    /// Begins a call; the request is on its way when this returns.
    pub(crate) fn start(
        now: Micros,
        hub: &mut Hub,
        id: CallId,
        outgoing: Outgoing,
    ) -> Result<Self, Error> {
        let first = outgoing
            .targets
            .first()
            .ok_or(Error::WrongState("a call needs a target"))?;
        let way = first
            .flow
            .map_or_else(|| Way::Hop(first.hop.clone()), Way::Flow);
        let path = Path {
            name: outgoing.name.clone(),
            way,
        };
        let user = outgoing.contact_user.as_deref();
        let contact = hub.contact(path.way.transport(), &outgoing.name, user);
        let tag = hub.tag();
        let mut call = Self::new(id, tag, path, contact, outgoing.credentials.clone());
        let invite = first_invite(hub, &call, &outgoing);
        let seconds = Micros::from(outgoing.ring_seconds_max);
        call.calling = Some(Calling {
            left: outgoing.targets.clone(),
            outgoing,
            current: None,
            n_raises: 0,
            gives_up_at: Some(now + seconds * 1_000_000),
        });
        call.try_next(now, hub, &invite)?;
        Ok(call)
    }

    /// Sends the INVITE to the next target: the first that does not rest, else the first.
    fn try_next(&mut self, now: Micros, hub: &mut Hub, invite: &Request) -> Result<(), Error> {
        let calling = self
            .calling
            .as_mut()
            .ok_or(Error::WrongState("the call is not calling"))?;
        let awake = calling
            .left
            .iter()
            .position(|target| !hub.rests(now, &target.hop));
        if calling.left.is_empty() {
            return Err(Error::WrongState("no target is left"));
        }
        let target = calling.left.remove(awake.unwrap_or(0));
        let mut invite = invite.clone();
        invite.uri = target.uri.clone();
        self.path.way = target
            .flow
            .map_or_else(|| Way::Hop(target.hop.clone()), Way::Flow);
        let patience =
            Some(now + calling.outgoing.failover.patience).filter(|_| !calling.left.is_empty());
        calling.current = Some(target);
        self.launch(now, hub, invite, patience, false)
    }

    fn launch(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        invite: Request,
        patience: Option<Micros>,
        has_new_connection: bool,
    ) -> Result<(), Error> {
        let transaction = hub.send(now, Owner::Call(self.id), &self.path, invite.clone())?;
        let hop = match &self.path.way {
            Way::Hop(hop) => Some(hop.clone()),
            Way::Flow(_) => None,
        };
        self.attempts.push(Attempt {
            transaction,
            invite,
            hop,
            fate: Fate::Wanted,
            has_provisional: false,
            has_new_connection,
            patience,
            forks: Vec::new(),
            acks: Vec::new(),
        });
        Ok(())
    }

    pub(super) fn handle_invite_response(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        response: Response,
    ) {
        let Some(at) = self.attempt_of(id) else {
            return;
        };
        match response.status() {
            ..200 => self.handle_provisional(now, hub, at, response),
            200..300 => self.handle_success(now, hub, at, response),
            _ => self.handle_failure(now, hub, at, &response),
        }
    }

    fn handle_provisional(&mut self, now: Micros, hub: &mut Hub, at: usize, response: Response) {
        let Some(attempt) = self.attempts.get_mut(at) else {
            return;
        };
        attempt.has_provisional = true;
        attempt.patience = None;
        if attempt.fate != Fate::Wanted {
            return attempt.give_up(now, hub);
        }
        let sdp = body::session_description(&response.headers, &response.body).unwrap_or(None);
        let Ok(mut dialog) = Dialog::of_caller(&attempt.invite, &response) else {
            // 100, or a ringing of RFC 2543 that belongs to no dialog.
            return;
        };
        dialog.drop_routes_to(|host| hub.is_ours(host));
        let tag = dialog.remote_tag().to_owned();
        let Some(fork) = fork_of(&mut attempt.forks, dialog) else {
            return;
        };
        if sdp.is_some() {
            fork.sdp.clone_from(&sdp);
        }
        match reliable(&response, fork.rseq) {
            Reliable::No => {}
            Reliable::Again => return,
            Reliable::Next(rseq) => {
                fork.rseq = Some(rseq);
                let cseq = attempt.invite.headers.cseq();
                let mut prack = fork.dialog.request(Method::Prack);
                if let Ok(cseq) = cseq {
                    prack
                        .headers
                        .push(Name::RAck, RAck { rseq, cseq }.to_string());
                }
                let dialog = fork.dialog.clone();
                // A PRACK that finds no room is sent with the response's next repetition.
                if self.send_in(now, hub, &dialog, prack).is_err() {
                    return;
                }
            }
        }
        hub.events.push_back(Event::Progress {
            call: self.id,
            fork: tag,
            sdp,
            response: Box::new(response),
        });
    }

    /// Every 2xx is acknowledged; one dialog becomes the call, all others are ended (13.2.2.4).
    fn handle_success(&mut self, now: Micros, hub: &mut Hub, at: usize, response: Response) {
        let Some(attempt) = self.attempts.get_mut(at) else {
            return;
        };
        let Ok(mut dialog) = Dialog::of_caller(&attempt.invite, &response) else {
            // Without a tag there is no dialog to acknowledge or to end.
            attempt.fate = Fate::Cancelled;
            return self.end_calling(hub, End::new(Cause::Unusable));
        };
        dialog.drop_routes_to(|host| hub.is_ours(host));
        let tag = dialog.remote_tag().to_owned();
        if let Some((_, ack)) = attempt.acks.iter().find(|(known, _)| *known == tag) {
            let (ack, path) = (ack.clone(), self.path_of(&dialog));
            return hub.acknowledge(now, &path, ack);
        }
        if attempt.acks.len() == FORKS_MAX {
            return;
        }
        let early = attempt
            .forks
            .iter()
            .find(|fork| fork.dialog.remote_tag() == tag);
        if let Some(fork) = early {
            dialog.continue_from(&fork.dialog);
        }
        let early_sdp = early.and_then(|fork| fork.sdp.clone());
        let cseq = attempt.invite.headers.cseq().map_or(0, |cseq| cseq.number);
        let ack = dialog.ack(cseq);
        attempt.acks.push((tag, ack.clone()));
        attempt.patience = None;
        let is_wanted =
            attempt.fate == Fate::Wanted && self.calling.is_some() && self.session.is_none();
        let path = self.path_of(&dialog);
        hub.acknowledge(now, &path, ack);
        // RFC 6337 2.1: an answer in a reliable 18x is not repeated; carriers also leave it out
        // after an unreliable one.
        let sdp = body::session_description(&response.headers, &response.body).unwrap_or(None);
        match sdp.or(early_sdp) {
            Some(sdp) if is_wanted => self.become_session(now, hub, at, dialog, sdp, response),
            Some(_) => self.bye_to(now, hub, &mut dialog),
            None => {
                self.bye_to(now, hub, &mut dialog);
                if is_wanted {
                    self.end_calling(hub, End::new(Cause::Unusable));
                }
            }
        }
    }

    fn become_session(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        at: usize,
        dialog: Dialog,
        sdp: Vec<u8>,
        response: Response,
    ) {
        let Some(calling) = self.calling.take() else {
            return;
        };
        if let Some(attempt) = self.attempts.get_mut(at) {
            attempt.forks = Vec::new();
        }
        let ours = calling.outgoing.sdp;
        let mut session = Session::new(dialog, Role::Caller, ours, sdp.clone());
        session.learn(&response.headers);
        session.start_timer_by_answer(now, hub, &response);
        self.session = Some(session);
        hub.events.push_back(Event::Answered {
            call: self.id,
            sdp,
            response: Box::new(response),
        });
    }

    fn handle_failure(&mut self, now: Micros, hub: &mut Hub, at: usize, response: &Response) {
        let attempt = self.attempts.swap_remove(at);
        let status = response.status();
        if attempt.fate != Fate::Wanted {
            return;
        }
        let again = match status {
            401 | 407 => hub.with_credentials(&attempt.invite, response, &self.credentials),
            422 => self.with_longer_session(&attempt.invite, response),
            _ => None,
        };
        if let Some(mut again) = again
            && raise_cseq(&mut again).is_ok()
            && self
                .launch(now, hub, again, attempt.patience, false)
                .is_ok()
        {
            return;
        }
        if status == 503
            && let (Some(hop), Some(seconds)) = (&attempt.hop, retry_after(response))
        {
            hub.rest(now, hop, seconds.min(REST_SECONDS_MAX));
        }
        let reason = response
            .headers
            .get(&Name::Reason)
            .and_then(|text| Reason::parse(text).ok());
        let end = End {
            cause: Cause::Refused,
            status: Some(status),
            reason,
        };
        let is_elsewhere = self
            .calling
            .as_ref()
            .is_some_and(|calling| calling.outgoing.failover.statuses.contains(&status));
        if is_elsewhere {
            self.go_on(now, hub, &attempt.invite, end);
        } else {
            self.end_calling(hub, end);
        }
    }

    fn with_longer_session(&mut self, invite: &Request, response: &Response) -> Option<Request> {
        let calling = self.calling.as_mut()?;
        let least: u32 = scan::number(response.headers.get(&Name::MinSe)?)?;
        let asked = SessionExpires::parse(invite.headers.get(&Name::SessionExpires)?).ok()?;
        if least <= asked.seconds || calling.n_raises == SESSION_RAISES_MAX {
            return None;
        }
        calling.n_raises += 1;
        let mut again = invite.clone();
        let longer = SessionExpires {
            seconds: least,
            ..asked
        };
        again.headers.set(&Name::SessionExpires, longer.to_string());
        again.headers.set(&Name::MinSe, least.to_string());
        Some(again)
    }

    /// The next target, or the end. Its INVITE is a new request of the same call (RFC 3261 8.1.3.4).
    fn go_on(&mut self, now: Micros, hub: &mut Hub, invite: &Request, end: End) {
        let mut again = invite.clone();
        let is_numbered = raise_cseq(&mut again).is_ok();
        if !is_numbered || self.try_next(now, hub, &again).is_err() {
            self.end_calling(hub, end);
        }
    }

    fn attempt_of(&self, id: TransactionId) -> Option<usize> {
        { self.attempts.iter() }.position(|attempt| attempt.transaction == id)
    }

    fn end_calling(&mut self, hub: &mut Hub, end: End) {
        self.calling = None;
        self.end(hub, end);
    }

    pub(super) fn handle_invite_silence(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        silence: Silence,
    ) {
        let Some(at) = self.attempt_of(id) else {
            return;
        };
        let attempt = self.attempts.swap_remove(at);
        if attempt.fate != Fate::Wanted || self.calling.is_none() {
            return;
        }
        // Direct Routing A.3: a kept connection may have been reset; a new one is tried once.
        if silence == Silence::TransportFailed
            && !attempt.has_provisional
            && !attempt.has_new_connection
        {
            let mut again = attempt.invite.clone();
            let is_sent = raise_cseq(&mut again).is_ok()
                && self.launch(now, hub, again, attempt.patience, true).is_ok();
            if is_sent {
                return;
            }
        }
        let end = match silence {
            Silence::TimedOut if attempt.has_provisional => {
                End::with_status(Cause::NotAnswered, 408)
            }
            Silence::TimedOut => End::with_status(Cause::Unreachable, 408),
            Silence::TransportFailed => End::with_status(Cause::Unreachable, 503),
        };
        self.go_on(now, hub, &attempt.invite, end);
    }

    pub(super) fn handle_calling_timeout(&mut self, now: Micros, hub: &mut Hub) {
        let is_due = |at: Option<Micros>| at.is_some_and(|at| now >= at);
        if self
            .calling
            .as_ref()
            .is_some_and(|calling| is_due(calling.gives_up_at))
        {
            return self.hang_up(now, hub, End::with_status(Cause::NotAnswered, 408), None);
        }
        let Some(attempt) = self
            .attempts
            .iter_mut()
            .find(|attempt| is_due(attempt.patience))
        else {
            return;
        };
        attempt.give_up(now, hub);
        let invite = attempt.invite.clone();
        self.go_on(now, hub, &invite, End::with_status(Cause::Unreachable, 408));
    }
}

enum Reliable {
    No,
    /// Not the next one: a repetition, or one that overtook another (RFC 3262 4).
    Again,
    Next(u32),
}

fn reliable(response: &Response, last: Option<u32>) -> Reliable {
    if !response.headers.has_token(&Name::Require, "100rel") {
        return Reliable::No;
    }
    let rseq = response.headers.get(&Name::RSeq).and_then(scan::number);
    match (rseq, last) {
        (Some(rseq), None) => Reliable::Next(rseq),
        (Some(rseq), Some(last)) if last.checked_add(1) == Some(rseq) => Reliable::Next(rseq),
        (Some(_) | None, _) => Reliable::Again,
    }
}

fn fork_of(forks: &mut Vec<Fork>, dialog: Dialog) -> Option<&mut Fork> {
    let known = forks
        .iter()
        .position(|fork| fork.dialog.remote_tag() == dialog.remote_tag());
    let at = match known {
        Some(at) => at,
        None if forks.len() == FORKS_MAX => return None,
        None => {
            forks.push(Fork {
                dialog,
                rseq: None,
                sdp: None,
            });
            forks.len() - 1
        }
    };
    forks.get_mut(at)
}

/// Seconds of a Retry-After, which may have a comment or parameters behind (RFC 3261 20.33).
fn retry_after(response: &Response) -> Option<u32> {
    let value = response.headers.get(&Name::RetryAfter)?;
    scan::number(value.split([';', ' ', '(']).next()?)
}

fn first_invite(hub: &mut Hub, call: &Call, outgoing: &Outgoing) -> Request {
    let uri = outgoing.to.uri.clone();
    let mut invite = Request::new(Method::Invite, uri);
    let call_id = hub.tag();
    let headers = &mut invite.headers;
    headers.push(Name::MaxForwards, outgoing.max_forwards.to_string());
    headers.push(Name::From, with_tag(outgoing.from.clone(), &call.tag));
    headers.push(Name::To, outgoing.to.to_string());
    headers.push(Name::CallId, call_id);
    headers.push(Name::CSeq, "1 INVITE");
    headers.push(Name::Contact, &call.contact);
    headers.push(Name::Allow, hub.settings.allow());
    headers.push(Name::Supported, Settings::SUPPORTED.join(", "));
    headers.push(
        Name::SessionExpires,
        hub.settings.session.seconds.to_string(),
    );
    headers.push(Name::MinSe, hub.settings.session.min_seconds.to_string());
    for field in outgoing.headers.iter() {
        headers.push(field.name.clone(), field.value());
    }
    match &outgoing.body {
        Some((kind, whole)) => {
            headers.push(Name::ContentType, kind);
            invite.body.clone_from(whole);
        }
        None => {
            headers.push(Name::ContentType, body::SDP);
            invite.body.clone_from(&outgoing.sdp);
        }
    }
    invite
}
