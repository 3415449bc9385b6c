//! Session timers (RFC 4028): who refreshes, when, and when a silent other side is given up.

use super::Call;
use super::renegotiation::Purpose;
use super::session::{Session, UpdateUse};
use crate::Micros;
use crate::header::{Headers, Name, Reason, Refresher, SessionExpires};
use crate::message::{Method, Request, Response};
use crate::scan;
use crate::user_agent::hub::Hub;
use crate::user_agent::{Cause, End};

const SECOND: Micros = 1_000_000;
/// When a refresh is due and something else is going on, it is tried again after that.
const POSTPONED: Micros = 2 * SECOND;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SessionTimer {
    pub(super) seconds: u32,
    whose: Whose,
    refresh_at: Micros,
    ends_at: Micros,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Ours,
    Theirs,
}

impl SessionTimer {
    fn start(now: Micros, seconds: u32, whose: Whose) -> Self {
        let interval = Micros::from(seconds) * SECOND;
        // RFC 4028 10: who waits gives up a third of the interval, but no more than 32 s, early.
        let early = match whose {
            Whose::Ours => 0,
            Whose::Theirs => (interval / 3).min(32 * SECOND),
        };
        Self {
            seconds,
            whose,
            refresh_at: now + interval / 2,
            ends_at: now + interval - early,
        }
    }

    pub(super) const fn deadline(&self) -> Micros {
        match self.whose {
            Whose::Ours if self.refresh_at < self.ends_at => self.refresh_at,
            Whose::Ours | Whose::Theirs => self.ends_at,
        }
    }

    pub(super) fn postpone(&mut self, now: Micros) {
        self.refresh_at = now + POSTPONED;
    }
}

/// What our answer to an INVITE or UPDATE says of the timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimerAnswer {
    seconds: u32,
    refresher: Refresher,
    /// The other side knows timers, and may be told to refresh.
    is_required: bool,
}

impl TimerAnswer {
    pub(super) fn write(&self, headers: &mut Headers) {
        if self.is_required {
            headers.push(Name::Require, "timer");
        }
        let expires = SessionExpires {
            seconds: self.seconds,
            refresher: Some(self.refresher),
        };
        headers.push(Name::SessionExpires, expires.to_string());
    }

    pub(super) fn start(&self, now: Micros) -> Option<SessionTimer> {
        let whose = match self.refresher {
            Refresher::Uac => Whose::Theirs,
            Refresher::Uas => Whose::Ours,
        };
        Some(SessionTimer::start(now, self.seconds, whose))
    }
}

impl Hub {
    /// RFC 4028 9: an interval that is too short is refused with 422 by whoever knows timers.
    pub(crate) fn is_session_too_short(&self, request: &Request) -> bool {
        let asked = request
            .headers
            .get(&Name::SessionExpires)
            .and_then(|text| SessionExpires::parse(text).ok());
        let is_known = request.headers.has_token(&Name::Supported, "timer");
        is_known && asked.is_some_and(|asked| asked.seconds < self.settings.session.min_seconds)
    }

    /// The caller's interval, or ours; refreshed by the caller where it can (RFC 4028 9, table 2).
    pub(crate) fn session_timer_of(&self, request: &Request) -> TimerAnswer {
        let ours = self.settings.session;
        let asked = request
            .headers
            .get(&Name::SessionExpires)
            .and_then(|text| SessionExpires::parse(text).ok());
        let least = request
            .headers
            .get(&Name::MinSe)
            .and_then(scan::number)
            .unwrap_or(0);
        let is_known = request.headers.has_token(&Name::Supported, "timer");
        let seconds = asked.map_or(ours.seconds, |asked| asked.seconds);
        let seconds = seconds.max(least).max(ours.min_seconds);
        let named = asked.and_then(|asked| asked.refresher);
        let refresher = if is_known {
            named.unwrap_or(Refresher::Uac)
        } else {
            Refresher::Uas
        };
        TimerAnswer {
            seconds,
            refresher,
            is_required: is_known && refresher == Refresher::Uac,
        }
    }
}

impl Session {
    /// The answer to a request of ours says how it goes on (RFC 4028 7.2). An other side without
    /// timers is refreshed all the same, which 7.2 allows: whoever does not answer is not there.
    pub(super) fn start_timer_by_answer(&mut self, now: Micros, hub: &Hub, response: &Response) {
        let told = response
            .headers
            .get(&Name::SessionExpires)
            .and_then(|text| SessionExpires::parse(text).ok());
        let told = told.unwrap_or(SessionExpires {
            seconds: hub.settings.session.seconds,
            refresher: None,
        });
        let whose = match told.refresher {
            Some(Refresher::Uas) => Whose::Theirs,
            Some(Refresher::Uac) | None => Whose::Ours,
        };
        // An interval that nobody can keep is one that nobody meant.
        let seconds = told.seconds.max(hub.settings.session.min_seconds);
        self.timer = Some(SessionTimer::start(now, seconds, whose));
    }

    /// What a request of ours in the call says of the timer: who sends it refreshes.
    pub(super) fn write_timer(&self, hub: &Hub, headers: &mut Headers) {
        headers.push(Name::Supported, "timer");
        let seconds = self
            .timer
            .as_ref()
            .map_or(hub.settings.session.seconds, |timer| timer.seconds);
        let refresher = match self.timer {
            Some(SessionTimer {
                whose: Whose::Theirs,
                ..
            }) => Refresher::Uas,
            Some(SessionTimer {
                whose: Whose::Ours, ..
            })
            | None => Refresher::Uac,
        };
        let expires = SessionExpires {
            seconds,
            refresher: Some(refresher),
        };
        headers.push(Name::SessionExpires, expires.to_string());
        headers.push(Name::MinSe, hub.settings.session.min_seconds.to_string());
    }
}

impl Call {
    pub(super) fn handle_refresh_timeout(&mut self, now: Micros, hub: &mut Hub) {
        let Some(session) = &mut self.session else {
            return;
        };
        let is_free = session.is_free();
        let update = session.update;
        let local_sdp = session.local_sdp.clone();
        let Some(timer) = &mut session.timer else {
            return;
        };
        if now >= timer.ends_at {
            // RFC 4028 10; the reason tells the other side that nobody meant it.
            let reason = Reason::sip(408);
            return self.hang_up(now, hub, End::new(Cause::Expired), Some(&reason));
        }
        if timer.whose == Whose::Theirs || now < timer.refresh_at {
            return;
        }
        timer.postpone(now);
        if is_free {
            match update {
                UpdateUse::Known => self.ask(now, hub, Method::Update, None, Purpose::Refresh),
                UpdateUse::Unknown => {
                    self.ask(now, hub, Method::Invite, Some(local_sdp), Purpose::Refresh)
                }
            }
        }
    }
}
