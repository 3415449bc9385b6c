//! What a plane tells its owner. Facts that the other side causes are limited to ten per leg and second: digits beyond
//! that wait and are told together, everything else is counted.

use super::id::{ConversationId, Key, LegId};
use super::settings::Masking;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tandem_media::Micros;
use tandem_media::dtmf::Digit;
use tandem_media::session;
use tokio::sync::mpsc;

/// Something that happened in media.
#[derive(Debug)]
pub enum Fact {
    /// Neither RTP nor RTCP has come for [`super::Settings::silent_after`]. Told once until the leg is heard again. A
    /// pause in speech is not meant: where the other side saves packets, its RTCP goes on.
    LegSilent { leg: LegId, since: Instant },
    /// A leg that was silent is heard again.
    LegHeard { leg: LegId },
    /// Digits that nobody asked for. In a pause of the recording they are not told at all.
    Digits { leg: LegId, digits: Vec<Digit> },
    /// A question has ended.
    Collected(Collected),
    /// A prompt is over. Music that repeats ends when it is stopped or something else is played.
    PromptEnded { key: Key, how: How },
    /// What a recording does now.
    Recording {
        conversation: ConversationId,
        key: Key,
        state: RecordingState,
    },
    /// Somebody spoke, and has stopped. Known where sound is decoded, and of relayed G.711.
    Talk {
        leg: LegId,
        from: Instant,
        until: Instant,
    },
    /// A leg cannot go on sending: the key is used up, or the socket fails. Told once.
    MediaFailed { leg: LegId, why: String },
    /// A leg is closed, and how it was.
    Closed { leg: LegId, quality: Quality },
}

/// How a question ended.
#[derive(Debug)]
pub struct Collected {
    pub leg: LegId,
    pub key: Key,
    pub digits: Pressed,
    pub why: Why,
}

/// What was pressed.
#[derive(Debug)]
pub enum Pressed {
    Plain(Vec<Digit>),
    /// The question is masked, or the recording paused while it was answered.
    Masked(Masked),
}

impl Pressed {
    pub(super) fn new(digits: Vec<Digit>, masking: Masking) -> Self {
        match masking {
            Masking::Plain => Self::Plain(digits),
            Masking::Masked => Self::Masked(Masked(digits)),
        }
    }
}

/// Digits that may be a secret: their debug form does not even tell how many there are.
pub struct Masked(Vec<Digit>);

impl Masked {
    /// For whoever seals them.
    #[must_use]
    pub fn reveal(&self) -> &[Digit] {
        &self.0
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masked(_)")
    }
}

/// Why a question is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// As many digits as it takes.
    Full,
    /// One of the digits that end it.
    Ended(Digit),
    /// No digit in time.
    Silence,
    /// Some digits, then none in time.
    SilenceAfter,
    /// Stopped, or another question took its place.
    Stopped,
}

/// How a prompt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Heard to its end.
    Completed,
    /// By an order.
    Stopped,
    /// By a digit.
    Interrupted,
}

/// What a recording does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingState {
    Running,
    /// Nothing that is said from before this fact on is kept.
    Paused,
    /// Its sink has it all; what it lacks was told to the sink.
    Finished,
    /// Its sink refused; what was written until then is whatever the sink made of it.
    Failed(String),
}

/// How a leg was, told when it is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Quality {
    pub packets: session::Counts,
    /// Loss, jitter and round trip as RTP and RTCP know them.
    pub line: session::Quality,
    /// Frames that had to be made up.
    pub n_concealed: u64,
    pub n_sent: u64,
    /// The operating system did not take a packet.
    pub n_send_failures: u64,
    /// Datagrams that came before anything was agreed on.
    pub n_early: u64,
    /// Facts and digits that were not told, since there were too many.
    pub n_facts_withheld: u64,
}

/// The channel of facts, which never makes a media thread wait.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    sender: mpsc::Sender<Fact>,
    n_lost: Arc<AtomicU64>,
}

impl Facts {
    pub(super) fn new(n_max: usize) -> (Self, mpsc::Receiver<Fact>) {
        let (sender, receiver) = mpsc::channel(n_max);
        let n_lost = Arc::new(AtomicU64::new(0));
        (Self { sender, n_lost }, receiver)
    }

    pub(super) fn tell(&self, fact: Fact) {
        if self.sender.try_send(fact).is_err() {
            self.n_lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn n_lost(&self) -> u64 {
        self.n_lost.load(Ordering::Relaxed)
    }
}

/// How many facts a leg may cause: ten in a second, whenever it begins.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Budget {
    since: Micros,
    n_told: u32,
}

impl Budget {
    const PER_SECOND: u32 = 10;
    const SECOND: Micros = 1_000_000;

    /// Takes one, if there is one.
    pub(super) const fn take(&mut self, now: Micros) -> bool {
        if now - self.since >= Self::SECOND {
            self.since = now;
            self.n_told = 0;
        }
        if self.n_told == Self::PER_SECOND {
            return false;
        }
        self.n_told += 1;
        true
    }

    /// When there are some again.
    pub(super) const fn renewed(&self) -> Micros {
        self.since + Self::SECOND
    }
}
