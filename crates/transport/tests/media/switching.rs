//! From a relay to a mix and back, in the middle of a word.

use crate::phone::{KEY, Phone, RATE, Voice, World, live, settings};
use tandem_media::codec::Codec;
use tandem_media::player::Repeat;
use tandem_media::tone;
use tandem_transport::media::{Sound, Target};

/// A voice without steps: low, so that a step stands out.
const HERTZ: f64 = 200.0;

fn steepest(sound: &[i16]) -> i32 {
    let steps = sound
        .windows(2)
        .map(|it| (i32::from(it[1]) - i32::from(it[0])).abs());
    steps.max().unwrap_or(0)
}

/// A sound that makes a mix necessary, and is nothing.
fn nothing() -> Sound {
    Sound::new(8_000, &[0; 800]).expect("a usual rate")
}

// "Go over to mixing and back without a click when that changes."
#[test]
fn mix_goes_on_where_the_relay_ends_and_the_relay_where_the_mix_does() {
    for codec in [Codec::Pcma, Codec::Pcmu] {
        let world = World::new(settings());
        let conversation = world.conversation();
        let mut customer = world.phone(conversation, Voice::of(codec, HERTZ));
        let mut agent = world.phone(conversation, Voice::of(codec, HERTZ));
        world
            .plane
            .connect(conversation, customer.leg(), agent.leg())
            .wait()
            .unwrap();
        let mut phones = [&mut customer, &mut agent];
        let mut heard = live(&mut phones, 20);
        for round in 0..4 {
            let target = Target::Conversation(conversation);
            if round % 2 == 0 {
                world
                    .plane
                    .play(target, &nothing(), Repeat::Forever, KEY)
                    .wait()
                    .unwrap();
            } else {
                world.plane.stop(target).wait().unwrap();
            }
            assert_eq!(world.plane.counts().n_mixed, 1 - round % 2);
            for (heard, more) in heard.iter_mut().zip(live(&mut phones, 25)) {
                heard.extend(more);
            }
        }
        for sound in &heard {
            let calm = &sound[5 * 320..];
            // 6,000 at 200 Hz moves by 471 from one sample to the next.
            assert!(
                steepest(calm) < 1_300,
                "{codec:?}: a click of {}",
                steepest(calm)
            );
            let levels = calm
                .chunks_exact(320)
                .map(|it| tone::amplitude(RATE, HERTZ, it));
            // A machine that is busy may hold up the phones of the test themselves; a gap at each change would be eight.
            let n_quiet = levels.filter(|level| *level < 3_500.0).count();
            assert!(n_quiet <= 4, "{codec:?}: {n_quiet} frames are missing");
        }
    }
}

#[test]
fn different_codecs_are_mixed_and_the_same_ones_are_relayed_as_legs_change() {
    let world = World::new(settings());
    let conversation = world.conversation();
    let mut customer = world.phone(conversation, Voice::of(Codec::Pcma, 400.0));
    let mut agent = world.phone(conversation, Voice::of(Codec::Pcmu, 700.0));
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .unwrap();
    live(&mut [&mut customer, &mut agent], 5);
    assert_eq!(world.plane.counts().n_mixed, 1);
    change_codec(&world, &mut agent, Codec::Pcma);
    live(&mut [&mut customer, &mut agent], 5);
    assert_eq!(world.plane.counts().n_mixed, 0);
    change_codec(&world, &mut agent, Codec::G722);
    live(&mut [&mut customer, &mut agent], 5);
    assert_eq!(world.plane.counts().n_mixed, 1);
}

fn change_codec(world: &World, phone: &mut Phone, codec: Codec) {
    phone.voice.codec = codec;
    phone
        .media
        .change_payloads(crate::phone::payloads(codec))
        .expect("the plane runs");
    world
        .plane
        .update_leg(phone.leg(), phone.agreed())
        .wait()
        .expect("the plane runs");
}

// The other side sees one stream: numbers without a gap, a clock that never goes back.
#[test]
fn numbers_of_our_stream_go_on_over_every_change() {
    let world = World::new(settings());
    let conversation = world.conversation();
    let mut customer = world.phone(conversation, Voice::plain(Codec::Pcma, 400.0));
    let mut agent = world.phone(conversation, Voice::plain(Codec::Pcma, 700.0));
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .unwrap();
    let target = Target::Conversation(conversation);
    let mut last: Option<tandem_media::rtp::Stamp> = None;
    for round in 0..6 {
        if round % 2 == 1 {
            world
                .plane
                .play(target, &nothing(), Repeat::Forever, KEY)
                .wait()
                .unwrap();
        } else if round > 0 {
            world.plane.stop(target).wait().unwrap();
        }
        for _ in 0..10 {
            customer.talk();
            agent.listen();
            let stamp = tandem_media::rtp::Stamp::read(&agent.last).unwrap();
            if let Some(last) = last {
                assert_eq!(stamp.ssrc, last.ssrc);
                assert_eq!(stamp.sequence, last.sequence.wrapping_add(1));
                let ticks = stamp.timestamp.wrapping_sub(last.timestamp);
                assert!((160..1_600).contains(&ticks), "{ticks}");
            }
            last = Some(stamp);
        }
    }
}
