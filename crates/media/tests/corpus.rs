//! Replays the fuzz corpora of `fuzz/corpus` with the fuzzers' own checks, and every prefix of
//! each file, so that what a fuzzer once found stays found without one.

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/checks/rtp.rs"]
mod rtp;
#[path = "../../../fuzz/checks/sound.rs"]
mod sound;
#[path = "../../../fuzz/checks/wav.rs"]
mod wav;

fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let mut n_files = 0;
    for entry in fs::read_dir(&folder).expect("the corpus is committed") {
        let bytes = fs::read(entry.expect("a readable folder").path()).expect("a readable file");
        for length in 0..=bytes.len() {
            check(&bytes[..length]);
        }
        n_files += 1;
    }
    assert!(
        n_files >= 10,
        "the corpus of {target} has only {n_files} files"
    );
}

#[test]
fn every_file_of_the_rtp_corpus_passes_its_checks() {
    replay("rtp", rtp::check);
}

#[test]
fn every_file_of_the_sound_corpus_passes_its_checks() {
    replay("sound", sound::check);
}

#[test]
fn every_file_of_the_wav_corpus_passes_its_checks() {
    replay("wav", wav::check);
}
