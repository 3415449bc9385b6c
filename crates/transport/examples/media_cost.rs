//! What the media plane costs, on this machine: `cargo run --release --package tandem-transport --example media_cost`.
//!
//! Times are CPU times of the threads that do the work, as the kernel counts them (`schedstat`; Linux alone), so what
//! drives the load does not count though it shares the cores. Each relay stands beside the floor of the same run: a bare
//! `recv_from` and `send_to` for each packet.

#![expect(clippy::print_stdout, reason = "it is a table for people")]

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};
use tandem_media::codec::Codec;
use tandem_media::leg::{FRAME, Leg, Payloads};
use tandem_media::mixer::{Mixer, Supervision};
use tandem_media::player::Repeat;
use tandem_media::session::{Protection, Settings as SessionSettings};
use tandem_media::srtp::{Keys, Suite};
use tandem_media::{Micros, tone};
use tandem_transport::media::{
    Agreed, Control, ConversationId, Direction, Finished, Key, Latching, LegId, LegSettings, Piece,
    Plane, Remote, Settings, Sink, Sound, Target, Track,
};

const N_CALLS: usize = 500;
const SECONDS: u64 = 5;
const TICKS: u64 = SECONDS * 50;

fn main() {
    println!("{N_CALLS} calls of two legs, {SECONDS} s each\n");
    // First, while nothing that was given back lies about.
    waiting();
    let floor = floor();
    println!("floor: recv_from + send_to          {floor:>8.2} us per packet");
    println!(
        "a task of tokio for each socket     {:>8.2} us per packet, bare",
        tasks()
    );
    for (name, suite) in [
        ("plain", None),
        (
            "AES_CM_128_HMAC_SHA1_80",
            Some(Suite::AesCm128HmacSha1Tag80),
        ),
        ("AEAD_AES_128_GCM", Some(Suite::AeadAes128Gcm)),
    ] {
        relay(name, suite, floor);
    }
    mix();
    recorded();
}

/// A phone that speaks, and does not listen to what it hears.
struct Phone {
    media: Leg,
    socket: UdpSocket,
    peer: SocketAddr,
    leg: LegId,
}

fn keys(suite: Suite, fill: u8) -> Keys {
    Keys::new(suite, &vec![fill; suite.master_bytes()]).expect("of the suite's length")
}

fn protection(suite: Option<Suite>, ours: u8, theirs: u8) -> Protection {
    suite.map_or(Protection::None, |suite| Protection::Srtp {
        ours: keys(suite, ours),
        theirs: keys(suite, theirs),
    })
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
    socket.set_nonblocking(true).expect("a socket");
    socket
}

fn plane() -> Plane {
    let settings = Settings {
        ports: 0..=0,
        n_threads: 1,
        ..Settings::new(IpAddr::V4(Ipv4Addr::LOCALHOST))
    };
    Plane::start(settings).expect("loopback and threads").0
}

impl Phone {
    fn new(plane: &Plane, conversation: ConversationId, suite: Option<Suite>) -> Self {
        let socket = socket();
        let settings = SessionSettings {
            ssrc: 1,
            sequence: 1,
            timestamp: 1,
            name: "cGhvbmU".into(),
            protection: protection(suite, 1, 2),
            expected: None,
            networks: Vec::new(),
        };
        let payloads = Payloads::of(Codec::Pcma);
        let remote = Remote::at(socket.local_addr().expect("bound"));
        let opened = plane.open_leg(
            conversation,
            LegSettings {
                control: Control::Multiplexed,
                latching: Latching::SignalledNetwork,
                track: Track::Own,
                ice: None,
                agreed: Some(Agreed {
                    payloads,
                    protection: protection(suite, 2, 1),
                    remote: Some(remote),
                    direction: Direction::SendReceive,
                }),
            },
        );
        let opened = opened.expect("a port");
        Self {
            media: Leg::new(&settings, payloads, 8_000).expect("usual rates"),
            socket,
            peer: opened.local,
            leg: opened.leg,
        }
    }

    fn talk(&mut self, n: u64, sound: &[i16], datagram: &mut Vec<u8>) {
        let now = Micros::try_from(n).expect("short") * FRAME;
        self.media
            .speak(now, sound, datagram)
            .expect("a usual packet");
        self.socket.send_to(datagram, self.peer).expect("loopback");
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

/// What the media thread and its writer have used, s.
fn cpu_seconds(names: &[&str]) -> f64 {
    let tasks = fs::read_dir("/proc/self/task").expect("Linux");
    let mut nanos = 0;
    for task in tasks.flatten() {
        let read = |file: &str| fs::read_to_string(task.path().join(file)).unwrap_or_default();
        if names.contains(&read("comm").trim()) {
            nanos += own_nanos(&read("schedstat"));
        }
    }
    nanos as f64 / 1e9
}

fn own_nanos(schedstat: &str) -> u64 {
    let first = schedstat.split_ascii_whitespace().next();
    first.and_then(|it| it.parse().ok()).unwrap_or(0)
}

fn this_thread() -> f64 {
    own_nanos(&fs::read_to_string("/proc/thread-self/schedstat").expect("Linux")) as f64 / 1e9
}

/// Drives all phones for a while at their pace; answers the packets that came back.
fn drive(phones: &mut [Phone], ticks: u64) -> u64 {
    let sound = tone::sine(8_000, 400.0, 6_000.0, 0, 160);
    let begin = Instant::now();
    let mut datagram = Vec::new();
    let mut n_back = 0;
    for n in 0..ticks {
        for phone in &mut *phones {
            phone.talk(n, &sound, &mut datagram);
            n_back += phone.drain();
        }
        let next = begin + Duration::from_millis(20 * (n + 1));
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    for phone in phones {
        n_back += phone.drain();
    }
    n_back
}

fn floor() -> f64 {
    let here: Vec<UdpSocket> = (0..2 * N_CALLS).map(|_| socket()).collect();
    let there: Vec<UdpSocket> = (0..2 * N_CALLS).map(|_| socket()).collect();
    let address = |socket: &UdpSocket| socket.local_addr().expect("bound");
    let mut buffer = [0; 2_048];
    let (mut used, mut n) = (0.0, 0_u64);
    for _ in 0..TICKS / 2 {
        for (here, there) in here.iter().zip(&there) {
            there.send_to(&[7; 182], address(here)).expect("loopback");
        }
        let begin = this_thread();
        for socket in &here {
            let (length, from) = socket.recv_from(&mut buffer).expect("it was sent");
            socket.send_to(&buffer[..length], from).expect("loopback");
            n += 1;
        }
        used += this_thread() - begin;
        for socket in &there {
            while socket.recv_from(&mut buffer).is_ok() {}
        }
    }
    used * 1e6 / n as f64
}

/// The same on an executor, without anything of RTP: what a task for each leg would begin with.
fn tasks() -> f64 {
    let sockets: Vec<UdpSocket> = (0..2 * N_CALLS).map(|_| socket()).collect();
    let addresses: Vec<SocketAddr> = sockets
        .iter()
        .map(|it| it.local_addr().expect("bound"))
        .collect();
    let phones: Vec<UdpSocket> = (0..2 * N_CALLS).map(|_| socket()).collect();
    let thread = std::thread::Builder::new()
        .name("tasks".into())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("an executor").block_on(async move {
                let tasks = sockets.into_iter().map(|socket| {
                    tokio::spawn(async move {
                        let socket = tokio::net::UdpSocket::from_std(socket).expect("a socket");
                        let mut buffer = [0; 2_048];
                        while let Ok((n, from)) = socket.recv_from(&mut buffer).await {
                            if n == 1 || socket.send_to(&buffer[..n], from).await.is_err() {
                                break;
                            }
                        }
                    })
                });
                for task in tasks.collect::<Vec<_>>() {
                    task.await.expect("it ends");
                }
            });
        });
    let begin = cpu_seconds(&["tasks"]);
    let (mut n, mut buffer) = (0_u64, [0; 2_048]);
    let start = Instant::now();
    for tick in 0..TICKS {
        for (phone, address) in phones.iter().zip(&addresses) {
            phone.send_to(&[7; 182], address).expect("loopback");
            while phone.recv_from(&mut buffer).is_ok() {
                n += 1;
            }
        }
        let next = start + Duration::from_millis(20 * (tick + 1));
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    let used = cpu_seconds(&["tasks"]) - begin;
    for (phone, address) in phones.iter().zip(&addresses) {
        phone.send_to(&[0], address).expect("loopback");
    }
    thread.expect("a thread").join().expect("it ends");
    used * 1e6 / n as f64
}

fn calls(plane: &Plane, n_legs: usize, suite: Option<Suite>) -> (Vec<ConversationId>, Vec<Phone>) {
    let mut conversations = Vec::new();
    let mut phones = Vec::new();
    for _ in 0..N_CALLS {
        let conversation = plane.conversation().expect("it runs");
        let legs: Vec<Phone> = (0..n_legs)
            .map(|_| Phone::new(plane, conversation, suite))
            .collect();
        plane
            .connect(conversation, legs[0].leg, legs[1].leg)
            .wait()
            .expect("both are in");
        conversations.push(conversation);
        phones.extend(legs);
    }
    (conversations, phones)
}

fn relay(name: &str, suite: Option<Suite>, floor: f64) {
    let plane = plane();
    let (_, mut phones) = calls(&plane, 2, suite);
    drive(&mut phones, 10);
    let before = cpu_seconds(&["media-0"]);
    let n = drive(&mut phones, TICKS);
    let used = (cpu_seconds(&["media-0"]) - before) * 1e6 / n as f64;
    let sent = TICKS * phones.len() as u64;
    println!(
        "relay, {name:<28} {used:>8.2} us per packet, {:.1} floors, {:.2} % of {sent} did not come",
        used / floor,
        100.0 - n as f64 * 100.0 / sent as f64
    );
    plane.shut_down();
}

fn mix() {
    let mut mixer = Mixer::new(160).expect("a usual frame");
    let parties: Vec<_> = (0..3).map(|_| mixer.join().expect("room")).collect();
    mixer.connect(parties[0], parties[1]).expect("both are in");
    mixer
        .supervise(parties[0], parties[1], parties[2], Supervision::Whisper)
        .expect("all are in");
    let sound = tone::sine(8_000, 400.0, 6_000.0, 0, 160);
    let mut frame = Vec::new();
    let begin = this_thread();
    for _ in 0..200_000 {
        for party in &parties {
            mixer.say(*party, &sound).expect("it is in");
        }
        for party in &parties {
            mixer.hear(*party, &mut frame).expect("it is in");
        }
        mixer.end_frame();
    }
    println!(
        "mix of three, arithmetic alone      {:>8.2} us per frame",
        (this_thread() - begin) * 5.0
    );
    let plane = plane();
    let (conversations, mut phones) = calls(&plane, 3, Some(Suite::AesCm128HmacSha1Tag80));
    for (conversation, legs) in conversations.iter().zip(phones.chunks(3)) {
        let answer = plane.supervise(
            *conversation,
            legs[0].leg,
            legs[1].leg,
            legs[2].leg,
            Supervision::Whisper,
        );
        answer.wait().expect("all are in");
    }
    drive(&mut phones, 10);
    let before = cpu_seconds(&["media-0"]);
    let n = drive(&mut phones, TICKS);
    let used = cpu_seconds(&["media-0"]) - before;
    let n_frames = n as f64 / 3.0;
    println!(
        "talk of three, all with sockets     {:>8.2} us per frame, {} frames late",
        used * 1e6 / n_frames,
        plane.counts().n_frames_late
    );
    plane.shut_down();
}

/// Appends to one file for each track.
struct Files(
    Vec<(tandem_media::recording::TrackId, fs::File)>,
    std::path::PathBuf,
);

impl Sink for Files {
    fn write(&mut self, piece: Piece) -> std::io::Result<()> {
        use std::io::Write as _;
        if !self.0.iter().any(|(track, _)| *track == piece.track) {
            let path = self.1.with_extension(self.0.len().to_string());
            self.0.push((piece.track, fs::File::create(path)?));
        }
        let file = self.0.iter_mut().find(|(track, _)| *track == piece.track);
        let Some((_, file)) = file else { return Ok(()) };
        match piece.sound {
            tandem_media::recording::Sound::Samples(bytes) => file.write_all(&bytes),
            tandem_media::recording::Sound::Silence { n_bytes } => {
                file.write_all(&vec![0; usize::try_from(n_bytes).unwrap_or_default()])
            }
        }
    }

    fn finish(self: Box<Self>, _: Finished) -> std::io::Result<()> {
        Ok(())
    }
}

fn recorded() {
    let directory = std::env::temp_dir().join(format!("tandem-media-cost-{}", std::process::id()));
    fs::create_dir_all(&directory).expect("a directory for temporary files");
    let plane = plane();
    let (conversations, mut phones) = calls(&plane, 2, Some(Suite::AesCm128HmacSha1Tag80));
    for (n, conversation) in conversations.iter().enumerate() {
        let files = Files(Vec::new(), directory.join(n.to_string()));
        plane
            .record(*conversation, Key(1), Box::new(files))
            .wait()
            .expect("it is recorded");
    }
    drive(&mut phones, 10);
    let both = ["media-0", "recordings-0"];
    let (before, media_before) = (cpu_seconds(&both), cpu_seconds(&both[..1]));
    let n = drive(&mut phones, TICKS);
    // A machine that is busy with something else skips frames: what counts is what a frame costs.
    let done = n as f64 / (TICKS * phones.len() as u64) as f64;
    let share = (cpu_seconds(&both) - before) / (SECONDS as f64 * done);
    let media = (cpu_seconds(&both[..1]) - media_before) / (SECONDS as f64 * done);
    println!(
        "recorded calls, SRTP, both tracks   {:>8.0} per core ({:.1} % of one for {N_CALLS}: media {:.1} %, files {:.1} %), {:.0} % of the packets came, {} frames late",
        N_CALLS as f64 / share,
        share * 100.0,
        media * 100.0,
        (share - media) * 100.0,
        done * 100.0,
        plane.counts().n_frames_late
    );
    plane.shut_down();
    fs::remove_dir_all(&directory).expect("it was made here");
}

fn resident_bytes() -> f64 {
    let statm = fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: f64 = statm
        .split(' ')
        .nth(1)
        .and_then(|it| it.parse().ok())
        .unwrap_or(0.0);
    pages * 4_096.0
}

fn waiting() {
    let plane = plane();
    let nobody = socket();
    let music =
        Sound::new(8_000, &tone::sine(8_000, 400.0, 6_000.0, 0, 80_000)).expect("a usual rate");
    let suite = Some(Suite::AesCm128HmacSha1Tag80);
    let wait = |n: usize| {
        for _ in 0..n {
            let conversation = plane.conversation().expect("it runs");
            let agreed = Agreed {
                payloads: Payloads::of(Codec::Pcma),
                protection: protection(suite, 2, 1),
                remote: Some(Remote::at(nobody.local_addr().expect("bound"))),
                direction: Direction::SendReceive,
            };
            let settings = LegSettings {
                control: Control::Multiplexed,
                latching: Latching::SignalledNetwork,
                track: Track::Own,
                ice: None,
                agreed: Some(agreed),
            };
            plane.open_leg(conversation, settings).expect("a port");
            let answer = plane.play(
                Target::Conversation(conversation),
                &music,
                Repeat::Forever,
                Key(1),
            );
            answer.wait().expect("it plays");
        }
        std::thread::sleep(Duration::from_millis(500));
        resident_bytes()
    };
    let few = wait(100);
    let before = cpu_seconds(&["media-0"]);
    let many = wait(1_000);
    std::thread::sleep(Duration::from_secs(2));
    let used = cpu_seconds(&["media-0"]) - before;
    println!(
        "waiting leg with music              {:>8.1} KB ({used:.2} s of CPU meanwhile)",
        (many - few) / 1_000.0 / 1_000.0
    );
    plane.shut_down();
}
