//! Calling out: from where an agent may call, whether a number may be called, and the call itself. What is
//! allowed is decided in the core; here only what digits alone tell.

use super::body::{At, Body};
use crate::arrival::{self, ArrivalDetail};
use crate::center::Center;
use crate::phone::{NotDialable, PhoneNumber};
use crate::problem::Problem;
use crate::sign_in::Agent;
use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tandem_core::callback::Person;
use tandem_core::calling_out::Wish;
use tandem_core::contact::State as Stage;
use tandem_core::ids::{AgentId, ContactId, QueueId};
use tandem_core::input::{CallOut, Input, Request};
use tandem_core::permission::Permission;
use tandem_core::state::State;
use tandem_core::turn::Reply;
use tandem_microsoft::acs::identifier::phone_number;
use tandem_reports::story::Story;
use utoipa::ToSchema;

/// From where the signed-in agent may call.
#[derive(Serialize, ToSchema)]
pub(super) struct CallingOutView {
    queues: Vec<CallingQueue>,
    can_call: bool,
    /// A stable code.
    why_not: Option<&'static str>,
}

/// A queue from which customers are called.
#[derive(Serialize, ToSchema)]
pub(super) struct CallingQueue {
    id: u64,
    name: String,
    /// The number that customers see, where it is known.
    caller_id: Option<String>,
    /// The endpoint whose number they see.
    caller_name: String,
    countries: Vec<Country>,
}

/// A country that may be called.
#[derive(Serialize, ToSchema)]
pub(super) struct Country {
    /// The calling code, without the plus.
    code: String,
}

/// Whom to call, and from which queue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCall {
    queue_id: u64,
    /// In international form.
    number: String,
}

/// From which queue to call back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CallBack {
    /// The contact's own when left out.
    queue_id: Option<u64>,
}

/// Whether a number may be called at this moment.
#[derive(Serialize, ToSchema)]
pub(super) struct CallCheck {
    allowed: bool,
    /// The rule that forbids it.
    code: Option<&'static str>,
    /// What can be done about it; empty when it is allowed.
    detail: String,
    /// In E.164 form, if it is a number.
    number: Option<String>,
    /// The calling code of its country.
    country: Option<String>,
    /// The number that the customer would see, where it is known.
    caller_id: Option<String>,
    /// The endpoint whose number the customer would see.
    caller_name: Option<String>,
    /// Whether the conversation would be recorded, by the rule of the queue; never where calling is not allowed.
    recorded: bool,
}

/// The contact that a call became.
#[derive(Serialize, ToSchema)]
pub(super) struct Called {
    contact_id: u64,
}

/// From where the agent may call, and whether now. Role: agent.
#[utoipa::path(get, path = "/{center}/calling-out", tag = "desk", operation_id = "calling_out",
    params(("center" = String, Path)),
    responses((status = 200, body = CallingOutView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(by: Agent) -> Result<Json<CallingOutView>, Problem> {
    let own = by.agent()?;
    let view = by.center.engine.view();
    Ok(Json(view.read(|projection| {
        calling_out(projection.center.state(), own)
    })))
}

fn calling_out(state: &State, own: AgentId) -> CallingOutView {
    let queues: Vec<_> = state
        .served_by(own)
        .filter_map(|id| calling_queue(state, id))
        .collect();
    let why_not = match state.is_free_to_call(own, None) {
        Err(refusal) => Some(refusal.code()),
        Ok(()) if queues.is_empty() => Some(tandem_core::refusal::Refusal::NoCallerId.code()),
        Ok(()) => None,
    };
    CallingOutView {
        queues,
        can_call: why_not.is_none(),
        why_not,
    }
}

fn calling_queue(state: &State, id: QueueId) -> Option<CallingQueue> {
    let queue = state.settings.queue(id)?;
    let rules = queue.calling_out.as_ref()?;
    let endpoint = state.settings.endpoints.get(rules.endpoint)?;
    let countries = rules.countries.iter().cloned();
    Some(CallingQueue {
        id: id.0,
        name: queue.name.clone(),
        caller_id: None,
        caller_name: endpoint.document.name.clone(),
        countries: countries.map(|code| Country { code }).collect(),
    })
}

/// Whether a number may be called at this moment, with the rule that forbids it. Nothing is written. Role:
/// agent.
#[utoipa::path(post, path = "/{center}/calling-out/check", tag = "desk",
    operation_id = "check_call", request_body = NewCall, params(("center" = String, Path)),
    responses((status = 200, body = CallCheck),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn check(
    by: Agent,
    Body(sent): Body<NewCall>,
) -> Result<Json<CallCheck>, Problem> {
    let agent = by.agent()?;
    let center = &by.center;
    let queue = QueueId(sent.queue_id);
    let number = match PhoneNumber::dialable(&sent.number) {
        Ok(number) => number,
        Err(refused) => return Ok(Json(CallCheck::of_no_number(&refused))),
    };
    let wish = Wish {
        agent,
        queue,
        country: number.calling_code(),
        customer: number.customer(&center.keys, center.engine.center()),
        again: None,
    };
    let now = center.clock.now();
    let (line, caller_name, rule) = center.engine.view().read(|projection| {
        let state = projection.center.state();
        let from = calling_queue(state, queue);
        (
            state.may_call(now, &wish),
            from.map(|from| from.caller_name),
            state.settings.recording_rule(queue).copied(),
        )
    });
    let refusal = line.err();
    let is_recorded = rule.is_some_and(|rule| rule.records_calling_out());
    Ok(Json(CallCheck {
        allowed: refusal.is_none(),
        code: refusal.as_ref().map(tandem_core::refusal::Refusal::code),
        detail: refusal
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        country: Some(number.calling_code().to_owned()),
        number: Some(number.e164().to_owned()),
        caller_id: None,
        caller_name,
        recorded: refusal.is_none() && is_recorded,
    }))
}

impl CallCheck {
    fn of_no_number(refused: &NotDialable) -> Self {
        Self {
            allowed: false,
            code: Some(refused.code()),
            detail: refused.to_string(),
            number: None,
            country: None,
            caller_id: None,
            caller_name: None,
            recorded: false,
        }
    }
}

/// Calls a customer: the agent's Teams client rings first, then the customer's phone. Role: agent.
#[utoipa::path(post, path = "/{center}/calls", tag = "desk", operation_id = "call_out",
    request_body = NewCall, params(("center" = String, Path)),
    responses((status = 201, body = Called),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn call(
    by: Agent,
    Body(sent): Body<NewCall>,
) -> Result<(StatusCode, Json<Called>), Problem> {
    let number = dialable(&sent.number)?;
    let customer = Customer { number, name: None };
    let queue = QueueId(sent.queue_id);
    let (request, subjects) = call_out(&by.center, queue, customer, None).await?;
    let input = Input::Asked {
        actor: by.actor,
        request,
    };
    called(
        by.center
            .engine
            .submit_and_see(input, subjects)
            .await?
            .reply,
    )
}

/// Calls the customer of a contact that is over, or for which the agent owes wrap-up. Permission: take_contacts; own
/// contacts, and with see_contacts others in sight.
#[utoipa::path(post, path = "/{center}/contacts/{id}/call-back", tag = "desk",
    operation_id = "call_back", request_body = CallBack,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 201, body = Called),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn call_back(
    by: Agent,
    At(id): At<u64>,
    Body(sent): Body<CallBack>,
) -> Result<(StatusCode, Json<Called>), Problem> {
    let contact = ContactId(id);
    let center = &by.center;
    let own = by.actor.agent;
    let found = center.engine.view().read(|projection| {
        let live = projection.center.state().contacts.get(contact);
        let is_over = live.is_none_or(|it| {
            matches!(it.state, Stage::WrapUp(..)) && it.agent().is_some() && it.agent() == own
        });
        let queue = own.and_then(|own| queue_for(projection.center.state(), own));
        let story = projection.stories.story(contact).cloned();
        story.map(|story| (story, is_over, queue))
    });
    let unknown = || Problem::not_found(&format!("there is no contact {id}, or no longer"));
    let (story, is_over, any) = found.ok_or_else(unknown)?;
    may_call_back(&by, id, &story).await?;
    if !is_over {
        let detail = "this contact is not over; talk to the customer in it";
        return Err(Problem::conflict("contact_not_over", detail));
    }
    let queue = sent.queue_id.map(QueueId).or(story.queue).or(any);
    let queue = queue.ok_or_else(|| Problem::from(tandem_core::refusal::Refusal::NoCallerId))?;
    let customer = customer_of(center, &story).await?;
    let (request, subjects) = call_out(center, queue, customer, Some(contact)).await?;
    let input = Input::Asked {
        actor: by.actor.clone(),
        request,
    };
    called(center.engine.submit_and_see(input, subjects).await?.reply)
}

/// A queue of the agent from which customers are called.
fn queue_for(state: &State, own: AgentId) -> Option<QueueId> {
    let mut queues = state.served_by(own);
    queues.find(|id| calling_queue(state, *id).is_some())
}

async fn may_call_back(by: &Agent, id: u64, story: &Story) -> Result<(), Problem> {
    let own = by.actor.agent;
    if own.is_some_and(|agent| story.agents.contains(&agent)) {
        return Ok(());
    }
    if by.actor.may(Permission::SeeContacts) {
        if story.is_in(&by.sight(), &[]) {
            return Ok(());
        }
        return Err(by.out_of_scope(format!("contact {id}")).await);
    }
    let detail = "this contact was another agent's; the role supervisor may call its customer";
    Err(by
        .turned_away(format!("call back contact {id}"), detail)
        .await)
}

/// Whom to call.
pub(super) struct Customer {
    pub(super) number: PhoneNumber,
    pub(super) name: Option<String>,
}

async fn customer_of(center: &Center, story: &Story) -> Result<Customer, Problem> {
    let withheld = || {
        let detail = "the number of this customer is not known: it was withheld, or erased";
        Problem::conflict("no_number", detail)
    };
    let (store, id) = (center.store.as_ref(), center.engine.center());
    let detail = arrival::read(store, &center.keys, id, story.arrival).await;
    let detail = detail.map_err(|error| {
        tracing::warn!(center = %id, %error, "the customer of a contact cannot be read");
        withheld()
    })?;
    let number = detail.number.ok_or_else(withheld)?;
    Ok(Customer {
        number: dialable(&number)?,
        name: detail.name,
    })
}

pub(super) fn dialable(text: &str) -> Result<PhoneNumber, Problem> {
    PhoneNumber::dialable(text).map_err(|refused| {
        let detail = refused.to_string();
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, refused.code(), detail)
    })
}

/// What the core is asked, and the personal data that becomes durable with it.
async fn call_out(
    center: &Center,
    queue: QueueId,
    customer: Customer,
    again: Option<ContactId>,
) -> Result<(Request, Vec<tandem_store::SealedSubject>), Problem> {
    let (person, sealed) = sealed(center, customer).await?;
    let request = Request::CallOut(CallOut {
        queue,
        customer: person.customer,
        country: person.country,
        number: person.number,
        arrival: person.arrival,
        again,
    });
    Ok((request, sealed))
}

/// A customer as the core knows one, and the personal data that becomes durable with it.
pub(super) async fn sealed(
    center: &Center,
    customer: Customer,
) -> Result<(Person, Vec<tandem_store::SealedSubject>), Problem> {
    let Customer { number, name } = customer;
    let (subject, sealed) = center.people.seal(number.e164()).await?;
    let detail = ArrivalDetail {
        number: Some(number.e164().to_owned()),
        name,
        from_raw_id: phone_number(number.e164()).raw_id().unwrap_or_default(),
        ..ArrivalDetail::default()
    };
    let text =
        serde_json::to_string(&detail).map_err(|error| Problem::unavailable(&error.to_string()))?;
    let (arrival, sealed_detail) = center.people.seal(&text).await?;
    let id = center.engine.center();
    let person = Person {
        customer: number.customer(&center.keys, id),
        country: number.calling_code().to_owned(),
        number: number.known_as(&center.keys, id, subject),
        arrival,
        zone: None,
    };
    Ok((person, vec![sealed, sealed_detail]))
}

pub(super) fn called(reply: Reply) -> Result<(StatusCode, Json<Called>), Problem> {
    match reply {
        Reply::Dialed(contact) => {
            let called = Called {
                contact_id: contact.0,
            };
            Ok((StatusCode::CREATED, Json(called)))
        }
        Reply::Refused(refusal) => Err(refusal.into()),
        Reply::Done
        | Reply::Arrived(_)
        | Reply::ArrivedBefore(_)
        | Reply::Petitioned
        | Reply::Booked(_)
        | Reply::Saved { .. }
        | Reply::Reconciling { .. }
        | Reply::Learned
        | Reply::Ignored => Err(Problem::unavailable("the request was overtaken; try again")),
    }
}
