//! Who is in a conversation, who hears whom, and whether that needs a mix. Where nobody listens, records or plays, packets
//! are relayed; where nobody hears anybody, nothing is done at all.

use super::error::Error;
use super::id::ConversationId;
use super::leg::{Leg, Playing};
use super::record::OnRecord;
use super::settings::Track;
use super::slots::Slots;
use super::sound::{NARROW, WIDE};
use tandem_media::codec::Codec;
use tandem_media::mixer::{Hearing, Mixer};

pub(super) struct Conversation {
    pub(super) id: ConversationId,
    /// The places of its legs.
    pub(super) legs: Vec<usize>,
    /// Who hears whom, and the sums.
    pub(super) mixer: Mixer,
    /// Hz.
    pub(super) rate: u32,
    /// Played to all.
    pub(super) playing: Option<Playing>,
    pub(super) record: Option<OnRecord>,
    pub(super) is_mixed: bool,
}

/// How sound gets from leg to leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plan {
    Idle,
    /// From one place to another.
    Relayed(Vec<(usize, usize)>),
    Mixed,
}

impl Conversation {
    pub(super) fn new(id: ConversationId) -> Result<Self, Error> {
        Ok(Self {
            id,
            legs: Vec::new(),
            mixer: Mixer::new(frame_samples(NARROW))?,
            rate: NARROW,
            playing: None,
            record: None,
            is_mixed: false,
        })
    }

    /// Wide if anybody speaks G.722. While it is recorded the rate stays, since a file has one.
    pub(super) fn fitting_rate(&self, legs: &Slots<Leg>) -> u32 {
        let is_wide = self
            .legs
            .iter()
            .any(|at| codec(legs.get(*at)) == Some(Codec::G722));
        match (&self.record, is_wide) {
            (Some(_), _) => self.rate,
            (None, true) => WIDE,
            (None, false) => NARROW,
        }
    }

    pub(super) fn change_rate(&mut self, rate: u32, legs: &mut Slots<Leg>) -> Result<(), Error> {
        if rate == self.rate {
            return Ok(());
        }
        self.rate = rate;
        self.mixer.change_frame(frame_samples(rate))?;
        if let Some(playing) = &mut self.playing {
            playing.change_rate(rate);
        }
        for at in &self.legs {
            let Some(leg) = legs.get_mut(*at) else {
                continue;
            };
            let sounds = [&mut leg.playing, &mut leg.music];
            for playing in sounds.into_iter().flatten() {
                playing.change_rate(rate);
            }
            if let Some(live) = &mut leg.live {
                live.media.change_mix_rate(rate)?;
            }
        }
        Ok(())
    }

    pub(super) fn is_paused(&self) -> bool {
        self.record.as_ref().is_some_and(OnRecord::is_paused)
    }

    pub(super) fn plan(&self, legs: &Slots<Leg>) -> Plan {
        let live: Vec<(usize, &Leg)> = self
            .legs
            .iter()
            .filter_map(|at| Some((*at, legs.get(*at)?)))
            .filter(|(_, leg)| leg.live.is_some())
            .collect();
        let is_played_to =
            |leg: &Leg| leg.playing.is_some() || leg.music.is_some() || leg.is_dialing();
        let is_mixed = self.playing.is_some() || live.iter().any(|(_, leg)| is_played_to(leg));
        if self.record.is_some() || is_mixed && !live.is_empty() {
            return Plan::Mixed;
        }
        let mut routes: Vec<(usize, usize)> = Vec::new();
        for (to, listener) in &live {
            for (from, speaker) in &live {
                if from != to && self.hears(listener, speaker) {
                    routes.push((*from, *to));
                }
            }
        }
        if routes.is_empty() {
            return Plan::Idle;
        }
        let is_alone = |(from, to): &(usize, usize)| {
            let n_alike = routes.iter().filter(|(f, t)| f == from || t == to).count();
            n_alike == 1 && codec(legs.get(*from)) == codec(legs.get(*to))
        };
        let is_asked = live.iter().any(|(_, leg)| leg.asked.is_some());
        if routes.iter().all(is_alone) && !is_asked {
            Plan::Relayed(routes)
        } else {
            Plan::Mixed
        }
    }

    /// Whether a leg is held for the mix: somebody hears it, or it has a track.
    pub(super) fn is_heard(&self, speaker: &Leg, legs: &Slots<Leg>) -> bool {
        let is_kept = self.record.is_some() && speaker.wants_track == Track::Own;
        let mut others = self.legs.iter().filter_map(|at| legs.get(*at));
        is_kept || others.any(|listener| listener.id != speaker.id && self.hears(listener, speaker))
    }

    /// By the matrix, and neither of them on hold.
    pub(super) fn hears(&self, listener: &Leg, speaker: &Leg) -> bool {
        listener.music.is_none()
            && speaker.music.is_none()
            && self.mixer.hearing(listener.party, speaker.party) == Ok(Hearing::Hears)
    }
}

fn codec(leg: Option<&Leg>) -> Option<Codec> {
    Some(leg?.live.as_ref()?.media.payloads().codec)
}

pub(super) fn frame_samples(rate: u32) -> usize {
    usize::try_from(rate / 50).unwrap_or_default()
}
