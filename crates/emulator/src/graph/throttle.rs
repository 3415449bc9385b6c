//! How much Graph takes of an application in a tenant: the figures that Microsoft publishes (microsoft-graph.md 13,
//! testdata/throttling.json). What is beyond is 429 with `Retry-After`.
//!
//! Limits over all tenants or all applications are not counted: one application asks here.

use super::refusal::Refusal;
use super::route::Meter;
use crate::rate::{Rate, Window};
use std::collections::BTreeMap;

/// Whether the published limits hold, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Throttling {
    #[default]
    Published,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Limit {
    Identity,
    IdentityWrites,
    Presence,
}

impl Limit {
    const fn rate(self, n_people: usize) -> Rate {
        let (window_ms, max) = match self {
            Self::Identity if n_people < 50 => (10_000, 3500),
            Self::Identity if n_people <= 500 => (10_000, 5000),
            Self::Identity => (10_000, 8000),
            Self::IdentityWrites => (150_000, 3000),
            Self::Presence => (30_000, 1500),
        };
        Rate { window_ms, max }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Identity | Self::IdentityWrites => "identity",
            Self::Presence => "presence",
        }
    }
}

/// What was taken, by tenant, application and limit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Throttle {
    pub(crate) throttling: Throttling,
    taken: BTreeMap<(String, Limit), Window>,
}

/// What a request takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand<'a> {
    pub(super) tenant: &'a str,
    pub(super) n_people: usize,
    pub(super) meter: Meter,
    pub(super) query: &'a str,
    pub(super) now_ms: u64,
}

impl Throttle {
    /// Counts a request: headers of its answer, or the refusal.
    pub(super) fn take(
        &mut self,
        demand: Demand<'_>,
    ) -> Result<Vec<(&'static str, String)>, Refusal> {
        let units = units(demand.meter, demand.query);
        let mut headers: Vec<_> = units
            .map(|units| ("x-ms-resource-unit", units.to_string()))
            .into_iter()
            .collect();
        if self.throttling == Throttling::Off {
            return Ok(headers);
        }
        for (limit, cost) in limits_of(demand.meter, units) {
            let rate = limit.rate(demand.n_people);
            let key = (demand.tenant.to_owned(), limit);
            let window = self.taken.entry(key).or_default();
            if let Err(seconds) = window.take(demand.now_ms, rate, cost) {
                let name = limit.name();
                let scope = format!("Tenant_Application/{name}/{}/{}", demand.tenant, rate.max);
                return Err(Refusal::throttled(seconds)
                    .with_header("x-ms-throttle-scope", scope)
                    .with_header("x-ms-throttle-information", "CPULimitExceeded".to_owned()));
            }
            let share = window.share(rate);
            if share >= 0.8 && limit != Limit::Presence {
                headers.push(("x-ms-throttle-limit-percentage", format!("{share:.1}")));
            }
        }
        Ok(headers)
    }
}

fn limits_of(meter: Meter, units: Option<u64>) -> Vec<(Limit, u64)> {
    let units = units.unwrap_or(1);
    match meter {
        Meter::Free => Vec::new(),
        Meter::Identity(_) => vec![(Limit::Identity, units)],
        Meter::IdentityWrite(_) => vec![(Limit::Identity, units), (Limit::IdentityWrites, 1)],
        Meter::Presence => vec![(Limit::Presence, 1)],
    }
}

/// Resource units of an identity request: `$select` and a small `$top` make it cheaper, `$expand` dearer.
fn units(meter: Meter, query: &str) -> Option<u64> {
    let base = match meter {
        Meter::Identity(base) | Meter::IdentityWrite(base) => base,
        Meter::Free | Meter::Presence => return None,
    };
    let field = |name| crate::identify::field(query, name);
    let is_small = field("$top")
        .and_then(|top| top.parse::<u64>().ok())
        .is_some_and(|top| top < 20);
    let dearer = u64::from(field("$expand").is_some());
    let cheaper = u64::from(field("$select").is_some()) + u64::from(is_small);
    Some((base + dearer).saturating_sub(cheaper).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::route::GraphCall;
    use serde_json::Value;

    fn published() -> Value {
        serde_json::from_str(include_str!("../../testdata/throttling.json")).unwrap()
    }

    // spec: throttling.json
    #[test]
    fn limits_are_the_published_ones() {
        let published = published();
        let of = |resource: &str| {
            let all = published["limits"].as_array().unwrap().iter();
            let mut all = all.filter(|limit| limit["resource"] == resource);
            let found = all.next().unwrap_or_else(|| panic!("{resource}"));
            let number = |name: &str| found[name].as_u64().unwrap();
            Rate {
                window_ms: number("window_s") * 1000,
                max: number("limit"),
            }
        };
        assert_eq!(Limit::Presence.rate(1), of("presence"));
        let tenant = "identity and access, tenant under 50 users";
        assert_eq!(Limit::Identity.rate(49), of(tenant));
        assert_eq!(
            Limit::Identity.rate(50),
            of("identity and access, 50 to 500 users")
        );
        assert_eq!(
            Limit::Identity.rate(501),
            of("identity and access, over 500 users")
        );
        assert_eq!(
            Limit::IdentityWrites.rate(1),
            of("identity and access writes")
        );
    }

    #[test]
    fn costs_are_the_published_ones() {
        let published = published();
        let cost = |name: &str| published["resource_unit_costs"][name].as_u64().unwrap();
        let of = |call: GraphCall, query: &str| units(call.route().unwrap().meter, query).unwrap();
        assert_eq!(of(GraphCall::ListUsers, ""), cost("GET users"));
        assert_eq!(
            of(GraphCall::ListUsers, "$select=id"),
            cost("GET users") - 1
        );
        assert_eq!(
            of(GraphCall::ListUsers, "%24select=id&$top=5"),
            cost("minimum")
        );
        assert_eq!(
            of(GraphCall::ListLicenseDetails, ""),
            cost("GET me/licenseDetails")
        );
        assert_eq!(
            of(GraphCall::UsersDelta, "$expand=manager"),
            cost("default") + 1
        );
    }

    #[test]
    fn presence_beyond_the_limit_waits_and_identity_does_not() {
        let mut throttle = Throttle::default();
        let demand = |meter, now_ms| Demand {
            tenant: "t",
            n_people: 40,
            meter,
            query: "",
            now_ms,
        };
        for _ in 0..1500 {
            assert!(throttle.take(demand(Meter::Presence, 0)).is_ok());
        }
        let refused = throttle.take(demand(Meter::Presence, 0)).unwrap_err();
        assert_eq!(refused.status, 429);
        assert!(refused.headers.contains(&("retry-after", "30".to_owned())));
        assert!(throttle.take(demand(Meter::Identity(1), 0)).is_ok());
        throttle.throttling = Throttling::Off;
        assert!(throttle.take(demand(Meter::Presence, 0)).is_ok());
    }

    #[test]
    fn what_is_left_of_the_identity_limit_is_told_from_four_fifths_on() {
        let mut throttle = Throttle::default();
        let demand = Demand {
            tenant: "t",
            n_people: 40,
            meter: Meter::Identity(700),
            query: "",
            now_ms: 0,
        };
        for _ in 0..3 {
            assert_eq!(throttle.take(demand).unwrap().len(), 1);
        }
        let told = throttle.take(demand).unwrap();
        assert!(told.contains(&("x-ms-throttle-limit-percentage", "0.8".to_owned())));
    }
}
