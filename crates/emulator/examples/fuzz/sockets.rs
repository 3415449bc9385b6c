//! Inputs of a WebSocket: frames as a server writes them, whole, cut up and damaged (RFC 6455 5.2).

use crate::chance::Chance;
use crate::dictionary::Dictionary;
use crate::mutation;

const FRAMES_MAX: usize = 12;
/// What an application says, whole.
const TEXTS: [&str; 8] = [
    r#"{"kind":"AudioData","audioData":{"data":"AAAAAAAAAAA="}}"#,
    r#"{"kind":"audioData","audioData":{"data":"AAAA","isSilent":false},"stopAudio":{}}"#,
    r#"{"Kind":"AudioData","AudioData":{"Data":"/38A"},"StopAudio":null}"#,
    r#"{"kind":"stopAudio","stopAudio":{}}"#,
    r#"{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}"#,
    r#"{"kind":"AudioMetadata","audioMetadata":{"sampleRate":16000}}"#,
    r#"{"kind":"DtmfData","dtmfData":{"data":"5"}}"#,
    "{}",
];

pub(crate) fn bytes(chance: &mut Chance, corpus: &[Vec<u8>], words: &Dictionary) -> Vec<u8> {
    let mut bytes = Vec::new();
    if chance.once_in(2) {
        bytes.extend_from_slice(chance.text_of(corpus));
    }
    if !chance.once_in(4) {
        for _ in 0..=chance.below(FRAMES_MAX) {
            frame(chance, &mut bytes, words);
        }
    }
    for _ in 0..chance.below(4) {
        mutation::damage(chance, &mut bytes);
    }
    bytes
}

/// A frame: most are whole texts, some are parts of one, pings, closes, and what no server sends.
fn frame(chance: &mut Chance, bytes: &mut Vec<u8>, words: &Dictionary) {
    let text = said(chance, words);
    match chance.below(10) {
        0..=5 => write(bytes, 0x81, &text),
        6 => {
            // A message in two frames, with a ping between them.
            let at = chance.place(text.len());
            write(bytes, 0x01, &text[..at]);
            write(bytes, 0x89, b"ping");
            write(bytes, 0x80, &text[at..]);
        }
        7 => write(bytes, 0x82, &text),
        8 => {
            let code = [&b""[..], b"\x03\xe8", b"\x03", b"\xff\xff", b"\x03\xe8\xff"];
            write(bytes, 0x88, chance.one_of(&code));
        }
        _ => write(bytes, chance.draw().to_le_bytes()[0], &text),
    }
}

fn said(chance: &mut Chance, words: &Dictionary) -> Vec<u8> {
    let mut text = if chance.once_in(4) && !words.bodies.is_empty() {
        chance.text_of(&words.bodies).to_vec()
    } else {
        chance.one_of(&TEXTS).as_bytes().to_vec()
    };
    if chance.once_in(3) {
        mutation::damage(chance, &mut text);
    }
    if chance.once_in(200) {
        // A second of sound and more.
        let n = [64_000, 260_000, 300_000][chance.below(3)];
        let data = "A".repeat(n);
        text = format!(r#"{{"kind":"AudioData","audioData":{{"data":"{data}"}}}}"#).into_bytes();
    }
    text
}

/// Unmasked, as a server's frames are.
fn write(bytes: &mut Vec<u8>, first: u8, payload: &[u8]) {
    bytes.push(first);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length), _) if length < 126 => bytes.push(length),
        (_, Ok(length)) => {
            bytes.push(126);
            bytes.extend_from_slice(&length.to_be_bytes());
        }
        (_, Err(_)) => {
            bytes.push(127);
            let length = u64::try_from(payload.len()).unwrap_or(u64::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
        }
    }
    bytes.extend_from_slice(payload);
}
