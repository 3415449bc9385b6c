//! What queues of the simulation ask of agents, and who of those who wait is moved.

use crate::day::Day;
use crate::dice::Dice;
use crate::invariant::Broken;
use tandem_core::condition::{Condition, Preference, Term};
use tandem_core::contact::Adjustment;
use tandem_core::event::Steering;
use tandem_core::flow::Prompt;
use tandem_core::ids::{AccountId, AgentId, ContactId, QueueId, SkillId, SubjectRef, TeamId};
use tandem_core::input::{Input, Request};
use tandem_core::plan::PlanStep;
use tandem_core::preferred::PreferredRule;
use tandem_core::queue::{Chance, Queue, Strategy};
use tandem_core::role::{Actor, Role};
use tandem_core::scope::Scope;
use tandem_core::skill::Level;
use tandem_core::team::Teams;

impl Day {
    /// A supervisor moves somebody in the line or out of it, or tries to.
    pub(super) fn steer_waiting(&mut self) -> Result<(), Broken> {
        let contacts: Vec<ContactId> = self.state().contacts.iter().map(|(id, _)| id).collect();
        let Some(contact) = self.dice.pick(&contacts).copied() else {
            return Ok(());
        };
        let request = match self.dice.below(10) {
            0..=3 => self.other_place(contact),
            4..=7 => self.other_way(contact),
            _ => Request::OfferCallback { contact },
        };
        self.supervisor_asks(request)
    }

    /// A supervisor has a caller who waits asked whether to be called back, where there is one whom that could be asked.
    pub(crate) fn offer_callback(&mut self) -> Result<(), Broken> {
        let state = self.state();
        let waiting = state.contacts.iter().filter(|(_, it)| {
            let queue = it.waits().map(|it| it.queue);
            let queue = queue.and_then(|it| state.settings.queue(it));
            it.caller.is_some() && queue.is_some_and(|it| it.callbacks.is_some())
        });
        let waiting: Vec<ContactId> = waiting.map(|(id, _)| id).collect();
        match self.dice.pick(&waiting).copied() {
            Some(contact) => self.supervisor_asks(Request::OfferCallback { contact }),
            None => Ok(()),
        }
    }

    fn supervisor_asks(&mut self, request: Request) -> Result<(), Broken> {
        let actor = Actor {
            account: AccountId(8),
            roles: vec![Role::Supervisor],
            agent: None,
            scope: Scope::Everything,
        };
        self.give(Input::Asked { actor, request }).map(drop)
    }

    fn other_place(&mut self, contact: ContactId) -> Request {
        let band = self.dice.chance(50).then(|| self.dice.between(0, 3));
        let age_s = i32::try_from(self.dice.between(0, 240)).unwrap_or(0) - 120;
        let to = Adjustment {
            band: band.and_then(|it| u8::try_from(it).ok()),
            age_s,
        };
        Request::AdjustPriority { contact, to }
    }

    /// To a queue or an agent that may not be there, and seldom home.
    fn other_way(&mut self, contact: ContactId) -> Request {
        let to = match self.dice.below(10) {
            0 => Steering::Removed,
            1..=5 => Steering::Queue(QueueId(1 + self.dice.below(4))),
            _ => Steering::Agent(AgentId(1 + self.dice.below(8))),
        };
        let why = SubjectRef(30);
        Request::Steer { contact, to, why }
    }
}

/// A condition, preferences and a plan, or none of them. All-rounders meet every one: the calm must drain.
pub(super) fn random_asks(dice: &mut Dice, queue: &mut Queue) {
    if dice.chance(40) {
        let one = has(dice);
        let other = has(dice);
        let alternatives = Condition::Any(vec![one, other]);
        queue.condition = Some(Box::new(alternatives));
    }
    if dice.chance(30) {
        queue.preferences = random_preferences(dice);
    }
    if dice.chance(50) {
        queue.preferred = Some(Box::new(PreferredRule {
            last_agent_days: dice.chance(80).then_some(1),
            for_s: dice.between(1, queue.max_wait_s - 1).min(60),
            max_not_ready_s: dice.between(0, 600),
            max_wait_if_busy_s: dice.between(0, 120),
        }));
    }
    if dice.chance(50) && queue.max_wait_s > 40 {
        if dice.chance(30) {
            queue.teams = Teams::of([TeamId(1 + dice.below(3))].into());
        }
        queue.plan = random_plan(dice, queue);
    }
}

/// Some agents are more likely than others. One of them may be gone: then the change is refused.
pub(super) fn random_chances(dice: &mut Dice) -> Vec<Chance> {
    let first = 1 + dice.below(3);
    let n = dice.below(3);
    let named = (first..first + n).map(|agent| Chance {
        agent: AgentId(agent),
        weight: dice.between(1, 20),
    });
    named.collect()
}

/// A step asks something else, and the last one nothing more.
fn random_plan(dice: &mut Dice, queue: &Queue) -> Vec<PlanStep> {
    let first_s = dice.between(1, 15);
    let boost_s = dice.between(1, 100);
    let condition = match queue.requirements.first() {
        Some(it) if dice.chance(50) => Condition::from(it),
        Some(_) | None => has(dice),
    };
    let first = PlanStep {
        after_s: first_s,
        condition: dice.chance(50).then_some(condition),
        teams: dice
            .chance(30)
            .then(|| Teams::from_iter([TeamId(1 + dice.below(3))])),
        preferences: dice.chance(30).then(|| random_preferences(dice)),
        strategy: { dice.pick(&Strategy::ALL).copied() }.filter(|_| first_s.is_multiple_of(3)),
        priority: Some(queue.priority.saturating_sub(1)),
        boost_s: Some(boost_s),
        prompt: dice
            .chance(50)
            .then(|| Prompt::Text("We look further.".to_owned())),
    };
    let last = PlanStep {
        after_s: first_s + dice.between(1, 20),
        condition: Some(Condition::everybody()),
        teams: Some(Teams::default()),
        preferences: dice.chance(50).then(Vec::new),
        strategy: None,
        priority: dice.chance(50).then_some(0),
        boost_s: Some(boost_s + dice.between(1, 100)),
        prompt: dice
            .chance(30)
            .then(|| Prompt::Text("Anybody may help you now.".to_owned())),
    };
    vec![first, last]
}

fn random_preferences(dice: &mut Dice) -> Vec<Preference> {
    let skills = (1..=3).map(SkillId);
    let mut preferences: Vec<_> = skills
        .map(|skill| Preference {
            skill,
            weight: dice.between(1, 5),
        })
        .collect();
    let kept = 1 + dice.index(3);
    preferences.truncate(kept);
    preferences
}

fn has(dice: &mut Dice) -> Condition {
    let skill = SkillId(1 + dice.below(3));
    let min_level = Level(u8::try_from(dice.between(1, 6)).unwrap_or(1));
    Condition::Has(Term {
        skill,
        min_level,
        max_level: Level::MAX,
    })
}
