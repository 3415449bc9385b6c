//! Replays the fuzz corpora of `fuzz/corpus` with the fuzzers' own checks, and every prefix of
//! each file, so that what a fuzzer once found stays found without one.

#[path = "../../../fuzz/checks/replay.rs"]
mod replay;
#[path = "../../../fuzz/checks/sip_message.rs"]
mod sip_message;

#[test]
fn every_file_of_the_sip_message_corpus_passes_its_checks() {
    replay::replay("sip_message", sip_message::check);
}
