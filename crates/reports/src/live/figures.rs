//! What the board shows at one instant: plain values with ids and without names. Every figure is
//! explained in [`crate::catalogue`].

use crate::live::level::Level;
use crate::live::line::{Counters, Line};
use crate::live::{Board, minutes};
use crate::performance::rates::average_s;
use serde::Serialize;
use tandem_core::agent::{Agent, Display, NotReady};
use tandem_core::contact::Channel;
use tandem_core::ids::{AgentId, QueueId};
use tandem_core::scope::Sight;
use tandem_core::state::State;
use tandem_core::time::Timestamp;

/// The figures of one instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// The instant.
    pub as_of: Timestamp,
    /// The four tiles.
    pub headlines: Headlines,
    /// Each queue, by id.
    pub queues: Vec<QueueFigures>,
    /// How many agents show each display.
    pub agents: AgentCounts,
    /// Each agent, by id; those who are signed out too.
    pub agent_list: Vec<AgentFigures>,
    /// The last hour.
    pub series: Series,
    /// Today so far.
    pub today: Today,
}

/// The four tiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Headlines {
    /// Contacts waiting in all queues.
    pub waiting: WaitingHeadline,
    /// The longest of all waits.
    pub longest_wait: LongestWaitHeadline,
    /// All queues together, today.
    pub service_level: ServiceLevelHeadline,
    /// Agents who could take a contact.
    pub available: AvailableHeadline,
}

/// Contacts waiting in all queues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitingHeadline {
    /// How many.
    pub value: u64,
    /// The sum of the queues' targets.
    pub target: u64,
    /// How urgent.
    pub level: Level,
}

/// The longest of all waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LongestWaitHeadline {
    /// Since when; nobody waits without.
    pub since: Option<Timestamp>,
    /// The queue in which it is.
    pub queue: Option<QueueId>,
    /// That queue's target; the lowest of all when nobody waits.
    pub target_s: u32,
    /// How urgent.
    pub level: Level,
}

/// The service level of all queues together, today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceLevelHeadline {
    /// Whole percent, rounded down, so that a missed target never looks reached.
    pub percent: Option<u64>,
    /// Answered within each queue's own threshold.
    pub in_time: u64,
    /// Answered or abandoned.
    pub of: u64,
    /// The queues' targets, weighted by their contacts.
    pub target_percent: u64,
    /// The threshold of the queue with the most contacts.
    pub threshold_s: u32,
    /// Which formula.
    pub variant: &'static str,
    /// How urgent.
    pub level: Level,
}

/// Agents who could take a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AvailableHeadline {
    /// How many.
    pub value: u64,
    /// Of so many who are signed in.
    pub of: u64,
    /// How urgent.
    pub level: Level,
}

/// One queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueueFigures {
    /// Which.
    pub id: QueueId,
    /// Contacts that wait, offered or not.
    pub waiting: u64,
    /// When the longest of these waits began.
    pub longest_since: Option<Timestamp>,
    /// Today's service level in whole percent, rounded down.
    pub service_level_percent: Option<u64>,
    /// Agents who could take its next contact.
    pub free: u64,
    /// Contacts that entered today.
    pub offered: u64,
    /// Contacts that waited when the day began.
    pub carried_in: u64,
    /// Contacts that reached an agent today.
    pub answered: u64,
    /// Those of them who did so within the threshold.
    pub answered_in_time: u64,
    /// Contacts that left while waiting today.
    pub abandoned: u64,
    /// Contacts that left before it counts.
    pub short_abandoned: u64,
    /// Contacts that left through their flow.
    pub flow_out: u64,
    /// Contacts that ended while waiting, other than by leaving.
    pub removed: u64,
    /// Contacts that found the queue full.
    pub blocked: u64,
    /// How urgent.
    pub level: Level,
}

/// How many agents show each display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AgentCounts {
    /// Free and willing.
    pub available: u64,
    /// Talking.
    pub on_contact: u64,
    /// Work is left.
    pub wrap_up: u64,
    /// Want none.
    pub not_ready: u64,
    /// Would be free, and Teams shows that calls are not to come.
    pub in_teams: u64,
    /// Would be free, and what Teams shows is not known.
    pub presence_unknown: u64,
    /// A contact is put to them.
    pub offering: u64,
    /// Their client is being rung.
    pub connecting: u64,
    /// Not here.
    pub signed_out: u64,
}

/// One agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgentFigures {
    /// Who.
    pub id: AgentId,
    /// What a one-line board shows.
    pub state: Display,
    /// Since when.
    pub since: Timestamp,
    /// Why not ready, when that is shown.
    pub reason: Option<NotReady>,
    /// The queue of the contact that holds the agent.
    pub queue: Option<QueueId>,
    /// Engagements completed today.
    pub handled: u64,
}

/// The last hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Series {
    /// The sum of the queues' waiting targets.
    pub target: u64,
    /// Sixty minutes, oldest first; none for whoever does not see every queue.
    pub minutes: Vec<Minute>,
}

/// One minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Minute {
    /// Its beginning.
    pub at: Timestamp,
    /// The most that waited at once.
    pub waiting: u32,
}

/// Today so far, over all queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Today {
    /// Contacts that entered a queue.
    pub offered: u64,
    /// Contacts that reached an agent.
    pub answered: u64,
    /// Contacts that left while waiting.
    pub abandoned: u64,
    /// Contacts that left before it counts.
    pub short_abandoned: u64,
    /// Contacts in their flow at this instant.
    pub in_flow: u64,
    /// Completed engagements.
    pub handled: u64,
    /// Customers whom agents called.
    pub dialed: u64,
    /// Of these, customers who answered.
    pub reached: u64,
    /// Average speed of answer, s.
    pub asa_s: Option<i64>,
    /// Average handle time, s.
    pub aht_s: Option<i64>,
}

/// The variant of the service level that the board shows (B15.2).
pub const SERVICE_LEVEL_VARIANT: &str = "sl.abandon_negative";

impl Board {
    /// The figures at `now`. `state` is the contact center at the same event.
    #[must_use]
    pub fn figures(&self, now: Timestamp, state: &State) -> Figures {
        self.figures_in(now, state, &Sight::Everything)
    }

    /// The figures of what somebody sees: sums are over the queues in sight, and what belongs to no queue (contacts
    /// in their flow, the line of the last hour, queues that are gone) is not told to whoever is limited.
    #[must_use]
    pub fn figures_in(&self, now: Timestamp, state: &State, sight: &Sight) -> Figures {
        let seen = { state.agents.iter() }.filter(|(id, _)| sight.has_agent(*id));
        let agent_list: Vec<_> = seen
            .map(|(id, agent)| self.agent(now, id, agent, state))
            .collect();
        let agents = AgentCounts::of(&agent_list);
        let lines = self.lines.iter().filter(|(id, _)| sight.has_queue(**id));
        let lines: Vec<_> = lines.map(|(id, line)| (*id, line)).collect();
        let target = waiting_target(&lines);
        let waiting = lines.iter().map(|(_, line)| line.n_waiting()).sum();
        Figures {
            as_of: now,
            headlines: Headlines {
                waiting: WaitingHeadline {
                    value: waiting,
                    target,
                    level: Level::of_waiting(waiting, target),
                },
                longest_wait: longest_wait(now, &lines),
                service_level: self.service_level(now, &lines),
                available: AvailableHeadline {
                    value: agents.available,
                    of: agents.signed_in(),
                    level: Level::of_available(agents.available, waiting),
                },
            },
            queues: { lines.iter() }
                .map(|(id, line)| self.queue(now, *id, line, state))
                .collect(),
            agents,
            agent_list,
            series: self.series(now, target, sight),
            today: self.today(now, &lines, sight),
        }
    }

    /// Today's counters of a queue, also when nothing has happened since midnight.
    fn counters(&self, now: Timestamp, line: &Line) -> Counters {
        if self.is_today(now) {
            return line.counters;
        }
        Counters::carried(line.n_waiting())
    }

    fn service_level(&self, now: Timestamp, lines: &[(QueueId, &Line)]) -> ServiceLevelHeadline {
        let (mut in_time, mut of, mut promised) = (0, 0, 0);
        let mut busiest: Option<(u64, &Line)> = None;
        for (_, line) in lines {
            let counters = self.counters(now, line);
            let n = counters.answered + counters.abandoned;
            in_time += counters.answered_in_time;
            of += n;
            promised += n * u64::from(line.promise.target_percent);
            if busiest.is_none_or(|(most, _)| n > most) {
                busiest = Some((n, line));
            }
        }
        let promise = busiest.map(|(_, line)| line.promise).unwrap_or_default();
        ServiceLevelHeadline {
            percent: percent(in_time, of),
            in_time,
            of,
            target_percent: promised
                .checked_div(of)
                .unwrap_or_else(|| u64::from(promise.target_percent)),
            threshold_s: promise.threshold_s,
            variant: SERVICE_LEVEL_VARIANT,
            level: Level::of_service_level(in_time, of, promised),
        }
    }

    fn queue(&self, now: Timestamp, id: QueueId, line: &Line, state: &State) -> QueueFigures {
        let counters = self.counters(now, line);
        let promise = &line.promise;
        let of = counters.answered + counters.abandoned;
        let wait_micros = line
            .longest_since()
            .map_or(0, |since| now.micros_since(since));
        let promised = of * u64::from(promise.target_percent);
        let level = Level::of_waiting(line.n_waiting(), u64::from(promise.waiting_target))
            .max(Level::of_longest_wait(
                wait_micros,
                promise.longest_wait_target_s,
            ))
            .max(Level::of_service_level(
                counters.answered_in_time,
                of,
                promised,
            ));
        QueueFigures {
            id,
            waiting: line.n_waiting(),
            longest_since: line.longest_since(),
            service_level_percent: percent(counters.answered_in_time, of),
            free: u64::try_from(state.n_free(id)).unwrap_or(u64::MAX),
            offered: counters.offered,
            carried_in: counters.carried_in,
            answered: counters.answered,
            answered_in_time: counters.answered_in_time,
            abandoned: counters.abandoned,
            short_abandoned: counters.short_abandoned,
            flow_out: counters.flow_out,
            removed: counters.removed,
            blocked: counters.blocked,
            level,
        }
    }

    fn agent(&self, now: Timestamp, id: AgentId, agent: &Agent, state: &State) -> AgentFigures {
        // Of several contacts, the call is what the agent is on.
        let mut slots = agent.slots.iter();
        let call = slots.find(|slot| slot.load.channel == Channel::Voice);
        let contact = call.or_else(|| agent.slots.first()).map(|it| it.contact);
        let stay = contact.and_then(|it| state.contacts.get(it)?.stay().copied());
        AgentFigures {
            id,
            state: agent.display,
            since: agent.since,
            reason: agent.reason_shown(),
            queue: stay.map(|stay| stay.queue),
            handled: self.handled_today(now, id),
        }
    }

    fn series(&self, now: Timestamp, target: u64, sight: &Sight) -> Series {
        let minutes = match sight {
            Sight::Everything => self.minutes.read(now),
            Sight::Of(_) => Vec::new(),
        };
        let minutes = minutes.into_iter();
        Series {
            target,
            minutes: minutes
                .map(|(at, waiting)| Minute { at, waiting })
                .collect(),
        }
    }

    fn today(&self, now: Timestamp, lines: &[(QueueId, &Line)], sight: &Sight) -> Today {
        let (mut sum, in_flow) = match sight {
            Sight::Everything if self.is_today(now) => (self.gone, self.in_flow),
            Sight::Everything => (Counters::default(), self.in_flow),
            Sight::Of(_) => (Counters::default(), 0),
        };
        for (_, line) in lines {
            sum.add(&self.counters(now, line));
        }
        Today {
            offered: sum.offered,
            answered: sum.answered,
            abandoned: sum.abandoned,
            short_abandoned: sum.short_abandoned,
            in_flow,
            handled: sum.handled,
            dialed: sum.dialed,
            reached: sum.reached,
            asa_s: average_s(sum.answered_wait_micros, sum.answered),
            aht_s: average_s(sum.handle_micros, sum.handled),
        }
    }
}

impl AgentCounts {
    fn of(agents: &[AgentFigures]) -> Self {
        let mut counts = Self::default();
        for agent in agents {
            let count = match agent.state {
                Display::Available => &mut counts.available,
                Display::OnContact => &mut counts.on_contact,
                Display::WrapUp => &mut counts.wrap_up,
                Display::NotReady => &mut counts.not_ready,
                Display::InTeams => &mut counts.in_teams,
                Display::PresenceUnknown => &mut counts.presence_unknown,
                Display::Offering => &mut counts.offering,
                Display::Connecting => &mut counts.connecting,
                Display::SignedOut => &mut counts.signed_out,
            };
            *count += 1;
        }
        counts
    }

    const fn signed_in(&self) -> u64 {
        self.available
            + self.on_contact
            + self.wrap_up
            + self.not_ready
            + self.in_teams
            + self.presence_unknown
            + self.offering
            + self.connecting
    }
}

fn waiting_target(lines: &[(QueueId, &Line)]) -> u64 {
    let targets = lines.iter().map(|(_, line)| line.promise.waiting_target);
    targets.map(u64::from).sum()
}

fn longest_wait(now: Timestamp, lines: &[(QueueId, &Line)]) -> LongestWaitHeadline {
    let longest = { lines.iter() }
        .filter_map(|(id, line)| Some((line.longest_since()?, *id, line)))
        .min_by_key(|(since, id, _)| (*since, *id));
    let Some((since, queue, line)) = longest else {
        let targets = { lines.iter() }.map(|(_, it)| it.promise.longest_wait_target_s);
        return LongestWaitHeadline {
            since: None,
            queue: None,
            target_s: targets.filter(|target| *target > 0).min().unwrap_or(0),
            level: Level::Ok,
        };
    };
    let target_s = line.promise.longest_wait_target_s;
    LongestWaitHeadline {
        since: Some(since),
        queue: Some(queue),
        target_s,
        level: Level::of_longest_wait(now.micros_since(since), target_s),
    }
}

fn percent(part: u64, whole: u64) -> Option<u64> {
    (part * 100).checked_div(whole)
}

/// Minutes that the series shows.
pub const SERIES_MINUTES: usize = minutes::MINUTES;
