//! Bytes of a connection as messages, against peers who cut them anywhere, send too much, or take their time.

use crate::phone::{DEADLINE, Line, Manner, settings};
use std::time::Duration;
use tandem_transport::sip::{Dropped, Kind, Limits, Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

fn options(n: usize) -> String {
    format!(
        "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK{n}\r\n\
         From: <sip:a@127.0.0.1>;tag=a{n}\r\nTo: <sip:127.0.0.1>\r\nCall-ID: {n}\r\nCSeq: 1 OPTIONS\r\n\
         Max-Forwards: 70\r\nContent-Length: 3\r\n\r\nabc"
    )
}

fn with_limits(change: fn(&mut Limits)) -> Settings {
    let mut settings = settings(Kind::Tcp);
    change(&mut settings.limits);
    settings
}

/// Reads until so many responses have come; fails where the connection ends before.
async fn responses(stream: &mut TcpStream, n: usize) -> String {
    let mut text = String::new();
    let read = timeout(DEADLINE, async {
        while text.matches("\r\n\r\n").count() < n {
            let mut bytes = [0; 4_096];
            let n_read = stream.read(&mut bytes).await.unwrap();
            assert!(n_read > 0, "closed after {text}");
            text.push_str(std::str::from_utf8(&bytes[..n_read]).unwrap());
        }
    });
    read.await.unwrap();
    text
}

/// Waits for the end of the connection.
async fn closed(mut stream: TcpStream) {
    let mut rest = Vec::new();
    let read = timeout(DEADLINE, stream.read_to_end(&mut rest))
        .await
        .expect("it is closed in time");
    if let Err(error) = read {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
}

#[tokio::test]
async fn message_that_comes_byte_by_byte_is_answered() {
    let line = Line::start(settings(Kind::Tcp), Manner::Talks).await;
    let mut stream = TcpStream::connect(line.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for byte in options(1).bytes() {
        stream.write_all(&[byte]).await.unwrap();
    }
    let text = responses(&mut stream, 1).await;
    assert!(text.starts_with("SIP/2.0 200 OK\r\n"), "{text}");
}

#[tokio::test]
async fn message_that_is_cut_anywhere_is_answered() {
    let line = Line::start(settings(Kind::Tcp), Manner::Talks).await;
    let mut stream = TcpStream::connect(line.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let length = options(1_000).len();
    for cut in 1..length {
        // The second part comes with the first of the next message, so that every place is cut in one read.
        let message = options(1_000 + cut);
        let (first, second) = message.as_bytes().split_at(cut);
        stream.write_all(first).await.unwrap();
        tokio::task::yield_now().await;
        stream.write_all(second).await.unwrap();
    }
    let text = responses(&mut stream, length - 1).await;
    assert_eq!(text.matches("SIP/2.0 200 OK\r\n").count(), length - 1);
}

// RFC 5626 4.4.1
#[tokio::test]
async fn many_messages_at_once_are_answered_each_and_a_ping_by_a_pong() {
    let line = Line::start(settings(Kind::Tcp), Manner::Talks).await;
    let mut stream = TcpStream::connect(line.address).await.unwrap();
    let all: String = (0..200).map(options).collect();
    stream.write_all(all.as_bytes()).await.unwrap();
    let text = responses(&mut stream, 200).await;
    for n in 0..200 {
        assert!(text.contains(&format!("branch=z9hG4bK{n}")), "{n}");
    }
    stream.write_all(b"\r\n\r\n").await.unwrap();
    let mut pong = [0; 2];
    timeout(DEADLINE, stream.read_exact(&mut pong))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&pong, b"\r\n");
}

#[tokio::test]
async fn what_is_no_sip_or_too_long_closes_its_connection_and_no_other() {
    let line = Line::start(settings(Kind::Tcp), Manner::Talks).await;
    let mut good = TcpStream::connect(line.address).await.unwrap();
    let too_long = options(1).replace("Content-Length: 3", "Content-Length: 70000");
    let unframed = options(2).replace("Content-Length: 3\r\n", "");
    let endless = format!("OPTIONS sip:a SIP/2.0\r\nX: {}", "x".repeat(200_000));
    let bad = [
        too_long.as_bytes(),
        unframed.as_bytes(),
        endless.as_bytes(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ];
    for bytes in bad {
        let mut stream = TcpStream::connect(line.address).await.unwrap();
        // Where it is closed in the middle of it, that is as it should be.
        drop(stream.write_all(bytes).await);
        closed(stream).await;
    }
    line.until_counts("four closed", |counts| {
        counts.n_dropped(Dropped::Malformed) == 4 && counts.n_accepted == 1
    })
    .await;
    good.write_all(options(3).as_bytes()).await.unwrap();
    responses(&mut good, 1).await;
}

#[tokio::test]
async fn message_that_does_not_come_whole_in_time_closes_its_connection() {
    let short = |limits: &mut Limits| limits.message = Duration::from_millis(100);
    let line = Line::start(with_limits(short), Manner::Talks).await;
    let mut stream = TcpStream::connect(line.address).await.unwrap();
    stream.write_all(b"OPTIONS sip:a").await.unwrap();
    closed(stream).await;
    line.until_counts("a slow one", |counts| counts.n_dropped(Dropped::Slow) == 1)
        .await;
}

#[tokio::test]
async fn connection_without_anything_is_closed() {
    let short = |limits: &mut Limits| limits.idle = Duration::from_millis(100);
    let line = Line::start(with_limits(short), Manner::Talks).await;
    let stream = TcpStream::connect(line.address).await.unwrap();
    closed(stream).await;
    line.until_counts("an idle one", |counts| counts.n_dropped(Dropped::Idle) == 1)
        .await;
}

#[tokio::test]
async fn peer_that_takes_nothing_is_disconnected() {
    let small = |limits: &mut Limits| {
        limits.queue_bytes = 64 * 1_024;
        limits.write = Duration::from_secs(1);
    };
    let line = Line::start(with_limits(small), Manner::Talks).await;
    let mut stream = TcpStream::connect(line.address).await.unwrap();
    // Its answers fill the kernel's buffers, then ours.
    let sent = timeout(DEADLINE, async {
        for n in 0.. {
            if stream.write_all(options(n).as_bytes()).await.is_err() {
                return;
            }
        }
    });
    sent.await.expect("it is closed in time");
    line.until_counts("nothing left", |counts| {
        counts.n_dropped(Dropped::NotTaken) == 1 && counts.n_accepted == 0
    })
    .await;
}
