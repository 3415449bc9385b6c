//! Which operation a request means: method and path against the tables of all services.
//!
//! Templates are written as the contract writes them: `{name}` is one segment, `{name}:verb` a
//! segment that ends in the verb. Parameters come out percent-decoded.

use crate::access::AccessCall;
use crate::acs::operation::{self, Calling, Preview};
use crate::control::route::{self, Control};
use crate::entra::consent::Endpoint;
use crate::graph;
use crate::graph::route::GraphCall;
use crate::identity::IdentityCall;

/// Every operation that the emulator knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Control(Control),
    Calling(Calling),
    /// Of a preview of Call Automation.
    Preview(Preview),
    Identity(IdentityCall),
    Access(AccessCall),
    Token,
    Authorize,
    PickAccount,
    Logout,
    DeviceCode,
    DevicePage,
    DevicePressed,
    AdminConsent(Endpoint),
    AdminConsentPressed(Endpoint),
    InstanceDiscovery,
    /// Of Microsoft Graph, in either version.
    Graph(GraphCall),
    EntraDiscovery(Endpoint),
    EntraKeys(Endpoint),
    CallbackDiscovery,
    CallbackKeys,
    ValidateSubscription,
    FetchRecording,
    FetchRecordingMetadata,
    DeleteRecording,
    Unknown,
}

#[derive(Debug)]
pub(crate) struct Identified {
    pub(crate) operation: Operation,
    pub(crate) parameters: Vec<String>,
}

impl Operation {
    /// The name under which it is recorded, and by which a fault can be aimed at it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Control(control) => control.name(),
            Self::Calling(calling) => calling.name(),
            Self::Preview(preview) => preview.name(),
            Self::Identity(call) => call.name(),
            Self::Access(call) => call.name(),
            Self::Token => "Token",
            Self::Authorize => "Authorize",
            Self::PickAccount => "PickAccount",
            Self::Logout => "Logout",
            Self::DeviceCode => "DeviceCode",
            Self::DevicePage => "DevicePage",
            Self::DevicePressed => "DevicePressed",
            Self::AdminConsent(_) => "AdminConsent",
            Self::AdminConsentPressed(_) => "AdminConsentPressed",
            Self::InstanceDiscovery => "InstanceDiscovery",
            Self::Graph(call) => call.name(),
            Self::EntraDiscovery(_) => "EntraDiscovery",
            Self::EntraKeys(_) => "EntraKeys",
            Self::CallbackDiscovery => "CallbackDiscovery",
            Self::CallbackKeys => "CallbackKeys",
            Self::ValidateSubscription => "ValidateSubscription",
            Self::FetchRecording => "FetchRecording",
            Self::FetchRecordingMetadata => "FetchRecordingMetadata",
            Self::DeleteRecording => "DeleteRecording",
            Self::Unknown => "Unknown",
        }
    }
}

const ASSIGNMENT: &str = "/access/teamsExtension/tenants/{tenant}/assignments/{object}";

const DOCUMENTS: [(&str, &str, Operation); 32] = [
    (
        "POST",
        "/identities",
        Operation::Identity(IdentityCall::Create),
    ),
    (
        "DELETE",
        "/identities/{id}",
        Operation::Identity(IdentityCall::Delete),
    ),
    (
        "POST",
        "/identities/{id}/:issueAccessToken",
        Operation::Identity(IdentityCall::IssueToken),
    ),
    (
        "POST",
        "/identities/{id}/:revokeAccessTokens",
        Operation::Identity(IdentityCall::RevokeTokens),
    ),
    (
        "POST",
        "/teamsUser/:exchangeAccessToken",
        Operation::Identity(IdentityCall::ExchangeTeamsToken),
    ),
    ("PUT", ASSIGNMENT, Operation::Access(AccessCall::Assign)),
    (
        "GET",
        ASSIGNMENT,
        Operation::Access(AccessCall::GetAssignment),
    ),
    (
        "DELETE",
        ASSIGNMENT,
        Operation::Access(AccessCall::Unassign),
    ),
    (
        "POST",
        "/access/teamsExtension/:exchangeAccessToken",
        Operation::Access(AccessCall::Exchange),
    ),
    (
        "POST",
        "/access/entra/:exchangeAccessToken",
        Operation::Access(AccessCall::ExchangeEntra),
    ),
    (
        "POST",
        "/{tenant}/oauth2/v2.0/devicecode",
        Operation::DeviceCode,
    ),
    ("GET", "/devicelogin", Operation::DevicePage),
    ("POST", "/devicelogin", Operation::DevicePressed),
    (
        "GET",
        "/{tenant}/adminconsent",
        Operation::AdminConsent(Endpoint::V1),
    ),
    (
        "POST",
        "/{tenant}/adminconsent",
        Operation::AdminConsentPressed(Endpoint::V1),
    ),
    (
        "GET",
        "/{tenant}/v2.0/adminconsent",
        Operation::AdminConsent(Endpoint::V2),
    ),
    (
        "POST",
        "/{tenant}/v2.0/adminconsent",
        Operation::AdminConsentPressed(Endpoint::V2),
    ),
    (
        "GET",
        "/common/discovery/instance",
        Operation::InstanceDiscovery,
    ),
    (
        "GET",
        "/calling/.well-known/acsopenidconfiguration",
        Operation::CallbackDiscovery,
    ),
    ("GET", "/calling/keys", Operation::CallbackKeys),
    ("POST", "/{tenant}/oauth2/v2.0/token", Operation::Token),
    (
        "GET",
        "/{tenant}/oauth2/v2.0/authorize",
        Operation::Authorize,
    ),
    ("POST", "/{tenant}/login", Operation::PickAccount),
    ("GET", "/{tenant}/oauth2/v2.0/logout", Operation::Logout),
    (
        "GET",
        "/{tenant}/v2.0/.well-known/openid-configuration",
        Operation::EntraDiscovery(Endpoint::V2),
    ),
    (
        "GET",
        "/{tenant}/.well-known/openid-configuration",
        Operation::EntraDiscovery(Endpoint::V1),
    ),
    (
        "GET",
        "/{tenant}/discovery/v2.0/keys",
        Operation::EntraKeys(Endpoint::V2),
    ),
    (
        "GET",
        "/{tenant}/discovery/keys",
        Operation::EntraKeys(Endpoint::V1),
    ),
    (
        "GET",
        "/eventgrid/subscriptions/{id}/validate",
        Operation::ValidateSubscription,
    ),
    (
        "GET",
        "/v1/objects/{document}/content/audio",
        Operation::FetchRecording,
    ),
    (
        "GET",
        "/v1/objects/{document}/content/acsmetadata",
        Operation::FetchRecordingMetadata,
    ),
    (
        "DELETE",
        "/v1/objects/{document}",
        Operation::DeleteRecording,
    ),
];

/// Method and template of every route, with its operation.
fn table() -> impl Iterator<Item = (&'static str, &'static str, Operation)> {
    let calling = operation::TABLE
        .iter()
        .map(|(call, verb, template)| (*verb, *template, Operation::Calling(*call)));
    let previews = operation::PREVIEWS
        .iter()
        .map(|(preview, verb, template)| (*verb, *template, Operation::Preview(*preview)));
    let control = route::TABLE.iter().map(|route| {
        (
            route.method,
            route.template,
            Operation::Control(route.control),
        )
    });
    DOCUMENTS
        .into_iter()
        .chain(calling)
        .chain(previews)
        .chain(control)
}

/// The same without the operation, for whoever tries them all.
pub(crate) fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    let graph = graph::route::TABLE.iter();
    table()
        .map(|(method, template, _)| (method, template))
        .chain(graph.map(|route| (route.method, route.template)))
}

pub(crate) fn identify(method: &str, path: &str) -> Identified {
    if let Some((call, parameters)) = graph::route::identify(method, path) {
        return Identified {
            operation: Operation::Graph(call),
            parameters,
        };
    }
    for (verb, template, operation) in table() {
        if verb == method
            && let Some(parameters) = matches(template, path)
        {
            return Identified {
                operation,
                parameters,
            };
        }
    }
    Identified {
        operation: Operation::Unknown,
        parameters: Vec::new(),
    }
}

fn matches(template: &str, path: &str) -> Option<Vec<String>> {
    // What stands before the first parameter tells most of them apart.
    let literal = template.split('{').next().unwrap_or(template);
    if !path.starts_with(literal) {
        return None;
    }
    let mut parameters = Vec::new();
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(parameters),
            (Some(pattern), Some(segment)) => segment_matches(pattern, segment, &mut parameters)?,
            (None, Some(_)) | (Some(_), None) => return None,
        }
    }
}

fn segment_matches(pattern: &str, segment: &str, parameters: &mut Vec<String>) -> Option<()> {
    let Some(inner) = pattern.strip_prefix('{') else {
        return (pattern == segment).then_some(());
    };
    let (_, verb) = inner.split_once('}')?;
    let value = segment.strip_suffix(verb)?;
    if value.is_empty() {
        return None;
    }
    parameters.push(decode(value));
    Some(())
}

/// Percent-decoding; a damaged escape stays as it is, and bytes that are no UTF-8 are replaced.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = bytes
            .get(at + 1..at + 3)
            .filter(|_| *byte == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(escaped.unwrap_or(*byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A field of a query or a form.
pub(crate) fn field(text: &str, name: &str) -> Option<String> {
    fields(text).find_map(|(key, value)| (key == name).then_some(value))
}

/// All of them, in their order.
pub(crate) fn fields(text: &str) -> impl Iterator<Item = (String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key), decode(&value.replace('+', " ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_and_parameters_are_told_apart() {
        let play = identify("POST", "/calling/callConnections/abc:play");
        assert_eq!(
            (play.operation.name(), play.parameters),
            ("CallMedia_Play", vec!["abc".to_owned()])
        );
        let one = identify(
            "GET",
            "/calling/callConnections/abc/participants/4%3A%2B1555",
        );
        assert_eq!(one.operation.name(), "CallConnection_GetParticipant");
        assert_eq!(one.parameters, ["abc", "4:+1555"]);
        assert_eq!(
            identify("DELETE", "/calling/callConnections/abc")
                .operation
                .name(),
            "CallConnection_HangupCall"
        );
        assert_eq!(identify("GET", "/nothing").operation, Operation::Unknown);
        assert_eq!(
            identify("GET", "/t/v2.0/.well-known/openid-configuration").operation,
            Operation::EntraDiscovery(Endpoint::V2)
        );
    }

    // The table is the contract's, not ours.
    #[test]
    fn every_operation_of_the_contract_is_identified_under_its_own_name() {
        let contract: serde_json::Value =
            serde_json::from_str(include_str!("../testdata/operations.json")).unwrap();
        let operations = contract["operations"].as_array().unwrap();
        // None is missing and none is made up.
        assert_eq!((operations.len(), operation::TABLE.len()), (34, 34));
        for operation in operations {
            let path = operation["path"].as_str().unwrap();
            let concrete = path
                .replace("{callConnectionId}", "c1")
                .replace("{recordingId}", "r1")
                .replace("{participantRawId}", "4%3Ax");
            let found = identify(operation["method"].as_str().unwrap(), &concrete);
            assert_eq!(
                found.operation.name(),
                operation["operationId"].as_str().unwrap(),
                "{path}"
            );
            let Operation::Calling(calling) = found.operation else {
                panic!("{path} is another service")
            };
            assert_eq!(
                calling.is_repeatable(),
                operation["repeatabilityHeaders"].as_bool().unwrap(),
                "{path}"
            );
        }
    }

    #[test]
    fn every_operation_stands_in_the_documentation() {
        let page = include_str!("../../../docs/emulator.md");
        for (calling, _, _) in operation::TABLE {
            let implemented = page.contains(&format!("| {} | implemented |", calling.name()));
            let refused = page.contains(&format!("| {} | refused |", calling.name()));
            assert_eq!(
                (implemented, refused),
                (calling.is_built(), !calling.is_built()),
                "{}",
                calling.name()
            );
        }
    }

    // The page has a row for each of them, and the contract none.
    #[test]
    fn operations_of_previews_stand_in_the_documentation_as_refused() {
        let page = include_str!("../../../docs/emulator.md");
        let contract = include_str!("../testdata/operations.json");
        for (preview, _, template) in operation::PREVIEWS {
            let row = format!("| {} | refused, of a preview |", preview.name());
            assert!(page.contains(&row), "{row}");
            let verb = template.rsplit(':').next().unwrap();
            assert!(!contract.contains(verb), "{verb} is no preview's any more");
        }
    }

    #[test]
    fn every_operation_was_used_by_a_client_that_is_not_ours() {
        let table = include_str!("../../../docs/emulator-conformance.md");
        for (calling, _, _) in operation::TABLE {
            let begin = format!("\n| {} | ", calling.name());
            assert!(table.contains(&begin), "{}", calling.name());
        }
    }

    #[test]
    fn fields_are_decoded() {
        assert_eq!(
            field("a=1&scope=x%2Fy+z", "scope").as_deref(),
            Some("x/y z")
        );
        assert_eq!(field("a=1", "b"), None);
        assert_eq!(decode("%zz%4"), "%zz%4");
    }
}
