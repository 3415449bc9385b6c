//! Ports that run out, many legs, many orders.

use crate::network::free_ports;
use crate::phone::{KEY, Phone, Voice, World, settings};
use tandem_media::codec::Codec;
use tandem_media::player::Repeat;
use tandem_media::tone;
use tandem_transport::media::{Control, Error, Fact, Settings, Sound, Target};

#[test]
fn ports_run_out_and_come_back_the_longest_unused_first() {
    let first = free_ports();
    let mut world = World::new(Settings {
        ports: first..=first + 19,
        ..settings()
    });
    let conversation = world.conversation();
    let phone = Phone::new(Voice {
        control: Control::OwnPort,
        ..Voice::of(Codec::Pcma, 400.0)
    });
    let opened: Vec<_> = (0..10)
        .map(|_| {
            world
                .plane
                .open_leg(conversation, phone.leg_settings())
                .expect("a port")
        })
        .collect();
    let refused = world.plane.open_leg(conversation, phone.leg_settings());
    assert!(
        matches!(refused, Err(Error::PortsExhausted { n: 10 })),
        "{refused:?}"
    );
    for (n, opened) in opened.iter().enumerate() {
        assert_eq!(usize::from(opened.local.port()), usize::from(first) + 2 * n);
    }
    for at in [4, 2] {
        world.plane.close_leg(opened[at].leg).wait().unwrap();
        world.wait("it is closed", |fact| {
            matches!(fact, Fact::Closed { .. }).then_some(())
        });
    }
    let again = world
        .plane
        .open_leg(conversation, phone.leg_settings())
        .unwrap();
    assert_eq!(again.local, opened[4].local);
    world.plane.close(conversation).wait().unwrap();
    let next = world.conversation();
    for _ in 0..10 {
        world
            .plane
            .open_leg(next, phone.leg_settings())
            .expect("all are back");
    }
}

#[test]
fn port_that_another_process_holds_is_passed_over() {
    let first = free_ports();
    let _other = std::net::UdpSocket::bind((std::net::Ipv4Addr::LOCALHOST, first)).unwrap();
    let world = World::new(Settings {
        ports: first..=first + 19,
        ..settings()
    });
    let phone = Phone::new(Voice::of(Codec::Pcma, 400.0));
    let opened = world
        .plane
        .open_leg(world.conversation(), phone.leg_settings())
        .unwrap();
    assert_eq!(opened.local.port(), first + 2);
}

#[test]
fn one_thread_relays_250_calls_and_plays_to_500_legs() {
    let world = World::new(settings());
    let music = Sound::new(8_000, &tone::sine(8_000, 1_100.0, 6_000.0, 0, 8_000)).unwrap();
    let mut calls: Vec<_> = (0..250)
        .map(|_| {
            let conversation = world.conversation();
            let customer = world.phone(conversation, Voice::of(Codec::Pcma, 400.0));
            let agent = world.phone(conversation, Voice::of(Codec::Pcma, 700.0));
            world
                .plane
                .connect(conversation, customer.leg(), agent.leg())
                .wait()
                .unwrap();
            (conversation, customer, agent)
        })
        .collect();
    for _ in 0..5 {
        for (_, customer, agent) in &mut calls {
            customer.talk();
            agent.talk();
        }
        for (_, customer, agent) in &mut calls {
            customer.listen();
            agent.listen();
        }
    }
    assert_eq!(
        (world.plane.counts().n_legs, world.plane.counts().n_mixed),
        (500, 0)
    );
    for (conversation, ..) in &calls {
        world
            .plane
            .play(
                Target::Conversation(*conversation),
                &music,
                Repeat::Forever,
                KEY,
            )
            .wait()
            .unwrap();
    }
    assert_eq!(world.plane.counts().n_mixed, 250);
    for _ in 0..15 {
        for (_, customer, agent) in &mut calls {
            customer.listen();
            agent.listen();
        }
    }
    for (conversation, customer, agent) in &mut calls {
        for phone in [customer, agent] {
            let heard = phone.listen();
            assert!(tone::amplitude(crate::phone::RATE, 1_100.0, &heard) > 4_000.0);
        }
        world.plane.close(*conversation).wait().unwrap();
    }
    let counts = world.plane.counts();
    assert_eq!(
        (counts.n_legs, counts.n_conversations, counts.n_mixed),
        (0, 0, 0)
    );
}

#[test]
fn conversation_takes_no_more_legs_than_a_mix_has_places() {
    let mut world = World::new(settings());
    let conversation = world.conversation();
    let phone = Phone::new(Voice::of(Codec::Pcma, 400.0));
    for _ in 0..tandem_media::mixer::PARTIES_MAX {
        world
            .plane
            .open_leg(conversation, phone.leg_settings())
            .unwrap();
    }
    let beyond = world
        .plane
        .open_leg(conversation, phone.leg_settings())
        .unwrap();
    world.wait("it is refused", |fact| {
        matches!(fact, Fact::MediaFailed { leg, .. } if *leg == beyond.leg).then_some(())
    });
    assert!(world.plane.close_leg(beyond.leg).wait().is_err());
}

#[test]
fn facts_that_nobody_reads_are_lost_and_counted_and_the_plane_goes_on() {
    let world = World::new(Settings {
        n_facts_max: 4,
        ..settings()
    });
    let conversation = world.conversation();
    let phone = Phone::new(Voice::of(Codec::Pcma, 400.0));
    for _ in 0..10 {
        let opened = world
            .plane
            .open_leg(conversation, phone.leg_settings())
            .unwrap();
        world.plane.close_leg(opened.leg).wait().unwrap();
    }
    assert_eq!(world.plane.counts().n_facts_lost, 6);
}
