//! Sounds of prompts for those who play them to callers: `GET /media/{center}/{sound}.wav`, by signed links
//! that expire ([`link`]), out of memory where possible ([`cache`]). Whoever has a link may fetch; there is
//! no other way in.

mod cache;
pub(crate) mod link;

use crate::engine::Clock;
use crate::problem::Problem;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cache::Cache;
use link::Signed;
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::prompt::SoundId;
use tandem_store::{CenterId, KeyFamily, Sounds};
use tokio::sync::Semaphore;

/// Sounds that are read from the store at once, each as a whole.
const READS_MAX: usize = 4;

/// A contact center whose sounds are served.
pub struct Hosted {
    /// Which.
    pub center: CenterId,
    /// Its sounds.
    pub sounds: Arc<dyn Sounds>,
    /// What links are signed with.
    pub keys: Arc<KeyFamily>,
    /// The time by which they expire.
    pub clock: Arc<dyn Clock>,
}

struct Media {
    hosted: BTreeMap<String, Hosted>,
    cache: Cache,
    reads: Semaphore,
}

/// The route by which sounds are fetched.
pub fn router(hosted: impl IntoIterator<Item = Hosted>) -> Router {
    let hosted = hosted.into_iter();
    let media = Media {
        hosted: hosted
            .map(|it| (it.center.as_str().to_owned(), it))
            .collect(),
        cache: Cache::default(),
        reads: Semaphore::new(READS_MAX),
    };
    Router::new()
        .route("/media/{center}/{file}", get(fetch))
        .with_state(Arc::new(media))
}

async fn fetch(
    State(media): State<Arc<Media>>,
    Path((center, file)): Path<(String, String)>,
    Query(signed): Query<Signed>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let none = || Problem::not_found("there is no such sound");
    let hosted = media.hosted.get(&center).ok_or_else(none)?;
    let id = file.strip_suffix(".wav").map(str::to_owned);
    let id = id.and_then(|id| SoundId::try_from(id).ok());
    let id = id.ok_or_else(none)?;
    let now_s = hosted.clock.now().as_micros() / 1_000_000;
    let expires_s = link::check(&hosted.keys, &hosted.center, &id, &signed, now_s)?;
    let is_known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag(&id).as_bytes());
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        wav(media.sound(hosted, &id).await?)
    };
    // A sound never changes; the link is good for so long.
    let keep = format!("private, max-age={}, immutable", expires_s - now_s);
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag(&id));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Ok(keep) = HeaderValue::try_from(keep) {
        headers.insert(header::CACHE_CONTROL, keep);
    }
    Ok(response)
}

/// A sound as it is played.
pub(crate) fn wav(sound: Bytes) -> Response {
    let wav = HeaderValue::from_static("audio/wav");
    ([(header::CONTENT_TYPE, wav)], Body::from(sound)).into_response()
}

fn etag(id: &SoundId) -> HeaderValue {
    let text = format!("\"{id}\"");
    HeaderValue::try_from(text).expect("hexadecimal digits may stand in a header")
}

impl Media {
    async fn sound(&self, hosted: &Hosted, id: &SoundId) -> Result<Bytes, Problem> {
        if let Some(sound) = self.cache.get(&hosted.center, id) {
            return Ok(sound);
        }
        // Never closed.
        let permit = self.reads.acquire().await;
        let sound = match self.cache.get(&hosted.center, id) {
            Some(sound) => Some(sound),
            None => hosted
                .sounds
                .sound(&hosted.center, id)
                .await?
                .map(Bytes::from),
        };
        drop(permit);
        let Some(sound) = sound else {
            tracing::warn!(center = %hosted.center, %id, "a sound that is to be played is gone");
            let detail = "the sound was removed; upload it again and save the prompt that had it";
            return Err(Problem::not_found(detail));
        };
        self.cache.put(&hosted.center, id, &sound);
        Ok(sound)
    }
}

#[cfg(test)]
mod tests;
