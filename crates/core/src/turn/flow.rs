//! Walking a contact through its flow, into its queue and out of it.

use super::leaving::WayOut;
use super::{OpenTurn, Reply};
use crate::contact::{Contact, HOURS_EXIT, QUEUE_EXIT, State};
use crate::effect::{Effect, Repeat};
use crate::event::{EndReason, Event};
use crate::flow::{Flow, Node, NodeId, Prompt};
use crate::ids::{ContactId, EffectId, FlowId, QueueId};
use crate::input::{Collected, MediaEnd};
use crate::limits;
use crate::prompt::Heard;
use crate::recording::{Channels, Purpose};
use std::collections::BTreeMap;

impl OpenTurn<'_> {
    /// Starts the flow of the endpoint that was called.
    pub(super) fn start_flow(&mut self, id: ContactId) {
        if self.contact(id).is_none() {
            return;
        }
        let found = self.flow_of_endpoint(id);
        let found = found.map(|(flow, version, document)| (flow, version, document.start.clone()));
        let Some((flow, version, start)) = found else {
            self.close(id, EndReason::ErrorInternal);
            return;
        };
        self.begin_flow(id, flow, version);
        self.enter(id, start);
    }

    /// The flow of a contact's endpoint as it stands, with its version.
    pub(super) fn flow_of_endpoint(&self, id: ContactId) -> Option<(FlowId, u64, &Flow)> {
        let settings = &self.state.settings;
        let endpoint = settings.endpoints.get(self.contact(id)?.endpoint)?;
        let flow = endpoint.document.flow;
        let standing = settings.flows.get(flow)?;
        Some((flow, standing.version, &standing.document))
    }

    pub(super) fn begin_flow(&mut self, id: ContactId, flow: FlowId, version: u64) {
        self.record(Event::FlowStarted {
            contact: id,
            flow,
            version,
        });
        self.tell_of_callback(id);
    }

    /// Enters a node, and those after it in which no time passes.
    pub(super) fn enter(&mut self, id: ContactId, first: NodeId) {
        let mut next = Some(first);
        while let Some(node) = next.take() {
            let visits = self
                .contact(id)
                .and_then(|it| it.run.as_ref())
                .map_or(0, |run| run.visits);
            if visits >= limits::FLOW_VISITS_MAX {
                self.close(id, EndReason::ErrorInternal);
                return;
            }
            self.record(Event::NodeEntered {
                contact: id,
                node: node.clone(),
            });
            next = self.execute(id, &node);
        }
        self.leave_masked(id);
    }

    /// Does what the node says; answers the next node where no time passes.
    pub(super) fn execute(&mut self, id: ContactId, name: &str) -> Option<NodeId> {
        if let Some(decision) = self.decision(id, name) {
            decision.fact.into_iter().for_each(|fact| self.record(fact));
            return Some(decision.next);
        }
        let node = self.flow_of(id)?.nodes.get(name)?.clone();
        match node {
            Node::Answer { next } => self.answer(id, next),
            Node::Voicemail { queue, prompt, .. } => self.ask_for_message(id, name, queue, &prompt),
            Node::Record {
                action,
                next,
                failed,
            } => self.record_call(id, name, action, (next, failed)),
            Node::Consent { prompt, ask, .. } => {
                self.ask_consent(id, &prompt, ask);
                None
            }
            Node::Play { prompt, .. } | Node::Message { prompt } => {
                self.say(id, &prompt);
                None
            }
            Node::Collect { .. } => self.ask_digits(id, name, node),
            Node::Menu { .. } => {
                self.ask_menu(id, &node);
                None
            }
            Node::Http { .. } => self.ask_system(id, name, node),
            Node::Transfer { .. } => self.call_outside(id, name, node),
            Node::SubFlow { .. } => self.enter_sub_flow(id, name, node),
            Node::Callback { .. } => self.book_in_flow(id, name, node),
            // Decided above.
            Node::Set { .. }
            | Node::Switch { .. }
            | Node::Loop { .. }
            | Node::QueueStatus { .. }
            | Node::Branch { .. }
            | Node::Hours { .. } => None,
            Node::Queue { .. } => self.enqueue(id, &node),
            Node::End => self.reach_end(id),
        }
    }

    /// What a contact hears of a prompt: in its language, with its attributes in the words.
    pub(super) fn heard(&self, id: ContactId, prompt: &Prompt) -> Heard {
        let settings = &self.state.settings;
        match self.contact(id) {
            Some(contact) => settings.heard(prompt, &contact.attributes),
            None => settings.heard(prompt, &BTreeMap::new()),
        }
    }

    /// Plays a prompt once to whoever is in the call.
    pub(super) fn say(&mut self, id: ContactId, prompt: &Prompt) {
        self.play(id, prompt, Repeat::Once);
    }

    /// Plays it to everybody on the leg, once or until the media is stopped.
    pub(super) fn play(&mut self, id: ContactId, prompt: &Prompt, repeat: Repeat) {
        let Some(leg) = self.leg(id) else {
            return;
        };
        let prompt = self.heard(id, prompt);
        self.order(Effect::Play {
            contact: id,
            leg,
            prompt,
            repeat,
        });
    }

    pub(super) fn flow_of(&self, id: ContactId) -> Option<&Flow> {
        let run = self.contact(id)?.run.as_ref()?;
        self.state.settings.flow_at(run.flow, run.version)
    }

    pub(super) fn node_of(&self, id: ContactId) -> Option<(NodeId, Node)> {
        let run = self.contact(id)?.run.as_ref()?;
        let node = self
            .state
            .settings
            .flow_at(run.flow, run.version)?
            .nodes
            .get(&run.node)?;
        Some((run.node.clone(), node.clone()))
    }

    pub(super) fn leg(&self, id: ContactId) -> Option<String> {
        self.contact(id)?.call.leg.clone()
    }

    /// A contact that reaches the end of its flow was served by it, unless a queue sent it there.
    pub(super) fn end_reason(&self, id: ContactId) -> EndReason {
        if let Some(reason) = self.contact(id).and_then(Contact::left_behind) {
            return reason;
        }
        let exit = self
            .contact(id)
            .and_then(|contact| contact.attributes.get(QUEUE_EXIT));
        match exit.map(String::as_str) {
            Some("timeout") => EndReason::Timeout,
            Some("full") => EndReason::QueueFull,
            Some("failed") => EndReason::ErrorMedia,
            Some("closed" | "emergency") => EndReason::ClosedHours,
            Some(_) => EndReason::Contained,
            None if self.came_outside_hours(id) => EndReason::ClosedHours,
            None if self.is_unanswered(id) => EndReason::RejectedSpam,
            None => EndReason::Contained,
        }
    }

    fn came_outside_hours(&self, id: ContactId) -> bool {
        let contact = self.contact(id);
        let exit = contact.and_then(|contact| contact.attributes.get(HOURS_EXIT));
        exit.is_some_and(|exit| exit != "open")
    }

    fn enqueue(&mut self, id: ContactId, node: &Node) -> Option<NodeId> {
        let Node::Queue {
            queue,
            full,
            keep_age,
            ..
        } = node
        else {
            return None;
        };
        let (queue, full) = (*queue, full.clone());
        let Some(document) = self.state.settings.queue(queue) else {
            return self.leave(id, queue, "full", full);
        };
        let (max_waiting, band) = (document.max_waiting, document.priority);
        let until = self.now.plus_seconds(document.max_wait_s);
        if let Some(WayOut { exit, target }) = self.way_out_of_closed(id, queue) {
            return self.leave(id, queue, exit, target);
        }
        let n_waiting = u32::try_from(self.state.n_waiting(queue)).unwrap_or(u32::MAX);
        if n_waiting >= max_waiting {
            return self.leave(id, queue, "full", full);
        }
        let stayed = self
            .contact(id)
            .and_then(|it| it.stayed.as_deref().copied());
        let stayed = stayed.filter(|_| *keep_age);
        let kept = self.place_kept(id, queue);
        let place = kept.map(|(_, it)| (it.since, it.seq));
        let place = place.or_else(|| stayed.map(|it| (it.since, it.seq)));
        self.record(Event::Enqueued {
            contact: id,
            queue,
            seq: place.map_or_else(|| self.state.next.enqueued(), |it| it.1),
            band,
            until,
            since: place.map(|it| it.0),
        });
        let entered = self.begin_plan(id);
        self.prefer(id);
        self.begin_music(id, queue, entered);
        self.plan_announcement(id, queue);
        self.plan_key(id, node);
        if let Some((callback, _)) = kept {
            self.is_on_the_line(callback, id);
        }
        self.place_first(id);
        None
    }

    /// Stops what plays or is asked on the contact's leg, if anything does.
    pub(super) fn stop_media(&mut self, id: ContactId) {
        let contact = self.contact(id).filter(|it| it.media.is_some());
        if let Some(leg) = contact.and_then(|it| it.call.leg.clone()) {
            self.order(Effect::StopMedia { contact: id, leg });
        }
    }

    /// Hangs up, or turns away a call that was never answered, and ends the contact.
    pub(super) fn close(&mut self, id: ContactId, reason: EndReason) {
        self.turn_away(id);
        self.hang_up(id);
        self.record(Event::ContactEnded {
            contact: id,
            reason,
        });
    }

    /// A prompt ended. Word of an older one says nothing about the present one.
    pub(super) fn prompt_ended(&mut self, id: ContactId, effect: EffectId, end: MediaEnd) -> Reply {
        // A present prompt is canceled by its own restart alone (class `restart` has one key for both): it
        // plays on, and should it not, its time runs out.
        if !self.is_present(id, effect) || end == MediaEnd::Canceled {
            return Reply::Ignored;
        }
        let is_announcement = self.is_announcement(id);
        self.record(Event::MediaEnded {
            contact: id,
            effect,
            end: end.clone(),
        });
        if self.parts_with_callback(id) || self.callback_offer_failed(id, effect, &end) {
            return Reply::Done;
        }
        if is_announcement {
            self.announcement_over(id);
            return Reply::Done;
        }
        if self.early_has_parted(id) {
            return Reply::Done;
        }
        let Some((name, node)) = self.node_of(id) else {
            return Reply::Done;
        };
        match (node, end) {
            (Node::Play { next, .. }, MediaEnd::Completed | MediaEnd::Silent) => {
                self.enter(id, next);
            }
            (
                Node::Play { failed, .. }
                | Node::Collect { failed, .. }
                | Node::Menu { failed, .. }
                | Node::Consent { failed, .. }
                | Node::Voicemail { failed, .. },
                MediaEnd::Failed { code },
            ) => {
                self.take_exit(id, name, "failed", Some(code), failed);
            }
            (Node::Consent { given, .. }, MediaEnd::Completed) => {
                self.consent_announced(id, name, given);
            }
            (Node::Voicemail { .. }, MediaEnd::Completed | MediaEnd::Silent) => {
                self.start_recording(id, Purpose::Message, Channels::Mixed, None);
            }
            (Node::Queue { failed, .. }, MediaEnd::Failed { code }) => {
                self.music_failed(id, name, code, failed);
            }
            // Whether it was heard or not, there is nothing after it.
            (Node::Message { .. }, MediaEnd::Completed | MediaEnd::Silent) => {
                let reason = self.end_reason(id);
                self.close(id, reason);
            }
            (Node::Message { .. }, MediaEnd::Failed { .. }) => {
                self.close(id, EndReason::ErrorMedia);
            }
            // Music that repeats has no end by itself; in the others nothing plays.
            (_, _) => {}
        }
        Reply::Done
    }

    /// In a queue the music repeats; what has an end is an announcement.
    fn is_announcement(&self, id: ContactId) -> bool {
        let Some(contact) = self.contact(id) else {
            return false;
        };
        let has_end = contact.media.as_ref().is_some_and(|it| it.until.is_some());
        has_end && matches!(contact.state, State::Queued(_) | State::Offering(..))
    }

    fn music_failed(&mut self, id: ContactId, name: NodeId, code: String, failed: Option<NodeId>) {
        // After a transfer it waits in another queue than that of its node.
        let waits_in = match self.contact(id).map(|it| &it.state) {
            Some(State::Queued(stay)) => Some(stay.queue),
            Some(_) | None => None,
        };
        match (failed, waits_in) {
            (Some(target), Some(queue)) => {
                self.record(Event::LeftQueue {
                    contact: id,
                    queue,
                    exit: "failed".to_owned(),
                });
                self.take_exit(id, name, "failed", Some(code), target);
            }
            (Some(_), None) | (None, _) => self.record(Event::ExitTaken {
                contact: id,
                node: name,
                exit: "silence".to_owned(),
                code: Some(code),
            }),
        }
    }

    /// The exit for failures, for a node that has not been waited in; answers where it leads.
    pub(super) fn fails(
        &mut self,
        id: ContactId,
        node: &str,
        code: &str,
        failed: NodeId,
    ) -> NodeId {
        self.record(Event::ExitTaken {
            contact: id,
            node: node.to_owned(),
            exit: "failed".to_owned(),
            code: Some(code.to_owned()),
        });
        failed
    }

    pub(super) fn take_exit(
        &mut self,
        id: ContactId,
        node: NodeId,
        exit: &str,
        code: Option<String>,
        target: NodeId,
    ) {
        self.record(Event::ExitTaken {
            contact: id,
            node,
            exit: exit.to_owned(),
            code,
        });
        self.enter(id, target);
    }

    pub(super) fn collected(
        &mut self,
        id: ContactId,
        effect: EffectId,
        result: Collected,
    ) -> Reply {
        if self.listens(id, effect) {
            self.key_heard(id, &result);
            return Reply::Done;
        }
        // As in `prompt_ended`: canceled by its own restart alone.
        if !self.is_present(id, effect) || result == Collected::Canceled {
            return Reply::Ignored;
        }
        let end = match &result {
            Collected::Digits(_) | Collected::Masked(_) | Collected::NoInput => MediaEnd::Completed,
            Collected::Canceled => MediaEnd::Canceled,
            Collected::Failed { code } => MediaEnd::Failed { code: code.clone() },
        };
        self.record(Event::MediaEnded {
            contact: id,
            effect,
            end,
        });
        if self.callback_offer_answered(id, effect, &result) {
            return Reply::Done;
        }
        match self.node_of(id) {
            Some((name, node @ Node::Collect { .. })) => {
                self.digits_collected(id, name, node, result)
            }
            Some((name, node @ Node::Menu { .. })) => self.menu_answered(id, name, node, result),
            Some((name, node @ Node::Consent { .. })) => {
                self.consent_answered(id, name, node, result);
            }
            Some((name, node @ Node::Queue { .. })) => {
                self.queue_key_answered(id, name, node, result)
            }
            Some(_) | None => {}
        }
        Reply::Done
    }

    fn digits_collected(&mut self, id: ContactId, name: NodeId, node: Node, result: Collected) {
        let Node::Collect {
            attribute,
            retry,
            next,
            no_input,
            failed,
            ..
        } = node
        else {
            return;
        };
        match result {
            Collected::Digits(digits) => {
                let digits = digits.chars().take(limits::ATTRIBUTE_CHARS_MAX).collect();
                self.record(Event::DigitsCollected {
                    contact: id,
                    attribute,
                    digits,
                });
                self.enter(id, next);
            }
            Collected::Masked(digits) => {
                self.record(Event::MaskedDigitsCollected {
                    contact: id,
                    attribute,
                    digits,
                });
                self.enter(id, next);
            }
            Collected::NoInput => self.digits_missed(id, name, retry.as_deref(), no_input),
            Collected::Failed { code } => self.take_exit(id, name, "failed", Some(code), failed),
            Collected::Canceled => {}
        }
    }

    fn is_present(&self, id: ContactId, effect: EffectId) -> bool {
        let media = self
            .contact(id)
            .and_then(|contact: &Contact| contact.media.as_ref());
        media.is_some_and(|media| media.effect == effect)
    }

    /// The other side took the media and never said how it ended: a prompt was heard, a question is asked
    /// once more. Whether it ever took it may not be known either: then it has failed (B-235).
    pub(super) fn media_silent(&mut self, id: ContactId) {
        let Some(effect) = self
            .contact(id)
            .and_then(|it| Some(it.media.as_ref()?.effect))
        else {
            return;
        };
        let was_taken = !self.state.orders.contains_key(&effect);
        match self.node_of(id) {
            Some((_, Node::Play { .. } | Node::Message { .. } | Node::Voicemail { .. }))
                if was_taken =>
            {
                self.prompt_ended(id, effect, MediaEnd::Silent);
            }
            Some((name, node)) if node.asks() && was_taken && self.may_start_again(id) => {
                self.start_again(id, effect, &name);
            }
            Some(_) | None => {
                let code = "silent".to_owned();
                self.prompt_ended(id, effect, MediaEnd::Failed { code });
            }
        }
    }

    /// The call is up, and whether its media is heard is not known: it is started again, for the customer
    /// must not be left in silence.
    pub(super) fn start_media_again(&mut self, id: ContactId) {
        let media = self.contact(id).and_then(|it| it.media.as_ref());
        let unsure = media.filter(|it| it.is_unsure).map(|it| it.effect);
        let Some(effect) = unsure.filter(|_| !self.parts_with_callback(id)) else {
            return;
        };
        let may = self.may_start_again(id);
        match self.node_of(id) {
            Some((_, Node::Queue { queue, .. })) => {
                let stay = self.contact(id).and_then(|it| it.stay());
                let queue = stay.map_or(queue, |stay| stay.queue);
                self.play_music(id, queue);
            }
            Some((name, node)) if may && node.is_heard_once() => {
                self.start_again(id, effect, &name);
            }
            Some(_) | None => {
                let code = "unknown".to_owned();
                self.prompt_ended(id, effect, MediaEnd::Failed { code });
            }
        }
    }

    /// The media of the node once more, under a new order.
    fn start_again(&mut self, id: ContactId, effect: EffectId, node: &str) {
        self.record(Event::MediaEnded {
            contact: id,
            effect,
            end: MediaEnd::Silent,
        });
        self.execute(id, node);
    }

    fn may_start_again(&self, id: ContactId) -> bool {
        let run = self.contact(id).and_then(|it| it.run.as_ref());
        run.is_some_and(|run| run.silences < limits::MEDIA_SILENCES_MAX)
    }

    /// What those who wait in a queue hear, again and again.
    pub(super) fn play_music(&mut self, id: ContactId, queue: QueueId) {
        let music = self.state.settings.queue(queue);
        if let Some(music) = music.map(|queue| queue.music.clone()) {
            self.play(id, &music, Repeat::Loop);
        }
    }
}
