//! A file of the service's storage, part by part. One that breaks off is taken up where it broke off, so that a long
//! recording does not begin anew with every fault of the network; of what came nothing is held.

use super::client::{CallError, Client, Rest, no_answer};
use axum::body::Bytes;
use reqwest::header::{CONTENT_RANGE, ETAG, HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode};
use std::time::Duration;

/// How long a file may stand still.
const STILL_TIME_MAX: Duration = Duration::from_secs(30);
/// Waits before a file that broke off is taken up again; anything that comes begins them anew.
const WAITS: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// A file that is coming.
pub(super) struct Download<'a> {
    client: &'a Client,
    location: &'a str,
    bytes_max: u64,
    answer: Response,
    version: Option<HeaderValue>,
    whole: Option<u64>,
    received: u64,
    waits: std::slice::Iter<'static, Duration>,
}

impl<'a> Download<'a> {
    /// Asks for a file of at most so many bytes.
    ///
    /// # Errors
    /// [`CallError`].
    pub(super) async fn begin(
        client: &'a Client,
        location: &'a str,
        bytes_max: u64,
    ) -> Result<Self, CallError> {
        let answer = client.file(location, None).await?;
        let whole = answer.content_length();
        if whole.is_some_and(|whole| whole > bytes_max) {
            return Err(too_large());
        }
        Ok(Self {
            client,
            location,
            bytes_max,
            version: answer.headers().get(ETAG).cloned(),
            whole,
            answer,
            received: 0,
            waits: WAITS.iter(),
        })
    }

    /// How long the file is, if the storage says so.
    pub(super) const fn whole(&self) -> Option<u64> {
        self.whole
    }

    /// The next part; `None` after the last.
    ///
    /// # Errors
    /// [`CallError`] when it broke off too often, or is too long.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, CallError> {
        loop {
            let part = tokio::time::timeout(STILL_TIME_MAX, self.answer.chunk()).await;
            let trouble = match part {
                Ok(Ok(Some(part))) => return self.took(part).map(Some),
                Ok(Ok(None)) if self.whole.is_none_or(|whole| whole == self.received) => {
                    return Ok(None);
                }
                Ok(Ok(None)) => broken("it ended early"),
                Ok(Err(error)) => no_answer(error),
                Err(_elapsed) => broken("it stood still"),
            };
            let Some(wait) = self.waits.next() else {
                return Err(trouble);
            };
            tracing::info!(error = %trouble, received = self.received, "a download broke off");
            tokio::time::sleep(*wait).await;
            self.resume().await?;
        }
    }

    fn took(&mut self, part: Bytes) -> Result<Bytes, CallError> {
        self.received += part.len() as u64;
        if self.received > self.bytes_max {
            return Err(too_large());
        }
        if !part.is_empty() {
            self.waits = WAITS.iter();
        }
        Ok(part)
    }

    /// Asks for the rest. A storage that has another file by now, or cannot begin in the middle, is no use: then
    /// the whole is fetched anew.
    async fn resume(&mut self) -> Result<(), CallError> {
        let rest = Rest {
            from: self.received,
            version: self.version.clone(),
        };
        let answer = self.client.file(self.location, Some(&rest)).await?;
        let begins_there = answer.status() == StatusCode::PARTIAL_CONTENT
            && first_byte(answer.headers()) == Some(self.received);
        if !begins_there {
            return Err(broken("the storage does not give the rest of it"));
        }
        self.answer = answer;
        Ok(())
    }
}

fn broken(detail: &str) -> CallError {
    CallError::NoAnswer {
        detail: detail.to_owned(),
    }
}

fn too_large() -> CallError {
    CallError::Refused {
        status: 413,
        code: "too-large".to_owned(),
    }
}

/// Of `bytes 100-199/200`.
fn first_byte(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(CONTENT_RANGE)?.to_str().ok()?;
    let (first, _) = range.strip_prefix("bytes ")?.split_once('-')?;
    first.parse().ok()
}
