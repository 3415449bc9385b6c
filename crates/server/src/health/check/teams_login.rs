//! The check of who signs in to Teams for the contact center (B-205, B-206): fourteen days ahead, and when it has ended. Nobody
//! is told while nothing needs it.

use super::{Check, Level, MICROS_PER_DAY, found, good};
use crate::api::Instant;
use crate::edge::graph::delegates::{Delegate, Duty, Login};
use serde_json::{Value, json};
use tandem_core::time::Timestamp;

/// What is known of those who sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LoginFacts {
    /// Whether anything that is on needs it.
    pub(crate) is_needed: bool,
    /// Those who were chosen, in the order in which they count.
    pub(crate) delegates: Vec<Delegate>,
}

const ID: &str = "teams_login";
const CHOOSE: &str = "Choose an owner and a back-up in the Teams account (Integrations, Microsoft Teams); both sign in from their own profile.";
const SIGN_IN: &str = "The person signs in to Teams again, from the own profile or the directory.";

pub(super) fn check(logins: Option<&LoginFacts>, now: Timestamp) -> Check {
    let Some(logins) = logins.filter(|it| it.is_needed) else {
        let what = "Nothing needs a person's sign-in to Teams.".to_owned();
        return good(ID, "teams_login_not_needed", json!({}), what);
    };
    let works = |it: &&Delegate| !it.login.is_needed();
    let who_works = logins.delegates.iter().find(works);
    let ended = logins.delegates.iter().find(|it| it.login.is_needed());
    match (ended, who_works) {
        (None, None) => {
            let what =
                "Nobody was chosen to sign in to Teams: people's status is asked for once a cycle.";
            let told = (what.to_owned(), Some(CHOOSE));
            found(ID, Level::Watch, "teams_login_nobody", json!({}), told)
        }
        (Some(ended), None) => {
            let what =
                "Nobody's sign-in to Teams works: people's status is asked for once a cycle.";
            let told = (what.to_owned(), Some(SIGN_IN));
            found(
                ID,
                Level::Watch,
                "teams_login_ended",
                params(ended, now),
                told,
            )
        }
        (Some(ended), Some(_)) => {
            let (code, what) = match ended.duty {
                Duty::Owner => (
                    "teams_login_backup_used",
                    "The owner's sign-in to Teams does not work; the back-up's is used.",
                ),
                Duty::Backup => (
                    "teams_login_no_backup",
                    "The back-up's sign-in to Teams does not work; the owner's does.",
                ),
            };
            let told = (what.to_owned(), Some(SIGN_IN));
            found(ID, Level::Watch, code, params(ended, now), told)
        }
        (None, Some(first)) => ahead(&logins.delegates, first, now),
    }
}

fn ahead(all: &[Delegate], first: &Delegate, now: Timestamp) -> Check {
    let Some(due) = all.iter().find(|it| it.login.is_due(now)) else {
        let what = "Somebody is signed in to Teams for the contact center.".to_owned();
        return good(ID, "teams_login_good", params(first, now), what);
    };
    let what = "A sign-in to Teams ends within fourteen days, because it was not used for long.";
    let told = (what.to_owned(), Some(SIGN_IN));
    found(ID, Level::Watch, "teams_login_due", params(due, now), told)
}

fn params(delegate: &Delegate, now: Timestamp) -> Value {
    let ends = match delegate.login {
        Login::Never => None,
        Login::Ended(ended) => Some(ended.at),
        Login::Works { until } => Some(until),
    };
    let days = ends.map(|it| it.micros_since(now).div_euclid(MICROS_PER_DAY));
    json!({"who": delegate.duty, "expires": ends.map(Instant::from), "days": days})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::graph::delegates::{Ended, LoginProblem};
    use tandem_core::ids::AccountId;

    const NOW: Timestamp = Timestamp::from_micros(100 * MICROS_PER_DAY);

    fn delegate(duty: Duty, login: Login) -> Delegate {
        let account = AccountId(1);
        Delegate {
            account,
            duty,
            login,
        }
    }

    fn works(days: i64) -> Login {
        let until = NOW.plus_micros(days * MICROS_PER_DAY);
        Login::Works { until }
    }

    fn said(delegates: &[Delegate]) -> (Level, &'static str) {
        let facts = LoginFacts {
            is_needed: true,
            delegates: delegates.to_vec(),
        };
        let check = check(Some(&facts), NOW);
        assert_eq!(check.fix.is_some(), check.level > Level::Ok, "{check:?}");
        (check.level, check.code)
    }

    // B-205, B-206
    #[test]
    fn sign_in_is_told_of_fourteen_days_ahead_and_when_the_back_up_stands_in() {
        let ended = Login::Ended(Ended {
            at: NOW,
            problem: LoginProblem::SignInAgain,
        });
        let owner = |login| delegate(Duty::Owner, login);
        let backup = |login| delegate(Duty::Backup, login);
        assert_eq!(said(&[]), (Level::Watch, "teams_login_nobody"));
        let good = said(&[owner(works(15)), backup(works(90))]);
        assert_eq!(good, (Level::Ok, "teams_login_good"));
        let due = said(&[owner(works(90)), backup(works(14))]);
        assert_eq!(due, (Level::Watch, "teams_login_due"));
        let stands_in = said(&[owner(ended), backup(works(90))]);
        assert_eq!(stands_in, (Level::Watch, "teams_login_backup_used"));
        let alone = said(&[owner(works(90)), backup(Login::Never)]);
        assert_eq!(alone, (Level::Watch, "teams_login_no_backup"));
        let nobody = said(&[owner(ended), backup(Login::Never)]);
        assert_eq!(nobody, (Level::Watch, "teams_login_ended"));
        let unneeded = check(Some(&LoginFacts::default()), NOW);
        assert_eq!(unneeded.code, "teams_login_not_needed");
    }
}
