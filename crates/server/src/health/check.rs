//! The checks of a contact center's surroundings: what is so, how bad it is, and what to do. Each is a
//! pure function of facts that were gathered before.

pub(super) mod presence;
pub(super) mod teams;
pub(super) mod teams_login;

use super::signals::{Heard, Noticed};
use crate::api::Instant;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::time::Duration;
use tandem_core::time::Timestamp;
use utoipa::ToSchema;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HealthLevel)]
pub(crate) enum Level {
    /// Nothing to do.
    Ok,
    /// Something to look at today.
    Watch,
    /// Something to do now.
    Act,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = HealthCheck)]
pub(crate) struct Check {
    /// What was looked at.
    pub(crate) id: &'static str,
    /// How bad it is.
    pub(crate) level: Level,
    /// What was found; its words are for people, this is for programs.
    pub(crate) code: &'static str,
    /// Since when.
    pub(crate) since: Option<Instant>,
    /// The figures of what was found.
    #[schema(value_type = BTreeMap<String, Value>)]
    pub(crate) params: Map<String, Value>,
    /// What is so.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) fix: Option<String>,
}

/// What is known of the surroundings at one instant.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// The instant.
    pub(crate) now: Timestamp,
    /// When the process began to serve the contact center.
    pub(crate) started: Timestamp,
    /// What its edges noticed.
    pub(crate) noticed: Noticed,
    /// Open calls, and how many of them the other side has not confirmed since the start.
    pub(crate) calls: (usize, usize),
    /// Recordings that did not go as they were to, in the last hour.
    pub(crate) recordings: usize,
    /// How long the loop took to answer, or why it did not.
    pub(crate) lag: Result<Duration, String>,
    /// How long the last commit took.
    pub(crate) append: Option<Duration>,
    /// Free bytes where the data directory is.
    pub(crate) free_bytes: Option<u64>,
    /// Records of the journal, and how many of them are in the history.
    pub(crate) records: (u64, u64),
    /// How far the machine's clock is behind.
    pub(crate) behind: Duration,
    /// The own certificate.
    pub(crate) certificate: Certificate,
    /// What the contact center proves with who it is.
    pub(crate) secret: Secret,
    /// Its Teams account, if it has one.
    pub(crate) teams: Option<teams::TeamsFacts>,
    /// What is known of presence, where it is read.
    pub(crate) presence: Option<presence::PresenceFacts>,
}

/// What is known of the own certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Certificate {
    /// A proxy ends TLS, or nobody does.
    Elsewhere,
    /// It is good until then.
    Until(Timestamp),
    /// It cannot be read.
    Unreadable(String),
}

/// What is known of the credential for Communication Services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secret {
    /// An access key has no expiry.
    AccessKey,
    /// The configuration says until when it is good.
    Until(Timestamp),
    /// The configuration does not say.
    Unknown,
}

/// Nothing was heard from Event Grid for this long: look.
const SILENCE: Duration = Duration::from_secs(24 * 3_600);
/// How long a new process may wait for its first delivery.
const FIRST: Duration = Duration::from_secs(15 * 60);
/// Minutes of which operations and refusals are judged.
const LATELY: i64 = 5;
/// A commit or the loop is late, and far too late.
const LATE: Duration = Duration::from_millis(250);
const TOO_LATE: Duration = Duration::from_secs(1);
/// Free space that is little, and none.
const SPACE_LOW: u64 = 5 * 1024 * 1024 * 1024;
const SPACE_OUT: u64 = 512 * 1024 * 1024;
/// Records that the history may be behind in passing.
const RECORDS_BEHIND: u64 = 5_000;
/// A clock that is behind by less was set right in passing.
const BEHIND: Duration = Duration::from_secs(2);
/// Days before an expiry at which to look, and to act.
const EXPIRY_WATCH_DAYS: i64 = 30;
const EXPIRY_ACT_DAYS: i64 = 7;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// All checks, in the order in which a page shows them.
#[must_use]
pub(super) fn all(facts: &Facts) -> Vec<Check> {
    vec![
        webhook(facts),
        callbacks(facts),
        operations(facts),
        calls(facts),
        recordings(facts),
        store_speed(facts),
        store_space(facts),
        lag(facts),
        history(facts),
        clock(facts),
        certificate(facts),
        secret(facts),
        teams::connection(facts.teams.as_ref()),
        teams::secret(facts.teams.as_ref(), facts.now),
        teams_login::check(facts.teams.as_ref().map(|it| &it.logins), facts.now),
        presence::check(facts.presence.as_ref(), facts.now),
    ]
}

fn good(id: &'static str, code: &'static str, params: Value, what: String) -> Check {
    found(id, Level::Ok, code, params, (what, None))
}

fn found(
    id: &'static str,
    level: Level,
    code: &'static str,
    params: Value,
    (what, fix): (String, Option<&str>),
) -> Check {
    Check {
        id,
        level,
        code,
        since: None,
        params: params.as_object().cloned().unwrap_or_default(),
        what,
        fix: fix.map(str::to_owned),
    }
}

fn refused(id: &'static str, code: &'static str, heard: &Heard, now: Timestamp) -> Option<Check> {
    let (_, n) = heard.recent.within(now, LATELY);
    let last = heard.last_refused.filter(|_| n > 0)?;
    let what = format!("{n} messages of the last {LATELY} minutes could not prove who sent them.");
    let fix = "Compare how the sender proves itself with the configuration (section event_grid, acs.resource_id), and run tandem check; if nobody changed anything, somebody else is knocking.";
    let params = json!({"n": n, "last": Instant::from(last)});
    Some(found(id, Level::Act, code, params, (what, Some(fix))))
}

fn webhook(facts: &Facts) -> Check {
    const ID: &str = "webhook";
    let heard = &facts.noticed.webhook;
    if let Some(check) = refused(ID, "webhook_refused", heard, facts.now) {
        return check;
    }
    let fix = "Place a test call; if none arrives, look at the delivery failures of the event subscription in Azure and at whether the public address can be reached.";
    match heard.last {
        Some(last) if is_older(facts.now, last, SILENCE) => {
            let what = "No call was delivered by Event Grid for more than a day.".to_owned();
            let params = json!({"last": Instant::from(last)});
            found(
                ID,
                Level::Watch,
                "webhook_silent",
                params,
                (what, Some(fix)),
            )
        }
        Some(last) => {
            let params = json!({"last": Instant::from(last)});
            good(
                ID,
                "webhook_heard",
                params,
                "Event Grid delivers calls.".to_owned(),
            )
        }
        None => {
            let is_long = is_older(facts.now, facts.started, FIRST);
            let level = if is_long { Level::Watch } else { Level::Ok };
            let what = "Event Grid has not delivered a call since the start.".to_owned();
            let params = json!({"since": Instant::from(facts.started)});
            let fix = is_long.then_some(fix);
            found(ID, level, "webhook_never", params, (what, fix))
        }
    }
}

fn callbacks(facts: &Facts) -> Check {
    const ID: &str = "callbacks";
    let heard = &facts.noticed.callbacks;
    if let Some(check) = refused(ID, "callbacks_refused", heard, facts.now) {
        return check;
    }
    let (asked, lost) = facts.noticed.inquiries.within(facts.now, 60);
    if lost > 0 {
        let level = if lost * 10 >= asked && lost >= 3 {
            Level::Act
        } else {
            Level::Watch
        };
        let what =
            format!("Word of {lost} calls was lost in the last hour and had to be asked for.");
        let fix = "Look at whether the public address answers Microsoft at all times: its proxy, its certificate, its firewall.";
        let params = json!({"n": lost, "asked": asked});
        return found(ID, level, "callbacks_lost", params, (what, Some(fix)));
    }
    match heard.last {
        Some(last) => {
            let params = json!({"last": Instant::from(last)});
            good(
                ID,
                "callbacks_heard",
                params,
                "Microsoft tells what happens to calls.".to_owned(),
            )
        }
        None => good(
            ID,
            "callbacks_none",
            json!({}),
            "There was no call yet.".to_owned(),
        ),
    }
}

fn operations(facts: &Facts) -> Check {
    const ID: &str = "operations";
    let (of, failed) = facts.noticed.operations.within(facts.now, LATELY);
    if failed * 5 < of.max(1) {
        let what = "Microsoft carries out what it is asked.".to_owned();
        return good(ID, "operations_going_through", json!({"n": of}), what);
    }
    let level = if failed * 2 >= of && failed >= 3 {
        Level::Act
    } else {
        Level::Watch
    };
    let code = facts.noticed.operation_code.clone();
    let what = format!(
        "{failed} of {of} requests to Microsoft failed in the last {LATELY} minutes, last with {code}."
    );
    let fix = "Run tandem check, which tests every credential; then look at the service's health in Azure. Calls that are up go on.";
    let params = json!({"failed": failed, "of": of, "code": code});
    found(ID, level, "operations_failing", params, (what, Some(fix)))
}

fn calls(facts: &Facts) -> Check {
    const ID: &str = "calls";
    let (of, n) = facts.calls;
    if n == 0 {
        let what = "What is known of every open call is true.".to_owned();
        return good(ID, "calls_confirmed", json!({"n": of}), what);
    }
    let what = format!("Microsoft has not yet confirmed {n} of {of} open calls since the start.");
    let fix = "Wait some seconds; if it stays so, Microsoft cannot be asked: look at the requests to Microsoft above.";
    let params = json!({"n": n, "of": of});
    found(
        ID,
        Level::Watch,
        "calls_unconfirmed",
        params,
        (what, Some(fix)),
    )
}

fn recordings(facts: &Facts) -> Check {
    const ID: &str = "recordings";
    let n = facts.recordings;
    if n == 0 {
        let what = "Calls that have to be recorded are.".to_owned();
        return good(ID, "recordings_going_well", json!({}), what);
    }
    let what = format!(
        "{n} recordings of the last hour did not start, stopped by themselves, could not be paused, went on by time, have no file, or one of another length than Microsoft said."
    );
    let fix = "Open the stories of the last contacts: each tells what happened and why. If none starts, look at the requests to Microsoft above, and whether the event subscription delivers RecordingFileStatusUpdated.";
    let params = json!({"n": n});
    found(
        ID,
        Level::Act,
        "recordings_failed",
        params,
        (what, Some(fix)),
    )
}

fn store_speed(facts: &Facts) -> Check {
    const ID: &str = "store_speed";
    if let Err(reason) = &facts.lag {
        let what = "The store does not take what happens: nobody is offered a contact.".to_owned();
        let fix = "Look at the disk: free space, rights, errors in the system's log. Calls that are up go on; it recovers by itself when the disk does.";
        let params = json!({"reason": reason});
        return found(ID, Level::Act, "store_failing", params, (what, Some(fix)));
    }
    let append = facts.append.unwrap_or_default();
    let ms = millis(append);
    if append < LATE {
        let what = "What happens is stored at once.".to_owned();
        return good(ID, "store_fast", json!({"ms": ms}), what);
    }
    let level = if append < TOO_LATE {
        Level::Watch
    } else {
        Level::Act
    };
    let what = format!("The last commit took {ms} ms: everything that people do waits for it.");
    let fix = "Look at what else uses the disk, and whether it is failing; a local SSD commits in a few milliseconds.";
    found(
        ID,
        level,
        "store_slow",
        json!({"ms": ms}),
        (what, Some(fix)),
    )
}

fn store_space(facts: &Facts) -> Check {
    const ID: &str = "store_space";
    let free = facts.free_bytes.unwrap_or(u64::MAX);
    let params = json!({"free_bytes": facts.free_bytes});
    let fix = "Make room on the disk of the data directory. Once it is full, no call is taken and nothing is offered until there is room.";
    if free >= SPACE_LOW {
        return good(ID, "space_enough", params, "The disk has room.".to_owned());
    }
    let what = "The disk of the data directory is nearly full.".to_owned();
    let (level, code) = if free < SPACE_OUT {
        (Level::Act, "space_out")
    } else {
        (Level::Watch, "space_low")
    };
    found(ID, level, code, params, (what, Some(fix)))
}

fn lag(facts: &Facts) -> Check {
    const ID: &str = "loop";
    let lag = facts.lag.as_ref().copied().unwrap_or_default();
    let ms = millis(lag);
    if lag < LATE {
        let what = "Decisions are made at once.".to_owned();
        return good(ID, "loop_on_time", json!({"ms": ms}), what);
    }
    let level = if lag < TOO_LATE {
        Level::Watch
    } else {
        Level::Act
    };
    let what = format!("The loop answers after {ms} ms.");
    let fix =
        "Look at the processor and the disk of the machine; something else may be using them up.";
    found(ID, level, "loop_late", json!({"ms": ms}), (what, Some(fix)))
}

fn history(facts: &Facts) -> Check {
    const ID: &str = "history";
    let (all, taken) = facts.records;
    let behind = all.saturating_sub(taken);
    let params = json!({"records": all, "behind": behind});
    if behind <= RECORDS_BEHIND {
        let what = "The history of contacts is up to date.".to_owned();
        return good(ID, "history_up_to_date", params, what);
    }
    let percent = taken.saturating_mul(100) / all.max(1);
    let what = format!("The history of contacts is being made from the journal: {percent} %.");
    let fix = "Wait: calls go on meanwhile, but lists of contacts and exports are not complete yet. \
               If it does not go on, look at the log and at the disk.";
    found(
        ID,
        Level::Watch,
        "history_behind",
        params,
        (what, Some(fix)),
    )
}

fn clock(facts: &Facts) -> Check {
    const ID: &str = "clock";
    let seconds = facts.behind.as_secs();
    if facts.behind < BEHIND {
        return good(
            ID,
            "clock_right",
            json!({}),
            "The clock is right.".to_owned(),
        );
    }
    let what = format!(
        "The machine's clock was set back by {seconds} s. Timers go on; times shown are ahead until it has caught up."
    );
    let fix = "Look at the machine's time synchronization. Nothing is lost; tokens of Microsoft may be refused while it is wrong by minutes.";
    let params = json!({"seconds": seconds});
    found(ID, Level::Watch, "clock_behind", params, (what, Some(fix)))
}

fn certificate(facts: &Facts) -> Check {
    const ID: &str = "certificate";
    match &facts.certificate {
        Certificate::Elsewhere => {
            let what = "A proxy holds the certificate.".to_owned();
            good(ID, "certificate_elsewhere", json!({}), what)
        }
        Certificate::Unreadable(reason) => {
            let what = "The certificate file cannot be read; the one in use still is.".to_owned();
            let fix = "Put a readable certificate where server.tls.certificate says, before the next start.";
            let params = json!({"reason": reason});
            found(
                ID,
                Level::Act,
                "certificate_unreadable",
                params,
                (what, Some(fix)),
            )
        }
        Certificate::Until(until) => {
            let codes = [
                "certificate_good",
                "certificate_expiring",
                "certificate_expired",
            ];
            let fix = "Renew the certificate, put it where server.tls says, and restart: calls go on meanwhile. Without a valid one Microsoft delivers nothing.";
            expiry(ID, codes, "The certificate", *until, facts.now, fix)
        }
    }
}

fn secret(facts: &Facts) -> Check {
    const ID: &str = "secret";
    if let Some(reason) = &facts.noticed.token_refused {
        let what =
            "Entra refuses the application's secret: nothing can be asked of Microsoft.".to_owned();
        let fix = "Make a new client secret for the application, put it into the file that acs.client_secret_file names, and restart.";
        let params = json!({"reason": reason});
        return found(ID, Level::Act, "secret_refused", params, (what, Some(fix)));
    }
    match facts.secret {
        Secret::AccessKey => {
            let what = "The access key does not expire.".to_owned();
            good(ID, "secret_without_expiry", json!({}), what)
        }
        Secret::Unknown => {
            let what = "When the application's secret expires is not known; acs.client_secret_expires says so.".to_owned();
            good(ID, "secret_expiry_unknown", json!({}), what)
        }
        Secret::Until(until) => {
            let codes = ["secret_good", "secret_expiring", "secret_expired"];
            let fix = "Make a new client secret for the application in Entra, put it into its file, write its new expiry, and restart.";
            expiry(ID, codes, "The application's secret", until, facts.now, fix)
        }
    }
}

fn expiry(
    id: &'static str,
    [good_code, expiring, expired]: [&'static str; 3],
    subject: &str,
    until: Timestamp,
    now: Timestamp,
    fix: &str,
) -> Check {
    let days = until
        .as_micros()
        .saturating_sub(now.as_micros())
        .div_euclid(MICROS_PER_DAY);
    let expires = Instant::from(until);
    if days < 0 {
        let what = format!("{subject} has expired.");
        let params = json!({"expires": expires});
        return found(id, Level::Act, expired, params, (what, Some(fix)));
    }
    let params = json!({"expires": expires, "days": days});
    let what = format!("{subject} is good for another {days} days.");
    if days > EXPIRY_WATCH_DAYS {
        return good(id, good_code, params, what);
    }
    let level = if days > EXPIRY_ACT_DAYS {
        Level::Watch
    } else {
        Level::Act
    };
    found(id, level, expiring, params, (what, Some(fix)))
}

fn is_older(now: Timestamp, then: Timestamp, by: Duration) -> bool {
    u128::from(now.micros_since(then).unsigned_abs()) > by.as_micros()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
