//! Where data lies: the communication resource's and the tenant's must be the same place (B-163).
//!
//! Microsoft says that they must match, and not how a mismatch shows; here it is a warning, in the log and in
//! `GET /_emulator/tenant`.

use crate::answer::Answer;
use crate::control::body;
use crate::pipeline::Received;
use crate::world::World;
use serde::Deserialize;
use serde_json::{Value, json};

/// Data locations of communication resources, with the countries whose tenants lie there.
const PLACES: [(&str, &[&str]); 16] = [
    ("unitedstates", &["US"]),
    ("africa", &["ZA"]),
    (
        "asiapacific",
        &["SG", "HK", "MY", "TH", "PH", "ID", "TW", "VN"],
    ),
    ("australia", &["AU", "NZ"]),
    ("brazil", &["BR"]),
    ("canada", &["CA"]),
    (
        "europe",
        &[
            "AT", "BE", "BG", "CY", "CZ", "DK", "EE", "ES", "FI", "GR", "HR", "HU", "IE", "IT",
            "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
        ],
    ),
    ("france", &["FR"]),
    ("germany", &["DE"]),
    ("india", &["IN"]),
    ("japan", &["JP"]),
    ("korea", &["KR"]),
    ("norway", &["NO"]),
    ("switzerland", &["CH", "LI"]),
    ("uae", &["AE"]),
    ("uk", &["GB"]),
];
/// Codes of `preferredDataLocation`, which goes before the country.
const GEOGRAPHIES: [(&str, &str); 16] = [
    ("NAM", "unitedstates"),
    ("ZAF", "africa"),
    ("APC", "asiapacific"),
    ("AUS", "australia"),
    ("BRA", "brazil"),
    ("CAN", "canada"),
    ("EUR", "europe"),
    ("FRA", "france"),
    ("DEU", "germany"),
    ("IND", "india"),
    ("JPN", "japan"),
    ("KOR", "korea"),
    ("NOR", "norway"),
    ("CHE", "switzerland"),
    ("ARE", "uae"),
    ("GBR", "uk"),
];

#[derive(Debug, Clone)]
pub(crate) struct Locations {
    /// Data location of the communication resource.
    pub(crate) resource: &'static str,
    /// Of the tenant: its country, and the place that its administrator prefers, if any.
    country: &'static str,
    preferred: Option<&'static str>,
}

impl Default for Locations {
    fn default() -> Self {
        Self {
            resource: "unitedstates",
            country: "US",
            preferred: None,
        }
    }
}

impl Locations {
    pub(crate) const fn country(&self) -> &'static str {
        self.country
    }

    pub(crate) const fn preferred(&self) -> Option<&'static str> {
        self.preferred
    }

    fn tenant(&self) -> Option<&'static str> {
        let preferred = self.preferred.and_then(|code| {
            let found = GEOGRAPHIES.iter().find(|(known, _)| *known == code);
            found.map(|(_, place)| *place)
        });
        preferred.or_else(|| {
            let found = PLACES
                .iter()
                .find(|(_, countries)| countries.contains(&self.country));
            found.map(|(place, _)| *place)
        })
    }

    pub(crate) fn show(&self) -> Value {
        let matches = self.tenant() == Some(self.resource);
        let warning = (!matches).then_some(
            "the data location of the communication resource is not that of the tenant: \
             Teams Phone extensibility needs the same",
        );
        json!({
            "resource": self.resource, "tenant": self.tenant(), "matches": matches, "warning": warning,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    resource: String,
    country: String,
    #[serde(default)]
    preferred: Option<String>,
}

/// `PUT /_emulator/locations`
pub(crate) fn put(world: &mut World, received: &Received) -> Result<Answer, Answer> {
    let change: Change = body(received)?;
    let names = |list: &[&str]| list.join(", ");
    let places: Vec<&str> = PLACES.iter().map(|(place, _)| *place).collect();
    let codes: Vec<&str> = GEOGRAPHIES.iter().map(|(code, _)| *code).collect();
    let resource = places.iter().find(|it| **it == change.resource);
    let Some(resource) = resource else {
        let text = format!("resource must be one of {}", names(&places));
        return Err(Answer::refused(400, text));
    };
    let countries = PLACES.iter().flat_map(|(_, countries)| countries.iter());
    let Some(country) = countries.into_iter().find(|it| **it == change.country) else {
        let text =
            "country must be a two-letter code in upper case, of a country with a data location";
        return Err(Answer::refused(400, text));
    };
    let preferred = match change.preferred {
        None => None,
        Some(code) => {
            let found = codes.iter().find(|it| **it == code);
            let text = || format!("preferred must be one of {}", names(&codes));
            Some(*found.ok_or_else(|| Answer::refused(400, text()))?)
        }
    };
    world.locations = Locations {
        resource,
        country,
        preferred,
    };
    let shown = world.locations.show();
    if let Some(warning) = shown["warning"].as_str() {
        tracing::warn!(warning, "data locations");
    }
    Ok(Answer::json(200, &shown))
}
