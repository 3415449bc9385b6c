//! `tandem bench day`, `replay` and `fortnight`: how fast the core lives through traffic, and how fast a journal of it
//! is replayed. The day is made of the demo's traffic profile ([docs/traffic-profile.md]), as large as is asked.

use crate::demo::profile::{Dice, Profile, QUARTERS};
use crate::import_calls::{CENTER, write_journal};
use anyhow::ensure;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};
use tandem_core::ids::{AgentId, ReasonId};
use tandem_core::time::Timestamp;
use tandem_simulation::import::{Import, documents, lines};
use tandem_simulation::rerun::Lived;
use tandem_simulation::staffing::{AgentOnRecord, Staffing};
use tandem_simulation::traffic::{Call, Habit, Need, Seen, Shift, Traffic};

/// A midnight: 2026-03-02T00:00:00Z.
const MIDNIGHT_US: i64 = 1_772_409_600_000_000;
const QUARTER_S: u32 = 900;
/// Agents for each that the load alone would keep busy.
const AGENTS_PER_LOAD: f64 = 1.08;
/// Whatever the load, so many are there.
const AGENTS_MIN: f64 = 2.0;
/// So many customers by whose conversations the load is known.
const DRAWN: u32 = 2_000;

/// A day of so many contacts, lived through.
pub(super) fn day(n: u64) -> anyhow::Result<Value> {
    let import = drawn(n)?;
    let began = Instant::now();
    let lived = import.rerun(1, None).map_err(anyhow::Error::msg)?;
    Ok(pace(&import, &lived, began.elapsed()))
}

/// The journal of such a day, replayed.
pub(super) async fn replay(folder: &Path, n: u64) -> anyhow::Result<Value> {
    replayed(folder, &drawn(n)?).await
}

/// The days of a record of calls, lived through; and their journal, replayed.
pub(super) async fn fortnight(folder: &Path, text: &str) -> anyhow::Result<Value> {
    let records = tandem_simulation::call_records::parse(text).map_err(anyhow::Error::msg)?;
    let began = Instant::now();
    let import = Import::of(records);
    let inferred = began.elapsed();
    let began = Instant::now();
    let lived = import.rerun(1, None).map_err(anyhow::Error::msg)?;
    let mut told = pace(&import, &lived, began.elapsed());
    told["inferred_seconds"] = json!(inferred.as_secs_f64());
    told["journal"] = replayed(folder, &import).await?;
    Ok(told)
}

#[expect(clippy::cast_precision_loss, reason = "rates for people to read")]
fn pace(import: &Import, lived: &Lived, elapsed: Duration) -> Value {
    let seconds = elapsed.as_secs_f64();
    json!({
        "contacts": import.traffic.calls.len(),
        "agents": import.staffing.agents.len(),
        "turns": lived.n_turns,
        "events": lived.n_events,
        "seconds": seconds,
        "turns_per_second": lived.n_turns as f64 / seconds,
        "figures": lived.figures(),
    })
}

/// Beside it the floor: the records are read, and nothing is done with them.
#[expect(clippy::cast_precision_loss, reason = "rates for people to read")]
async fn replayed(folder: &Path, import: &Import) -> anyhow::Result<Value> {
    let store = tandem_server::open_store(folder).await?;
    let (records, _) = write_journal(import, 1, &store).await?;
    let center = tandem_server::center_id(CENTER)?;
    let began = Instant::now();
    let mut n_turns = 0_u64;
    tandem_server::journal::each_turn(&store, &center, |_| n_turns += 1).await?;
    let reading = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let replayed = tandem_server::replay::replay(&store, &center, |_| {}).await?;
    let seconds = began.elapsed().as_secs_f64();
    store.close().await?;
    ensure!(replayed.turns == n_turns, "turns were lost on the way");
    Ok(json!({
        "records": records,
        "turns": replayed.turns,
        "events": replayed.events,
        "seconds": seconds,
        "events_per_second": replayed.events as f64 / seconds,
        "floor_read_alone_seconds": reading,
    }))
}

/// A day out of the profile.
fn drawn(n: u64) -> anyhow::Result<Import> {
    ensure!((1..=1_000_000).contains(&n), "--n is 1 to 1000000 contacts");
    let profile = Profile::bank()?;
    let mut dice = Dice::new(7);
    let mean_s = mean_service_s(&profile, &mut dice);
    let calls: Vec<Call> = (1..=n).map(|it| call(&profile, it, &mut dice)).collect();
    let kinds: Vec<String> = profile.queues.iter().map(|it| it.name.clone()).collect();
    let needed = agents_needed(&profile, &calls, mean_s);
    let n_agents = needed.iter().copied().max().unwrap_or(0);
    let agents = (1..=n_agents).map(|n| AgentOnRecord {
        name: format!("agent-{n}"),
        kinds: kinds.iter().cloned().collect(),
    });
    let agents: Vec<_> = agents.collect();
    let shifts = shifts(&needed, n_agents);
    let habits = kinds.iter().map(|_| Habit {
        patience: None,
        services_us: Vec::new(),
    });
    let traffic = Traffic {
        lines: lines(&kinds),
        habits: habits.collect(),
        calls,
        shifts: shifts.clone(),
        break_reason: ReasonId(1),
    };
    Ok(Import {
        documents: documents(&kinds, &agents),
        traffic,
        calls: Vec::new(),
        staffing: Staffing { agents, shifts },
        kinds,
    })
}

fn mean_service_s(profile: &Profile, dice: &mut Dice) -> f64 {
    let drawn = (0..DRAWN).map(|_| {
        let (_, subject) = profile.subject(dice);
        profile.service_s(subject, dice)
    });
    drawn.sum::<f64>() / f64::from(DRAWN)
}

fn call(profile: &Profile, number: u64, dice: &mut Dice) -> Call {
    let (line, subject) = profile.subject(dice);
    let need = Need {
        habit: line,
        patience: Seen::Whole(micros(profile.patience_s(subject, dice))),
        service_us: Some(micros(profile.service_s(subject, dice))),
    };
    Call {
        number,
        customer: 0,
        has_number: true,
        line,
        arrives: Timestamp::from_micros(MIDNIGHT_US + micros(time_of_day_s(profile, dice))),
        in_flow_us: micros(profile.flow_s(dice)),
        need: Some(need),
    }
}

/// By the rates of the quarter hours.
fn time_of_day_s(profile: &Profile, dice: &mut Dice) -> f64 {
    let rates = profile.calls_per_hour();
    let mut left = dice.unit() * rates.iter().sum::<f64>();
    let mut begins_s = 0.0;
    for rate in rates {
        if left < *rate {
            return begins_s + f64::from(QUARTER_S) * left / rate;
        }
        left -= rate;
        begins_s += f64::from(QUARTER_S);
    }
    begins_s
}

/// By the quarter hours of the day.
fn agents_needed(profile: &Profile, calls: &[Call], mean_s: f64) -> Vec<u64> {
    let all: f64 = profile.calls_per_hour().iter().sum::<f64>() / 4.0;
    let n = f64::from(u32::try_from(calls.len()).unwrap_or(u32::MAX));
    let needed = |per_hour: &f64| {
        let busy = per_hour * n / all * mean_s / 3_600.0;
        whole(busy * AGENTS_PER_LOAD + AGENTS_MIN)
    };
    profile.calls_per_hour().iter().map(needed).collect()
}

/// The n-th agent is there while so many are needed.
fn shifts(needed: &[u64], n_agents: u64) -> Vec<Shift> {
    let at = |quarter: usize| {
        let quarter = u32::try_from(quarter).unwrap_or(u32::MAX);
        Timestamp::from_micros(MIDNIGHT_US).plus_seconds(quarter * QUARTER_S)
    };
    let mut shifts = Vec::new();
    let mut here: BTreeMap<u64, usize> = BTreeMap::new();
    for quarter in 0..=QUARTERS {
        let n_here = needed.get(quarter).copied().unwrap_or(0);
        for agent in 1..=n_agents {
            let is_needed = agent <= n_here;
            if is_needed {
                here.entry(agent).or_insert(quarter);
            } else if let Some(since) = here.remove(&agent) {
                shifts.push(Shift {
                    agent: AgentId(agent),
                    begins: at(since),
                    ends: at(quarter),
                    wrap_ups_us: Vec::new(),
                    breaks: Vec::new(),
                });
            }
        }
    }
    shifts
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "times of some hours; a fraction of a microsecond is none"
)]
fn micros(seconds: f64) -> i64 {
    (seconds * 1e6).round() as i64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "some hundreds of people"
)]
fn whole(number: f64) -> u64 {
    number.max(0.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_day_has_its_contacts_and_serves_most_of_them() {
        let import = drawn(2_000).unwrap();
        let lived = import.rerun(1, None).unwrap();
        let figures = lived.figures();
        assert_eq!(figures.offered, 2_000);
        assert!(figures.abandoned_percent < 20.0, "{figures:?}");
        assert!(figures.occupancy_percent > 60.0, "{figures:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn journal_of_a_drawn_day_is_replayed() {
        let folder = tempfile::tempdir().unwrap();
        let told = replay(folder.path(), 50).await.unwrap();
        assert!(told["events"].as_u64().unwrap() > 500, "{told}");
    }
}
