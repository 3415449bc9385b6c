//! The order by which a call of an outbound contact begins: the agent's client is called, from a resource
//! account. The customer's phone is added by the order that adds any phone.

use super::TeamsPhone;
use super::operations::{agent, begun, context, intelligence, repeatability};
use tandem_core::effect::Outcome;
use tandem_core::ids::{ContactId, EffectId};
use tandem_microsoft::acs::call::{self, CreateCallRequest};
use tandem_microsoft::acs::identifier::MicrosoftTeamsApp;

/// Calls the agent. No caller number is named, for the service refuses one beside a resource account
/// (400/8523): it shows that of the account.
pub(super) async fn call_agent(
    edge: &TeamsPhone,
    id: EffectId,
    contact: ContactId,
    from: &str,
    address: &str,
) -> Outcome {
    let body = CreateCallRequest {
        targets: vec![agent(edge, address)],
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
