//! Administrators of the simulation: the first settings, and changes in the middle of the day.

use crate::day::Day;
use crate::dice::Dice;
use crate::floor_plan;
use crate::invariant::{Broken, Invariant};
use tandem_core::agent::Profile;
use tandem_core::calling_out::CallingOut;
use tandem_core::flow::{
    AskConsent, Choice, Digits, Entry, Flow, HttpMethod, HttpRequest, Key, Node, Prompt,
    RecordAction,
};
use tandem_core::ids::{
    AccountId, AgentId, CustomerHash, EndpointId, FlowId, PromptId, QueueId, ScheduleId, SkillId,
    SubjectRef,
};
use tandem_core::input::{Input, Request};
use tandem_core::prompt::KeptPrompt;
use tandem_core::queue::{AtClosing, OfferBy, Queue, Strategy, WrapUpMode, WrapUpRule};
use tandem_core::recording::{AfterTransfer, Layout, Needs, OnFailure, RecordingRule};
use tandem_core::role::{Actor, Role};
use tandem_core::schedule::{Block, Schedule, Week, Zone};
use tandem_core::settings::{Disposition, Document, Kind, Reason};
use tandem_core::skill::{Requirement, Skill};
use tandem_core::turn::Reply;

const N_SCHEDULES: u64 = 2;
/// The prompts that are kept: the greeting and the music.
const PROMPTS: [&str; 2] = ["greeting", "music"];
const SKILLS: [&str; 3] = ["es", "fr", "tech"];
const MODES: [WrapUpMode; 5] = [
    WrapUpMode::None,
    WrapUpMode::Optional,
    WrapUpMode::Required,
    WrapUpMode::RequiredTimeboxed,
    WrapUpMode::RequiredFixed,
];

impl Day {
    /// Opens the office: skills, queues, flows, endpoints, labels and agents.
    pub(crate) fn open(&mut self) -> Result<(), Broken> {
        self.give(Input::ServiceStarted)?;
        for name in SKILLS {
            let name = name.to_owned();
            self.create(Document::Skill(Skill { name }))?;
        }
        for index in 0..N_SCHEDULES {
            let schedule = random_schedule(&mut self.dice, index);
            self.create(Document::Schedule(schedule))?;
        }
        for name in PROMPTS {
            let prompt = random_prompt(&mut self.dice, name);
            self.create(Document::Prompt(prompt))?;
        }
        for index in 0..4 {
            let queue = Queue {
                calling_out: None,
                ..random_queue(&mut self.dice, index)
            };
            self.create(Document::Queue(queue))?;
        }
        for index in 0..3 {
            let flow = random_flow(&mut self.dice, index);
            self.create(Document::Flow(flow))?;
            let (name, address) = (format!("line {index}"), address_of(index));
            let flow = FlowId(index + 1);
            self.create(Document::Endpoint(floor_plan::endpoint(
                &name, &address, flow,
            )))?;
        }
        for queue in 1..=4 {
            self.let_call_out(QueueId(queue))?;
        }
        for label in ["lunch", "training"] {
            let label = label.to_owned();
            let (productive, max_minutes) = (false, None);
            self.create(Document::Reason(Reason {
                label,
                productive,
                max_minutes,
            }))?;
        }
        for (label, queues) in [("solved", vec![]), ("sold", vec![QueueId(1)])] {
            let label = label.to_owned();
            self.create(Document::Disposition(Disposition { label, queues }))?;
        }
        for _ in 0..self.n_agents_max {
            self.hire()?;
        }
        Ok(())
    }

    fn create(&mut self, document: Document) -> Result<(), Broken> {
        let reply = self.save(None, None, document.clone())?;
        let is_saved = match reply {
            Some(Reply::Saved { .. }) => Ok(()),
            other => Err(format!("{document:?} was answered {other:?}")),
        };
        self.look(Invariant::ReplyIsTrue, is_saved)
    }

    fn save(
        &mut self,
        id: Option<u64>,
        expected: Option<u64>,
        document: Document,
    ) -> Result<Option<Reply>, Broken> {
        self.give(Input::Asked {
            actor: Actor::system(),
            request: Request::Save {
                id,
                expected,
                document,
            },
        })
    }

    /// Customers are called from a queue once there is an endpoint.
    fn let_call_out(&mut self, id: QueueId) -> Result<(), Broken> {
        let Some(queue) = self.state().settings.queue(id).cloned() else {
            return Ok(());
        };
        let queue = Queue {
            calling_out: Some(Box::new(calling_out(&mut self.dice))),
            ..queue
        };
        self.save(Some(id.0), Some(1), Document::Queue(queue))
            .map(drop)
    }

    /// A supervisor puts a customer on the do-not-call list, or takes one off.
    fn change_do_not_call(&mut self) -> Result<(), Broken> {
        let request = if self.dice.chance(60) {
            let days = self.dice.chance(50).then(|| self.dice.between(1, 600));
            Request::SetDoNotCall {
                customer: CustomerHash(self.dice.below(50)),
                subject: SubjectRef(11),
                until: days.map(|seconds| self.now.plus_seconds(seconds)),
            }
        } else {
            let id = 1 + self.dice.below(6);
            Request::RemoveDoNotCall { id }
        };
        self.give(Input::Asked {
            actor: Actor::system(),
            request,
        })
        .map(drop)
    }

    fn hire(&mut self) -> Result<(), Broken> {
        let profile = random_profile(&mut self.dice);
        // An address may be taken: then the refusal is the right answer.
        self.save(None, None, Document::Agent(profile)).map(drop)
    }

    /// Somebody has every open call asked about.
    pub(crate) fn reconcile(&mut self) -> Result<(), Broken> {
        let reply = self.give(Input::Asked {
            actor: Actor::system(),
            request: Request::Reconcile,
        })?;
        let is_asked = match reply {
            Some(Reply::Reconciling { .. }) | None => Ok(()),
            Some(other) => Err(format!("asking about every call was answered {other:?}")),
        };
        self.look(Invariant::ReplyIsTrue, is_asked)
    }

    /// Something is changed, rightly or wrongly.
    pub(crate) fn change_something(&mut self) -> Result<(), Broken> {
        match self.dice.below(16) {
            13..=15 => self.change_do_not_call(),
            0 => self.hire(),
            1..=3 => self.change_agent(),
            4..=6 => self.change_queue(),
            7 => self.change_flow(),
            8 => self.remove_something(),
            9 => self.change_schedule(),
            10 => self.close_or_reopen(),
            11 => self.change_prompt(),
            _ => self.overreach(),
        }
    }

    fn change_agent(&mut self) -> Result<(), Broken> {
        let agents: Vec<_> = self
            .state()
            .agents
            .iter()
            .map(|(id, agent)| (id, agent.version, agent.profile.clone()))
            .collect();
        let Some((id, version, mut profile)) = self.dice.pick(&agents).cloned() else {
            return Ok(());
        };
        let other = random_profile(&mut self.dice);
        profile.skills = other.skills;
        profile.enabled = self.dice.chance(85);
        self.save(Some(id.0), Some(version), Document::Agent(profile))
            .map(drop)
    }

    fn change_queue(&mut self) -> Result<(), Broken> {
        let index = self.dice.below(4);
        let version = self.version(QueueId(index + 1));
        let queue = random_queue(&mut self.dice, index);
        self.save(Some(index + 1), version, Document::Queue(queue))
            .map(drop)
    }

    fn version(&self, queue: QueueId) -> Option<u64> {
        Some(self.state().settings.queues.get(&queue)?.version)
    }

    fn change_flow(&mut self) -> Result<(), Broken> {
        let index = self.dice.below(3);
        let flows = &self.state().settings.flows;
        let version = flows.get(&FlowId(index + 1)).map(|it| it.version);
        let flow = random_flow(&mut self.dice, index);
        self.save(Some(index + 1), version, Document::Flow(flow))
            .map(drop)
    }

    fn change_schedule(&mut self) -> Result<(), Broken> {
        let index = self.dice.below(N_SCHEDULES);
        let schedules = &self.state().settings.schedules;
        let version = schedules.get(&ScheduleId(index + 1)).map(|it| it.version);
        let schedule = random_schedule(&mut self.dice, index);
        self.save(Some(index + 1), version, Document::Schedule(schedule))
            .map(drop)
    }

    fn change_prompt(&mut self) -> Result<(), Broken> {
        let prompts = self.state().settings.prompts.iter();
        let prompts: Vec<_> = prompts.map(|(id, it)| (id.0, it.version)).collect();
        let Some((id, version)) = self.dice.pick(&prompts).copied() else {
            return Ok(());
        };
        let name = PROMPTS.get(usize::try_from(id - 1).unwrap_or(usize::MAX));
        let prompt = random_prompt(&mut self.dice, name.copied().unwrap_or("prompt"));
        self.save(Some(id), Some(version), Document::Prompt(prompt))
            .map(drop)
    }

    /// A supervisor closes at once, or, more often, reopens.
    fn close_or_reopen(&mut self) -> Result<(), Broken> {
        let schedule = ScheduleId(1 + self.dice.below(N_SCHEDULES));
        let request = if self.dice.chance(30) {
            let reason = "Fire alarm".to_owned();
            Request::CloseSchedule { schedule, reason }
        } else {
            Request::ReopenSchedule { schedule }
        };
        let actor = Actor {
            account: AccountId(8),
            roles: vec![Role::Supervisor],
            agent: None,
        };
        self.give(Input::Asked { actor, request }).map(drop)
    }

    fn remove_something(&mut self) -> Result<(), Broken> {
        let kinds = [
            Kind::Agent,
            Kind::Queue,
            Kind::Skill,
            Kind::Flow,
            Kind::Endpoint,
            Kind::Schedule,
            Kind::Prompt,
        ];
        let kind = self.dice.pick(&kinds).copied().unwrap_or(Kind::Agent);
        let id = 1 + self.dice.below(self.n_agents_max);
        let agent = self.state().agents.get(AgentId(id));
        let expected = agent.map_or(1, |it| it.version);
        self.give(Input::Asked {
            actor: Actor::system(),
            request: Request::Remove { kind, id, expected },
        })
        .map(drop)
    }

    /// An agent tries what administrators may, and somebody is turned away at the door.
    fn overreach(&mut self) -> Result<(), Broken> {
        let actor = Actor {
            account: AccountId(7),
            roles: vec![Role::Agent],
            agent: Some(AgentId(1)),
        };
        let name = "mine".to_owned();
        let request = Request::Save {
            id: None,
            expected: None,
            document: Document::Skill(Skill { name }),
        };
        let reply = self.give(Input::Asked {
            actor: actor.clone(),
            request,
        })?;
        let is_refused = match reply {
            Some(Reply::Refused(_)) | None => Ok(()),
            Some(other) => Err(format!("an agent may change settings: {other:?}")),
        };
        self.look(Invariant::ReplyIsTrue, is_refused)?;
        let action = "administrator page".to_owned();
        self.give(Input::TurnedAway {
            actor: Some(actor),
            action,
        })
        .map(drop)
    }

    /// Makes sure that everybody is allowed to work and that somebody can do everything.
    pub(crate) fn staff_for_everything(&mut self) -> Result<(), Broken> {
        let agents: Vec<_> = self
            .state()
            .agents
            .iter()
            .map(|(id, agent)| (id, agent.version, agent.profile.clone()))
            .collect();
        for (id, version, mut profile) in agents {
            profile.enabled = true;
            profile.skills = all_rounder(&profile.address).skills;
            self.save(Some(id.0), Some(version), Document::Agent(profile))?;
        }
        let all_rounder = all_rounder("all-rounder");
        self.save(None, None, Document::Agent(all_rounder))
            .map(drop)
    }
}

pub(crate) fn address_of(endpoint: u64) -> String {
    format!("endpoint-{endpoint}")
}

fn all_rounder(address: &str) -> Profile {
    floor_plan::profile(address, &[1, 2, 3].map(|skill| (SkillId(skill), 10)))
}

fn random_profile(dice: &mut Dice) -> Profile {
    let mut skills = Vec::new();
    for skill in 1..=3 {
        if dice.chance(65) {
            let level = u8::try_from(dice.between(1, 10)).unwrap_or(1);
            skills.push((SkillId(skill), level));
        }
    }
    let address = format!("agent-{}", dice.below(40));
    floor_plan::profile(&address, &skills)
}

fn random_queue(dice: &mut Dice, index: u64) -> Queue {
    let mut queue = floor_plan::queue(&format!("queue {index}"));
    let skill = SkillId(1 + index % 3);
    let min_level = u8::try_from(dice.between(1, 6)).unwrap_or(1);
    if index < 3 {
        queue.requirements = vec![floor_plan::requirement(skill, min_level)];
    }
    if dice.chance(20) {
        queue.requirements.push(Requirement {
            skill: SkillId(1 + (index + 1) % 3),
            min_level: tandem_core::skill::Level(2),
        });
    }
    queue.strategy = if dice.chance(50) {
        Strategy::BestSkill
    } else {
        Strategy::LongestIdle
    };
    queue.offer_by = if dice.chance(50) {
        OfferBy::Teams
    } else {
        OfferBy::Tandem
    };
    queue.offer_timeout_s = dice.between(5, 30);
    queue.join_timeout_s = dice.between(5, 60);
    queue.wrap_up = WrapUpRule {
        mode: dice.pick(&MODES).copied().unwrap_or(WrapUpMode::None),
        seconds: dice.between(1, 60),
    };
    queue.max_wait_s = dice.between(10, 900);
    queue.max_waiting = dice.between(1, 12);
    queue.priority = u8::try_from(dice.between(0, 3)).unwrap_or(0);
    queue.cooldown_s = if dice.chance(25) {
        0
    } else {
        dice.between(1, 90)
    };
    queue.short_abandon_s = dice.between(0, 10);
    if dice.chance(30) {
        queue.hours = Some(ScheduleId(1 + dice.below(N_SCHEDULES)));
    }
    queue.at_closing = if dice.chance(60) {
        AtClosing::Leave
    } else {
        AtClosing::FinishWaiting
    };
    if dice.chance(80) {
        queue.calling_out = Some(Box::new(calling_out(dice)));
    }
    if dice.chance(70) {
        queue.recording = Some(Box::new(recording_rule(dice)));
    }
    // It may have been removed; then the change is refused.
    if dice.chance(40) {
        queue.music = Prompt::Kept(PromptId(2));
    }
    if dice.chance(60) {
        let (first_s, every_s) = (dice.between(0, 20), dice.between(15, 40));
        queue.announce = Some(Box::new(floor_plan::announce(first_s, every_s)));
    }
    queue
}

fn recording_rule(dice: &mut Dice) -> RecordingRule {
    const CONSENT: [Needs; 3] = [Needs::NotNeeded, Needs::Announced, Needs::Asked];
    const FAILURES: [OnFailure; 3] = [OnFailure::Continue, OnFailure::Warn, OnFailure::EndCall];
    let layouts = [Layout::Mixed, Layout::Unmixed];
    let transfers = [AfterTransfer::OwnRule, AfterTransfer::Strictest];
    RecordingRule {
        channels: dice.pick(&layouts).copied().unwrap_or_default(),
        consent: dice.pick(&CONSENT).copied().unwrap_or(Needs::NotNeeded),
        on_failure: dice.pick(&FAILURES).copied().unwrap_or(OnFailure::Warn),
        pause_max_s: dice.between(30, 60),
        after_transfer: { dice.pick(&transfers).copied() }.unwrap_or(AfterTransfer::OwnRule),
        ..floor_plan::recording_rule()
    }
}

fn calling_out(dice: &mut Dice) -> CallingOut {
    CallingOut {
        endpoint: EndpointId(1 + dice.below(3)),
        countries: vec!["49".to_owned()],
        ring_s: dice.between(10, 60),
    }
}

/// Who calls, and in which language, is known before anything is asked.
fn set(attribute: &str, value: &str, next: &str) -> Node {
    Node::Set {
        attribute: attribute.to_owned(),
        value: value.to_owned(),
        next: next.to_owned(),
    }
}

fn random_prompt(dice: &mut Dice, name: &str) -> KeptPrompt {
    let digit = dice.pick(&['a', 'b', 'c']).copied().unwrap_or('a');
    floor_plan::kept_prompt(name, "Hello.", floor_plan::sound(digit))
}

/// The menu once, or twice for those who want it again; then the question.
fn rounds() -> Node {
    Node::Loop {
        times: 2,
        again: "press".to_owned(),
        done: "menu".to_owned(),
    }
}

fn press() -> Node {
    let choice = |key, next: &str| {
        let choice = Choice {
            label: next.to_owned(),
            next: next.to_owned(),
        };
        Some((Key::new(key)?, choice))
    };
    let choices = [choice('1', "first"), choice('2', "rounds")];
    Node::Menu {
        prompt: floor_plan::text("Press 1, or 2 to hear it again."),
        again: Some(floor_plan::text("Sorry?")),
        choices: choices.into_iter().flatten().collect(),
        timeout_s: 5,
        retries: 1,
        no_input: "rounds".to_owned(),
        invalid: "menu".to_owned(),
        failed: "second".to_owned(),
    }
}

/// A number that nobody is to know but the business system.
fn pin() -> Node {
    Node::Collect {
        prompt: floor_plan::text("Enter your PIN."),
        max_digits: 4,
        timeout_s: 5,
        attribute: "pin".to_owned(),
        entry: Entry {
            terminator: Some(Key::HASH),
            between_digits_s: 3,
            digits: Digits::Masked,
        },
        next: "lookup".to_owned(),
        no_input: "lookup".to_owned(),
        failed: "second".to_owned(),
    }
}

/// What a business system makes of the answer; music meanwhile.
fn lookup() -> Node {
    Node::Http {
        request: HttpRequest {
            system: "crm".to_owned(),
            method: HttpMethod::Post,
            path: "/way?by={choice}".to_owned(),
            body: Some(r#"{"pin":"{pin}"}"#.to_owned()),
        },
        prompt: Some(floor_plan::text("One moment.")),
        timeout_s: 10,
        save: [("choice".to_owned(), "/way".to_owned())].into(),
        next: "choose".to_owned(),
        failed: "choose".to_owned(),
    }
}

/// Open most of every hour of the night in which the simulation lives, in zones that change their clocks then.
fn random_schedule(dice: &mut Dice, index: u64) -> Schedule {
    const ZONES: [&str; 3] = ["Europe/Berlin", "Etc/UTC", "Asia/Kolkata"];
    let mut day = || -> Vec<Block> {
        let hours = (0..6).chain(18..24);
        let block = |hour: u16| {
            let begin = dice.between(0, 10);
            let end = dice.between(15, 60);
            let minutes = |it: u32| hour * 60 + u16::try_from(it).unwrap_or(0);
            Block {
                from: minutes(begin),
                to: minutes(end),
            }
        };
        hours.map(block).collect()
    };
    let weekly = Week {
        saturday: day(),
        sunday: day(),
        ..Week::default()
    };
    Schedule {
        name: format!("schedule {index}"),
        time_zone: Zone::named(dice.pick(&ZONES).copied().unwrap_or("Etc/UTC")),
        weekly: Box::new(weekly),
        exceptions: Vec::new(),
        closed_now: None,
    }
}

fn record() -> Node {
    Node::Record {
        action: RecordAction::Start,
        next: "tier".to_owned(),
        failed: "tier".to_owned(),
    }
}

fn sorry() -> Node {
    Node::Play {
        prompt: floor_plan::text("Sorry."),
        next: "message".to_owned(),
        failed: "end".to_owned(),
    }
}

/// Asked for, or only announced on the third line.
fn consent(index: u64) -> Node {
    let next = if index == 2 { "hours" } else { "record" };
    let key = |it| Key::new(it).unwrap_or(Key::HASH);
    Node::Consent {
        prompt: floor_plan::text("Calls are recorded. Press 1 if you agree, else 2."),
        ask: (index != 2).then(|| AskConsent {
            accept: key('1'),
            refuse: key('2'),
            timeout_s: 5,
            retries: 1,
        }),
        given: next.to_owned(),
        refused: "tier".to_owned(),
        failed: "tier".to_owned(),
    }
}

fn message(index: u64) -> Node {
    Node::Voicemail {
        queue: QueueId(1 + index % 3),
        prompt: floor_plan::text("Leave a message."),
        max_s: 60,
        stop: Key::HASH,
        done: "end".to_owned(),
        no_message: "end".to_owned(),
        failed: "end".to_owned(),
    }
}

/// A greeting, a menu, and queues behind it that overflow into another; variants differ by chance.
fn random_flow(dice: &mut Dice, index: u64) -> Flow {
    let mut queue = |timeout: &str, full: &str| Node::Queue {
        queue: QueueId(1 + dice.below(4)),
        timeout: timeout.to_owned(),
        full: full.to_owned(),
        failed: dice.chance(50).then(|| "sorry".to_owned()),
        closed: dice.chance(50).then(|| "sorry".to_owned()),
        keep_age: index % 2 == 1,
    };
    let hours = Node::Hours {
        schedule: ScheduleId(1 + index % N_SCHEDULES),
        open: "menu".to_owned(),
        closed: "sorry".to_owned(),
        holiday: None,
        emergency: Some("first".to_owned()),
    };
    let play = |next: &str| Node::Play {
        prompt: Prompt::Kept(PromptId(1)),
        next: next.to_owned(),
        failed: "first".to_owned(),
    };
    let menu = Node::Collect {
        prompt: floor_plan::text("Press 1 or 2."),
        max_digits: 2,
        timeout_s: 5,
        attribute: "choice".to_owned(),
        entry: Entry::USUAL,
        next: "pin".to_owned(),
        no_input: "first".to_owned(),
        failed: "second".to_owned(),
    };
    let cases = [
        ("1".to_owned(), "first".to_owned()),
        ("2".to_owned(), "second".to_owned()),
    ];
    let choose = Node::Branch {
        attribute: "choice".to_owned(),
        cases: cases.into(),
        otherwise: "third".to_owned(),
    };
    let start = ["first", "german", "greet"];
    let start = usize::try_from(index).ok().and_then(|at| start.get(at));
    let start = start.copied().unwrap_or("greet");
    let name = format!("flow {index}");
    let nodes = [
        ("greet", play("consent")),
        ("consent", consent(index)),
        ("record", record()),
        ("message", message(index)),
        ("hours", hours),
        ("german", set("language", "de", "greet")),
        ("tier", set("tier", "gold", "rounds")),
        ("rounds", rounds()),
        ("press", press()),
        ("menu", menu),
        ("pin", pin()),
        ("lookup", lookup()),
        ("choose", choose),
        ("first", queue("second", "third")),
        ("second", queue("sorry", "sorry")),
        ("third", queue("sorry", "end")),
        ("sorry", sorry()),
        ("end", Node::End),
    ];
    floor_plan::flow(&name, start, &nodes)
}
