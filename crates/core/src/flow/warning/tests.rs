use super::*;
use crate::flow::{Case, Digits, Entry, HttpMethod, Test};
use crate::ids::QueueId;

fn text(words: &str) -> Prompt {
    Prompt::Text(words.into())
}

fn queue(queue: u64, timeout: &str) -> Node {
    Node::Queue {
        queue: QueueId(queue),
        timeout: timeout.into(),
        full: "bye".into(),
        failed: None,
        closed: None,
        emergency: None,
        keep_age: false,
        key: None,
    }
}

fn play(words: &str, next: &str) -> Node {
    Node::Play {
        prompt: text(words),
        next: next.into(),
        failed: next.into(),
    }
}

fn masking() -> Node {
    Node::Collect {
        prompt: text("PIN?"),
        max_digits: 4,
        timeout_s: 5,
        attribute: "pin".into(),
        entry: Entry {
            digits: Digits::Masked,
            ..Entry::USUAL
        },
        retry: None,
        next: "then".into(),
        no_input: "bye".into(),
        failed: "bye".into(),
    }
}

/// What is suspicious about nodes, of which the first is where contacts begin.
fn suspicions(nodes: &[(&str, Node)]) -> Vec<(String, Suspicion)> {
    let start = nodes[0].0.to_owned();
    let bye = Node::Message {
        prompt: text("Bye."),
    };
    let nodes = nodes.iter().cloned().chain([("bye", bye)]);
    let flow = Flow {
        name: "Suspicious".into(),
        start,
        nodes: nodes.map(|(id, node)| (id.to_owned(), node)).collect(),
    };
    assert_eq!(flow.validate(), Ok(()));
    let warnings = flow.warnings().into_iter();
    warnings.map(|it| (it.field, it.code)).collect()
}

fn found(field: &str, code: Suspicion) -> Vec<(String, Suspicion)> {
    vec![(field.to_owned(), code)]
}

#[test]
fn node_that_nothing_leads_to_is_told() {
    let nodes = [("greet", play("Hi.", "bye")), ("lost", play("?", "bye"))];
    let expected = found("nodes.lost", Suspicion::Unreachable);
    assert_eq!(suspicions(&nodes), expected);
}

#[test]
fn masked_value_is_told_where_it_has_none() {
    let code = Suspicion::MaskedValueUsed;
    let spoken = [("pin", masking()), ("then", play("It is {pin}.", "bye"))];
    assert_eq!(suspicions(&spoken), found("nodes.then.prompt", code));
    let branch = Node::Branch {
        attribute: "pin".into(),
        cases: [].into(),
        otherwise: "bye".into(),
    };
    let branched = [("pin", masking()), ("then", branch)];
    assert_eq!(suspicions(&branched), found("nodes.then.attribute", code));
    let case = Case {
        attribute: "pin".into(),
        test: Test::IsSet,
        next: "bye".into(),
    };
    let switch = Node::Switch {
        cases: vec![case],
        otherwise: "bye".into(),
    };
    let switched = [("pin", masking()), ("then", switch)];
    let field = "nodes.then.cases.0.attribute";
    assert_eq!(suspicions(&switched), found(field, code));
}

#[test]
fn masked_value_may_stand_in_a_body_whose_answer_is_not_saved() {
    let asks = |path: &str, save: &[(&str, &str)]| {
        let save = save.iter().map(|(name, at)| ((*name).into(), (*at).into()));
        Node::Http {
            request: HttpRequest {
                system: "bank".into(),
                method: HttpMethod::Post,
                path: path.into(),
                body: Some(r#"{"pin":"{pin}"}"#.into()),
            },
            prompt: None,
            timeout_s: 5,
            save: save.collect(),
            next: "bye".into(),
            failed: "bye".into(),
        }
    };
    let code = Suspicion::MaskedValueUsed;
    let good = [("pin", masking()), ("then", asks("/pins", &[]))];
    assert_eq!(suspicions(&good), []);
    let in_path = [("pin", masking()), ("then", asks("/pins/{pin}", &[]))];
    assert_eq!(suspicions(&in_path), found("nodes.then.path", code));
    let echoed = [
        ("pin", masking()),
        ("then", asks("/pins", &[("said", "/x")])),
    ];
    assert_eq!(suspicions(&echoed), found("nodes.then.save", code));
}

#[test]
fn circle_of_queues_in_which_nobody_says_anything_is_told() {
    let circle = [("first", queue(1, "second")), ("second", queue(2, "first"))];
    let told = suspicions(&circle);
    let code = Suspicion::CircleWithoutProgress;
    let expected = ["first", "second"].map(|it| (format!("nodes.{it}.timeout"), code));
    assert_eq!(told, expected);
    let spoken = [
        ("first", queue(1, "second")),
        ("second", queue(2, "sorry")),
        ("sorry", play("Hold on.", "first")),
    ];
    assert_eq!(suspicions(&spoken), []);
}
