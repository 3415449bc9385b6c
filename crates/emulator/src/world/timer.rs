//! Everything that happens by itself, and where it goes when it is due.
//!
//! A timer names what it is about; if that is gone or has moved on when it fires, nothing happens.

use super::World;
use crate::acs::callback::{self, Pending};
use crate::acs::transcription::Share;
use crate::acs::{
    call, connect, digits, feed, incoming, invitation, media, moving, participant, recognize,
    recording, speech, streaming,
};
use crate::event_grid;
use crate::graph::{presence, subscription};
use crate::people::{phone, script, voice};
use crate::storage;
use tandem_microsoft::acs::media::Tone;

#[derive(Debug, Clone)]
pub(crate) enum Timer {
    /// Nobody answered an incoming call.
    RingTimeout {
        context: String,
    },
    /// A caller has had enough: no human agent in the call.
    PatienceOver {
        phone: String,
        epoch: u64,
    },
    /// A conversation has come to its end.
    TalkOver {
        phone: String,
        epoch: u64,
    },
    /// The script hangs up, whatever happened.
    ScriptHangUp {
        phone: String,
    },
    /// Media of an answered call is up.
    Connected {
        call: String,
    },
    /// A connection to a call that runs already is up.
    Attached {
        call: String,
    },
    /// Participants of another call have come over.
    Moved {
        call: String,
        moving: Box<moving::Move>,
    },
    /// Somebody who rings does what is their habit.
    InvitationActs {
        call: String,
        invitation: String,
    },
    InvitationTimeout {
        call: String,
        invitation: String,
    },
    Removed {
        call: String,
        removal: Box<participant::Removal>,
    },
    PromptEnded {
        call: String,
        operation: u64,
        round: u64,
    },
    InitialSilence {
        call: String,
        operation: u64,
    },
    InterTone {
        call: String,
        operation: u64,
        tones: usize,
    },
    Press {
        call: String,
        operation: u64,
        phone: String,
        tone: Tone,
    },
    Speak {
        call: String,
        operation: u64,
        phone: String,
        text: String,
    },
    /// 20 ms of a media stream are over.
    Frame {
        call: String,
        socket: u64,
    },
    /// Part of what somebody says has been said.
    Transcribe {
        call: String,
        utterance: u64,
        share: Share,
    },
    /// A fault: a WebSocket breaks off.
    FeedBreaks {
        socket: u64,
    },
    /// The last of the tones that are sent is out.
    TonesSent {
        call: String,
        operation: u64,
    },
    /// A recording is as long as one may be.
    RecordingTooLong {
        recording: String,
    },
    /// The file of a recording is ready.
    RecordingFile {
        recording: String,
    },
    /// Steps of a script that are done one after the other.
    ScriptPresses {
        phone: String,
        tone: Tone,
    },
    ScriptSays {
        phone: String,
        text: String,
    },
    ScriptGoesOn {
        phone: String,
        step: usize,
    },
    ScriptDeadline {
        phone: String,
        step: usize,
    },
    CallbackRetry {
        call: String,
    },
    CallbackLate {
        pending: Box<Pending>,
    },
    CallbackRelease {
        call: String,
    },
    EventRetry {
        event: u64,
    },
    /// A session of an application fades or ends, or what somebody preferred is over.
    PresenceChanges {
        oid: String,
    },
    /// Somebody's presence changes by chance.
    PresenceWanders,
    /// An endpoint did not answer the handshake of a subscription.
    ValidationOver {
        ticket: u64,
    },
    /// A subscription ends, or says that it will.
    SubscriptionDue {
        id: String,
    },
    NoticeRetry {
        notice: u64,
    },
    /// An event that was given up is kept as a dead letter.
    DeadLetter {
        event: u64,
        why: event_grid::GivenUp,
    },
}

pub(super) fn fire(world: &mut World, timer: Timer) {
    match timer {
        Timer::RingTimeout { context } => incoming::ring_timeout(world, &context),
        Timer::PatienceOver { phone, epoch } => phone::patience_over(world, &phone, epoch),
        Timer::TalkOver { phone, epoch } => phone::talk_over(world, &phone, epoch),
        Timer::ScriptHangUp { phone } => phone::hang_up(world, &phone, "the script hung up"),
        Timer::Connected { call } => call::connected(world, &call),
        Timer::Attached { call } => connect::attached(world, &call),
        Timer::Moved { call, moving } => moving::moved(world, &call, &moving),
        Timer::InvitationActs { call, invitation } => invitation::acts(world, &call, &invitation),
        Timer::InvitationTimeout { call, invitation } => {
            invitation::times_out(world, &call, &invitation)
        }
        Timer::Removed { call, removal } => participant::removed(world, &call, &removal),
        Timer::PromptEnded {
            call,
            operation,
            round,
        } => media::prompt_ended(world, &call, operation, round),
        Timer::InitialSilence { call, operation } => {
            recognize::initial_silence(world, &call, operation)
        }
        Timer::InterTone {
            call,
            operation,
            tones,
        } => recognize::inter_tone(world, &call, operation, tones),
        Timer::Press {
            call,
            operation,
            phone,
            tone,
        } => recognize::reply_key(world, &call, operation, &phone, tone),
        Timer::Speak {
            call,
            operation,
            phone,
            text,
        } => recognize::reply_words(world, &call, operation, &phone, &text),
        Timer::Frame { call, socket } => streaming::frame(world, &call, socket),
        Timer::Transcribe {
            call,
            utterance,
            share,
        } => speech::heard(world, &call, utterance, share),
        Timer::FeedBreaks { socket } => feed::breaks(world, socket),
        Timer::TonesSent { call, operation } => digits::sent(world, &call, operation),
        Timer::RecordingTooLong { recording } => {
            recording::end(world, &recording, recording::End::TooLong);
        }
        Timer::RecordingFile { recording } => storage::announce(world, &recording),
        Timer::ScriptPresses { phone, tone } => voice::press_key(world, &phone, tone),
        Timer::ScriptSays { phone, text } => voice::speak_words(world, &phone, &text),
        Timer::ScriptGoesOn { phone, step } => script::goes_on(world, &phone, step),
        Timer::ScriptDeadline { phone, step } => script::deadline(world, &phone, step),
        Timer::CallbackRetry { call } => callback::retry(world, &call),
        Timer::CallbackLate { pending } => world.send_loose_callback(&pending),
        Timer::CallbackRelease { call } => callback::release(world, &call),
        Timer::DeadLetter { event, why } => event_grid::dead_letter(world, event, why),
        Timer::PresenceChanges { oid } => presence::changed(world, &oid),
        Timer::ValidationOver { ticket } => subscription::validation_over(world, ticket),
        Timer::SubscriptionDue { id } => subscription::due(world, &id),
        Timer::NoticeRetry { notice } => subscription::notice::attempt(world, notice),
        Timer::PresenceWanders => presence::by_hand::wanders(world),
        Timer::EventRetry { event } => event_grid::attempt(world, event),
    }
}
