//! Who is listened to at all, and how much of whom.

use crate::phone::{DEADLINE, Line, Manner, loopback, settings};
use std::net::SocketAddr;
use tandem_sip::admission::{Rate, Sources, Subnet};
use tandem_transport::sip::{Dropped, Kind, ListenerId};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpSocket, TcpStream, UdpSocket};
use tokio::time::timeout;

const ONLY: ListenerId = ListenerId(0);

fn only(subnet: &str) -> Sources {
    Sources::Only(vec![Subnet::parse(subnet).unwrap()])
}

fn options(n: u32) -> String {
    format!(
        "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK{n}\r\n\
         From: <sip:a@127.0.0.1>;tag=a{n}\r\nTo: <sip:127.0.0.1>\r\nCall-ID: {n}\r\nCSeq: 1 OPTIONS\r\n\
         Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )
}

async fn is_closed(mut stream: TcpStream) -> bool {
    let mut byte = [0; 1];
    let read = timeout(DEADLINE, stream.read(&mut byte));
    !matches!(read.await.expect("closed in time"), Ok(1))
}

async fn connect_from(source: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((source, 0).into()).unwrap();
    timeout(DEADLINE, socket.connect(to))
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn datagrams_of_strangers_are_dropped_unread_until_they_are_permitted() {
    let mut settings = settings(Kind::Udp);
    settings.listeners[0].sources = only("192.0.2.0/24");
    let line = Line::start(settings, Manner::Talks).await;
    let stranger = UdpSocket::bind(loopback()).await.unwrap();
    stranger.connect(line.address).await.unwrap();
    stranger.send(options(1).as_bytes()).await.unwrap();
    line.until_counts("dropped", |counts| {
        counts.n_dropped(Dropped::ForeignDatagram) == 1
    })
    .await;
    assert_eq!(line.counts().await.n_received, 0);
    let loopback = only("127.0.0.0/8");
    line.handle.set_sources(ONLY, loopback).await.unwrap();
    stranger.send(options(2).as_bytes()).await.unwrap();
    let mut answer = [0; 2_048];
    let n = timeout(DEADLINE, stream_recv(&stranger, &mut answer))
        .await
        .unwrap();
    let answer = std::str::from_utf8(&answer[..n]).unwrap();
    assert!(
        answer.contains("branch=z9hG4bK2"),
        "the first was never answered: {answer}"
    );
}

async fn stream_recv(socket: &UdpSocket, bytes: &mut [u8]) -> usize {
    socket.recv(bytes).await.unwrap()
}

#[tokio::test]
async fn connections_of_strangers_are_closed_and_standing_ones_when_they_become_strangers() {
    let mut settings = settings(Kind::Tcp);
    settings.listeners[0].sources = only("127.0.0.1/32");
    let line = Line::start(settings, Manner::Talks).await;
    assert!(is_closed(connect_from([127, 0, 0, 2], line.address).await).await);
    let standing = connect_from([127, 0, 0, 1], line.address).await;
    line.until_counts("one each", |counts| {
        counts.n_accepted == 1 && counts.n_dropped(Dropped::ForeignConnection) == 1
    })
    .await;
    let sources = only("127.0.0.2/32");
    line.handle.set_sources(ONLY, sources).await.unwrap();
    assert!(is_closed(standing).await);
    assert_eq!(line.counts().await.n_accepted, 0);
    let _now_permitted = connect_from([127, 0, 0, 2], line.address).await;
    line.until_counts("accepted", |counts| counts.n_accepted == 1)
        .await;
}

#[tokio::test]
async fn connections_are_limited_by_source_and_in_all() {
    let mut settings = settings(Kind::Tcp);
    settings.limits.connections = 3;
    settings.limits.connections_per_source = 2;
    let line = Line::start(settings, Manner::Talks).await;
    let one = connect_from([127, 0, 0, 1], line.address).await;
    let _two = connect_from([127, 0, 0, 1], line.address).await;
    assert!(is_closed(connect_from([127, 0, 0, 1], line.address).await).await);
    let _other = connect_from([127, 0, 0, 2], line.address).await;
    assert!(is_closed(connect_from([127, 0, 0, 3], line.address).await).await);
    let counts = line.counts().await;
    assert_eq!(counts.n_accepted, 3);
    assert_eq!(counts.n_dropped(Dropped::TooManyOfSource), 1);
    assert_eq!(counts.n_dropped(Dropped::TooManyConnections), 1);
    drop(one);
    line.until_counts("room", |counts| counts.n_accepted == 2)
        .await;
    let _next = connect_from([127, 0, 0, 1], line.address).await;
    line.until_counts("accepted", |counts| counts.n_accepted == 3)
        .await;
}

#[tokio::test]
async fn source_over_its_rate_is_dropped_on_datagrams() {
    let mut settings = settings(Kind::Udp);
    settings.listeners[0].rate = Some(Rate {
        per_second: 1,
        at_once: 5,
    });
    let line = Line::start(settings, Manner::Talks).await;
    let eager = UdpSocket::bind(loopback()).await.unwrap();
    eager.connect(line.address).await.unwrap();
    for n in 0..100 {
        eager.send(options(n).as_bytes()).await.unwrap();
    }
    line.until_counts("all seen", |counts| {
        counts.n_received + counts.n_dropped(Dropped::OverRate) == 100
    })
    .await;
    let n_dropped = line.counts().await.n_dropped(Dropped::OverRate);
    assert!((90..=95).contains(&n_dropped), "{n_dropped}");
}

#[tokio::test]
async fn source_over_its_rate_is_told_so_on_a_connection() {
    use tokio::io::AsyncWriteExt as _;
    let mut settings = settings(Kind::Tcp);
    settings.listeners[0].rate = Some(Rate {
        per_second: 1,
        at_once: 2,
    });
    let line = Line::start(settings, Manner::Talks).await;
    let mut stream = TcpStream::connect(line.address).await.unwrap();
    let all: String = (0..20).map(options).collect();
    stream.write_all(all.as_bytes()).await.unwrap();
    let mut text = String::new();
    let read = timeout(DEADLINE, async {
        while text.matches("\r\n\r\n").count() < 20 {
            let mut bytes = [0; 4_096];
            let n = stream.read(&mut bytes).await.unwrap();
            text.push_str(std::str::from_utf8(&bytes[..n]).unwrap());
        }
    });
    read.await.unwrap();
    let n_told = text.matches("SIP/2.0 503 ").count();
    assert!((15..=18).contains(&n_told), "{n_told}");
    assert!(text.contains("Retry-After: "), "{text}");
}
