//! Which test shows which kind of node: by the rules alone, and over the wire. A kind that nobody showed fails.

use std::path::Path;
use tandem_core::flow::Node;

/// The kind, a scenario of it, and a test of it over the wire.
const SHOWN: [(&str, &str, &str); 20] = [
    (
        "answer",
        "flow_decides_before_the_call_is_answered",
        "caller_is_answered_when_it_is_open_and_hears_that_the_line_is_busy_when_not",
    ),
    (
        "play",
        "prompt_that_fails_takes_the_declared_exit",
        "prompt_that_cannot_be_played_takes_the_declared_exit_and_the_story_says_so",
    ),
    (
        "collect",
        "digits_lead_to_the_queue",
        "digits_lead_to_the_queue_and_silence_to_its_exit",
    ),
    (
        "menu",
        "missed_menu_is_asked_again_in_other_words_and_then_takes_the_exit_of_the_last_miss",
        "customer_who_presses_another_key_is_asked_again_and_then_led_on",
    ),
    (
        "set",
        "attribute_decides_and_rounds_are_counted",
        "customer_who_presses_another_key_is_asked_again_and_then_led_on",
    ),
    (
        "branch",
        "digits_lead_to_the_queue",
        "named_context_header_decides_the_queue_and_no_other_reaches_the_journal",
    ),
    (
        "switch",
        "attribute_decides_and_rounds_are_counted",
        "customer_who_presses_another_key_is_asked_again_and_then_led_on",
    ),
    (
        "loop",
        "attribute_decides_and_rounds_are_counted",
        "customer_who_presses_another_key_is_asked_again_and_then_led_on",
    ),
    (
        "queue_status",
        "queue_in_which_nobody_is_ready_is_told_apart_from_a_busy_one",
        "customer_who_presses_another_key_is_asked_again_and_then_led_on",
    ),
    (
        "http",
        "what_the_system_says_is_spoken",
        "caller_keys_an_account_and_hears_what_the_business_system_says_of_it",
    ),
    (
        "queue",
        "longest_wait_leads_to_the_timeout_exit",
        "callers_who_wait_when_a_schedule_is_closed_at_once_hear_so",
    ),
    (
        "hours",
        "open_hours_lead_on_and_closed_hours_end_the_contact_as_such",
        "caller_at_a_closed_line_hears_so_and_is_not_dumped",
    ),
    (
        "voicemail",
        "stop_key_ends_the_message_and_another_key_does_not",
        "stop_key_ends_the_message_and_the_caller_is_thanked",
    ),
    (
        "callback",
        "caller_who_booked_gave_nothing_up",
        "caller_who_books_is_called_back_by_the_agent_who_takes_the_attempt",
    ),
    (
        "record",
        "flow_stops_the_recording_that_it_began",
        "call_is_recorded_from_one_step_of_the_flow_to_another_and_a_supervisor_hears_it",
    ),
    (
        "consent",
        "who_refuses_is_served_unrecorded",
        "caller_who_refuses_is_served_and_there_is_no_file",
    ),
    (
        "transfer",
        "customer_is_left_to_the_phone_that_answers_and_the_call_ends_with_either_of_the_two",
        "customer_is_put_through_to_a_phone_outside_and_no_number_is_in_log_or_story",
    ),
    (
        "sub_flow",
        "customer_goes_through_a_sub_flow_and_on_where_it_ends_with_what_was_learned_there",
        "customer_is_asked_in_a_sub_flow_and_hears_the_answer_in_the_flow_that_led_there",
    ),
    (
        "message",
        "message_is_the_last_thing_that_is_said",
        "customer_who_presses_nothing_hears_the_last_message_and_is_let_go",
    ),
    (
        "end",
        "flow_that_ends_by_itself_contained_the_contact",
        "customer_is_asked_in_a_sub_flow_and_hears_the_answer_in_the_flow_that_led_there",
    ),
];

#[test]
fn every_kind_of_node_is_shown_by_a_scenario_and_over_the_wire() {
    let (scenarios, wire) = (sources("scenarios"), sources("end_to_end"));
    for kind in kinds() {
        let found = SHOWN.iter().find(|(shown, ..)| *shown == kind);
        let (_, scenario, over_the_wire) = found.unwrap_or_else(|| panic!("nothing shows {kind}"));
        let variant = format!("Node::{}", camel(&kind));
        is_shown(&scenarios, scenario, &variant);
        is_shown(&wire, over_the_wire, &format!("\"kind\": \"{kind}\""));
    }
}

/// The test is in a file that has a node of the kind.
fn is_shown(sources: &[String], test: &str, node: &str) {
    let head = format!("fn {test}()");
    let file = sources.iter().find(|it| it.contains(&head));
    let file = file.unwrap_or_else(|| panic!("there is no test {test}"));
    assert!(file.contains(node), "{test} is in a file without {node}");
}

/// Every kind that the core knows: the error about an unknown one lists them.
pub(crate) fn kinds() -> Vec<String> {
    let unknown = serde_json::json!({ "kind": "?" });
    let error = serde_json::from_value::<Node>(unknown).expect_err("no node is called that");
    let error = error.to_string();
    let words = error.split('`').skip(3).step_by(2);
    words.map(str::to_owned).collect()
}

fn camel(kind: &str) -> String {
    let words = kind.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect()
}

fn sources(directory: &str) -> Vec<String> {
    below(&Path::new(env!("CARGO_MANIFEST_DIR")).join(directory))
}

fn below(path: &Path) -> Vec<String> {
    let files = std::fs::read_dir(path).expect("the tests are in the repository");
    let files = files.map(|file| file.expect("the directory can be read").path());
    let texts = files.flat_map(|path| {
        if path.is_dir() {
            return below(&path);
        }
        let is_test = path.extension().is_some_and(|it| it == "rs");
        let text = is_test.then(|| std::fs::read_to_string(path).expect("a test can be read"));
        text.into_iter().collect()
    });
    texts.collect()
}
