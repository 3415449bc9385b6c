//! What comes over the sockets, and what is due for a leg.

use super::Thread;
use crate::media::fact::{Fact, How, Why};
use crate::media::leg::{Leg, Side};
use crate::media::settings::{Masking, OnDigit};
use crate::media::slots::Slots;
use crate::media::talk;
use std::io;
use std::net::SocketAddr;
use tandem_media::Micros;
use tandem_media::dtmf::{Digit, Received};
use tandem_media::ice;
use tandem_media::leg::Kind;
use tandem_media::rtcp::Presence;
use tandem_media::session::{Arrival, Arrived};

/// Datagrams of one socket before the others have their turn; who sends more is held up, and nobody else.
const READ_AT_ONCE: usize = 64;
/// As often a socket is read to its end: more than it holds, and an end where somebody fills it all the time.
const READS_MAX: usize = 16;
/// A digit that is passed on.
const DIGIT_LENGTH: Micros = 100_000;

impl Thread {
    /// Reads a socket until it is empty.
    pub(super) fn read(&mut self, now: Micros, place: usize, side: Side) {
        for _ in 0..READ_AT_ONCE {
            let Some(socket) = self.legs.get(place).and_then(|leg| leg.socket(side)) else {
                return;
            };
            match socket.recv_from(self.received.as_mut_slice()) {
                Ok((n, from)) => {
                    let received = self.received.get(..n).unwrap_or_default();
                    self.datagram.clear();
                    self.datagram.extend_from_slice(received);
                    self.arrive(now, place, from);
                }
                Err(why) if why.kind() == io::ErrorKind::WouldBlock => return,
                // An answer of the network to what was sent (ICMP): the next datagram is behind it.
                Err(_) => {}
            }
        }
        self.unread.push((place, side));
    }

    /// Reads what lies in the sockets of a conversation.
    pub(super) fn read_all_of(&mut self, conversation: usize) {
        let now = self.clock.now();
        let legs = self
            .conversations
            .get(conversation)
            .map(|it| it.legs.clone());
        for place in legs.unwrap_or_default() {
            for _ in 0..READS_MAX {
                let n_unread = self.unread.len();
                self.read(now, place, Side::Media);
                if self.unread.len() == n_unread {
                    break;
                }
                self.unread.pop();
            }
        }
    }

    fn arrive(&mut self, now: Micros, place: usize, from: SocketAddr) {
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        if ice::is_stun(&self.datagram) {
            if !leg.answer_check(from, &self.datagram, &mut self.answer) {
                self.count_dropped();
            }
            return;
        }
        let Some(live) = &mut leg.live else {
            leg.n_early += 1;
            self.count_dropped();
            return;
        };
        let Ok(arrival) = live.media.receive(now, from, &mut self.datagram) else {
            self.count_dropped();
            return;
        };
        let is_taken = live.direction.receives();
        if leg.heard(now) {
            self.facts.tell(Fact::LegHeard { leg: leg.id });
            self.arm(place);
        }
        match arrival {
            Arrival::Control(_) => {}
            Arrival::Media(arrived) if is_taken => self.take_media(now, place, &arrived),
            Arrival::Media(_) => {}
        }
    }

    fn take_media(&mut self, now: Micros, place: usize, arrived: &Arrived) {
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        let Some(live) = &mut leg.live else { return };
        let kind = live.media.payloads().kind(arrived.stamp.payload_type);
        if leg.listens {
            live.media.hold(now, arrived, &self.datagram);
        } else {
            live.media.pass_by(now, arrived, &self.datagram);
        }
        if kind == Some(Kind::Event) {
            self.take_digits(now, place);
            self.arm(place);
        }
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        let is_withheld = kind == Some(Kind::Event) && leg.withholds_events;
        if leg.listens || leg.route.is_none() || is_withheld {
            return;
        }
        if kind == Some(Kind::Audio) {
            let payload = self
                .datagram
                .get(arrived.payload.clone())
                .unwrap_or_default();
            let codec = leg.live.as_ref().map(|live| live.media.payloads().codec);
            let is_loud = codec.and_then(|codec| talk::is_loud_packet(codec, payload));
            let length = Micros::try_from(payload.len()).unwrap_or_default() * 125;
            let span = is_loud.and_then(|is_loud| leg.talk.hear(now, length, is_loud));
            if let Some(span) = span {
                leg.tell_talk(now, span, self.clock, &self.facts);
            }
        }
        pass(
            &mut self.legs,
            now,
            place,
            arrived.clone(),
            &mut self.datagram,
            &self.facts,
        );
    }

    /// Digits go to who asked, or to the owner, and on to who hears the leg; never on from a question, or in a pause.
    fn take_digits(&mut self, now: Micros, place: usize) {
        while let Some(leg) = self.legs.get_mut(place)
            && let Some(live) = &mut leg.live
            && let Some(received) = live.media.poll_digit()
        {
            match received {
                Received::Started(digit) => self.press(now, place, digit),
                Received::Ended { .. } => {}
            }
        }
    }

    fn press(&mut self, now: Micros, place: usize, digit: Digit) {
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        let conversation = self.conversations.get(leg.conversation);
        let is_paused = conversation.is_some_and(|it| it.is_paused());
        leg.withholds_events = is_paused || leg.asked.is_some();
        let Some(asked) = &mut leg.asked else {
            if is_paused {
                // R-24 c: nobody asked, so nobody is told.
                leg.n_facts_withheld += 1;
            } else {
                leg.keep_pressed(digit);
                leg.tell_pressed(now, &self.facts);
                self.pass_digit_on(place, digit);
            }
            return;
        };
        let masking = if is_paused {
            Masking::Masked
        } else {
            Masking::Plain
        };
        let stops_prompt = asked.collect.on_digit == OnDigit::StopsPrompt;
        let why = asked.press(now, digit, masking);
        if stops_prompt {
            self.interrupt(place);
        }
        if let Some(why) = why {
            self.end_question(place, why);
        }
    }

    /// Stops what is played to the leg, and what is played to all.
    fn interrupt(&mut self, place: usize) {
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        let conversation = leg.conversation;
        let mut is_changed = leg.stop_playing(How::Interrupted, &self.facts);
        if let Some(conversation) = self.conversations.get_mut(conversation)
            && let Some(playing) = conversation.playing.take()
        {
            is_changed = true;
            self.facts.tell(Fact::PromptEnded {
                key: playing.key,
                how: How::Interrupted,
            });
        }
        if is_changed {
            self.replan(conversation);
        }
    }

    pub(super) fn end_question(&mut self, place: usize, why: Why) {
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        if let Some(asked) = leg.asked.take() {
            self.facts.tell(Fact::Collected(asked.answer(leg.id, why)));
            let conversation = leg.conversation;
            self.replan(conversation);
        }
    }

    /// A relay passes the packets of a digit; in a mix it is sent anew to all who hear the leg.
    fn pass_digit_on(&mut self, place: usize, digit: Digit) {
        let Some(speaker) = self.legs.get(place) else {
            return;
        };
        let Some(conversation) = self.conversations.get(speaker.conversation) else {
            return;
        };
        if !conversation.is_mixed {
            return;
        }
        let listeners = conversation.legs.iter().copied().filter(|at| {
            let listener = self.legs.get(*at).filter(|it| it.id != speaker.id);
            listener.is_some_and(|it| it.speaks && conversation.hears(it, speaker))
        });
        for at in listeners.collect::<Vec<_>>() {
            let Some(listener) = self.legs.get_mut(at) else {
                continue;
            };
            if let Some(live) = &mut listener.live {
                listener.is_dialing = true;
                // Who has agreed on no digits gets none; a queue of them that is full is a flood.
                match live.media.send_digit(digit, DIGIT_LENGTH) {
                    Ok(()) | Err(_) => {}
                }
            }
        }
    }

    /// Something of a leg is due.
    pub(super) fn wake_leg(&mut self, now: Micros, place: usize) {
        let (clock, facts) = (self.clock, self.facts.clone());
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        let Some(live) = &mut leg.live else { return };
        live.media.handle_timeout(now);
        let report = live.media.session().poll_timeout();
        if report.is_some_and(|(at, _)| at <= now) {
            leg.report(now, Presence::Stays, &mut self.datagram);
        }
        leg.check_silence(now, clock, &facts);
        leg.tell_pressed(now, &facts);
        if let Some(why) = leg
            .asked
            .as_ref()
            .filter(|it| it.is_overdue(now))
            .map(|it| it.why_overdue())
        {
            self.end_question(place, why);
        }
        self.take_digits(now, place);
    }
}

/// Sends a packet that has come to one leg on to the one that it is relayed to.
pub(super) fn pass(
    legs: &mut Slots<Leg>,
    now: Micros,
    place: usize,
    arrived: Arrived,
    datagram: &mut Vec<u8>,
    facts: &crate::media::fact::Facts,
) {
    let Some(to) = legs
        .get(place)
        .and_then(|leg| leg.route.as_ref())
        .map(|it| it.to)
    else {
        return;
    };
    let Some((from, to)) = legs.pair_mut(place, to) else {
        return;
    };
    let (Some(route), Some(here), Some(there)) = (&mut from.route, &from.live, &mut to.live) else {
        return;
    };
    if !there.direction.sends() {
        return;
    }
    let kind = here.media.payloads().kind(arrived.stamp.payload_type);
    let Some(kind) = kind.and_then(|kind| there.media.payloads().of_kind(kind)) else {
        return;
    };
    let session = there.media.session_mut();
    match route.relay.pass(now, arrived, kind, session, datagram) {
        Ok(()) => to.send(datagram),
        Err(why) => to.fail(why, facts),
    }
}
