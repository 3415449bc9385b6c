//! Which account an agent signs in with. Read once and kept until an account changes: only this
//! process changes them.

use super::{People, PeopleError};
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::ids::AgentId;
use tandem_store::{AccountId, Accounts, Standing};

/// An agent's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The account.
    pub account: AccountId,
    /// Its username.
    pub username: String,
    /// Its roles, as the store has them.
    pub roles: Vec<String>,
    /// Whether Microsoft Entra vouches for it: then its roles come from there, and it has no password.
    pub is_vouched_for: bool,
    /// Whether it may be used.
    pub standing: Standing,
}

/// Accounts by agent.
pub(super) type ByAgent = BTreeMap<AgentId, Login>;

impl People {
    /// The accounts of all agents.
    ///
    /// # Errors
    /// [`PeopleError`] when the store does not answer.
    pub async fn logins(&self) -> Result<Arc<BTreeMap<AgentId, Login>>, PeopleError> {
        if let Some(logins) = self.kept() {
            return Ok(logins);
        }
        let mut by_agent = ByAgent::new();
        let mut after = None;
        loop {
            let page = self.store.accounts(&self.center, after).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for account in page {
                let Some(agent) = account.agent else { continue };
                let login = Login {
                    account: account.id,
                    username: account.username,
                    is_vouched_for: account.person.is_some(),
                    roles: account.roles,
                    standing: account.standing,
                };
                by_agent.insert(agent, login);
            }
        }
        let by_agent = Arc::new(by_agent);
        let mut logins = self
            .logins
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *logins = Some(Arc::clone(&by_agent));
        Ok(by_agent)
    }

    /// An account was changed: the next reader looks again.
    pub fn accounts_changed(&self) {
        *self
            .logins
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }

    fn kept(&self) -> Option<Arc<ByAgent>> {
        self.logins
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}
