//! Recording by the rule of a queue (R-24 b, i, j): looked at when customer and agent talk, and again whenever
//! the contact is somebody else's.

use super::OpenTurn;
use crate::contact::State;
use crate::event::{Event, Side};
use crate::ids::{AgentId, ContactId, QueueId};
use crate::recording::{
    AfterTransfer, Channels, Layout, NotRecorded, OnFailure, Purpose, Recording, RecordingRule,
};

impl OpenTurn<'_> {
    /// The contact is somebody's, or somebody else's, from now on.
    pub(super) fn owner_changed(&mut self, id: ContactId) {
        if self.is_message(id) {
            return;
        }
        match self.contact(id).map(|it| &it.state) {
            Some(State::Connected(stay, engagement, _)) => {
                let (queue, agent) = (stay.queue, engagement.agent);
                self.record_conversation(id, queue, agent);
            }
            Some(State::Queued(stay)) => {
                let queue = stay.queue;
                self.stop_unless_it_goes_on(id, Some(queue));
            }
            Some(State::Outside(..)) => self.stop_unless_it_goes_on(id, None),
            Some(
                State::Created
                | State::InFlow
                | State::Offering(..)
                | State::Dialing(..)
                | State::WrapUp(..),
            )
            | None => {}
        }
    }

    fn rule_of(&self, queue: Option<QueueId>) -> Option<RecordingRule> {
        self.state.settings.recording_rule(queue?).copied()
    }

    /// The recording of the call, if a rule began it; what a flow began is the flow's.
    fn recorded_by_rule(&self, id: ContactId) -> Option<Recording> {
        let recording = self.contact(id)?.recording.clone()?;
        (recording.purpose == Purpose::Call && recording.queue.is_some()).then_some(*recording)
    }

    fn unmet(&self, id: ContactId, rule: &RecordingRule) -> Option<NotRecorded> {
        rule.consent.unmet(self.contact(id)?.consent)
    }

    /// Whether what runs goes on with the new owner.
    fn goes_on(&self, id: ContactId, recording: &Recording, queue: Option<QueueId>) -> bool {
        let began = self.rule_of(recording.queue);
        if began.is_some_and(|it| it.after_transfer == AfterTransfer::Strictest) {
            return true;
        }
        let rule = self.rule_of(queue);
        rule.is_some_and(|rule| self.unmet(id, &rule).is_none())
    }

    fn stop_unless_it_goes_on(&mut self, id: ContactId, queue: Option<QueueId>) {
        let recording = self.recorded_by_rule(id);
        if recording.is_some_and(|it| !self.goes_on(id, &it, queue)) {
            self.stop_recording(id);
        }
    }

    fn record_conversation(&mut self, id: ContactId, queue: QueueId, agent: AgentId) {
        self.stop_unless_it_goes_on(id, Some(queue));
        let rule = self.rule_of(Some(queue));
        let present = self.contact(id).and_then(|it| it.recording.clone());
        match (present, rule) {
            (Some(it), rule) => self.record_anew(id, (queue, agent), &it, rule),
            (None, Some(rule)) => match self.unmet(id, &rule) {
                Some(why) => self.record(Event::NotRecorded {
                    contact: id,
                    queue,
                    why,
                }),
                None => self.record_agent(id, Some(queue), agent, rule.channels),
            },
            (None, None) => {}
        }
    }

    /// Where the parties are kept apart, another agent needs another recording. One that pauses, or only
    /// starts, goes on: what must not be heard is worth more than a channel.
    fn record_anew(
        &mut self,
        id: ContactId,
        (queue, agent): (QueueId, AgentId),
        present: &Recording,
        rule: Option<RecordingRule>,
    ) {
        let layout = rule.map_or(present.layout, |rule| rule.channels);
        let is_kept = layout == Layout::Mixed && present.layout == Layout::Mixed;
        let is_busy = present.is_starting() || present.pause.is_some();
        if present.queue.is_some() && !is_kept && !is_busy {
            let queue = rule.map_or(present.queue, |_| Some(queue));
            self.record_agent(id, queue, agent, layout);
        }
    }

    fn record_agent(
        &mut self,
        id: ContactId,
        queue: Option<QueueId>,
        agent: AgentId,
        layout: Layout,
    ) {
        let channels = match (layout, self.state.agents.get(agent)) {
            (Layout::Unmixed, Some(agent)) => Channels::Unmixed {
                agent: agent.profile.address_on(self.state.model_of(id)),
            },
            (Layout::Unmixed, None) | (Layout::Mixed, _) => Channels::Mixed,
        };
        self.start_recording(id, Purpose::Call, channels, queue);
    }

    /// What had to be recorded is not, or not any more: the rule says what follows (B-187).
    pub(super) fn not_recorded_by_rule(
        &mut self,
        id: ContactId,
        began: Option<QueueId>,
        code: String,
    ) {
        let Some(State::Connected(stay, ..)) = self.contact(id).map(|it| &it.state) else {
            return;
        };
        let queue = stay.queue;
        let rule = self.rule_of(Some(queue)).or_else(|| self.rule_of(began));
        let Some(rule) = rule else {
            return;
        };
        if rule.on_failure == OnFailure::Continue {
            return;
        }
        self.record(Event::NotRecorded {
            contact: id,
            queue,
            why: NotRecorded::Failed { code },
        });
        if rule.on_failure == OnFailure::EndCall {
            self.hang_up(id);
            self.end_conversation(id, Side::Rule);
        }
    }
}
