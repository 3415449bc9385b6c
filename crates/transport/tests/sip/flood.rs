//! A stranger who sends two thousand calls a second, beside a call that is up.

use crate::phone::{Line, Manner, settings};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tandem_sip::admission::{Rate, Sources, Subnet};
use tandem_sip::user_agent::Cause;
use tandem_transport::sip::{Dropped, Kind, Settings};
use tokio::net::UdpSocket;
use tokio::time::{MissedTickBehavior, interval};

const PER_SECOND: u32 = 2_000;
const SECONDS: u32 = 3;
const PER_TICK: u32 = 20;

fn invite(n: u32, to: SocketAddr) -> String {
    format!(
        "INVITE sip:100@{to} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.9;branch=z9hG4bKflood{n}\r\n\
         From: <sip:100@127.0.0.9>;tag=s{n}\r\nTo: <sip:100@{to}>\r\nCall-ID: flood{n}\r\n\
         CSeq: 1 INVITE\r\nContact: <sip:100@127.0.0.9>\r\nMax-Forwards: 70\r\n\
         User-Agent: friendly-scanner\r\nContent-Length: 0\r\n\r\n"
    )
}

async fn flood(to: SocketAddr) {
    let stranger = UdpSocket::bind("127.0.0.9:0").await.unwrap();
    // It sends at its pace, whatever comes back.
    let mut tick = interval(Duration::from_secs(1) * PER_TICK / PER_SECOND);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for first in (0..PER_SECOND * SECONDS).step_by(PER_TICK as usize) {
        tick.tick().await;
        for n in first..first + PER_TICK {
            stranger
                .send_to(invite(n, to).as_bytes(), to)
                .await
                .unwrap();
        }
    }
}

async fn call_stays_up_beside_a_flood(settings_of_bob: Settings, why: Dropped, n_let_in: u64) {
    let mut alice = Line::start(settings(Kind::Udp), Manner::Talks).await;
    let mut bob = Line::start(settings_of_bob, Manner::HangsUp).await;
    let call = alice.call(&bob).await;
    alice.until_answered().await;
    flood(bob.address).await;
    // On a machine that is busy the kernel drops some itself.
    let n_seen = u64::from(PER_SECOND * SECONDS) * 9 / 10;
    bob.until_counts("nearly all of it seen", |counts| {
        counts.n_dropped(why) + n_let_in >= n_seen
    })
    .await;
    let sizes = bob.act(|side| side.ua.sizes()).await;
    assert!(
        sizes.n_calls <= usize::try_from(n_let_in).unwrap() + 1,
        "{sizes:?}"
    );

    let began = Instant::now();
    let next = alice.call(&bob).await;
    assert_eq!(alice.until_answered().await, next);
    // T1 is half a second: it was answered without a repetition.
    assert!(began.elapsed() < Duration::from_millis(500), "at once");
    for call in [next, call] {
        alice.hang_up(call).await;
        assert_eq!(alice.until_ended().await, Cause::Ours);
        assert_eq!(bob.until_ended().await, Cause::HungUp);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn call_stays_up_beside_a_flood_of_strangers_who_are_not_permitted() {
    let mut settings = settings(Kind::Udp);
    let trunk = Subnet::parse("127.0.0.1").unwrap();
    settings.listeners[0].sources = Sources::Only(vec![trunk]);
    call_stays_up_beside_a_flood(settings, Dropped::ForeignDatagram, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn call_stays_up_beside_a_flood_where_everybody_may_call() {
    let mut settings = settings(Kind::Udp);
    settings.listeners[0].rate = Some(Rate {
        per_second: 20,
        at_once: 40,
    });
    // What three seconds and a burst let in; a slow machine gives the flood some more time.
    call_stays_up_beside_a_flood(settings, Dropped::OverRate, 400).await;
}
