//! The flows of the simulation: each kind of node is in one of them, and variants differ by chance.

use crate::dice::Dice;
use crate::floor_plan;
use crate::office::N_SCHEDULES;
use tandem_core::flow::{
    AskConsent, CallbackWhen, Choice, Digits, Entry, Flow, HttpMethod, HttpRequest, Key, Node,
    Phone, Prompt, QueueKey, RecordAction,
};
use tandem_core::ids::{
    CustomerHash, EndpointId, FlowId, PromptId, QueueId, ScheduleId, SubjectRef,
};
use tandem_core::talk::Number;

/// The flow that those of the endpoints lead into.
pub(crate) const SUB_FLOW: FlowId = FlowId(1);

/// Who calls, and in which language, is known before anything is asked.
fn set(attribute: &str, value: &str, next: &str) -> Node {
    Node::Set {
        attribute: attribute.to_owned(),
        value: value.to_owned(),
        next: next.to_owned(),
    }
}

/// The menu once, or twice for those who want it again; then the question.
fn rounds() -> Node {
    Node::Loop {
        times: 2,
        again: "press".to_owned(),
        done: "menu".to_owned(),
    }
}

fn press() -> Node {
    let choice = |key, next: &str| {
        let choice = Choice {
            label: next.to_owned(),
            next: next.to_owned(),
        };
        Some((Key::new(key)?, choice))
    };
    let choices = [choice('1', "first"), choice('2', "rounds")];
    Node::Menu {
        prompt: floor_plan::text("Press 1, or 2 to hear it again."),
        again: Some(floor_plan::text("Sorry?")),
        choices: choices.into_iter().flatten().collect(),
        timeout_s: 5,
        retries: 1,
        no_input: "rounds".to_owned(),
        invalid: "menu".to_owned(),
        failed: "second".to_owned(),
    }
}

/// A number that nobody is to know but the business system.
fn pin() -> Node {
    Node::Collect {
        prompt: floor_plan::text("Enter your PIN."),
        max_digits: 4,
        timeout_s: 5,
        attribute: "pin".to_owned(),
        entry: Entry {
            terminator: Some(Key::HASH),
            between_digits_s: 3,
            digits: Digits::Masked,
        },
        retry: None,
        next: "lookup".to_owned(),
        no_input: "lookup".to_owned(),
        failed: "end".to_owned(),
    }
}

/// What a business system makes of the answer; music meanwhile.
fn lookup() -> Node {
    Node::Http {
        request: HttpRequest {
            system: "crm".to_owned(),
            method: HttpMethod::Post,
            path: "/way?by={choice}".to_owned(),
            body: Some(r#"{"pin":"{pin}"}"#.to_owned()),
        },
        prompt: Some(floor_plan::text("One moment.")),
        timeout_s: 10,
        save: [("choice".to_owned(), "/way".to_owned())].into(),
        next: "choose".to_owned(),
        failed: "choose".to_owned(),
    }
}

fn record() -> Node {
    Node::Record {
        action: RecordAction::Start,
        next: "tier".to_owned(),
        failed: "tier".to_owned(),
    }
}

/// Asked for, or only announced on the third line.
fn consent(index: u64, next: &str) -> Node {
    let key = |it| Key::new(it).unwrap_or(Key::HASH);
    Node::Consent {
        prompt: floor_plan::text("Calls are recorded. Press 1 if you agree, else 2."),
        ask: (index != 2).then(|| AskConsent {
            accept: key('1'),
            refuse: key('2'),
            timeout_s: 5,
            retries: 1,
        }),
        given: next.to_owned(),
        refused: "tier".to_owned(),
        failed: "tier".to_owned(),
    }
}

fn message(index: u64) -> Node {
    Node::Voicemail {
        queue: QueueId(1 + index % 3),
        prompt: floor_plan::text("Leave a message."),
        max_s: 60,
        stop: Key::HASH,
        done: "end".to_owned(),
        no_message: "end".to_owned(),
        failed: "end".to_owned(),
    }
}

/// Whoever no agent has time for is put through to a phone outside; its owner may be on the do-not-call list.
fn outside(dice: &mut Dice) -> Node {
    let line = dice.below(4);
    Node::Transfer {
        to: Phone {
            number: format!("+4930555010{line}"),
            country: "49".to_owned(),
            known_as: Number {
                subject: SubjectRef(20 + line),
                address: format!("outside-{line}"),
            },
            owner: CustomerHash(line),
        },
        ring_s: dice.between(10, 60),
        prompt: dice
            .chance(50)
            .then(|| floor_plan::text("We put you through.")),
        failed: "sorry".to_owned(),
    }
}

fn sorry() -> Node {
    Node::Play {
        prompt: floor_plan::text("Sorry."),
        next: "message".to_owned(),
        failed: "end".to_owned(),
    }
}

/// The flow of one of the endpoints.
pub(crate) const fn flow_of(index: u64) -> FlowId {
    FlowId(index + 1 + SUB_FLOW.0)
}

fn who(index: u64) -> Node {
    Node::SubFlow {
        flow: SUB_FLOW,
        next: "choose".to_owned(),
        failed: (index == 1).then(|| "second".to_owned()),
    }
}

/// The second line answers when its schedule says so, and turns callers away otherwise.
fn door(index: u64) -> [(&'static str, Node); 2] {
    let hours = Node::Hours {
        schedule: ScheduleId(1 + index % N_SCHEDULES),
        open: "answer".to_owned(),
        closed: "end".to_owned(),
        holiday: Some("answer".to_owned()),
        emergency: None,
    };
    let answer = Node::Answer {
        next: "german".to_owned(),
    };
    [("door", hours), ("answer", answer)]
}

/// Asks who calls; some wait in it, and some are told that it is over.
pub(crate) fn random_sub_flow(dice: &mut Dice) -> Flow {
    let cases = [
        ("3".to_owned(), "wait".to_owned()),
        ("4".to_owned(), "over".to_owned()),
    ];
    let choose = Node::Branch {
        attribute: "choice".to_owned(),
        cases: cases.into(),
        otherwise: "end".to_owned(),
    };
    let wait = Node::Queue {
        queue: QueueId(1 + dice.below(4)),
        timeout: "end".to_owned(),
        full: "end".to_owned(),
        failed: dice.chance(50).then(|| "end".to_owned()),
        closed: None,
        emergency: None,
        keep_age: dice.chance(50),
        key: None,
    };
    let over = Node::Message {
        prompt: floor_plan::text("That was all."),
    };
    let nodes = [
        ("pin", pin()),
        ("lookup", lookup()),
        ("choose", choose),
        ("wait", wait),
        ("over", over),
        ("end", Node::End),
    ];
    floor_plan::flow("who calls", "pin", &nodes)
}

/// What the customer wants.
fn choice() -> Node {
    Node::Collect {
        prompt: floor_plan::text("Press 1 or 2."),
        max_digits: 2,
        timeout_s: 5,
        attribute: "choice".to_owned(),
        entry: Entry::USUAL,
        retry: None,
        next: "who".to_owned(),
        no_input: "first".to_owned(),
        failed: "second".to_owned(),
    }
}

/// A greeting, a menu, and queues behind it that overflow into another; variants differ by chance.
pub(crate) fn random_flow(dice: &mut Dice, index: u64) -> Flow {
    let outside = outside(dice);
    let mut queue = |timeout: &str, full: &str| Node::Queue {
        queue: QueueId(1 + dice.below(4)),
        timeout: timeout.to_owned(),
        full: full.to_owned(),
        failed: dice.chance(50).then(|| "sorry".to_owned()),
        closed: dice.chance(50).then(|| "sorry".to_owned()),
        emergency: (index == 1).then(|| "sorry".to_owned()),
        keep_age: index % 2 == 1,
        key: dice.chance(70).then(|| Box::new(key_to("book"))),
    };
    let hours = Node::Hours {
        schedule: ScheduleId(1 + index % N_SCHEDULES),
        open: "menu".to_owned(),
        closed: "sorry".to_owned(),
        holiday: None,
        emergency: Some("first".to_owned()),
    };
    let play = |next: &str| Node::Play {
        prompt: Prompt::Kept(PromptId(1)),
        next: next.to_owned(),
        failed: "first".to_owned(),
    };
    let cases = [
        ("1".to_owned(), "first".to_owned()),
        ("2".to_owned(), "second".to_owned()),
    ];
    let choose = Node::Branch {
        attribute: "choice".to_owned(),
        cases: cases.into(),
        otherwise: "third".to_owned(),
    };
    let start = ["first", "door", "greet"];
    let start = usize::try_from(index).ok().and_then(|at| start.get(at));
    let start = start.copied().unwrap_or("greet");
    let name = format!("flow {index}");
    let nodes = [
        ("greet", play("consent")),
        (
            "consent",
            consent(index, if index == 2 { "hours" } else { "record" }),
        ),
        ("record", record()),
        ("message", message(index)),
        ("hours", hours),
        ("german", set("language", "de", "greet")),
        ("tier", set("tier", "gold", "rounds")),
        ("rounds", rounds()),
        ("press", press()),
        ("menu", choice()),
        ("who", who(index)),
        ("choose", choose),
        ("first", queue("second", "third")),
        ("second", queue("outside", "book")),
        ("outside", outside),
        ("third", queue("book", "book")),
        ("sorry", sorry()),
        ("book", book(index)),
        ("end", Node::End),
    ];
    with_door(floor_plan::flow(&name, start, &nodes), index)
}

/// A flow that begins at the door has one.
fn with_door(mut flow: Flow, index: u64) -> Flow {
    if flow.start == "door" {
        let door = door(index).into_iter();
        let door = door.map(|(name, node)| (name.to_owned(), node));
        flow.nodes.extend(door);
    }
    flow
}

/// The key by which who waits goes on elsewhere.
fn key_to(next: &str) -> QueueKey {
    QueueKey {
        key: Key::new('1').expect("telephones have it"),
        prompt: floor_plan::text("Press 1 to be called back."),
        first_s: 5,
        every_s: 15,
        next: next.to_owned(),
    }
}

/// The queue in which callers of an endpoint book, if its flow leads there.
pub(crate) const fn booked_from(endpoint: EndpointId) -> QueueId {
    QueueId(1 + endpoint.0.saturating_sub(1) % 4)
}

/// A callback in one of the queues, at once or in a while.
fn book(index: u64) -> Node {
    Node::Callback {
        queue: QueueId(1 + index % 4),
        when: match index % 3 {
            0 => CallbackWhen::VirtualHold,
            1 => CallbackWhen::Asap,
            _ => CallbackWhen::Later {
                after_s: 30,
                within_s: 300,
            },
        },
        booked: "sorry".to_owned(),
        refused: "sorry".to_owned(),
    }
}
