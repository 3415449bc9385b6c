//! Replays the fuzz corpora of `fuzz/corpus` with the fuzzers' own checks, and every prefix of
//! each file, so that what a fuzzer once found stays found without one.

#[path = "../../../fuzz/checks/replay.rs"]
mod replay;
#[path = "../../../fuzz/checks/rtp.rs"]
mod rtp;
#[path = "../../../fuzz/checks/sound.rs"]
mod sound;
#[path = "../../../fuzz/checks/wav.rs"]
mod wav;

#[test]
fn every_file_of_the_rtp_corpus_passes_its_checks() {
    replay::replay("rtp", rtp::check);
}

#[test]
fn every_file_of_the_sound_corpus_passes_its_checks() {
    replay::replay("sound", sound::check);
}

#[test]
fn every_file_of_the_wav_corpus_passes_its_checks() {
    replay::replay("wav", wav::check);
}
