//! What Teams shows of one person: a slow model, out of everything that speaks for them (microsoft-graph.md 4).

use tandem_core::presence::keeper::{Session, Write};
use tandem_core::presence::{Doing, Seen, Status};
use tandem_core::time::Timestamp;

/// What the person's own client says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// There.
    Active,
    /// Idle for a while.
    Away,
    /// Not running.
    SignedOut,
}

/// A status that a person chooses by hand, and that shows that it was chosen. Whoever chooses available or away looks as
/// if the client said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Busy.
    Busy,
    /// Do not disturb.
    DoNotDisturb,
    /// Be right back.
    BeRightBack,
    /// Appear offline.
    Offline,
}

/// What the person chose was written over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overwritten(pub Chosen);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Preferred {
    Ours { status: Status, until: Timestamp },
    Chosen(Chosen),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OurSession {
    session: Session,
    since: Timestamp,
    until: Timestamp,
}

/// Everything that speaks for one person.
#[derive(Clone, Debug)]
pub struct Teams {
    /// The person's client.
    pub client: Client,
    /// Whether the calendar says that there is a meeting.
    pub is_meeting: bool,
    /// Whether the client is in a call.
    pub is_calling: bool,
    session: Option<OurSession>,
    preferred: Option<Preferred>,
}

const OFFLINE: Seen = seen(Status::Offline, Doing::Nothing);

const fn seen(status: Status, doing: Doing) -> Seen {
    Seen { status, doing }
}

/// What goes before what among those who speak; offline is nobody.
const fn rank(seen: Seen) -> u8 {
    match seen.status {
        Status::DoNotDisturb => 5,
        Status::Busy => 4,
        Status::Available => 3,
        Status::Away | Status::BeRightBack => 1,
        Status::Offline => 0,
    }
}

impl Teams {
    /// Somebody whose client runs.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            client: Client::Active,
            is_meeting: false,
            is_calling: false,
            session: None,
            preferred: None,
        }
    }

    /// What is shown.
    #[must_use]
    pub fn shows(&self, now: Timestamp) -> Seen {
        let client = match self.client {
            Client::Active => seen(Status::Available, Doing::Nothing),
            Client::Away => seen(Status::Away, Doing::Nothing),
            Client::SignedOut => OFFLINE,
        };
        let is_there = self.client != Client::SignedOut;
        let meeting = { self.is_meeting && is_there }.then_some(seen(Status::Busy, Doing::Meeting));
        let call = { self.is_calling && is_there }.then_some(seen(Status::Busy, Doing::Call));
        let session = self.session.map(|it| it.shows(now));
        // What was said first stays where two are equal.
        let mut first = client;
        for it in [meeting, session, call].into_iter().flatten() {
            if rank(it) > rank(first) {
                first = it;
            }
        }
        if rank(first) == 0 {
            return OFFLINE;
        }
        match self.preferred {
            Some(Preferred::Chosen(it)) => it.shows(),
            Some(Preferred::Ours { status, until }) if now < until => {
                let doing = if status == Status::Offline {
                    Doing::Other
                } else {
                    Doing::Nothing
                };
                seen(status, doing)
            }
            Some(Preferred::Ours { .. }) | None => first,
        }
    }

    /// The person chooses a status by hand, or none any more. Whoever chooses what stands there as ours already cannot be told
    /// from it.
    pub fn choose(&mut self, now: Timestamp, chosen: Option<Chosen>) {
        match chosen {
            Some(it) if self.has_preferred(now, it.shows().status) => {}
            Some(it) => self.preferred = Some(Preferred::Chosen(it)),
            None => self.preferred = self.preferred.filter(|it| !it.is_chosen()),
        }
    }

    /// Whether a preferred status of ours stands.
    fn has_preferred(&self, now: Timestamp, wanted: Status) -> bool {
        match self.preferred {
            Some(Preferred::Ours { status, until }) => status == wanted && now < until,
            Some(Preferred::Chosen(_)) | None => false,
        }
    }

    /// Whether something that the person or the calendar says goes before what Tandem writes.
    #[must_use]
    pub fn speaks_first(&self) -> bool {
        let is_there = self.client != Client::SignedOut;
        self.preferred.is_some_and(Preferred::is_chosen)
            || is_there && (self.is_meeting || self.is_calling)
    }

    /// Whether anything of ours stands.
    #[must_use]
    pub fn has_ours(&self, now: Timestamp) -> bool {
        let session = self.session.is_some_and(|it| now < it.until);
        let preferred = match self.preferred {
            Some(Preferred::Ours { until, .. }) => now < until,
            Some(Preferred::Chosen(_)) | None => false,
        };
        session || preferred
    }

    /// Tandem writes.
    ///
    /// # Errors
    /// [`Overwritten`], if it took the place of what the person chose.
    pub fn write(&mut self, now: Timestamp, write: Write) -> Result<(), Overwritten> {
        let chosen = match self.preferred {
            Some(Preferred::Chosen(chosen)) => Some(chosen),
            Some(Preferred::Ours { .. }) | None => None,
        };
        match write {
            Write::SetSession { session, for_s } => {
                let until = now.plus_seconds(for_s);
                self.session = Some(OurSession {
                    session,
                    since: now,
                    until,
                });
            }
            Write::ClearSession => self.session = None,
            Write::SetPreferred { status, for_s } => {
                let until = now.plus_seconds(for_s);
                self.preferred = Some(Preferred::Ours { status, until });
                return chosen.map_or(Ok(()), |it| Err(Overwritten(it)));
            }
            Write::ClearPreferred => {
                self.preferred = None;
                return chosen.map_or(Ok(()), |it| Err(Overwritten(it)));
            }
        }
        Ok(())
    }
}

impl Default for Teams {
    fn default() -> Self {
        Self::new()
    }
}

impl Preferred {
    const fn is_chosen(self) -> bool {
        match self {
            Self::Chosen(_) => true,
            Self::Ours { .. } => false,
        }
    }
}

impl Chosen {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Busy,
        Self::DoNotDisturb,
        Self::BeRightBack,
        Self::Offline,
    ];

    const fn shows(self) -> Seen {
        match self {
            Self::Busy => seen(Status::Busy, Doing::Nothing),
            Self::DoNotDisturb => seen(Status::DoNotDisturb, Doing::Nothing),
            Self::BeRightBack => seen(Status::BeRightBack, Doing::Nothing),
            Self::Offline => seen(Status::Offline, Doing::Other),
        }
    }
}

impl OurSession {
    /// A session that says available fades: it is idle after five minutes, which is no other status, and away after ten.
    fn shows(&self, now: Timestamp) -> Seen {
        if self.until <= now {
            return OFFLINE;
        }
        match self.session {
            Session::Available if self.since.plus_seconds(600) <= now => {
                seen(Status::Away, Doing::Nothing)
            }
            Session::Available => seen(Status::Available, Doing::Nothing),
            Session::Call => seen(Status::Busy, Doing::Call),
            Session::Away => seen(Status::Away, Doing::Nothing),
        }
    }
}
