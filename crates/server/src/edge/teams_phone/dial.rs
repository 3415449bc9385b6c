//! The orders by which a call of an outbound contact begins: the agent's client is called from a resource account, or
//! the customer's phone is, before an agent is there. A phone that comes later is added by the order that adds any phone.

use super::TeamsPhone;
use super::operations::{agent, begun, context, intelligence, repeatability};
use super::talk::phone;
use tandem_core::effect::Outcome;
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::talk::Number;
use tandem_microsoft::acs::call::{self, CreateCallRequest};
use tandem_microsoft::acs::identifier::{Identifier, MicrosoftTeamsApp};

/// Calls the agent.
pub(super) async fn call_agent(
    edge: &TeamsPhone,
    id: EffectId,
    contact: ContactId,
    from: &str,
    address: &str,
) -> Outcome {
    create(edge, id, contact, from, agent(edge, address)).await
}

/// Calls the customer.
pub(super) async fn call_customer(
    edge: &TeamsPhone,
    id: EffectId,
    contact: ContactId,
    from: &str,
    number: &Number,
) -> Outcome {
    match phone(edge, number).await {
        Ok(target) => create(edge, id, contact, from, target).await,
        Err(outcome) => outcome,
    }
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
