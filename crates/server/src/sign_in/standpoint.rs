//! As whom a session sees things: its own account, or one that an administrator looks as, to see what it sees. What
//! is looked at is on record under the administrator, and nothing is changed meanwhile.

use super::admitted::actor_of;
use crate::app::App;
use crate::problem::Problem;
use std::time::Duration;
use tandem_core::permission::Permission;
use tandem_core::role::Actor;
use tandem_core::time::Timestamp;
use tandem_store::{Account, Accounts, Session, Standing};

/// How long somebody looks as another account before it has to be asked for again.
pub const VIEW_TIME: Duration = Duration::from_mins(30);

/// As whom a session sees things.
pub struct Standpoint {
    /// The account that is seen as.
    pub account: Account,
    /// Its roles and scope; the account is the session's own.
    pub actor: Actor,
    /// Who looks, when it is another.
    pub viewing: Option<Viewing>,
}

/// Somebody who looks as another account.
#[derive(Clone)]
pub struct Viewing {
    /// Who it really is.
    pub by: Account,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// As whom a session sees things now. A view ends with its time, with the right to it, and with the account.
///
/// # Errors
/// 503 when the store does not answer.
pub async fn standpoint_of(app: &App, session: Session) -> Result<Standpoint, Problem> {
    let actor = actor_of(&session.account);
    let now = app.clock.now().as_micros();
    let view = { session.view }.filter(|view| now < view.until.0);
    let Some(view) = view.filter(|_| actor.may(Permission::ManageAccess)) else {
        return Ok(own(session.account, actor));
    };
    let account = app.store.account(view.account).await?;
    let account = account.filter(|account| {
        account.center == session.account.center && account.standing == Standing::Active
    });
    Ok(match account {
        Some(account) => Standpoint {
            actor: Actor {
                account: actor.account,
                ..actor_of(&account)
            },
            viewing: Some(Viewing {
                by: session.account,
                until: Timestamp::from_micros(view.until.0),
            }),
            account,
        },
        None => own(session.account, actor),
    })
}

const fn own(account: Account, actor: Actor) -> Standpoint {
    Standpoint {
        account,
        actor,
        viewing: None,
    }
}

impl Viewing {
    /// What is answered to a change.
    pub(super) fn refusal(&self, seen_as: &Account) -> Problem {
        let detail = format!(
            "you see Tandem as {} does: nothing is changed, heard or taken away; end the view first",
            seen_as.username
        );
        Problem {
            code: "viewing_only",
            ..Problem::forbidden(&detail)
        }
    }
}
