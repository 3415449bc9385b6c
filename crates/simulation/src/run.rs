//! The course of a seed: turmoil, then a calm in which everything must drain.

use crate::cloud::Faults;
use crate::day::Day;
use std::collections::BTreeSet;
use tandem_core::contact::State;
use tandem_core::input::Input;

/// Transitions of one seed before the calm.
const TRANSITIONS: u64 = 2_000;
/// Rounds in which the calm must have drained every queue.
const CALM_ROUNDS: u64 = 400;

/// Lives through a seed; answers which events happened.
///
/// # Errors
/// What broke, with the inputs before it.
pub fn live_through(seed: u64) -> Result<BTreeSet<String>, String> {
    let mut day = Day::new(seed);
    day.open()?;
    while day.n_turns() < TRANSITIONS {
        step(&mut day)?;
    }
    calm_down(&mut day)?;
    Ok(day.happened)
}

/// One thing happens.
fn step(day: &mut Day) -> Result<(), String> {
    let micros = day.dice.below(3_000_000);
    day.pass(micros);
    match day.dice.below(100) {
        0..=13 => day.somebody_calls(),
        14..=44 => deliver(day),
        45..=54 => {
            day.something_happens_on_a_call();
            deliver(day)
        }
        55..=64 => {
            day.something_happens_on_a_client();
            deliver(day)
        }
        65..=89 => day.an_agent_acts(),
        90..=94 => day.wait(),
        95 | 96 => day.change_something(),
        97 if day.dice.chance(20) => day.give(Input::DrainBegan).map(drop),
        97 if day.dice.chance(60) => day.take_over(),
        97 | 98 => day.reconcile(),
        _ => {
            let micros = day.dice.below(40_000_000);
            day.pass(micros);
            Ok(())
        }
    }
}

/// Some of the facts that are on their way arrive.
fn deliver(day: &mut Day) -> Result<(), String> {
    for _ in 0..day.dice.between(1, 4) {
        if let Some(fact) = day.cloud.deliver(&mut day.dice) {
            day.give(fact)?;
        }
    }
    Ok(())
}

/// Once every fact has arrived, no agent is in the call of a customer who waits: whoever answered after
/// the offer had ended was removed.
fn nobody_talks_to_a_waiting_customer(day: &Day) -> Result<(), String> {
    for (id, contact) in day.state().contacts.iter() {
        let waits = matches!(contact.state, State::Queued(_));
        let call = day.cloud.calls.get(&id);
        if waits && call.is_some_and(|call| !call.agents.is_empty()) {
            return Err(format!(
                "contact {id} waits, and somebody is in the call: {call:?}"
            ));
        }
    }
    Ok(())
}

/// Faults stop and everybody works: every queue must drain, and no customer may be left in a call that
/// belongs to nobody.
fn calm_down(day: &mut Day) -> Result<(), String> {
    day.cloud.faults = Faults::default();
    day.take_over()?;
    day.staff_for_everything()?;
    // Whoever answered unheard in the turmoil is found by asking.
    day.reconcile()?;
    for round in 0..CALM_ROUNDS {
        while let Some(fact) = day.cloud.deliver(&mut day.dice) {
            day.give(fact)?;
        }
        let orders: Vec<_> = day.center.open_orders().collect();
        for order in orders {
            day.cloud.carry_out(&mut day.dice, order);
        }
        if round > 1 {
            nobody_talks_to_a_waiting_customer(day)?;
        }
        day.everybody_works()?;
        day.wait()?;
        let is_quiet = day.cloud.facts.is_empty() && day.state().orders.is_empty();
        if day.state().contacts.is_empty() && is_quiet && day.cloud.live_calls().is_empty() {
            return Ok(());
        }
    }
    let contacts: Vec<_> = day.state().contacts.iter().collect();
    Err(format!(
        "not drained: contacts {contacts:?}, orders {:?}, calls {:?}",
        day.state().orders,
        day.cloud.live_calls()
    ))
}
