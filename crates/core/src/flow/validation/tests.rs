use super::*;
use crate::flow::{Case, Choice, Digits, Entry, Key};
use std::collections::BTreeMap;

#[test]
fn flow_whose_exits_all_lead_somewhere_is_accepted() {
    assert_eq!(greeting().validate(), Ok(()));
}

#[test]
fn missing_target_is_refused_with_node_and_exit() {
    let mut flow = greeting();
    flow.nodes.insert("greet".into(), play("nowhere", "end"));
    let Err(Refusal::Invalid { field, .. }) = flow.validate() else {
        panic!("accepted")
    };
    assert_eq!(field, "nodes.greet.next");
}

#[test]
fn loop_without_exit_is_refused() {
    let mut flow = greeting();
    flow.nodes.insert("greet".into(), play("greet", "greet"));
    let Err(Refusal::Invalid { field, detail }) = flow.validate() else {
        panic!("accepted")
    };
    assert_eq!(field, "nodes.greet");
    assert!(detail.contains("loop without exit"));
}

#[test]
fn cycle_of_decisions_alone_is_refused() {
    let mut flow = greeting();
    flow.start = "a".into();
    flow.nodes.insert("a".into(), branch("b", "end"));
    flow.nodes.insert("b".into(), branch("a", "end"));
    let Err(Refusal::Invalid { detail, .. }) = flow.validate() else {
        panic!("accepted")
    };
    assert!(detail.contains("decisions alone"));
}

fn masking(attribute: &str, entry: Entry) -> Node {
    Node::Collect {
        prompt: Prompt::Text("PIN?".into()),
        max_digits: 4,
        timeout_s: 5,
        attribute: attribute.into(),
        entry,
        retry: None,
        next: "end".into(),
        no_input: "end".into(),
        failed: "end".into(),
    }
}

#[test]
fn entry_has_a_terminator_of_its_own_and_half_a_minute_between_digits_at_most() {
    for (entry, field) in [
        (
            Entry {
                terminator: Key::new('5'),
                ..Entry::USUAL
            },
            "nodes.greet.terminator",
        ),
        (
            Entry {
                between_digits_s: 31,
                ..Entry::USUAL
            },
            "nodes.greet.between_digits_s",
        ),
    ] {
        let mut flow = greeting();
        flow.nodes.insert("greet".into(), masking("pin", entry));
        let Err(Refusal::Invalid { field: at, .. }) = flow.validate() else {
            panic!("accepted")
        };
        assert_eq!(at, field);
    }
}

#[test]
fn what_is_masked_at_one_node_is_plain_at_no_other() {
    let mut flow = greeting();
    let masked = Entry {
        digits: Digits::Masked,
        ..Entry::USUAL
    };
    flow.nodes.insert("again".into(), masking("pin", masked));
    flow.nodes.insert("greet".into(), masking("pin", masked));
    assert_eq!(flow.validate(), Ok(()));
    let plain = masking("pin", Entry::USUAL);
    flow.nodes.insert("greet".into(), plain);
    let Err(Refusal::Invalid { field, .. }) = flow.validate() else {
        panic!("accepted")
    };
    assert_eq!(field, "nodes.greet.attribute");
}

#[test]
fn overlong_prompt_is_refused() {
    let prompt = Prompt::Text("a".repeat(limits::PROMPT_CHARS_MAX + 1));
    assert!(validate_prompt("p", &prompt).is_err());
}

fn greeting() -> Flow {
    Flow {
        name: "Greeting".into(),
        start: "greet".into(),
        nodes: BTreeMap::from([
            ("greet".into(), play("end", "end")),
            ("end".into(), Node::End),
        ]),
    }
}

fn play(next: &str, failed: &str) -> Node {
    Node::Play {
        prompt: Prompt::Text("Welcome.".into()),
        next: next.into(),
        failed: failed.into(),
    }
}

fn branch(one: &str, otherwise: &str) -> Node {
    Node::Branch {
        attribute: "choice".into(),
        cases: BTreeMap::from([("1".into(), one.into())]),
        otherwise: otherwise.into(),
    }
}

fn loops(again: &str, done: &str) -> Node {
    Node::Loop {
        times: 3,
        again: again.into(),
        done: done.into(),
    }
}

fn switch(next: &str, otherwise: &str) -> Node {
    Node::Switch {
        cases: vec![Case {
            attribute: "tier".into(),
            test: Test::IsSet,
            next: next.into(),
        }],
        otherwise: otherwise.into(),
    }
}

fn starting_at(start: &str, nodes: &[(&str, Node)]) -> Flow {
    let mut flow = greeting();
    flow.start = start.into();
    let nodes = nodes.iter().cloned();
    flow.nodes
        .extend(nodes.map(|(name, node)| (name.to_owned(), node)));
    flow
}

#[test]
fn counted_rounds_do_not_spin() {
    let flow = starting_at("a", &[("a", loops("b", "end")), ("b", switch("a", "end"))]);
    assert_eq!(flow.validate(), Ok(()));
}

#[test]
fn loop_that_begins_anew_when_it_is_over_is_refused() {
    let flow = starting_at("a", &[("a", loops("end", "b")), ("b", switch("a", "end"))]);
    let Err(Refusal::Invalid { detail, .. }) = flow.validate() else {
        panic!("accepted")
    };
    assert!(detail.contains("or a loop"), "{detail}");
}

#[test]
fn message_is_an_end() {
    let prompt = Prompt::Text("Good bye.".into());
    let flow = starting_at("a", &[("a", Node::Message { prompt })]);
    assert_eq!(flow.validate(), Ok(()));
}

fn menu(choices: &[(char, &str)], retries: u32) -> Node {
    let choice = |(key, next): &(char, &str)| {
        let choice = Choice {
            label: String::new(),
            next: (*next).to_owned(),
        };
        Some((Key::new(*key)?, choice))
    };
    Node::Menu {
        prompt: Prompt::Text("Press 1.".into()),
        again: None,
        choices: choices.iter().filter_map(choice).collect(),
        timeout_s: 5,
        retries,
        no_input: "end".into(),
        invalid: "end".into(),
        failed: "end".into(),
    }
}

#[test]
fn menu_names_the_exit_of_a_key_that_leads_nowhere() {
    let flow = starting_at("a", &[("a", menu(&[('1', "end"), ('#', "nowhere")], 2))]);
    let Err(Refusal::Invalid { field, .. }) = flow.validate() else {
        panic!("accepted")
    };
    assert_eq!(field, "nodes.a.#");
}

#[test]
fn menu_without_a_key_or_with_endless_retries_is_refused() {
    for (node, wrong) in [
        (menu(&[], 2), "nodes.a.choices"),
        (menu(&[('1', "end")], 6), "nodes.a.retries"),
    ] {
        let Err(Refusal::Invalid { field, .. }) = starting_at("a", &[("a", node)]).validate()
        else {
            panic!("accepted")
        };
        assert_eq!(field, wrong);
    }
}

#[test]
fn only_keys_of_a_telephone_are_keys() {
    for key in "0123456789*#".chars() {
        assert_eq!(Key::new(key).map(char::from), Some(key));
    }
    for other in ['a', 'A', ' ', '+', '٣'] {
        assert_eq!(Key::new(other), None);
    }
}
