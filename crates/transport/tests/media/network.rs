//! Strangers, replays, loss, silence, reports, and legs that live on after a restart.

use crate::phone::{Phone, Voice, World, level, live, settings};
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;
use tandem_media::codec::Codec;
use tandem_media::ice::{Check, Credentials};
use tandem_media::mixer::Supervision;
use tandem_media::session::Arrival;
use tandem_transport::media::{
    Agreed, Control, Direction, Fact, Latching, LegId, Network, Quality, Remote, Settings, Target,
};

fn closed(world: &mut World, leg: LegId) -> Quality {
    world.plane.close_leg(leg).wait().expect("the plane runs");
    world.wait("the leg is closed", |fact| {
        let Fact::Closed {
            leg: closed,
            quality,
        } = fact
        else {
            return None;
        };
        (*closed == leg).then_some(*quality)
    })
}

fn pair(world: &World, voice: Voice) -> (Phone, Phone) {
    let conversation = world.conversation();
    let customer = world.phone(conversation, voice);
    let agent = world.phone(
        conversation,
        Voice {
            hertz: 700.0,
            ..voice
        },
    );
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .expect("the plane runs");
    (customer, agent)
}

#[test]
fn stranger_without_the_key_and_replays_are_dropped_and_counted() {
    let mut world = World::new(settings());
    let (mut customer, mut agent) = pair(&world, Voice::of(Codec::Pcma, 400.0));
    let stranger = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let peer = customer.peer.unwrap();
    let first = customer.spoken();
    customer.send(&first);
    agent.listen();
    let mut forged = first.clone();
    forged[20] ^= 1;
    let nobodys: [&[u8]; 5] = [&first, &forged, &[0x80, 8, 0, 1], &[0; 2_048], &[]];
    for datagram in nobodys {
        stranger.send_to(datagram, peer).unwrap();
        customer.send(datagram);
    }
    // The customer has another address now, and the key proves it.
    let moved = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    moved.send_to(&customer.spoken(), peer).unwrap();
    agent.listen();
    agent.talk();
    let mut buffer = [0; 2_048];
    moved
        .set_read_timeout(Some(crate::phone::DEADLINE))
        .unwrap();
    assert!(moved.recv_from(&mut buffer).unwrap().0 > 100);
    let dropped = world.plane.counts().n_dropped;
    assert_eq!(dropped, 10);
    let quality = closed(&mut world, customer.leg());
    assert_eq!(quality.packets.n_media, 2, "{quality:?}");
    // A check of ICE without ICE is nobody's either, and no packet of the session.
    assert_eq!(quality.packets.n_refused + quality.packets.n_malformed, 8);
}

#[test]
fn without_a_key_only_the_signalled_network_is_listened_to() {
    let mut world = World::new(settings());
    let conversation = world.conversation();
    let voice = Voice::plain(Codec::Pcma, 400.0);
    let mut agent = world.phone(conversation, voice);
    let mut customer = Phone::new(voice);
    let mut leg_settings = customer.leg_settings();
    let elsewhere = "198.51.100.7:4000".parse().unwrap();
    let agreed = Agreed {
        remote: Some(Remote::at(elsewhere)),
        ..customer.agreed()
    };
    leg_settings.agreed = Some(agreed);
    let opened = world.plane.open_leg(conversation, leg_settings).unwrap();
    customer.join(opened);
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .unwrap();
    // Loopback is not in 198.51.100.0/24.
    for _ in 0..3 {
        customer.talk();
    }
    world.until("all are dropped", |plane| plane.counts().n_dropped == 3);
    assert_eq!(closed(&mut world, customer.leg()).packets.n_strangers, 3);
    // A trunk's own networks are named.
    let mut leg_settings = customer.leg_settings();
    leg_settings.latching = Latching::Networks(vec![Network::new(Ipv4Addr::LOCALHOST.into(), 8)]);
    leg_settings.agreed = Some(Agreed {
        remote: Some(Remote::at(elsewhere)),
        ..customer.agreed()
    });
    let opened = world.plane.open_leg(conversation, leg_settings).unwrap();
    customer.join(opened);
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .unwrap();
    customer.talk();
    agent.listen();
    agent.talk();
    customer.listen();
}

// B-007, A.9: what comes before the answer is nobody's yet.
#[test]
fn leg_without_an_answer_takes_nothing_and_begins_with_it() {
    let mut world = World::new(settings());
    let conversation = world.conversation();
    let mut agent = world.phone(conversation, Voice::of(Codec::Pcma, 700.0));
    let mut customer = Phone::new(Voice::of(Codec::Pcma, 400.0));
    let mut leg_settings = customer.leg_settings();
    leg_settings.agreed = None;
    let opened = world.plane.open_leg(conversation, leg_settings).unwrap();
    customer.join(opened);
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .unwrap();
    customer.talk();
    world.until("it is dropped", |plane| plane.counts().n_dropped == 1);
    world
        .plane
        .update_leg(customer.leg(), customer.agreed())
        .wait()
        .unwrap();
    customer.talk();
    agent.listen();
    assert_eq!(agent.media.session().counts().n_media, 1);
    assert_eq!(closed(&mut world, customer.leg()).n_early, 1);
}

// RFC 8445 2.5, B-007: several clients check, before and after the answer; who nominates gets the sound.
#[test]
fn sound_takes_the_way_that_ice_nominates() {
    let world = World::new(settings());
    let conversation = world.conversation();
    let mut agent = world.phone(conversation, Voice::of(Codec::Pcma, 700.0));
    let mut customer = Phone::new(Voice::of(Codec::Pcma, 400.0));
    let ours = Credentials::new("evtj", "VOkJxbRl1RmTxUk/WvJxBt").unwrap();
    let mut leg_settings = customer.leg_settings();
    leg_settings.ice = Some(ours.clone());
    leg_settings.agreed = None;
    let opened = world.plane.open_leg(conversation, leg_settings).unwrap();
    customer.join(opened);
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .unwrap();
    let clients: Vec<UdpSocket> = (0..2).map(|_| crate::phone::socket()).collect();
    let mut buffer = [0; 2_048];
    for (client, check) in clients.iter().zip([Check::Valid, Check::Nominates]) {
        let message = ours.check("h6vY", &[1; 12], check);
        client.send_to(&message, opened.local).unwrap();
        client.recv_from(&mut buffer).expect("an answer in time");
        assert_eq!(buffer[..2], [1, 1]);
    }
    world
        .plane
        .update_leg(customer.leg(), customer.agreed())
        .wait()
        .unwrap();
    agent.talk();
    // The first is the report that every leg begins with.
    let mut kinds = Vec::new();
    for _ in 0..2 {
        clients[1].recv_from(&mut buffer).expect("sound in time");
        kinds.push(buffer[1] & 0x7F);
    }
    assert_eq!(kinds, [201 & 0x7F, 8]);
    let restarted = Credentials::new("abcd", "VOkJxbRl1RmTxUk/WvJxXX").unwrap();
    world
        .plane
        .restart_ice(customer.leg(), restarted.clone())
        .wait()
        .unwrap();
    let message = restarted.check("h6vY", &[2; 12], Check::Nominates);
    clients[0].send_to(&message, opened.local).unwrap();
    let (n, _) = clients[0].recv_from(&mut buffer).unwrap();
    assert!(n > 20);
    agent.talk();
    clients[0].recv_from(&mut buffer).expect("sound in time");
    assert_eq!(buffer[1] & 0x7F, 8);
    // With the old password nobody is answered any more.
    let late = ours.check("h6vY", &[3; 12], Check::Nominates);
    clients[1].send_to(&late, opened.local).unwrap();
    agent.talk();
    clients[0].recv_from(&mut buffer).expect("sound in time");
    world.until("it is dropped", |plane| plane.counts().n_dropped == 1);
}

struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % n
    }
}

// 20 % loss and reordering, in a mix.
#[test]
fn voice_is_heard_through_a_fifth_of_loss_with_reordering() {
    let mut world = World::new(settings());
    let conversation = world.conversation();
    let mut customer = world.phone(conversation, Voice::of(Codec::Pcma, 400.0));
    let mut agent = world.phone(conversation, Voice::of(Codec::Pcma, 700.0));
    let mut supervisor = world.phone(conversation, Voice::of(Codec::Pcma, 1_100.0));
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
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let mut held: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut heard = Vec::new();
    for n in 0..150 {
        let said = customer.spoken();
        if chance.below(5) > 0 {
            held.push((n + chance.below(3), said));
        }
        held.retain(|(at, said)| {
            if *at <= n {
                customer.send(said);
            }
            *at > n
        });
        agent.talk();
        supervisor.talk();
        customer.listen();
        heard.extend(agent.listen());
        supervisor.listen();
    }
    let level = level(&heard[50 * 320..], 400.0);
    assert!(level > 4_000.0, "{level}");
    let quality = closed(&mut world, customer.leg());
    assert!((15..=45).contains(&quality.line.n_lost), "{quality:?}");
    assert!(quality.n_concealed >= 15, "{quality:?}");
}

#[test]
fn leg_of_which_nothing_comes_is_told_of_once_until_it_is_heard_again() {
    let mut world = World::new(Settings {
        silent_after: Duration::from_millis(100),
        ..settings()
    });
    let (mut customer, agent) = pair(&world, Voice::of(Codec::Pcma, 400.0));
    let is_silent = |leg: LegId| {
        move |fact: &Fact| {
            matches!(fact, Fact::LegSilent { leg: silent, .. } if *silent == leg).then_some(())
        }
    };
    world.wait("the customer is silent", is_silent(customer.leg()));
    world.wait("the agent is silent", is_silent(agent.leg()));
    customer.talk();
    let leg = customer.leg();
    world.wait("the customer is heard", |fact| {
        matches!(fact, Fact::LegHeard { leg: heard } if *heard == leg).then_some(())
    });
    world.wait("the customer is silent again", is_silent(leg));
    // On hold nothing is to come.
    let inactive = Agreed {
        direction: Direction::Inactive,
        ..agent.agreed()
    };
    world
        .plane
        .update_leg(agent.leg(), inactive)
        .wait()
        .unwrap();
    customer.talk();
    world.wait("the customer is silent a third time", is_silent(leg));
    let agent = agent.leg();
    assert!(!world.was_told(|fact| matches!(fact, Fact::LegSilent { leg, .. } if *leg == agent)));
}

// RFC 3550 6: reports are sent from the start, to the port that was signalled.
#[test]
fn reports_come_at_once_and_goodbye_with_the_last_on_either_port() {
    for control in [Control::Multiplexed, Control::OwnPort] {
        let world = World::new(settings());
        let conversation = world.conversation();
        let voice = Voice {
            control,
            ..Voice::of(Codec::Pcma, 400.0)
        };
        let mut phone = world.phone(conversation, voice);
        assert_eq!(phone.control_peer.is_some(), control == Control::OwnPort);
        if let Some(control) = phone.control_peer {
            assert_eq!(control.port(), phone.peer.unwrap().port() + 1);
        }
        let leg = phone.leg();
        let socket = phone
            .control
            .take()
            .unwrap_or_else(|| phone.socket.try_clone().unwrap());
        let mut leaves = Vec::new();
        for n in 0..2 {
            let mut buffer = [0; 2_048];
            let (length, from) = socket.recv_from(&mut buffer).expect("a report in time");
            let mut datagram = buffer[..length].to_vec();
            match phone
                .media
                .receive(0, from, &mut datagram)
                .expect("a report")
            {
                Arrival::Control(presence) => leaves.push(presence),
                Arrival::Media(_) => panic!("nobody speaks"),
            }
            if n == 0 {
                world.plane.close_leg(leg).wait().unwrap();
            }
        }
        assert_eq!(leaves.len(), 2);
    }
}

// Sealed checkpoints: after a restart the call goes on, on the same port, with the keys that it had.
#[test]
fn leg_goes_on_after_a_restart() {
    let ports = free_ports();
    let range = Settings {
        ports: ports..=ports + 19,
        ..settings()
    };
    let world = World::new(range.clone());
    let voice = Voice::of(Codec::Pcma, 400.0);
    let (mut customer, mut agent) = pair(&world, voice);
    live(&mut [&mut customer, &mut agent], 10);
    let checkpoints =
        [customer.leg(), agent.leg()].map(|leg| world.plane.checkpoint(leg).wait().unwrap());
    // The old process is killed: it says no goodbye that anybody would believe, and frees its ports.
    world.plane.shut_down();
    drop(world);
    let mut world = World::new(range);
    let conversation = world.conversation();
    for (phone, checkpoint) in [&mut customer, &mut agent].into_iter().zip(&checkpoints) {
        let opened = world.plane.restore_leg(conversation, checkpoint).unwrap();
        assert_eq!(
            Some(opened.local),
            phone.peer,
            "the address that the other side knows"
        );
        phone.leg = Some(opened.leg);
        let again = world.plane.restore_leg(conversation, checkpoint);
        assert!(again.is_err(), "its port is taken");
    }
    world
        .plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .unwrap();
    let mut phones = [&mut customer, &mut agent];
    live(&mut phones, 10);
    let heard = live(&mut phones, 20);
    assert!(level(&heard[0], 700.0) > 4_000.0);
    assert!(level(&heard[1], 400.0) > 4_000.0);
    let leg = customer.leg();
    let quality = closed(&mut world, leg);
    assert_eq!((quality.packets.n_refused, quality.line.n_lost), (0, 0));
    for length in 0..checkpoints[0].len() {
        assert!(
            world
                .plane
                .restore_leg(conversation, &checkpoints[0][..length])
                .is_err(),
            "{length}"
        );
    }
    assert!(world.plane.checkpoint(leg).wait().is_err());
    assert!(world.plane.stop(Target::Leg(leg)).wait().is_err());
}

/// Twenty ports that nobody has: below those that the operating system gives.
pub(crate) fn free_ports() -> u16 {
    let is_free = |port: u16| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let mut starts = (0..600_u16).map(|n| {
        10_000 + (n + u16::try_from(std::process::id() % 600).expect("the plane runs")) % 600 * 20
    });
    starts
        .find(|start| (*start..start + 20).all(is_free))
        .expect("twenty free ports")
}
