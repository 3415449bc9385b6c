//! What Graph tells subscribers (microsoft-graph.md 5.3, 5.4): the items of a POST, and what is sealed in them. Who sent
//! it is for whoever owns the keys of the authority to check.

use crate::limits::{GRAPH_NOTICE_BYTES_MAX, GRAPH_NOTICE_ITEMS_MAX};
use aws_lc_rs::cipher::{
    AES_256, AES_256_KEY_LEN, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey,
};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The application that vouches for notices with sealed data, by a token (5.3).
pub const NOTIFIER_APP_ID: &str = "0bf30f3b-4a52-48df-9a82-234910c4a086";
/// Bytes of the vector, which is the beginning of the key.
const VECTOR_BYTES: usize = 16;

/// One POST.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notices {
    pub value: Vec<Notice>,
    /// One for each application and tenant; none with notices about the subscription itself.
    #[serde(default)]
    pub validation_tokens: Vec<String>,
}

/// One item of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    pub subscription_id: String,
    #[serde(default)]
    pub client_state: Option<String>,
    #[serde(default)]
    pub lifecycle_event: Option<Lifecycle>,
    #[serde(default)]
    pub encrypted_content: Option<Sealed>,
}

/// What becomes of a subscription (5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Lifecycle {
    ReauthorizationRequired,
    SubscriptionRemoved,
    Missed,
    /// A word that came later.
    #[serde(other)]
    Other,
}

/// Sealed data of an item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sealed {
    pub data: String,
    pub data_signature: String,
    pub data_key: String,
    pub encryption_certificate_id: String,
}

/// The POST cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error(
        "the body is longer than {GRAPH_NOTICE_BYTES_MAX} bytes or has more than {GRAPH_NOTICE_ITEMS_MAX} items"
    )]
    TooLong,
    #[error("the body is not a collection of change notifications")]
    Json,
}

impl Notices {
    /// Reads a POST within its limits.
    ///
    /// # Errors
    /// When it is too long, or no such POST.
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        if body.len() > GRAPH_NOTICE_BYTES_MAX {
            return Err(ParseError::TooLong);
        }
        let read: Self = serde_json::from_slice(body).map_err(|_not_one| ParseError::Json)?;
        if read.value.len() > GRAPH_NOTICE_ITEMS_MAX {
            return Err(ParseError::TooLong);
        }
        Ok(read)
    }
}

/// Why sealed data is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    #[error("it is sealed for another certificate")]
    OtherCertificate,
    #[error("the key, the signature or the data does not fit")]
    Forged,
    #[error("what was sealed is not what was subscribed to")]
    Unexpected,
}

/// Opens what is sealed for one certificate. It does not print its key.
pub struct Opener {
    certificate_id: String,
    key: OaepPrivateDecryptingKey,
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Opener")
            .field("certificate_id", &self.certificate_id)
            .finish_non_exhaustive()
    }
}

/// The key is none that opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key is not an RSA key of 2048 bits or more in PKCS#8")]
pub struct BadKey;

impl Opener {
    /// With the private key of the certificate that subscriptions name by this id.
    ///
    /// # Errors
    /// When it is no RSA key.
    pub fn new(certificate_id: String, pkcs8: &[u8]) -> Result<Self, BadKey> {
        let key = PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_not_one| BadKey)?;
        let key = OaepPrivateDecryptingKey::new(key).map_err(|_too_small| BadKey)?;
        Ok(Self {
            certificate_id,
            key,
        })
    }

    /// What is sealed. The signature is checked before anything is read (5.3).
    ///
    /// # Errors
    /// When it is sealed for another certificate, was changed on its way, or is something else.
    pub fn open<T: DeserializeOwned>(&self, sealed: &Sealed) -> Result<T, Unopened> {
        if sealed.encryption_certificate_id != self.certificate_id {
            return Err(Unopened::OtherCertificate);
        }
        let bytes = |text: &str| STANDARD.decode(text).map_err(|_bad| Unopened::Forged);
        let (wrapped, signature) = (bytes(&sealed.data_key)?, bytes(&sealed.data_signature)?);
        let mut data = bytes(&sealed.data)?;
        let mut secret = vec![0; self.key.min_output_size()];
        let secret = self
            .key
            .decrypt(&OAEP_SHA1_MGF1SHA1, &wrapped, &mut secret, None);
        let secret: &[u8] = secret.map_err(|_another_key| Unopened::Forged)?;
        let signer = hmac::Key::new(hmac::HMAC_SHA256, secret);
        hmac::verify(&signer, &data, &signature).map_err(|_changed| Unopened::Forged)?;
        let text = decrypted(secret, &mut data).ok_or(Unopened::Forged)?;
        serde_json::from_slice(text).map_err(|_something_else| Unopened::Unexpected)
    }
}

/// AES-256-CBC with PKCS 7; the vector is the beginning of the key.
fn decrypted<'a>(secret: &[u8], data: &'a mut [u8]) -> Option<&'a [u8]> {
    if secret.len() != AES_256_KEY_LEN {
        return None;
    }
    let vector: [u8; VECTOR_BYTES] = *secret.first_chunk()?;
    let key = UnboundCipherKey::new(&AES_256, secret).ok()?;
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).ok()?;
    let context = DecryptionContext::Iv128(FixedLength::from(vector));
    let text: &'a [u8] = key.decrypt(data, context).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::presence::{Availability, Presence};
    use aws_lc_rs::cipher::{EncryptionContext, PaddedBlockEncryptingKey};
    use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
    use aws_lc_rs::rsa::{KeyPair, KeySize, OaepPublicEncryptingKey, PublicEncryptingKey};
    use aws_lc_rs::signature::KeyPair as _;

    const TEXT: &str = r#"{"id":"a","availability":"Busy","activity":"InACall"}"#;

    fn pair() -> (Opener, PublicEncryptingKey) {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'static> = pair.as_der().unwrap();
        let public = pair.public_key().as_der().unwrap();
        let public: aws_lc_rs::encoding::PublicKeyX509Der<'_> = public;
        let public = PublicEncryptingKey::from_der(public.as_ref()).unwrap();
        (Opener::new("c1".to_owned(), der.as_ref()).unwrap(), public)
    }

    fn sealed(public: PublicEncryptingKey) -> Sealed {
        let secret = [7; 32];
        let key = UnboundCipherKey::new(&AES_256, &secret).unwrap();
        let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).unwrap();
        let mut data = TEXT.as_bytes().to_vec();
        let context = EncryptionContext::Iv128(FixedLength::from([7; 16]));
        key.less_safe_encrypt(&mut data, context).unwrap();
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), &data);
        let key = OaepPublicEncryptingKey::new(public).unwrap();
        let mut wrapped = vec![0; key.ciphertext_size()];
        let wrapped = key.encrypt(&OAEP_SHA1_MGF1SHA1, &secret, &mut wrapped, None);
        Sealed {
            data: STANDARD.encode(&data),
            data_signature: STANDARD.encode(signature),
            data_key: STANDARD.encode(wrapped.unwrap()),
            encryption_certificate_id: "c1".to_owned(),
        }
    }

    // B-230
    #[test]
    fn sealed_presence_is_read_and_one_that_was_changed_is_not() {
        let (opener, public) = pair();
        let sealed = sealed(public);
        let presence: Presence = opener.open(&sealed).unwrap();
        assert_eq!(presence.availability, Availability::Busy);
        let open = |changed: &Sealed| opener.open::<Presence>(changed).map(drop).unwrap_err();
        let mut changed = sealed.clone();
        changed.data_signature = STANDARD.encode([0; 32]);
        assert_eq!(open(&changed), Unopened::Forged);
        let mut changed = sealed.clone();
        changed.data = STANDARD.encode([1; 48]);
        assert_eq!(open(&changed), Unopened::Forged);
        let mut changed = sealed.clone();
        changed.data_key = STANDARD.encode([1; 256]);
        assert_eq!(open(&changed), Unopened::Forged);
        let mut changed = sealed.clone();
        changed.encryption_certificate_id = "c2".to_owned();
        assert_eq!(open(&changed), Unopened::OtherCertificate);
        assert_eq!(
            opener.open::<Vec<u8>>(&sealed).unwrap_err(),
            Unopened::Unexpected
        );
        let (other, _) = pair();
        assert_eq!(
            other.open::<Presence>(&sealed).map(drop).unwrap_err(),
            Unopened::Forged
        );
    }

    // B-231
    #[test]
    fn word_about_a_subscription_that_nobody_knows_yet_is_a_value_and_no_error() {
        let body = br#"{"value":[{"subscriptionId":"s","clientState":"x","lifecycleEvent":"missed"},{"subscriptionId":"s","lifecycleEvent":"renamed"},{"subscriptionId":"s"}]}"#;
        let read = Notices::parse(body).unwrap();
        let words: Vec<_> = read.value.iter().map(|it| it.lifecycle_event).collect();
        assert_eq!(
            words,
            [Some(Lifecycle::Missed), Some(Lifecycle::Other), None]
        );
        assert_eq!(Notices::parse(b"{}"), Err(ParseError::Json));
        let long = vec![b' '; GRAPH_NOTICE_BYTES_MAX + 1];
        assert_eq!(Notices::parse(&long), Err(ParseError::TooLong));
    }
}
