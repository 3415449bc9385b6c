//! From one way of getting sound from leg to leg to another, without a click: what waits in a buffer is handed over to a
//! relay that begins, and a mix goes on behind the last packet that was relayed.

use super::{Thread, arrival};
use crate::media::conversation::Plan;
use crate::media::error::Error;
use crate::media::fact::{Fact, RecordingState};
use crate::media::id::{ConversationId, Key};
use crate::media::leg::Route;
use crate::media::record::{Beginning, OnRecord};
use crate::media::settings::Track;
use crate::media::sink::Sink;
use tandem_media::Micros;
use tandem_media::relay::Relay;
use tandem_media::session::Arrived;

/// Beyond the network's delay, when a packet was spoken is known as well as its speaker's fastest packet was read at
/// once. A thread that had to wait for its core reads late and believes sound to be younger than it is: after a pause
/// as much is not kept. Five frames, several turns of a scheduler.
const READ_LATE: Micros = 100_000;

impl Thread {
    /// Something has changed: looks how sound is to get from leg to leg, and sees to it.
    pub(super) fn replan(&mut self, place: usize) {
        let Some(conversation) = self.conversations.get(place) else {
            return;
        };
        let plan = conversation.plan(&self.legs);
        let legs = conversation.legs.clone();
        let is_mixed = plan == Plan::Mixed;
        let routes = match plan {
            Plan::Relayed(routes) => routes,
            Plan::Idle | Plan::Mixed => Vec::new(),
        };
        let mut handed = Vec::new();
        for at in legs {
            let packets = self.change_part(place, at, is_mixed, &routes);
            handed.extend(packets.into_iter().map(|packet| (at, packet)));
        }
        let now = self.clock.now();
        for (at, (arrived, mut datagram)) in handed {
            arrival::pass(&mut self.legs, now, at, arrived, &mut datagram, &self.facts);
        }
        self.change_mixed(place, is_mixed);
    }

    /// One leg's part of a plan. Answers packets that wait to be relayed, if its relay begins.
    fn change_part(
        &mut self,
        conversation: usize,
        at: usize,
        is_mixed: bool,
        routes: &[(usize, usize)],
    ) -> Vec<(Arrived, Vec<u8>)> {
        let now = self.clock.now();
        let is_heard = self.legs.get(at).is_some_and(|leg| {
            let conversation = self.conversations.get(conversation);
            is_mixed
                && leg.receives()
                && conversation.is_some_and(|it| it.is_heard(leg, &self.legs))
        });
        let Some(leg) = self.legs.get_mut(at) else {
            return Vec::new();
        };
        let speaks = is_mixed && leg.sends();
        let to = routes
            .iter()
            .find(|(from, _)| *from == at)
            .map(|(_, to)| *to);
        let mut handed = Vec::new();
        let Some(live) = &mut leg.live else {
            return handed;
        };
        if speaks && !leg.speaks {
            live.media.begin_speaking();
        }
        if is_heard && !leg.listens {
            live.media.begin_listening(now);
        } else if leg.listens && !is_heard {
            handed = live.media.end_listening(now);
        }
        leg.speaks = speaks;
        leg.listens = is_heard;
        if leg.route.as_ref().map(|it| it.to) != to {
            let relay = Relay::default();
            leg.route = to.map(|to| Route { to, relay });
        }
        if to.is_none() {
            handed.clear();
        }
        handed
    }

    fn change_mixed(&mut self, place: usize, is_mixed: bool) {
        let Some(conversation) = self.conversations.get_mut(place) else {
            return;
        };
        if conversation.is_mixed == is_mixed {
            return;
        }
        conversation.is_mixed = is_mixed;
        if is_mixed {
            self.mixed.push(place);
            if self.next_frame.is_none() {
                self.next_frame = Some(self.first_frame(self.clock.now()));
            }
        } else {
            self.mixed.retain(|it| *it != place);
        }
        self.publish_counts();
    }

    /// The rate of the mix follows what the legs speak.
    pub(super) fn fit_rate(&mut self, place: usize) -> Result<(), Error> {
        let Some(conversation) = self.conversations.get_mut(place) else {
            return Ok(());
        };
        let rate = conversation.fitting_rate(&self.legs);
        conversation.change_rate(rate, &mut self.legs)
    }

    pub(in crate::media) fn record(
        &mut self,
        conversation: ConversationId,
        key: Key,
        sink: Box<dyn Sink>,
    ) -> Result<(), Error> {
        let place = self.place_of(conversation)?;
        self.n_recordings += 1;
        // What was said before is in the sockets, or has been heard.
        self.read_all_of(place);
        let now = self.clock.now();
        let known = self
            .conversations
            .get_mut(place)
            .ok_or(Error::NoSuchConversation)?;
        if known.record.is_some() {
            return Err(Error::RecordedAlready);
        }
        let beginning = Beginning {
            conversation,
            key,
            number: self.n_recordings,
            sink,
            rate: known.rate,
            backlog_max: self.settings.recording_backlog_bytes,
        };
        known.record = Some(OnRecord::begin(now, beginning, &self.jobs)?);
        for at in known.legs.clone() {
            self.join_recording(at)?;
        }
        self.replan(place);
        self.tell_recording(conversation, key, RecordingState::Running);
        Ok(())
    }

    /// A leg that has a track and something agreed on gets it.
    pub(super) fn join_recording(&mut self, at: usize) -> Result<(), Error> {
        let Some(leg) = self.legs.get_mut(at) else {
            return Ok(());
        };
        let conversation = self.conversations.get_mut(leg.conversation);
        if let Some(record) = conversation.and_then(|it| it.record.as_mut())
            && leg.live.is_some()
            && leg.wants_track == Track::Own
            && leg.track.is_none()
        {
            leg.track = Some(record.join(leg.id)?);
        }
        Ok(())
    }

    pub(in crate::media) fn pause_recording(
        &mut self,
        conversation: ConversationId,
        key: Key,
    ) -> Result<(), Error> {
        self.recording(conversation, key)?.pause();
        self.tell_recording(conversation, key, RecordingState::Paused);
        Ok(())
    }

    pub(in crate::media) fn resume_recording(
        &mut self,
        conversation: ConversationId,
        key: Key,
    ) -> Result<(), Error> {
        // What was said in the pause may lie in the sockets: it is as old as it is, and not as late as it is read.
        self.read_all_of(self.place_of(conversation)?);
        let since = self.clock.now() + READ_LATE;
        self.recording(conversation, key)?.resume(since)?;
        self.tell_recording(conversation, key, RecordingState::Running);
        Ok(())
    }

    pub(in crate::media) fn stop_recording(
        &mut self,
        conversation: ConversationId,
        key: Key,
    ) -> Result<(), Error> {
        self.recording(conversation, key)?;
        let place = self.place_of(conversation)?;
        let Some(known) = self.conversations.get_mut(place) else {
            return Ok(());
        };
        if let Some(record) = known.record.take() {
            record.finish();
        }
        for at in known.legs.clone() {
            if let Some(leg) = self.legs.get_mut(at) {
                leg.track = None;
            }
        }
        self.fit_rate(place)?;
        self.replan(place);
        Ok(())
    }

    fn recording(
        &mut self,
        conversation: ConversationId,
        key: Key,
    ) -> Result<&mut OnRecord, Error> {
        let place = self.place_of(conversation)?;
        let known = self
            .conversations
            .get_mut(place)
            .ok_or(Error::NoSuchConversation)?;
        let record = known.record.as_mut().filter(|record| record.key == key);
        record.ok_or(Error::NoSuchRecording)
    }

    fn tell_recording(&self, conversation: ConversationId, key: Key, state: RecordingState) {
        self.facts.tell(Fact::Recording {
            conversation,
            key,
            state,
        });
    }
}
