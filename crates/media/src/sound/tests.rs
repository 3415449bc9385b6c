#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "samples of test tones are within their types"
)]

use super::*;
use std::f64::consts::PI;

/// A WAV file with this format chunk and this data.
fn file(encoding: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
    let block = channels.wrapping_mul(bits / 8);
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
    file.extend(encoding.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend(rate.wrapping_mul(u32::from(block)).to_le_bytes());
    file.extend(block.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
    file.extend(data);
    file
}

/// A tone of 1 kHz, half of full scale.
fn tone(rate: u32, n: u32) -> impl Iterator<Item = f64> {
    let turn = 2.0 * PI * 1_000.0 / f64::from(rate);
    (0..n).map(move |at| 0.5 * (turn * f64::from(at)).sin())
}

fn pcm16(samples: impl Iterator<Item = f64>) -> Vec<u8> {
    let samples = samples.map(|it| (it * 32_767.0) as i16);
    samples.flat_map(i16::to_le_bytes).collect()
}

/// A second of the tone in every usual encoding.
fn in_every_encoding() -> [Vec<u8>; 8] {
    let n = 16_000;
    let samples = || tone(16_000, n);
    let law = |law: crate::g711::Law| -> Vec<u8> {
        samples()
            .map(|it| law.encode((it * 32_767.0) as i16))
            .collect()
    };
    [
        file(
            1,
            1,
            16_000,
            8,
            &samples()
                .map(|it| (it * 127.0 + 128.0) as u8)
                .collect::<Vec<_>>(),
        ),
        file(1, 1, 16_000, 16, &pcm16(samples())),
        file(
            1,
            1,
            16_000,
            24,
            &samples()
                .flat_map(|it| {
                    let [a, b, c, _] = ((it * 8_388_607.0) as i32).to_le_bytes();
                    [a, b, c]
                })
                .collect::<Vec<_>>(),
        ),
        file(
            1,
            1,
            16_000,
            32,
            &samples()
                .flat_map(|it| ((it * 2_147_483_647.0) as i32).to_le_bytes())
                .collect::<Vec<_>>(),
        ),
        file(
            3,
            1,
            16_000,
            32,
            &samples()
                .flat_map(|it| (it as f32).to_le_bytes())
                .collect::<Vec<_>>(),
        ),
        file(
            3,
            1,
            16_000,
            64,
            &samples().flat_map(f64::to_le_bytes).collect::<Vec<_>>(),
        ),
        file(6, 1, 16_000, 8, &law(crate::g711::Law::A)),
        file(7, 1, 16_000, 8, &law(crate::g711::Law::Mu)),
    ]
}

#[test]
fn every_usual_encoding_becomes_the_same_sound() {
    let samples = || tone(16_000, 16_000);
    for file in in_every_encoding() {
        let sound = normalize(&file).unwrap();
        assert_eq!(sound.samples.len(), 16_000);
        assert_eq!(sound.length_ms(), 1_000);
        assert!(
            (-65..=-55).contains(&sound.peak_tenth_db),
            "{:?}",
            sound.was
        );
        assert_eq!(sound.note, None);
        let exact = samples().zip(&sound.samples);
        let off = exact.map(|(it, heard)| (it * 32_767.0 - f64::from(*heard)).abs());
        // Eight bits are coarse.
        assert!(off.fold(0.0, f64::max) < 700.0, "{:?}", sound.was);
    }
}

#[test]
fn what_is_played_already_stays_as_it_is() {
    let upload = file(1, 1, 16_000, 16, &pcm16(tone(16_000, 1_600)));
    let sound = normalize(&upload).unwrap();
    let played = Wav::parse(&sound.into_wav().unwrap()).unwrap();
    assert_eq!(played, Wav::parse(&upload).unwrap());
}

#[test]
fn stereo_of_44_khz_becomes_mono_of_16_khz() {
    let both: Vec<u8> = tone(44_100, 44_100)
        .flat_map(|it| pcm16([it, it].into_iter()))
        .collect();
    let sound = normalize(&file(1, 2, 44_100, 16, &both)).unwrap();
    assert_eq!(sound.samples.len(), 16_000);
    assert!(
        (-61..=-59).contains(&sound.peak_tenth_db),
        "{}",
        sound.peak_tenth_db
    );
    let was = Was {
        rate_hz: 44_100,
        channels: 2,
        bits: Some(16),
    };
    assert_eq!(sound.was, was);
}

#[test]
fn quiet_and_clipped_sounds_are_noted_and_silent_ones_refused() {
    let at = |level: f64| {
        let samples = tone(16_000, 8_000).map(|it| (it * 2.0 * level).clamp(-1.0, 1.0));
        normalize(&file(1, 1, 16_000, 16, &pcm16(samples)))
    };
    assert_eq!(at(0.5).unwrap().note, None);
    assert_eq!(at(0.02).unwrap().note, Some(LoudnessNote::TooQuiet));
    assert_eq!(at(0.02).unwrap().peak_tenth_db, -340);
    assert_eq!(at(3.0).unwrap().note, Some(LoudnessNote::Clipped));
    assert_eq!(at(0.0), Err(Unplayable::Silent));
    assert_eq!(at(0.0005), Err(Unplayable::Silent));
}

#[test]
fn files_that_lie_about_themselves_are_refused_with_the_fix() {
    let second = pcm16(tone(16_000, 16_000));
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    let mut cut = file(1, 1, 16_000, 16, &second);
    cut.truncate(1_044);
    let long = vec![0x80; 4_000 * 601];
    let cases = [
        (png, Unplayable::NotASound),
        (Vec::new(), Unplayable::NotASound),
        (b"RIFF".to_vec(), Unplayable::Damaged("RIFF header")),
        (file(1, 1, 16_000, 16, &[]), Unplayable::Empty),
        (
            cut,
            Unplayable::CutOff {
                promised: 32_000,
                found: 1_000,
            },
        ),
        (file(1, 0, 16_000, 16, &second), Unplayable::Channels(0)),
        (file(1, 9, 16_000, 16, &second), Unplayable::Channels(9)),
        (
            file(1, 1, 4_000_000_000, 16, &second),
            Unplayable::Rate(4_000_000_000),
        ),
        (file(1, 1, 0, 16, &second), Unplayable::Rate(0)),
        (
            file(2, 1, 16_000, 4, &second),
            Unplayable::Encoding { format: 2, bits: 4 },
        ),
        (file(7, 1, 4_000, 8, &long), Unplayable::TooLong(601)),
        (vec![0; UPLOAD_BYTES_MAX + 1], Unplayable::TooLarge),
    ];
    for (file, refusal) in cases {
        assert_eq!(normalize(&file), Err(refusal));
        let text = refusal.to_string();
        let names_a_fix = ["export", "record", "cut it"];
        assert!(names_a_fix.iter().any(|it| text.contains(it)), "{text}");
    }
}

#[test]
fn numbers_that_are_none_are_silence() {
    let samples = [f32::NAN, f32::INFINITY, 0.5, -0.5].repeat(4_000);
    let data: Vec<u8> = samples.into_iter().flat_map(f32::to_le_bytes).collect();
    let sound = normalize(&file(3, 1, 16_000, 32, &data)).unwrap();
    assert_eq!(&sound.samples[..4], [0, 0, 16_384, -16_384]);
}

const MP3: &[u8] = include_bytes!("../../../../fuzz/corpus/sound/mp3_tone");
const MP3_TAGGED: &[u8] = include_bytes!("../../../../fuzz/corpus/sound/mp3_stereo_tagged");

#[test]
fn mp3_is_decoded_with_its_tag_stepped_over() {
    for (file, rate_hz, channels, length_ms) in
        [(MP3, 16_000, 1, 300), (MP3_TAGGED, 24_000, 2, 100)]
    {
        let sound = normalize(file).unwrap();
        let bits = None;
        let was = Was {
            rate_hz,
            channels,
            bits,
        };
        assert_eq!(sound.was, was);
        // The encoder adds silence at both ends.
        let added = sound.length_ms() - length_ms;
        assert!(added < 120, "{added} ms too many");
        assert!(
            (-70..=-50).contains(&sound.peak_tenth_db),
            "{}",
            sound.peak_tenth_db
        );
    }
}

#[test]
fn mp3_that_is_none_is_refused() {
    let tag_alone = include_bytes!("../../../../fuzz/corpus/sound/mp3_tag_only");
    let refusal = normalize(tag_alone);
    assert_eq!(
        refusal,
        Err(Unplayable::Damaged("no frame of an MP3 in it"))
    );
}
