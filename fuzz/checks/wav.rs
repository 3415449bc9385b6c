//! What must hold for any uploaded prompt.

use tandem_media::wav::{self, Wav};

pub(crate) fn check(bytes: &[u8]) {
    let probed = wav::probe(bytes);
    match Wav::parse(bytes) {
        Ok(wav) => {
            assert_eq!(
                probed,
                Ok(wav.info()),
                "the header says what the samples are"
            );
            assert!(wav.samples.len() * 2 <= bytes.len());
            assert!(wav.info().duration() >= 0);
            // A rate that the parser takes can be written too.
            let written = wav.to_bytes().expect("what was read can be written");
            if !wav.samples.is_empty() {
                assert_eq!(Wav::parse(&written), Ok(wav), "reads back the same");
            }
        }
        Err(error) => assert_eq!(probed, Err(error)),
    }
}
