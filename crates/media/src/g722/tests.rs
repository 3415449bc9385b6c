use super::{Decoder, Encoder};
use crate::tone;

/// Four seconds that reach every corner: noise of four levels, squares of two, silence, a sawtooth.
fn corners(seed: &mut u32) -> Vec<i16> {
    let mut next = || {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        i32::try_from(*seed >> 16).expect("16 bits") - 32_768
    };
    (0..64_000)
        .map(|n| {
            let noise = next();
            let sample = match n / 8_000 {
                0 => noise / 64,
                1 => noise / 8,
                2 => noise,
                3 if (n / 20) % 2 == 1 => 20_000,
                3 => -20_000,
                4 => 0,
                5 if (n / 3) % 2 == 1 => 32_767,
                5 => -32_768,
                6 => noise / 512,
                _ => (n % 160) * 200 - 16_000 + noise / 32,
            };
            i16::try_from(sample).expect("16 bits")
        })
        .collect()
}

fn digest(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes
        .into_iter()
        .fold(14_695_981_039_346_656_037, |digest, byte| {
            (digest ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
        })
}

fn decoded(payload: &[u8]) -> Vec<i16> {
    let mut samples = Vec::new();
    Decoder::default().decode_into(payload, &mut samples);
    samples
}

fn encoded(samples: &[i16]) -> Vec<u8> {
    let mut payload = Vec::new();
    Encoder::default().encode_into(samples, &mut payload);
    payload
}

/// The digests (FNV-1a) are of what the ITU-T software tool library (G.191, module G.722) makes of the same samples.
#[test]
fn every_byte_and_every_sample_is_that_of_the_reference_code_of_the_itu() {
    let mut seed = 1;
    let payload = encoded(&corners(&mut seed));
    let start = [
        0x7a, 0x9e, 0x32, 0x96, 0x21, 0x84, 0x3e, 0x8e, 0x3c, 0x98, 0x8c, 0x37, 0xaf, 0xa6, 0x36,
        0x98,
    ];
    assert_eq!(payload[..16], start);
    assert_eq!(digest(payload.iter().copied()), 0x0918_e3b6_5120_3599);
    let samples = decoded(&payload);
    let bytes = samples.into_iter().flat_map(i16::to_le_bytes);
    assert_eq!(digest(bytes), 0x085f_fed7_2bec_f9d0);
}

#[test]
fn bytes_that_no_encoder_sends_are_decoded_as_by_the_reference_code() {
    let mut seed = 1;
    corners(&mut seed);
    let payload: Vec<u8> = (0..32_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()[0]
        })
        .collect();
    let bytes = decoded(&payload).into_iter().flat_map(i16::to_le_bytes);
    assert_eq!(digest(bytes), 0xfdd9_4bd0_bd2a_7000);
}

#[test]
fn tones_of_both_bands_are_heard_at_their_level() {
    for hertz in [300.0, 1_000.0, 3_000.0, 5_000.0, 6_500.0] {
        let samples = tone::sine(16_000, hertz, 8_000.0, 0, 16_000);
        let heard = decoded(&encoded(&samples));
        let level = tone::amplitude(16_000, hertz, &heard[1_600..]);
        assert!((level / 8_000.0 - 1.0).abs() < 0.06, "{hertz} Hz: {level}");
    }
}

#[test]
fn silence_stays_silence_and_odd_samples_are_left_over() {
    let payload = encoded(&[0; 321]);
    assert_eq!(payload.len(), 160);
    assert!(decoded(&payload).iter().all(|sample| sample.abs() < 8));
}
