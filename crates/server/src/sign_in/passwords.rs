//! Passwords: argon2id (OWASP parameters, the crate's defaults), one at a time on a thread of their own.
//! A password is never kept and never logged.
//!
//! One thread with one block of working memory, because each hash takes 19 MiB: allocated anew for
//! every hash, the allocator kept some 350 MB after two dozen sign-ins.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
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
type Work = Box<dyn FnOnce(&mut Workshop) + Send>;

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
        let nobody = unknown
            .run(|workshop| workshop.hash("nobody has this password"))
            .await??;
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
        self.run(move |workshop| workshop.hash(password.expose_secret()))
            .await?
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
            .run(move |workshop| workshop.verify(&hash, password.expose_secret()))
            .await?;
        Ok(matches && is_known)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workshop) -> T + Send + 'static,
    ) -> Result<T, PasswordProblem> {
        let (told, done) = oneshot::channel();
        let work: Work = Box::new(move |workshop| {
            // Whoever asked may have gone.
            if told.send(work(workshop)).is_err() {
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
    let mut workshop = Workshop::default();
    while let Ok(work) = waiting.recv() {
        work(&mut workshop);
    }
}

/// Bytes of a salt (RFC 9106 3.1 recommends 16).
const SALT_BYTES: usize = 16;
/// Bytes of a hash (RFC 9106 4 recommends 32).
const HASH_BYTES: usize = 32;

/// The working memory, kept between hashes.
#[derive(Default)]
struct Workshop {
    blocks: Vec<Block>,
}

impl Workshop {
    /// A new hash in PHC form.
    fn hash(&mut self, password: &str) -> Result<String, PasswordProblem> {
        let mut salt = [0; SALT_BYTES];
        rand::fill(&mut salt).or(Err(PasswordProblem::Failed))?;
        let params = Params::default();
        let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
        let hash = self.derive(password, &salt, params, HASH_BYTES);
        let hash = STANDARD_NO_PAD.encode(hash.ok_or(PasswordProblem::Failed)?);
        let salt = STANDARD_NO_PAD.encode(salt);
        Ok(format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${hash}"))
    }

    /// Whether a password is the one behind a hash. The hash says by which costs it was made.
    fn verify(&mut self, hash: &str, password: &str) -> bool {
        if password.len() > PASSWORD_BYTES_MAX {
            return false;
        }
        let Some((params, salt, wanted)) = parts(hash) else {
            tracing::error!("a stored password hash is damaged; set that account's password again");
            return false;
        };
        let derived = self.derive(password, &salt, params, wanted.len());
        derived.is_some_and(|derived| verify_slices_are_equal(&derived, &wanted).is_ok())
    }

    fn derive(
        &mut self,
        password: &str,
        salt: &[u8],
        params: Params,
        length: usize,
    ) -> Option<Vec<u8>> {
        self.blocks.resize(params.block_count(), Block::default());
        let mut derived = vec![0; length];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let blocks = self.blocks.as_mut_slice();
        argon2
            .hash_password_into_with_memory(password.as_bytes(), salt, &mut derived, blocks)
            .ok()?;
        Some(derived)
    }
}

/// Costs, salt and hash of a hash in PHC form, if it is an argon2id one.
fn parts(hash: &str) -> Option<(Params, Vec<u8>, Vec<u8>)> {
    let hash = PasswordHash::new(hash).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let is_ours = hash.algorithm.as_str() == "argon2id" && hash.version == Some(19);
    let (salt, wanted) = (hash.salt?, hash.hash?);
    is_ours.then(|| (params, salt.as_ref().to_vec(), wanted.as_bytes().to_vec()))
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

    #[test]
    fn hash_is_one_that_the_crate_itself_accepts() {
        use argon2::PasswordVerifier as _;
        let hash = Workshop::default().hash("correct horse").unwrap();
        let parsed = PasswordHash::new(&hash).unwrap();
        assert!(
            Argon2::default()
                .verify_password(b"correct horse", &parsed)
                .is_ok()
        );
        assert!(!Workshop::default().verify("$argon2id$damaged", "correct horse"));
    }

    #[tokio::test]
    async fn short_password_is_refused() {
        let passwords = Passwords::new().await.unwrap();
        let refused = passwords.hash("short".into()).await;
        assert_eq!(refused, Err(PasswordProblem::Unacceptable));
    }
}
