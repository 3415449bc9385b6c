//! Two calls as one: what happens on the one is done on the other, with its own dialog, its own
//! description and only the headers that a policy lets through. Each leg's media is ours, so its
//! answer is known before the other leg answers; what either side offers later is answered by the
//! owner of the media, not passed on. It stands on the orders and events of a user agent.

use crate::call::Outgoing;
use crate::header::Reason;
use crate::header::reason::q850_of_status;
use crate::message::Request;
use crate::policy::HeaderPolicy;
use crate::user_agent::{CallId, Cause, End, Event, UserAgent};
use crate::{Error, Micros};

/// What the second leg is to be like.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its `headers` and `max_forwards` are worked out here, out of the first leg's INVITE.
    pub outgoing: Outgoing,
    pub policy: HeaderPolicy,
    /// Our answer to the first leg's offer.
    pub answer: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bridge {
    caller: CallId,
    called: CallId,
    answer: Vec<u8>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Calling,
    /// The caller hears early media.
    Early,
    Up,
    Over,
}

/// Whether an event was of this bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    Ours,
    NotOurs,
}

impl Bridge {
    /// Calls on behalf of a call that has come in. Where that is refused, so is the caller.
    pub fn begin(
        now: Micros,
        ua: &mut UserAgent,
        caller: CallId,
        invite: &Request,
        plan: Plan,
    ) -> Result<Self, Error> {
        let begun = Self::call_on(now, ua, invite, plan);
        match begun {
            Ok((called, answer)) => Ok(Self {
                caller,
                called,
                answer,
                state: State::Calling,
            }),
            Err(error) => {
                let status = match error {
                    // RFC 3261 16.3: a loop comes to its end.
                    Error::Limit(_) => 483,
                    Error::Overloaded => 503,
                    Error::Malformed(_)
                    | Error::Version
                    | Error::Missing(_)
                    | Error::Repeated(_)
                    | Error::Truncated
                    | Error::Unframed
                    | Error::Empty
                    | Error::NoSuchTransaction
                    | Error::NoSuchCall
                    | Error::WrongState(_) => 500,
                };
                ua.refuse_call(now, caller, status, None)?;
                Err(error)
            }
        }
    }

    fn call_on(
        now: Micros,
        ua: &mut UserAgent,
        invite: &Request,
        plan: Plan,
    ) -> Result<(CallId, Vec<u8>), Error> {
        let left = invite.headers.max_forwards()?.unwrap_or(70);
        let max_forwards = left.checked_sub(1).ok_or(Error::Limit("hops of a call"))?;
        let mut outgoing = plan.outgoing;
        outgoing.max_forwards = max_forwards;
        for field in plan.policy.apply(&invite.headers).iter() {
            outgoing.headers.push(field.name.clone(), field.value());
        }
        Ok((ua.call(now, outgoing)?, plan.answer))
    }

    #[must_use]
    pub const fn caller(&self) -> CallId {
        self.caller
    }

    #[must_use]
    pub const fn called(&self) -> CallId {
        self.called
    }

    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Does on one leg what has happened on the other. Events about descriptions are the media
    /// owner's as well, who sees all of them.
    pub fn handle_event(&mut self, now: Micros, ua: &mut UserAgent, event: &Event) -> Heard {
        if event.call() != Some(self.caller) && event.call() != Some(self.called) {
            return Heard::NotOurs;
        }
        if let Event::Progress {
            call,
            sdp,
            response,
            ..
        } = event
            && *call == self.called
        {
            self.ring(now, ua, response.status(), sdp.is_some());
        }
        if let Event::Answered { call, .. } = event
            && *call == self.called
        {
            self.state = State::Up;
            // Where it fails, the caller has just gone; its end is the next event.
            ua.answer(now, self.caller, self.answer.clone())
                .unwrap_or_default();
        }
        if let Event::Ended { call, end } = event {
            if *call == self.called {
                self.handle_called_end(now, ua, end);
            } else {
                let reason = end.reason.clone().or_else(|| end.status.map(Reason::sip));
                self.hang_up(now, ua, self.called, reason.as_ref());
            }
        }
        Heard::Ours
    }

    /// All 18x alike (Direct Routing A.7); once there is early media, it goes on.
    fn ring(&mut self, now: Micros, ua: &mut UserAgent, status: u16, has_media: bool) {
        if has_media {
            self.state = State::Early;
        }
        let sdp = (self.state == State::Early).then(|| self.answer.clone());
        let status = if has_media { 183 } else { status };
        // A caller that has just gone does not hear it ring.
        ua.ring(now, self.caller, status, sdp).unwrap_or_default();
    }

    fn handle_called_end(&mut self, now: Micros, ua: &mut UserAgent, end: &End) {
        let was_up = self.state == State::Up;
        self.state = State::Over;
        if was_up {
            return self.hang_up(now, ua, self.caller, end.reason.as_ref());
        }
        let status = refusal(end);
        let reason = end
            .reason
            .clone()
            .unwrap_or_else(|| Reason::q850(q850_of_status(status)));
        // Where the caller has gone by itself, nobody is left to refuse.
        ua.refuse_call(now, self.caller, status, Some(&reason))
            .unwrap_or_default();
    }

    fn hang_up(&mut self, now: Micros, ua: &mut UserAgent, call: CallId, reason: Option<&Reason>) {
        self.state = State::Over;
        ua.hang_up(now, call, reason).unwrap_or_default();
    }
}

/// What the caller is told of a call that failed: what the other side said, unless it said that to
/// us and not to the caller (challenges, redirections, what is between two legs).
fn refusal(end: &End) -> u16 {
    match end.cause {
        Cause::Refused => match end.status {
            Some(401 | 407 | 421 | 422 | 494) => 502,
            Some(status) if status >= 400 => status,
            Some(_) | None => 480,
        },
        Cause::Unreachable => 503,
        Cause::NotAnswered => 480,
        Cause::Unusable => 502,
        Cause::Ours
        | Cause::HungUp
        | Cause::Cancelled
        | Cause::NotAcknowledged
        | Cause::NoPrack
        | Cause::Expired
        | Cause::Gone
        | Cause::Replaced => 480,
    }
}
