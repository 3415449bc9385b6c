//! What is said of changes, by a made-up morning; of callbacks also by hand.

mod callbacks;

use super::*;
use crate::call_records;
use crate::dice::Dice;
use crate::import::Import;
use crate::retrospect::Retrospect;
use std::fmt::Write as _;
use tandem_core::event::Event;
use tandem_core::ids::AgentId;
use tandem_core::queue::Strategy;

const HEADER: &str = "date,customer_id,priority,type,vru_entry,vru_time,q_start,q_time,outcome,ser_start,ser_time,agent";

fn clock(second: u64) -> String {
    let (hours, minutes) = (second / 3_600, second / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}", second % 60)
}

/// A made-up morning of two agents who cannot keep up: who waits for three minutes gives up.
fn morning() -> Import {
    let mut dice = Dice::new(11);
    let mut text = HEADER.to_owned();
    let mut free_at = [28_800, 28_800];
    for n in 0..240 {
        let arrives = 28_800 + n * 40 + dice.below(30);
        let entered = arrives + 5;
        let agent = usize::from(free_at[1] < free_at[0]);
        let waits = u64::saturating_sub(free_at[agent], entered);
        let times = if waits > 180 {
            format!("{},180,HANG,00:00:00,0,", clock(entered))
        } else {
            let talks = 40 + dice.below(120);
            let begins = entered + waits;
            free_at[agent] = begins + talks;
            let since = if waits == 0 { 0 } else { entered };
            let (since, begins) = (clock(since), clock(begins));
            format!("{since},{waits},AGENT,{begins},{talks},agent-{agent}")
        };
        let call = clock(arrives);
        write!(text, "\n1999-08-01,{n},0,PS,{call},5,{times}").expect("it is a text");
    }
    Import::of(call_records::parse(&text).expect("it can be read"))
}

fn recorded(import: &Import) -> (Recorded, Lived) {
    let mut retrospect = Retrospect::default();
    let mut keep = |now, _, events: Vec<Event>| retrospect.see(now, &events);
    let lived = import.rerun(1, Some(&mut keep)).expect("it is taken");
    (retrospect.recorded(), lived)
}

// what was is known from the journal alone.
#[test]
fn journal_tells_the_figures_of_the_day_that_it_is_of() {
    let import = morning();
    let (recorded, lived) = recorded(&import);
    assert_eq!(recorded.lived.figures(), lived.figures());
    assert_eq!(recorded.left_out, LeftOut::default());
    assert!(
        lived.figures().abandoned_percent > 1.0,
        "{:?}",
        lived.figures()
    );
}

//
#[test]
fn day_lived_through_again_is_the_day_that_it_was() {
    let (recorded, lived) = recorded(&morning());
    let result = what_if(&recorded, &[], &[1]);
    for figure in &result.figures[..4] {
        assert!((figure.again - figure.recorded).abs() < 1e-9, "{figure:?}");
    }
    assert!((result.figures[0].again - lived.figures().wait_s).abs() < 1e-9);
}

#[test]
fn nothing_changed_changes_nothing_by_any_chance() {
    let (recorded, _) = recorded(&morning());
    for figure in what_if(&recorded, &[], &[1, 2, 3]).figures {
        assert_eq!(
            (figure.difference, figure.plus_minus),
            (0.0, 0.0),
            "{figure:?}"
        );
    }
}

#[test]
fn one_more_agent_shortens_waits_by_more_than_chance() {
    let (recorded, _) = recorded(&morning());
    let changes = [Change::OneMoreLike(AgentId(1))];
    let result = what_if(&recorded, &changes, &[1, 2, 3, 4, 5]);
    let wait = &result.figures[0];
    assert!(wait.difference + wait.plus_minus < 0.0, "{wait:?}");
    let occupancy = &result.figures[4];
    assert!(occupancy.difference < 0.0, "{occupancy:?}");
}

#[test]
fn change_that_cannot_be_made_is_told_with_those_that_can() {
    let (recorded, _) = recorded(&morning());
    let state = recorded.lived.center.state();
    let agents: Vec<_> = state.agents.iter().map(|(id, _)| id).collect();
    let parse = |text: &str| Change::parse(text, &state.settings, &agents);
    let strategy = Strategy::LeastTalk;
    let queue = Some(QueueId(1));
    assert_eq!(
        parse("strategy:least_talk:ps"),
        Ok(Change::Strategy { queue, strategy })
    );
    assert_eq!(parse("agent:2"), Ok(Change::OneMoreLike(AgentId(2))));
    let refused = |text: &str| parse(text).expect_err("it is refused");
    assert_eq!(
        refused("agent:9"),
        "there is no agent \"9\"; there are 1, 2"
    );
    assert!(refused("skill:1:XX").starts_with("there is no skill \"XX\"; there are 1 PS"));
    assert!(refused("skill:1:PS:11").starts_with("level \"11\" is not 1 to 10"));
    assert!(refused("strategy:best").contains("longest_idle, best_skill"));
    assert!(refused("more of everything").contains("write agent:NUMBER"));
}

#[test]
fn interval_of_pairs_is_that_of_student() {
    // Differences 1, 2 and 3: mean 2, standard error 0.577, two degrees of freedom.
    let compared = compare("x", 0.0, [vec![0.0, 0.0, 0.0], vec![1.0, 2.0, 3.0]]);
    assert!((compared.difference - 2.0).abs() < 1e-9);
    assert!((compared.plus_minus - 4.303 / 3_f64.sqrt()).abs() < 1e-9);
}
