//! Phones that speak at their pace and count what comes back, and the plane that they are on.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};
use tandem_media::codec::Codec;
use tandem_media::leg::{FRAME, Leg, Payloads};
use tandem_media::session::{Protection, Settings as SessionSettings};
use tandem_media::srtp::{Keys, Suite};
use tandem_media::{Micros, tone};
use tandem_transport::media::{
    Agreed, Control, ConversationId, Direction, Latching, LegId, LegSettings, Plane, Remote,
    Settings, Track,
};

/// A phone that speaks, and does not listen to what it hears.
pub(super) struct Phone {
    media: Leg,
    socket: UdpSocket,
    peer: SocketAddr,
    pub(super) leg: LegId,
}

/// Phones that talk to each other.
pub(super) struct Call {
    pub(super) conversation: ConversationId,
    pub(super) phones: Vec<Phone>,
}

/// One whose legs are all on one thread.
pub(super) fn plane() -> anyhow::Result<Plane> {
    let settings = Settings {
        ports: 0..=0,
        n_threads: 1,
        ..Settings::new(IpAddr::V4(Ipv4Addr::LOCALHOST))
    };
    Ok(Plane::start(settings)?.0)
}

pub(super) fn socket() -> anyhow::Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

pub(super) fn protection(suite: Option<Suite>, ours: u8, theirs: u8) -> anyhow::Result<Protection> {
    let Some(suite) = suite else {
        return Ok(Protection::None);
    };
    let keys = |fill| Keys::new(suite, &vec![fill; suite.master_bytes()]);
    Ok(Protection::Srtp {
        ours: keys(ours)?,
        theirs: keys(theirs)?,
    })
}

/// The first two of each call hear each other.
pub(super) fn calls(
    plane: &Plane,
    n: usize,
    n_legs: usize,
    suite: Option<Suite>,
) -> anyhow::Result<Vec<Call>> {
    let mut calls = Vec::new();
    for _ in 0..n {
        let conversation = plane.conversation()?;
        let phones = (0..n_legs).map(|_| Phone::new(plane, conversation, suite));
        let phones: Vec<Phone> = phones.collect::<anyhow::Result<_>>()?;
        if let [one, other, ..] = phones.as_slice() {
            plane.connect(conversation, one.leg, other.leg).wait()?;
        }
        calls.push(Call {
            conversation,
            phones,
        });
    }
    Ok(calls)
}

/// Drives all phones for a while at their pace; answers the packets that came back.
pub(super) fn drive(phones: &mut [Phone], ticks: u64) -> anyhow::Result<u64> {
    let sound = tone::sine(8_000, 400.0, 6_000.0, 0, 160);
    let begin = Instant::now();
    let mut datagram = Vec::new();
    let mut n_back = 0;
    for n in 0..ticks {
        for phone in &mut *phones {
            phone.talk(n, &sound, &mut datagram)?;
            n_back += phone.drain();
        }
        let next = begin + Duration::from_millis(20 * (n + 1));
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    for phone in phones {
        n_back += phone.drain();
    }
    Ok(n_back)
}

impl Phone {
    fn new(
        plane: &Plane,
        conversation: ConversationId,
        suite: Option<Suite>,
    ) -> anyhow::Result<Self> {
        let socket = socket()?;
        let settings = SessionSettings {
            ssrc: 1,
            sequence: 1,
            timestamp: 1,
            name: "cGhvbmU".into(),
            protection: protection(suite, 1, 2)?,
            expected: None,
            networks: Vec::new(),
        };
        let payloads = Payloads::of(Codec::Pcma);
        let agreed = Agreed {
            payloads,
            protection: protection(suite, 2, 1)?,
            remote: Some(Remote::at(socket.local_addr()?)),
            direction: Direction::SendReceive,
        };
        let settings_of_leg = LegSettings {
            control: Control::Multiplexed,
            latching: Latching::SignalledNetwork,
            track: Track::Own,
            ice: None,
            agreed: Some(agreed),
        };
        let opened = plane.open_leg(conversation, settings_of_leg)?;
        Ok(Self {
            media: Leg::new(&settings, payloads, 8_000)?,
            socket,
            peer: opened.local,
            leg: opened.leg,
        })
    }

    fn talk(&mut self, n: u64, sound: &[i16], datagram: &mut Vec<u8>) -> anyhow::Result<()> {
        let now = Micros::try_from(n)? * FRAME;
        self.media.speak(now, sound, datagram)?;
        self.socket.send_to(datagram, self.peer)?;
        Ok(())
    }

    /// Takes what came out of the socket; answers how many packets.
    fn drain(&self) -> u64 {
        let mut buffer = [0; 2_048];
        let mut n = 0;
        while self.socket.recv_from(&mut buffer).is_ok() {
            n += 1;
        }
        n
    }
}
