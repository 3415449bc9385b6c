//! The policy as a pure function, over scopes drawn at random.

use super::*;
use crate::agent::Profile;
use crate::event::Event;
use crate::explain::{Object, explain};
use crate::ids::{AccountId, SubjectRef};
use crate::role::Role;
use crate::settings::Document;
use crate::team::{Site, Team};
use crate::time::Timestamp;

const QUEUES: u64 = 5;
const TEAMS: u64 = 4;
const SITES: u64 = 3;
const AGENTS: u64 = 12;
const WORLDS: u64 = 2_000;

/// Chance from a seed (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn some<T: Ord>(&mut self, n: u64, make: fn(u64) -> T) -> BTreeSet<T> {
        (1..=n).filter(|_| self.below(3) == 0).map(make).collect()
    }

    fn parts(&mut self) -> Parts {
        Parts {
            queues: self.some(QUEUES, QueueId),
            teams: self.some(TEAMS, TeamId),
            sites: self.some(SITES, SiteId),
        }
    }

    fn roles(&mut self) -> Vec<Role> {
        let all = Role::ALL.into_iter();
        all.filter(|_| self.below(3) == 0).collect()
    }

    fn object(&mut self) -> Object {
        let agents = self.some(AGENTS, AgentId).into_iter().collect();
        match self.below(4) {
            0 => Object::Nothing,
            1 => Object::Queue(QueueId(1 + self.below(QUEUES))),
            2 => Object::Agent(AgentId(1 + self.below(AGENTS + 1))),
            _ => Object::Contact {
                queues: self.some(QUEUES, QueueId).into_iter().collect(),
                agents,
            },
        }
    }
}

fn saved(state: &mut State, id: u64, document: Document) {
    let event = Event::Saved {
        id,
        version: 1,
        document,
        by: AccountId(0),
    };
    state.apply(Timestamp::from_micros(0), &event);
}

/// Agents in teams, teams at sites; some in none.
fn world(dice: &mut Dice) -> State {
    let mut state = State::default();
    for id in 1..=SITES {
        let name = format!("site {id}");
        saved(&mut state, id, Document::Site(Site { name }));
    }
    for id in 1..=TEAMS {
        let site = Some(dice.below(SITES + 1)).filter(|it| *it > 0);
        let name = format!("team {id}");
        let site = site.map(SiteId);
        saved(&mut state, id, Document::Team(Team { name, site }));
    }
    for id in 1..=AGENTS {
        let team = Some(dice.below(TEAMS + 1)).filter(|it| *it > 0);
        let profile = Profile {
            person: SubjectRef(id),
            address: format!("agent-{id}"),
            phone: None,
            skills: Vec::new(),
            enabled: true,
            team: team.map(TeamId),
            capacity: None,
        };
        saved(&mut state, id, Document::Agent(profile));
    }
    state
}

fn actor(roles: Vec<Role>, scope: Scope, agent: Option<AgentId>) -> Actor {
    Actor {
        account: AccountId(1),
        roles,
        agent,
        scope,
    }
}

/// One part less.
fn narrower(dice: &mut Dice, parts: &Parts) -> Parts {
    let mut less = parts.clone();
    match dice.below(3) {
        0 => drop(less.queues.pop_first()),
        1 => drop(less.teams.pop_last()),
        _ => drop(less.sites.pop_first()),
    }
    less
}

fn sees(state: &State, actor: &Actor, object: &Object) -> bool {
    let sight = state.sight_of(actor);
    match object {
        Object::Nothing => true,
        Object::Queue(queue) => sight.has_queue(*queue),
        Object::Agent(agent) => sight.has_agent(*agent),
        Object::Contact { queues, agents } => {
            sight.has_contact(queues.iter().copied(), agents.iter().copied())
        }
    }
}

//
#[test]
fn taking_a_part_or_a_role_away_never_widens() {
    for seed in 1..=WORLDS {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let state = world(&mut dice);
        let (parts, roles, object) = (dice.parts(), dice.roles(), dice.object());
        let own = Some(AgentId(1 + dice.below(AGENTS))).filter(|it| it.0 % 2 == 0);
        let wide = actor(roles.clone(), Scope::Parts(parts.clone()), own);
        let less = narrower(&mut dice, &parts);
        let fewer: Vec<_> = roles.iter().copied().skip(1).collect();
        let narrow = actor(roles.clone(), Scope::Parts(less), own);
        let weaker = actor(fewer, wide.scope.clone(), own);
        let unlimited = actor(roles, Scope::Everything, own);
        for permission in Permission::ALL {
            let may = |actor: &Actor| explain(&state, actor, permission, &object).is_allowed();
            assert!(
                !may(&narrow) || may(&wide),
                "seed {seed}: a part less, more to do"
            );
            assert!(
                !may(&weaker) || may(&wide),
                "seed {seed}: a role less, more to do"
            );
            assert!(
                !may(&wide) || may(&unlimited),
                "seed {seed}: no limit, less to do"
            );
        }
        assert!(!sees(&state, &narrow, &object) || sees(&state, &wide, &object));
    }
}

// default deny.
#[test]
fn scope_without_a_part_has_nothing_and_an_agent_without_a_team_is_in_none() {
    let nothing = actor(vec![Role::Supervisor], Scope::Parts(Parts::default()), None);
    for seed in 1..=200 {
        let mut dice = Dice(seed);
        let state = world(&mut dice);
        for object in (0..20).map(|_| dice.object()) {
            let is_about = object != Object::Nothing;
            assert_eq!(sees(&state, &nothing, &object), !is_about, "{object:?}");
        }
        let all = Parts {
            queues: BTreeSet::new(),
            teams: (1..=TEAMS).map(TeamId).collect(),
            sites: (1..=SITES).map(SiteId).collect(),
        };
        let all = actor(vec![Role::Supervisor], Scope::Parts(all), None);
        let sight = state.sight_of(&all);
        for (id, agent) in state.agents.iter() {
            assert_eq!(sight.has_agent(id), agent.profile.team.is_some());
        }
        assert!(
            !sight.has_agent(AgentId(AGENTS + 1)),
            "removed, or never there"
        );
    }
}

//
#[test]
fn explanation_says_what_the_doors_and_the_sight_say() {
    for seed in 1..=WORLDS {
        let mut dice = Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let state = world(&mut dice);
        let object = dice.object();
        let somebody = actor(dice.roles(), Scope::Parts(dice.parts()), None);
        for permission in Permission::ALL {
            if permission == Permission::TakeContacts {
                continue;
            }
            let explained = explain(&state, &somebody, permission, &object);
            let expected = somebody.may(permission) && sees(&state, &somebody, &object);
            assert_eq!(
                explained.is_allowed(),
                expected,
                "seed {seed}: {explained:?}"
            );
        }
    }
}

//
#[test]
fn agents_see_themselves_and_what_they_had_whatever_their_scope() {
    let state = world(&mut Dice(7));
    let nothing = Scope::Parts(Parts::default());
    let ann = actor(
        vec![Role::Agent, Role::Quality],
        nothing.clone(),
        Some(AgentId(3)),
    );
    let sight = state.sight_of(&ann);
    assert!(sight.has_agent(AgentId(3)) && !sight.has_agent(AgentId(4)));
    assert!(sight.has_contact([QueueId(1)], [AgentId(3), AgentId(4)]));
    let no_agent = actor(vec![Role::Quality], nothing, Some(AgentId(3)));
    assert!(!state.sight_of(&no_agent).has_agent(AgentId(3)));
}
