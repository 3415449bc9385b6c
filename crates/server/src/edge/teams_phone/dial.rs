//! The orders by which a call of an outbound contact begins: the agent's client is called from a resource account, or
//! the customer's phone is, before an agent is there. A phone that comes later is added by the order that adds any phone.

use super::TeamsPhone;
use super::operations::{agent, begun, context, failed, intelligence, repeatability};
use super::talk::phone;
use tandem_core::effect::{Effect, Order, Outcome};
use tandem_core::ids::{ContactId, EffectId};
use tandem_microsoft::acs::call::{self, CreateCallRequest};
use tandem_microsoft::acs::identifier::{Identifier, MicrosoftTeamsApp};

/// Carries out an order by which a call begins.
#[expect(clippy::wildcard_enum_match_arm, reason = "two orders begin a call")]
pub(super) async fn perform(edge: &TeamsPhone, order: &Order) -> Outcome {
    let (contact, from, target) = match &order.effect {
        Effect::CallAgent {
            contact,
            from,
            address,
            ..
        } => (*contact, from, agent(edge, address)),
        Effect::CallCustomer {
            contact,
            from,
            number,
        } => match phone(edge, number).await {
            Ok(target) => (*contact, from, target),
            Err(outcome) => return outcome,
        },
        _ => return failed("not-an-order-that-begins-a-call"),
    };
    create(edge, order.id, contact, from, target).await
}

/// No caller number is named, for the service refuses one beside a resource account (400/8523): it shows that of the
/// account.
async fn create(
    edge: &TeamsPhone,
    id: EffectId,
    contact: ContactId,
    from: &str,
    target: Identifier,
) -> Outcome {
    let body = CreateCallRequest {
        targets: vec![target],
        callback_uri: edge.callback_uri(contact),
        operation_context: Some(context(id)),
        call_intelligence_options: intelligence(edge),
        teams_app_source: Some(MicrosoftTeamsApp {
            app_id: from.to_owned(),
            cloud: None,
        }),
        ..CreateCallRequest::default()
    };
    begun(edge, &call::create(&body, repeatability(edge, id))).await
}
