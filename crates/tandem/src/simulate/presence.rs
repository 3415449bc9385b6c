//! `tandem simulate --presence`: people who change their status in Teams and in Tandem, with faults in between.

use super::Arguments;
use crate::outcome::{Outcome, line};
use serde_json::json;
use tandem_simulation::presence::{Mapping, PresencePlan, PresenceReport, presence_day};

/// A day at work.
const MINUTES: u32 = 8 * 60;

/// Lives through a day of each seed.
pub(super) fn run(arguments: &Arguments, people: u32) -> anyhow::Result<Outcome> {
    let seeds = (0..arguments.count).map(|n| arguments.seed + n);
    let mut outcome = Outcome::Done;
    for seed in seeds {
        let plan = PresencePlan {
            seed,
            people,
            minutes: MINUTES,
            mapping: Mapping::Agreeing,
            planted: None,
        };
        let lived = presence_day(plan);
        if lived.is_err() {
            outcome = Outcome::Failed;
        }
        if arguments.json {
            let (report, failure) = (lived.as_ref().ok(), lived.as_ref().err());
            let ok = lived.is_ok();
            let told = json!({ "ok": ok, "seed": seed, "report": report, "failure": failure });
            line(&told.to_string())?;
            continue;
        }
        match lived {
            Ok(report) => {
                for part in told(seed, people, &report) {
                    line(&part)?;
                }
            }
            Err(failure) => drop(line(&failure)?),
        }
    }
    Ok(outcome)
}

fn told(seed: u64, people: u32, report: &PresenceReport) -> [String; 5] {
    let PresenceReport {
        changes_in_tandem,
        changes_in_teams,
        looks,
        writes,
        lost,
        throttled,
        stale,
        restarts,
        left_alone,
        followed_teams,
        wanted,
    } = report;
    [
        format!("seed {seed}: {people} people for eight hours: both sides say the same"),
        format!("  people      {changes_in_tandem} changes in Tandem, {changes_in_teams} in Teams"),
        format!(
            "  in step     {followed_teams} followed Teams, {wanted} told to Teams, {left_alone} left alone"
        ),
        format!("  requests    {looks} looks, {writes} writes"),
        format!(
            "  faults      {lost} lost, {throttled} put off, {stale} looks told what was before, \
             {restarts} restarts"
        ),
    ]
}
