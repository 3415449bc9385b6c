//! The checks of the Teams account: whether its tenant lets it in, and when its secret ends (B-041, B-069).

use super::teams_login::LoginFacts;
use super::{Check, Level, MICROS_PER_DAY, found, good};
use crate::api::Instant;
use crate::edge::graph::findings::{Connection, ConnectionState};
use serde_json::json;
use tandem_core::time::Timestamp;

/// Days before the end at which people are told (B-069).
const WATCH_DAYS: i64 = 15;

/// What is known of the Teams account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TeamsFacts {
    /// None until it was looked at for the first time.
    pub(crate) connection: Option<Connection>,
    /// When its credential ends, as far as it is known.
    pub(crate) ends: Option<Timestamp>,
    /// How those stand who sign in for the contact center.
    pub(crate) logins: LoginFacts,
}

pub(super) fn connection(teams: Option<&TeamsFacts>) -> Check {
    const ID: &str = "teams_connection";
    let Some(teams) = teams else {
        let what = "There is no Teams account.".to_owned();
        return good(ID, "teams_none", json!({}), what);
    };
    let Some(found_out) = &teams.connection else {
        let what = "The Teams account is being looked at.".to_owned();
        return good(ID, "teams_unchecked", json!({}), what);
    };
    let params = json!({
        "since": Instant::from(found_out.since), "code": found_out.code, "problem": found_out.problem,
    });
    let (level, code, what, fix) = match found_out.state {
        ConnectionState::Connected => {
            let what = "The tenant of the Teams account answers.".to_owned();
            return good(ID, "teams_connected", json!({}), what);
        }
        ConnectionState::Incomplete => (
            Level::Watch,
            "teams_incomplete",
            "The Teams account lacks an id or its credential.",
            "Complete it under Integrations, Microsoft Teams, and test the connection.",
        ),
        ConnectionState::Refused => (
            Level::Act,
            "teams_refused",
            "Microsoft does not accept the Teams account's credential: directory and status stand still. Calls go on.",
            "Copy tenant id, client id and the secret's value again, or make a new secret; then test the connection.",
        ),
        ConnectionState::Revoked => (
            Level::Act,
            "teams_revoked",
            "The tenant does not let the application in any more: directory and status stand still. Calls go on.",
            "Look under Enterprise applications whether it is enabled, and ask an administrator of the tenant for consent again.",
        ),
        ConnectionState::Unreachable => (
            Level::Watch,
            "teams_unreachable",
            "Microsoft's sign-in or Graph does not answer; what was known last is shown. Calls go on.",
            "Wait: it is asked again by itself. If it stays so, look at the way out of this machine and at Microsoft's service health.",
        ),
    };
    found(ID, level, code, params, (what.to_owned(), Some(fix)))
}

pub(super) fn secret(teams: Option<&TeamsFacts>, now: Timestamp) -> Check {
    const ID: &str = "teams_secret";
    let Some(teams) = teams else {
        let what = "There is no Teams account.".to_owned();
        return good(ID, "teams_none", json!({}), what);
    };
    let Some(ends) = teams.ends else {
        let what = "When the Teams account's secret ends is not known.".to_owned();
        return good(ID, "teams_secret_unknown", json!({}), what);
    };
    let left = ends.micros_since(now);
    let days = left.div_euclid(MICROS_PER_DAY);
    let params = json!({"expires": Instant::from(ends), "days": days});
    let fix = "Make a new client secret for the application in Entra, and enter its value and nothing else in the Teams account, before the old one ends.";
    if left <= 0 {
        let what = "The Teams account's secret has expired.".to_owned();
        return found(
            ID,
            Level::Act,
            "teams_secret_expired",
            params,
            (what, Some(fix)),
        );
    }
    let what = format!("The Teams account's secret is good for another {days} days.");
    if left > WATCH_DAYS * MICROS_PER_DAY {
        return good(ID, "teams_secret_good", params, what);
    }
    let told = (what, Some(fix));
    found(ID, Level::Watch, "teams_secret_expiring", params, told)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;
    const NOW: Timestamp = Timestamp::from_micros(100 * MICROS_PER_DAY);

    fn ending(micros: i64) -> TeamsFacts {
        TeamsFacts {
            connection: None,
            ends: Some(NOW.plus_micros(micros)),
            logins: LoginFacts::default(),
        }
    }

    // B-069
    #[test]
    fn secret_is_announced_fifteen_days_ahead_to_the_minute() {
        let at = |micros| secret(Some(&ending(micros)), NOW).code;
        assert_eq!(at(15 * MICROS_PER_DAY + MINUTE), "teams_secret_good");
        assert_eq!(at(15 * MICROS_PER_DAY), "teams_secret_expiring");
        assert_eq!(at(MINUTE), "teams_secret_expiring");
        assert_eq!(at(0), "teams_secret_expired");
        assert_eq!(secret(None, NOW).code, "teams_none");
        let unknown = TeamsFacts {
            ends: None,
            ..ending(0)
        };
        assert_eq!(secret(Some(&unknown), NOW).code, "teams_secret_unknown");
    }

    // B-041
    #[test]
    fn revoked_application_is_told_with_what_to_do() {
        let of = |state| {
            let found = Connection {
                checked: NOW,
                since: NOW,
                state,
                problem: None,
                code: Some("AADSTS7000112".to_owned()),
            };
            let facts = TeamsFacts {
                connection: Some(found),
                logins: LoginFacts::default(),
                ends: None,
            };
            let check = connection(Some(&facts));
            assert_eq!(check.fix.is_some(), check.level > Level::Ok);
            (check.level, check.code)
        };
        assert_eq!(of(ConnectionState::Revoked), (Level::Act, "teams_revoked"));
        assert_eq!(of(ConnectionState::Refused), (Level::Act, "teams_refused"));
        assert_eq!(
            of(ConnectionState::Connected),
            (Level::Ok, "teams_connected")
        );
        let unreachable = (Level::Watch, "teams_unreachable");
        assert_eq!(of(ConnectionState::Unreachable), unreachable);
    }
}
