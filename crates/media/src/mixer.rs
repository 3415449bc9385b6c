//! Mixes N parties by a matrix of who hears whom, one frame at a time.
//! It owns the matrix and the sums; it must not know codecs, packets or why somebody may listen.
//!
//! the customer hears the agent, and the supervisor only on barge; the agent hears the
//! customer, and the supervisor on whisper and barge; the supervisor hears both. A mode change is
//! a change of the matrix: no stream is re-negotiated, and a party that leaves or stops sending
//! is silence to the others, never a gap.

use crate::Error;

/// Largest number of parties in one mix.
pub const PARTIES_MAX: usize = 32;
/// 120 ms at 48 kHz; longer frames are not used on a phone call.
pub const FRAME_SAMPLES_MAX: usize = 5_760;

/// A place in one mixer. A handle of a party that left never names its successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    place: u8,
    generation: u32,
}

/// Whether a listener hears a speaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    Hears,
    Deaf,
}

/// how a supervisor takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supervision {
    /// Hears all, heard by nobody.
    Listen,
    /// Hears all, heard by the agent only.
    Whisper,
    /// Hears all, heard by all.
    Barge,
}

#[derive(Debug, Clone, Default)]
struct Place {
    generation: u32,
    is_taken: bool,
    /// Bit n: hears the party at place n.
    hears: u32,
    /// What this party says in the current frame; empty is silence.
    frame: Vec<i16>,
}

/// One mix: every party hears the sum of those whom the matrix lets it hear, never itself.
#[derive(Debug, Clone)]
pub struct Mixer {
    frame_samples: usize,
    places: Vec<Place>,
    /// Room for the sum of one frame, kept so that mixing allocates nothing.
    sums: Vec<i32>,
}

impl Mixer {
    /// A mix without parties; `frame_samples` is the length of every frame.
    pub fn new(frame_samples: usize) -> Result<Self, Error> {
        if frame_samples == 0 || frame_samples > FRAME_SAMPLES_MAX {
            return Err(Error::Limit("mixer frame length"));
        }
        Ok(Self {
            frame_samples,
            places: Vec::new(),
            sums: Vec::new(),
        })
    }

    /// Frames have another length from the next one on; who hears whom stays.
    pub fn change_frame(&mut self, frame_samples: usize) -> Result<(), Error> {
        self.frame_samples = Self::new(frame_samples)?.frame_samples;
        self.end_frame();
        Ok(())
    }

    #[must_use]
    pub const fn frame_samples(&self) -> usize {
        self.frame_samples
    }

    /// A new party, which hears nobody and is heard by nobody.
    pub fn join(&mut self) -> Result<Party, Error> {
        let free = self.places.iter().position(|place| !place.is_taken);
        let idx = free.unwrap_or(self.places.len());
        if idx >= PARTIES_MAX {
            return Err(Error::Limit("parties in one mix"));
        }
        let place_idx = u8::try_from(idx)
            .ok()
            .ok_or(Error::Limit("parties in one mix"))?;
        if idx == self.places.len() {
            self.places.push(Place::default());
        }
        let place = &mut self.places[idx];
        place.is_taken = true;
        Ok(Party {
            place: place_idx,
            generation: place.generation,
        })
    }

    /// Takes a party out, with everything that it said or could hear.
    pub fn leave(&mut self, party: Party) -> Result<(), Error> {
        let idx = self.idx(party)?;
        let place = &mut self.places[idx];
        place.is_taken = false;
        place.generation = place.generation.wrapping_add(1);
        place.hears = 0;
        place.frame.clear();
        for other in &mut self.places {
            other.hears &= !(1 << idx);
        }
        Ok(())
    }

    /// Sets one cell of the matrix, from the next mix on.
    pub fn set(&mut self, listener: Party, speaker: Party, hearing: Hearing) -> Result<(), Error> {
        let (listener, speaker) = (self.idx(listener)?, self.idx(speaker)?);
        if listener == speaker {
            return Err(Error::Malformed("nobody hears itself"));
        }
        match hearing {
            Hearing::Hears => self.places[listener].hears |= 1 << speaker,
            Hearing::Deaf => self.places[listener].hears &= !(1 << speaker),
        }
        Ok(())
    }

    /// Reads one cell of the matrix.
    pub fn hearing(&self, listener: Party, speaker: Party) -> Result<Hearing, Error> {
        let (listener, speaker) = (self.idx(listener)?, self.idx(speaker)?);
        let hears = self.places[listener].hears & (1 << speaker) != 0;
        Ok(if hears { Hearing::Hears } else { Hearing::Deaf })
    }

    /// Lets two parties hear each other.
    pub fn connect(&mut self, one: Party, other: Party) -> Result<(), Error> {
        self.set(one, other, Hearing::Hears)?;
        self.set(other, one, Hearing::Hears)
    }

    /// Sets the supervisor's row and column as R-22 says; customer and agent keep theirs.
    pub fn supervise(
        &mut self,
        customer: Party,
        agent: Party,
        supervisor: Party,
        mode: Supervision,
    ) -> Result<(), Error> {
        // All are looked up first: an order with a wrong party changes nothing.
        for party in [customer, agent, supervisor] {
            self.idx(party)?;
        }
        let (to_agent, to_customer) = match mode {
            Supervision::Listen => (Hearing::Deaf, Hearing::Deaf),
            Supervision::Whisper => (Hearing::Hears, Hearing::Deaf),
            Supervision::Barge => (Hearing::Hears, Hearing::Hears),
        };
        self.set(customer, supervisor, to_customer)?;
        self.set(agent, supervisor, to_agent)?;
        self.set(supervisor, customer, Hearing::Hears)?;
        self.set(supervisor, agent, Hearing::Hears)
    }

    /// What a party says in the current frame. A second call in the same frame replaces the first.
    pub fn say(&mut self, party: Party, samples: &[i16]) -> Result<(), Error> {
        let idx = self.idx(party)?;
        if samples.len() != self.frame_samples {
            return Err(Error::Malformed("mixer frame length"));
        }
        let frame = &mut self.places[idx].frame;
        frame.clear();
        frame.extend_from_slice(samples);
        Ok(())
    }

    /// What a party hears in the current frame, saturated at the ends of 16 bits.
    pub fn hear(&mut self, listener: Party, samples: &mut Vec<i16>) -> Result<(), Error> {
        let idx = self.idx(listener)?;
        let hears = self.places[idx].hears;
        self.sums.clear();
        self.sums.resize(self.frame_samples, 0);
        for (speaker, place) in self.places.iter().enumerate() {
            if hears & (1 << speaker) != 0 {
                for (sum, &sample) in self.sums.iter_mut().zip(&place.frame) {
                    *sum += i32::from(sample);
                }
            }
        }
        samples.clear();
        samples.extend(self.sums.iter().map(|&sum| saturate(sum)));
        Ok(())
    }

    /// Ends the frame: who says nothing in the next one is silent there.
    pub fn end_frame(&mut self) {
        for place in &mut self.places {
            place.frame.clear();
        }
    }

    fn idx(&self, party: Party) -> Result<usize, Error> {
        let idx = usize::from(party.place);
        match self.places.get(idx) {
            Some(place) if place.is_taken && place.generation == party.generation => Ok(idx),
            Some(_) | None => Err(Error::NoSuchParty),
        }
    }
}

fn saturate(sum: i32) -> i16 {
    let clamped = sum.clamp(i32::from(i16::MIN), i32::from(i16::MAX));
    i16::try_from(clamped).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Hearing, Mixer, PARTIES_MAX, Party, Supervision};
    use crate::{Error, tone};
    use proptest::prelude::*;

    const RATE: u32 = 8_000;
    const FRAME: u32 = 160;

    /// One frequency per party; whole periods in a frame, so that they do not correlate.
    fn hertz(n: usize) -> f64 {
        let n = u32::try_from(n).expect("few parties");
        f64::from(200 + 150 * n)
    }

    fn voice(n: usize) -> Vec<i16> {
        tone::sine(RATE, hertz(n), 2_000.0, 0, FRAME)
    }

    fn heard(mixer: &mut Mixer, listener: Party) -> Vec<i16> {
        let mut samples = Vec::new();
        mixer
            .hear(listener, &mut samples)
            .expect("the listener is in the mix");
        samples
    }

    /// Which of the first `n` voices are in the samples.
    fn voices_in(samples: &[i16], n: usize) -> Vec<bool> {
        (0..n)
            .map(|voice| {
                let amplitude = tone::amplitude(RATE, hertz(voice), samples);
                assert!(
                    !(20.0..1_980.0).contains(&amplitude),
                    "a voice is heard whole or not at all: {amplitude}"
                );
                amplitude > 1_000.0
            })
            .collect()
    }

    fn three_parties() -> (Mixer, Party, Party, Party) {
        let mut mixer = Mixer::new(160).expect("a usual frame");
        let customer = mixer.join().expect("room");
        let agent = mixer.join().expect("room");
        let supervisor = mixer.join().expect("room");
        mixer.connect(customer, agent).expect("both are in");
        (mixer, customer, agent, supervisor)
    }

    fn all_speak(mixer: &mut Mixer, parties: &[Party]) {
        for (n, party) in parties.iter().enumerate() {
            mixer
                .say(*party, &voice(n))
                .expect("the party is in the mix");
        }
    }

    //
    #[test]
    fn supervisor_is_heard_as_the_mode_says_and_hears_all_in_every_mode() {
        let (mut mixer, customer, agent, supervisor) = three_parties();
        let modes = [
            (
                Supervision::Listen,
                [false, true, false],
                [true, false, false],
            ),
            (
                Supervision::Whisper,
                [false, true, false],
                [true, false, true],
            ),
            (Supervision::Barge, [false, true, true], [true, false, true]),
            (
                Supervision::Listen,
                [false, true, false],
                [true, false, false],
            ),
        ];
        for (mode, customer_hears, agent_hears) in modes {
            mixer.supervise(customer, agent, supervisor, mode).unwrap();
            all_speak(&mut mixer, &[customer, agent, supervisor]);
            assert_eq!(
                voices_in(&heard(&mut mixer, customer), 3),
                customer_hears,
                "{mode:?}"
            );
            assert_eq!(
                voices_in(&heard(&mut mixer, agent), 3),
                agent_hears,
                "{mode:?}"
            );
            assert_eq!(
                voices_in(&heard(&mut mixer, supervisor), 3),
                [true, true, false],
                "{mode:?}"
            );
            mixer.end_frame();
        }
    }

    //
    #[test]
    fn losing_the_supervisor_changes_no_sample_of_the_call() {
        let (mut mixer, customer, agent, supervisor) = three_parties();
        mixer
            .supervise(customer, agent, supervisor, Supervision::Listen)
            .unwrap();
        all_speak(&mut mixer, &[customer, agent, supervisor]);
        let before = (heard(&mut mixer, customer), heard(&mut mixer, agent));
        mixer.leave(supervisor).unwrap();
        assert_eq!(
            (heard(&mut mixer, customer), heard(&mut mixer, agent)),
            before
        );
    }

    #[test]
    fn a_party_that_stops_sending_is_silence_and_not_its_last_frame() {
        let (mut mixer, customer, agent, _) = three_parties();
        all_speak(&mut mixer, &[customer, agent]);
        mixer.end_frame();
        mixer.say(customer, &voice(0)).unwrap();
        assert_eq!(heard(&mut mixer, customer), vec![0; 160]);
        assert_eq!(heard(&mut mixer, agent), voice(0));
    }

    #[test]
    fn loud_parties_saturate_and_do_not_wrap() {
        let (mut mixer, customer, agent, supervisor) = three_parties();
        mixer
            .supervise(customer, agent, supervisor, Supervision::Barge)
            .unwrap();
        mixer.say(customer, &[i16::MAX; 160]).unwrap();
        mixer.say(supervisor, &[i16::MAX; 160]).unwrap();
        assert_eq!(heard(&mut mixer, agent), vec![i16::MAX; 160]);
        mixer.say(customer, &[i16::MIN; 160]).unwrap();
        mixer.say(supervisor, &[i16::MIN; 160]).unwrap();
        assert_eq!(heard(&mut mixer, agent), vec![i16::MIN; 160]);
    }

    #[test]
    fn a_successor_inherits_neither_ears_nor_voice() {
        let (mut mixer, customer, agent, supervisor) = three_parties();
        mixer
            .supervise(customer, agent, supervisor, Supervision::Barge)
            .unwrap();
        all_speak(&mut mixer, &[customer, agent, supervisor]);
        mixer.leave(supervisor).unwrap();
        let stranger = mixer.join().unwrap();
        assert_eq!(heard(&mut mixer, stranger), vec![0; 160]);
        assert_eq!(
            voices_in(&heard(&mut mixer, customer), 3),
            [false, true, false]
        );
        assert_eq!(mixer.say(supervisor, &voice(2)), Err(Error::NoSuchParty));
        assert_eq!(
            mixer.hear(supervisor, &mut Vec::new()),
            Err(Error::NoSuchParty)
        );
        assert_eq!(mixer.leave(supervisor), Err(Error::NoSuchParty));
        assert_eq!(mixer.hearing(customer, supervisor), Err(Error::NoSuchParty));
    }

    #[test]
    fn an_order_with_a_party_that_left_changes_nothing() {
        let (mut mixer, customer, agent, supervisor) = three_parties();
        mixer.leave(agent).unwrap();
        let refused = mixer.supervise(customer, agent, supervisor, Supervision::Barge);
        assert_eq!(refused, Err(Error::NoSuchParty));
        assert_eq!(mixer.hearing(customer, supervisor), Ok(Hearing::Deaf));
    }

    #[test]
    fn frames_of_another_length_keep_who_hears_whom() {
        let (mut mixer, customer, agent, supervisor) = three_parties();
        mixer.say(agent, &voice(1)).unwrap();
        mixer.change_frame(320).unwrap();
        assert_eq!(heard(&mut mixer, customer), vec![0; 320]);
        mixer.say(agent, &[5; 320]).unwrap();
        assert_eq!(heard(&mut mixer, customer), vec![5; 320]);
        assert_eq!(heard(&mut mixer, supervisor), vec![0; 320]);
        assert!(mixer.change_frame(0).is_err());
    }

    #[test]
    fn limits_are_refused_and_not_exceeded() {
        assert!(Mixer::new(0).is_err());
        assert!(Mixer::new(100_000).is_err());
        let mut mixer = Mixer::new(160).unwrap();
        let first = mixer.join().unwrap();
        for _ in 1..PARTIES_MAX {
            mixer.join().unwrap();
        }
        assert!(matches!(mixer.join(), Err(Error::Limit(_))));
        assert!(mixer.say(first, &[0; 159]).is_err());
        assert!(mixer.set(first, first, Hearing::Hears).is_err());
    }

    proptest! {
        #[test]
        fn nobody_hears_what_the_matrix_forbids(
            cells in proptest::collection::vec(any::<bool>(), 64),
            silent in 0_usize..9,
        ) {
            let mut mixer = Mixer::new(160).unwrap();
            let parties: Vec<Party> = (0..8).map(|_| mixer.join().unwrap()).collect();
            for (n, hears) in cells.iter().enumerate() {
                let (listener, speaker) = (n / 8, n % 8);
                if *hears && listener != speaker {
                    mixer.set(parties[listener], parties[speaker], Hearing::Hears).unwrap();
                }
            }
            for (n, party) in parties.iter().enumerate() {
                if n != silent {
                    mixer.say(*party, &voice(n)).unwrap();
                }
            }
            for listener in 0..8 {
                let expected: Vec<bool> = (0..8)
                    .map(|speaker| {
                        cells[listener * 8 + speaker] && speaker != listener && speaker != silent
                    })
                    .collect();
                let samples = heard(&mut mixer, parties[listener]);
                prop_assert_eq!(voices_in(&samples, 8), expected);
            }
        }
    }
}
