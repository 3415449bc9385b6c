//! What neighbors are told, what they are asked, and what they tell the world, as values.

use super::Neighbor;
use super::habit::{Habit, Refusal};
use crate::people::Behaviour;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tandem_transport::media::Fact;
use tokio::sync::oneshot;

/// A status of HTTP with its body, or with why nothing was done.
pub(crate) type Told = Result<(u16, Value), (u16, String)>;

/// Whom an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    One(Neighbor),
    /// Their answers are put together.
    All,
}

/// What a neighbor's owner of calls is told.
pub(crate) enum Order {
    Ask {
        ask: Ask,
        reply: oneshot::Sender<Told>,
    },
    Called(Word),
    /// A name of an SBC can be looked up from now on.
    Known {
        fqdn: String,
        proxy: usize,
    },
    Media(Fact),
    /// Hangs up on everybody.
    Close {
        done: oneshot::Sender<()>,
    },
}

/// The world's word on who is called.
#[derive(Debug, Clone)]
pub(crate) enum Word {
    /// With what their clients do.
    Reached { party: String, callee: Callee },
    /// Nobody can be called there.
    NotReached { party: String, refusal: Refusal },
}

/// A Teams user who is called.
#[derive(Debug, Clone)]
pub(crate) struct Callee {
    pub(crate) oid: String,
    pub(crate) name: String,
    pub(crate) behaviour: Behaviour,
}

/// What the control API asks for.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    Overview,
    Calls,
    Look {
        party: String,
    },
    Act {
        party: String,
        act: Act,
    },
    Place(Box<NewCall>),
    /// What a number, a phone or a Teams user does when it is called.
    SetHabit {
        of: String,
        habit: Habit,
    },
    /// How a listener serves: the carrier and the phones have one, Teams has three.
    SetService {
        listener: usize,
        service: Service,
    },
    Messages {
        party: Option<String>,
    },
    AddPhone(NewPhone),
    RemovePhone {
        user: String,
    },
    SetSbc(Sbc),
    SetDigest(Option<Digest>),
    SetDomains(Vec<String>),
}

/// What somebody in a call does now.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Answer,
    Decline,
    HangUp,
    Hold,
    Resume,
    Press {
        keys: String,
    },
    /// Another tone; none is silence.
    Say {
        hz: Option<u32>,
    },
    /// Asks the other side to call somebody else.
    Transfer {
        to: String,
    },
}

/// A call that a neighbor begins.
#[derive(Debug, Clone)]
pub(crate) struct NewCall {
    /// A number, `anonymous`, a phone's user, or the number of a Teams user's line.
    pub(crate) from: String,
    /// Shown beside it.
    pub(crate) name: Option<String>,
    pub(crate) to: String,
    /// Who calls, of Teams.
    pub(crate) oid: Option<String>,
    pub(crate) over: Over,
    pub(crate) tone_hz: Option<u32>,
    pub(crate) gives_up_after_ms: Option<u64>,
    pub(crate) script: Vec<super::habit::Step>,
    /// Further headers, by name.
    pub(crate) headers: BTreeMap<String, String>,
    /// Beside the description, for emergency calls: a document of PIDF-LO (RFC 5491).
    pub(crate) location: Option<String>,
    /// The SBC that it goes to, of Teams; the one that was heard last without.
    pub(crate) fqdn: Option<String>,
    /// Whether sound is encrypted; Teams always does.
    pub(crate) srtp: bool,
}

/// How messages travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Over {
    #[default]
    Udp,
    Tcp,
}

/// Where the SBC is that carrier and phones stand beside.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sbc {
    pub(crate) host: String,
    #[serde(default)]
    pub(crate) udp: Option<u16>,
    #[serde(default)]
    pub(crate) tcp: Option<u16>,
}

/// As whom the SBC proves itself to the carrier.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Digest {
    pub(crate) user: String,
    pub(crate) secret: String,
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Digest").finish_non_exhaustive()
    }
}

/// A phone that registers.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPhone {
    #[serde(skip)]
    pub(crate) user: String,
    #[serde(default)]
    pub(crate) secret: String,
    #[serde(default)]
    pub(crate) over: Over,
    #[serde(default = "ten_minutes")]
    pub(crate) expires_s: u32,
}

const fn ten_minutes() -> u32 {
    600
}

impl std::fmt::Debug for NewPhone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPhone").finish_non_exhaustive()
    }
}

/// Whether somebody who listens serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(tag = "does", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Service {
    #[default]
    Serve,
    /// 503 with Retry-After to whatever begins something.
    Refuse {
        #[serde(default = "one_second")]
        retry_after_s: u32,
    },
    /// Takes everything and says nothing.
    Silent,
}

const fn one_second() -> u32 {
    1
}

/// What the world is told.
#[derive(Debug, Clone)]
pub(crate) enum Notice {
    /// Somebody of Teams is called: by number, or by object id (a transfer within Teams).
    Called { party: String, callee: CalledAs },
    /// A call of a Teams user came to something else.
    Is {
        party: String,
        oid: String,
        is: Seat,
    },
}

/// How a Teams user is named in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CalledAs {
    Number(String),
    Oid(String),
}

/// How far a Teams user's call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seat {
    Ringing,
    Up,
    Over,
}
