//! What was recorded of a contact, to be heard: a message, or the call itself. Each time is on record
//! before a byte goes out.

use crate::api::body::At;
use crate::api::refusal::done;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::AgentOrSupervisor;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tandem_core::ids::{ContactId, SubjectRef};
use tandem_core::input::{Input, Request};
use tandem_store::Subjects;

/// Hears a message, or a recorded call. Roles: the agent who has the message, accepted and not done with;
/// supervisors, who may hear recorded calls as well. One range of bytes may be asked for.
#[utoipa::path(get, path = "/{center}/contacts/{id}/message", tag = "desk", operation_id = "message",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, description = "The sound", content_type = "audio/wav"),
        (status = 206, description = "A part of it", content_type = "audio/wav"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn listen(
    by: AgentOrSupervisor,
    At(id): At<u64>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let contact = ContactId(id);
    let center = &by.center;
    let sound = center.engine.view().read(|projection| {
        let story = projection.stories.story(contact)?;
        story.sound.clone()
    });
    let Some(sound) = sound else {
        let detail = format!("nothing that was recorded of contact {id} is here");
        return Err(Problem::not_found(&detail));
    };
    let request = Request::PlayMessage {
        contact,
        recording: sound.recording,
    };
    let input = Input::Asked {
        actor: by.actor.clone(),
        request,
    };
    done(center.engine.submit(input).await?)?;
    let file = file(center, &sound.parts).await?;
    Ok(answer(file, headers.get(header::RANGE)))
}

/// The parts, opened and put together.
async fn file(center: &Center, parts: &[SubjectRef]) -> Result<Vec<u8>, Problem> {
    let unreadable = |error: &dyn std::fmt::Display| {
        tracing::error!(center = %center.id(), %error, "a recording cannot be read");
        Problem::unavailable("the recording cannot be read at the moment")
    };
    let mut file = Vec::new();
    for part in parts {
        let stored = center.store.get(center.id(), *part).await;
        let stored = stored.map_err(|error| unreadable(&error))?;
        let opened = stored.map(|stored| center.keys.open(center.id(), &stored));
        match opened.transpose().map_err(|error| unreadable(&error))? {
            Some(Some(bytes)) => file.extend_from_slice(&bytes),
            Some(None) | None => return Err(Problem::not_found("the recording was erased")),
        }
    }
    Ok(file)
}

fn answer(file: Vec<u8>, range: Option<&HeaderValue>) -> Response {
    let whole = file.len();
    let range = range.and_then(|range| range.to_str().ok());
    let common = [
        (header::CONTENT_TYPE, HeaderValue::from_static("audio/wav")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
    ];
    let of_whole = |part: String| [(header::CONTENT_RANGE, part)];
    match range.map_or(Asked::Whole, |range| Asked::of(range, whole)) {
        Asked::Whole => (StatusCode::OK, common, file).into_response(),
        Asked::Part(from, to) => {
            let range = of_whole(format!("bytes {from}-{to}/{whole}"));
            let part = file.get(from..=to).unwrap_or_default().to_vec();
            (StatusCode::PARTIAL_CONTENT, common, range, part).into_response()
        }
        Asked::Beyond => {
            let range = of_whole(format!("bytes */{whole}"));
            (StatusCode::RANGE_NOT_SATISFIABLE, common, range).into_response()
        }
    }
}

/// What of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    /// From and to, both included.
    Part(usize, usize),
    /// Nothing that there is.
    Beyond,
}

impl Asked {
    /// RFC 9110 14.1: one range of bytes. Another unit, more ranges and nonsense are answered with the whole.
    fn of(range: &str, whole: usize) -> Self {
        let Some((from, to)) = range
            .strip_prefix("bytes=")
            .and_then(|it| it.split_once('-'))
        else {
            return Self::Whole;
        };
        let Some(last) = whole.checked_sub(1) else {
            return Self::Beyond;
        };
        match (from.trim().parse::<usize>(), to.trim().parse::<usize>()) {
            (Ok(from), _) if from > last => Self::Beyond,
            (Ok(from), Ok(to)) if from <= to => Self::Part(from, to.min(last)),
            (Ok(from), Err(_)) if to.trim().is_empty() => Self::Part(from, last),
            (Err(_), Ok(0)) if from.trim().is_empty() => Self::Beyond,
            (Err(_), Ok(n)) if from.trim().is_empty() => Self::Part(whole.saturating_sub(n), last),
            (_, _) => Self::Whole,
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
    }
}
