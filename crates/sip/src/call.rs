//! One call of ours: from INVITE to the last BYE, in either role. It owns early dialogs and forks,
//! offers and answers, refreshes and transfers; it must not know other calls, targets' health, or
//! what media is made of its descriptions.

mod calling;
mod outgoing;
mod refresh;
mod renegotiation;
mod ringing;
mod session;
mod transfer;

use crate::dialog::Dialog;
use crate::digest::Credentials;
use crate::header::{Name, Reason};
use crate::message::{Method, Request, Response};
use crate::stack::TransactionId;
use crate::user_agent::hub::{Hub, Owner, Path, Way};
use crate::user_agent::{CallId, Cause, End, Event};
use crate::{Error, Farewell, Micros};
use calling::{Attempt, Calling};
pub use outgoing::{Failover, Outgoing, Target};
use ringing::Ringing;
use session::Session;
use transfer::Transfer;

#[derive(Debug)]
pub(crate) struct Call {
    id: CallId,
    /// Ours, in every dialog of the call.
    tag: String,
    path: Path,
    contact: String,
    credentials: Vec<Credentials>,
    /// Until our INVITE is answered.
    calling: Option<Calling>,
    /// INVITEs of ours whose transactions live, wanted or given up.
    attempts: Vec<Attempt>,
    /// Until the INVITE that came is answered.
    ringing: Option<Ringing>,
    session: Option<Session>,
    transfer: Transfer,
    /// BYEs on their way.
    leaving: Vec<Leaving>,
    has_ended: bool,
}

/// A request that ends a dialog, kept for a challenge or a broken connection.
#[derive(Debug)]
struct Leaving {
    transaction: TransactionId,
    request: Request,
    path: Path,
    is_repeated: bool,
}

/// Why a request of ours got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    TimedOut,
    TransportFailed,
}

impl Call {
    fn new(
        id: CallId,
        tag: String,
        path: Path,
        contact: String,
        credentials: Vec<Credentials>,
    ) -> Self {
        Self {
            id,
            tag,
            path,
            contact,
            credentials,
            calling: None,
            attempts: Vec::new(),
            ringing: None,
            session: None,
            transfer: Transfer::default(),
            leaving: Vec::new(),
            has_ended: false,
        }
    }

    pub(crate) fn tag(&self) -> &str {
        &self.tag
    }

    /// Whether nothing more can come of this call.
    pub(crate) fn is_over(&self) -> bool {
        self.has_ended
            && self.attempts.is_empty()
            && self.leaving.is_empty()
            && self.ringing.is_none()
            && self.session.is_none()
    }

    /// Whether this call has the dialog that a Replaces header names, and whether it is answered.
    pub(crate) fn stage_of(&self, call_id: &str, remote_tag: &str) -> Option<Stage> {
        let is = |dialog: &Dialog| dialog.call_id() == call_id && dialog.remote_tag() == remote_tag;
        if self
            .session
            .as_ref()
            .is_some_and(|session| is(&session.dialog))
        {
            return Some(if self.has_ended {
                Stage::Over
            } else {
                Stage::Up
            });
        }
        let mut forks = self.attempts.iter().flat_map(|attempt| &attempt.forks);
        if forks.any(|fork| is(&fork.dialog)) {
            return Some(Stage::Calling);
        }
        // RFC 3891 3: an early dialog that the other side began is not to be replaced.
        None
    }

    pub(crate) fn handle_response(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        response: Response,
    ) {
        if self
            .attempts
            .iter()
            .any(|attempt| attempt.transaction == id)
        {
            return self.handle_invite_response(now, hub, id, response);
        }
        if response.is_provisional() {
            return;
        }
        if let Some(at) = self
            .leaving
            .iter()
            .position(|leaving| leaving.transaction == id)
        {
            let leaving = self.leaving.swap_remove(at);
            return self.handle_bye_response(now, hub, leaving, &response);
        }
        if self.handle_transfer_response(now, hub, id, &response) {
            return;
        }
        self.handle_renegotiation_response(now, hub, id, &response);
    }

    pub(crate) fn handle_silence(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        silence: Silence,
    ) {
        if self
            .attempts
            .iter()
            .any(|attempt| attempt.transaction == id)
        {
            return self.handle_invite_silence(now, hub, id, silence);
        }
        if let Some(at) = self
            .leaving
            .iter()
            .position(|leaving| leaving.transaction == id)
        {
            let leaving = self.leaving.swap_remove(at);
            if silence == Silence::TransportFailed && !leaving.is_repeated {
                // Direct Routing A.3: a reset connection is no reason to leave a call open.
                self.leave(now, hub, leaving.request, leaving.path, true);
            }
            return;
        }
        if let Some(ringing) = self.ringing.take_if(|ringing| ringing.transaction == id) {
            // The refusal reaches nobody; it lets the transaction come to its end.
            ringing.refuse(now, hub, 480, &[]);
            return self.end(hub, End::new(Cause::Gone));
        }
        if self.handle_transfer_silence(hub, id) {
            return;
        }
        self.handle_renegotiation_silence(now, hub, id, silence);
    }

    pub(crate) fn handle_terminated(&mut self, id: TransactionId) {
        self.attempts.retain(|attempt| attempt.transaction != id);
    }

    /// A request inside a dialog of this call.
    pub(crate) fn handle_request(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        id: TransactionId,
        request: Request,
    ) {
        let Some(dialog) = self.dialog_of(&request) else {
            return hub.refuse(now, id, &request, 481);
        };
        if dialog.take_cseq(&request).is_err() {
            return hub.refuse(now, id, &request, 500);
        }
        match &request.method {
            Method::Bye => self.handle_bye(now, hub, id, &request),
            Method::Invite => self.handle_reinvite(now, hub, id, request),
            Method::Update => self.handle_update(now, hub, id, request),
            Method::Prack => self.handle_prack(now, hub, id, &request),
            Method::Refer => self.handle_refer(now, hub, id, request),
            Method::Notify => self.handle_notify(now, hub, id, &request),
            Method::Options => hub.refuse_with(
                now,
                id,
                &request,
                200,
                &[(Name::Allow, hub.settings.allow())],
            ),
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Info
            | Method::Subscribe
            | Method::Message
            | Method::Publish
            | Method::Other(_) => {
                hub.refuse_with(
                    now,
                    id,
                    &request,
                    405,
                    &[(Name::Allow, hub.settings.allow())],
                );
            }
        }
    }

    fn dialog_of(&mut self, request: &Request) -> Option<&mut Dialog> {
        let session = self.session.iter_mut().map(|session| &mut session.dialog);
        let ringing = self.ringing.iter_mut().map(|ringing| &mut ringing.dialog);
        let attempts = self
            .attempts
            .iter_mut()
            .flat_map(|attempt| &mut attempt.forks);
        let forks = attempts.map(|fork| &mut fork.dialog);
        session
            .chain(ringing)
            .chain(forks)
            .find(|dialog| dialog.is_of(request))
    }

    fn handle_bye(&mut self, now: Micros, hub: &mut Hub, id: TransactionId, request: &Request) {
        hub.refuse(now, id, request, 200);
        let reason = request
            .headers
            .get(&Name::Reason)
            .and_then(|text| Reason::parse(text).ok());
        let end = End {
            reason,
            ..End::new(Cause::HungUp)
        };
        if let Some(ringing) = self.ringing.take() {
            // RFC 3261 15.1.2: what waits for an answer gets 487.
            ringing.refuse(now, hub, 487, &[]);
            return self.end(hub, end);
        }
        if let Some(session) = self.session.take() {
            session.close(now, hub);
            self.end(hub, end);
        }
    }

    /// Hangs up, gives up calling or refuses, as it comes. The end is told at once; what is left
    /// to say to the other side goes on by itself.
    pub(crate) fn hang_up(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        end: End,
        reason: Option<&Reason>,
    ) {
        if let Some(ringing) = self.ringing.take() {
            let headers: Vec<_> = reason
                .map(|reason| (Name::Reason, reason.to_string()))
                .into_iter()
                .collect();
            ringing.refuse(now, hub, end.status.unwrap_or(480), &headers);
        }
        self.calling = None;
        for attempt in &mut self.attempts {
            attempt.give_up(now, hub);
        }
        if !self.has_ended
            && let Some(session) = &mut self.session
        {
            session.wants_bye = Some(reason.cloned());
        }
        self.end(hub, end);
        self.try_bye(now, hub);
    }

    /// RFC 3261 15: the called side says BYE only when its answer has been acknowledged.
    fn try_bye(&mut self, now: Micros, hub: &mut Hub) {
        let is_due =
            |session: &mut Session| session.wants_bye.is_some() && session.accepted.is_none();
        let Some(mut session) = self.session.take_if(is_due) else {
            return;
        };
        let mut bye = session.dialog.request(Method::Bye);
        if let Some(Some(reason)) = &session.wants_bye {
            bye.headers.push(Name::Reason, reason.to_string());
        }
        let path = self.path_of(&session.dialog);
        session.close(now, hub);
        self.leave(now, hub, bye, path, false);
    }

    /// How another process would end it; not while nothing is up.
    pub(crate) fn farewell(&self) -> Option<Farewell> {
        let dialog = &self.session.as_ref()?.dialog;
        let Path { name, way } = self.path_of(dialog);
        let hop = match way {
            Way::Hop(hop) => hop,
            // The connection ends with this process; the phone may have opened its port to everybody.
            Way::Flow(flow) => dialog.next_hop(flow.transport)?,
        };
        Some(Farewell {
            hop,
            name,
            request: dialog.farewell(),
        })
    }

    /// Ends a dialog that nobody wants: another fork, or an answer that came too late.
    fn bye_to(&mut self, now: Micros, hub: &mut Hub, dialog: &mut Dialog) {
        let bye = dialog.request(Method::Bye);
        let path = self.path_of(dialog);
        self.leave(now, hub, bye, path, false);
    }

    fn leave(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        request: Request,
        path: Path,
        is_repeated: bool,
    ) {
        // Where there is no room for it, the other side finds out by its session timer.
        if let Ok(transaction) = hub.send(now, Owner::Call(self.id), &path, request.clone()) {
            self.leaving.push(Leaving {
                transaction,
                request,
                path,
                is_repeated,
            });
        }
    }

    fn handle_bye_response(
        &mut self,
        now: Micros,
        hub: &mut Hub,
        leaving: Leaving,
        response: &Response,
    ) {
        let again = hub.with_credentials(&leaving.request, response, &self.credentials);
        if let Some(mut again) = again
            && raise_cseq(&mut again).is_ok()
        {
            self.leave(now, hub, again, leaving.path, leaving.is_repeated);
        }
    }

    fn end(&mut self, hub: &mut Hub, end: End) {
        if !self.has_ended {
            self.has_ended = true;
            hub.events.push_back(Event::Ended { call: self.id, end });
        }
    }

    fn path_of(&self, dialog: &Dialog) -> Path {
        let way = match &self.path.way {
            Way::Flow(flow) => Way::Flow(*flow),
            Way::Hop(usual) => {
                let hop = dialog.next_hop(usual.transport);
                Way::Hop(hop.unwrap_or_else(|| usual.clone()))
            }
        };
        Path {
            name: self.path.name.clone(),
            way,
        }
    }

    /// A request inside a dialog, with our Contact where it refreshes the target.
    fn send_in(
        &self,
        now: Micros,
        hub: &mut Hub,
        dialog: &Dialog,
        request: Request,
    ) -> Result<TransactionId, Error> {
        let path = self.path_of(dialog);
        hub.send(now, Owner::Call(self.id), &path, request)
    }

    pub(crate) fn deadline(&self) -> Option<Micros> {
        let ringing = self.ringing.iter().map(Ringing::deadline);
        let session = self.session.iter().filter_map(Session::deadline);
        let attempts = self.attempts.iter().filter_map(|attempt| attempt.patience);
        let calling = self
            .calling
            .iter()
            .filter_map(|calling| calling.gives_up_at);
        ringing.chain(session).chain(attempts).chain(calling).min()
    }

    pub(crate) fn handle_timeout(&mut self, now: Micros, hub: &mut Hub) {
        self.handle_calling_timeout(now, hub);
        self.handle_ringing_timeout(now, hub);
        self.handle_session_timeout(now, hub);
    }
}

/// Where a call stands, for who wants to take its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Calling,
    Up,
    Over,
}

/// The next number, for a request that is sent again with credentials (RFC 3261 22.2).
pub(crate) fn raise_cseq(request: &mut Request) -> Result<u32, Error> {
    let mut cseq = request.headers.cseq()?;
    cseq.number += 1;
    request.headers.set(&Name::CSeq, cseq.to_string());
    Ok(cseq.number)
}
