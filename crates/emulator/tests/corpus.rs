//! Replays the fuzz corpus of requests and frames with the fuzzer's own check, and every prefix of each file.

#[path = "../../../fuzz/checks/emulator_requests.rs"]
mod emulator_requests;
#[path = "../../../fuzz/checks/replay.rs"]
mod replay;

#[test]
fn every_file_of_the_emulator_corpus_passes_its_checks() {
    replay::replay("emulator_requests", emulator_requests::check);
}
