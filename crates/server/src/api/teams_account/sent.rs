//! What is sent to add or change the Teams account, and what is wrong with it.

use crate::edge::graph::account::{
    Account, Feature, LicensingMode, Messages, NumberType, ShownType,
};
use crate::edge::graph::credential::{Credential, looks_like_id};
use crate::problem::Problem;
use serde::Deserialize;
use std::collections::BTreeSet;
use tandem_core::time::Timestamp;
use utoipa::ToSchema;

/// Characters of a name.
const NAME_CHARS_MAX: usize = 200;
/// Characters of a secret: Entra's have 40.
const SECRET_CHARS_MAX: usize = 1_000;
/// Characters of a certificate or a key, PEM.
const PEM_CHARS_MAX: usize = 16_000;
/// Characters of a message.
const MESSAGE_CHARS_MAX: usize = 500;
/// People whom the drawer lists at most.
const DRAWER_LIMIT_MAX: u32 = 20_000;

/// What is sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct TeamsAccountSent {
    name: String,
    /// Of the registered application; optional.
    object_id: Option<String>,
    tenant_id: Option<String>,
    client_id: Option<String>,
    /// The value of the client secret, and not its id. Left out: as it is.
    secret: Option<String>,
    /// Instead of a secret. Left out: as it is.
    certificate: Option<CertificateSent>,
    /// When the secret expires, where the directory does not say so.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<String>,
    licensing_mode: LicensingMode,
    /// That what the mode means was read; needed for a mode that is chosen anew.
    licensing_acknowledged: bool,
    features: BTreeSet<Feature>,
    /// All four, in the order in which they are shown.
    number_types: Vec<ShownType>,
    messages: Messages,
    /// 1 to 20,000.
    drawer_limit: u32,
}

/// A certificate with its private key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TeamsCertificateSent)]
struct CertificateSent {
    pem: String,
    /// RSA, without a password.
    key_pem: String,
}

/// What was sent, read.
pub(super) struct Read {
    pub(super) account: Account,
    pub(super) credential: Option<Credential>,
    pub(super) looks_like_id: bool,
}

impl TeamsAccountSent {
    /// Reads it, as a change of what stands or as something new.
    pub(super) fn read(self, before: Option<&Account>, now: Timestamp) -> Result<Read, Problem> {
        let name = self.name.trim().to_owned();
        check_chars("name", &name, 1, NAME_CHARS_MAX)?;
        check_features(&self.features)?;
        check_types(&self.number_types)?;
        check_messages(&self.messages)?;
        if !(1..=DRAWER_LIMIT_MAX).contains(&self.drawer_limit) {
            let detail = format!("write 1 to {DRAWER_LIMIT_MAX}");
            return Err(Problem::invalid("drawer_limit", detail));
        }
        let licensing_acknowledged = self.acknowledged(before, now)?;
        let expires = super::super::time::asked("expires_at", self.expires_at.as_deref())?;
        let looks_like_id = self.secret.as_deref().is_some_and(looks_like_id);
        let proven = proven(self.secret, self.certificate, now)?;
        let (credential, proof) = match proven {
            Some((credential, proof)) => (Some(credential), Some(proof)),
            None => (None, before.and_then(|it| it.proof.clone())),
        };
        let account = Account {
            name,
            object_id: guid("object_id", self.object_id)?,
            tenant_id: guid("tenant_id", self.tenant_id)?,
            client_id: guid("client_id", self.client_id)?,
            proof,
            expires: expires.map(|at| Timestamp::from_micros(at.0)),
            licensing_mode: self.licensing_mode,
            licensing_acknowledged,
            features: self.features,
            number_types: self.number_types,
            messages: self.messages,
            drawer_limit: self.drawer_limit,
            delegates: before.map(|it| it.delegates).unwrap_or_default(),
        };
        Ok(Read {
            account,
            credential,
            looks_like_id,
        })
    }

    /// B-078: choosing a mode needs a tick.
    fn acknowledged(
        &self,
        before: Option<&Account>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Problem> {
        let same = before.filter(|it| it.licensing_mode == self.licensing_mode);
        match same.and_then(|it| it.licensing_acknowledged) {
            Some(at) => Ok(Some(at)),
            None if self.licensing_acknowledged => Ok(Some(now)),
            None => {
                let detail = "tick that you have read what the licensing mode means";
                Err(Problem::invalid("licensing_acknowledged", detail))
            }
        }
    }
}

impl Read {
    /// The fields that differ, for the record.
    pub(super) fn changed(&self, before: &Account) -> Vec<String> {
        let now = &self.account;
        let differs = [
            ("name", now.name != before.name),
            ("object_id", now.object_id != before.object_id),
            ("tenant_id", now.tenant_id != before.tenant_id),
            ("client_id", now.client_id != before.client_id),
            ("credential", self.credential.is_some()),
            ("expires_at", now.expires != before.expires),
            (
                "licensing_mode",
                now.licensing_mode != before.licensing_mode,
            ),
            ("features", now.features != before.features),
            ("number_types", now.number_types != before.number_types),
            ("messages", now.messages != before.messages),
            ("drawer_limit", now.drawer_limit != before.drawer_limit),
        ];
        let changed = differs.into_iter().filter(|(_, is_other)| *is_other);
        changed.map(|(field, _)| field.to_owned()).collect()
    }
}

type Proven = (Credential, crate::edge::graph::account::Proof);

fn proven(
    secret: Option<String>,
    certificate: Option<CertificateSent>,
    now: Timestamp,
) -> Result<Option<Proven>, Problem> {
    match (secret, certificate) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => {
            let detail = "send a secret or a certificate, not both";
            Err(Problem::invalid("certificate", detail))
        }
        (Some(secret), None) => {
            let secret = secret.trim().to_owned();
            check_chars("secret", &secret, 1, SECRET_CHARS_MAX)?;
            Ok(Some(Credential::secret(secret, now)))
        }
        (None, Some(CertificateSent { pem, key_pem })) => {
            check_chars("certificate.pem", &pem, 1, PEM_CHARS_MAX)?;
            check_chars("certificate.key_pem", &key_pem, 1, PEM_CHARS_MAX)?;
            let read = Credential::certificate(&pem, key_pem, now);
            let read = read.map_err(|bad| Problem::invalid(bad.field, bad.detail))?;
            Ok(Some(read))
        }
    }
}

/// A GUID in lower case; empty is none.
fn guid(field: &str, text: Option<String>) -> Result<Option<String>, Problem> {
    let text = text.map(|it| it.trim().to_lowercase());
    let Some(text) = text.filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    let parsed = uuid::Uuid::try_parse(&text).map_err(|_not_one| {
        let detail = "write a GUID, such as aa123456-1234-1234-1234-aaa123456789";
        Problem::invalid(field, detail)
    })?;
    Ok(Some(parsed.hyphenated().to_string()))
}

fn check_chars(field: &str, text: &str, min: usize, max: usize) -> Result<(), Problem> {
    if (min..=max).contains(&text.chars().count()) {
        return Ok(());
    }
    Err(Problem::invalid(
        field,
        format!("write {min} to {max} characters"),
    ))
}

fn check_features(features: &BTreeSet<Feature>) -> Result<(), Problem> {
    let has = |feature| features.contains(&feature);
    if has(Feature::PresencePush) && !has(Feature::PresenceRead) {
        let detail = "presence_push needs presence_read: what was missed is read; switch that on too, or leave presence_push out";
        return Err(Problem::invalid("features", detail));
    }
    Ok(())
}

fn check_types(types: &[ShownType]) -> Result<(), Problem> {
    let named: BTreeSet<NumberType> = types.iter().map(|it| it.kind).collect();
    if named.len() == NumberType::ALL.len() && types.len() == named.len() {
        return Ok(());
    }
    let detail = "name each of business, mobile, fax and teams once";
    Err(Problem::invalid("number_types", detail))
}

fn check_messages(messages: &Messages) -> Result<(), Problem> {
    for (name, text) in messages.all() {
        let field = format!("messages.{name}");
        check_chars(&field, text.trim(), 1, MESSAGE_CHARS_MAX)?;
    }
    // Answers are compared without case and spaces around them (B-086, B-092).
    let words = [&messages.yes, &messages.no, &messages.bye].map(|it| it.trim().to_lowercase());
    let [yes, no, bye] = &words;
    if yes == no || no == bye || yes == bye {
        let detail = "the words to accept, to decline and to leave must differ";
        return Err(Problem::invalid("messages", detail));
    }
    Ok(())
}
