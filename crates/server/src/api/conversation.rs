//! What an agent does in a conversation beside talking: hold, transfer, consultation, tones.

use super::body::{At, Body};
use super::me::{Nothing, ask, ask_keeping};
use crate::center::Center;
use crate::phone::PhoneNumber;
use crate::problem::Problem;
use crate::sign_in::Agent;
use axum::Json;
use serde::Deserialize;
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::input::Request;
use tandem_core::talk::Target;
use tandem_store::SealedSubject;
use utoipa::ToSchema;

/// To whom: exactly one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Whom {
    queue_id: Option<u64>,
    agent_id: Option<u64>,
    /// A number in international form.
    number: Option<String>,
}

/// Tones.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Digits {
    /// 1 to 18 of `0` to `9`, `*`, `#`, `A` to `D`. They are not kept.
    digits: String,
}

/// Tones that one order sends: the service takes no more.
const DIGITS_MAX: usize = 18;

impl Whom {
    /// As the core has it; a number becomes durable with what refers to it.
    async fn target(self, center: &Center) -> Result<(Target, Vec<SealedSubject>), Problem> {
        match (self.queue_id, self.agent_id, self.number) {
            (Some(queue), None, None) => Ok((Target::Queue(QueueId(queue)), Vec::new())),
            (None, Some(agent), None) => Ok((Target::Agent(AgentId(agent)), Vec::new())),
            (None, None, Some(number)) => {
                let number = PhoneNumber::parse(&number)
                    .map_err(|error| Problem::invalid("number", error.to_string()))?;
                let (subject, sealed) = center.people.seal(number.e164()).await?;
                let number = number.known_as(&center.keys, center.engine.center(), subject);
                Ok((Target::Number(number), vec![sealed]))
            }
            (_, _, _) => Err(Problem::invalid(
                "to",
                "give exactly one of queue_id, agent_id and number",
            )),
        }
    }
}

async fn ask_for(
    by: Agent,
    whom: Whom,
    request: impl FnOnce(Target) -> Request,
) -> Result<Json<Nothing>, Problem> {
    let (target, subjects) = whom.target(&by.center).await?;
    ask_keeping(by, request(target), subjects).await
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident $path:literal $id:literal $request:ident;)+) => {$(
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "desk", operation_id = $id,
            params(("center" = String, Path), ("id" = u64, Path)),
            responses((status = 200, body = Nothing),
                (status = "4XX", body = crate::problem::ProblemDocument)))]
        pub(super) async fn $name(by: Agent, At(id): At<u64>) -> Result<Json<Nothing>, Problem> {
            ask(by, Request::$request { contact: ContactId(id) }).await
        }
    )+};
}

acts! {
    /// Puts the customer on hold, to the music of the queue. Role: agent, own contact.
    hold "/{center}/contacts/{id}/hold" "hold" Hold;
    /// Talks to the customer again. Role: agent, own contact.
    resume "/{center}/contacts/{id}/resume" "resume" Resume;
    /// Talks to the other one of customer and third party. Role: agent, own contact.
    swap "/{center}/contacts/{id}/consult/swap" "swap" Swap;
    /// All three talk together. Role: agent, own contact.
    merge "/{center}/contacts/{id}/consult/merge" "merge" Merge;
    /// Leaves the contact to the third party. Role: agent, own contact.
    complete "/{center}/contacts/{id}/consult/complete" "complete_transfer" CompleteTransfer;
    /// Gives the third party up, ringing or in the call; the customer is back. Role: agent, own contact.
    cancel "/{center}/contacts/{id}/consult/cancel" "cancel_consult" DropThird;
}

/// Hands the contact over: at once to a queue; to a colleague or a number when the call is answered, and until
/// then the customer is on hold. Who is not reached leaves the customer with the agent. Role: agent, own
/// contact.
#[utoipa::path(post, path = "/{center}/contacts/{id}/transfer", tag = "desk",
    operation_id = "transfer", request_body = Whom,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn transfer(
    by: Agent,
    At(id): At<u64>,
    Body(to): Body<Whom>,
) -> Result<Json<Nothing>, Problem> {
    let contact = ContactId(id);
    ask_for(by, to, |to| Request::Transfer { contact, to }).await
}

/// Calls a colleague or a number into the call, the customer being on hold. Role: agent, own contact.
#[utoipa::path(post, path = "/{center}/contacts/{id}/consult", tag = "desk",
    operation_id = "consult", request_body = Whom,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn consult(
    by: Agent,
    At(id): At<u64>,
    Body(with): Body<Whom>,
) -> Result<Json<Nothing>, Problem> {
    let contact = ContactId(id);
    ask_for(by, with, |with| Request::Consult { contact, with }).await
}

/// Sends tones to the phone outside, if one is in the call, or to the customer's. What was sent is nowhere
/// kept or shown. Role: agent, own contact.
#[utoipa::path(post, path = "/{center}/contacts/{id}/digits", tag = "desk",
    operation_id = "send_digits", request_body = Digits,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn send_digits(
    by: Agent,
    At(id): At<u64>,
    Body(Digits { digits }): Body<Digits>,
) -> Result<Json<Nothing>, Problem> {
    let are_tones = |it: char| matches!(it, '0'..='9' | '*' | '#' | 'A'..='D');
    if !(1..=DIGITS_MAX).contains(&digits.chars().count()) || !digits.chars().all(are_tones) {
        let detail = format!("send 1 to {DIGITS_MAX} of 0 to 9, *, # and A to D");
        return Err(Problem::invalid("digits", detail));
    }
    let (subject, sealed) = by.center.people.seal(&digits).await?;
    let request = Request::SendDigits {
        contact: ContactId(id),
        digits: subject,
    };
    ask_keeping(by, request, vec![sealed]).await
}
