//! People of the directory: everybody, and what changed since (microsoft-graph.md 3.1 to 3.3).

use crate::request::{Method, Request};
use crate::wire::null_is_default;
use serde::{Deserialize, Deserializer};

/// What Tandem reads of somebody.
const SELECT: &str = "id,displayName,userPrincipalName,mail,jobTitle,department,businessPhones,mobilePhone,\
                      faxNumber,usageLocation,accountEnabled,userType,assignedPlans";
/// The largest page that the service gives.
pub const PAGE_MAX: usize = 999;
/// Service plan Microsoft Teams (TEAMS1).
pub const TEAMS_PLAN: &str = "57ff2da0-773e-42df-b2af-ffb7a2317929";
/// Service plan Teams Phone (MCOEV).
pub const TEAMS_PHONE_PLAN: &str = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7";

/// `GET /users`: a page of everybody. User.Read.All.
#[must_use]
pub fn list() -> Request {
    let path = format!("/v1.0/users?$select={SELECT}&$top={PAGE_MAX}");
    Request::without_body(Method::Get, path)
}

/// `GET /users/delta` without a round: its link tells what changes from now on. Whoever reads everybody after
/// this misses nothing. User.Read.All.
#[must_use]
pub fn changes_from_now() -> Request {
    let path = format!("/v1.0/users/delta?$deltatoken=latest&$select={SELECT}");
    Request::without_body(Method::Get, path)
}

/// `GET /users` of one person: the least that shows whether the directory may be read.
#[must_use]
pub fn probe() -> Request {
    Request::without_body(Method::Get, "/v1.0/users?$select=id&$top=1".to_owned())
}

/// Somebody, or what changed of somebody: `None` is what nothing was said about, `Some(None)` what is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserSaid {
    pub id: String,
    #[serde(deserialize_with = "said")]
    pub display_name: Option<Option<String>>,
    #[serde(deserialize_with = "said")]
    pub user_principal_name: Option<Option<String>>,
    #[serde(deserialize_with = "said")]
    pub mail: Option<Option<String>>,
    #[serde(deserialize_with = "said")]
    pub job_title: Option<Option<String>>,
    #[serde(deserialize_with = "said")]
    pub department: Option<Option<String>>,
    #[serde(deserialize_with = "said")]
    pub mobile_phone: Option<Option<String>>,
    #[serde(deserialize_with = "said")]
    pub fax_number: Option<Option<String>>,
    #[serde(deserialize_with = "said")]
    pub usage_location: Option<Option<String>>,
    #[serde(deserialize_with = "said")]
    pub user_type: Option<Option<String>>,
    pub account_enabled: Option<bool>,
    pub business_phones: Option<Vec<String>>,
    pub assigned_plans: Option<Vec<AssignedPlan>>,
    /// There is nobody any more.
    #[serde(rename = "@removed")]
    pub removed: Option<Removed>,
}

/// Somebody was removed, restorably (`changed`) or for good (`deleted`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Removed {
    #[serde(default)]
    pub reason: String,
}

/// A service plan that somebody was given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssignedPlan {
    #[serde(default, deserialize_with = "null_is_default")]
    pub service_plan_id: String,
    /// Enabled, Warning (still working), Suspended, Deleted, LockedOut.
    #[serde(default, deserialize_with = "null_is_default")]
    pub capability_status: String,
}

impl AssignedPlan {
    /// Whether it is this plan, and works.
    #[must_use]
    pub fn gives(&self, plan: &str) -> bool {
        let status = self.capability_status.as_str();
        let works = ["Enabled", "Warning"];
        self.service_plan_id.eq_ignore_ascii_case(plan)
            && works.iter().any(|it| it.eq_ignore_ascii_case(status))
    }
}

fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Page;

    // B-232
    #[test]
    fn page_tells_what_was_said_from_what_was_not_and_who_is_gone() {
        let body = r#"{"value":[
            {"id":"1","displayName":"Ann","mail":null,"businessPhones":["+1 206 555 0100"],"assignedPlans":[{"servicePlanId":"57FF2DA0-773e-42df-b2af-ffb7a2317929","capabilityStatus":"Warning"}]},
            {"id":"2","@removed":{"reason":"deleted"}}],"@odata.deltaLink":"https://graph.microsoft.com/v1.0/users/delta?$deltatoken=x"}"#;
        let page: Page<UserSaid> = serde_json::from_str(body).unwrap();
        let [ann, gone] = page.value.as_slice() else {
            panic!("two people")
        };
        assert_eq!(ann.display_name, Some(Some("Ann".to_owned())));
        assert_eq!((&ann.mail, &ann.job_title), (&Some(None), &None));
        let plans = ann.assigned_plans.as_deref().unwrap();
        assert!(plans.iter().any(|plan| plan.gives(TEAMS_PLAN)));
        assert!(!plans.iter().any(|plan| plan.gives(TEAMS_PHONE_PLAN)));
        assert_eq!(gone.removed.as_ref().unwrap().reason, "deleted");
        assert!(page.next_link.is_none() && page.delta_link.is_some());
    }

    // B-195
    #[test]
    fn suspended_plan_gives_nothing() {
        for (status, works) in [
            ("Enabled", true),
            ("Suspended", false),
            ("LockedOut", false),
        ] {
            let plan = AssignedPlan {
                service_plan_id: TEAMS_PLAN.to_owned(),
                capability_status: status.to_owned(),
            };
            assert_eq!(plan.gives(TEAMS_PLAN), works, "{status}");
        }
    }
}
