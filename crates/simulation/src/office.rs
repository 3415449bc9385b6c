//! Administrators of the simulation: the first settings, and changes in the middle of the day.

mod asks;
mod balance;
mod presence;
pub(crate) mod reasons;
mod room;
mod switches;
mod trunk;

use crate::day::Day;
use crate::dice::Dice;
use crate::floor_plan;
use crate::flows::{SUB_FLOW, flow_of, random_flow, random_sub_flow};
use crate::invariant::{Broken, Invariant};
use tandem_core::access::{Access, Aim};
use tandem_core::administration::Administration;
use tandem_core::agent::Profile;
use tandem_core::callback::{
    self, AttemptRules, CallbackRules, CustomerFirst, Duplicate, OnReturn,
};
use tandem_core::calling_out::CallingOut;
use tandem_core::flow::Prompt;
use tandem_core::history::{ExportFormat, HistoryRead};
use tandem_core::ids::{
    AccountId, AgentId, ContactId, CustomerHash, EffectId, EndpointId, PromptId, QueueId,
    ScheduleId, SkillId, SubjectRef,
};
use tandem_core::input::{Input, Request};
use tandem_core::prompt::KeptPrompt;
use tandem_core::queue::{AtClosing, Chances, OfferBy, Queue, Strategy, WrapUpMode, WrapUpRule};
use tandem_core::recording::{AfterTransfer, Layout, Needs, OnFailure, RecordingRule};
use tandem_core::role::{Actor, Role};
use tandem_core::schedule::{Block, Schedule, Week, Zone};
use tandem_core::scope::Scope;
use tandem_core::settings::{Disposition, Document, Kind};
use tandem_core::skill::{Requirement, Skill};
use tandem_core::turn::Reply;

pub(crate) const N_SCHEDULES: u64 = 2;
/// The prompts that are kept: the greeting and the music.
const PROMPTS: [&str; 2] = ["greeting", "music"];
const SKILLS: [&str; 3] = ["es", "fr", "tech"];
const MODES: [WrapUpMode; 6] = [
    WrapUpMode::None,
    WrapUpMode::Optional,
    WrapUpMode::Required,
    WrapUpMode::RequiredTimeboxed,
    WrapUpMode::RequiredFixed,
    WrapUpMode::OnRequest,
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
        self.found_teams()?;
        self.set_capacities()?;
        for index in 0..4 {
            let queue = Queue {
                calling_out: None,
                callbacks: None,
                chances: None,
                ..random_queue(&mut self.dice, index)
            };
            self.create(Document::Queue(queue))?;
        }
        let sub_flow = random_sub_flow(&mut self.dice);
        self.create(Document::Flow(sub_flow))?;
        for index in 0..3 {
            let flow = random_flow(&mut self.dice, index);
            self.create(Document::Flow(flow))?;
            let (name, address) = (format!("line {index}"), address_of(index));
            let flow = flow_of(index);
            self.create(Document::Endpoint(floor_plan::endpoint(
                &name, &address, flow,
            )))?;
        }
        self.balance_queues()?;
        for queue in 1..=4 {
            self.let_call_out(QueueId(queue))?;
        }
        self.give_reasons()?;
        self.open_trunk()?;
        for (label, queues) in [("solved", vec![]), ("sold", vec![QueueId(1)])] {
            let label = label.to_owned();
            self.create(Document::Disposition(Disposition { label, queues }))?;
        }
        for _ in 0..self.n_agents_max {
            self.hire()?;
        }
        Ok(())
    }

    pub(crate) fn create(&mut self, document: Document) -> Result<(), Broken> {
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
            callbacks: Some(Box::new(callback_rules(&mut self.dice))),
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
            let listed = self.state().do_not_call.newest_first();
            let listed: Vec<_> = listed.map(|(id, _)| id).collect();
            let unknown = 1 + self.dice.below(6);
            let id = self.dice.pick(&listed).copied().unwrap_or(unknown);
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
        self.look(Invariant::ReplyIsTrue, is_asked)?;
        self.take_out_of_history()
    }

    /// Who asks about calls looks at contacts as well.
    fn take_out_of_history(&mut self) -> Result<(), Broken> {
        let contact = ContactId(1);
        let filter = "open=true".to_owned();
        let (format, contacts) = (ExportFormat::Csv, 3);
        let export = HistoryRead::Export {
            format,
            filter,
            contacts,
        };
        for what in [HistoryRead::Events { contact }, export] {
            let request = Request::ReadHistory(what);
            let actor = Actor::system();
            self.give(Input::Asked { actor, request })?;
        }
        self.end_sessions()?;
        self.hear(contact)
    }

    /// What is done to what the core does not keep is on record all the same.
    fn end_sessions(&mut self) -> Result<(), Broken> {
        let account = AccountId(1);
        let act = Administration::SessionsEnded { account };
        let request = Request::NoteAdministration(act);
        let actor = Actor::system();
        self.give(Input::Asked { actor, request })?;
        Ok(())
    }

    /// Somebody hears what was recorded of a contact.
    fn hear(&mut self, contact: ContactId) -> Result<(), Broken> {
        let access = Access::Played {
            purpose: Aim::Quality,
            note: None,
        };
        let request = Request::AccessRecording {
            contact,
            recording: EffectId(1),
            access,
        };
        let actor = Actor::system();
        self.give(Input::Asked { actor, request }).map(drop)
    }

    /// Something is changed, rightly or wrongly.
    pub(crate) fn change_something(&mut self) -> Result<(), Broken> {
        match self.dice.below(33) {
            31..=32 => self.change_presence_rules(),
            28 => self.remove_reason(),
            26..=27 => self.change_reason(),
            24..=25 => self.switch_something(),
            22..=23 => self.change_balance(),
            20..=21 => self.change_capacity(),
            18..=19 | 29..=30 => self.steer_waiting(),
            16..=17 => self.change_access(),
            14..=15 => self.change_do_not_call(),
            0 => self.hire(),
            1..=3 => self.change_agent(),
            4..=6 => self.change_queue(),
            7 => self.change_flow(),
            8 | 13 => self.remove_something(),
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
        profile.team = self.some_team();
        profile.capacity = room::some_profile(&mut self.dice);
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
        Some(self.state().settings.queues.get(queue)?.version)
    }

    fn change_flow(&mut self) -> Result<(), Broken> {
        let index = self.dice.below(4);
        let (id, flow) = match index {
            3 => (SUB_FLOW, random_sub_flow(&mut self.dice)),
            index => (flow_of(index), random_flow(&mut self.dice, index)),
        };
        let flows = &self.state().settings.flows;
        let version = flows.get(id).map(|it| it.version);
        self.save(Some(id.0), version, Document::Flow(flow))
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
            scope: Scope::Everything,
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
            Kind::Team,
            Kind::Site,
            Kind::Privacy,
            Kind::Presence,
            Kind::CapacityProfile,
            Kind::BalanceGroup,
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
            scope: Scope::Everything,
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
            profile.capacity = None;
            self.save(Some(id.0), Some(version), Document::Agent(profile))?;
            self.give(Input::PresenceUnwatched { agent: id })?;
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
    Profile {
        capacity: room::some_profile(dice),
        ..floor_plan::profile(&address, &skills)
    }
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
    queue.strategy = dice
        .pick(&Strategy::ALL)
        .copied()
        .unwrap_or(Strategy::BestSkill);
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
    queue.message_misses = if queue.cooldown_s.is_multiple_of(2) {
        1
    } else {
        3
    };
    queue.short_abandon_s = dice.between(0, 10);
    asks::random_asks(dice, &mut queue);
    queue.demand = room::random_demand(dice);
    queue.unknown_presence = presence::some_word(dice);
    queue.chances = Chances::of(asks::random_chances(dice));
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
    if queue.calling_out.is_some() && dice.chance(90) {
        queue.callbacks = Some(Box::new(callback_rules(dice)));
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

/// Short enough that the calm drains what is pending.
fn callback_rules(dice: &mut Dice) -> CallbackRules {
    let usual = floor_plan::callback_rules();
    CallbackRules {
        max_pending: dice.between(1, 20),
        attempts: AttemptRules {
            max: dice.between(1, 3),
            per_day: dice.between(1, 3),
            no_answer_s: dice.between(60, 120),
            busy_s: 60,
            declined_s: dice.between(60, 180),
        },
        hours: dice
            .chance(20)
            .then(|| ScheduleId(1 + dice.below(N_SCHEDULES))),
        duplicate: [
            Duplicate::Keep,
            Duplicate::Keep,
            Duplicate::Replace,
            Duplicate::Refuse,
        ]
        .get(dice.index(4))
        .copied()
        .unwrap_or(Duplicate::Keep),
        at_closing: if dice.chance(50) {
            callback::AtClosing::Carry
        } else {
            callback::AtClosing::Expire
        },
        expires_after_s: dice.between(60, 900),
        promise_s: 300,
        on_return: if dice.chance(50) {
            OnReturn::TakesPlace
        } else {
            OnReturn::WaitsAnew
        },
        customer_first: dice.chance(60).then(|| Box::new(customer_first(dice))),
        ..usual
    }
}

fn customer_first(dice: &mut Dice) -> CustomerFirst {
    CustomerFirst {
        wait_s: dice.between(5, 60),
        at_once_max: dice.between(1, 5),
        ..floor_plan::customer_first()
    }
}

fn random_prompt(dice: &mut Dice, name: &str) -> KeptPrompt {
    let digit = dice.pick(&['a', 'b', 'c']).copied().unwrap_or('a');
    floor_plan::kept_prompt(name, "Hello.", floor_plan::sound(digit))
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
