//! The tenant itself: where its data lies, and what it is called (microsoft-graph.md 3.4).

use super::refusal::Refusal;
use super::{Asked, collection};
use crate::answer::Answer;
use crate::options::defaults;
use crate::world::World;
use serde_json::json;

/// `GET /organization`
pub(super) fn list(world: &World, asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let is_own = asked.caller.tenant.eq_ignore_ascii_case(defaults::TENANT);
    let (name, domain) = if is_own {
        ("Tandem", "tandem.example")
    } else {
        ("Another organization", "other.example")
    };
    let organization = json!({
        "id": asked.caller.tenant, "displayName": name, "tenantType": "AAD",
        "countryLetterCode": world.locations.country(),
        "defaultUsageLocation": world.locations.country(),
        "preferredDataLocation": world.locations.preferred(),
        "verifiedDomains": [{"name": domain, "isDefault": true, "isInitial": true, "type": "Managed", "capabilities": "Email"}],
    });
    Ok(collection(asked, "organization", vec![organization]))
}
