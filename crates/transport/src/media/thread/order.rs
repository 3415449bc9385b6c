//! What an owner orders, carried out between packets and frames.

use super::{Thread, token_of};
use crate::media::asked::Asked;
use crate::media::checkpoint::Restored;
use crate::media::conversation::Conversation;
use crate::media::error::Error;
use crate::media::fact::{Fact, How, Why};
use crate::media::id::{ConversationId, Key, LegId};
use crate::media::leg::{Chance, Leg, Making, Playing, Side};
use crate::media::ports::Sockets;
use crate::media::settings::{Agreed, Collect, Control, Direction, LegSettings, Target};
use crate::media::sound::Sound;
use mio::Interest;
use tandem_media::Micros;
use tandem_media::dtmf::Digit;
use tandem_media::ice::Credentials;
use tandem_media::mixer::{Hearing, Supervision};
use tandem_media::player::Repeat;
use tandem_media::rtcp::Presence;
use zeroize::Zeroizing;

/// A digit that is sent to a leg.
const DIGIT_LENGTH: Micros = 100_000;

/// A leg that is being opened.
pub(in crate::media) struct Opening {
    pub(in crate::media) leg: LegId,
    pub(in crate::media) conversation: ConversationId,
    pub(in crate::media) sockets: Sockets,
    pub(in crate::media) origin: Origin,
    pub(in crate::media) chance: [u8; 32],
}

/// Where a leg comes from.
pub(in crate::media) enum Origin {
    New(Box<LegSettings>),
    Restored(Box<Restored>),
}

impl Thread {
    pub(in crate::media) fn begin(&mut self, id: ConversationId) {
        match Conversation::new(id) {
            Ok(conversation) => {
                let place = self.conversations.add(conversation);
                self.places.insert(id, place);
                self.publish_counts();
            }
            Err(why) => tracing::error!(%why, "no conversation"),
        }
    }

    pub(in crate::media) fn open(&mut self, opening: Opening) {
        let leg = opening.leg;
        if let Err(why) = self.try_open(opening) {
            self.facts.tell(Fact::MediaFailed {
                leg,
                why: why.to_string(),
            });
        }
    }

    fn try_open(&mut self, opening: Opening) -> Result<(), Error> {
        let now = self.clock.now();
        let place = self.place_of(opening.conversation)?;
        let conversation = self
            .conversations
            .get_mut(place)
            .ok_or(Error::NoSuchConversation)?;
        let party = conversation.mixer.join()?;
        let (control, latching, track, ice) = match &opening.origin {
            Origin::New(it) => (it.control, it.latching.clone(), it.track, it.ice.clone()),
            Origin::Restored(it) => (it.control, it.latching.clone(), it.track, it.ice.clone()),
        };
        let mut leg = Leg::new(Making {
            id: opening.leg,
            conversation: place,
            party,
            sockets: opening.sockets,
            control,
            latching,
            track,
            ice,
            silent_after: self.silent_after(),
            now,
        });
        let at = self.legs.next();
        let registry = self.poll.registry();
        let failed = |source| Error::Socket {
            address: (std::net::Ipv4Addr::UNSPECIFIED, 0).into(),
            source,
        };
        registry
            .register(
                &mut leg.media_socket,
                token_of(at, Side::Media),
                Interest::READABLE,
            )
            .map_err(failed)?;
        if let (Control::OwnPort, Some(socket)) = (control, &mut leg.control_socket) {
            registry
                .register(socket, token_of(at, Side::Control), Interest::READABLE)
                .map_err(failed)?;
        }
        let chance = Chance::of(&opening.chance);
        let agreed = match &opening.origin {
            Origin::New(it) => it
                .agreed
                .as_ref()
                .map(|it| leg.agree(now, it, chance, 8_000)),
            Origin::Restored(it) => Some(leg.restore(now, it, &chance, 8_000)),
        };
        self.legs.add(leg);
        self.leg_places.insert(opening.leg, at);
        if let Some(conversation) = self.conversations.get_mut(place) {
            conversation.legs.push(at);
        }
        self.publish_counts();
        match agreed {
            None => Ok(()),
            Some(agreed) => agreed.and_then(|()| self.went_live(now, at)),
        }
    }

    pub(in crate::media) fn update(
        &mut self,
        leg: LegId,
        agreed: Agreed,
        chance: [u8; 32],
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let place = self.leg_place(leg)?;
        let leg = self.legs.get_mut(place).ok_or(Error::NoSuchLeg)?;
        let rate = self
            .conversations
            .get(leg.conversation)
            .map_or(8_000, |it| it.rate);
        leg.agree(now, &agreed, Chance::of(&chance), rate)?;
        self.went_live(now, place)
    }

    /// Something was agreed on: rate, plan and recording follow, and the other side gets a report at once, which opens
    /// the way for its own.
    fn went_live(&mut self, now: Micros, place: usize) -> Result<(), Error> {
        let leg = self.legs.get_mut(place).ok_or(Error::NoSuchLeg)?;
        if leg
            .live
            .as_ref()
            .is_some_and(|live| live.direction != Direction::Inactive)
        {
            leg.report(now, Presence::Stays, &mut self.datagram);
        }
        let at = leg.conversation;
        self.fit_rate(at)?;
        if let Some(conversation) = self.conversations.get_mut(at)
            && let Some(leg) = self.legs.get_mut(place)
        {
            // Nothing was decoded at another rate yet, and what waits has none.
            if let Some(live) = &mut leg.live {
                live.media.change_mix_rate(conversation.rate)?;
            }
        }
        self.join_recording(place)?;
        self.replan(at);
        self.arm(place);
        Ok(())
    }

    pub(in crate::media) fn restart_ice(
        &mut self,
        leg: LegId,
        ours: Credentials,
    ) -> Result<(), Error> {
        let place = self.leg_place(leg)?;
        self.legs.get_mut(place).ok_or(Error::NoSuchLeg)?.ice = Some(ours);
        Ok(())
    }

    pub(in crate::media) fn hearing(
        &mut self,
        conversation: ConversationId,
        cells: &[(LegId, LegId, Hearing)],
    ) -> Result<(), Error> {
        let place = self.place_of(conversation)?;
        // All are looked up first: an order with a wrong leg changes nothing.
        let mut parties = Vec::new();
        for (listener, speaker, hearing) in cells {
            let (listener, speaker) = (self.party(place, *listener)?, self.party(place, *speaker)?);
            parties.push((listener, speaker, *hearing));
        }
        let conversation = self
            .conversations
            .get_mut(place)
            .ok_or(Error::NoSuchConversation)?;
        for (listener, speaker, hearing) in parties {
            conversation.mixer.set(listener, speaker, hearing)?;
        }
        self.replan(place);
        Ok(())
    }

    pub(in crate::media) fn supervise(
        &mut self,
        conversation: ConversationId,
        [customer, agent, supervisor]: [LegId; 3],
        mode: Supervision,
    ) -> Result<(), Error> {
        let place = self.place_of(conversation)?;
        let customer = self.party(place, customer)?;
        let agent = self.party(place, agent)?;
        let supervisor = self.party(place, supervisor)?;
        let conversation = self
            .conversations
            .get_mut(place)
            .ok_or(Error::NoSuchConversation)?;
        conversation
            .mixer
            .supervise(customer, agent, supervisor, mode)?;
        self.replan(place);
        Ok(())
    }

    pub(in crate::media) fn play(
        &mut self,
        target: Target,
        sound: Sound,
        repeat: Repeat,
        key: Key,
    ) -> Result<(), Error> {
        let place = self.place_of_target(target)?;
        self.stop_at(target, How::Stopped)?;
        let conversation = self
            .conversations
            .get_mut(place)
            .ok_or(Error::NoSuchConversation)?;
        let playing = Playing::new(sound, repeat, key, conversation.rate);
        match target {
            Target::Conversation(_) => conversation.playing = Some(playing),
            Target::Leg(leg) => {
                let at = self.leg_place(leg)?;
                self.legs.get_mut(at).ok_or(Error::NoSuchLeg)?.playing = Some(playing);
            }
        }
        self.replan(place);
        Ok(())
    }

    pub(in crate::media) fn stop(&mut self, target: Target) -> Result<(), Error> {
        let place = self.place_of_target(target)?;
        self.stop_at(target, How::Stopped)?;
        let now = self.clock.now();
        let legs = self.conversations.get(place).map(|it| it.legs.clone());
        for at in legs.unwrap_or_default() {
            self.listen_if_asked(now, at);
        }
        self.replan(place);
        Ok(())
    }

    fn stop_at(&mut self, target: Target, how: How) -> Result<(), Error> {
        match target {
            Target::Leg(leg) => {
                let at = self.leg_place(leg)?;
                let leg = self.legs.get_mut(at).ok_or(Error::NoSuchLeg)?;
                leg.stop_playing(how, &self.facts);
            }
            Target::Conversation(conversation) => {
                let place = self.place_of(conversation)?;
                let conversation = self.conversations.get_mut(place);
                if let Some(playing) = conversation.and_then(|it| it.playing.take()) {
                    self.facts.tell(Fact::PromptEnded {
                        key: playing.key,
                        how,
                    });
                }
            }
        }
        Ok(())
    }

    pub(in crate::media) fn hold(&mut self, leg: LegId, music: Option<Sound>) -> Result<(), Error> {
        let at = self.leg_place(leg)?;
        let leg = self.legs.get_mut(at).ok_or(Error::NoSuchLeg)?;
        let place = leg.conversation;
        let rate = self.conversations.get(place).map_or(8_000, |it| it.rate);
        leg.music = music.map(|music| Playing::new(music, Repeat::Forever, Key(0), rate));
        self.replan(place);
        Ok(())
    }

    pub(in crate::media) fn collect(
        &mut self,
        leg: LegId,
        collect: Option<Collect>,
    ) -> Result<(), Error> {
        let at = self.leg_place(leg)?;
        let asked = collect.map(Asked::new).transpose()?;
        self.end_question(at, Why::Stopped);
        let leg = self.legs.get_mut(at).ok_or(Error::NoSuchLeg)?;
        let place = leg.conversation;
        leg.asked = asked.map(Box::new);
        self.listen_if_asked(self.clock.now(), at);
        self.replan(place);
        Ok(())
    }

    pub(in crate::media) fn send_digits(
        &mut self,
        leg: LegId,
        digits: &[Digit],
    ) -> Result<(), Error> {
        let at = self.leg_place(leg)?;
        let leg = self.legs.get_mut(at).ok_or(Error::NoSuchLeg)?;
        let place = leg.conversation;
        let live = leg
            .live
            .as_mut()
            .ok_or(Error::Media(tandem_media::Error::Unsupported(
                "digits before anything was agreed on",
            )))?;
        for digit in digits {
            live.media.send_digit(*digit, DIGIT_LENGTH)?;
        }
        leg.is_dialing = true;
        self.replan(place);
        Ok(())
    }

    pub(in crate::media) fn checkpoint(&mut self, leg: LegId) -> Result<Zeroizing<Vec<u8>>, Error> {
        let at = self.leg_place(leg)?;
        self.legs.get(at).ok_or(Error::NoSuchLeg)?.checkpoint()
    }

    pub(in crate::media) fn close_leg(&mut self, leg: LegId) -> Result<(), Error> {
        let at = self.leg_place(leg)?;
        let place = self.legs.get(at).ok_or(Error::NoSuchLeg)?.conversation;
        self.close_leg_at(at);
        self.fit_rate(place)?;
        self.replan(place);
        Ok(())
    }

    fn close_leg_at(&mut self, at: usize) {
        let now = self.clock.now();
        self.end_question(at, Why::Stopped);
        let Some(mut leg) = self.legs.take(at) else {
            return;
        };
        leg.stop_playing(How::Stopped, &self.facts);
        leg.tell_pressed(now, &self.facts);
        if let Some(span) = leg.talk.end() {
            leg.tell_talk(now, span, self.clock, &self.facts);
        }
        leg.report(now, Presence::Leaves, &mut self.datagram);
        self.leg_places.remove(&leg.id);
        if let Some(conversation) = self.conversations.get_mut(leg.conversation) {
            conversation.legs.retain(|it| *it != at);
            // It was in the mixer since it was opened.
            match conversation.mixer.leave(leg.party) {
                Ok(()) | Err(_) => {}
            }
            if let (Some(record), Some(track)) = (&mut conversation.record, leg.track) {
                record.leave(track);
            }
        }
        // A socket that is closed is not told of any more, whether it can be deregistered or not.
        for socket in [Some(&mut leg.media_socket), leg.control_socket.as_mut()]
            .into_iter()
            .flatten()
        {
            match self.poll.registry().deregister(socket) {
                Ok(()) | Err(_) => {}
            }
        }
        let closed = Fact::Closed {
            leg: leg.id,
            quality: leg.quality(),
        };
        // Whoever hears of it may open the next one on its port.
        drop(leg);
        self.facts.tell(closed);
        self.publish_counts();
    }

    pub(in crate::media) fn close(&mut self, conversation: ConversationId) -> Result<(), Error> {
        let place = self.place_of(conversation)?;
        self.close_at(place);
        Ok(())
    }

    pub(super) fn close_at(&mut self, place: usize) {
        let legs = self.conversations.get(place).map(|it| it.legs.clone());
        for at in legs.unwrap_or_default() {
            self.close_leg_at(at);
        }
        let Some(conversation) = self.conversations.take(place) else {
            return;
        };
        self.places.remove(&conversation.id);
        self.mixed.retain(|it| *it != place);
        if let Some(playing) = conversation.playing {
            self.facts.tell(Fact::PromptEnded {
                key: playing.key,
                how: How::Stopped,
            });
        }
        if let Some(record) = conversation.record {
            record.finish();
        }
        self.publish_counts();
    }

    pub(super) fn place_of(&self, conversation: ConversationId) -> Result<usize, Error> {
        self.places
            .get(&conversation)
            .copied()
            .ok_or(Error::NoSuchConversation)
    }

    fn leg_place(&self, leg: LegId) -> Result<usize, Error> {
        self.leg_places.get(&leg).copied().ok_or(Error::NoSuchLeg)
    }

    fn place_of_target(&self, target: Target) -> Result<usize, Error> {
        match target {
            Target::Conversation(conversation) => self.place_of(conversation),
            Target::Leg(leg) => {
                let at = self.leg_place(leg)?;
                Ok(self.legs.get(at).ok_or(Error::NoSuchLeg)?.conversation)
            }
        }
    }

    /// A leg's place in the mixer of that conversation.
    fn party(&self, conversation: usize, leg: LegId) -> Result<tandem_media::mixer::Party, Error> {
        let leg = self
            .legs
            .get(self.leg_place(leg)?)
            .ok_or(Error::NoSuchLeg)?;
        if leg.conversation == conversation {
            Ok(leg.party)
        } else {
            Err(Error::NoSuchLeg)
        }
    }
}
