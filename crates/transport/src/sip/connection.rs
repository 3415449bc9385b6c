//! One connection, whoever opened it: its handshake, its bytes as messages, its messages as bytes, and the
//! time that it is given for each. One task for each; it tells the driver everything, the end last.

use super::peer::Closing;
use super::settings::Limits;
use super::tls::names_of_peer;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ServerConfig};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tandem_sip::flow::FlowId;
use tandem_sip::message::{Item, Message, PING, PONG, Stream};
use tandem_sip::transaction;
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf,
};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What connections and look-ups tell the driver.
#[derive(Debug)]
pub(super) enum Inbound {
    /// It stands; with the names of the peer's certificate.
    Up {
        flow: FlowId,
        remote: SocketAddr,
        names: Vec<String>,
    },
    Message {
        flow: FlowId,
        message: Message,
        /// As it came, where a trace is wanted.
        bytes: Option<Vec<u8>>,
    },
    /// Where the peer of datagrams is that we want to send to.
    LookedUp {
        flow: FlowId,
        addresses: Vec<SocketAddr>,
    },
    /// The last of each connection.
    Closed { flow: FlowId, why: Closing },
}

/// Messages that wait at once, beside the limit on their bytes.
const QUEUE_MESSAGES_MAX: usize = 4_096;
/// Read at once.
const READ_BYTES: usize = 8 * 1_024;
/// Written at once, where so much waits.
const WRITE_MESSAGES: usize = 64;

/// The driver's end of a connection.
#[derive(Debug)]
pub(super) struct Outbox {
    sender: mpsc::Sender<transaction::Wire>,
    n_queued_bytes: Arc<AtomicUsize>,
    queue_bytes_max: usize,
}

/// Too much waits, or the connection has just ended.
#[derive(Debug)]
pub(super) struct NotQueued;

impl Outbox {
    pub(super) fn push(&self, message: transaction::Wire) -> Result<(), NotQueued> {
        let n_bytes = message.len();
        let n_queued = self.n_queued_bytes.load(Ordering::Relaxed);
        if n_queued + n_bytes > self.queue_bytes_max {
            return Err(NotQueued);
        }
        self.n_queued_bytes.fetch_add(n_bytes, Ordering::Relaxed);
        self.sender.try_send(message).map_err(|_full| NotQueued)
    }
}

/// The connection's end.
#[derive(Debug)]
pub(super) struct Ends {
    pub(super) flow: FlowId,
    pub(super) limits: Limits,
    pub(super) inbound: mpsc::Sender<Inbound>,
    /// Whether the bytes of messages are wanted.
    pub(super) wants_wire: Arc<AtomicBool>,
    queue: mpsc::Receiver<transaction::Wire>,
    n_queued_bytes: Arc<AtomicUsize>,
}

pub(super) fn ends(
    flow: FlowId,
    limits: Limits,
    inbound: mpsc::Sender<Inbound>,
    wants_wire: Arc<AtomicBool>,
) -> (Outbox, Ends) {
    let (sender, queue) = mpsc::channel(QUEUE_MESSAGES_MAX);
    let n_queued_bytes = Arc::new(AtomicUsize::new(0));
    let outbox = Outbox {
        sender,
        n_queued_bytes: Arc::clone(&n_queued_bytes),
        queue_bytes_max: limits.queue_bytes,
    };
    let ends = Ends {
        flow,
        limits,
        inbound,
        wants_wire,
        queue,
        n_queued_bytes,
    };
    (outbox, ends)
}

/// Lives through a connection that somebody else has opened.
pub(super) async fn accepted(
    stream: TcpStream,
    remote: SocketAddr,
    tls: Option<Arc<ServerConfig>>,
    ends: Ends,
) {
    let Some(config) = tls else {
        return ends.live(stream, remote, Vec::new(), None).await;
    };
    let handshake = TlsAcceptor::from(config).accept(stream);
    match timeout(ends.limits.handshake, handshake).await {
        Err(_elapsed) => ends.close(Closing::HandshakeTimedOut).await,
        Ok(Err(error)) => ends.close(Closing::Handshake(error.to_string())).await,
        Ok(Ok(stream)) => {
            let names = names_of_peer(stream.get_ref().1.peer_certificates());
            ends.live(stream, remote, names, None).await;
        }
    }
}

/// How we speak TLS to a peer.
pub(super) type Secure = (ServerName<'static>, Arc<ClientConfig>);

/// Lives through a connection that we open; the addresses are tried one after the other.
pub(super) async fn opened(
    addresses: Vec<SocketAddr>,
    by: Instant,
    tls: Option<Secure>,
    ends: Ends,
) {
    let keep_alive = Some(ends.limits.keep_alive);
    let (stream, remote) = match timeout_at(by, connect(&addresses, ends.limits.connect)).await {
        Err(_elapsed) => return ends.close(Closing::ConnectTimedOut).await,
        Ok(Err(why)) => return ends.close(why).await,
        Ok(Ok(connected)) => connected,
    };
    let Some((name, config)) = tls else {
        return ends.live(stream, remote, Vec::new(), keep_alive).await;
    };
    let handshake = TlsConnector::from(config).connect(name, stream);
    match timeout_at(by, handshake).await {
        Err(_elapsed) => ends.close(Closing::HandshakeTimedOut).await,
        Ok(Err(error)) => ends.close(Closing::Handshake(error.to_string())).await,
        Ok(Ok(stream)) => {
            let names = names_of_peer(stream.get_ref().1.peer_certificates());
            ends.live(stream, remote, names, keep_alive).await;
        }
    }
}

/// Each address gets its share of the time, so that one that swallows everything leaves some to the next.
async fn connect(
    addresses: &[SocketAddr],
    patience: Duration,
) -> Result<(TcpStream, SocketAddr), Closing> {
    let n_addresses = u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
    let share = patience / n_addresses;
    let mut why = Closing::NoAddress;
    for address in addresses {
        match timeout(share, TcpStream::connect(address)).await {
            Err(_elapsed) => why = Closing::ConnectTimedOut,
            Ok(Err(error)) => why = Closing::NotConnected(error.kind()),
            Ok(Ok(stream)) => {
                set_no_delay(&stream);
                return Ok((stream, *address));
            }
        }
    }
    Err(why)
}

/// Messages are written whole; to wait for more bytes would only make them late. A socket that does not know
/// the option works without.
pub(super) fn set_no_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
}

impl Ends {
    pub(super) async fn close(self, why: Closing) {
        let flow = self.flow;
        // Where nobody listens any more, the driver has ended and every connection with it.
        self.inbound
            .send(Inbound::Closed { flow, why })
            .await
            .unwrap_or_default();
    }

    async fn live<S: AsyncRead + AsyncWrite>(
        mut self,
        stream: S,
        remote: SocketAddr,
        names: Vec<String>,
        keep_alive: Option<Duration>,
    ) {
        let flow = self.flow;
        let up = Inbound::Up {
            flow,
            remote,
            names,
        };
        if self.inbound.send(up).await.is_err() {
            return;
        }
        let (reader, writer) = tokio::io::split(stream);
        let pong = Notify::new();
        let writing = Writing {
            queue: &mut self.queue,
            n_queued_bytes: &self.n_queued_bytes,
            pong: &pong,
            keep_alive,
            write_max: self.limits.write,
        };
        let reading = Reading {
            flow,
            limits: self.limits,
            inbound: &self.inbound,
            wants_wire: &self.wants_wire,
            pong: &pong,
        };
        let why = tokio::select! {
            why = reading.run(reader) => why,
            why = writing.run(writer) => why,
        };
        self.close(why).await;
    }
}

struct Reading<'a> {
    flow: FlowId,
    limits: Limits,
    inbound: &'a mpsc::Sender<Inbound>,
    wants_wire: &'a AtomicBool,
    pong: &'a Notify,
}

impl Reading<'_> {
    async fn run<S: AsyncRead>(self, mut reader: ReadHalf<S>) -> Closing {
        let mut stream = Stream::default();
        let mut bytes = vec![0; READ_BYTES];
        let mut idle_by = Instant::now() + self.limits.idle;
        // From the first byte of a message on, however slowly the others come.
        let mut whole_by: Option<Instant> = None;
        loop {
            let by = whole_by.map_or(idle_by, |by| by.min(idle_by));
            let n = match timeout_at(by, reader.read(&mut bytes)).await {
                Err(_elapsed) if whole_by.is_some_and(|by| by <= Instant::now()) => {
                    return Closing::Slow;
                }
                Err(_elapsed) => return Closing::Idle,
                // TLS without its last words (RFC 8446 6.1): a message that was cut is not used anyway.
                Ok(Err(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                    return Closing::ByPeer;
                }
                Ok(Err(error)) => return Closing::Broken(error.kind()),
                Ok(Ok(0)) => return Closing::ByPeer,
                Ok(Ok(n)) => n,
            };
            let n_messages = match self.handle_bytes(&mut stream, bytes.split_at(n).0).await {
                Ok(n_messages) => n_messages,
                Err(why) => return why,
            };
            idle_by = Instant::now() + self.limits.idle;
            if !stream.is_inside_message() {
                whole_by = None;
            } else if whole_by.is_none() || n_messages > 0 {
                whole_by = Some(Instant::now() + self.limits.message);
            }
        }
    }

    /// Gives the driver every message that is whole; how many they were.
    async fn handle_bytes(&self, stream: &mut Stream, bytes: &[u8]) -> Result<usize, Closing> {
        stream.keep_bytes(self.wants_wire.load(Ordering::Relaxed));
        stream.handle_bytes(bytes).map_err(Closing::Malformed)?;
        let mut n_messages = 0;
        while let Some(item) = stream.poll_item().map_err(Closing::Malformed)? {
            let message = match item {
                // Pings that come faster than we write share an answer.
                Item::Ping => {
                    self.pong.notify_one();
                    continue;
                }
                Item::Message(message) => message,
            };
            n_messages += 1;
            let flow = self.flow;
            let bytes = stream.take_bytes();
            let inbound = Inbound::Message {
                flow,
                message,
                bytes,
            };
            // While the driver is busy nothing more is read, and the sender has to wait.
            let sent = self.inbound.send(inbound).await;
            sent.map_err(|_ended| Closing::Fault)?;
        }
        Ok(n_messages)
    }
}

struct Writing<'a> {
    queue: &'a mut mpsc::Receiver<transaction::Wire>,
    n_queued_bytes: &'a AtomicUsize,
    pong: &'a Notify,
    keep_alive: Option<Duration>,
    write_max: Duration,
}

impl Writing<'_> {
    async fn run<S: AsyncWrite>(self, mut writer: WriteHalf<S>) -> Closing {
        let mut batch = Vec::with_capacity(WRITE_MESSAGES);
        let mut bytes = Vec::new();
        loop {
            let ping_at = self.keep_alive.map(|after| Instant::now() + after);
            tokio::select! {
                biased;
                n_messages = self.queue.recv_many(&mut batch, WRITE_MESSAGES) => {
                    if n_messages == 0 {
                        // The driver wants no more of it.
                        return finish(writer, self.write_max).await;
                    }
                }
                () = self.pong.notified() => bytes.extend_from_slice(PONG),
                () = due(ping_at) => bytes.extend_from_slice(PING),
            }
            for message in batch.drain(..) {
                self.n_queued_bytes
                    .fetch_sub(message.len(), Ordering::Relaxed);
                bytes.extend_from_slice(&message);
            }
            match timeout(self.write_max, write(&mut writer, &bytes)).await {
                Err(_elapsed) => return Closing::NotTaken,
                Ok(Err(error)) => return Closing::Broken(error.kind()),
                Ok(Ok(())) => bytes.clear(),
            }
        }
    }
}

async fn write<S: AsyncWrite>(writer: &mut WriteHalf<S>, bytes: &[u8]) -> std::io::Result<()> {
    writer.write_all(bytes).await?;
    writer.flush().await
}

async fn finish<S: AsyncWrite>(mut writer: WriteHalf<S>, patience: Duration) -> Closing {
    match timeout(patience, writer.shutdown()).await {
        Ok(Ok(())) | Err(_) => Closing::Retired,
        Ok(Err(error)) => Closing::Broken(error.kind()),
    }
}

async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
