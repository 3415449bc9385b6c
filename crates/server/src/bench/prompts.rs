//! `tandem bench prompts`: sounds fetched by signed links over loopback HTTP, on connections that stay open,
//! beside a constant body of the same size from the same server, which no check of a link can be faster than.

use super::Error;
use crate::engine::{Clock, SystemClock};
use crate::media::{self, Hosted, link};
use axum::body::Bytes;
use axum::routing::get;
use serde::Serialize;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tandem_core::prompt::SoundId;
use tandem_store::{CenterId, DataKey, KeyFamily, NewSound, Sounds, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// Connections that ask one after the other.
const CONNECTIONS: u64 = 64;
/// Sounds that are asked for in turn.
const SOUNDS: u8 = 16;
/// Bytes of each: three seconds.
const SOUND_BYTES: usize = 96_044;
/// Bytes of the head of an answer at most.
const HEAD_BYTES_MAX: usize = 8 * 1024;

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct PromptsReport {
    /// Connections at once.
    pub connections: u64,
    /// Bytes of a sound.
    pub sound_bytes: usize,
    /// Sounds that were fetched, each by a link of its own.
    pub fetched: u64,
    /// Signed links served.
    pub per_second: u64,
    /// A constant body of the same size, from the same server.
    pub floor_per_second: u64,
    /// The first divided by the second.
    pub ratio: f64,
    /// Links made, on one thread.
    pub links_made_per_second: u64,
}

/// Fetches sounds `n` times.
///
/// # Errors
/// When the server does not start or does not answer every fetch with the whole sound.
pub async fn prompts(folder: &Path, n: u64) -> Result<PromptsReport, Error> {
    let store = Arc::new(Store::open(folder).await?);
    let keys = Arc::new(KeyFamily::new(DataKey::new(1, [7; 32])));
    let center = CenterId::parse("bench")?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let mut sounds = Vec::new();
    for fill in 0..SOUNDS {
        let sound = NewSound {
            wav: vec![fill; SOUND_BYTES],
            length_ms: 3_000,
            peak_tenth_db: -31,
        };
        sounds.push(store.put_sound(&center, sound).await?.id);
    }
    let hosted = Hosted {
        center: center.clone(),
        sounds: Arc::clone(&store) as _,
        keys: Arc::clone(&keys),
        clock: Arc::clone(&clock),
    };
    let serving = serve(hosted).await?;
    let expires_s = clock.now().as_micros() / 1_000_000 + link::ONCE_SECONDS;
    let made = Instant::now();
    let links = links(&keys, &center, &sounds, expires_s, n);
    let making = made.elapsed();
    // Each sound once, so that what is measured is the route and not the disk.
    fetch(
        serving.address,
        links.iter().take(sounds.len()).cloned().collect(),
    )
    .await?;
    let floor = vec!["/floor".to_owned(); links.len()];
    let floor_per_second = fetch(serving.address, floor).await?;
    let per_second = fetch(serving.address, links).await?;
    serving.stop.send(()).ok();
    Ok(PromptsReport {
        connections: CONNECTIONS,
        sound_bytes: SOUND_BYTES,
        fetched: n,
        per_second: whole(per_second),
        floor_per_second: whole(floor_per_second),
        ratio: per_second / floor_per_second,
        links_made_per_second: whole(rate(n, making.as_secs_f64())),
    })
}

struct Serving {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
}

async fn serve(hosted: Hosted) -> Result<Serving, Error> {
    let floor = Bytes::from(vec![0; SOUND_BYTES]);
    let router = media::router([hosted]).route(
        "/floor",
        get(move || std::future::ready(media::wav(floor.clone()))),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async {
        stopped.await.ok();
    });
    tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::warn!(%error, "the measured server ended");
        }
    });
    Ok(Serving { address, stop })
}

/// Paths of as many links; no two are the same.
fn links(
    keys: &KeyFamily,
    center: &CenterId,
    sounds: &[SoundId],
    expires_s: i64,
    n: u64,
) -> Vec<String> {
    let sounds = sounds.iter().cycle();
    (0..i64::try_from(n).unwrap_or(i64::MAX))
        .zip(sounds)
        .map(|(n, id)| link::made(keys, center, "", id, expires_s + n))
        .collect()
}

/// Fetches everything over [`CONNECTIONS`]; answers how many were fetched in a second.
async fn fetch(address: SocketAddr, paths: Vec<String>) -> Result<f64, Error> {
    let n = u64::try_from(paths.len())?;
    let each = usize::try_from(n.div_ceil(CONNECTIONS))?.max(1);
    let began = Instant::now();
    let asking: Vec<_> = paths
        .chunks(each)
        .map(|part| tokio::spawn(ask(address, part.to_vec())))
        .collect();
    for asked in asking {
        asked.await??;
    }
    Ok(rate(n, began.elapsed().as_secs_f64()))
}

/// One connection: a request, the whole answer, the next request.
async fn ask(address: SocketAddr, paths: Vec<String>) -> Result<(), Error> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; HEAD_BYTES_MAX + SOUND_BYTES];
    for path in paths {
        let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut n_read = 0;
        let head = loop {
            let free = buffer.get_mut(n_read..).unwrap_or_default();
            let n = stream.read(free).await?;
            n_read += n;
            let read = buffer.get(..n_read).unwrap_or_default();
            if let Some(head) = read.windows(4).position(|it| it == b"\r\n\r\n") {
                break head + 4;
            }
            if n == 0 || n_read > HEAD_BYTES_MAX {
                return Err("an answer has no head".into());
            }
        };
        if !buffer.starts_with(b"HTTP/1.1 200") {
            return Err("a sound was refused".into());
        }
        let rest = buffer.get_mut(n_read..head + SOUND_BYTES);
        stream.read_exact(rest.unwrap_or_default()).await?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
fn rate(n: u64, seconds: f64) -> f64 {
    n as f64 / seconds
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate for people to read"
)]
const fn whole(rate: f64) -> u64 {
    rate as u64
}
