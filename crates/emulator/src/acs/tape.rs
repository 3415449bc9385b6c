//! What is heard in a call while it is recorded, and the sound that follows from it.
//!
//! A tape keeps facts, not samples: who could be heard when, who said something, which prompts were
//! played. The sound is made when somebody fetches the file. It must not know why a recording runs.

use super::prompt::Part;
use crate::limits;
use crate::sound;
use crate::wave::{RATE, Wave};
use std::ops::Range;

/// People who were given no words murmur in turns of this length, with a breath at the end of each.
const TURN_MS: u64 = 3000;
const BREATH_MS: u64 = 200;

/// Whether people who were given no words are heard at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Company {
    Murmurs,
    /// As in the real service, where nobody is who was not there.
    Silent,
}

/// From when until when, by the clock of the call; open ends go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    from_ms: u64,
    until_ms: u64,
}

impl Span {
    const fn holds(self, at_ms: u64) -> bool {
        self.from_ms <= at_ms && at_ms < self.until_ms
    }

    fn ends(&mut self, now_ms: u64) {
        self.until_ms = self.until_ms.min(now_ms).max(self.from_ms);
    }
}

/// Somebody who is or was in the call.
#[derive(Debug, Clone)]
struct Speaker {
    raw_id: String,
    hz: u32,
    /// When they could be heard: not on hold and not muted.
    heard: Vec<Span>,
    said: Vec<Span>,
}

impl Speaker {
    fn is_heard(&self, at_ms: u64) -> bool {
        self.heard.iter().any(|span| span.holds(at_ms))
    }

    fn says(&self, at_ms: u64) -> Option<Span> {
        let said = self.said.iter().find(|span| span.holds(at_ms)).copied();
        said.filter(|_| self.is_heard(at_ms))
    }
}

/// A prompt for everybody, or what an application said over its media stream.
#[derive(Debug, Clone)]
struct Played {
    span: Span,
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
pub(crate) struct Tape {
    since_ms: u64,
    company: Company,
    speakers: Vec<Speaker>,
    played: Vec<Played>,
    n_spans: usize,
    n_streamed: usize,
}

/// Who is to be heard of a call at this moment.
pub(crate) struct Present {
    pub(crate) raw_id: String,
    pub(crate) voice: u32,
    pub(crate) is_heard: bool,
}

/// A part of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stretch {
    Sound { ms: u64 },
    Silence { ms: u64 },
}

impl Stretch {
    pub(crate) const fn ms(&self) -> u64 {
        match self {
            Self::Sound { ms } | Self::Silence { ms } => *ms,
        }
    }

    /// As long as half of it.
    pub(crate) const fn half(&self) -> Self {
        match self {
            Self::Sound { ms } => Self::Sound { ms: *ms / 2 },
            Self::Silence { ms } => Self::Silence { ms: *ms / 2 },
        }
    }
}

/// How the sound is laid out.
#[derive(Debug, Clone)]
pub(crate) enum Channels {
    /// One, with everybody and with what the application plays.
    Mixed,
    /// One for each of so many participants; some have a channel of their own choice. What the
    /// application plays is in none of them.
    Unmixed {
        count: u16,
        chosen: Vec<(u32, String)>,
    },
}

impl Channels {
    pub(crate) const fn count(&self) -> u16 {
        match self {
            Self::Mixed => 1,
            Self::Unmixed { count, .. } => *count,
        }
    }
}

impl Tape {
    pub(crate) const fn new(since_ms: u64, company: Company) -> Self {
        Self {
            since_ms,
            company,
            speakers: Vec::new(),
            played: Vec::new(),
            n_spans: 0,
            n_streamed: 0,
        }
    }

    /// Who can be heard from now on; whoever is not named has left.
    pub(crate) fn company(&mut self, now_ms: u64, present: &[Present]) {
        for one in present {
            if !self.speakers.iter().any(|it| it.raw_id == one.raw_id) && self.has_room() {
                self.speakers.push(Speaker {
                    raw_id: one.raw_id.clone(),
                    hz: sound::voice_hz(one.voice),
                    heard: Vec::new(),
                    said: Vec::new(),
                });
            }
        }
        for speaker in &mut self.speakers {
            let is_heard = present
                .iter()
                .any(|one| one.raw_id == speaker.raw_id && one.is_heard);
            match speaker.heard.last_mut().filter(|it| it.holds(now_ms)) {
                Some(span) if !is_heard => span.ends(now_ms),
                None if is_heard && self.n_spans < limits::TAPE_SPANS_MAX => {
                    self.n_spans += 1;
                    speaker.heard.push(Span {
                        from_ms: now_ms,
                        until_ms: u64::MAX,
                    });
                }
                Some(_) | None => {}
            }
        }
    }

    pub(crate) fn said(&mut self, raw_id: &str, from_ms: u64, until_ms: u64) {
        if !self.has_room() {
            return;
        }
        let found = self.speakers.iter_mut();
        if let Some(speaker) = found
            .into_iter()
            .find(|it| it.raw_id.eq_ignore_ascii_case(raw_id))
        {
            self.n_spans += 1;
            speaker.said.push(Span { from_ms, until_ms });
        }
    }

    /// A prompt for everybody began then.
    pub(crate) fn plays(&mut self, from_ms: u64, parts: Vec<Part>) {
        if self.has_room() {
            self.n_spans += 1;
            let length_ms: u64 = parts.iter().map(|part| part.length_ms).sum();
            let until_ms = from_ms.saturating_add(length_ms);
            let span = Span { from_ms, until_ms };
            self.played.push(Played { span, parts });
        }
    }

    /// Whatever was played is over now.
    pub(crate) fn falls_silent(&mut self, now_ms: u64) {
        for played in &mut self.played {
            played.span.ends(now_ms);
        }
    }

    /// The application said this over its media stream, from then on.
    pub(crate) fn streamed(&mut self, from_ms: u64, samples: &[i16], rate: u32) {
        if self.n_streamed + samples.len() > limits::TAPE_SAMPLES_MAX {
            return;
        }
        self.n_streamed += samples.len();
        let wave = Wave::of(samples, rate);
        let length_ms = wave.duration_ms();
        let wave = Some(wave);
        self.plays(from_ms, vec![Part { length_ms, wave }]);
    }

    const fn has_room(&self) -> bool {
        self.n_spans < limits::TAPE_SPANS_MAX
    }

    /// The samples of a recording that consists of these stretches, for the wanted milliseconds from its begin; its
    /// channels take turns.
    pub(crate) fn sound(
        &self,
        stretches: &[Stretch],
        channels: &Channels,
        wanted: Range<u64>,
    ) -> Vec<i16> {
        let length = samples_of(wanted.end - wanted.start);
        let mut out: Vec<Vec<i16>> = vec![vec![0; length]; usize::from(channels.count())];
        let wanted = self.since_ms + wanted.start..self.since_ms + wanted.end;
        let mut at_ms = self.since_ms;
        for stretch in stretches {
            let until_ms = at_ms + stretch.ms();
            let (from, until) = (at_ms.max(wanted.start), until_ms.min(wanted.end));
            if matches!(stretch, Stretch::Sound { .. }) && from < until {
                self.paint(from..until, channels, wanted.start, &mut out);
            }
            at_ms = until_ms;
        }
        interleaved(&out)
    }

    /// Paints a stretch onto lanes that begin at `begin_ms`.
    fn paint(&self, stretch: Range<u64>, channels: &Channels, begin_ms: u64, out: &mut [Vec<i16>]) {
        let moments = self.moments(stretch.start, stretch.end);
        for pair in moments.windows(2) {
            let [from_ms, until_ms] = [pair[0], pair[1]];
            let range = samples_of(from_ms - begin_ms)..samples_of(until_ms - begin_ms);
            let mut is_quiet = true;
            for played in self.played.iter().filter(|it| it.span.holds(from_ms)) {
                is_quiet = false;
                if matches!(channels, Channels::Mixed) {
                    let out = &mut out[0][range.clone()];
                    add_parts(&played.parts, out, RATE, from_ms - played.span.from_ms);
                }
            }
            for (n, speaker) in self.speakers.iter().enumerate() {
                if let Some(said) = speaker.says(from_ms) {
                    is_quiet = false;
                    let first = (from_ms - said.from_ms) * u64::from(RATE / 1000);
                    if let Some(lane) = self.lane(channels, n) {
                        let out = &mut out[lane][range.clone()];
                        sound::add_tone(out, RATE, speaker.hz, first);
                    }
                }
            }
            if is_quiet
                && let Some(n) = self.murmurs(from_ms)
                && let Some(lane) = self.lane(channels, n)
            {
                let first = (from_ms - self.since_ms) * u64::from(RATE / 1000);
                let out = &mut out[lane][range];
                sound::add_tone(out, RATE, self.speakers[n].hz, first);
            }
        }
    }

    /// Every moment in between at which something may change, with both ends.
    fn moments(&self, from_ms: u64, until_ms: u64) -> Vec<u64> {
        let spans = self
            .speakers
            .iter()
            .flat_map(|it| it.heard.iter().chain(&it.said));
        let spans = spans.chain(self.played.iter().map(|it| &it.span));
        let is_inside = |at: &u64| from_ms < *at && *at < until_ms;
        let changes = spans.flat_map(|it| [it.from_ms, it.until_ms]);
        let mut moments: Vec<u64> = changes.filter(is_inside).collect();
        let turns = (until_ms - self.since_ms) / TURN_MS;
        for turn in (from_ms - self.since_ms) / TURN_MS..=turns {
            let begin = self.since_ms + turn * TURN_MS;
            let both = [begin, begin + TURN_MS - BREATH_MS];
            moments.extend(both.into_iter().filter(is_inside));
        }
        moments.extend([from_ms, until_ms]);
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    /// Whose turn it is to murmur, when nobody says anything.
    fn murmurs(&self, at_ms: u64) -> Option<usize> {
        let into = at_ms - self.since_ms;
        if self.company == Company::Silent || into % TURN_MS >= TURN_MS - BREATH_MS {
            return None;
        }
        let heard = |n: &usize| self.speakers[*n].is_heard(at_ms);
        let heard: Vec<usize> = (0..self.speakers.len()).filter(heard).collect();
        let turn = usize::try_from(into / TURN_MS).unwrap_or(0);
        heard.get(turn % heard.len().max(1)).copied()
    }

    /// The channel of a speaker; a file may have fewer than there are people.
    fn lane(&self, channels: &Channels, speaker: usize) -> Option<usize> {
        let Channels::Unmixed { count, chosen } = channels else {
            return Some(0);
        };
        let choice = |n: usize| {
            let raw_id = &self.speakers[n].raw_id;
            let found = chosen
                .iter()
                .find(|(_, id)| id.eq_ignore_ascii_case(raw_id));
            found.and_then(|(channel, _)| usize::try_from(*channel).ok())
        };
        let lanes = usize::from(*count);
        if let Some(own) = choice(speaker) {
            return Some(own).filter(|own| *own < lanes);
        }
        let taken: Vec<usize> = (0..self.speakers.len()).filter_map(choice).collect();
        let place = (0..speaker).filter(|n| choice(*n).is_none()).count();
        (0..lanes).filter(|lane| !taken.contains(lane)).nth(place)
    }
}

/// Adds what is heard of a prompt from so many milliseconds after its begin.
pub(crate) fn add_parts(parts: &[Part], out: &mut [i16], rate: u32, into_ms: u64) {
    let per_ms = u64::from(rate / 1000);
    let mut begin = 0_i64;
    let first = i64::try_from(into_ms * per_ms).unwrap_or(i64::MAX);
    for part in parts {
        let end = begin + i64::try_from(part.length_ms * per_ms).unwrap_or(i64::MAX / 2);
        // Where the part lies in what is wanted.
        let from = usize::try_from((begin - first).max(0)).unwrap_or(usize::MAX);
        let until = usize::try_from((end - first).max(0))
            .unwrap_or(0)
            .min(out.len());
        if from < until {
            let into = u64::try_from((first - begin).max(0)).unwrap_or(0);
            match &part.wave {
                Some(wave) => wave.add(&mut out[from..until], rate, into),
                None => sound::add_tone(&mut out[from..until], rate, sound::APPLICATION_HZ, into),
            }
        }
        begin = end;
    }
}

fn samples_of(ms: u64) -> usize {
    usize::try_from(ms * u64::from(RATE / 1000)).unwrap_or(0)
}

fn interleaved(lanes: &[Vec<i16>]) -> Vec<i16> {
    let [lane] = lanes else {
        let length = lanes.first().map_or(0, Vec::len);
        let sample = |n: usize| lanes.iter().map(move |lane| lane[n]);
        return (0..length).flat_map(sample).collect();
    };
    lane.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(raw_id: &str, voice: u32, is_heard: bool) -> Present {
        Present {
            raw_id: raw_id.to_owned(),
            voice,
            is_heard,
        }
    }

    fn tape(company: Company, raw_ids: &[&str]) -> Tape {
        let mut tape = Tape::new(1_000, company);
        let present: Vec<Present> = raw_ids.iter().map(|id| one(id, 0, true)).collect();
        tape.company(1_000, &present);
        tape
    }

    fn is_silent(samples: &[i16], from_ms: usize, until_ms: usize) -> bool {
        samples[from_ms * 16..until_ms * 16]
            .iter()
            .all(|it| *it == 0)
    }

    fn part(samples: &[i16]) -> Part {
        let wave = Wave::of(samples, RATE);
        Part {
            length_ms: wave.duration_ms(),
            wave: Some(wave),
        }
    }

    #[test]
    fn prompt_is_heard_sample_by_sample_and_ends_where_it_was_interrupted() {
        let mut tape = tape(Company::Silent, &["a"]);
        let samples: Vec<i16> = (1..=1_600).collect();
        tape.plays(1_100, vec![part(&samples), part(&[9; 1_600])]);
        tape.falls_silent(1_250);
        let sound = tape.sound(&[Stretch::Sound { ms: 400 }], &Channels::Mixed, 0..400);
        assert_eq!(sound.len(), 6_400);
        assert!(is_silent(&sound, 0, 100) && is_silent(&sound, 250, 400));
        assert!(sound[1_600..3_200] == samples);
        assert!(sound[3_200..4_000].iter().all(|it| *it == 9));
    }

    #[test]
    fn words_of_somebody_on_hold_are_silence_in_the_middle() {
        let mut tape = tape(Company::Silent, &["a"]);
        tape.said("A", 1_000, 2_000);
        tape.company(1_300, &[one("a", 0, false)]);
        tape.company(1_600, &[one("a", 0, true)]);
        tape.company(1_800, &[]);
        let sound = tape.sound(&[Stretch::Sound { ms: 1_000 }], &Channels::Mixed, 0..1_000);
        assert!(!is_silent(&sound, 0, 1) && !is_silent(&sound, 299, 300));
        assert!(is_silent(&sound, 300, 600) && is_silent(&sound, 800, 1_000));
        assert!(!is_silent(&sound, 600, 601) && !is_silent(&sound, 799, 800));
    }

    #[test]
    fn people_without_words_murmur_in_turns_and_listen_to_prompts() {
        let mut tape = tape(Company::Murmurs, &["a", "b"]);
        tape.plays(1_500, vec![part(&[5; 1_600])]);
        let all = [Stretch::Sound { ms: 6_000 }];
        let channels = Channels::Unmixed {
            count: 2,
            chosen: Vec::new(),
        };
        let sound = tape.sound(&all, &channels, 0..6_000);
        let lane = |n: usize| sound.iter().skip(n).step_by(2).copied().collect::<Vec<_>>();
        let [first, second] = [lane(0), lane(1)];
        assert!(!is_silent(&first, 0, 500) && is_silent(&first, 500, 600));
        assert!(!is_silent(&first, 600, 2_800) && is_silent(&first, 2_800, 6_000));
        assert!(is_silent(&second, 0, 3_000) && !is_silent(&second, 3_000, 5_800));
        let mixed = tape.sound(&all, &Channels::Mixed, 0..6_000);
        assert!(mixed[8_000..9_600].iter().all(|it| *it == 5));
    }

    #[test]
    fn channel_that_was_chosen_is_kept_and_others_take_what_is_left() {
        let tape = tape(Company::Silent, &["a", "b", "c"]);
        let chosen = vec![(0, "B".to_owned())];
        let channels = Channels::Unmixed { count: 2, chosen };
        let lanes: Vec<_> = (0..3).map(|n| tape.lane(&channels, n)).collect();
        assert_eq!(lanes, [Some(1), Some(0), None]);
    }

    #[test]
    fn pause_is_silence_of_true_length() {
        let mut tape = tape(Company::Silent, &["a"]);
        tape.said("a", 1_000, 9_000);
        let parts = [
            Stretch::Sound { ms: 100 },
            Stretch::Silence { ms: 50 },
            Stretch::Sound { ms: 25 },
        ];
        let sound = tape.sound(&parts, &Channels::Mixed, 0..175);
        assert_eq!(sound.len(), 175 * 16);
        assert!(!is_silent(&sound, 99, 100) && is_silent(&sound, 100, 150));
        assert!(!is_silent(&sound, 150, 151));
    }
}
