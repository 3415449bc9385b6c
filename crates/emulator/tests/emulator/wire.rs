//! Bytes on a connection that are no HTTP: whatever is sent, the connection ends or is answered, and the emulator goes on.

use crate::stage::Stage;
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const DEADLINE: Duration = Duration::from_secs(10);

/// What comes back until the other side ends it; `None` when it waits for more.
async fn answered(stage: &Stage, bytes: &[u8]) -> Option<String> {
    let address = stage.running.http_url().replace("http://", "");
    let mut connection = TcpStream::connect(address).await.unwrap();
    // A connection that is refused may be reset while we still write.
    connection.write_all(bytes).await.ok();
    connection.shutdown().await.ok();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(DEADLINE, connection.read_to_end(&mut answer)).await;
    read.ok()?.ok();
    Some(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn bytes_that_are_no_http_are_refused_and_harm_nobody() {
    let stage = Stage::stepped().await;
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(100_000));
    let many = format!(
        "GET / HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "a: b\r\n".repeat(1_000)
    );
    let damaged: [&[u8]; 14] = [
        b"",
        b"\0\0\0\0",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"G\xe4T / HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost x\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\na: \0\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\ncontent-length: 8\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        long.as_bytes(),
        many.as_bytes(),
    ];
    for bytes in damaged {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        let answer = answered(&stage, bytes).await;
        let answer = answer.unwrap_or_else(|| panic!("{shown:?} hangs"));
        let is_success = answer.starts_with("HTTP/1.1 2");
        assert!(!is_success, "{shown:?}: {answer}");
    }
    assert_eq!(stage.control("GET", "/ready", Value::Null).await.0, 200);
}

#[tokio::test]
async fn body_that_ends_before_its_length_changes_nothing() {
    let stage = Stage::stepped().await;
    let half =
        b"POST /_emulator/pstn-calls HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{\"from\":";
    assert!(answered(&stage, half).await.is_some(), "it hangs");
    let (_, phones) = stage.control("GET", "/pstn-calls", Value::Null).await;
    assert_eq!(phones, serde_json::json!([]));
}
