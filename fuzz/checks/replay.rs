//! Replays a corpus of `fuzz/corpus` with the check of its fuzzer, and every prefix of each file, so that what a fuzzer
//! once found stays found without one. For the tests of the crates, two folders below the root.

use std::fs;
use std::path::Path;

#[allow(
    dead_code,
    reason = "a crate replays its corpora whole or in part; not each does both"
)]
pub(crate) fn replay(target: &str, check: fn(&[u8])) {
    replay_in_steps(target, check, 1);
}

/// The same where an input costs much: of each file every so manieth beginning, and the whole.
pub(crate) fn replay_in_steps(target: &str, check: fn(&[u8]), step_bytes: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let mut n_files = 0;
    for entry in fs::read_dir(&folder).expect("the corpus is committed") {
        let bytes = fs::read(entry.expect("a readable folder").path()).expect("a readable file");
        for length in (0..bytes.len()).step_by(step_bytes) {
            check(&bytes[..length]);
        }
        check(&bytes);
        n_files += 1;
    }
    assert!(
        n_files >= 10,
        "the corpus of {target} has only {n_files} files"
    );
}
