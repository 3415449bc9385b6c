//! Who hears whom.

use crate::phone::{KEY, Phone, Voice, World, live, settings, voices};
use tandem_media::codec::Codec;
use tandem_media::mixer::{Hearing, Supervision};
use tandem_media::player::Repeat;
use tandem_media::tone;
use tandem_transport::media::{Agreed, Direction, Fact, Sound};

const VOICES: [f64; 4] = [400.0, 700.0, 1_100.0, 1_500.0];

fn music() -> Sound {
    let samples = tone::sine(16_000, VOICES[3], 6_000.0, 0, 16_000);
    Sound::new(16_000, &samples).expect("a usual rate")
}

fn three(
    world: &World,
    codecs: [Codec; 3],
) -> (tandem_transport::media::ConversationId, [Phone; 3]) {
    let conversation = world.conversation();
    let phones =
        std::array::from_fn(|n| world.phone(conversation, Voice::of(codecs[n], VOICES[n])));
    (conversation, phones)
}

// R-22, over sockets, with SRTP and three codecs
#[test]
fn every_phone_hears_whom_the_mode_lets_it_hear() {
    for codecs in [
        [Codec::Pcma, Codec::Pcmu, Codec::Pcma],
        [Codec::Pcma, Codec::G722, Codec::Pcmu],
    ] {
        let world = World::new(settings());
        let (conversation, [mut customer, mut agent, mut supervisor]) = three(&world, codecs);
        world
            .plane
            .connect(conversation, customer.leg(), agent.leg())
            .wait()
            .unwrap();
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
            let legs = [customer.leg(), agent.leg(), supervisor.leg()];
            world
                .plane
                .supervise(conversation, legs[0], legs[1], legs[2], mode)
                .wait()
                .unwrap();
            let mut phones = [&mut customer, &mut agent, &mut supervisor];
            live(&mut phones, 15);
            let heard = live(&mut phones, 20);
            assert_eq!(voices(&heard[0], &VOICES[..3]), customer_hears, "{mode:?}");
            assert_eq!(voices(&heard[1], &VOICES[..3]), agent_hears, "{mode:?}");
            assert_eq!(
                voices(&heard[2], &VOICES[..3]),
                [true, true, false],
                "{mode:?}"
            );
        }
        assert_eq!(world.plane.counts().n_mixed, 1);
    }
}

// the supervisor's leg dies, and the others notice nothing.
#[test]
fn death_of_the_supervisors_leg_costs_the_call_not_one_frame() {
    let world = World::new(settings());
    let (conversation, [mut customer, mut agent, mut supervisor]) = three(&world, [Codec::Pcma; 3]);
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .unwrap();
    let legs = [customer.leg(), agent.leg(), supervisor.leg()];
    world
        .plane
        .supervise(conversation, legs[0], legs[1], legs[2], Supervision::Listen)
        .wait()
        .unwrap();
    live(&mut [&mut customer, &mut agent, &mut supervisor], 20);
    let dead = live(&mut [&mut customer, &mut agent], 10);
    world.plane.close_leg(supervisor.leg()).wait().unwrap();
    let relayed = live(&mut [&mut customer, &mut agent], 20);
    for (sound, own) in [
        (&dead, "after its death"),
        (&relayed, "after it was closed"),
    ] {
        for (heard, hertz) in sound.iter().zip([VOICES[1], VOICES[0]]) {
            let levels = heard
                .chunks_exact(320)
                .map(|it| tone::amplitude(16_000, hertz, it));
            // A machine that is busy may hold up the phones of the test themselves.
            let n_quiet = levels.filter(|level| *level < 4_000.0).count();
            assert!(n_quiet <= 2, "{own}: {n_quiet} frames");
        }
    }
    assert_eq!(world.plane.counts().n_mixed, 0, "two are relayed");
}

#[test]
fn two_phones_are_relayed_packet_by_packet_and_nobody_is_mixed() {
    let world = World::new(settings());
    let conversation = world.conversation();
    for codec in Codec::ALL {
        let conversation = if codec == Codec::Pcmu {
            conversation
        } else {
            world.conversation()
        };
        let mut customer = world.phone(conversation, Voice::plain(codec, 400.0));
        let mut agent = world.phone(conversation, Voice::plain(codec, 700.0));
        world
            .plane
            .connect(conversation, customer.leg(), agent.leg())
            .wait()
            .unwrap();
        for _ in 0..5 {
            let said = customer.spoken();
            customer.send(&said);
            agent.listen();
            assert_eq!(agent.last[12..], said[12..], "{codec:?}: as it was said");
            assert_ne!(agent.last[8..12], said[8..12], "under a source of our own");
        }
    }
    assert_eq!(world.plane.counts().n_mixed, 0);
}

#[test]
fn one_hears_the_other_and_not_the_other_way_round() {
    let world = World::new(settings());
    let (conversation, [mut customer, mut agent, _idle]) = three(&world, [Codec::Pcma; 3]);
    let cell = (agent.leg(), customer.leg(), Hearing::Hears);
    world
        .plane
        .hearing(conversation, vec![cell])
        .wait()
        .unwrap();
    agent.talk();
    customer.talk();
    agent.listen();
    // What the agent said was read before what the customer said.
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .unwrap();
    let said = agent.spoken();
    agent.send(&said);
    customer.listen();
    assert_eq!(customer.media.session().counts().n_media, 1);
}

#[test]
fn party_on_hold_hears_music_alone_and_is_heard_by_nobody() {
    let world = World::new(settings());
    let (conversation, [mut customer, mut agent, mut third]) = three(&world, [Codec::Pcma; 3]);
    let pairs = [(&customer, &agent), (&customer, &third), (&agent, &third)];
    for (one, other) in pairs {
        world
            .plane
            .connect(conversation, one.leg(), other.leg())
            .wait()
            .unwrap();
    }
    world.plane.hold(customer.leg(), &music()).wait().unwrap();
    let mut phones = [&mut customer, &mut agent, &mut third];
    live(&mut phones, 15);
    let heard = live(&mut phones, 20);
    assert_eq!(voices(&heard[0], &VOICES), [false, false, false, true]);
    assert_eq!(voices(&heard[1], &VOICES), [false, false, true, false]);
    assert_eq!(voices(&heard[2], &VOICES), [false, true, false, false]);
    world.plane.unhold(phones[0].leg()).wait().unwrap();
    live(&mut phones, 15);
    let heard = live(&mut phones, 20);
    assert_eq!(voices(&heard[0], &VOICES), [false, true, true, false]);
    assert_eq!(voices(&heard[1], &VOICES), [true, false, true, false]);
}

// B.7 of Direct Routing's contract: hold comes as `inactive`, and goes by a re-INVITE.
#[test]
fn leg_that_is_inactive_is_sent_nothing_and_goes_on_afterwards() {
    let world = World::new(settings());
    let (conversation, [mut customer, mut agent, _idle]) = three(&world, [Codec::Pcma; 3]);
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .unwrap();
    live(&mut [&mut customer, &mut agent], 5);
    let active = agent.agreed();
    let inactive = Agreed {
        direction: Direction::Inactive,
        ..active.clone()
    };
    world
        .plane
        .update_leg(agent.leg(), inactive)
        .wait()
        .unwrap();
    let n_before = agent.media.session().counts().n_media;
    for _ in 0..5 {
        customer.talk();
    }
    world
        .plane
        .play(
            tandem_transport::media::Target::Leg(customer.leg()),
            &music(),
            Repeat::Forever,
            KEY,
        )
        .wait()
        .unwrap();
    let sound: Vec<i16> = (0..10).flat_map(|_| customer.listen()).collect();
    assert!(!sound.is_empty());
    world
        .plane
        .stop(tandem_transport::media::Target::Leg(customer.leg()))
        .wait()
        .unwrap();
    world.plane.update_leg(agent.leg(), active).wait().unwrap();
    let mut phones = [&mut customer, &mut agent];
    live(&mut phones, 15);
    let heard = live(&mut phones, 10);
    assert_eq!(voices(&heard[1], &VOICES[..2]), [true, false]);
    assert_eq!(voices(&heard[0], &VOICES[..2]), [false, true]);
    let n_after = agent.media.session().counts().n_media;
    assert!(
        n_after - n_before <= 27,
        "nothing came in between: {}",
        n_after - n_before
    );
}

// A re-INVITE changes codec and keys in the middle of a word.
#[test]
fn new_codec_and_new_keys_cost_no_packet() {
    let world = World::new(settings());
    let (conversation, [mut customer, mut agent, mut supervisor]) = three(&world, [Codec::Pcma; 3]);
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .unwrap();
    let legs = [customer.leg(), agent.leg(), supervisor.leg()];
    world
        .plane
        .supervise(conversation, legs[0], legs[1], legs[2], Supervision::Listen)
        .wait()
        .unwrap();
    live(&mut [&mut customer, &mut agent, &mut supervisor], 20);
    // On its way under what was agreed on before.
    let early = agent.spoken();
    agent.voice.codec = Codec::G722;
    let mut agreed = agent.agreed();
    agreed.protection = tandem_media::session::Protection::Srtp {
        ours: crate::phone::keys(4),
        theirs: crate::phone::keys(3),
    };
    world.plane.update_leg(agent.leg(), agreed).wait().unwrap();
    agent.send(&early);
    agent
        .media
        .change_payloads(crate::phone::payloads(Codec::G722))
        .unwrap();
    agent
        .media
        .session_mut()
        .change_keys(&crate::phone::keys(3), &crate::phone::keys(4), 99);
    customer.talk();
    supervisor.talk();
    for phone in [&mut customer, &mut agent, &mut supervisor] {
        phone.listen();
    }
    let mut phones = [&mut customer, &mut agent, &mut supervisor];
    live(&mut phones, 12);
    let heard = live(&mut phones, 20);
    assert_eq!(voices(&heard[0], &VOICES[..3]), [false, true, false]);
    assert_eq!(voices(&heard[1], &VOICES[..3]), [true, false, false]);
    let leg = agent.leg();
    world.plane.close_leg(leg).wait().unwrap();
    let mut world = world;
    let quality = world.wait("the leg is closed", |fact| {
        let Fact::Closed {
            leg: closed,
            quality,
        } = fact
        else {
            return None;
        };
        (*closed == leg).then_some(*quality)
    });
    assert_eq!(
        (quality.packets.n_refused, quality.line.n_lost),
        (0, 0),
        "{quality:?}"
    );
}

#[test]
fn protection_is_not_taken_back() {
    let world = World::new(settings());
    let (_, [customer, ..]) = three(&world, [Codec::Pcma; 3]);
    let mut agreed = customer.agreed();
    agreed.protection = tandem_media::session::Protection::None;
    let refused = world.plane.update_leg(customer.leg(), agreed).wait();
    assert!(refused.is_err());
}
