//! Who was at work when, from records of calls alone. A record has no sign-ins and no states of agents; it has the
//! conversations, and the lines of those who waited. An agent who could have taken somebody who waited, and did not,
//! was not ready. `docs/replay.md` says how far that carries.

use crate::call_records::{CallEnd, CallRecord, Stay};
use crate::traffic::Shift;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::ids::AgentId;
use tandem_core::time::Timestamp;

/// Longer than this not ready after a conversation is a break at its time of day; up to it, it is work after the
/// conversation. Chosen on the first week.
const BREAK_FROM_S: u32 = 120;
/// So long an agent to whom nothing happens is taken for one who is there.
const IDLE_MAX_S: u32 = 900;
/// So long before the first call an agent is taken for one who is there, if nobody waited meanwhile.
const EARLY_MAX_S: u32 = 300;
/// An agent serves a kind of calls who had so many of them ...
const CALLS_OF_KIND_MIN: u64 = 3;
/// ... and one in so many of the agent's calls was of it.
const CALLS_PER_ONE_OF_KIND: u64 = 200;

/// The agents of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staffing {
    /// The first has the number 1. Whoever is not named is one of them, the last.
    pub agents: Vec<AgentOnRecord>,
    /// When they were there.
    pub shifts: Vec<Shift>,
}

/// An agent as the record knows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentOnRecord {
    /// What the record calls the agent.
    pub name: String,
    /// Which kinds of calls the agent takes.
    pub kinds: BTreeSet<String>,
}

/// A conversation.
#[derive(Clone, Copy)]
struct Talk {
    begins: Timestamp,
    ends: Timestamp,
}

/// What conversations without a named agent are called by.
pub(crate) const UNNAMED: &str = "unnamed";

/// Infers it.
#[must_use]
pub fn infer(calls: &[CallRecord]) -> Staffing {
    let mut talks: BTreeMap<(&str, Date), Vec<Talk>> = BTreeMap::new();
    let mut kinds: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    let mut lines: BTreeMap<Date, Vec<(&str, Stay)>> = BTreeMap::new();
    for call in calls {
        if let Some(stay) = call.stay().filter(|it| it.waited_s > 0) {
            lines.entry(call.day).or_default().push((&call.kind, stay));
        }
        if let CallEnd::Answered {
            stay,
            service_s,
            agent,
        } = &call.end
        {
            let name = agent.as_deref().unwrap_or(UNNAMED);
            *kinds
                .entry(name)
                .or_default()
                .entry(&call.kind)
                .or_default() += 1;
            let begins = stay.until();
            let ends = begins.plus_seconds(*service_s);
            let talk = Talk { begins, ends };
            talks.entry((name, call.day)).or_default().push(talk);
        }
    }
    let agents = agents(&kinds);
    let mut shifts = Vec::new();
    for (number, agent) in (1..).zip(&agents) {
        for ((_, day), talks) in { &talks }
            .iter()
            .filter(|((name, _), _)| *name == agent.name)
        {
            let lines = lines.get(day).map_or(&[][..], Vec::as_slice);
            let own = lines.iter().filter(|(kind, _)| agent.kinds.contains(*kind));
            let own: Vec<Stay> = own.map(|(_, stay)| *stay).collect();
            let mut talks = talks.clone();
            talks.sort_by_key(|it| (it.begins, it.ends));
            if agent.name == UNNAMED {
                shifts.extend(of_nobody(AgentId(number), &talks));
            } else {
                shifts.extend(shift(AgentId(number), &talks, &own));
            }
        }
    }
    Staffing { agents, shifts }
}

fn agents(kinds: &BTreeMap<&str, BTreeMap<&str, u64>>) -> Vec<AgentOnRecord> {
    let mut agents: Vec<_> = kinds
        .iter()
        .map(|(name, kinds)| {
            let all: u64 = kinds.values().sum();
            let min = CALLS_OF_KIND_MIN.max(all / CALLS_PER_ONE_OF_KIND);
            let most = kinds.values().max().copied().unwrap_or(0);
            // Nobody serves nothing.
            let served = kinds.iter().filter(|(_, n)| **n >= min.min(most));
            AgentOnRecord {
                name: (*name).to_owned(),
                kinds: served.map(|(kind, _)| (*kind).to_owned()).collect(),
            }
        })
        .collect();
    agents.sort_by_key(|it| (it.name == UNNAMED, it.name.clone()));
    agents
}

/// Somebody is there for each conversation, and no longer. Conversations at the same time are one after the other.
fn of_nobody(agent: AgentId, talks: &[Talk]) -> Vec<Shift> {
    let mut shifts: Vec<Shift> = Vec::new();
    for talk in talks {
        let ends = talk.ends.max(talk.begins.plus_seconds(1));
        match shifts.last_mut() {
            Some(last) if last.ends >= talk.begins => last.ends = last.ends.max(ends),
            Some(_) | None => shifts.push(Shift {
                agent,
                begins: talk.begins,
                ends,
                wrap_ups_us: Vec::new(),
                breaks: Vec::new(),
            }),
        }
    }
    shifts
}

/// An agent's day, from the first conversation to the last.
fn shift(agent: AgentId, talks: &[Talk], lines: &[Stay]) -> Option<Shift> {
    let first = talks.first()?;
    let early_us = i64::from(EARLY_MAX_S) * 1_000_000;
    let begins = ready_from(first.begins.plus_micros(-early_us), first.begins, lines);
    let (mut wrap_ups_us, mut breaks) = (Vec::new(), Vec::new());
    let mut ended = first.ends;
    for talk in talks.iter().skip(1) {
        let idle_us = i64::from(IDLE_MAX_S) * 1_000_000;
        let latest = talk.begins.plus_micros(-idle_us);
        let ready = ready_from(ended, talk.begins, lines).max(latest);
        let away_us = ready.micros_since(ended);
        if away_us > i64::from(BREAK_FROM_S) * 1_000_000 {
            breaks.push((ended, away_us));
            wrap_ups_us.push(0);
        } else {
            wrap_ups_us.push(away_us);
        }
        ended = ended.max(talk.ends);
    }
    Some(Shift {
        agent,
        begins,
        ends: gone_at(ended, lines),
        wrap_ups_us,
        breaks,
    })
}

/// Since when, from `earliest` on, somebody who begins to talk at `until` may have been ready: not while others waited
/// whom the agent could have taken.
fn ready_from(earliest: Timestamp, until: Timestamp, lines: &[Stay]) -> Timestamp {
    let meanwhile = lines
        .iter()
        .filter(|it| it.since < until && it.until() > earliest);
    let ended = meanwhile.map(|it| it.until().min(until));
    ended.max().unwrap_or(earliest).max(earliest)
}

/// Until when somebody was ready after the last conversation: not while others waited. In a rerun an agent finishes the
/// contact of that moment, so some work longer than on record. To let them go when the last conversation began was tried
/// on the first week, and made waits 10 s too long instead of 2 s.
fn gone_at(ended: Timestamp, lines: &[Stay]) -> Timestamp {
    let later = lines.iter().filter(|it| it.until() > ended);
    let latest = ended.plus_seconds(IDLE_MAX_S);
    let next = later.map(|it| it.since).min();
    next.map_or(latest, |it| it.clamp(ended, latest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u32) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    fn stay(since_s: u32, waited_s: u32) -> Stay {
        let since = at(since_s);
        Stay { since, waited_s }
    }

    fn call(kind: &str, stay: Stay, service_s: u32, agent: Option<&str>) -> CallRecord {
        CallRecord {
            line: 2,
            day: jiff::civil::date(1999, 8, 1),
            customer: 0,
            kind: kind.to_owned(),
            is_priority: false,
            arrives: stay.since,
            in_flow_s: 0,
            end: CallEnd::Answered {
                stay,
                service_s,
                agent: agent.map(str::to_owned),
            },
        }
    }

    const fn talk(begins: Timestamp, ends: Timestamp) -> Talk {
        Talk { begins, ends }
    }

    #[test]
    fn agent_who_left_somebody_waiting_was_not_ready() {
        let talks = [talk(at(1_000), at(1_060)), talk(at(1_100), at(1_200))];
        // Somebody waits from 1050 until the agent comes at 1100: forty seconds of work after the first.
        let shift = shift(AgentId(1), &talks, &[stay(1_050, 50)]).expect("there are two");
        assert_eq!(shift.wrap_ups_us, [40_000_000]);
        assert_eq!(shift.breaks, []);
        assert_eq!((shift.begins, shift.ends), (at(700), at(2_100)));
    }

    #[test]
    fn long_time_away_is_a_break_at_its_time_of_day() {
        let talks = [talk(at(1_000), at(1_060)), talk(at(1_900), at(1_950))];
        let shift = shift(AgentId(1), &talks, &[stay(1_500, 300)]).expect("there are two");
        assert_eq!(shift.breaks, [(at(1_060), 740_000_000)]);
        assert_eq!(shift.wrap_ups_us, [0]);
    }

    #[test]
    fn agent_whom_nobody_waited_for_was_ready() {
        let talks = [talk(at(1_000), at(1_060)), talk(at(1_100), at(1_200))];
        let shift = shift(AgentId(1), &talks, &[]).expect("there are two");
        assert_eq!(shift.wrap_ups_us, [0]);
    }

    #[test]
    fn agent_after_whose_last_call_somebody_waited_was_gone() {
        let talks = [talk(at(1_000), at(1_060))];
        let shift = shift(AgentId(1), &talks, &[stay(1_050, 50)]).expect("there is one");
        assert_eq!(shift.ends, at(1_060));
    }

    #[test]
    fn agent_serves_what_the_agent_was_seen_to_serve_more_than_by_chance() {
        let mut calls: Vec<_> = (0..1_000)
            .map(|n| call("PS", stay(n, 0), 1, Some("agent-01")))
            .collect();
        calls.push(call("NE", stay(0, 0), 1, Some("agent-01")));
        calls.push(call("IN", stay(0, 0), 1, Some("agent-02")));
        calls.push(call("PS", stay(0, 0), 5, None));
        let staffing = infer(&calls);
        let told: Vec<_> = { staffing.agents.iter() }
            .map(|it| {
                (
                    it.name.as_str(),
                    it.kinds.iter().map(String::as_str).collect(),
                )
            })
            .collect::<Vec<(&str, Vec<&str>)>>();
        assert_eq!(
            told,
            [
                ("agent-01", vec!["PS"]),
                ("agent-02", vec!["IN"]),
                ("unnamed", vec!["PS"])
            ]
        );
        let unnamed = staffing.shifts.last().expect("somebody was there");
        assert_eq!((unnamed.begins, unnamed.ends), (at(0), at(5)));
    }
}
