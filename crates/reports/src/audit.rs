//! The audit: which facts are acts that somebody answers for, or attempts that were refused, and how each is
//! told. An act is read from its event alone, so that whoever reads the journal again reads the same.

use tandem_core::access::Access;
use tandem_core::administration::{Administration, TeamsAct};
use tandem_core::agent::Direction;
use tandem_core::callback::{CancelCause, End, Origin, PutOff};
use tandem_core::event::{
    AgentDirected, CallbackBooked, CallbackEnded, CallbackOffered, CallbackPutOff, ContactSteered,
    DoNotCallSet, Event, PriorityAdjusted, QueueSwitched, ScopeSet, Steering, SwitchEnd,
    SwitchEnded, TrunkSecretSet,
};
use tandem_core::history::HistoryRead;
use tandem_core::ids::{AccountId, ContactId, CustomerHash, EffectId};
use tandem_core::reason::{PetitionEnd, PetitionEnded};
use tandem_core::schedule::Hours;
use tandem_core::scope::Scope;
use tandem_core::time::Timestamp;

/// Characters of what was asked that a denial tells.
const DENIED_CHARS_MAX: usize = 256;

/// What an entry of the audit says of its event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who, if known; 0 is the system itself.
    pub by: Option<AccountId>,
    /// A stable word.
    pub action: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// To what: the word of its kind and its number.
    pub object: Option<(&'static str, u64)>,
    /// That of the settings document that was saved.
    pub version: Option<u64>,
    /// For people.
    pub detail: String,
}

/// What came of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done, or is about to be.
    Done,
    /// Somebody was turned away.
    Denied,
}

impl Act {
    /// The act that an event is, if it is one.
    #[must_use]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts belong to contacts and agents, and are told in their stories"
    )]
    pub fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::Saved {
                id,
                version,
                document,
                by,
            } => {
                let kind = document.kind().word();
                let detail = format!("{kind} {id}, version {version}");
                let act = done(*by, "saved", Some((kind, *id)), detail);
                let version = Some(*version);
                Self { version, ..act }
            }
            Event::Removed { kind, id, by } => {
                let kind = kind.word();
                done(*by, "removed", Some((kind, *id)), format!("{kind} {id}"))
            }
            Event::ReconciliationAsked { by } => {
                done(*by, "reconciled", None, "every open call".to_owned())
            }
            Event::Restored { .. } => {
                let detail = "the journal, from a backup".to_owned();
                done(AccountId(0), "restored", None, detail)
            }
            Event::PriorityAdjusted(it) => adjusted(it),
            Event::ContactSteered(it) => steered(it),
            Event::QueueSwitched(it) => switched(it),
            Event::SwitchEnded(it) => switch_ended(it),
            Event::HistoryRead { by, what } => read(*by, what),
            Event::MessagePlayed {
                contact,
                recording,
                by,
            } => of_recording(*by, "message_played", *contact, *recording),
            Event::RecordingAccessed {
                contact,
                recording,
                by,
                access,
            } => of_recording(*by, access_word(access), *contact, *recording),
            Event::AdministrationNoted { by, act } => administered(*by, act),
            Event::AgentDirected(AgentDirected { agent, by, to, .. }) => {
                let object = Some(("agent", agent.0));
                let detail = format!("agent {agent}: {}", direction_words(*to));
                done(*by, "agent_directed", object, detail)
            }
            Event::PetitionEnded(it) => return petition_answered(it),
            Event::ScopeSet(ScopeSet { account, scope, by }) => {
                let object = Some(("account", account.0));
                let detail = format!("account {account}: {}", scope_words(scope));
                done(*by, "scope_set", object, detail)
            }
            Event::Denied { by, action } => Self {
                by: *by,
                action: "denied",
                outcome: Outcome::Denied,
                object: None,
                version: None,
                detail: action.chars().take(DENIED_CHARS_MAX).collect(),
            },
            other => return of_call(other),
        })
    }
}

/// That an agent took it back is nobody's act but the agent's own.
fn petition_answered(it: &PetitionEnded) -> Option<Act> {
    let (by, action) = match it.end {
        PetitionEnd::Granted { by } => (by, "petition_granted"),
        PetitionEnd::Declined { by } => (by, "petition_declined"),
        PetitionEnd::Withdrawn => return None,
    };
    let object = Some(("agent", it.agent.0));
    let detail = format!("agent {}: reason {}", it.agent, it.reason);
    Some(done(by, action, object, detail))
}

/// What was decided about whom is called, and not.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other facts are no act of anybody"
)]
fn of_call(event: &Event) -> Option<Act> {
    Some(match event {
        Event::DoNotCallSet(DoNotCallSet { id, by, .. }) => {
            let object = Some(("do_not_call", *id));
            done(*by, "do_not_call_set", object, format!("entry {id}"))
        }
        Event::TrunkSecretSet(TrunkSecretSet {
            trunk, user, by, ..
        }) => {
            let object = Some(("trunk", trunk.0));
            done(
                *by,
                "trunk_secret_set",
                object,
                format!("trunk {trunk}: {user}"),
            )
        }
        Event::DoNotCallRemoved { id, by } => {
            let object = Some(("do_not_call", *id));
            done(*by, "do_not_call_removed", object, format!("entry {id}"))
        }
        Event::CallbackBooked(CallbackBooked {
            callback,
            queue,
            origin: Origin::Account(by),
            ..
        }) => {
            let detail = format!("callback {callback} in queue {queue}");
            done(
                *by,
                "callback_booked",
                Some(("callback", callback.0)),
                detail,
            )
        }
        Event::CallbackPutOff(CallbackPutOff {
            callback,
            why: PutOff::Rescheduled,
            agreed: Some(agreed),
            ..
        }) => {
            let object = Some(("callback", callback.0));
            let detail = format!("callback {callback}");
            done(agreed.by, "callback_rescheduled", object, detail)
        }
        Event::CallbackEnded(CallbackEnded {
            callback,
            end: End::Cancelled(CancelCause::Asked(by)),
            ..
        }) => {
            let object = Some(("callback", callback.0));
            done(
                *by,
                "callback_cancelled",
                object,
                format!("callback {callback}"),
            )
        }
        Event::CallbackOffered(CallbackOffered {
            contact, queue, by, ..
        }) => {
            let detail = format!("contact {contact} of queue {queue} was asked");
            let object = Some(("contact", contact.0));
            done(*by, "callback_offered", object, detail)
        }
        _ => return None,
    })
}

fn direction_words(to: Direction) -> String {
    match to {
        Direction::Ready => "ready".to_owned(),
        Direction::NotReady(reason) => format!("not ready, reason {reason}"),
        Direction::SignedOut => "signed out".to_owned(),
    }
}

const fn done(
    by: AccountId,
    action: &'static str,
    object: Option<(&'static str, u64)>,
    detail: String,
) -> Act {
    Act {
        by: Some(by),
        action,
        outcome: Outcome::Done,
        object,
        version: None,
        detail,
    }
}

fn adjusted(it: &PriorityAdjusted) -> Act {
    let (contact, added_s) = (it.contact, it.adjustment.age_s);
    let band = it.adjustment.band;
    let band = band.map_or_else(|| "its own".to_owned(), |it| it.to_string());
    let detail = format!("contact {contact}: priority {band}, {added_s} s added");
    done(
        it.by,
        "priority_adjusted",
        Some(("contact", contact.0)),
        detail,
    )
}

fn steered(it: &ContactSteered) -> Act {
    let (contact, queue) = (it.contact, it.queue);
    let where_to = match it.to {
        Steering::Queue(to) => format!("to queue {to}"),
        Steering::Agent(agent) => format!("to agent {agent}"),
        Steering::Removed => "removed".to_owned(),
    };
    let detail = format!("contact {contact} of queue {queue}: {where_to}");
    done(
        it.by,
        "contact_steered",
        Some(("contact", contact.0)),
        detail,
    )
}

fn switched(it: &QueueSwitched) -> Act {
    let (queue, to) = (it.queue, it.to.word());
    let (until, before) = (utc(it.until), hours_word(&it.before));
    let detail = format!(
        "queue {queue}: {to} until {until}, {before} before: {}",
        it.reason
    );
    done(it.by, "queue_switched", Some(("queue", queue.0)), detail)
}

fn switch_ended(it: &SwitchEnded) -> Act {
    let (queue, position) = (it.queue, it.position.word());
    let after = hours_word(&it.after);
    let (by, how) = match it.why {
        SwitchEnd::Over => (AccountId(0), "its time was over"),
        SwitchEnd::Early(by) => (by, "sooner than it said"),
    };
    let detail = format!("queue {queue}: {position} no more, {how}; {after} from now on");
    done(by, "switch_ended", Some(("queue", queue.0)), detail)
}

const fn hours_word(hours: &Hours) -> &'static str {
    match hours {
        Hours::Open => "open",
        Hours::Closed => "closed",
        Hours::Holiday { .. } => "closed for a holiday",
        Hours::Emergency => "closed by an emergency",
    }
}

/// An instant of UTC.
fn utc(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
    at.to_string()
}

fn read(by: AccountId, what: &HistoryRead) -> Act {
    match what {
        HistoryRead::Events { contact } => {
            let object = Some(("contact", contact.0));
            done(by, "events_read", object, format!("contact {contact}"))
        }
        HistoryRead::Export {
            format,
            filter,
            contacts,
        } => {
            let detail = format!("{contacts} contacts as {}: {filter}", format.word());
            done(by, "contacts_exported", None, detail)
        }
    }
}

fn of_recording(
    by: AccountId,
    action: &'static str,
    contact: ContactId,
    recording: EffectId,
) -> Act {
    let object = Some(("recording", recording.0));
    let detail = format!("recording {recording} of contact {contact}");
    done(by, action, object, detail)
}

fn scope_words(scope: &Scope) -> String {
    let Scope::Parts(parts) = scope else {
        return "everything".to_owned();
    };
    let queues = parts.queues.iter().map(|it| format!("queue {it}"));
    let teams = parts.teams.iter().map(|it| format!("team {it}"));
    let sites = parts.sites.iter().map(|it| format!("site {it}"));
    let parts: Vec<_> = queues.chain(teams).chain(sites).collect();
    if parts.is_empty() {
        return "nothing".to_owned();
    }
    parts.join(", ")
}

const fn access_word(access: &Access) -> &'static str {
    match access {
        Access::Played { .. } => "recording_played",
        Access::Downloaded { .. } => "recording_downloaded",
        Access::HoldSet { .. } => "recording_hold_set",
        Access::HoldReleased { .. } => "recording_hold_released",
        Access::Erased { .. } => "recording_erased",
        Access::Expired => "recording_expired",
    }
}

fn administered(by: AccountId, act: &Administration) -> Act {
    let of = |action, kind, id: u64, what: String| done(by, action, Some((kind, id)), what);
    let account = |action, account: &AccountId| {
        of(action, "account", account.0, format!("account {account}"))
    };
    let roles = |action, account: &AccountId, roles: &[String]| {
        let detail = format!("account {account}: {}", roles.join(", "));
        of(action, "account", account.0, detail)
    };
    match act {
        Administration::AccountMade { account, roles: it } => roles("account_made", account, it),
        Administration::RolesSet { account, roles: it } => roles("roles_set", account, it),
        Administration::AccountOpened { account: it } => account("account_opened", it),
        Administration::AccountClosed { account: it } => account("account_closed", it),
        Administration::PasswordSet { account: it } => account("password_set", it),
        Administration::SessionsEnded { account: it } => account("sessions_ended", it),
        Administration::ViewBegun { account: it } => account("view_begun", it),
        Administration::ViewEnded { account: it } => account("view_ended", it),
        Administration::ApiKeyMade { key, scopes } => {
            let detail = format!("API key {key}: {}", scopes.join(", "));
            of("api_key_made", "api_key", *key, detail)
        }
        Administration::ApiKeyRevoked { key } => {
            of("api_key_revoked", "api_key", *key, format!("API key {key}"))
        }
        Administration::WebhookMade { webhook, events } => {
            let detail = format!("webhook {webhook}: {}", events.join(", "));
            of("webhook_made", "webhook", *webhook, detail)
        }
        Administration::WebhookRemoved { webhook: it } => {
            of("webhook_removed", "webhook", *it, format!("webhook {it}"))
        }
        Administration::DeliveryResent { webhook, delivery } => {
            let detail = format!("delivery {delivery} of webhook {webhook}");
            of("delivery_resent", "webhook", *webhook, detail)
        }
        Administration::TvLinkMade { link, board } => {
            let detail = format!("TV link {link}: {board}");
            of("tv_link_made", "tv_link", *link, detail)
        }
        Administration::TvLinkRevoked { link: it } => {
            of("tv_link_revoked", "tv_link", *it, format!("TV link {it}"))
        }
        Administration::AuditExported { filter, entries } => {
            let detail = format!("{entries} entries: {filter}");
            done(by, "audit_exported", None, detail)
        }
        Administration::EmergencyCalled { trunk: it } => {
            let detail = format!("an emergency call by trunk {it} was led on");
            of("emergency_called", "trunk", it.0, detail)
        }
        Administration::VerificationBegun => {
            done(by, "verification_begun", None, "all recordings".into())
        }
        Administration::CustomerLookedUp { customer, contacts } => {
            of_customer(by, "customer_looked_up", *customer, *contacts)
        }
        Administration::CustomerExported { customer, contacts } => {
            of_customer(by, "customer_exported", *customer, *contacts)
        }
        Administration::CustomerErased {
            customer, contacts, ..
        } => of_customer(by, "customer_erased", *customer, *contacts),
        Administration::CustomersExpired { contacts, subjects } => {
            let detail = format!("{contacts} contacts: {subjects} pieces");
            done(by, "customers_expired", None, detail)
        }
        Administration::Teams(act) => done_to_teams(by, act),
    }
}

fn done_to_teams(by: AccountId, act: &TeamsAct) -> Act {
    let of = |action, detail: String| done(by, action, None, detail);
    match act {
        TeamsAct::AccountMade => of("teams_account_made", "the Teams account".to_owned()),
        TeamsAct::AccountChanged { fields } => of("teams_account_changed", fields.join(", ")),
        TeamsAct::AccountRemoved { accounts } => {
            let detail = format!("Teams is switched off for {accounts} accounts");
            of("teams_account_removed", detail)
        }
        TeamsAct::ConsentAsked => of("teams_consent_asked", "asked of Microsoft".to_owned()),
        TeamsAct::ConsentAnswered { outcome } => {
            of("teams_consent_answered", outcome.word().to_owned())
        }
        TeamsAct::DelegatesSet { owner, backup } => {
            let number = |account: &Option<AccountId>| {
                account.map_or_else(|| "nobody".to_owned(), |it| format!("account {}", it.0))
            };
            let detail = format!("owner {}, backup {}", number(owner), number(backup));
            of("teams_delegates_set", detail)
        }
        TeamsAct::SignedIn => of("teams_signed_in", "for the contact center".to_owned()),
    }
}

/// By the keyed hash, which is no number that counts anything.
fn of_customer(by: AccountId, action: &'static str, customer: CustomerHash, contacts: u64) -> Act {
    let hash = customer.0;
    done(
        by,
        action,
        None,
        format!("customer {hash:016x}: {contacts} contacts"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tandem_core::settings::{Disposition, Document, Kind};

    #[test]
    fn saved_document_is_an_act_with_kind_number_and_version() {
        let event = Event::Saved {
            id: 3,
            version: 7,
            document: Document::Disposition(Disposition {
                label: "Sold".to_owned(),
                queues: Vec::new(),
            }),
            by: AccountId(2),
        };
        let act = Act::of(&event).expect("somebody answers for it");
        assert_eq!(act.by, Some(AccountId(2)));
        assert_eq!((act.action, act.outcome), ("saved", Outcome::Done));
        assert_eq!(act.object, Some(("disposition", 3)));
        assert_eq!(act.version, Some(7));
        assert_eq!(act.detail, "disposition 3, version 7");
    }

    #[test]
    fn denied_attempt_is_an_act_of_whoever_tried() {
        let (by, action) = (Some(AccountId(7)), "x".repeat(10_000));
        let act = Act::of(&Event::Denied { by, action }).expect("it is on record");
        assert_eq!((act.by, act.outcome), (by, Outcome::Denied));
        assert_eq!(act.detail.len(), DENIED_CHARS_MAX);
    }

    // R-24 g
    #[test]
    fn whoever_hears_a_recording_is_in_the_audit() {
        let event = Event::RecordingAccessed {
            contact: ContactId(4),
            recording: EffectId(9),
            by: AccountId(2),
            access: Access::Expired,
        };
        let act = Act::of(&event).expect("somebody answers for it");
        assert_eq!(act.action, "recording_expired");
        assert_eq!(act.object, Some(("recording", 9)));
        assert_eq!(act.detail, "recording 9 of contact 4");
    }

    #[test]
    fn what_happens_to_contacts_and_what_the_process_does_are_no_acts() {
        assert_eq!(Act::of(&Event::ServiceStarted), None);
        let event = Event::RecordingFound {
            contact: ContactId(1),
            recording: EffectId(1),
        };
        assert_eq!(Act::of(&event), None);
        let (kind, id, by) = (Kind::Flow, 1, AccountId(0));
        assert!(Act::of(&Event::Removed { kind, id, by }).is_some());
    }
}
