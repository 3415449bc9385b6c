//! What must hold for any uploaded sound.

use tandem_media::sound::{RATE_HZ, SECONDS_MAX, normalize};
use tandem_media::wav;

pub(crate) fn check(bytes: &[u8]) {
    let Ok(sound) = normalize(bytes) else {
        return;
    };
    assert!(!sound.samples.is_empty());
    assert!(sound.length_ms() <= (SECONDS_MAX + 1) * 1_000);
    assert!(sound.peak_tenth_db <= 0);
    let n_samples = sound.samples.len();
    let played = sound.into_wav().expect("what was made can be written");
    let info = wav::probe(&played).expect("what was written can be read");
    assert_eq!(info.sample_rate, RATE_HZ);
    assert_eq!(usize::try_from(info.n_frames), Ok(n_samples));
}
