//! One leg of a call that is mixed: packets in, a frame of sound every 20 ms out; a frame of sound in, a packet out.
//! It joins session, reorder buffer, codec, concealment, comfort noise, digits and rates. It must not know sockets,
//! who else is in the call, or what a digit means.

mod digits;
mod elsewhere;
mod timeline;

use crate::codec::{CLOCK_RATE, Codec, Decoder, Encoder};
use crate::concealment::Concealment;
use crate::dtmf::{Digit, Received};
use crate::jitter::{self, Buffer, Playout};
use crate::noise::Noise;
use crate::resample::Stream;
use crate::rtp::{Marker, Stamp};
use crate::session::{self, Arrival, Arrived, Dropped, Session, SourceChange};
use crate::{Error, Micros};
use digits::Digits;
use elsewhere::Elsewhere;
use std::net::SocketAddr;
use timeline::Timeline;

/// What is heard and said at a time.
pub const FRAME: Micros = 20_000;
const FRAMES_PER_SECOND: u32 = 50;
/// RTP clock ticks of a frame.
const FRAME_TICKS: u32 = CLOCK_RATE / FRAMES_PER_SECOND;
/// Packets that hold more sound than this are not used on a telephone call.
const PACKET_TICKS_MAX: usize = 960;

/// The payload types of a leg, as agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payloads {
    pub codec: Codec,
    /// Of the codec.
    pub audio: u8,
    /// Of telephone-event at 8 kHz (RFC 4733).
    pub events: Option<u8>,
    /// Of comfort noise (RFC 3389).
    pub noise: Option<u8>,
}

/// What a packet carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Audio,
    Event,
    Noise,
}

impl Payloads {
    /// A codec with its static payload type, and no more.
    #[must_use]
    pub const fn of(codec: Codec) -> Self {
        Self {
            codec,
            audio: codec.payload_type(),
            events: None,
            noise: None,
        }
    }

    /// What a payload type means here; nothing if it was not agreed on.
    #[must_use]
    pub fn kind(&self, payload_type: u8) -> Option<Kind> {
        if payload_type == self.audio {
            Some(Kind::Audio)
        } else if Some(payload_type) == self.events {
            Some(Kind::Event)
        } else if Some(payload_type) == self.noise {
            Some(Kind::Noise)
        } else {
            None
        }
    }

    /// The payload type of the same kind; nothing where the leg has none.
    #[must_use]
    pub const fn of_kind(&self, kind: Kind) -> Option<u8> {
        match kind {
            Kind::Audio => Some(self.audio),
            Kind::Event => self.events,
            Kind::Noise => self.noise,
        }
    }
}

/// What waits to be played.
struct Item {
    content: Content,
    stamp: Stamp,
    /// When its first sample was spoken, on our clock; the network's constant delay counts as the speaker's.
    spoken: Micros,
}

enum Content {
    Audio(Codec, Vec<u8>),
    Noise(Vec<u8>),
    /// A digit has taken this packet's place.
    Event,
}

/// What can be said of a frame that was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// No sound in it was spoken before this. A recorder that was paused keeps nothing older than its resumption.
    pub since: Micros,
}

/// What a frame that was said has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Audio,
    /// A digit was sent in place of it.
    Digit,
}

/// One leg.
pub struct Leg {
    session: Session,
    payloads: Payloads,
    /// Those before the last change, for packets that are on their way.
    earlier: Option<Payloads>,
    mix_rate: u32,
    buffer: Buffer<Item>,
    timeline: Timeline,
    /// What goes past the buffer.
    elsewhere: Elsewhere,
    /// Of the last packet that was decoded.
    decoding: Codec,
    decoder: Decoder,
    concealment: Concealment,
    noise: Option<Noise>,
    /// Decoded, and not heard yet; packets need not have the length of a frame.
    samples: Vec<i16>,
    /// When what is left in `samples` was spoken.
    samples_since: Micros,
    packet_samples: usize,
    to_mix: Stream,
    from_mix: Stream,
    encoder: Encoder,
    timestamp: u32,
    has_spoken: bool,
    digits: Digits,
    n_unknown: u64,
    n_concealed: u64,
    scratch: (Vec<i16>, Vec<u8>),
}

impl Leg {
    /// `mix_rate` is that of the frames that are heard and said, Hz.
    pub fn new(
        session: &session::Settings,
        payloads: Payloads,
        mix_rate: u32,
    ) -> Result<Self, Error> {
        Self::of_session(Session::new(session), session.timestamp, payloads, mix_rate)
    }

    /// A leg whose session is there already: one of a checkpoint. `timestamp` is that of its first packet.
    pub fn of_session(
        session: Session,
        timestamp: u32,
        payloads: Payloads,
        mix_rate: u32,
    ) -> Result<Self, Error> {
        let rate = payloads.codec.sample_rate();
        Ok(Self {
            session,
            payloads,
            earlier: None,
            mix_rate,
            buffer: Buffer::new(jitter::Settings::default()),
            timeline: Timeline::default(),
            elsewhere: Elsewhere::default(),
            decoding: payloads.codec,
            decoder: payloads.codec.decoder(),
            concealment: Concealment::new(rate),
            noise: None,
            samples: Vec::new(),
            samples_since: Micros::MAX,
            packet_samples: frame_samples(rate),
            to_mix: Stream::new(rate, mix_rate)?,
            from_mix: Stream::new(mix_rate, rate)?,
            encoder: payloads.codec.encoder(),
            timestamp,
            has_spoken: false,
            digits: Digits::default(),
            n_unknown: 0,
            n_concealed: 0,
            scratch: (Vec::new(), Vec::new()),
        })
    }

    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// For reports, keys and addresses, and for packets that are relayed.
    pub const fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    #[must_use]
    pub const fn payloads(&self) -> Payloads {
        self.payloads
    }

    #[must_use]
    pub const fn buffer_counts(&self) -> jitter::Counts {
        self.buffer.counts()
    }

    /// Another codec or other payload types were agreed on, from the next frame on. What was sent under the earlier ones
    /// and is on its way is still understood.
    pub fn change_payloads(&mut self, payloads: Payloads) -> Result<(), Error> {
        if payloads == self.payloads {
            return Ok(());
        }
        if payloads.codec != self.payloads.codec {
            self.from_mix = Stream::new(self.mix_rate, payloads.codec.sample_rate())?;
            self.encoder = payloads.codec.encoder();
        }
        self.earlier = Some(std::mem::replace(&mut self.payloads, payloads));
        Ok(())
    }

    /// Frames have another rate from now on, Hz.
    pub fn change_mix_rate(&mut self, mix_rate: u32) -> Result<(), Error> {
        if mix_rate != self.mix_rate {
            self.to_mix = Stream::new(self.decoding.sample_rate(), mix_rate)?;
            self.from_mix = Stream::new(mix_rate, self.payloads.codec.sample_rate())?;
            self.mix_rate = mix_rate;
        }
        Ok(())
    }

    /// Frames that had to be made up.
    #[must_use]
    pub const fn n_concealed(&self) -> u64 {
        self.n_concealed
    }

    /// Packets of payload types that were not agreed on.
    #[must_use]
    pub const fn n_unknown(&self) -> u64 {
        self.n_unknown
    }

    /// A datagram has come. Digits are taken out of it; [`Self::hold`] or a relay has the rest.
    pub fn receive(
        &mut self,
        now: Micros,
        from: SocketAddr,
        datagram: &mut Vec<u8>,
    ) -> Result<Arrival, Dropped> {
        let arrival = self.session.receive(now, from, datagram)?;
        if let Arrival::Media(arrived) = &arrival {
            if arrived.source == SourceChange::New {
                self.begin_source();
            }
            match self
                .meaning(arrived.stamp.payload_type)
                .map(|(kind, _)| kind)
            {
                Some(Kind::Event) => {
                    let payload = datagram.get(arrived.payload.clone()).unwrap_or_default();
                    self.digits.receive(now, arrived.stamp.timestamp, payload);
                }
                Some(Kind::Audio | Kind::Noise) => {}
                None => self.n_unknown = self.n_unknown.saturating_add(1),
            }
        }
        Ok(arrival)
    }

    /// What a payload type means, and in which codec.
    fn meaning(&self, payload_type: u8) -> Option<(Kind, Codec)> {
        let meant = |payloads: &Payloads| Some((payloads.kind(payload_type)?, payloads.codec));
        meant(&self.payloads).or_else(|| self.earlier.as_ref().and_then(meant))
    }

    /// Keeps what arrived until it is its turn to be heard.
    pub fn hold(&mut self, now: Micros, arrived: &Arrived, datagram: &[u8]) {
        let payload = datagram.get(arrived.payload.clone()).unwrap_or_default();
        let content = match self.meaning(arrived.stamp.payload_type) {
            Some((Kind::Audio, _)) if payload.len() > PACKET_TICKS_MAX || payload.is_empty() => {
                return;
            }
            Some((Kind::Audio, codec)) => Content::Audio(codec, payload.to_vec()),
            Some((Kind::Noise, _)) => Content::Noise(payload.to_vec()),
            Some((Kind::Event, _)) => Content::Event,
            None => return,
        };
        let timestamp = arrived.stamp.timestamp;
        let sent = self.timeline.place(now, timestamp);
        // All codecs have one byte for each tick of the clock.
        let length = match &content {
            Content::Audio(_, payload) => ticks_to_micros(payload.len()),
            Content::Noise(_) | Content::Event => FRAME,
        };
        if let Content::Audio(..) = &content {
            self.buffer.set_frame(length);
        }
        let item = Item {
            content,
            stamp: arrived.stamp,
            spoken: sent - length,
        };
        self.buffer
            .handle_packet(now, arrived.stamp.sequence, timestamp, item);
    }

    /// The next 20 ms of the other side, at the rate of the mix, into an emptied frame. Whatever did or did not come,
    /// it is a frame of full length.
    pub fn listen(&mut self, now: Micros, frame: &mut Vec<i16>) -> Heard {
        frame.clear();
        let mut since = self.samples_since.min(now);
        let mut n = frame_samples(self.decoding.sample_rate());
        while self.samples.len() < n {
            let spoken = self.play_next(now);
            since = since.min(spoken);
            self.samples_since = spoken;
            n = frame_samples(self.decoding.sample_rate());
        }
        self.to_mix.process(self.samples.split_at(n).0, frame);
        self.samples.drain(..n);
        if self.samples.is_empty() {
            self.samples_since = Micros::MAX;
        }
        Heard { since }
    }

    /// Appends the samples of one packet, or of one that is missing; answers when they were spoken.
    fn play_next(&mut self, now: Micros) -> Micros {
        let n = self.packet_samples;
        match self.buffer.take(now) {
            Playout::Item(Item {
                content: Content::Audio(codec, payload),
                spoken,
                ..
            }) => {
                self.noise = None;
                self.decode_as(codec);
                let decoded = &mut self.scratch.0;
                decoded.clear();
                self.decoder.decode_into(&payload, decoded);
                self.concealment.heard(decoded);
                self.samples.extend_from_slice(decoded);
                self.packet_samples = decoded.len();
                self.timeline.heard(spoken);
                spoken
            }
            Playout::Item(Item {
                content: Content::Noise(payload),
                ..
            }) => {
                self.noise = Noise::parse(&payload).ok();
                self.pause(n);
                now
            }
            Playout::Item(Item {
                content: Content::Event,
                ..
            })
            | Playout::Nothing => {
                self.pause(n);
                now
            }
            Playout::Lost if self.noise.is_some() => {
                self.pause(n);
                now
            }
            Playout::Lost => {
                self.n_concealed = self.n_concealed.saturating_add(1);
                self.concealment.conceal(n, &mut self.samples);
                self.timeline.heard_before()
            }
        }
    }

    /// Packets of another codec come: what is left of a frame in the one before is dropped.
    fn decode_as(&mut self, codec: Codec) {
        if codec == self.decoding {
            return;
        }
        let rate = codec.sample_rate();
        // One of two rates of which either is the other or twice as much, as when the leg was made.
        if let Ok(to_mix) = Stream::new(rate, self.mix_rate) {
            self.decoding = codec;
            self.decoder = codec.decoder();
            self.concealment = Concealment::new(rate);
            self.packet_samples = frame_samples(rate);
            self.samples.clear();
            self.to_mix = to_mix;
        }
    }

    /// The other side says nothing: its comfort noise, or silence.
    fn pause(&mut self, n_samples: usize) {
        self.concealment.forget();
        match &mut self.noise {
            Some(noise) => noise.fill(n_samples, &mut self.samples),
            None => self.samples.resize(self.samples.len() + n_samples, 0),
        }
    }

    /// The next frame follows something else that was sent, or a time in which nothing was: its timestamp is that of
    /// the moment.
    pub const fn begin_speaking(&mut self) {
        self.has_spoken = false;
    }

    /// Turns a frame of the mix into the datagram that is sent now; a digit goes before.
    pub fn speak(
        &mut self,
        now: Micros,
        frame: &[i16],
        datagram: &mut Vec<u8>,
    ) -> Result<Said, Error> {
        if !self.has_spoken {
            (_, self.timestamp) = self.session.next(now);
        }
        let timestamp = self.timestamp;
        self.timestamp = timestamp.wrapping_add(FRAME_TICKS);
        let (samples, payload) = &mut self.scratch;
        samples.clear();
        payload.clear();
        self.from_mix.process(frame, samples);
        // The encoder hears what the digit covers, so that its state goes on.
        self.encoder.encode_into(samples, payload);
        if let (Some(event), Some(kind)) = (self.digits.next(timestamp), self.payloads.events) {
            self.session.send(
                now,
                event.marker,
                kind,
                event.timestamp,
                &event.event.to_bytes(),
                datagram,
            )?;
            return Ok(Said::Digit);
        }
        let marker = if self.has_spoken {
            Marker::Clear
        } else {
            Marker::Set
        };
        self.has_spoken = true;
        let kind = self.payloads.audio;
        self.session
            .send(now, marker, kind, timestamp, payload, datagram)?;
        Ok(Said::Audio)
    }

    /// Sends a digit, after those that are still to be sent.
    pub fn send_digit(&mut self, digit: Digit, length: Micros) -> Result<(), Error> {
        if self.payloads.events.is_none() {
            return Err(Error::Unsupported(
                "the other side takes no digits (no telephone-event was agreed on)",
            ));
        }
        self.digits.send(digit, length)
    }

    /// Whether digits are being sent, or wait to be.
    #[must_use]
    pub fn sends_digits(&self) -> bool {
        self.digits.is_sending()
    }

    /// The next fact about a digit that the other side sent.
    pub fn poll_digit(&mut self) -> Option<Received> {
        self.digits.poll()
    }

    /// When and why to be woken.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Micros, &'static str)> {
        let report = self.session.poll_timeout();
        let digit = self.digits.poll_timeout();
        report.into_iter().chain(digit).min()
    }

    /// Ends a digit whose end was lost. A report that is due is made by [`Session::report`].
    pub fn handle_timeout(&mut self, now: Micros) {
        self.digits.handle_timeout(now);
    }

    /// RFC 3550 8.2: nothing of another stream's state is of use.
    fn begin_source(&mut self) {
        self.buffer = Buffer::new(jitter::Settings::default());
        self.timeline.begin_source();
        self.elsewhere.forget();
        self.decoder = self.decoding.decoder();
        self.digits.begin_source();
    }
}

fn frame_samples(sample_rate: u32) -> usize {
    usize::try_from(sample_rate / FRAMES_PER_SECOND).unwrap_or_default()
}

fn ticks_to_micros(ticks: usize) -> Micros {
    Micros::try_from(ticks).unwrap_or_default() * 1_000_000 / Micros::from(CLOCK_RATE)
}

#[cfg(test)]
mod tests;
