//! Replays the fuzz corpora of requests, frames and WebSockets with the fuzzers' own checks, and every prefix of each file.

#[path = "../../../fuzz/checks/emulator_requests.rs"]
mod emulator_requests;
#[path = "../../../fuzz/checks/emulator_socket.rs"]
mod emulator_socket;
#[path = "../../../fuzz/checks/replay.rs"]
mod replay;

#[test]
fn every_file_of_the_emulator_corpus_passes_its_checks() {
    replay::replay("emulator_requests", emulator_requests::check);
}

#[test]
fn every_file_of_the_socket_corpus_passes_its_checks() {
    replay::replay("emulator_socket", emulator_socket::check);
}
