//! Whole calls between two of our sides, and what becomes of them when a connection goes.

use crate::phone::{DEADLINE, Fact, Line, Manner, loopback, settings};
use std::net::SocketAddr;
use std::sync::Arc;
use tandem_sip::user_agent::Cause;
use tandem_transport::sip::{Closing, Direction, Dropped, Kind, Names};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::timeout;

async fn call_is_answered_and_hung_up(kind: fn() -> Kind) {
    let mut alice = Line::start(settings(kind()), Manner::Talks).await;
    let mut bob = Line::start(settings(kind()), Manner::Talks).await;
    for _ in 0..3 {
        let call = alice.call(&bob).await;
        assert_eq!(alice.until_answered().await, call);
        let bobs = bob.until_confirmed().await;
        // Direct Routing A.3: his BYE goes out on a connection of his own.
        bob.hang_up(bobs).await;
        assert_eq!(alice.until_ended().await, Cause::HungUp);
        assert_eq!(bob.until_ended().await, Cause::Ours);
    }
    for line in [&alice, &bob] {
        let counts = line.counts().await;
        let is_stream = line.transport != tandem_sip::flow::Transport::Udp;
        assert_eq!(
            (counts.n_opened, counts.n_accepted),
            (1, usize::from(is_stream)),
            "one connection each way for all calls"
        );
        for why in Dropped::ALL {
            assert_eq!(counts.n_dropped(why), 0, "{}", why.as_str());
        }
    }
    alice.stop().await;
    bob.stop().await;
}

#[tokio::test]
async fn calls_over_udp_are_answered_and_hung_up() {
    call_is_answered_and_hung_up(|| Kind::Udp).await;
}

#[tokio::test]
async fn calls_over_tcp_are_answered_and_hung_up() {
    call_is_answered_and_hung_up(|| Kind::Tcp).await;
}

#[tokio::test]
async fn call_to_nobody_ends_at_once_and_says_why() {
    let closed = TcpListener::bind(loopback()).await.unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let mut alice = Line::start(settings(Kind::Tcp), Manner::Talks).await;
    alice.call_to("127.0.0.1", port).await;
    let why = alice.until_closed("closed connection").await;
    assert_eq!(
        why,
        Closing::NotConnected(std::io::ErrorKind::ConnectionRefused)
    );
    assert_eq!(alice.until_ended().await, Cause::Unreachable);
    assert_eq!(alice.counts().await.n_opened, 0);
}

#[tokio::test]
async fn call_to_a_name_without_address_ends_and_says_why() {
    for kind in [Kind::Udp, Kind::Tcp] {
        let mut alice = Line::start(settings(kind), Manner::Talks).await;
        let mut names = Names::default();
        names.set("nowhere.example", Vec::new());
        alice.handle.set_names(names).await.unwrap();
        alice.call_to("nowhere.example", 5_060).await;
        let why = alice.until_closed("closed connection").await;
        assert_eq!(why, Closing::NoAddress);
        assert_eq!(alice.until_ended().await, Cause::Unreachable);
    }
}

#[tokio::test]
async fn name_is_looked_up_beside_the_driver() {
    for kind in [|| Kind::Udp, || Kind::Tcp] {
        let mut alice = Line::start(settings(kind()), Manner::Talks).await;
        let mut bob = Line::start(settings(kind()), Manner::Talks).await;
        // The system's own hosts file knows this one.
        let call = alice.call_to("localhost", bob.address.port()).await;
        assert_eq!(alice.until_answered().await, call);
        bob.until_confirmed().await;
        alice.hang_up(call).await;
        assert_eq!(bob.until_ended().await, Cause::HungUp);
    }
}

/// Passes bytes on both ways, until told that all its connections break.
async fn passage(to: SocketAddr) -> (SocketAddr, Arc<Notify>) {
    let listener = TcpListener::bind(loopback()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let breaks = Arc::new(Notify::new());
    let told = Arc::clone(&breaks);
    tokio::spawn(async move {
        while let Ok((mut theirs, _)) = listener.accept().await {
            let told = Arc::clone(&told);
            let mut ours = TcpStream::connect(to).await.unwrap();
            tokio::spawn(async move {
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut theirs, &mut ours) => {}
                    () = told.notified() => {}
                }
            });
        }
    });
    (address, breaks)
}

// Direct Routing A.3: a reset connection is no reason to lose a call
#[tokio::test]
async fn call_outlives_its_connection() {
    let mut alice = Line::start(settings(Kind::Tcp), Manner::Talks).await;
    let mut bob = Line::start_as("bob.example", settings(Kind::Tcp), Manner::Talks).await;
    let (passage, breaks) = passage(bob.address).await;
    let mut names = Names::default();
    names.set("bob.example", vec![passage]);
    alice.handle.set_names(names).await.unwrap();

    let call = alice.call(&bob).await;
    alice.until_answered().await;
    bob.until_confirmed().await;
    breaks.notify_waiters();
    for line in [&mut alice, &mut bob] {
        line.until_closed("closed connection").await;
    }
    assert_eq!(alice.counts().await.n_opened, 0);
    alice.hang_up(call).await;
    assert_eq!(
        bob.until_ended().await,
        Cause::HungUp,
        "by a new connection"
    );
}

#[tokio::test]
async fn trace_shows_each_message_with_its_keys_masked() {
    for kind in [|| Kind::Udp, || Kind::Tcp] {
        let mut alice = Line::start(settings(kind()), Manner::Traces).await;
        let mut bob = Line::start(settings(kind()), Manner::Talks).await;
        let call = alice.call(&bob).await;
        let mut seen = Vec::new();
        alice
            .until("ACK", |fact| {
                if let Fact::Wire(wire) = fact {
                    let text = String::from_utf8(wire.bytes.clone()).unwrap();
                    assert!(!text.contains("WVNfX19z"), "{text}");
                    seen.push((wire.direction, text));
                }
                let (_, last) = seen.last()?;
                last.starts_with("ACK ").then_some(())
            })
            .await;
        let heads: Vec<(Direction, &str)> = seen
            .iter()
            .map(|(direction, text)| (*direction, text.split("\r\n").next().unwrap()))
            .filter(|(_, line)| !line.starts_with("SIP/2.0 100"))
            .map(|(direction, line)| (direction, line.split(" sip:").next().unwrap()))
            .collect();
        assert_eq!(
            heads,
            [
                (Direction::Sent, "INVITE"),
                (Direction::Received, "SIP/2.0 180 Ringing"),
                (Direction::Received, "SIP/2.0 200 OK"),
                (Direction::Sent, "ACK"),
            ]
        );
        let (_, invite) = &seen[0];
        assert!(invite.contains("inline:***\r\n"), "{invite}");
        alice.hang_up(call).await;
        bob.until_ended().await;
    }
}

#[tokio::test]
async fn driver_that_is_stopped_closes_what_stands() {
    let alice = Line::start(settings(Kind::Tcp), Manner::Talks).await;
    let stranger = TcpStream::connect(alice.address).await.unwrap();
    alice
        .until_counts("accepted", |counts| counts.n_accepted == 1)
        .await;
    let handle = alice.handle.clone();
    alice.stop().await;
    timeout(DEADLINE, stranger.readable())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stranger.try_read(&mut [0; 1]).unwrap(), 0);
    assert!(handle.counts().await.is_err());
}
