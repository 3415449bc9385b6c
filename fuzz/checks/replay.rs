//! Replays a corpus of `fuzz/corpus` with the check of its fuzzer, and every prefix of each file, so that what a fuzzer
//! once found stays found without one. For the tests of the crates, two folders below the root.

use std::fs;
use std::path::Path;

pub(crate) fn replay(target: &str, check: fn(&[u8])) {
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
