//! A phone, and a plane with conversations that phones are in.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};
use tandem_media::codec::Codec;
use tandem_media::dtmf::Received;
use tandem_media::leg::{FRAME, Leg, Payloads};
use tandem_media::session::{Arrival, Protection, Settings as SessionSettings};
use tandem_media::srtp::{Keys, Suite};
use tandem_media::{Micros, rtp, tone};
use tandem_transport::media::{
    Agreed, Control, ConversationId, Direction, Fact, Key, Latching, LegId, LegSettings, Opened,
    Plane, Remote, Settings, Track,
};
use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::error::TryRecvError;

/// Whatever is waited for comes within it, or the test fails.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

pub(crate) fn settings() -> Settings {
    Settings {
        ports: 0..=0,
        n_threads: 1,
        ..Settings::new(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }
}

/// A plane, and the facts that it told.
pub(crate) struct World {
    pub(crate) plane: Plane,
    facts: Receiver<Fact>,
    /// Those that nobody waited for.
    passed: Vec<Fact>,
}

impl World {
    pub(crate) fn new(settings: Settings) -> Self {
        let (plane, facts) = Plane::start(settings).expect("loopback and threads");
        Self {
            plane,
            facts,
            passed: Vec::new(),
        }
    }

    /// Waits for a fact; those before it are kept.
    pub(crate) fn wait<T>(&mut self, what: &str, mut wanted: impl FnMut(&Fact) -> Option<T>) -> T {
        for at in 0..self.passed.len() {
            if let Some(found) = wanted(&self.passed[at]) {
                self.passed.remove(at);
                return found;
            }
        }
        let deadline = Instant::now() + DEADLINE;
        loop {
            match self.facts.try_recv() {
                Ok(fact) => match wanted(&fact) {
                    Some(found) => return found,
                    None => self.passed.push(fact),
                },
                Err(TryRecvError::Empty) if Instant::now() < deadline => {
                    // poll: until a fact is told
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(why) => panic!("{what}: {why}, after {:?}", self.passed),
            }
        }
    }

    /// Waits until something is so.
    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&Plane) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !is_so(&self.plane) {
            assert!(
                Instant::now() < deadline,
                "{what}: {:?}",
                self.plane.counts()
            );
            // poll: until it is so
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Whether such a fact was told up to now.
    pub(crate) fn was_told(&mut self, wanted: impl Fn(&Fact) -> bool) -> bool {
        while let Ok(fact) = self.facts.try_recv() {
            self.passed.push(fact);
        }
        self.passed.iter().any(wanted)
    }

    pub(crate) fn conversation(&self) -> ConversationId {
        self.plane.conversation().expect("a plane that runs")
    }

    /// A phone with a leg in that conversation.
    pub(crate) fn phone(&self, conversation: ConversationId, voice: Voice) -> Phone {
        Phone::in_conversation(&self.plane, conversation, voice)
    }
}

/// How a phone speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voice {
    pub(crate) codec: Codec,
    pub(crate) hertz: f64,
    pub(crate) is_protected: bool,
    pub(crate) control: Control,
}

impl Voice {
    pub(crate) const fn of(codec: Codec, hertz: f64) -> Self {
        Self {
            codec,
            hertz,
            is_protected: true,
            control: Control::Multiplexed,
        }
    }

    pub(crate) const fn plain(codec: Codec, hertz: f64) -> Self {
        Self {
            is_protected: false,
            ..Self::of(codec, hertz)
        }
    }
}

pub(crate) const RATE: u32 = 16_000;
pub(crate) const LEVEL: f64 = 6_000.0;

pub(crate) struct Phone {
    pub(crate) media: Leg,
    pub(crate) socket: UdpSocket,
    pub(crate) control: Option<UdpSocket>,
    pub(crate) leg: Option<LegId>,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) control_peer: Option<SocketAddr>,
    pub(crate) voice: Voice,
    pub(crate) n_said: u32,
    /// Its own clock: 20 ms for each packet that it heard.
    pub(crate) now: Micros,
    pub(crate) n_reports: u32,
    /// The last datagram of the plane that was no report.
    pub(crate) last: Vec<u8>,
}

pub(crate) fn keys(fill: u8) -> Keys {
    Keys::new(Suite::AesCm128HmacSha1Tag80, &[fill; 30]).expect("of the suite's length")
}

/// Theirs are ours on the other side.
pub(crate) fn protection(voice: Voice, ours: u8, theirs: u8) -> Protection {
    if voice.is_protected {
        Protection::Srtp {
            ours: keys(ours),
            theirs: keys(theirs),
        }
    } else {
        Protection::None
    }
}

pub(crate) fn payloads(codec: Codec) -> Payloads {
    Payloads {
        events: Some(101),
        noise: Some(13),
        ..Payloads::of(codec)
    }
}

pub(crate) fn socket() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
    socket.set_read_timeout(Some(DEADLINE)).expect("a time");
    socket
}

impl Phone {
    pub(crate) fn new(voice: Voice) -> Self {
        let settings = SessionSettings {
            ssrc: 1,
            sequence: 0x7FF0,
            timestamp: 1_000,
            name: "cGhvbmU".into(),
            protection: protection(voice, 1, 2),
            expected: None,
            networks: Vec::new(),
        };
        Self {
            media: Leg::new(&settings, payloads(voice.codec), RATE).expect("usual rates"),
            socket: socket(),
            control: (voice.control == Control::OwnPort).then(socket),
            leg: None,
            peer: None,
            control_peer: None,
            voice,
            n_said: 0,
            now: 0,
            n_reports: 0,
            last: Vec::new(),
        }
    }

    pub(crate) fn in_conversation(
        plane: &Plane,
        conversation: ConversationId,
        voice: Voice,
    ) -> Self {
        let mut phone = Self::new(voice);
        let opened = plane.open_leg(conversation, phone.leg_settings());
        let opened = opened.expect("a port");
        phone.join(opened);
        phone
    }

    /// The other side of a leg: what comes from there is taken.
    pub(crate) fn join(&mut self, opened: Opened) {
        self.leg = Some(opened.leg);
        self.peer = Some(opened.local);
        self.control_peer = opened.control;
        self.media.session_mut().expect(opened.local, Vec::new());
    }

    pub(crate) fn agreed(&self) -> Agreed {
        let address = |socket: &UdpSocket| socket.local_addr().expect("bound");
        Agreed {
            payloads: payloads(self.voice.codec),
            protection: protection(self.voice, 2, 1),
            remote: Some(Remote {
                media: address(&self.socket),
                control: self.control.as_ref().map(address),
            }),
            direction: Direction::SendReceive,
        }
    }

    pub(crate) fn leg_settings(&self) -> LegSettings {
        LegSettings {
            control: self.voice.control,
            latching: Latching::SignalledNetwork,
            track: Track::Own,
            ice: None,
            agreed: Some(self.agreed()),
        }
    }

    pub(crate) fn leg(&self) -> LegId {
        self.leg.expect("in a conversation")
    }

    /// 20 ms of its voice, as a datagram.
    pub(crate) fn spoken(&mut self) -> Vec<u8> {
        let n = RATE / 50;
        let sound = tone::sine(RATE, self.voice.hertz, LEVEL, self.n_said * n, n);
        self.said(&sound)
    }

    pub(crate) fn said(&mut self, sound: &[i16]) -> Vec<u8> {
        let now = Micros::from(self.n_said) * FRAME;
        self.n_said += 1;
        let mut datagram = Vec::new();
        self.media
            .speak(now, sound, &mut datagram)
            .expect("a usual packet");
        datagram
    }

    pub(crate) fn send(&self, datagram: &[u8]) {
        let peer = self.peer.expect("in a conversation");
        self.socket.send_to(datagram, peer).expect("loopback");
    }

    pub(crate) fn talk(&mut self) {
        let datagram = self.spoken();
        self.send(&datagram);
    }

    /// The next packet that is no report, and what is heard at that time.
    pub(crate) fn listen(&mut self) -> Vec<i16> {
        loop {
            let mut buffer = [0; 2_048];
            let (n, from) = self
                .socket
                .recv_from(&mut buffer)
                .expect("a packet in time");
            let mut datagram = buffer[..n].to_vec();
            let is_report = rtp::is_rtcp(&datagram);
            if !is_report {
                self.last.clone_from(&datagram);
                self.now += FRAME;
            }
            match self.media.receive(self.now, from, &mut datagram) {
                Ok(Arrival::Media(arrived)) => {
                    self.media.hold(self.now, &arrived, &datagram);
                    let mut frame = Vec::new();
                    self.media.listen(self.now, &mut frame);
                    return frame;
                }
                Ok(Arrival::Control(_)) => self.n_reports += 1,
                Err(why) => panic!("the plane sent what a phone refuses: {why}"),
            }
        }
    }

    pub(crate) fn pressed(&mut self) -> String {
        std::iter::from_fn(|| self.media.poll_digit())
            .filter_map(|received| match received {
                Received::Started(digit) => Some(digit.as_char()),
                Received::Ended { .. } => None,
            })
            .collect()
    }
}

/// All phones talk and listen for so many frames; what each heard.
pub(crate) fn live(phones: &mut [&mut Phone], n_frames: usize) -> Vec<Vec<i16>> {
    let mut heard = vec![Vec::new(); phones.len()];
    for _ in 0..n_frames {
        for phone in phones.iter_mut() {
            phone.talk();
        }
        for (phone, heard) in phones.iter_mut().zip(&mut heard) {
            heard.extend(phone.listen());
        }
    }
    heard
}

/// The average level of a voice over the frames of a sound.
pub(crate) fn level(sound: &[i16], hertz: f64) -> f64 {
    let levels: Vec<f64> = sound
        .chunks_exact(320)
        .map(|frame| tone::amplitude(RATE, hertz, frame))
        .collect();
    levels.iter().sum::<f64>() / levels.len().max(1) as f64
}

/// Which of the voices are in a sound.
pub(crate) fn voices(sound: &[i16], hertz: &[f64]) -> Vec<bool> {
    let levels = hertz.iter().map(|hertz| level(sound, *hertz));
    levels
        .map(|level| {
            assert!(!(900.0..3_500.0).contains(&level), "half heard: {level}");
            level > LEVEL / 2.0
        })
        .collect()
}

/// The name of orders of which there is one.
pub(crate) const KEY: Key = Key(7);
