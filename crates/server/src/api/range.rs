//! One range of bytes of a file (RFC 9110 14), and the answer that carries it. What is asked for is read,
//! and nothing else.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::ops::Range;

/// What of a file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Whole,
    /// From and to, both included.
    Part(u64, u64),
    /// Nothing that there is.
    Beyond,
}

impl Asked {
    pub(super) fn of_request(headers: &HeaderMap, whole: u64) -> Self {
        let range = headers.get(header::RANGE);
        let range = range.and_then(|range| range.to_str().ok());
        range.map_or(Self::Whole, |range| Self::of(range, whole))
    }

    /// RFC 9110 14.1: one range of bytes. Another unit, more ranges and nonsense are answered with the whole.
    fn of(range: &str, whole: u64) -> Self {
        let Some((from, to)) = range
            .strip_prefix("bytes=")
            .and_then(|it| it.split_once('-'))
        else {
            return Self::Whole;
        };
        let Some(last) = whole.checked_sub(1) else {
            return Self::Beyond;
        };
        match (from.trim().parse::<u64>(), to.trim().parse::<u64>()) {
            (Ok(from), _) if from > last => Self::Beyond,
            (Ok(from), Ok(to)) if from <= to => Self::Part(from, to.min(last)),
            (Ok(from), Err(_)) if to.trim().is_empty() => Self::Part(from, last),
            (Err(_), Ok(0)) if from.trim().is_empty() => Self::Beyond,
            (Err(_), Ok(n)) if from.trim().is_empty() => Self::Part(whole.saturating_sub(n), last),
            (_, _) => Self::Whole,
        }
    }

    /// The bytes, the last not included.
    pub(super) const fn bytes(self, whole: u64) -> Range<u64> {
        match self {
            Self::Whole => 0..whole,
            Self::Part(from, to) => from..to + 1,
            Self::Beyond => 0..0,
        }
    }
}

/// The answer with a WAV file, or a part of it.
pub(super) fn sound(asked: Asked, whole: u64, body: Body) -> Response {
    let common = [
        (header::CONTENT_TYPE, HeaderValue::from_static("audio/wav")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
    ];
    let length = [(
        header::CONTENT_LENGTH,
        HeaderValue::from(asked.bytes(whole).end - asked.bytes(whole).start),
    )];
    match asked {
        Asked::Whole => (StatusCode::OK, common, length, body).into_response(),
        Asked::Part(from, to) => {
            let range = [(header::CONTENT_RANGE, format!("bytes {from}-{to}/{whole}"))];
            (StatusCode::PARTIAL_CONTENT, common, length, range, body).into_response()
        }
        Asked::Beyond => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{whole}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, common, range).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_of_bytes_is_understood_and_everything_else_is_the_whole() {
        assert_eq!(Asked::of("bytes=0-3", 10), Asked::Part(0, 3));
        assert_eq!(Asked::of("bytes=4-", 10), Asked::Part(4, 9));
        assert_eq!(Asked::of("bytes=4-400", 10), Asked::Part(4, 9));
        assert_eq!(Asked::of("bytes=-3", 10), Asked::Part(7, 9));
        assert_eq!(Asked::of("bytes=-300", 10), Asked::Part(0, 9));
        for beyond in ["bytes=10-", "bytes=-0", "bytes=99-100"] {
            assert_eq!(Asked::of(beyond, 10), Asked::Beyond, "{beyond}");
        }
        for whole in ["bytes=0-1,3-4", "bytes=5-2", "lines=1-2", "bytes=a-b", ""] {
            assert_eq!(Asked::of(whole, 10), Asked::Whole, "{whole}");
        }
        assert_eq!(Asked::of("bytes=0-", 0), Asked::Beyond);
        assert_eq!(Asked::Part(2, 4).bytes(10), 2..5);
        assert_eq!(Asked::Whole.bytes(10), 0..10);
    }
}
