//! Every figure that the board shows is explained, and nothing is explained that is not shown.

use serde_json::Value;
use std::collections::BTreeSet;
use tandem_core::agent::Profile;
use tandem_core::capacity::Demand;
use tandem_core::event::Event;
use tandem_core::flow::Prompt;
use tandem_core::ids::{AccountId, SubjectRef};
use tandem_core::queue::{
    AtClosing, OfferBy, Queue, ServiceLevel, Strategy, WrapUpMode, WrapUpRule,
};
use tandem_core::settings::Document;
use tandem_core::state::State;
use tandem_core::time::Timestamp;
use tandem_reports::catalogue::{METRICS, metric};
use tandem_reports::live::Board;

/// What names a row or an instant rather than measuring something.
const NOT_FIGURES: [&str; 5] = [
    "as_of",
    "headlines.longest_wait.queue",
    "queues[].id",
    "agent_list[].id",
    "series.minutes[].at",
];

// B15, R-31
#[test]
fn every_figure_has_an_entry() {
    let explained: BTreeSet<_> = METRICS.iter().flat_map(|it| it.figures).copied().collect();
    let shown = shown();
    let missing: Vec<_> = shown
        .iter()
        .filter(|path| !explained.contains(path.as_str()))
        .filter(|path| !NOT_FIGURES.contains(&path.as_str()))
        .collect();
    assert_eq!(missing, [""; 0]);
    let idle: Vec<_> = explained
        .iter()
        .filter(|path| !shown.contains(**path))
        .collect();
    assert_eq!(idle, [&""; 0]);
}

#[test]
fn ids_are_unique_and_found() {
    let ids: BTreeSet<_> = METRICS.iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), METRICS.len());
    assert!(METRICS.iter().all(|it| metric(it.id) == Some(it)));
    assert_eq!(metric("nothing"), None);
}

#[test]
fn every_entry_says_how_it_is_made_and_by_which_rule() {
    for it in METRICS {
        assert!(!it.name.is_empty() && it.formula.len() > 10, "{}", it.id);
        assert!(
            it.source.contains("R-") || it.source.contains('B'),
            "{}",
            it.id
        );
        assert!(!it.formula.contains("  "), "{}", it.id);
    }
}

/// The paths of all leaves of the figures of a center with one queue and one agent.
fn shown() -> BTreeSet<String> {
    let mut board = Board::new("Europe/Berlin").expect("the zone is in the database");
    let mut state = State::default();
    let now = Timestamp::from_micros(0);
    for document in [Document::Queue(queue()), Document::Agent(profile())] {
        let (id, version, by) = (1, 1, AccountId(0));
        let event = Event::Saved {
            id,
            version,
            document,
            by,
        };
        board.apply(now, &event);
        state.apply(now, &event);
    }
    let figures = serde_json::to_value(board.figures(now, &state)).expect("figures are JSON");
    let mut paths = BTreeSet::new();
    leaves(String::new(), &figures, &mut paths);
    paths
}

fn leaves(path: String, value: &Value, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                leaves(format!("{path}{dot}{key}"), value, paths);
            }
        }
        Value::Array(items) => {
            for item in items {
                leaves(format!("{path}[]"), item, paths);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            paths.insert(path);
        }
    }
}

fn profile() -> Profile {
    Profile {
        person: SubjectRef(1),
        address: "ann".into(),
        phone: None,
        skills: vec![],
        enabled: true,
        team: None,
        capacity: None,
    }
}

fn queue() -> Queue {
    Queue {
        name: "Support".into(),
        short_name: "Support".into(),
        requirements: vec![],
        condition: None,
        preferences: vec![],
        plan: vec![],
        strategy: Strategy::LongestIdle,
        offer_by: OfferBy::Tandem,
        offer_timeout_s: 20,
        join_timeout_s: 60,
        wrap_up: WrapUpRule {
            mode: WrapUpMode::None,
            seconds: 0,
        },
        service_level: ServiceLevel {
            threshold_s: 20,
            target_percent: 80,
        },
        short_abandon_s: 5,
        max_wait_s: 600,
        max_waiting: 10,
        priority: 5,
        cooldown_s: 60,
        message_misses: 1,
        unknown_presence: tandem_core::presence::UnknownPresence::DoNotOffer,
        music: Prompt::Text("Music.".into()),
        waiting_target: 2,
        longest_wait_target_s: 60,
        hours: None,
        at_closing: AtClosing::FinishWaiting,
        announce: None,
        calling_out: None,
        callbacks: None,
        recording: None,
        demand: Demand::default(),
        preferred: None,
        chances: None,
        teams: None,
    }
}
