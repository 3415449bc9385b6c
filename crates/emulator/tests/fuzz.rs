//! The driver of `examples/fuzz`: a seed always makes the same inputs, and they get behind the doors.

#[path = "../examples/fuzz/chance.rs"]
mod chance;
#[path = "../examples/fuzz/dictionary.rs"]
mod dictionary;
#[path = "../examples/fuzz/mutation.rs"]
mod mutation;
#[path = "../examples/fuzz/sockets.rs"]
mod sockets;

use chance::Chance;
use dictionary::Dictionary;
use std::collections::BTreeSet;
use std::path::Path;
use tandem_emulator::door::Door;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the corpus is committed")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    paths.sort();
    let read = |path| std::fs::read(path).expect("a readable file");
    paths.into_iter().map(read).collect()
}

#[test]
fn every_operation_of_call_automation_and_graph_succeeds_somewhere_in_the_corpus() {
    let mut done = BTreeSet::new();
    for file in corpus("emulator_requests") {
        let mut door = Door::default();
        door.run(&file);
        let successes = door.answered().iter().filter(|(_, status)| *status < 300);
        done.extend(successes.map(|(operation, _)| *operation));
    }
    let contract: serde_json::Value =
        serde_json::from_str(include_str!("../testdata/operations.json")).unwrap();
    for operation in contract["operations"].as_array().unwrap() {
        let name = operation["operationId"].as_str().unwrap();
        assert!(done.contains(name), "no file of the corpus reaches {name}");
    }
    let page = include_str!("../../../docs/emulator.md");
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| Graph_"));
    let of_graph: Vec<String> = rows
        .filter_map(|row| row.split(' ').next())
        .map(|name| format!("Graph_{name}"))
        // Its path has an id that only an answer's body tells.
        .filter(|name| name != "Graph_DeleteAppRoleAssignment")
        .collect();
    assert_eq!(of_graph.len(), 29);
    for name in of_graph {
        assert!(
            done.contains(&*name),
            "no file of the corpus reaches {name}"
        );
    }
}

#[test]
fn inputs_are_made_of_the_seed_and_the_number_alone_and_come_back() {
    let corpus_of_requests = corpus("emulator_requests");
    let words = Dictionary::new(&corpus_of_requests);
    let make = |seed, number| {
        let mut chance = Chance::of(seed, number);
        mutation::requests(&mut chance, &corpus_of_requests, &words)
    };
    let mut different = BTreeSet::new();
    for number in 0..200 {
        let input = make(7, number);
        assert_eq!(input, make(7, number));
        Door::default().run(&input);
        different.insert(input);
    }
    assert!(different.len() > 190);
    assert_ne!(make(7, 0), make(8, 0));
}

#[test]
fn bytes_of_a_websocket_come_back() {
    let corpus_of_sockets = corpus("emulator_socket");
    let words = Dictionary::new(&corpus_of_sockets);
    for number in 0..100 {
        let mut chance = Chance::of(7, number);
        let bytes = sockets::bytes(&mut chance, &corpus_of_sockets, &words);
        Door::default().run_socket(&bytes);
    }
}
