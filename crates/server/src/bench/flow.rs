//! `tandem bench flow`: node steps of a flow in the core alone, without store or outside world, beside
//! making the same facts part of a state, which no interpreter can be faster than.

use super::Error;
use super::engine::{arrival, line};
use serde::Serialize;
use std::time::{Duration, Instant};
use tandem_core::ContactCenter;
use tandem_core::event::Event;
use tandem_core::flow::{Case, Flow, Node, QueueCase, QueueTest, Test};
use tandem_core::ids::{ContactId, QueueId};
use tandem_core::input::{CallFact, Input, Request};
use tandem_core::role::Actor;
use tandem_core::time::Timestamp;

/// Rounds that each contact goes; five nodes each.
const ROUNDS: u32 = 50;
/// Between two inputs, microseconds.
const BETWEEN: i64 = 100;

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct FlowReport {
    /// Contacts that went through the flow.
    pub contacts: u64,
    /// Nodes that they entered.
    pub steps: u64,
    /// Deciding: everything from the input to the facts.
    pub steps_per_second: u64,
    /// Making the same facts part of a state.
    pub floor_steps_per_second: u64,
    /// The first divided by the second.
    pub ratio: f64,
}

/// Sends `contacts` contacts through a flow of decisions.
///
/// # Errors
/// When the settings are refused or a contact does not go its way.
pub fn flow(contacts: u64) -> Result<FlowReport, Error> {
    let mut center = ContactCenter::new();
    let mut now = Timestamp::from_micros(1_774_700_000_000_000);
    let mut facts = Vec::new();
    for document in line(rounds()) {
        let request = Request::Save {
            id: None,
            expected: None,
            document,
        };
        let actor = Actor::system();
        let turn = center.handle(now, Input::Asked { actor, request });
        facts.push((now, turn.events));
    }
    let (mut steps, mut deciding) = (0, Duration::ZERO);
    for n in 1..=contacts {
        for input in life(n) {
            now = now.plus_micros(BETWEEN);
            let began = Instant::now();
            let turn = center.handle(now, input);
            deciding += began.elapsed();
            let entered = turn.events.iter().filter(|it| is_step(it)).count();
            steps += u64::try_from(entered)?;
            facts.push((now, turn.events));
        }
    }
    if steps < contacts.saturating_mul(u64::from(ROUNDS)) {
        return Err(format!("{contacts} contacts entered {steps} nodes only").into());
    }
    let mut copy = ContactCenter::new();
    let began = Instant::now();
    for (at, events) in &facts {
        copy.apply(*at, events);
    }
    let applying = began.elapsed();
    if copy.state() != center.state() {
        return Err("the same facts do not make the same state".into());
    }
    Ok(FlowReport {
        contacts,
        steps,
        steps_per_second: per_second(steps, deciding),
        floor_steps_per_second: per_second(steps, applying),
        ratio: applying.as_secs_f64() / deciding.as_secs_f64(),
    })
}

const fn is_step(event: &Event) -> bool {
    matches!(event, Event::NodeEntered { .. })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a rate for people to read"
)]
fn per_second(steps: u64, took: Duration) -> u64 {
    (steps as f64 / took.as_secs_f64()) as u64
}

/// A call comes, comes up, goes through the flow and is gone.
fn life(n: u64) -> [Input; 3] {
    let contact = ContactId(n);
    let leg = format!("leg-{n}");
    let call = |fact| Input::Call { contact, fact };
    [
        arrival(n),
        call(CallFact::LegUp { leg }),
        call(CallFact::LegDown),
    ]
}

/// Sets, decides three ways, and goes round; then it is over.
fn rounds() -> Flow {
    let to = |next: &str| next.to_owned();
    let case = |value: &str, next: &str| Case {
        attribute: to("tier"),
        test: Test::Equals(to(value)),
        next: to(next),
    };
    let nodes = [
        (
            "set",
            Node::Set {
                attribute: to("tier"),
                value: to("gold"),
                next: to("switch"),
            },
        ),
        (
            "switch",
            Node::Switch {
                cases: vec![case("silver", "end"), case("gold", "branch")],
                otherwise: to("end"),
            },
        ),
        (
            "branch",
            Node::Branch {
                attribute: to("tier"),
                cases: [(to("gold"), to("look"))].into(),
                otherwise: to("end"),
            },
        ),
        (
            "look",
            Node::QueueStatus {
                queue: QueueId(1),
                cases: vec![QueueCase {
                    when: QueueTest::WaitingAtLeast(10),
                    next: to("end"),
                }],
                otherwise: to("loop"),
            },
        ),
        (
            "loop",
            Node::Loop {
                times: ROUNDS,
                again: to("set"),
                done: to("end"),
            },
        ),
        ("end", Node::End),
    ];
    Flow {
        name: to("Rounds"),
        start: to("set"),
        nodes: nodes.map(|(id, node)| (to(id), node)).into(),
    }
}
