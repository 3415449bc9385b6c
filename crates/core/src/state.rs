//! The state of a contact center: what the events so far amount to. [`State::apply`] is the only
//! way in, so that living through a day and rebuilding it from the journal give the same.

use crate::agent::{Agent, Agents};
use crate::alarm::Alarms;
use crate::balance::Balances;
use crate::callback::Callbacks;
use crate::capacity::{Admission, Capacity, Demand, Held, Load};
use crate::contact::{Channel, Contact, Contacts, State as Place, Stay};
use crate::do_not_call::DoNotCall;
use crate::effect::{Effect, Outcome};
use crate::estimate::{Estimate, Estimates, Line};
use crate::event::{Event, QueueSwitched, SwitchEnded};
use crate::ids::{
    AgentId, BalanceGroupId, CallbackId, CapacityProfileId, ContactId, EffectId, FlowId, OfferId,
    QueueId, ScheduleId,
};
use crate::limits;
use crate::owed::Owed;
use crate::preferred::LastAgents;
use crate::queue::AtClosing;
use crate::recording::Recordings;
use crate::routing::{self, Decision, Exclusion, Floor};
use crate::schedule::Hours;
use crate::settings::{Kind, Settings};
use crate::switch::{Matter, Switches};
use crate::time::Timestamp;
use crate::watch::{MayStay, Step, Wait, Watch};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Everything that the events so far amount to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What administrators decided.
    pub settings: Settings,
    /// The agents.
    pub agents: Agents,
    /// The contacts that are not over.
    pub contacts: Contacts,
    /// Orders that have not ended, by number.
    pub orders: BTreeMap<EffectId, Effect>,
    /// Work that agents owe for contacts that went on without them.
    #[serde(default)]
    pub owed: Owed,
    /// What each queue has learned about its waits.
    #[serde(default)]
    pub estimates: Estimates,
    /// What each queue that shares agents by a balance group has learned.
    #[serde(default)]
    pub balances: Balances,
    /// Who must not be called.
    #[serde(default)]
    pub do_not_call: DoNotCall,
    /// Whom each customer talked to last.
    #[serde(default)]
    pub last_agents: LastAgents,
    /// Callbacks that are pending.
    #[serde(default)]
    pub callbacks: Callbacks,
    /// Recordings whose files have not come.
    #[serde(default)]
    pub recordings: Recordings,
    /// What holds of queues for a while.
    #[serde(default)]
    pub switches: Switches,
    /// Whether new offers are held back.
    pub is_draining: bool,
    pub(crate) floor: Floor,
    pub(crate) alarms: Alarms<ContactId>,
    /// When something is due to keep an agent in step with Teams.
    #[serde(default)]
    pub(crate) in_step: Alarms<AgentId>,
    #[serde(default)]
    pub(crate) watch: Watch,
    pub(crate) arrivals: ArrivalMemory,
    pub(crate) next: Counters,
}

/// The next number of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counters {
    contact: u64,
    offer: u64,
    effect: u64,
    enqueued: u64,
    settings: BTreeMap<Kind, u64>,
}

impl Counters {
    pub(crate) const fn contact(&self) -> ContactId {
        ContactId(self.contact + 1)
    }

    pub(crate) const fn offer(&self) -> OfferId {
        OfferId(self.offer + 1)
    }

    pub(crate) const fn effect(&self) -> EffectId {
        EffectId(self.effect + 1)
    }

    pub(crate) const fn enqueued(&self) -> u64 {
        self.enqueued + 1
    }

    pub(crate) fn settings(&self, kind: Kind) -> u64 {
        self.settings.get(&kind).copied().unwrap_or(0) + 1
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts take no number"
    )]
    fn apply(&mut self, event: &Event) {
        match event {
            Event::ContactArrived { contact, .. }
            | Event::ContactDialed(crate::event::ContactDialed { contact, .. }) => {
                self.contact = contact.0;
            }
            Event::MessageLeft(crate::event::MessageLeft { contact, seq, .. }) => {
                self.contact = contact.0;
                self.enqueued = *seq;
            }
            Event::CallbackBooked(booked) => self.enqueued = self.enqueued.max(booked.place.seq),
            Event::CallbackDue(due) => self.contact = due.contact.0,
            Event::Offered { offer, .. } => self.offer = offer.0,
            Event::EffectOrdered { id, .. } => self.effect = id.0,
            Event::Restored { effects_from } => self.effect = effects_from.0.saturating_sub(1),
            Event::Enqueued { seq, .. } => self.enqueued = self.enqueued.max(*seq),
            // One that goes back to its old place takes no new number.
            Event::Requeued { seq, .. } => self.enqueued = self.enqueued.max(*seq),
            Event::Saved { id, document, .. } => {
                let last = self.settings.entry(document.kind()).or_default();
                *last = (*last).max(*id);
            }
            _ => {}
        }
    }
}

/// Arrivals of the last while, so that a repeated one is recognized (B-172).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ArrivalMemory {
    by_key: BTreeMap<u64, Option<ContactId>>,
    in_order: VecDeque<(Timestamp, u64)>,
}

impl ArrivalMemory {
    pub(crate) fn get(&self, key: u64) -> Option<Option<ContactId>> {
        self.by_key.get(&key).copied()
    }

    fn remember(&mut self, now: Timestamp, key: u64, contact: Option<ContactId>) {
        while let Some((at, old)) = self.in_order.front().copied() {
            if at.plus_seconds(limits::ARRIVAL_MEMORY_SECONDS) > now {
                break;
            }
            self.in_order.pop_front();
            self.by_key.remove(&old);
        }
        self.by_key.insert(key, contact);
        self.in_order.push_back((now, key));
    }
}

/// For whom something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// For a contact; it knows what.
    Contact(ContactId),
    /// For those who wait under a schedule.
    Hours(Step),
    /// For an agent's work after a transfer.
    Owed(AgentId),
    /// For the file of a recording.
    File(EffectId),
    /// For a callback.
    Callback(CallbackId),
    /// For a queue that is switched.
    Switch(QueueId, Matter),
    /// For an agent who is kept in step with Teams.
    Presence(AgentId),
}

impl State {
    /// How many contacts wait in a queue.
    #[must_use]
    pub fn n_waiting(&self, queue: QueueId) -> usize {
        self.floor.n_waiting(queue)
    }

    /// How many messages wait in a queue.
    #[must_use]
    pub fn n_messages(&self, queue: QueueId) -> usize {
        self.floor.n_messages(queue)
    }

    /// How many agents are free for a queue.
    #[must_use]
    pub fn n_free(&self, queue: QueueId) -> usize {
        self.floor.n_free(queue)
    }

    /// How many who may serve a queue want contacts, busy or not.
    #[must_use]
    pub fn n_ready(&self, queue: QueueId) -> u32 {
        self.floor.n_ready(queue)
    }

    /// Since when the contact that has waited longest waits.
    #[must_use]
    pub fn oldest_in(&self, queue: QueueId) -> Option<Timestamp> {
        self.floor.oldest_in(queue)
    }

    /// The contacts that wait in a queue, next first.
    pub fn waiting_in(&self, queue: QueueId) -> impl Iterator<Item = ContactId> + '_ {
        self.floor.waiting_in(queue)
    }

    /// The queues that an agent serves.
    pub fn served_by(&self, agent: AgentId) -> impl Iterator<Item = QueueId> + '_ {
        self.floor.served_by(agent)
    }

    /// Where a contact would go that joined a queue now, at a step of its plan.
    #[must_use]
    pub fn would_decide(&self, now: Timestamp, queue: QueueId, step: u32) -> Option<Decision> {
        let document = self.settings.queue(queue)?;
        let band = document.band_at(step);
        let stay = Stay {
            step,
            boost_s: document.boost_at(step),
            ..Stay::begun(queue, now, band, self.next.enqueued(), now)
        };
        let draw = routing::draw(self.next.offer());
        let newcomer = (self.next.contact(), Channel::Voice);
        Some(self.floor.decide(newcomer, &[], &stay, draw))
    }

    /// Why an agent would not be considered for it; none: the agent would.
    #[must_use]
    pub fn why_not(&self, agent: AgentId, queue: QueueId, step: u32) -> Option<Exclusion> {
        self.floor.why_not(agent, queue, step)
    }

    /// The contact that an agent would get who became free now.
    #[must_use]
    pub fn would_get(&self, now: Timestamp, agent: AgentId) -> Option<ContactId> {
        let got = self.floor.best_for(agent, self.weighing(now), |contact| {
            let contact = self.contacts.get(contact);
            contact.is_none_or(|it| it.is_cooling(agent) || it.is_held_back())
        });
        got.map(|(contact, _)| contact)
    }

    /// Makes a fact part of the state. It cannot fail: whatever could be wrong was refused before.
    pub fn apply(&mut self, now: Timestamp, event: &Event) {
        self.next.apply(event);
        self.switches.apply(now, event);
        self.apply_to_whole(now, event);
        // What ends a wait is learned from before it is over, what begins one afterwards.
        self.estimates
            .learn_ends(now, event, &self.contacts, &self.owed);
        self.learn_balance(now, event);
        self.owed.apply(now, event);
        self.do_not_call.apply(now, event);
        self.last_agents.apply(now, event, &self.contacts);
        self.callbacks.apply(now, event);
        self.recordings.apply(now, event);
        self.recording_ends(now, event);
        if let Some(contact) = self.contacts.apply(now, event) {
            self.contact_changed(now, contact);
        }
        self.learn_beginnings(now, event);
        if let Some(agent) = self.agents.apply(now, event) {
            self.agent_changed(agent, matches!(event, Event::Saved { .. }));
        }
        if let Event::Offered { queue, agent, .. } = event {
            self.floor.chosen(*queue, *agent);
        }
    }

    /// A recording lasts no longer than its call.
    fn recording_ends(&mut self, now: Timestamp, event: &Event) {
        let (Event::ContactEnded { contact, .. } | Event::ConversationEnded { contact, .. }) =
            event
        else {
            return;
        };
        let recording = self
            .contacts
            .get(*contact)
            .and_then(|it| it.recording.as_ref());
        if let Some(recording) = recording.map(|it| it.id) {
            self.recordings.over(now, recording);
        }
    }

    fn learn_beginnings(&mut self, now: Timestamp, event: &Event) {
        let (Event::Enqueued { contact, queue, .. } | Event::Requeued { contact, queue, .. }) =
            event
        else {
            return;
        };
        // Nobody waits on the line for a message.
        let contact_of = self.contacts.get(*contact);
        let is_call = contact_of.is_some_and(|it| it.message.is_none());
        if is_call
            && self.n_free(*queue) == 0
            && let Some(line) = self.line_of(*contact)
        {
            self.estimates.entered(now, *queue, *contact, &line);
        }
    }

    /// The line as a contact that waits finds it. O(contacts ahead, up to a limit).
    #[must_use]
    pub fn line_of(&self, contact: ContactId) -> Option<Line> {
        let Place::Queued(stay) = &self.contacts.get(contact)?.state else {
            return None;
        };
        let ahead = self.floor.n_ahead(stay.queue, contact);
        Some(Line {
            waits_since: stay.since,
            ahead,
            ahead_in_pool: ahead,
            servers: self.n_ready(stay.queue),
            head_waits_since: self.oldest_in(stay.queue).filter(|_| ahead > 0),
        })
    }

    /// The line as somebody finds it who would join it now, with the queue's own priority.
    #[must_use]
    pub fn line_of_newcomer(&self, now: Timestamp, queue: QueueId) -> Line {
        let ahead = u32::try_from(self.floor.n_in_line(queue)).unwrap_or(u32::MAX);
        Line {
            waits_since: now,
            ahead,
            ahead_in_pool: ahead,
            servers: self.n_ready(queue),
            head_waits_since: self.oldest_in(queue),
        }
    }

    /// What the rest of the wait of a contact will be.
    #[must_use]
    pub fn estimate_of(&self, now: Timestamp, contact: ContactId) -> Option<Estimate> {
        let line = self.line_of(contact)?;
        let queue = self.contacts.get(contact)?.stay()?.queue;
        self.estimates.of(queue)?.estimate(now, &line)
    }

    /// What somebody who joined a queue now would wait there: nothing is known of it, or an agent is free.
    #[must_use]
    pub fn estimate_of_newcomer(&self, now: Timestamp, queue: QueueId) -> Option<Estimate> {
        if self.n_free(queue) > 0 {
            return None;
        }
        let line = self.line_of_newcomer(now, queue);
        self.estimates.of(queue)?.estimate(now, &line)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts belong to one noun"
    )]
    fn apply_to_whole(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::ServiceStarted => {
                self.is_draining = false;
                // Another version may know other rules of a zone.
                self.watch.forget_all();
                let changed = self.contacts.left_alone(now);
                self.contacts_changed(now, changed);
            }
            Event::ReconciliationAsked { .. } => {
                let changed = self.contacts.doubted(now);
                self.contacts_changed(now, changed);
            }
            Event::DrainBegan => self.is_draining = true,
            Event::HoursSeen(it) => {
                self.watch.seen(it.schedule, &it.hours, it.until);
                self.hours_changed(now, it.schedule);
            }
            Event::Saved {
                id,
                version,
                document,
                ..
            } => {
                self.settings.saved(*id, *version, document);
                self.settings_changed(now, document.kind(), *id);
            }
            Event::Removed { kind, id, .. } => {
                self.settings.removed(*kind, *id);
                self.settings_changed(now, *kind, *id);
            }
            Event::TrunkSecretSet(it) => self.settings.secret_set(it.trunk, &it.user, it.secret),
            Event::QueueSwitched(QueueSwitched { queue, .. })
            | Event::SwitchEnded(SwitchEnded { queue, .. }) => {
                self.waits_changed(now, |_, it| it == *queue);
            }
            Event::EffectOrdered { id, effect } => drop(self.orders.insert(*id, effect.clone())),
            Event::EffectSettled { id, outcome } => self.settled(now, *id, outcome),
            Event::ContactArrived { contact, key, .. } => {
                self.arrivals.remember(now, *key, Some(*contact));
            }
            Event::PresenceUnwatched { agent } => self.in_step.set(*agent, None),
            Event::ArrivalRejected { key, .. } => self.arrivals.remember(now, *key, None),
            _ => {}
        }
    }

    fn settings_changed(&mut self, now: Timestamp, kind: Kind, id: u64) {
        match kind {
            Kind::Queue => {
                if !self.settings.queues.contains(QueueId(id)) {
                    self.estimates.forget(QueueId(id));
                }
                let queue = self.settings.queue(QueueId(id));
                self.floor.ask(QueueId(id), queue, &self.agents);
                self.waits_changed(now, |_, queue| queue.0 == id);
            }
            Kind::Schedule => {
                self.watch.forget(ScheduleId(id));
                self.hours_changed(now, ScheduleId(id));
            }
            Kind::Skill
            | Kind::Agent
            | Kind::Endpoint
            | Kind::Reason
            | Kind::Disposition
            | Kind::Prompt
            | Kind::Team
            | Kind::Site
            | Kind::Trunk
            | Kind::Privacy => {}
            Kind::Presence => self.presence_rules_changed(),
            Kind::Flow => self.flow_changed(FlowId(id)),
            Kind::CapacityProfile => self.capacity_changed(CapacityProfileId(id)),
            Kind::BalanceGroup => self.balance_changed(now, BalanceGroupId(id)),
        }
    }

    /// Versions that nobody is in are not remembered for ever.
    fn flow_changed(&mut self, id: FlowId) {
        if !self.settings.has_old_versions(id) {
            return;
        }
        let runs = self.contacts.iter().filter_map(|(_, it)| it.run.as_ref());
        let places = runs.flat_map(|it| it.places());
        let in_use = places.filter(|(flow, ..)| *flow == id);
        let in_use = in_use.map(|(_, version, _)| version).collect();
        self.settings.forget_old_versions(id, &in_use);
    }

    fn capacity_changed(&mut self, id: CapacityProfileId) {
        let profile = self.settings.capacity_profiles.get(&id);
        let capacity = profile.map(|it| &it.document.capacity);
        self.floor.capacities.set(id, capacity);
        let of_profile = |it: &(AgentId, &Agent)| it.1.profile.capacity == Some(id);
        for (id, agent) in self.agents.iter().filter(of_profile) {
            self.floor.qualify(id, agent);
        }
    }

    /// Whether an agent, if ready, could have a contact more.
    pub(crate) fn has_room_for_more(&self, id: AgentId) -> bool {
        let Some(agent) = self.agents.get(id) else {
            return false;
        };
        let (capacity, held) = (self.capacity_of(agent), agent.held());
        let plain = Channel::ALL.map(|it| Demand::default().load(it));
        plain.iter().any(|load| capacity.has_room(&held, load))
    }

    /// Whether an agent wants contacts and has room for one that takes this.
    pub(crate) fn takes(&self, id: AgentId, load: &Load<Channel>) -> bool {
        let agent = self.agents.get(id).filter(|agent| agent.is_willing());
        agent.is_some_and(|it| self.capacity_of(it).has_room(&it.held(), load))
    }

    /// Whether an agent who has these could be in a call beside them.
    pub(crate) fn has_room_for_call(&self, id: AgentId, held: &[Held<Channel>]) -> bool {
        let agent = self.agents.get(id);
        agent.is_some_and(|it| self.capacity_of(it).has_room(held, &Load::call()))
    }

    /// How much an agent may have at once.
    #[must_use]
    pub fn capacity_of(&self, agent: &Agent) -> &Capacity<Channel> {
        self.floor.capacities.of(agent.profile.capacity)
    }

    /// What an agent lets lie for a contact.
    pub(crate) fn interrupted_by(&self, id: AgentId, load: &Load<Channel>) -> Vec<ContactId> {
        let admission = { self.agents.get(id) }
            .map(|agent| self.capacity_of(agent).admits(&agent.held(), load));
        match admission {
            Some(Admission::Interrupting(contacts)) => contacts,
            Some(Admission::Admitted | Admission::Refused(_)) | None => Vec::new(),
        }
    }

    /// What is due next for a contact or for those who wait under a schedule, and when.
    pub(crate) fn next_due(&self) -> Option<(Timestamp, Next)> {
        let alarm = self.alarms.first().map(|(at, id)| (at, Next::Contact(id)));
        let hours = self.watch.first().map(|(at, it)| (at, Next::Hours(it)));
        let owed = self.owed.first();
        let owed = owed.map(|(at, agent)| (at, Next::Owed(agent)));
        let file = self.recordings.first();
        let file = file.map(|(at, recording)| (at, Next::File(recording)));
        let callback = self.callbacks.first();
        let callback = callback.map(|(at, id)| (at, Next::Callback(id)));
        let switch = self.switches.first();
        let switch = switch.map(|(at, queue, matter)| (at, Next::Switch(queue, matter)));
        let in_step = self.in_step.first();
        let in_step = in_step.map(|(at, agent)| (at, Next::Presence(agent)));
        [switch, alarm, hours, owed, file, callback, in_step]
            .into_iter()
            .flatten()
            .min_by_key(|it| it.0)
    }

    fn settled(&mut self, now: Timestamp, id: EffectId, outcome: &Outcome) {
        let Some(effect) = self.orders.remove(&id) else {
            return;
        };
        if let Some(contact) = self.contacts.settled(now, id, &effect, outcome) {
            self.contact_changed(now, contact);
        }
    }

    fn contacts_changed(&mut self, now: Timestamp, changed: Vec<ContactId>) {
        for contact in changed {
            self.contact_changed(now, contact);
        }
    }

    fn contact_changed(&mut self, now: Timestamp, id: ContactId) {
        let contact = self.contacts.get(id);
        self.alarms
            .set(id, contact.and_then(|it| it.due()).map(|(at, _)| at));
        self.floor.wait(id, contact);
        let wait = contact.and_then(|it| self.wait_of(it));
        self.watch.set(now, id, wait);
    }

    /// What the hours of its queue mean for a contact that waits. Whom an agent is being offered, or whose
    /// call is in doubt, leaves when that is over.
    fn wait_of(&self, contact: &Contact) -> Option<Wait> {
        let is_held = match &contact.state {
            Place::Queued(_) => contact.is_unconfirmed() || contact.rings_early(),
            Place::Offering(..) => true,
            Place::Created
            | Place::InFlow
            | Place::Dialing(..)
            | Place::Connected(..)
            | Place::Outside(..)
            | Place::WrapUp(..) => return None,
        };
        // A message does not leave: it waits until the queue opens.
        if contact.message.is_some() {
            return None;
        }
        let queue = contact.stay()?.queue;
        let schedule = self.settings.schedule_of(queue);
        let switched = self.switches.hours_of(queue);
        if schedule.is_none() && switched.is_none() {
            return None;
        }
        // Nobody is on the line who would expect to be served still.
        let leaves =
            contact.is_attempt() || self.settings.queue(queue)?.at_closing == AtClosing::Leave;
        let is_closed = match switched {
            _ if schedule.is_some_and(|(_, it)| it.document.closed_now.is_some()) => true,
            Some(Hours::Emergency) => true,
            Some(Hours::Open) => false,
            Some(Hours::Closed | Hours::Holiday { .. }) => leaves,
            None => leaves && schedule.is_some_and(|(id, _)| self.watch.is_closed(id)),
        };
        Some(Wait {
            under: schedule.map(|(id, _)| id).filter(|_| leaves),
            stay: if is_closed && !is_held {
                MayStay::No
            } else {
                MayStay::Yes
            },
        })
    }

    /// Who waits under a schedule, or in a queue, has to be looked at again.
    pub(crate) fn waits_changed(
        &mut self,
        now: Timestamp,
        is_concerned: impl Fn(&Settings, QueueId) -> bool,
    ) {
        let stays = self.contacts.iter();
        let stays = stays.filter_map(|(id, it)| Some((id, it.stay()?.queue)));
        let concerned = stays.filter(|(_, queue)| is_concerned(&self.settings, *queue));
        let concerned: Vec<_> = concerned.map(|(id, _)| id).collect();
        self.contacts_changed(now, concerned);
    }

    fn hours_changed(&mut self, now: Timestamp, schedule: ScheduleId) {
        self.waits_changed(now, |settings, queue| {
            let hours = settings.queue(queue).and_then(|it| it.hours);
            hours == Some(schedule)
        });
    }

    fn agent_changed(&mut self, id: AgentId, is_saved: bool) {
        let is_watched = match self.agents.get(id) {
            None => {
                self.floor.leave(id);
                self.in_step.set(id, None);
                return;
            }
            Some(agent) => {
                if is_saved {
                    self.floor.qualify(id, agent);
                } else {
                    self.floor.stand(id, agent);
                }
                agent.presence.is_some()
            }
        };
        if is_watched {
            self.keep_in_step(id);
        }
    }
}
