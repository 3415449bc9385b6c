//! Which contact center is asked, and as whom.

use crate::api::Api;
use anyhow::{Context, bail};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub(super) struct Asking {
    /// Where the contact center is, as browsers find it.
    #[arg(
        long,
        value_name = "URL",
        env = "TANDEM_SERVER",
        default_value = "http://127.0.0.1:8060"
    )]
    server: String,
    /// Which contact center.
    #[arg(long, value_name = "ID", env = "TANDEM_CENTER")]
    center: String,
    /// The account that asks; its password is in TANDEM_PASSWORD or in a file.
    #[arg(long, value_name = "NAME", env = "TANDEM_USER")]
    user: Option<String>,
    /// A file with the password alone.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// A file with the token of a session or an API key alone; or it is in `TANDEM_TOKEN`.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

/// Somebody who may ask.
pub(super) struct Asker {
    api: Api,
    session: Session,
}

/// Whose session it is.
enum Session {
    /// It was there before and stays.
    Brought,
    /// It was opened here and ends here.
    Opened,
}

impl Asking {
    /// Nothing secret is taken from the arguments: others on the machine can read those.
    pub(super) async fn sign_in(&self) -> anyhow::Result<Asker> {
        let nobody = Api::new(&self.server, &self.center)?;
        let token = secret("TANDEM_TOKEN", self.token_file.as_deref())?;
        if let Some(token) = token {
            let api = nobody.with_token(&token);
            let session = Session::Brought;
            return Ok(Asker { api, session });
        }
        let Some(user) = &self.user else {
            bail!(
                "say who asks: --user NAME with the password in TANDEM_PASSWORD or --password-file, or a token in TANDEM_TOKEN or --token-file"
            );
        };
        let password = secret("TANDEM_PASSWORD", self.password_file.as_deref())?;
        let password = password.with_context(|| {
            format!(
                "the password of {user} is missing: set TANDEM_PASSWORD, or name --password-file"
            )
        })?;
        let api = nobody.sign_in(user, &password).await;
        let api = api.with_context(|| format!("{user} cannot sign in at {}", self.server))?;
        let session = Session::Opened;
        Ok(Asker { api, session })
    }
}

impl Asker {
    pub(super) const fn api(&self) -> &Api {
        &self.api
    }

    /// Ends a session that was opened for this command.
    pub(super) async fn leave(&self) {
        match self.session {
            Session::Brought => {}
            Session::Opened => {
                if let Err(error) = self.api.post("/sign-out", &json!({})).await {
                    tracing::debug!(%error, "the session ends by its time");
                }
            }
        }
    }
}

/// A secret from a file, or else from the environment.
fn secret(variable: &str, file: Option<&Path>) -> anyhow::Result<Option<String>> {
    if let Some(file) = file {
        let text = std::fs::read_to_string(file);
        let text = text.with_context(|| format!("{} cannot be read", file.display()))?;
        return Ok(Some(text.trim().to_owned()));
    }
    let value = std::env::var(variable).ok();
    Ok(value.filter(|value| !value.is_empty()))
}
