use crate::line::{Line, Network, frame_at};
use tandem_media::codec::Codec;
use tandem_media::mixer::{Mixer, Party, Supervision};
use tandem_media::{Micros, tone};

const RATE: u32 = 16_000;
/// One voice each: customer, agent, supervisor.
const VOICES: [f64; 3] = [400.0, 700.0, 1_100.0];

/// Three phones in one mix.
struct Call {
    lines: [Line; 3],
    parties: [Party; 3],
    mixer: Mixer,
    n: u32,
}

impl Call {
    fn new(network: Network) -> Self {
        let codecs = [Codec::Pcma, Codec::G722, Codec::Pcmu];
        let mut mixer = Mixer::new(320).expect("a usual frame");
        let parties = std::array::from_fn(|_| mixer.join().expect("room"));
        let seeds = [10, 20, 30];
        let lines =
            std::array::from_fn(|n| Line::new(codecs[n], RATE, VOICES[n], network, seeds[n]));
        mixer.connect(parties[0], parties[1]).expect("both are in");
        Self {
            lines,
            parties,
            mixer,
            n: 0,
        }
    }

    fn supervise(&mut self, mode: Supervision) {
        let [customer, agent, supervisor] = self.parties;
        self.mixer
            .supervise(customer, agent, supervisor, mode)
            .expect("all are in");
    }

    /// What each phone hears in so many frames.
    fn live(&mut self, n_frames: u32) -> [Vec<i16>; 3] {
        let mut heard: [Vec<i16>; 3] = Default::default();
        for _ in 0..n_frames {
            let now: Micros = frame_at(self.n);
            self.n += 1;
            for (line, party) in self.lines.iter_mut().zip(self.parties) {
                line.talk(now);
                let mut frame = Vec::new();
                line.listen(now, &mut frame);
                self.mixer.say(party, &frame).expect("a whole frame");
            }
            for (at, party) in self.parties.into_iter().enumerate() {
                let mut frame = Vec::new();
                self.mixer.hear(party, &mut frame).expect("it is in");
                heard[at].extend(self.lines[at].tell(now, &frame));
            }
            self.mixer.end_frame();
        }
        heard
    }
}

/// Which voices are in a sound: the average level over frames tells.
fn voices(sound: &[i16]) -> [bool; 3] {
    VOICES.map(|hertz| {
        let levels: Vec<f64> = sound
            .chunks_exact(320)
            .map(|frame| tone::amplitude(RATE, hertz, frame))
            .collect();
        levels.iter().sum::<f64>() / levels.len() as f64 > 2_500.0
    })
}

// R-22, through codecs, SRTP and a network that loses and reorders
#[test]
fn every_phone_hears_whom_the_mode_lets_it_hear_and_switching_needs_no_new_call() {
    let network = Network {
        loss_percent: 5,
        double_percent: 5,
        late_max: 30_000,
    };
    let mut call = Call::new(network);
    call.live(50);
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
        call.supervise(mode);
        call.live(25);
        let [customer, agent, supervisor] = call.live(50);
        assert_eq!(voices(&customer), customer_hears, "{mode:?}");
        assert_eq!(voices(&agent), agent_hears, "{mode:?}");
        assert_eq!(voices(&supervisor), [true, true, false], "{mode:?}");
    }
}

// gap 0 ms for customer and agent when the supervisor's leg dies.
#[test]
fn death_of_the_supervisors_leg_costs_the_call_not_one_frame() {
    let network = crate::line::PERFECT;
    let mut call = Call::new(network);
    call.supervise(Supervision::Listen);
    call.live(50);
    call.lines[2].is_alive = false;
    let [customer, agent, _] = call.live(25);
    call.mixer.leave(call.parties[2]).expect("it is in");
    let mut calm = Call::new(network);
    calm.supervise(Supervision::Listen);
    calm.live(50);
    let [customer_calm, agent_calm, _] = calm.live(25);
    assert_eq!((customer, agent), (customer_calm, agent_calm));
}
