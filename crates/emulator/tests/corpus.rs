//! Replays the fuzz corpora of requests, frames and WebSockets with the fuzzers' own checks, and beginnings of each file.

#[path = "../../../fuzz/checks/emulator_requests.rs"]
mod emulator_requests;
#[path = "../../../fuzz/checks/emulator_socket.rs"]
mod emulator_socket;
#[path = "../../../fuzz/checks/replay.rs"]
mod replay;

/// An input sets up a world and calls in it; all beginnings would take a minute.
const STEP_BYTES: usize = 7;

#[test]
fn every_file_of_the_emulator_corpus_passes_its_checks() {
    replay::replay_in_steps("emulator_requests", emulator_requests::check, STEP_BYTES);
}

#[test]
fn every_file_of_the_socket_corpus_passes_its_checks() {
    replay::replay_in_steps("emulator_socket", emulator_socket::check, STEP_BYTES);
}
