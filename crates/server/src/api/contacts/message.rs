//! What was recorded of a contact, to be heard: a message, or the call itself. Each time is on record
//! before a byte goes out.

use crate::api::body::At;
use crate::api::range::{self, Asked};
use crate::api::recordings::sound::answer;
use crate::api::refusal::done;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::Listener;
use axum::http::HeaderMap;
use axum::response::Response;
use tandem_core::ids::{ContactId, SubjectRef};
use tandem_core::input::{Input, Request};
use tandem_core::permission::Permission;
use tandem_store::{Recordings as _, Subjects};

/// Hears a message, or a recorded call. Those who may: the agent who has the message, accepted and not done
/// with; hear_recordings within the scope, recorded calls as well. One range of bytes may be asked for.
#[utoipa::path(get, path = "/{center}/contacts/{id}/message", tag = "desk", operation_id = "message",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, description = "The sound", content_type = "audio/wav"),
        (status = 206, description = "A part of it", content_type = "audio/wav"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn listen(
    by: Listener,
    At(id): At<u64>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let contact = ContactId(id);
    let center = &by.center;
    let sight = by.sight();
    let found = center.engine.view().read(|projection| {
        let story = projection.stories.story(contact)?;
        let live = projection.center.state().contacts.get(contact);
        let holder = live.and_then(tandem_core::contact::Contact::agent);
        let is_seen = story.is_in(&sight, holder.as_slice());
        Some((story.sound.clone()?, is_seen))
    });
    let Some((sound, is_seen)) = found else {
        let detail = format!("nothing that was recorded of contact {id} is here");
        return Err(Problem::not_found(&detail));
    };
    if by.actor.may(Permission::HearRecordings) && !is_seen {
        return Err(by.out_of_scope(format!("contact {id}")).await);
    }
    let request = Request::PlayMessage {
        contact,
        recording: sound.recording,
    };
    let input = Input::Asked {
        actor: by.actor.clone(),
        request,
    };
    done(center.engine.submit(input).await?)?;
    let kept = center.store.recording(center.id(), sound.recording).await?;
    if let Some(kept) = kept {
        let asked = Asked::of_request(&headers, kept.sheet.n_bytes);
        return answer(center, kept, asked).await;
    }
    let file = file(center, &sound.parts).await?;
    let whole = u64::try_from(file.len()).unwrap_or(u64::MAX);
    let asked = Asked::of_request(&headers, whole);
    let part = asked.bytes(whole);
    let at = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    let part = file.get(at(part.start)..at(part.end)).unwrap_or_default();
    Ok(range::sound(asked, whole, part.to_vec().into()))
}

/// The parts, opened and put together: of before recordings had a place of their own.
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
