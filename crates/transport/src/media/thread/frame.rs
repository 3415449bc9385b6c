//! Frames of conversations that are mixed: 20 ms of everybody, every 20 ms.

use super::Thread;
use crate::media::conversation::{Conversation, frame_samples};
use crate::media::fact::{Fact, Facts, How};
use crate::media::leg::{Clock, Leg};
use crate::media::slots::Slots;
use crate::media::talk;
use std::sync::atomic::Ordering;
use tandem_media::Micros;
use tandem_media::leg::FRAME;
use tandem_media::player::Progress;

/// Frames that are made up for when a thread was held up; what is longer was a machine that stood still.
const CATCH_UP_MAX: Micros = 50;

/// Room for what is mixed, kept so that mixing allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Frames {
    frame: Vec<i16>,
    to_all: Vec<i16>,
    prompt: Vec<i16>,
    datagram: Vec<u8>,
    /// Legs and conversations whose sounds have ended.
    ended: Vec<usize>,
}

impl Thread {
    pub(super) fn run_frames(&mut self) {
        let Some(mut next) = self.next_frame else {
            return;
        };
        let now = self.clock.now();
        let n_late = (now - next) / FRAME;
        if n_late > 0 {
            let n = u64::try_from(n_late).unwrap_or_default();
            self.shared.n_frames_late.fetch_add(n, Ordering::Relaxed);
        }
        if n_late > CATCH_UP_MAX {
            let n = n_late - CATCH_UP_MAX;
            next += n * FRAME;
            for at in 0..self.mixed.len() {
                let conversation = self
                    .mixed
                    .get(at)
                    .and_then(|at| self.conversations.get_mut(*at));
                if let Some(record) = conversation.and_then(|it| it.record.as_mut()) {
                    record.lapse(u64::try_from(n).unwrap_or_default());
                }
            }
        }
        while next <= now {
            next += FRAME;
            self.frame();
            if self.mixed.is_empty() {
                break;
            }
        }
        self.next_frame = (!self.mixed.is_empty()).then_some(next);
    }

    /// The first frame of this thread's grid from now on.
    pub(super) fn first_frame(&self, now: Micros) -> Micros {
        let since = (now - self.frame_offset).rem_euclid(FRAME);
        now + (FRAME - since) % FRAME
    }

    fn frame(&mut self) {
        let now = self.clock.now();
        for at in 0..self.mixed.len() {
            let Some(&place) = self.mixed.get(at) else {
                break;
            };
            let Some(conversation) = self.conversations.get_mut(place) else {
                continue;
            };
            let scene = Scene {
                now,
                clock: self.clock,
                facts: &self.facts,
                frames: &mut self.frames,
                legs: &mut self.legs,
            };
            if scene.mix(conversation) == Progress::Ended {
                self.frames.ended.push(place);
            }
        }
        for place in std::mem::take(&mut self.frames.ended) {
            self.end_prompts(now, place);
        }
    }

    /// Prompts that were heard to their end, digits that were sent: whoever was asked something is listened to from now on.
    fn end_prompts(&mut self, now: Micros, conversation: usize) {
        let places = self
            .conversations
            .get(conversation)
            .map(|it| it.legs.clone());
        for place in places.unwrap_or_default() {
            self.listen_if_asked(now, place);
        }
        self.replan(conversation);
    }

    /// The time for an answer begins when no prompt is played to the leg.
    pub(super) fn listen_if_asked(&mut self, now: Micros, place: usize) {
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        let conversation = self.conversations.get(leg.conversation);
        let to_all = conversation.and_then(|it| it.playing.as_ref());
        let mut prompts = leg.playing.iter().chain(to_all);
        let is_prompted = prompts.any(|it| it.repeat == tandem_media::player::Repeat::Once);
        if let Some(asked) = &mut leg.asked
            && !is_prompted
        {
            asked.listen(now);
            self.arm(place);
        }
    }
}

/// One frame of one conversation.
struct Scene<'a> {
    now: Micros,
    clock: Clock,
    facts: &'a Facts,
    frames: &'a mut Frames,
    legs: &'a mut Slots<Leg>,
}

impl Scene<'_> {
    /// Answers whether a prompt has ended.
    fn mix(mut self, conversation: &mut Conversation) -> Progress {
        self.hear(conversation);
        let n = frame_samples(conversation.rate);
        let mut progress = Progress::Playing;
        self.frames.to_all.clear();
        if let Some(playing) = &mut conversation.playing
            && playing.fill(n, &mut self.frames.to_all) == Progress::Ended
        {
            progress = completed(self.facts, playing.key);
            conversation.playing = None;
        }
        for &place in &conversation.legs {
            let Some(leg) = self.legs.get_mut(place).filter(|leg| leg.live.is_some()) else {
                continue;
            };
            let ended = tell(
                self.now,
                leg,
                &mut conversation.mixer,
                n,
                self.frames,
                self.facts,
            );
            if let Some(key) = ended {
                progress = completed(self.facts, key);
            }
            if leg.is_dialing && !leg.is_dialing() {
                leg.is_dialing = false;
                progress = Progress::Ended;
            }
        }
        conversation.mixer.end_frame();
        if let Some(record) = &mut conversation.record {
            record.end_frame();
        }
        progress
    }

    fn hear(&mut self, conversation: &mut Conversation) {
        let frame = &mut self.frames.frame;
        for &place in &conversation.legs {
            let Some(leg) = self.legs.get_mut(place).filter(|leg| leg.listens) else {
                continue;
            };
            let Some(live) = &mut leg.live else { continue };
            let heard = live.media.listen(self.now, frame);
            if let (Some(record), Some(track)) = (&mut conversation.record, leg.track) {
                record.say(track, heard, frame);
            }
            if let Some(span) = leg.talk.hear(self.now, FRAME, talk::is_loud(frame)) {
                leg.tell_talk(self.now, span, self.clock, self.facts);
            }
            // Whoever is on hold is heard by nobody.
            if leg.music.is_none() {
                match conversation.mixer.say(leg.party, frame) {
                    Ok(()) | Err(_) => {}
                }
            }
        }
    }
}

fn completed(facts: &Facts, key: crate::media::Key) -> Progress {
    facts.tell(Fact::PromptEnded {
        key,
        how: How::Completed,
    });
    Progress::Ended
}

/// Sends a leg its frame; answers the prompt that has ended with it.
fn tell(
    now: Micros,
    leg: &mut Leg,
    mixer: &mut tandem_media::mixer::Mixer,
    n_samples: usize,
    frames: &mut Frames,
    facts: &Facts,
) -> Option<crate::media::Key> {
    let Frames {
        frame,
        to_all,
        prompt,
        datagram,
        ..
    } = frames;
    match &mut leg.music {
        // Music begins anew when it has ended.
        Some(music) => match music.fill(n_samples, frame) {
            Progress::Playing | Progress::Ended => {}
        },
        None if !leg.speaks => {}
        None => {
            if mixer.hear(leg.party, frame).is_err() {
                frame.clear();
                frame.resize(n_samples, 0);
            }
            add(frame, to_all);
        }
    }
    let mut ended = None;
    if let Some(playing) = &mut leg.playing {
        if playing.fill(n_samples, prompt) == Progress::Ended {
            ended = Some(playing.key);
        }
        add(frame, prompt);
    }
    if ended.is_some() {
        leg.playing = None;
    }
    if leg.speaks
        && let Some(live) = &mut leg.live
    {
        match live.media.speak(now, frame, datagram) {
            Ok(_) => leg.send(datagram),
            Err(why) => leg.fail(why, facts),
        }
    }
    ended
}

fn add(frame: &mut [i16], other: &[i16]) {
    for (sample, &more) in frame.iter_mut().zip(other) {
        *sample = sample.saturating_add(more);
    }
}
