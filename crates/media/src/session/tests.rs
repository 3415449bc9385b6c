use super::{Arrival, Dropped, Network, Protection, Session, Settings, SourceChange};
use crate::checkpoint::{Reader, Writer};
use crate::rtcp::Presence;
use crate::rtp::{Marker, Packet, Stamp};
use crate::srtp::{Keys, Refusal, Suite};
use crate::{Micros, relay::Relay};
use proptest::prelude::*;
use std::net::SocketAddr;

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

const THEM: u16 = 4_000;

fn settings(ssrc: u32, protection: Protection) -> Settings {
    Settings {
        ssrc,
        sequence: 32_760,
        timestamp: 1_000,
        name: "d2Fpdw".into(),
        protection,
        expected: Some(address(THEM)),
        networks: Vec::new(),
    }
}

fn keys(fill: u8) -> Keys {
    Keys::new(Suite::AesCm128HmacSha1Tag80, &[fill; 30]).expect("of the suite's length")
}

/// Both ends of a call.
fn both(is_protected: bool) -> (Session, Session) {
    let protection = |ours, theirs| {
        if is_protected {
            let (ours, theirs) = (keys(ours), keys(theirs));
            Protection::Srtp { ours, theirs }
        } else {
            Protection::None
        }
    };
    (
        Session::new(&settings(1, protection(1, 2))),
        Session::new(&settings(2, protection(2, 1))),
    )
}

fn sent(session: &mut Session, n: u32) -> Vec<u8> {
    let mut datagram = Vec::new();
    let now = Micros::from(n) * 20_000;
    session
        .send(now, Marker::Clear, 8, 160 * n, &[7; 160], &mut datagram)
        .expect("a usual packet");
    datagram
}

fn received(session: &mut Session, from: u16, datagram: &[u8]) -> Result<Arrival, Dropped> {
    session.receive(0, address(from), &mut datagram.to_vec())
}

fn plain(ssrc: u32, sequence: u16) -> Vec<u8> {
    let mut datagram = Vec::new();
    let stamp = Stamp {
        marker: Marker::Clear,
        payload_type: 8,
        sequence,
        timestamp: u32::from(sequence) * 160,
        ssrc,
    };
    stamp.begin(&mut datagram);
    datagram.extend([9; 160]);
    datagram
}

fn change(arrival: Result<Arrival, Dropped>) -> Result<SourceChange, Dropped> {
    match arrival? {
        Arrival::Media(arrived) => Ok(arrived.source),
        Arrival::Control(_) => panic!("a report is no media"),
    }
}

#[test]
fn what_one_side_sends_the_other_receives() {
    for is_protected in [false, true] {
        let (mut here, mut there) = both(is_protected);
        for n in 0..40 {
            let mut datagram = sent(&mut here, n);
            let arrival = there.receive(0, address(THEM), &mut datagram).unwrap();
            let Arrival::Media(arrived) = arrival else {
                panic!("media");
            };
            assert_eq!(datagram[arrived.payload], [7; 160]);
            let expected = if n == 0 {
                SourceChange::New
            } else {
                SourceChange::Same
            };
            assert_eq!(arrived.source, expected);
        }
        assert_eq!(there.counts().n_media, 40);
    }
}

// Without keys the address is all that tells the other side from somebody who guesses the port.
#[test]
fn stranger_is_refused_once_the_other_side_was_heard() {
    let (_, mut here) = both(false);
    received(&mut here, THEM, &plain(5, 1)).unwrap();
    let stranger = received(&mut here, 666, &plain(5, 2));
    assert_eq!(stranger, Err(Dropped::Stranger));
    assert_eq!(
        received(&mut here, 666, &plain(6, 1)),
        Err(Dropped::Stranger)
    );
    assert_eq!(here.destination(), Some(address(THEM)));
    assert_eq!(here.counts().n_strangers, 2);
}

#[test]
fn other_side_behind_a_translator_is_found_and_gives_way_to_who_was_expected() {
    let (_, mut here) = both(false);
    received(&mut here, 5_000, &plain(5, 1)).unwrap();
    assert_eq!(here.destination(), Some(address(5_000)));
    assert_eq!(
        received(&mut here, 5_001, &plain(5, 2)),
        Err(Dropped::Stranger)
    );
    received(&mut here, THEM, &plain(5, 2)).unwrap();
    assert_eq!(here.destination(), Some(address(THEM)));
    assert_eq!(
        received(&mut here, 5_000, &plain(5, 3)),
        Err(Dropped::Stranger)
    );
}

#[test]
fn key_proves_who_sends_from_another_address_and_its_lack_is_no_way_in() {
    let (mut there, mut here) = both(true);
    received(&mut here, THEM, &sent(&mut there, 0)).unwrap();
    received(&mut here, 5_000, &sent(&mut there, 1)).unwrap();
    assert_eq!(here.destination(), Some(address(5_000)));
    let forged = received(&mut here, 666, &[plain(1, 32_770), vec![0; 10]].concat());
    assert_eq!(forged, Err(Dropped::Refused(Refusal::Forged)));
    let unprotected = received(&mut here, THEM, &plain(1, 32_771));
    assert!(unprotected.is_err());
    assert_eq!(here.destination(), Some(address(5_000)));
}

#[test]
fn signalling_moves_the_other_side() {
    let (_, mut here) = both(false);
    received(&mut here, THEM, &plain(5, 1)).unwrap();
    here.expect(address(7_000), Vec::new());
    assert_eq!(here.destination(), Some(address(7_000)));
    received(&mut here, 7_000, &plain(5, 2)).unwrap();
    assert_eq!(
        received(&mut here, THEM, &plain(5, 3)),
        Err(Dropped::Stranger)
    );
}

// RFC 3550 8.2
// Without a key a packet from another network is nobody's, even before the other side was heard.
#[test]
fn unproved_sender_is_in_the_networks_that_were_named_or_a_stranger() {
    let mut settings = settings(2, Protection::None);
    settings.networks = vec![Network::around(address(0).ip())];
    let mut here = Session::new(&settings);
    let elsewhere = SocketAddr::from(([192, 0, 3, 1], THEM));
    let from_elsewhere = here.receive(0, elsewhere, &mut plain(5, 1));
    assert_eq!(from_elsewhere, Err(Dropped::Stranger));
    let neighbor = SocketAddr::from(([192, 0, 2, 77], 9_000));
    here.receive(0, neighbor, &mut plain(5, 1)).unwrap();
    assert_eq!(here.destination(), Some(neighbor));
    let v6 = |text: &str| text.parse().unwrap();
    assert!(Network::around(v6("2001:db8::1")).contains(v6("2001:db8::2")));
    assert!(!Network::around(v6("2001:db8::1")).contains(v6("2001:db8:0:1::1")));
    assert!(Network::around(v6("192.0.2.1")).contains(v6("::ffff:192.0.2.9")));
    assert!(!Network::around(v6("192.0.2.1")).contains(v6("2001:db8::1")));
}

fn checkpoint(session: &Session) -> Vec<u8> {
    let mut writer = Writer::new();
    session.write_checkpoint(&mut writer).unwrap();
    writer.finish().to_vec()
}

fn restored(bytes: &[u8]) -> Session {
    Session::restore(&mut Reader::new(bytes), 77, 5, 0, Vec::new()).unwrap()
}

// RFC 3711 3.3.1, 3.3.2, 9.1
#[test]
fn restarted_session_opens_what_comes_behind_a_rollover_and_sends_under_a_source_of_its_own() {
    let (mut there, mut here) = both(true);
    let mut last = Vec::new();
    for n in 0..40_000 {
        last = sent(&mut there, n);
        received(&mut here, THEM, &last).unwrap();
    }
    let bytes = checkpoint(&here);
    // Some that nobody was there for.
    for n in 40_000..50_000 {
        sent(&mut there, n);
    }
    let mut here = restored(&bytes);
    assert_eq!(
        received(&mut here, THEM, &last),
        Err(Dropped::Refused(Refusal::Replayed))
    );
    received(&mut here, THEM, &sent(&mut there, 50_000)).unwrap();
    assert_eq!(here.destination(), Some(address(THEM)));
    let from_here = sent(&mut here, 0);
    assert_eq!(Stamp::read(&from_here).unwrap().ssrc, 77);
    received(&mut there, THEM, &from_here).unwrap();
    for length in 0..bytes.len() {
        let cut = Session::restore(&mut Reader::new(&bytes[..length]), 1, 1, 1, Vec::new());
        assert!(cut.is_err(), "{length}");
    }
}

#[test]
fn restarted_session_without_keys_knows_where_the_other_side_is() {
    let (_, mut here) = both(false);
    received(&mut here, 5_000, &plain(5, 1)).unwrap();
    let mut here = restored(&checkpoint(&here));
    assert_eq!(here.destination(), Some(address(5_000)));
    received(&mut here, 5_000, &plain(5, 2)).unwrap();
    assert_eq!(
        received(&mut here, 666, &plain(5, 3)),
        Err(Dropped::Stranger)
    );
}

#[test]
fn new_source_is_believed_at_its_second_packet_or_at_once_with_the_key() {
    let (_, mut here) = both(false);
    received(&mut here, THEM, &plain(5, 1)).unwrap();
    assert_eq!(
        received(&mut here, THEM, &plain(6, 9)),
        Err(Dropped::Suspect)
    );
    assert_eq!(
        change(received(&mut here, THEM, &plain(5, 2))),
        Ok(SourceChange::Same)
    );
    assert_eq!(
        change(received(&mut here, THEM, &plain(6, 10))),
        Ok(SourceChange::New)
    );
    assert_eq!(here.counts().n_suspect, 1);

    let (mut there, mut here) = both(true);
    received(&mut here, THEM, &sent(&mut there, 0)).unwrap();
    there.change_keys(&keys(8), &keys(9), 77);
    here.change_keys(&keys(9), &keys(8), 78);
    assert_eq!(
        change(received(&mut here, THEM, &sent(&mut there, 1))),
        Ok(SourceChange::New)
    );
}

#[test]
fn keys_change_in_a_call_without_a_lost_packet() {
    let (mut here, mut there) = both(true);
    for n in 0..10 {
        received(&mut there, THEM, &sent(&mut here, n)).unwrap();
    }
    let on_its_way = sent(&mut here, 10);
    here.change_keys(&keys(8), &keys(9), 77);
    there.change_keys(&keys(9), &keys(8), 78);
    assert!(received(&mut there, THEM, &sent(&mut here, 11)).is_ok());
    assert!(received(&mut there, THEM, &on_its_way).is_ok());
    assert!(received(&mut there, THEM, &sent(&mut here, 12)).is_ok());
}

#[test]
fn reports_tell_loss_and_round_trip_to_both_sides() {
    for is_protected in [false, true] {
        let (mut here, mut there) = both(is_protected);
        assert_eq!(here.poll_timeout(), None);
        for n in 0..100 {
            let datagram = sent(&mut here, n);
            if n % 4 != 3 {
                received(&mut there, THEM, &datagram).unwrap();
            }
            received(&mut here, THEM, &sent(&mut there, n)).unwrap();
        }
        assert_eq!(here.poll_timeout(), Some((0, "an RTCP report is due")));
        let mut report = Vec::new();
        here.report(2_000_000, Presence::Stays, &mut report)
            .unwrap();
        let (next, _) = here.poll_timeout().unwrap();
        assert!((6_000_000..8_000_000).contains(&next));
        there
            .receive(2_030_000, address(THEM + 1), &mut report)
            .unwrap();
        there
            .report(3_000_000, Presence::Stays, &mut report)
            .unwrap();
        here.receive(3_030_000, address(THEM + 1), &mut report)
            .unwrap();
        let quality = here.quality();
        assert!((62..=64).contains(&quality.lost_there.unwrap()));
        let trip = quality.round_trip.unwrap();
        assert!((trip - 60_000).abs() < 100, "{trip}");
        assert_eq!((quality.n_lost, there.quality().n_lost), (0, 24));
    }
}

#[test]
fn who_leaves_says_so_and_strangers_cannot_say_it() {
    let (mut here, mut there) = both(false);
    received(&mut there, THEM, &sent(&mut here, 0)).unwrap();
    let mut report = Vec::new();
    here.report(0, Presence::Leaves, &mut report).unwrap();
    let stranger = SocketAddr::from(([203, 0, 113, 9], THEM));
    let refused = there.receive(0, stranger, &mut report.clone());
    assert_eq!(refused, Err(Dropped::Stranger));
    let taken = there.receive(0, address(THEM), &mut report);
    assert_eq!(taken, Ok(Arrival::Control(Presence::Leaves)));
}

#[test]
fn relay_keeps_gaps_and_order_and_hides_where_packets_come_from() {
    let (mut caller, mut from) = both(true);
    let (mut to, mut agent) = both(true);
    let mut relay = Relay::default();
    let mut sequences = Vec::new();
    for n in [0, 1, 2, 4, 3, 5, 9] {
        let mut datagram = plain(1, 100 + n);
        // Something that tells of the network behind: it does not go on.
        datagram[0] |= 0x10;
        datagram.splice(12..12, [0xBE, 0xDE, 0, 1, 1, 2, 3, 4]);
        let stamp = Stamp::read(&datagram).unwrap();
        caller.seal(0, stamp, &mut datagram).unwrap();
        let arrival = from.receive(0, address(THEM), &mut datagram).unwrap();
        let Arrival::Media(arrived) = arrival else {
            panic!("media");
        };
        relay.pass(0, arrived, 0, &mut to, &mut datagram).unwrap();
        agent.receive(0, address(THEM), &mut datagram).unwrap();
        let packet = Packet::parse(&datagram).unwrap();
        assert_eq!((packet.ssrc, packet.payload_type), (1, 0));
        assert_eq!((packet.payload, packet.extension), (&[9; 160][..], None));
        let expected = if n == 0 { Marker::Set } else { Marker::Clear };
        assert_eq!(packet.marker, expected);
        sequences.push((packet.sequence, packet.timestamp));
    }
    let (first, start) = sequences[0];
    let after: Vec<_> = sequences
        .iter()
        .map(|(sequence, timestamp)| {
            (
                sequence.wrapping_sub(first),
                timestamp.wrapping_sub(start) / 160,
            )
        })
        .collect();
    assert_eq!(
        after,
        [(0, 0), (1, 1), (2, 2), (4, 4), (3, 3), (5, 5), (9, 9)]
    );
}

#[test]
fn relay_goes_on_where_something_else_was_sent() {
    let (mut caller, mut from) = both(false);
    let (mut to, _) = both(false);
    let mut relay = Relay::default();
    let mut pass = |to: &mut Session, n: u32| {
        let mut datagram = sent(&mut caller, n);
        let now = Micros::from(n) * 20_000;
        let arrival = from.receive(now, address(THEM), &mut datagram).unwrap();
        let Arrival::Media(arrived) = arrival else {
            panic!("media");
        };
        if n == 20 {
            relay.interrupt();
        }
        relay.pass(now, arrived, 8, to, &mut datagram).unwrap();
        Stamp::read(&datagram).unwrap()
    };
    let before = pass(&mut to, 0);
    let mut prompt = Vec::new();
    let timestamp = before.timestamp + 1_600;
    to.send(200_000, Marker::Set, 8, timestamp, &[1; 160], &mut prompt)
        .unwrap();
    let after = pass(&mut to, 20);
    assert_eq!(after.sequence, before.sequence.wrapping_add(2));
    assert_eq!(after.timestamp, timestamp + 1_600);
    assert_eq!(after.marker, Marker::Set);
}

proptest! {
    #[test]
    fn random_datagrams_never_panic_and_each_is_counted(
        datagrams in proptest::collection::vec(
            (any::<bool>(), 0_u16..3, proptest::collection::vec(any::<u8>(), 0..120)), 1..60),
    ) {
        for is_protected in [false, true] {
            let (_, mut session) = both(is_protected);
            let n = u64::try_from(datagrams.len()).unwrap();
            let mut n_taken = 0;
            for (is_rtp, port, mut datagram) in datagrams.clone() {
                if let (true, Some(first)) = (is_rtp, datagram.first_mut()) {
                    *first = 0x80 | (*first & 0x3F);
                }
                n_taken += u64::from(session.receive(0, address(port), &mut datagram).is_ok());
            }
            let counts = session.counts();
            prop_assert_eq!(counts.n_media + counts.n_control, n_taken);
            let n_counted = counts.n_media + counts.n_control + counts.n_malformed
                + counts.n_strangers + counts.n_refused + counts.n_suspect;
            prop_assert_eq!(n_counted, n);
        }
    }
}
