use super::{
    Counts, Keys, Mki, PREVIOUS_KEY_PACKETS, Receiver, Refusal, SOURCES_MAX, Sender, Suite,
};
use crate::Error;
use proptest::prelude::*;

const SUITES: [Suite; 3] = Suite::ALL;

fn keys(suite: Suite, fill: u8) -> Keys {
    Keys::new(suite, &vec![fill; suite.master_bytes()]).expect("of the suite's length")
}

fn both(suite: Suite) -> (Sender, Receiver) {
    let keys = keys(suite, 7);
    (Sender::new(&keys), Receiver::new(&keys))
}

fn packet(ssrc: u32, sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 0];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0, 1, 0]);
    packet.extend(ssrc.to_be_bytes());
    packet.extend((0..160).map(|n: u8| n ^ 0x55));
    packet
}

fn sealed(sender: &mut Sender, ssrc: u32, sequence: u16) -> Vec<u8> {
    let mut packet = packet(ssrc, sequence);
    sender.protect(&mut packet).expect("sequence goes up");
    packet
}

fn report(ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 201, 0, 1];
    packet.extend(ssrc.to_be_bytes());
    packet
}

// RFC 3711 3.3.1
#[test]
fn stream_goes_on_over_the_end_of_a_cycle_in_any_order() {
    for suite in SUITES {
        let (mut sender, mut receiver) = both(suite);
        let mut sent: Vec<_> = [65_533, 65_534, 65_535, 0, 1, 2]
            .map(|sequence| (sequence, sealed(&mut sender, 5, sequence)))
            .into();
        sent.swap(2, 3);
        sent.swap(1, 4);
        for (sequence, mut datagram) in sent {
            receiver.open(&mut datagram).unwrap();
            assert_eq!(datagram, packet(5, sequence), "{suite:?}");
        }
        assert_eq!(receiver.counts().n_opened, 6);
    }
}

#[test]
fn call_whose_first_packets_are_lost_over_the_end_of_a_cycle_is_heard() {
    for suite in SUITES {
        let (mut sender, mut receiver) = both(suite);
        for sequence in [65_534, 65_535] {
            sealed(&mut sender, 5, sequence);
        }
        for sequence in 0..3 {
            let mut datagram = sealed(&mut sender, 5, sequence);
            assert_eq!(receiver.open(&mut datagram), Ok(()), "{suite:?}");
        }
    }
}

// RFC 3711 3.3.2
#[test]
fn replayed_packet_is_refused_and_counted() {
    for suite in SUITES {
        let (mut sender, mut receiver) = both(suite);
        let mut first = sealed(&mut sender, 5, 1);
        receiver.open(&mut first.clone()).unwrap();
        assert_eq!(receiver.open(&mut first.clone()), Err(Refusal::Replayed));
        for sequence in 2..300 {
            receiver
                .open(&mut sealed(&mut sender, 5, sequence))
                .unwrap();
        }
        assert_eq!(receiver.open(&mut first), Err(Refusal::Replayed));
        let mut control = report(5);
        sender.protect_control(&mut control).unwrap();
        receiver.open_control(&mut control.clone()).unwrap();
        let again = receiver.open_control(&mut control);
        assert_eq!(again, Err(Refusal::Replayed));
        assert_eq!(receiver.counts().n_replayed, 3);
    }
}

#[test]
fn every_changed_bit_is_noticed_and_the_stream_goes_on() {
    for suite in SUITES {
        let (mut sender, mut receiver) = both(suite);
        let mut good = sealed(&mut sender, 5, 1);
        // The version is looked at before the key; the header's other lies lead to another length or key.
        for byte in 0..good.len() {
            for bit in 0..8 {
                let mut changed = good.clone();
                changed[byte] ^= 1 << bit;
                assert!(
                    receiver.open(&mut changed).is_err(),
                    "{suite:?} {byte}.{bit}"
                );
            }
        }
        assert_eq!(receiver.open(&mut good), Ok(()));
        let mut control = report(5);
        sender.protect_control(&mut control).unwrap();
        for byte in 0..control.len() {
            let mut changed = control.clone();
            changed[byte] ^= 0x10;
            assert!(receiver.open_control(&mut changed).is_err(), "{byte}");
        }
        assert_eq!(receiver.open_control(&mut control), Ok(()));
        assert_eq!(control, report(5));
    }
}

#[test]
fn every_truncation_is_refused() {
    for suite in SUITES {
        let (mut sender, mut receiver) = both(suite);
        let good = sealed(&mut sender, 5, 1);
        for length in 0..good.len() {
            assert!(receiver.open(&mut good[..length].to_vec()).is_err());
        }
        let mut control = report(5);
        sender.protect_control(&mut control).unwrap();
        for length in 0..control.len() {
            assert!(
                receiver
                    .open_control(&mut control[..length].to_vec())
                    .is_err()
            );
        }
        assert_eq!(receiver.counts().n_opened, 0);
    }
}

#[test]
fn wrong_key_is_a_counted_refusal() {
    for suite in SUITES {
        let (mut sender, _) = both(suite);
        let mut receiver = Receiver::new(&keys(suite, 8));
        let refused = receiver.open(&mut sealed(&mut sender, 5, 1));
        assert_eq!(refused, Err(Refusal::Forged));
        let expected = Counts {
            n_forged: 1,
            ..Counts::default()
        };
        assert_eq!(receiver.counts(), expected);
    }
}

#[test]
fn forged_sources_take_no_room() {
    let (mut sender, mut receiver) = both(Suite::AesCm128HmacSha1Tag80);
    for ssrc in 0..10_000 {
        let mut forged = packet(ssrc, 1);
        forged.extend([0; 10]);
        assert_eq!(receiver.open(&mut forged), Err(Refusal::Forged));
    }
    assert!(receiver.current.sources.is_empty());
    assert_eq!(receiver.open(&mut sealed(&mut sender, 20_000, 1)), Ok(()));
}

#[test]
fn peer_that_changes_its_source_without_end_is_refused_at_the_limit() {
    let keys = keys(Suite::AeadAes128Gcm, 7);
    let mut receiver = Receiver::new(&keys);
    let n = u32::try_from(SOURCES_MAX).unwrap();
    for ssrc in 0..n {
        let mut sender = Sender::new(&keys);
        assert_eq!(receiver.open(&mut sealed(&mut sender, ssrc, 1)), Ok(()));
    }
    let mut one_more = sealed(&mut Sender::new(&keys), n, 1);
    assert_eq!(receiver.open(&mut one_more), Err(Refusal::Sources));
}

#[test]
fn new_key_is_taken_at_once_and_the_old_one_for_what_is_on_its_way() {
    for suite in SUITES {
        let (mut sender, mut receiver) = both(suite);
        receiver.open(&mut sealed(&mut sender, 5, 10)).unwrap();
        let mut late = sealed(&mut sender, 5, 11);
        let mut very_late = sealed(&mut sender, 5, 12);
        let next = keys(suite, 9);
        receiver.change_keys(&next);
        let mut sender = Sender::new(&next);
        assert_eq!(receiver.open(&mut sealed(&mut sender, 5, 13)), Ok(()));
        let mut opened = late.clone();
        assert_eq!(receiver.open(&mut opened), Ok(()), "{suite:?}");
        assert_eq!(opened, packet(5, 11));
        assert_eq!(receiver.open(&mut late), Err(Refusal::Replayed));
        for n in 0..u16::try_from(PREVIOUS_KEY_PACKETS).unwrap() {
            receiver.open(&mut sealed(&mut sender, 5, 14 + n)).unwrap();
        }
        let refused = receiver.open(&mut very_late);
        assert_eq!(refused, Err(Refusal::Forged));
    }
}

// RFC 3711 3.3.1 has the rollover counter go on under a new key; there are peers that begin again at zero.
#[test]
fn new_key_after_a_rollover_is_understood_whether_the_counter_goes_on_or_not() {
    for suite in SUITES {
        for keeps_counting in [true, false] {
            let (mut sender, mut receiver) = both(suite);
            for sequence in [65_535, 0, 1] {
                receiver
                    .open(&mut sealed(&mut sender, 5, sequence))
                    .unwrap();
            }
            let next = keys(suite, 9);
            receiver.change_keys(&next);
            let mut sender = Sender::new(&next);
            if keeps_counting {
                sealed(&mut sender, 5, 65_535);
            }
            let mut datagram = sealed(&mut sender, 5, 2);
            assert_eq!(receiver.open(&mut datagram), Ok(()), "{suite:?}");
            assert_eq!(receiver.open(&mut sealed(&mut sender, 5, 3)), Ok(()));
        }
    }
}

// RFC 3711 9.1
#[test]
fn sequence_number_is_never_sent_twice_under_one_key() {
    let (mut sender, _) = both(Suite::AeadAes128Gcm);
    sealed(&mut sender, 5, 10);
    sealed(&mut sender, 5, 12);
    sealed(&mut sender, 5, 11);
    sealed(&mut sender, 5, 200);
    for sequence in [10, 11, 12, 200, 72, 40_000] {
        let refused = sender.protect(&mut packet(5, sequence));
        assert_eq!(
            refused,
            Err(Error::Malformed("sequence number was sent before"))
        );
    }
    assert_eq!(sender.protect(&mut packet(5, 201)), Ok(()));
}

// RFC 3711 9.2
#[test]
fn key_is_not_used_beyond_its_lifetime() {
    let mut short = keys(Suite::AeadAes128Gcm, 7);
    short.lifetime = 2;
    let mut sender = Sender::new(&short);
    sealed(&mut sender, 5, 1);
    sealed(&mut sender, 5, 2);
    let refused = sender.protect(&mut packet(5, 3));
    assert_eq!(refused, Err(Error::Limit("SRTP packets under one key")));
}

#[test]
fn identifier_of_a_master_key_is_taken_off_and_another_one_refused() {
    for suite in SUITES {
        let mut known = keys(suite, 7);
        known.mki = Some(Mki(vec![0, 1]));
        let mut receiver = Receiver::new(&known);
        let mut sender = Sender::new(&known);
        for (sequence, mki, expected) in [(1, [0, 1], Ok(())), (2, [0, 2], Err(Refusal::Forged))] {
            let mut datagram = sealed(&mut sender, 5, sequence);
            let at = datagram.len() - suite.last_tag_bytes();
            datagram.splice(at..at, mki);
            assert_eq!(receiver.open(&mut datagram), expected, "{suite:?}");
        }
        let mut control = report(5);
        sender.protect_control(&mut control).unwrap();
        let at = control.len() - suite.last_tag_bytes();
        control.splice(at..at, [0, 1]);
        assert_eq!(receiver.open_control(&mut control), Ok(()));
        assert_eq!(control, report(5));
    }
}

#[test]
fn header_extensions_and_contributing_sources_are_authenticated_and_stay_readable() {
    for suite in SUITES {
        let (mut sender, mut receiver) = both(suite);
        let mut plain = vec![0x92, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5];
        plain.extend([
            0, 0, 0, 6, 0, 0, 0, 7, 0xBE, 0xDE, 0, 1, 0x10, 1, 0, 0, 9, 9, 9,
        ]);
        let mut datagram = plain.clone();
        sender.protect(&mut datagram).unwrap();
        assert_eq!(datagram[..28], plain[..28]);
        receiver.open(&mut datagram).unwrap();
        assert_eq!(datagram, plain);
    }
}

proptest! {
    #[test]
    fn random_bytes_are_refused_and_never_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        is_rtp in any::<bool>(),
    ) {
        for suite in SUITES {
            let mut known = keys(suite, 7);
            known.mki = Some(Mki(vec![1; 4]));
            for keys in [keys(suite, 7), known] {
                let mut bytes = bytes.clone();
                if let (true, Some(first)) = (is_rtp, bytes.first_mut()) {
                    *first = 0x80 | (*first & 0x3F);
                }
                let mut receiver = Receiver::new(&keys);
                receiver.change_keys(&keys);
                prop_assert!(receiver.open(&mut bytes.clone()).is_err());
                prop_assert!(receiver.open_control(&mut bytes).is_err());
            }
        }
    }
}
