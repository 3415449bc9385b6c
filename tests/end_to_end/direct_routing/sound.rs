//! What a party says and hears: G.711 A-law on a socket of the test's own, told apart by tones.

use crate::wait::PATIENCE;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tandem_media::g711::Law;
use tandem_media::rtp::{Marker, Packet};
use tandem_media::tone;
use tandem_media::wav::{Channels, Wav};
use tokio::net::UdpSocket;
use tokio::sync::Notify;

const RATE: u32 = 8_000;
const FRAME: usize = 160;
/// A fifth of a second: long enough to tell tones apart.
const HEARD: usize = 1_600;
/// Of full scale.
const LOUD: f64 = 8_000.0;
const PCMA: u8 = 8;

/// What somebody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mouth {
    Silence,
    Hertz(u32),
    /// Not even silence is sent.
    Shut,
}

/// A party's mouth and ear.
#[derive(Clone)]
pub(super) struct Voice(Arc<Inner>);

struct Inner {
    socket: UdpSocket,
    mouth: Mutex<Mouth>,
    heard: Mutex<VecDeque<i16>>,
    news: Notify,
}

impl Voice {
    pub(super) async fn new(mouth: Mouth) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let voice = Self(Arc::new(Inner {
            socket,
            mouth: Mutex::new(mouth),
            heard: Mutex::default(),
            news: Notify::new(),
        }));
        tokio::spawn(speak(Arc::downgrade(&voice.0)));
        voice
    }

    pub(super) fn port(&self) -> u16 {
        self.0.socket.local_addr().unwrap().port()
    }

    pub(super) fn says(&mut self, mouth: Mouth) {
        *self.0.mouth.lock().unwrap() = mouth;
    }

    pub(super) fn falls_silent(&mut self) {
        self.says(Mouth::Shut);
    }

    /// Waits until this tone is heard no more.
    pub(super) async fn hears_no(&mut self, hertz: u32) {
        let inner = &self.0;
        let listening = async {
            loop {
                let news = inner.news.notified();
                let heard: Vec<i16> = inner.heard.lock().unwrap().iter().copied().collect();
                if !has(&heard, hertz) {
                    return;
                }
                news.await;
            }
        };
        let silent = tokio::time::timeout(PATIENCE, listening).await;
        assert!(silent.is_ok(), "{hertz} Hz is heard all the time");
    }

    /// Waits until this tone is heard.
    #[track_caller]
    pub(super) fn hears(&mut self, hertz: u32) -> impl Future<Output = ()> {
        let tone = move |heard: &[i16]| has(heard, hertz);
        self.hears_what(format!("{hertz} Hz"), tone)
    }

    /// Waits until somebody is heard who speaks: loud, and no tone.
    #[track_caller]
    pub(super) fn hears_speech(&mut self) -> impl Future<Output = ()> {
        let speech = |heard: &[i16]| {
            let loud = heard.iter().filter(|it| it.unsigned_abs() > 1_000).count();
            loud > HEARD / 10 && (100..3_400).step_by(20).all(|it| !has(heard, it))
        };
        self.hears_what("speech".to_owned(), speech)
    }

    fn hears_what(
        &self,
        what: String,
        is_it: impl Fn(&[i16]) -> bool + Send,
    ) -> impl Future<Output = ()> {
        let inner = Arc::clone(&self.0);
        async move {
            let listening = async {
                loop {
                    let news = inner.news.notified();
                    let heard: Vec<i16> = inner.heard.lock().unwrap().iter().copied().collect();
                    if heard.len() == HEARD && is_it(&heard) {
                        return;
                    }
                    news.await;
                }
            };
            let heard = tokio::time::timeout(PATIENCE, listening).await;
            assert!(heard.is_ok(), "{what} is not heard");
        }
    }
}

/// Packets every 20 ms to wherever packets come from, and what comes.
async fn speak(voice: std::sync::Weak<Inner>) {
    let mut other: Option<SocketAddr> = None;
    let mut sequence = 0_u16;
    let mut timestamp = 0_u32;
    let mut pace = tokio::time::interval(Duration::from_millis(20));
    let mut datagram = [0; 2_048];
    loop {
        let Some(inner) = voice.upgrade() else {
            return;
        };
        tokio::select! {
            came = inner.socket.recv_from(&mut datagram) => {
                let Ok((n, from)) = came else { continue };
                other = Some(from);
                hear(&inner, &datagram[..n]);
            }
            _ = pace.tick() => {
                let mouth = *inner.mouth.lock().unwrap();
                if let (Some(other), Some(samples)) = (other, said(mouth, timestamp)) {
                    let packet = spoken(sequence, timestamp, &samples);
                    inner.socket.send_to(&packet, other).await.ok();
                }
                sequence = sequence.wrapping_add(1);
                timestamp = timestamp.wrapping_add(160);
            }
        }
    }
}

fn said(mouth: Mouth, timestamp: u32) -> Option<Vec<i16>> {
    match mouth {
        Mouth::Shut => None,
        Mouth::Silence => Some(vec![0; FRAME]),
        Mouth::Hertz(hertz) => Some(tone::sine(RATE, f64::from(hertz), LOUD, timestamp, 160)),
    }
}

fn spoken(sequence: u16, timestamp: u32, samples: &[i16]) -> Vec<u8> {
    let mut payload = Vec::new();
    Law::A.encode_into(samples, &mut payload);
    let packet = Packet {
        payload_type: PCMA,
        marker: Marker::Clear,
        sequence,
        timestamp,
        ssrc: 77,
        csrcs: Vec::new(),
        extension: None,
        payload: &payload,
    };
    packet.to_bytes().unwrap()
}

fn hear(inner: &Inner, datagram: &[u8]) {
    let Ok(packet) = Packet::parse(datagram) else {
        return;
    };
    if packet.payload_type != PCMA {
        return;
    }
    let mut samples = Vec::new();
    Law::A.decode_into(packet.payload, &mut samples);
    let mut heard = inner.heard.lock().unwrap();
    heard.extend(samples);
    let over = heard.len().saturating_sub(HEARD);
    heard.drain(..over);
    inner.news.notify_waiters();
}

/// Whether a tone is in a sound.
pub(super) fn has(samples: &[i16], hertz: u32) -> bool {
    tone::amplitude(RATE, f64::from(hertz), samples) > LOUD / 8.0
}

/// Half a minute of a tone, as a file.
pub(super) fn tone_file(hertz: u32) -> Vec<u8> {
    let samples = tone::sine(RATE, f64::from(hertz), LOUD, 0, RATE * 30);
    let wav = Wav {
        sample_rate: RATE,
        channels: Channels::Mono,
        samples,
    };
    wav.to_bytes().unwrap()
}

/// The two channels of a file, without what is before its sound.
pub(super) fn channels(file: &[u8]) -> [Vec<i16>; 2] {
    let samples: Vec<i16> = file[44..]
        .chunks_exact(2)
        .map(|it| i16::from_le_bytes([it[0], it[1]]))
        .collect();
    [0, 1].map(|channel| samples.iter().skip(channel).step_by(2).copied().collect())
}
