//! Passwords: argon2id (OWASP parameters, the crate's defaults) on blocking threads, few at a time.
//! A password is never kept and never logged.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Hashes under way at once: each takes a core and 19 MiB for some ten milliseconds.
const HASHES_MAX: usize = 2;
/// Those that may wait for their turn; more are turned away.
const WAITING_MAX: usize = 256;
/// Characters of a new password at least.
const PASSWORD_CHARS_MIN: usize = 10;
/// Bytes of a password at most.
const PASSWORD_BYTES_MAX: usize = 1_024;

/// Hashes passwords and compares them.
#[derive(Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Compared with when there is no such account, so that both answers take the same time.
    nobody: Arc<str>,
}

/// Why a password could not be hashed or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// It is not acceptable as a new password.
    #[error("use {PASSWORD_CHARS_MIN} to {PASSWORD_BYTES_MAX} characters")]
    Unacceptable,
    /// Too many are being hashed.
    #[error("too many people sign in at this moment; try again in a few seconds")]
    Busy,
    /// It could not be hashed.
    #[error("the password could not be processed")]
    Failed,
}

impl Passwords {
    /// # Errors
    /// [`PasswordProblem::Failed`] when this machine cannot hash.
    pub async fn new() -> Result<Self, PasswordProblem> {
        let nobody = tokio::task::spawn_blocking(|| hash("nobody has this password")).await;
        Ok(Self {
            permits: Arc::new(Semaphore::new(HASHES_MAX)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            nobody: nobody.or(Err(PasswordProblem::Failed))??.into(),
        })
    }

    /// Whether a text can be a new password.
    ///
    /// # Errors
    /// [`PasswordProblem::Unacceptable`] when it cannot.
    pub fn check(password: &SecretString) -> Result<(), PasswordProblem> {
        let text = password.expose_secret();
        if text.chars().count() < PASSWORD_CHARS_MIN || text.len() > PASSWORD_BYTES_MAX {
            return Err(PasswordProblem::Unacceptable);
        }
        Ok(())
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`PasswordProblem`] when it is not acceptable, or cannot be hashed now.
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordProblem> {
        Self::check(&password)?;
        self.run(move || hash(password.expose_secret())).await?
    }

    /// Whether `password` is the one behind `hash`; without one, the same work is done for nothing.
    ///
    /// # Errors
    /// [`PasswordProblem`] when it cannot be compared now.
    pub async fn matches(
        &self,
        hash: Option<String>,
        password: SecretString,
    ) -> Result<bool, PasswordProblem> {
        let is_known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.as_ref().to_owned());
        let matches = self
            .run(move || verify(&hash, password.expose_secret()))
            .await?;
        Ok(matches && is_known)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordProblem> {
        let _place = self.waiting.try_acquire().or(Err(PasswordProblem::Busy))?;
        let _permit = self
            .permits
            .acquire()
            .await
            .or(Err(PasswordProblem::Failed))?;
        tokio::task::spawn_blocking(work)
            .await
            .or(Err(PasswordProblem::Failed))
    }
}

fn hash(password: &str) -> Result<String, PasswordProblem> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    Ok(hashed.or(Err(PasswordProblem::Failed))?.to_string())
}

fn verify(hash: &str, password: &str) -> bool {
    if password.len() > PASSWORD_BYTES_MAX {
        return false;
    }
    let Ok(hash) = PasswordHash::new(hash) else {
        tracing::error!("a stored password hash is damaged; set that account's password again");
        return false;
    };
    Argon2::default()
        .verify_password(password.as_bytes(), &hash)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn password_matches_its_own_hash_only() {
        let passwords = Passwords::new().await.unwrap();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(
            passwords
                .matches(Some(hash.clone()), "correct horse".into())
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .matches(Some(hash), "wrong horse".into())
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .matches(None, "nobody has this password".into())
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn short_password_is_refused() {
        let passwords = Passwords::new().await.unwrap();
        let refused = passwords.hash("short".into()).await;
        assert_eq!(refused, Err(PasswordProblem::Unacceptable));
    }
}
