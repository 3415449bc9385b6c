//! A contact center out of a record of calls: queues that serve as the source did, agents inferred from their
//! conversations, and the traffic of every day. Lived through, it is a journal like any other ([`crate::rerun`]).

use crate::call_records::{CallEnd, CallRecord, CallRecords, Stay};
use crate::floor_plan;
use crate::patience::{EVENTS_MIN, Patience, Wait, WaitEnd};
use crate::rerun::{Keeper, Lived, Rerun};
use crate::staffing::{self, AgentOnRecord, Staffing};
use crate::traffic::{Call, Habit, Need, Seen, Traffic};
use jiff::civil::Date;
use std::collections::BTreeSet;
use tandem_core::ContactCenter;
use tandem_core::flow::{Node, Prompt};
use tandem_core::ids::{FlowId, QueueId, ReasonId, SkillId};
use tandem_core::limits;
use tandem_core::plan::PlanStep;
use tandem_core::queue::{OfferBy, Queue, WrapUpMode, WrapUpRule};
use tandem_core::settings::Document;
use tandem_core::skill::Skill;

/// What a priority customer counts as having waited on entering, in this bank.
const HEAD_START_S: u32 = 90;
/// The shortest service that a customer needs: the source's authors trace shorter ones to agents who wanted a rest.
const SERVICE_MIN_S: u32 = 10;
/// Nobody is sent away for having waited: the longest wait that a queue can be set to, s.
const WAIT_MAX_S: u32 = 14_400;

/// A contact center out of a record.
#[derive(Clone, Debug)]
pub struct Import {
    /// Its settings, to be saved in this order.
    pub documents: Vec<Document>,
    /// What its customers and agents bring along.
    pub traffic: Traffic,
    /// The calls, in the order of the traffic's.
    pub calls: Vec<CallRecord>,
    /// The agents, and when they were there.
    pub staffing: Staffing,
    /// The kinds of calls: the first kind has the queue 1, and its priority customers the first queue after all kinds'.
    pub kinds: Vec<String>,
}

impl Import {
    /// Makes it of a record.
    #[must_use]
    pub fn of(records: CallRecords) -> Self {
        let calls = records.calls;
        let kinds: BTreeSet<&str> = calls.iter().map(|it| it.kind.as_str()).collect();
        let kinds: Vec<String> = kinds.into_iter().map(str::to_owned).collect();
        let staffing = staffing::infer(&calls);
        let documents = documents(&kinds, &staffing.agents);
        let traffic = traffic(&kinds, &calls, &staffing);
        Self {
            documents,
            traffic,
            calls,
            staffing,
            kinds,
        }
    }

    /// Lives through it; somebody may keep the turns.
    ///
    /// # Errors
    /// The document that the core refused.
    pub fn rerun(&self, seed: u64, mut keeper: Option<&mut Keeper<'_>>) -> Result<Lived, String> {
        let mut keep = |now, input, events| {
            if let Some(keeper) = &mut keeper {
                keeper(now, input, events);
            }
        };
        let rerun = Rerun::new(&self.traffic, seed, ContactCenter::new());
        let mut rerun = rerun.kept_by(&mut keep);
        rerun.open(&self.documents)?;
        Ok(rerun.live())
    }

    /// The days, in order.
    #[must_use]
    pub fn days(&self) -> Vec<Date> {
        let days: BTreeSet<Date> = self.calls.iter().map(|it| it.day).collect();
        days.into_iter().collect()
    }
}

/// The wait of a call, if it was in line.
pub(crate) fn wait_of(call: &CallRecord) -> Option<Wait> {
    let stay = call.stay().filter(|it| it.waited_s > 0)?;
    let end = if call.gave_up() {
        WaitEnd::GaveUp
    } else {
        WaitEnd::Censored
    };
    Some(Wait {
        seconds: f64::from(stay.waited_s),
        end,
    })
}

/// The settings of a center that serves as the source did: kinds of calls, and agents who know some of them.
#[must_use]
pub fn documents(kinds: &[String], agents: &[AgentOnRecord]) -> Vec<Document> {
    let mut documents = vec![Document::Reason(floor_plan::reason("break"))];
    let skill = |name: &String| Document::Skill(Skill { name: name.clone() });
    documents.extend(kinds.iter().map(skill));
    let numbered = || (1..).map(SkillId).zip(kinds);
    documents.extend(numbered().map(|(skill, kind)| Document::Queue(queue(kind, skill))));
    documents.extend(numbered().map(|(skill, kind)| Document::Queue(with_head_start(kind, skill))));
    for (n, line) in (1..).zip(lines(kinds)) {
        documents.push(Document::Flow(flow(&line, QueueId(n))));
        documents.push(Document::Endpoint(floor_plan::endpoint(
            &line,
            &line,
            FlowId(n),
        )));
    }
    for agent in agents {
        let known = numbered().filter(|(_, kind)| agent.kinds.contains(*kind));
        let skills: Vec<_> = known.map(|(skill, _)| (skill, 1)).collect();
        documents.push(Document::Agent(floor_plan::profile(&agent.name, &skills)));
    }
    documents
}

/// The line of each kind, and then that of each kind's priority customers.
#[must_use]
pub fn lines(kinds: &[String]) -> Vec<String> {
    let plain = kinds.iter().map(|kind| kind.to_lowercase());
    let priority = kinds
        .iter()
        .map(|kind| format!("{}-priority", kind.to_lowercase()));
    plain.chain(priority).collect()
}

/// Who has waited longest is served first, by whoever has been idle longest; nobody is sent away.
fn queue(kind: &str, skill: SkillId) -> Queue {
    Queue {
        requirements: vec![floor_plan::requirement(skill, 1)],
        offer_by: OfferBy::Teams,
        wrap_up: WrapUpRule {
            mode: WrapUpMode::Optional,
            seconds: 0,
        },
        max_wait_s: WAIT_MAX_S,
        max_waiting: limits::CONTACTS_WAITING_MAX,
        ..floor_plan::queue(kind)
    }
}

/// The same for priority customers. A plan's first step comes after a second of waiting.
fn with_head_start(kind: &str, skill: SkillId) -> Queue {
    let step = PlanStep {
        after_s: 1,
        condition: None,
        teams: None,
        preferences: None,
        strategy: None,
        priority: None,
        boost_s: Some(HEAD_START_S),
        prompt: None,
    };
    let beside: String = kind
        .chars()
        .take(limits::SHORT_NAME_CHARS_MAX - 1)
        .collect();
    Queue {
        name: format!("{kind} priority"),
        short_name: format!("{beside}+"),
        plan: vec![step],
        ..queue(kind, skill)
    }
}

/// The voice response unit, and then the line.
pub(crate) fn flow(name: &str, queue: QueueId) -> tandem_core::flow::Flow {
    let end = || "end".to_owned();
    let unit = Node::Play {
        prompt: Prompt::Url("https://example.com/voice-response-unit.wav".to_owned()),
        next: "line".to_owned(),
        failed: end(),
    };
    let line = Node::Queue {
        queue,
        timeout: end(),
        full: end(),
        failed: None,
        closed: None,
        emergency: None,
        keep_age: false,
        key: None,
    };
    floor_plan::flow(
        name,
        "unit",
        &[("unit", unit), ("line", line), ("end", Node::End)],
    )
}

fn traffic(kinds: &[String], calls: &[CallRecord], staffing: &Staffing) -> Traffic {
    let habits = kinds.iter().map(|kind| habit(kind, calls));
    let numbered = |call: &CallRecord| kinds.iter().position(|it| *it == call.kind);
    let calls_of = calls.iter().map(|call| {
        let kind = numbered(call).unwrap_or(0);
        let lines_before = if call.is_priority { kinds.len() } else { 0 };
        Call {
            number: call.line,
            customer: call.customer,
            has_number: true,
            line: lines_before + kind,
            arrives: call.arrives,
            in_flow_us: i64::from(call.in_flow_s) * 1_000_000,
            need: need(kind, call),
        }
    });
    Traffic {
        lines: lines(kinds),
        habits: habits.collect(),
        calls: calls_of.collect(),
        shifts: staffing.shifts.clone(),
        break_reason: ReasonId(1),
    }
}

fn need(habit: usize, call: &CallRecord) -> Option<Need> {
    let waited_us = |stay: &Stay| i64::from(stay.waited_s) * 1_000_000;
    let (patience, service_us) = match &call.end {
        CallEnd::InFlow => return None,
        CallEnd::GaveUp(stay) => (Seen::Whole(waited_us(stay)), None),
        CallEnd::Answered {
            stay, service_s, ..
        } => (
            Seen::AtLeast(waited_us(stay)),
            Some(i64::from(*service_s) * 1_000_000),
        ),
    };
    Some(Need {
        habit,
        patience,
        service_us,
    })
}

/// Where too few of a kind gave up, the patience is that of all.
fn habit(kind: &str, calls: &[CallRecord]) -> Habit {
    let own = || calls.iter().filter(|it| it.kind == kind);
    let services = own().filter_map(|call| match &call.end {
        CallEnd::Answered { service_s, .. } if *service_s >= SERVICE_MIN_S => {
            Some(i64::from(*service_s) * 1_000_000)
        }
        CallEnd::Answered { .. } | CallEnd::GaveUp(_) | CallEnd::InFlow => None,
    });
    let waits: Vec<Wait> = if own().filter(|it| it.gave_up()).count() < EVENTS_MIN {
        calls.iter().filter_map(wait_of).collect()
    } else {
        own().filter_map(wait_of).collect()
    };
    Habit {
        patience: Patience::fit(&waits),
        services_us: services.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call_records;

    /// Made up: two kinds, two agents, a priority customer who comes last and is served first.
    const CALLS: &str = "date,customer_id,priority,type,vru_entry,vru_time,q_start,q_time,outcome,ser_start,ser_time,agent
1999-08-01,11,0,PS,08:00:00,10,00:00:00,0,AGENT,08:00:10,120,agent-01
1999-08-01,12,0,PS,08:00:20,10,08:00:30,100,AGENT,08:02:10,60,agent-01
1999-08-01,13,0,PS,08:00:30,10,08:00:40,150,AGENT,08:03:10,60,agent-01
1999-08-01,14,2,PS,08:01:00,10,08:01:10,30,HANG,00:00:00,0,
1999-08-01,15,0,NE,08:01:00,5,00:00:00,0,HANG,00:00:00,0,
1999-08-01,16,0,NE,08:01:00,5,00:00:00,0,AGENT,08:01:05,300,agent-02
1999-08-01,17,2,PS,08:01:50,5,08:01:55,14,AGENT,08:02:09,1,agent-01
";

    fn lived(seed: u64) -> (Import, Lived) {
        let import = Import::of(call_records::parse(CALLS).expect("it can be read"));
        let lived = import.rerun(seed, None).expect("every document is taken");
        (import, lived)
    }

    // the bank's own rule.
    #[test]
    fn priority_customer_counts_as_ninety_seconds_older() {
        let (_, lived) = lived(1);
        let answered = |n: usize| lived.courses[n].joined.expect("an agent came").at;
        // Who came at 08:01:55 goes before who came at 08:00:40, and not before who came at 08:00:10.
        assert!(answered(6) < answered(2));
        assert!(answered(0) < answered(6));
    }

    #[test]
    fn every_call_comes_to_the_end_that_its_customer_wants() {
        let (import, lived) = lived(1);
        for (call, course) in import.calls.iter().zip(&lived.courses) {
            assert!(course.ended.is_some(), "{call:?}: {course:?}");
            assert_eq!(course.entered.is_some(), call.stay().is_some(), "{call:?}");
        }
        // Nobody waits longer than their patience.
        assert!(
            lived.courses[3].joined.is_some() || lived.courses[3].wait_us() == Some(30_000_000)
        );
        let figures = lived.figures();
        assert_eq!(figures.offered, 6);
        assert_eq!(lived.center.state().contacts.len(), 0);
    }

    #[test]
    fn same_seed_gives_the_same_journal_and_the_events_alone_the_same_state() {
        let (import, lived) = lived(3);
        let mut rebuilt = ContactCenter::new();
        let mut written = Vec::new();
        for round in 0..2 {
            let mut turns = Vec::new();
            let mut keep = |now, input: tandem_core::input::Input, events: Vec<_>| {
                if round == 0 {
                    rebuilt.apply(now, &events);
                }
                turns.push((now, input, events));
            };
            import.rerun(3, Some(&mut keep)).expect("as before");
            written.push(turns);
        }
        assert_eq!(written[0], written[1]);
        assert_eq!(rebuilt, lived.center);
    }
}
