//! A small stage for scenarios on virtual time: acts in a line each, and one [`Scene::check`] that compares
//! what happened since the last one, told in short lines.

mod facts;
mod words;

pub(crate) use facts::up;

use std::collections::BTreeMap;
use tandem_core::ContactCenter;
use tandem_core::agent::{Direction, Intent, NotReady};
use tandem_core::effect::{Effect, Observation, Outcome, Repeat};
use tandem_core::event::Event;
use tandem_core::flow::{Flow, HttpRequest};
use tandem_core::ids::{
    AccountId, AgentId, ContactId, CustomerHash, EffectId, FlowId, OfferId, QueueId, SkillId,
    SubjectRef,
};
use tandem_core::input::{Arrival, CallFact, Input, IntentChoice, MediaEnd, Request};
use tandem_core::presence::Status;
use tandem_core::queue::Queue;
use tandem_core::role::{Actor, Role};
use tandem_core::routing::Decision;
use tandem_core::scope::Scope;
use tandem_core::settings::Document;
use tandem_core::skill::Skill;
use tandem_core::state::State;
use tandem_core::talk::{Target, Who, WrapUpWish};
use tandem_core::time::Timestamp;
use tandem_core::turn::Reply;
use tandem_simulation::floor_plan;

/// The only skill of most scenarios.
pub(crate) const ES: SkillId = SkillId(1);
/// The queue of most scenarios.
pub(crate) const SUPPORT: QueueId = QueueId(1);

pub(crate) struct Scene {
    pub(crate) center: ContactCenter,
    pub(crate) now: Timestamp,
    agents: BTreeMap<AgentId, String>,
    told: Vec<String>,
    /// Every fact, to live through again.
    pub(crate) journal: Vec<(Timestamp, Event)>,
    sequences: BTreeMap<ContactId, u64>,
    next_key: u64,
    /// Whether questions about calls are told.
    pub(crate) tells_questions: bool,
}

impl Scene {
    /// A center with the skill `es`, one queue, a flow straight into it and an endpoint.
    pub(crate) fn with(queue: Queue) -> Self {
        let mut scene = Self::empty();
        scene.saved(Document::Skill(Skill { name: "es".into() }));
        scene.saved(Document::Queue(queue));
        scene.saved(Document::Flow(floor_plan::straight_to(SUPPORT)));
        scene.saved(Document::Endpoint(floor_plan::endpoint(
            "Main",
            "main",
            FlowId(1),
        )));
        scene.saved(Document::Reason(floor_plan::reason("lunch")));
        scene
    }

    /// As [`Self::with`], with another flow.
    pub(crate) fn with_flow(queue: Queue, flow: Flow) -> Self {
        let mut scene = Self::with(queue);
        scene.change(1, 1, Document::Flow(flow));
        scene
    }

    pub(crate) fn empty() -> Self {
        Self {
            center: ContactCenter::new(),
            now: Timestamp::from_micros(1_774_700_000_000_000),
            agents: BTreeMap::new(),
            told: Vec::new(),
            journal: Vec::new(),
            sequences: BTreeMap::new(),
            next_key: 0,
            tells_questions: false,
        }
    }

    pub(crate) const fn state(&self) -> &State {
        self.center.state()
    }

    pub(crate) fn give(&mut self, input: Input) -> Reply {
        let turn = self.center.handle(self.now, input);
        for event in turn.events {
            if let Some(line) = self.line(&event) {
                self.told.push(line);
            }
            self.journal.push((self.now, event));
        }
        turn.reply
    }

    /// What happened since the last check, in lines; orders begin with `>`.
    pub(crate) fn check(&mut self, expected: &str) {
        let told = std::mem::take(&mut self.told).join("\n");
        let expected: Vec<_> = expected
            .lines()
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .collect();
        assert_eq!(told, expected.join("\n"));
    }

    /// What happened since the last check, in lines.
    pub(crate) fn told(&self) -> String {
        self.told.join("\n")
    }

    /// Forgets what happened since the last check.
    pub(crate) fn skip(&mut self) -> &mut Self {
        self.told.clear();
        self
    }

    pub(crate) fn ask(&mut self, actor: Actor, request: Request) -> Reply {
        self.give(Input::Asked { actor, request })
    }

    pub(crate) fn saved(&mut self, document: Document) -> u64 {
        let request = Request::Save {
            id: None,
            expected: None,
            document,
        };
        let reply = self.ask(Actor::system(), request);
        let Reply::Saved { id, .. } = reply else {
            panic!("not saved: {reply:?}")
        };
        id
    }

    pub(crate) fn change(&mut self, id: u64, expected: u64, document: Document) -> Reply {
        let request = Request::Save {
            id: Some(id),
            expected: Some(expected),
            document,
        };
        self.ask(Actor::system(), request)
    }

    /// Hires an agent and lets the agent be ready.
    pub(crate) fn ready_agent(&mut self, name: &str, es: u8) -> AgentId {
        let id = self.agent(name, es);
        self.ready(id);
        self.skip();
        id
    }

    /// Hires an agent; level 0 is no skill.
    pub(crate) fn agent(&mut self, name: &str, es: u8) -> AgentId {
        let skills: &[_] = if es > 0 { &[(ES, es)] } else { &[] };
        let profile = floor_plan::profile(name, skills);
        let id = AgentId(self.saved(Document::Agent(profile)));
        self.agents.insert(id, name.to_owned());
        id
    }

    pub(crate) fn by(&mut self, agent: AgentId, request: Request) -> Reply {
        self.ask(actor(agent), request)
    }

    pub(crate) fn ready(&mut self, agent: AgentId) -> Reply {
        let intent = IntentChoice::Ready;
        self.by(agent, Request::SetIntent { intent })
    }

    pub(crate) fn lunch(&mut self, agent: AgentId) -> Reply {
        let reason = tandem_core::ids::ReasonId(1);
        let intent = IntentChoice::NotReady { reason };
        self.by(agent, Request::SetIntent { intent })
    }

    /// The open offer of a contact.
    /// The decision that was taken last.
    pub(crate) fn last_decision(&self) -> Decision {
        let decided = self.journal.iter().rev().find_map(|(_, event)| {
            if let Event::Decided(decision) = event {
                return Some(decision.clone());
            }
            None
        });
        decided.expect("a decision was taken")
    }

    pub(crate) fn offer_of(&self, contact: ContactId) -> OfferId {
        match self.state().contacts.get(contact).map(|it| &it.state) {
            Some(tandem_core::contact::State::Offering(_, offer)) => offer.id,
            other => panic!("no offer: {other:?}"),
        }
    }

    /// Whom a contact occupies.
    pub(crate) fn agent_of(&self, contact: ContactId) -> Option<AgentId> {
        self.state().contacts.get(contact)?.agent()
    }

    pub(crate) fn accept(&mut self, agent: AgentId, contact: ContactId) -> Reply {
        let offer = self.offer_of(contact);
        self.by(agent, Request::AcceptOffer { offer })
    }

    /// The agent accepts, and is in the call.
    pub(crate) fn takes_call(&mut self, agent: AgentId, contact: ContactId) {
        self.accept(agent, contact);
        let name = self.name(agent);
        self.joins(contact, &name);
        self.roster(contact, true, &[&name]);
    }

    /// What is said to the contact was heard to its end.
    pub(crate) fn hears_out(&mut self, contact: ContactId) -> Reply {
        let plays =
            |effect: &Effect| matches!(effect, Effect::Play { contact: it, .. } if *it == contact);
        let effect = self.last_order(plays);
        self.settle(effect, Outcome::Done { reference: None });
        let end = MediaEnd::Completed;
        self.fact(contact, CallFact::PromptEnded { effect, end })
    }

    pub(crate) fn decline(&mut self, agent: AgentId, contact: ContactId) -> Reply {
        let offer = self.offer_of(contact);
        self.by(agent, Request::DeclineOffer { offer })
    }

    /// A new call.
    pub(crate) fn arrival(&mut self) -> Arrival {
        self.next_key += 1;
        Arrival {
            address: "main".to_owned(),
            arrival: SubjectRef(1_000 + self.next_key),
            key: self.next_key,
            customer: CustomerHash(1),
            correlation: format!("correlation-{}", self.next_key),
            attributes: BTreeMap::new(),
            caller: None,
        }
    }

    /// A call arrives and comes up.
    pub(crate) fn call(&mut self) -> ContactId {
        let arrival = self.arrival();
        let reply = self.give(Input::Arrived(arrival));
        let Reply::Arrived(contact) = reply else {
            panic!("not arrived: {reply:?}")
        };
        self.comes_up(contact);
        contact
    }

    /// The call of a contact comes up, with the customer in it.
    pub(crate) fn comes_up(&mut self, contact: ContactId) {
        let leg = format!("leg-{contact}");
        self.fact(contact, CallFact::LegUp { leg });
        self.roster(contact, true, &[]);
    }

    pub(crate) fn fact(&mut self, contact: ContactId, fact: CallFact) -> Reply {
        self.give(Input::Call { contact, fact })
    }

    /// The last order that rang an agent's client for the contact.
    pub(crate) fn ringing(&self, contact: ContactId) -> EffectId {
        self.last_order(
            |effect| matches!(effect, Effect::AddAgent { contact: it, .. } if *it == contact),
        )
    }

    /// The last order of some kind.
    pub(crate) fn last_order(&self, is_it: impl Fn(&Effect) -> bool) -> EffectId {
        let found = self.journal.iter().rev().find_map(|(_, event)| {
            let order = event.as_order()?;
            is_it(&order.effect).then_some(order.id)
        });
        found.expect("such an order was given")
    }

    /// The other side answers the last question about the contact's call.
    pub(crate) fn observed(&mut self, contact: ContactId, call: Observation) -> Reply {
        let inquiry = self.last_order(
            |effect| matches!(effect, Effect::Inquire { contact: it, .. } if *it == contact),
        );
        self.settle(inquiry, Outcome::Observed { call })
    }

    pub(crate) fn settle(&mut self, effect: EffectId, outcome: Outcome) -> Reply {
        self.give(Input::Settled { effect, outcome })
    }

    pub(crate) fn done(&mut self, effect: EffectId, reference: &str) -> Reply {
        let reference = Some(reference.to_owned());
        self.settle(effect, Outcome::Done { reference })
    }

    /// Time passes; what falls due on the way happens at its instant.
    pub(crate) fn pass(&mut self, seconds: u32) {
        let end = self.now.plus_seconds(seconds);
        while let Some((at, _)) = self.center.next_deadline().filter(|(at, _)| *at <= end) {
            self.now = self.now.max(at);
            self.give(Input::TimeReached);
        }
        self.now = end;
    }

    fn name(&self, agent: AgentId) -> String {
        let name = self.agents.get(&agent).cloned();
        name.unwrap_or_else(|| format!("agent {agent}"))
    }

    fn in_s(&self, at: Timestamp) -> String {
        format!("+{}", at.micros_since(self.now) / 1_000_000)
    }

    /// What agents are and want.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are told elsewhere"
    )]
    fn of_agent(&self, event: &Event) -> Option<String> {
        let name = |agent: &AgentId| self.name(*agent);
        Some(match event {
            Event::AgentSignedIn { agent } => format!("{} signs in", name(agent)),
            Event::AgentSignedOut { agent } => format!("{} signs out", name(agent)),
            Event::AgentDirected(it) => {
                let to = match it.to {
                    Direction::Ready => "ready",
                    Direction::NotReady(_) => "not ready",
                    Direction::SignedOut => "signed out",
                };
                format!("{} is to be {to} by account {}", name(&it.agent), it.by)
            }
            Event::ReasonPetitioned(it) => {
                format!("{} asks for reason {}", name(&it.agent), it.reason)
            }
            Event::PetitionEnded(it) => {
                format!("{} reason {} {:?}", name(&it.agent), it.reason, it.end)
            }
            Event::IntentSet { agent, intent } => {
                format!("{} {}", name(agent), intent_word(*intent))
            }
            Event::IntentPended { agent, intent } => {
                let word = intent.map_or("nothing", intent_word);
                format!("{} later {word}", name(agent))
            }
            Event::PresenceWanted(it) => {
                let status = it.wanted.map_or("nothing", Status::word);
                format!("Teams is to show {status} of {}", name(&it.agent))
            }
            Event::PresenceMapped(it) => {
                format!("{} follows {}", name(&it.agent), it.seen.status.word())
            }
            Event::PresencePaused(it) => {
                format!(
                    "{} is not kept in step after {}",
                    name(&it.agent),
                    it.n_changes
                )
            }
            _ => return None,
        })
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "those of hours are told below, the others not at all"
    )]
    fn line(&self, event: &Event) -> Option<String> {
        let name = |agent: &AgentId| self.name(*agent);
        Some(match event {
            Event::ContactArrived { contact, .. } => format!("{contact} arrives"),
            Event::ArrivalRejected { why, .. } => format!("rejected {why:?}"),
            Event::Denied { action, .. } => format!("denied {action}"),
            Event::EffectOrdered { effect, .. } => self.order(effect)?,
            Event::Enqueued { contact, queue, .. } => format!("{contact} waits in {queue}"),
            Event::LeftQueue {
                contact,
                queue,
                exit,
            } => format!("{contact} leaves {queue} by {exit}"),
            Event::Offered {
                contact,
                agent,
                expires_at,
                interrupts,
                ..
            } => {
                let lies = interrupts.iter().map(|it| format!(", {it} lies"));
                format!(
                    "{contact} offered to {} {}{}",
                    name(agent),
                    self.in_s(*expires_at),
                    lies.collect::<String>()
                )
            }
            Event::OfferAccepted { contact, agent, .. } => {
                format!("{contact} accepted by {}", name(agent))
            }
            Event::OfferEnded {
                contact,
                agent,
                why,
                ..
            } => format!("{contact} offer to {} ended {why:?}", name(agent)),
            Event::Connected { contact, agent, .. } => {
                format!("{contact} talks to {}", name(agent))
            }
            Event::ConversationEnded { contact, by, .. } => format!("{contact} over by {by:?}"),
            Event::WrapUpStarted { agent, until, .. } => {
                let until = until.map_or_else(|| "-".to_owned(), |at| self.in_s(at));
                format!("{} wraps up {until}", name(agent))
            }
            Event::WrapUpExtended { agent, until, .. } => {
                format!("{} gets time {}", name(agent), self.in_s(*until))
            }
            Event::WrapUpEnded {
                agent,
                disposition,
                forced,
                ..
            } => format!(
                "{} done {:?} forced={forced}",
                name(agent),
                disposition.map(|it| it.0)
            ),
            Event::ContactEnded { contact, reason } => format!("{contact} ends {reason:?}"),
            other => {
                let of_agent = self.of_agent(other);
                return of_agent
                    .or_else(|| self.line_of_hours(other))
                    .or_else(|| words::in_flow(other))
                    .or_else(|| self.in_talk(other));
            }
        })
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are not told"
    )]
    fn line_of_hours(&self, event: &Event) -> Option<String> {
        Some(match event {
            Event::HoursChecked(tandem_core::event::HoursChecked {
                contact,
                node,
                hours,
                exit,
                ..
            }) => format!("{contact} {node} {exit} {hours:?}"),
            Event::HoursSeen(it) => {
                let until = it.until.map_or_else(|| "-".to_owned(), |at| self.in_s(at));
                format!("schedule {} {:?} {until}", it.schedule, it.hours)
            }
            Event::QueueSwitched(it) => {
                format!("queue {} is {:?} {}", it.queue, it.to, self.in_s(it.until))
            }
            Event::SwitchEnded(it) => format!(
                "queue {} is not {:?} any more, {:?}: {:?}",
                it.queue, it.position, it.why, it.after
            ),
            Event::SwitchMet(it) => {
                format!("{} {} {} {:?}", it.contact, it.node, it.exit, it.position)
            }
            _ => return None,
        })
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are not told"
    )]
    fn in_talk(&self, event: &Event) -> Option<String> {
        let target = |it: &Target| match it {
            Target::Queue(queue) => format!("queue {queue}"),
            Target::Agent(agent) => self.name(*agent),
            Target::Number(number) => number.address.clone(),
        };
        Some(match event {
            Event::WrapUpWished(it) => match it.wish {
                WrapUpWish::Wanted => format!("{} asks for wrap-up", self.name(it.agent)),
                WrapUpWish::NotWanted => format!("{} wants no wrap-up", self.name(it.agent)),
            },
            Event::Held { contact, party } => format!("{contact} {party:?} on hold"),
            Event::Resumed { contact, party } => format!("{contact} {party:?} back"),
            Event::ThirdAsked(tandem_core::event::ThirdAsked {
                contact,
                by,
                third,
                purpose,
                ..
            }) => format!(
                "{} wants {} for {contact} {purpose:?}",
                self.name(*by),
                target(third)
            ),
            Event::ThirdJoined { contact, third } => format!("{} in {contact}", target(third)),
            Event::ThirdLeft {
                contact,
                third,
                why,
            } => format!("{} not in {contact} {why:?}", target(third)),
            Event::HandedOver {
                contact,
                from,
                to,
                work,
                ..
            } => {
                let owes = if work.is_some() { ", owes work" } else { "" };
                format!(
                    "{contact} from {} to {}{owes}",
                    self.name(*from),
                    target(to)
                )
            }
            Event::TransferEnded(tandem_core::event::TransferEnded {
                contact, result, ..
            }) => format!("{contact} transfer {result:?}"),
            Event::Requeued {
                contact,
                queue,
                since,
                ..
            } => {
                let ago = self.now.micros_since(*since) / 1_000_000;
                format!("{contact} waits in {queue}, since {ago} s")
            }
            other => return self.in_dialing(other),
        })
    }

    fn is_dialing(&self, contact: ContactId) -> bool {
        let contact = self.state().contacts.get(contact);
        contact.is_some_and(|it| it.dial().is_some())
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are not told"
    )]
    fn in_dialing(&self, event: &Event) -> Option<String> {
        let name = |agent: &AgentId| self.name(*agent);
        Some(match event {
            Event::ContactDialed(tandem_core::event::ContactDialed { contact, agent, .. }) => {
                format!("{} calls out {contact}", name(agent))
            }
            Event::CustomerDialed { contact, until, .. } => {
                format!("{contact} customer dialed {}", self.in_s(*until))
            }
            Event::CustomerReached { contact, agent } => {
                format!("{contact} reached by {}", name(agent))
            }
            Event::CustomerNotReached { contact, why, .. } => {
                format!("{contact} not reached {why:?}")
            }
            Event::RingEnded { contact, why } if self.is_dialing(*contact) => {
                format!("{contact} rings no more {why:?}")
            }
            other => return words::of_callback(other, self.now),
        })
    }

    fn order(&self, effect: &Effect) -> Option<String> {
        let what = match effect {
            Effect::Inquire { .. } if !self.tells_questions => return None,
            Effect::Answer { contact, .. } => format!("answer {contact}"),
            Effect::RejectArrival { .. } => "reject".to_owned(),
            Effect::Play {
                contact, repeat, ..
            } => match repeat {
                Repeat::Once => format!("play {contact}"),
                Repeat::Loop => format!("music {contact}"),
            },
            Effect::Collect { contact, .. } => format!("collect {contact}"),
            Effect::StopMedia { contact, .. } => format!("stop media {contact}"),
            Effect::AddAgent {
                contact,
                agent,
                timeout_s,
                ..
            } => format!("ring {} for {contact} {timeout_s} s", self.name(*agent)),
            Effect::CancelAddAgent { contact, .. } => format!("stop ringing for {contact}"),
            Effect::RemoveAgent {
                contact, address, ..
            } => format!("remove {address} from {contact}"),
            Effect::Hold { contact, who, .. } => format!("hold {} of {contact}", whom(who)),
            Effect::Unhold { contact, who, .. } => format!("unhold {} of {contact}", whom(who)),
            Effect::AddNumber {
                contact,
                number,
                timeout_s,
                ..
            } => format!("call {} for {contact} {timeout_s} s", number.address),
            Effect::RemoveNumber {
                contact, number, ..
            } => format!("remove {} from {contact}", number.address),
            Effect::TransferAway {
                contact, number, ..
            } => format!("give {contact} to {}", number.address),
            Effect::SendDigits {
                contact,
                who,
                digits,
                ..
            } => format!("send digits {digits} to {} of {contact}", whom(who)),
            Effect::Request {
                contact,
                request,
                timeout_s,
                ..
            } => request_line(*contact, request, *timeout_s),
            Effect::CallAgent {
                contact,
                from,
                agent,
                ..
            } => format!("call {} for {contact} from {from}", self.name(*agent)),
            Effect::CallCustomer { .. }
            | Effect::StartRecording { .. }
            | Effect::PauseRecording { .. }
            | Effect::ResumeRecording { .. }
            | Effect::StopRecording { .. }
            | Effect::Listen { .. }
            | Effect::FetchRecording { .. }
            | Effect::Forget { .. }
            | Effect::ForgetCallback { .. } => words::order(effect)?,
            Effect::HangUp { contact, .. } => format!("hang up {contact}"),
            Effect::Inquire { contact, .. } => format!("ask about {contact}"),
        };
        Some(format!("> {what}"))
    }
}

fn request_line(contact: ContactId, request: &HttpRequest, timeout_s: u32) -> String {
    let HttpRequest {
        system,
        method,
        path,
        body,
    } = request;
    let body = body.as_deref().unwrap_or("-");
    format!("{method:?} {system}{path} {body} for {contact} {timeout_s} s")
}

fn whom(who: &Who) -> &str {
    match who {
        Who::Customer => "customer",
        Who::Agent(address) => address,
        Who::Number(number) => &number.address,
    }
}

/// A supervisor who may see and do things within a scope.
pub(crate) fn sam(scope: Scope) -> Actor {
    Actor {
        account: AccountId(8),
        roles: vec![Role::Supervisor],
        agent: None,
        scope,
    }
}

pub(crate) fn actor(agent: AgentId) -> Actor {
    Actor {
        account: AccountId(100 + agent.0),
        roles: vec![Role::Agent],
        agent: Some(agent),
        scope: Scope::Everything,
    }
}

const fn intent_word(intent: Intent) -> &'static str {
    match intent {
        Intent::Ready => "ready",
        Intent::NotReady(NotReady::SignedIn) => "not ready: signed in",
        Intent::NotReady(NotReady::Chosen(_)) => "not ready: chosen",
        Intent::NotReady(NotReady::MissedOffer) => "not ready: missed offer",
        Intent::NotReady(NotReady::RingFailed) => "not ready: ring failed",
    }
}
