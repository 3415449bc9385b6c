//! Consent to being recorded (B-237): announced, or asked for. Only what was heard to its end counts, and
//! silence is no yes.

use super::OpenTurn;
use crate::event::Event;
use crate::flow::{AskConsent, Key, Node, NodeId, Prompt};
use crate::ids::ContactId;
use crate::input::Collected;
use crate::recording::{Consent, Purpose};

impl OpenTurn<'_> {
    /// A `consent` node: says it, or asks.
    pub(super) fn ask_consent(&mut self, id: ContactId, prompt: &Prompt, ask: Option<AskConsent>) {
        let Some(ask) = ask else {
            self.say(id, prompt);
            return;
        };
        self.ask_key(id, prompt, ask.timeout_s);
    }

    /// It was said to the end. What the customer answered before stands.
    pub(super) fn consent_announced(&mut self, id: ContactId, name: NodeId, given: NodeId) {
        if self.contact(id).is_some_and(|it| it.consent.is_none()) {
            self.note_consent(id, name, Consent::Announced);
        }
        self.enter(id, given);
    }

    pub(super) fn consent_answered(
        &mut self,
        id: ContactId,
        name: NodeId,
        node: Node,
        result: Collected,
    ) {
        let Node::Consent {
            ask: Some(ask),
            given,
            failed,
            refused,
            ..
        } = &node
        else {
            return;
        };
        match result {
            Collected::Digits(digits) => match digits.chars().next().and_then(Key::new) {
                Some(key) if key == ask.accept => {
                    self.note_consent(id, name, Consent::Given);
                    self.enter(id, given.clone());
                }
                Some(key) if key == ask.refuse => self.refuses(id, name, refused.clone()),
                Some(_) | None => self.consent_missed(id, name, &node, Some(digits)),
            },
            Collected::NoInput => self.consent_missed(id, name, &node, None),
            Collected::Failed { code } => {
                self.take_exit(id, name, "failed", Some(code), failed.clone());
            }
            // Nothing that is asked for here is masked.
            Collected::Masked(_) | Collected::Canceled => {}
        }
    }

    fn note_consent(&mut self, id: ContactId, node: NodeId, consent: Consent) {
        self.record(Event::ConsentNoted {
            contact: id,
            node,
            consent,
        });
    }

    /// What was recorded until now is not kept either.
    fn refuses(&mut self, id: ContactId, name: NodeId, refused: NodeId) {
        self.note_consent(id, name.clone(), Consent::Refused);
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        if recording.is_some_and(|it| it.purpose == Purpose::Call) {
            self.discard_recording(id);
        }
        self.take_exit(id, name, "refused", None, refused);
    }

    /// Nothing, or another key: it is asked again, and in the end goes on without consent.
    fn consent_missed(&mut self, id: ContactId, name: NodeId, node: &Node, keys: Option<String>) {
        let Node::Consent {
            prompt,
            ask: Some(ask),
            refused,
            ..
        } = node
        else {
            return;
        };
        let is_over = self.misses(id) >= ask.retries;
        self.note_miss(id, &name, keys);
        if is_over {
            let code = Some("no_answer".to_owned());
            self.take_exit(id, name, "refused", code, refused.clone());
        } else {
            self.ask_consent(id, prompt, Some(*ask));
        }
    }
}
