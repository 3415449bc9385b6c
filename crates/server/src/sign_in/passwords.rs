//! Passwords: argon2id (OWASP parameters, the crate's defaults), one at a time on a thread of their own.
//! A password is never kept and never logged.
//!
//! One thread, because each hash takes 19 MiB: on the runtime's blocking threads the allocator keeps
//! that much for every thread that ever hashed, some 350 MB after two dozen sign-ins.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use tokio::sync::oneshot;

/// Those that may wait for their turn, each some twenty milliseconds long; more are turned away.
const WAITING_MAX: usize = 256;
/// Characters of a new password at least.
const PASSWORD_CHARS_MIN: usize = 10;
/// Bytes of a password at most.
const PASSWORD_BYTES_MAX: usize = 1_024;

/// Hashes passwords and compares them.
#[derive(Clone)]
pub struct Passwords {
    work: SyncSender<Work>,
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

/// One hash or comparison.
type Work = Box<dyn FnOnce() + Send>;

impl Passwords {
    /// # Errors
    /// [`PasswordProblem::Failed`] when this machine cannot hash.
    pub async fn new() -> Result<Self, PasswordProblem> {
        let (work, waiting) = sync_channel(WAITING_MAX);
        let thread = std::thread::Builder::new().name("passwords".to_owned());
        thread
            .spawn(move || run_all(&waiting))
            .or(Err(PasswordProblem::Failed))?;
        let unknown = Self {
            work,
            nobody: Arc::from(""),
        };
        let nobody = unknown.run(|| hash("nobody has this password")).await??;
        Ok(Self {
            nobody: nobody.into(),
            ..unknown
        })
    }

    /// Whether a text can be a new password.
    fn check(password: &SecretString) -> Result<(), PasswordProblem> {
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
        let (told, done) = oneshot::channel();
        let work: Work = Box::new(move || {
            // Whoever asked may have gone.
            if told.send(work()).is_err() {
                tracing::trace!("nobody waits for the password any more");
            }
        });
        self.work.try_send(work).map_err(|refused| match refused {
            TrySendError::Full(_) => PasswordProblem::Busy,
            TrySendError::Disconnected(_) => PasswordProblem::Failed,
        })?;
        done.await.or(Err(PasswordProblem::Failed))
    }
}

/// Works until nobody can ask any more.
fn run_all(waiting: &Receiver<Work>) {
    while let Ok(work) = waiting.recv() {
        work();
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
