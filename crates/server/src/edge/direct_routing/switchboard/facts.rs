//! What happened in media, as facts of conversations.

use super::super::conversation::Conversation;
use super::super::teller::Tell;
use super::{Asked, Switchboard, hang_up};
use tandem_core::ids::EffectId;
use tandem_core::input::{CallFact, Collected, MediaEnd};
use tandem_media::dtmf::Digit;
use tandem_transport::media::{Fact, How, Key, Pressed, RecordingState, Why};
use tandem_transport::sip::Side;

impl Switchboard {
    pub(super) fn media(&mut self, side: &mut Side<'_>, fact: Fact) {
        match fact {
            Fact::PromptEnded { key, how } => self.prompt_ended(key, how),
            Fact::Collected(collected) => {
                self.collected(collected.key, &collected.digits, collected.why);
            }
            Fact::Recording {
                conversation,
                key,
                state,
            } => {
                let id = self.by_media.get(&conversation).copied();
                let is_of = |id: &u64| {
                    let recording = self.conversations.get(id).map(|it| &it.recording);
                    recording.is_some_and(|it| it.as_ref().is_some_and(|it| it.key == key))
                };
                if let Some(id) = id.filter(is_of) {
                    self.recording(id, &state);
                }
            }
            Fact::MediaFailed { leg, why } => {
                tracing::warn!(why, "a leg cannot go on sending");
                if let Some((id, party)) = self.legs.get(&leg).copied() {
                    let parties = self.conversations.get(&id).map(|it| &it.parties);
                    if let Some(party) = parties.and_then(|it| it.get(&party)) {
                        let call = party.call;
                        hang_up(side, call);
                    }
                }
            }
            // A party that has fallen silent may be on hold at its own side: SIP's timers end what is gone.
            Fact::LegSilent { .. }
            | Fact::LegHeard { .. }
            | Fact::Digits { .. }
            | Fact::Talk { .. }
            | Fact::Closed { .. } => {}
        }
    }

    fn prompt_ended(&mut self, key: Key, how: How) {
        let Some(Asked::Prompt(id, effect)) = self.answered_by(key) else {
            return;
        };
        let end = match how {
            How::Completed => MediaEnd::Completed,
            How::Stopped | How::Interrupted => MediaEnd::Canceled,
        };
        if let Some(conversation) = self.conversations.get(&id) {
            self.tell(conversation, CallFact::PromptEnded { effect, end });
        }
    }

    fn collected(&mut self, key: Key, digits: &Pressed, why: Why) {
        let Some(Asked::Question(id, effect)) = self.answered_by(key) else {
            return;
        };
        let Some(conversation) = self.conversations.get(&id) else {
            return;
        };
        let text = |digits: &[Digit]| digits.iter().map(|it| it.as_char()).collect::<String>();
        let result = match (why, digits) {
            (Why::Stopped, _) => Collected::Canceled,
            (_, Pressed::Plain(digits)) if digits.is_empty() => Collected::NoInput,
            (_, Pressed::Plain(digits)) => Collected::Digits(text(digits)),
            (_, Pressed::Masked(digits)) if digits.reveal().is_empty() => Collected::NoInput,
            (_, Pressed::Masked(digits)) => {
                return self.masked(conversation, effect, text(digits.reveal()));
            }
        };
        self.tell(conversation, CallFact::Collected { effect, result });
    }

    fn masked(&self, conversation: &Conversation, effect: EffectId, digits: String) {
        let teller = self.tellers.get(&conversation.center);
        if let (Some(teller), Some(contact)) = (teller, conversation.contact) {
            teller.tell(Tell::Masked {
                contact,
                effect,
                digits,
            });
        }
    }

    /// A pause and its end are confirmed to whoever ordered them; the others are facts.
    fn recording(&mut self, id: u64, state: &RecordingState) {
        let Some(conversation) = self.conversations.get_mut(&id) else {
            return;
        };
        let Some(recording) = &mut conversation.recording else {
            return;
        };
        let reference = recording.reference.clone();
        let fact = match state {
            RecordingState::Running => {
                recording.is_paused = false;
                CallFact::RecordingActive { reference }
            }
            RecordingState::Paused => {
                recording.is_paused = true;
                CallFact::RecordingInactive { reference }
            }
            RecordingState::Finished => {
                conversation.recording = None;
                CallFact::RecordingInactive { reference }
            }
            RecordingState::Failed(why) => {
                tracing::error!(why, "a recording failed");
                conversation.recording = None;
                CallFact::RecordingFailed {
                    reference,
                    code: "not-kept".to_owned(),
                }
            }
        };
        if let Some(conversation) = self.conversations.get(&id) {
            self.tell(conversation, fact);
        }
    }
}
