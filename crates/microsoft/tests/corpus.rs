//! Replays the fuzz corpora of `fuzz/corpus` with the fuzzers' own checks, and every prefix of
//! each file, so that what a fuzzer once found stays found without one.

#[path = "../../../fuzz/checks/replay.rs"]
mod replay;
#[path = "../../../fuzz/checks/stream_frame.rs"]
mod stream_frame;

#[test]
fn every_file_of_the_stream_frame_corpus_passes_its_checks() {
    replay::replay("stream_frame", stream_frame::check);
}
