//! One leg: its sockets, what `tandem_media` makes of its packets, what is played to it and asked of it. It must not know
//! who else is in its conversation.

use super::asked::{Asked, micros};
use super::fact::{Budget, Fact, Facts, How, Quality};
use super::id::{Key, LegId};
use super::ports::{Lease, Sockets};
use super::settings::{Agreed, Control, Direction, Latching, Network, Remote, Track};
use super::sound::Sound;
use super::talk::Talk;
use super::{checkpoint, error::Error};
use mio::net::UdpSocket;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tandem_media::Micros;
use tandem_media::dtmf::Digit;
use tandem_media::ice::{Check, Credentials};
use tandem_media::leg;
use tandem_media::mixer::Party;
use tandem_media::player::{Player, Progress, Repeat};
use tandem_media::recording::TrackId;
use tandem_media::relay::Relay;
use tandem_media::rtcp::Presence;
use tandem_media::session::{Protection, Session};
use zeroize::Zeroizing;

/// Digits that wait to be told; somebody who presses more than this in a second is a machine.
const PRESSED_MAX: usize = 32;

/// Where the time of facts begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    epoch: Instant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            epoch: Instant::now(),
        }
    }

    pub(super) fn now(self) -> Micros {
        micros(self.epoch.elapsed())
    }

    pub(super) fn instant(self, at: Micros) -> Instant {
        self.epoch + Duration::from_micros(u64::try_from(at).unwrap_or_default())
    }
}

/// Which of a leg's sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Media,
    Control,
}

/// A sound that is played to a leg or a conversation.
pub(super) struct Playing {
    pub(super) key: Key,
    pub(super) repeat: Repeat,
    sound: Sound,
    player: Player,
}

impl Playing {
    pub(super) fn new(sound: Sound, repeat: Repeat, key: Key, rate: u32) -> Self {
        Self {
            key,
            repeat,
            player: Player::new(sound.at(rate), repeat),
            sound,
        }
    }

    pub(super) fn fill(&mut self, n_samples: usize, frame: &mut Vec<i16>) -> Progress {
        self.player.fill(n_samples, frame)
    }

    pub(super) fn change_rate(&mut self, rate: u32) {
        self.player.change_samples(self.sound.at(rate));
    }
}

/// What was agreed on, and the engine for it.
pub(super) struct Live {
    pub(super) media: leg::Leg,
    pub(super) direction: Direction,
    pub(super) remote: Option<Remote>,
}

/// Where packets of a leg go without a mix.
pub(super) struct Route {
    pub(super) to: usize,
    pub(super) relay: Relay,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that have nothing to do with each other"
)]
pub(super) struct Leg {
    pub(super) id: LegId,
    /// The place of its conversation.
    pub(super) conversation: usize,
    pub(super) party: Party,
    pub(super) live: Option<Box<Live>>,
    pub(super) playing: Option<Playing>,
    /// What it hears on hold.
    pub(super) music: Option<Playing>,
    pub(super) asked: Option<Box<Asked>>,
    pub(super) route: Option<Route>,
    /// Whether its packets are held for the mix, and whether it hears frames of it.
    pub(super) listens: bool,
    pub(super) speaks: bool,
    /// The last press was an answer or is a secret: what still comes of it is nobody's either.
    pub(super) withholds_events: bool,
    /// Digits are being sent to it.
    pub(super) is_dialing: bool,
    pub(super) track: Option<TrackId>,
    pub(super) wants_track: Track,
    pub(super) talk: Talk,
    pub(super) pressed: Vec<Digit>,
    pub(super) budget: Budget,
    /// When the timer in force fires.
    pub(super) armed: Option<Micros>,
    silent_after: Micros,
    last_heard: Micros,
    is_silent: bool,
    has_failed: bool,
    n_sent: u64,
    n_send_failures: u64,
    pub(super) n_facts_withheld: u64,
    /// Datagrams before anything was agreed on.
    pub(super) n_early: u64,
    pub(super) ice: Option<Credentials>,
    /// By ICE, perhaps before anything was agreed on.
    nominated: Option<SocketAddr>,
    control: Control,
    latching: Latching,
    port: u16,
    pub(super) media_socket: UdpSocket,
    pub(super) control_socket: Option<UdpSocket>,
    /// Dropped after the sockets.
    _lease: Lease,
}

/// What a leg is made with.
pub(super) struct Making {
    pub(super) id: LegId,
    pub(super) conversation: usize,
    pub(super) party: Party,
    pub(super) sockets: Sockets,
    pub(super) control: Control,
    pub(super) latching: Latching,
    pub(super) track: Track,
    pub(super) ice: Option<Credentials>,
    pub(super) silent_after: Micros,
    pub(super) now: Micros,
}

/// Random numbers of one agreement.
pub(super) struct Chance {
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) name: String,
}

impl Chance {
    pub(super) fn of(bytes: &[u8; 32]) -> Self {
        let [s0, s1, s2, s3, q0, q1, t0, t1, t2, t3, name @ ..] = bytes;
        Self {
            ssrc: u32::from_be_bytes([*s0, *s1, *s2, *s3]),
            sequence: u16::from_be_bytes([*q0, *q1]),
            timestamp: u32::from_be_bytes([*t0, *t1, *t2, *t3]),
            // RFC 7022 4.2: 96 random bits.
            name: name
                .iter()
                .take(12)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        }
    }
}

impl Leg {
    pub(super) fn new(making: Making) -> Self {
        let Sockets {
            media,
            control,
            port,
            lease,
        } = making.sockets;
        Self {
            id: making.id,
            conversation: making.conversation,
            party: making.party,
            live: None,
            playing: None,
            music: None,
            asked: None,
            route: None,
            listens: false,
            speaks: false,
            withholds_events: false,
            is_dialing: false,
            track: None,
            wants_track: making.track,
            talk: Talk::default(),
            pressed: Vec::new(),
            budget: Budget::default(),
            armed: None,
            silent_after: making.silent_after,
            last_heard: making.now,
            is_silent: false,
            has_failed: false,
            n_sent: 0,
            n_send_failures: 0,
            n_facts_withheld: 0,
            n_early: 0,
            ice: making.ice,
            nominated: None,
            control: making.control,
            latching: making.latching,
            port,
            media_socket: UdpSocket::from_std(media),
            control_socket: control.map(UdpSocket::from_std),
            _lease: lease,
        }
    }

    /// What was agreed on, the first time or anew.
    pub(super) fn agree(
        &mut self,
        now: Micros,
        agreed: &Agreed,
        chance: Chance,
        rate: u32,
    ) -> Result<(), Error> {
        let networks = self.networks(agreed.remote);
        let Some(live) = &mut self.live else {
            let settings = tandem_media::session::Settings {
                ssrc: chance.ssrc,
                sequence: chance.sequence,
                timestamp: chance.timestamp,
                name: chance.name,
                protection: agreed.protection.clone(),
                expected: agreed.remote.map(|it| it.media),
                networks,
            };
            let media = leg::Leg::new(&settings, agreed.payloads, rate)?;
            self.go_live(now, media, agreed);
            return Ok(());
        };
        let session = live.media.session_mut();
        if !session.has_keys(&agreed.protection) {
            match &agreed.protection {
                Protection::Srtp { ours, theirs } => session.change_keys(ours, theirs, chance.ssrc),
                // What was protected stays so: RFC 4568 7.1.4 leaves no way back, and nobody who changes an offer on
                // its way gets one.
                Protection::None => {
                    return Err(Error::Media(tandem_media::Error::Unsupported(
                        "a leg that was protected stays protected",
                    )));
                }
            }
            live.media.begin_speaking();
        }
        if let Some(remote) = agreed.remote
            && live.remote != agreed.remote
        {
            live.media.session_mut().expect(remote.media, networks);
        }
        live.media.change_payloads(agreed.payloads)?;
        live.remote = agreed.remote;
        live.direction = agreed.direction;
        self.last_heard = now;
        Ok(())
    }

    /// A leg that was before this process.
    pub(super) fn restore(
        &mut self,
        now: Micros,
        restored: &checkpoint::Restored,
        chance: &Chance,
        rate: u32,
    ) -> Result<(), Error> {
        let networks = self.networks(restored.agreed.remote);
        let session = restored.session(chance.ssrc, chance.sequence, chance.timestamp, networks)?;
        let payloads = restored.agreed.payloads;
        let media = leg::Leg::of_session(session, chance.timestamp, payloads, rate)?;
        self.go_live(now, media, &restored.agreed);
        Ok(())
    }

    fn go_live(&mut self, now: Micros, mut media: leg::Leg, agreed: &Agreed) {
        if let Some(address) = self.nominated {
            media.session_mut().nominate(address);
        }
        self.last_heard = now;
        self.live = Some(Box::new(Live {
            media,
            direction: agreed.direction,
            remote: agreed.remote,
        }));
    }

    /// Where an unproved sender may be. Without an address that was signalled, nowhere.
    fn networks(&self, remote: Option<Remote>) -> Vec<Network> {
        match (&self.latching, remote) {
            (Latching::Networks(networks), _) if !networks.is_empty() => networks.clone(),
            (Latching::Networks(_) | Latching::SignalledNetwork, Some(remote)) => {
                vec![Network::around(remote.media.ip())]
            }
            (Latching::Networks(_) | Latching::SignalledNetwork, None) => {
                vec![Network::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 32)]
            }
        }
    }

    pub(super) fn socket(&self, side: Side) -> Option<&UdpSocket> {
        match side {
            Side::Media => Some(&self.media_socket),
            Side::Control => self.control_socket.as_ref(),
        }
    }

    /// Whether the other side is to be heard and may hear.
    pub(super) fn receives(&self) -> bool {
        self.live
            .as_ref()
            .is_some_and(|live| live.direction.receives())
    }

    pub(super) fn sends(&self) -> bool {
        self.live
            .as_ref()
            .is_some_and(|live| live.direction.sends())
    }

    /// Whether digits are to be sent, which a relay cannot.
    pub(super) fn is_dialing(&self) -> bool {
        let live = self.live.as_ref();
        live.is_some_and(|live| live.direction.sends() && live.media.sends_digits())
    }

    /// RTP or RTCP of the other side has come; answers whether the leg had been silent.
    pub(super) const fn heard(&mut self, now: Micros) -> bool {
        self.last_heard = now;
        std::mem::replace(&mut self.is_silent, false)
    }

    /// Answers a check of ICE; whoever nominates gets the sound.
    pub(super) fn answer_check(
        &mut self,
        from: SocketAddr,
        check: &[u8],
        answer: &mut Vec<u8>,
    ) -> bool {
        let outcome = self
            .ice
            .as_ref()
            .map(|ours| ours.answer(from, check, answer));
        let Some(Ok(outcome)) = outcome else {
            return false;
        };
        let is_sent = self.media_socket.send_to(answer, from).is_ok();
        self.count(is_sent);
        if outcome == Check::Nominates && self.nominated != Some(from) {
            self.nominated = Some(from);
            if let Some(live) = &mut self.live {
                live.media.session_mut().nominate(from);
            }
        }
        true
    }

    /// Sends a packet of media to where the other side is.
    pub(super) fn send(&mut self, datagram: &[u8]) {
        let live = self.live.as_ref();
        let to = live.and_then(|it| it.media.session().destination());
        // RFC 3264 8.4: the address of nobody, an old way to say that nothing is to be sent.
        if let Some(to) = to.filter(|it| !it.ip().is_unspecified()) {
            let outcome = self.media_socket.send_to(datagram, to);
            self.count(outcome.is_ok());
        }
    }

    const fn count(&mut self, is_sent: bool) {
        if is_sent {
            self.n_sent += 1;
        } else {
            self.n_send_failures += 1;
        }
    }

    /// Sends a report, and says goodbye with it if the leg is to be closed.
    pub(super) fn report(&mut self, now: Micros, presence: Presence, datagram: &mut Vec<u8>) {
        let Some(live) = &mut self.live else { return };
        let session = live.media.session_mut();
        let Some(media) = session.destination() else {
            return;
        };
        if session.report(now, presence, datagram).is_err() || media.ip().is_unspecified() {
            return;
        }
        let outcome = match &self.control_socket {
            None => self.media_socket.send_to(datagram, media),
            Some(socket) => {
                let signalled = live.remote.and_then(|it| it.control);
                let next = SocketAddr::new(media.ip(), media.port().wrapping_add(1));
                socket.send_to(datagram, signalled.unwrap_or(next))
            }
        };
        self.count(outcome.is_ok());
    }

    /// A packet could not be made: told once, since it will not get better.
    pub(super) fn fail(&mut self, why: tandem_media::Error, facts: &Facts) {
        if !std::mem::replace(&mut self.has_failed, true) {
            facts.tell(Fact::MediaFailed {
                leg: self.id,
                why: why.to_string(),
            });
        }
    }

    /// When and why to be woken: the earliest of everything that has a time.
    pub(super) fn poll_timeout(&self) -> Option<(Micros, &'static str)> {
        let live = self.live.as_ref()?;
        let media = live.media.poll_timeout();
        let silence = (live.direction.receives() && !self.is_silent)
            .then(|| (self.last_heard + self.silent_after, "the leg may be silent"));
        let asked = self.asked.as_ref().and_then(|it| it.deadline());
        let asked = asked.map(|at| (at, "an answer is overdue"));
        let pressed =
            (!self.pressed.is_empty()).then(|| (self.budget.renewed(), "digits wait to be told"));
        [media, silence, asked, pressed].into_iter().flatten().min()
    }

    /// Looks whether the other side has become silent.
    pub(super) fn check_silence(&mut self, now: Micros, clock: Clock, facts: &Facts) {
        let is_over = now - self.last_heard >= self.silent_after;
        if self.receives() && !self.is_silent && is_over {
            self.is_silent = true;
            facts.tell(Fact::LegSilent {
                leg: self.id,
                since: clock.instant(self.last_heard),
            });
        }
    }

    /// A digit that nobody asked for waits until facts may be told.
    pub(super) fn keep_pressed(&mut self, digit: Digit) {
        if self.pressed.len() < PRESSED_MAX {
            self.pressed.push(digit);
        } else {
            self.n_facts_withheld += 1;
        }
    }

    pub(super) fn tell_pressed(&mut self, now: Micros, facts: &Facts) {
        if !self.pressed.is_empty() && self.budget.take(now) {
            facts.tell(Fact::Digits {
                leg: self.id,
                digits: std::mem::take(&mut self.pressed),
            });
        }
    }

    pub(super) fn tell_talk(
        &mut self,
        now: Micros,
        span: (Micros, Micros),
        clock: Clock,
        facts: &Facts,
    ) {
        if self.budget.take(now) {
            facts.tell(Fact::Talk {
                leg: self.id,
                from: clock.instant(span.0),
                until: clock.instant(span.1),
            });
        } else {
            self.n_facts_withheld += 1;
        }
    }

    /// Stops what is played to it alone.
    pub(super) fn stop_playing(&mut self, how: How, facts: &Facts) -> bool {
        let stopped = self.playing.take();
        if let Some(playing) = &stopped {
            facts.tell(Fact::PromptEnded {
                key: playing.key,
                how,
            });
        }
        stopped.is_some()
    }

    pub(super) fn quality(&self) -> Quality {
        let media = self.live.as_ref().map(|it| &it.media);
        Quality {
            packets: media.map(|it| it.session().counts()).unwrap_or_default(),
            line: media.map(|it| it.session().quality()).unwrap_or_default(),
            n_concealed: media.map_or(0, leg::Leg::n_concealed),
            n_sent: self.n_sent,
            n_send_failures: self.n_send_failures,
            n_early: self.n_early,
            n_facts_withheld: self.n_facts_withheld,
        }
    }

    pub(super) fn checkpoint(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let live = self.live.as_ref();
        let live = live.ok_or(Error::Checkpoint("nothing was agreed on yet"))?;
        let place = checkpoint::Place {
            port: self.port,
            control: self.control,
            track: self.wants_track,
            latching: &self.latching,
            ice: self.ice.as_ref(),
            payloads: live.media.payloads(),
            direction: live.direction,
            remote: live.remote,
        };
        let session: &Session = live.media.session();
        checkpoint::write(&place, session)
    }
}
