//! What the switchboard is told from outside: a closed list. Whoever wants an answer waits at a channel of their own.

use super::conversation::Role;
use super::recording::KeptSink;
use super::roll::Roll;
use super::teller::Teller;
use super::trunks::Configured;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::effect::Outcome;
use tandem_core::ids::{ContactId, EffectId, TrunkId};
use tandem_core::trunk::Phone;
use tandem_media::dtmf::Digit;
use tandem_media::player::Repeat;
use tandem_sip::Farewell;
use tandem_transport::media::{Fact, Masking, Sound};
use tokio::sync::{mpsc, oneshot};

/// What the switchboard is told.
pub(super) enum Order {
    /// A contact center joins, or its trunks have changed.
    Trunks {
        center: Arc<str>,
        teller: Teller,
        /// Where its calls stand while they are up; nowhere, where that cannot be written.
        roll: Option<Roll>,
        trunks: Vec<Configured>,
    },
    /// An earlier process was in these calls, and is gone.
    Goodbye(Vec<Farewell>),
    /// What the core made of a call that arrived; nothing where it was turned away.
    Became {
        center: Arc<str>,
        conversation: u64,
        contact: Option<ContactId>,
    },
    /// The core wants something of a conversation.
    Act {
        center: Arc<str>,
        reference: String,
        act: Act,
        reply: oneshot::Sender<Outcome>,
    },
    /// The core begins a call.
    Begin {
        begin: Box<Begin>,
        reply: oneshot::Sender<Outcome>,
    },
    /// Something happened in media.
    Media(Fact),
    /// How the trunks of a contact center do.
    Look {
        center: Arc<str>,
        reply: oneshot::Sender<Vec<TrunkState>>,
    },
    /// Each host of a trunk is asked whether it is there. What comes of it is told for each, and the channel closes when
    /// all have answered.
    Try {
        center: Arc<str>,
        trunk: TrunkId,
        tell: mpsc::UnboundedSender<HostTried>,
    },
    /// Everything is to end: what is up is hung up.
    Close { done: oneshot::Sender<()> },
}

/// A call that begins here.
pub(super) struct Begin {
    pub(super) center: Arc<str>,
    pub(super) contact: ContactId,
    pub(super) effect: EffectId,
    /// The number of ours that it comes from.
    pub(super) from: String,
    pub(super) to: Callee,
}

/// Who is called into a conversation.
pub(super) struct Callee {
    pub(super) to: To,
    /// The opaque address by which the core knows them.
    pub(super) address: String,
    pub(super) role: Role,
    pub(super) ring: Duration,
}

/// Where somebody is called.
pub(super) enum To {
    Phone(Phone),
    /// A number outside, international with its plus.
    Number(String),
    /// As somebody dialed it.
    Dialed(String),
}

/// What the core wants of a conversation.
pub(super) enum Act {
    Answer {
        contact: ContactId,
    },
    Reject,
    Play {
        effect: EffectId,
        sound: Sound,
        repeat: Repeat,
    },
    Collect {
        effect: EffectId,
        /// Silence is asked without.
        sound: Option<Sound>,
        question: Question,
    },
    StopMedia,
    Ring {
        effect: EffectId,
        callee: Callee,
    },
    StopRinging {
        invitation: String,
    },
    Remove {
        address: String,
    },
    Hold {
        who: Whom,
        music: Sound,
    },
    Unhold {
        who: Whom,
    },
    SendDigits {
        who: Whom,
        digits: Vec<Digit>,
    },
    Record {
        effect: EffectId,
        sink: Box<KeptSink>,
    },
    PauseRecording,
    ResumeRecording,
    StopRecording,
    HangUp,
    Inquire {
        wants_recording: bool,
    },
}

/// A question for digits.
pub(super) struct Question {
    pub(super) n_digits_max: usize,
    pub(super) ends: Vec<Digit>,
    pub(super) first_within: Duration,
    pub(super) next_within: Duration,
    pub(super) masking: Masking,
}

/// A party of a conversation.
pub(super) enum Whom {
    Customer,
    At(String),
}

/// How a trunk does, as far as this process knows.
#[derive(Clone, Debug)]
pub(crate) struct TrunkState {
    pub(crate) trunk: TrunkId,
    pub(crate) n_calls: u32,
    /// In the trunk's order; none of phones.
    pub(crate) hosts: Vec<HostState>,
    /// Phones that are registered now.
    pub(crate) registered: Vec<String>,
}

/// What came of asking a host whether it is there.
#[derive(Clone, Debug)]
pub(crate) struct HostTried {
    pub(crate) host: String,
    /// Status and time of the answer; none where it came to nothing, or is waited for.
    pub(crate) answered: Option<(u16, Duration)>,
}

/// How a host of a trunk does.
#[derive(Clone, Debug)]
pub(crate) struct HostState {
    pub(crate) host: String,
    pub(crate) state: tandem_sip::health::State,
    /// When it answered last, Unix microseconds.
    pub(crate) up_at: Option<i64>,
    /// Whether it has looked for us, or called, lately.
    pub(crate) is_heard: bool,
    /// Why the last connection to it failed, if one did since it was up.
    pub(crate) trouble: Option<String>,
}
