//! Resource data that only the subscriber can read (microsoft-graph.md 5.3): a new key for every item, sealed with the
//! subscriber's certificate.

use aws_lc_rs::cipher::{AES_256, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::{digest, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fmt::Write as _;
use x509_parser::parse_x509_certificate;

const KEY_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// What resource data is sealed with.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    pub(super) id: String,
    /// SHA-1, as portals show it.
    thumbprint: String,
    /// Subject public key info, DER.
    key: Vec<u8>,
}

impl Certificate {
    /// DER in base64; a whole PEM file in base64 is taken too, as clients send it.
    pub(super) fn read(text: &str, id: String) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim()).ok()?;
        let der = match x509_parser::pem::parse_x509_pem(&bytes) {
            Ok((_, pem)) => pem.contents,
            Err(_) => bytes,
        };
        let (_, certificate) = parse_x509_certificate(&der).ok()?;
        let key = certificate.public_key().raw.to_vec();
        let bits = PublicEncryptingKey::from_der(&key).ok()?.key_size_bits();
        let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
        let mut thumbprint = String::new();
        for byte in hash.as_ref() {
            write!(thumbprint, "{byte:02X}").expect("a String takes whatever is written");
        }
        KEY_BITS.contains(&bits).then_some(Self {
            id,
            thumbprint,
            key,
        })
    }

    /// `encryptedContent` of an item.
    pub(super) fn seal(&self, resource: &Value) -> Value {
        let mut secret = [0; 32];
        rand::fill(&mut secret).expect("the system has chance");
        let data = encrypted(&secret, resource.to_string().as_bytes());
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), &data);
        json!({
            "data": STANDARD.encode(&data), "dataSignature": STANDARD.encode(signature),
            "dataKey": STANDARD.encode(self.wrapped(&secret)), "encryptionCertificateId": self.id,
            "encryptionCertificateThumbprint": self.thumbprint,
        })
    }

    /// RSA-OAEP with SHA-1 (RFC 8017 7.1).
    fn wrapped(&self, secret: &[u8]) -> Vec<u8> {
        let key = PublicEncryptingKey::from_der(&self.key).expect("the key was read before");
        let key = OaepPublicEncryptingKey::new(key).expect("an RSA key of this size");
        let mut wrapped = vec![0; key.ciphertext_size()];
        let length = key
            .encrypt(&OAEP_SHA1_MGF1SHA1, secret, &mut wrapped, None)
            .expect("32 bytes fit into 2048 bits")
            .len();
        wrapped.truncate(length);
        wrapped
    }
}

/// AES-256-CBC with PKCS 7; the vector is the beginning of the key.
fn encrypted(secret: &[u8; 32], text: &[u8]) -> Vec<u8> {
    let key = UnboundCipherKey::new(&AES_256, secret).expect("32 bytes are a key");
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).expect("AES has this mode");
    let mut vector = [0; 16];
    vector.copy_from_slice(&secret[..16]);
    let mut data = text.to_vec();
    let context = EncryptionContext::Iv128(FixedLength::from(vector));
    key.less_safe_encrypt(&mut data, context)
        .expect("the vector has the length of a block");
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::cipher::{DecryptionContext, PaddedBlockDecryptingKey};
    use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
    use aws_lc_rs::rsa::{
        KeyPair as RsaKeyPair, KeySize, OaepPrivateDecryptingKey, PrivateDecryptingKey,
    };
    use rcgen::{CertificateParams, KeyPair};

    #[test]
    fn what_is_sealed_is_read_with_the_private_key_and_its_signature_holds() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'static> = pair.as_der().unwrap();
        let own = KeyPair::try_from(der.as_ref()).unwrap();
        let certificate = CertificateParams::default().self_signed(&own).unwrap();
        for text in [certificate.der().to_vec(), certificate.pem().into_bytes()] {
            let read = Certificate::read(&STANDARD.encode(text), "c1".to_owned()).unwrap();
            let sealed = read.seal(&json!({"availability": "Busy"}));
            let bytes = |name: &str| STANDARD.decode(sealed[name].as_str().unwrap()).unwrap();
            let key = PrivateDecryptingKey::from_pkcs8(der.as_ref()).unwrap();
            let key = OaepPrivateDecryptingKey::new(key).unwrap();
            let mut secret = vec![0; key.min_output_size()];
            let secret = key
                .decrypt(&OAEP_SHA1_MGF1SHA1, &bytes("dataKey"), &mut secret, None)
                .unwrap();
            let signer = hmac::Key::new(hmac::HMAC_SHA256, secret);
            hmac::verify(&signer, &bytes("data"), &bytes("dataSignature")).unwrap();
            let mut vector = [0; 16];
            vector.copy_from_slice(&secret[..16]);
            let key = UnboundCipherKey::new(&AES_256, secret).unwrap();
            let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).unwrap();
            let mut data = bytes("data");
            let context = DecryptionContext::Iv128(FixedLength::from(vector));
            let text = key.decrypt(&mut data, context).unwrap();
            assert_eq!(
                serde_json::from_slice::<Value>(text).unwrap(),
                json!({"availability": "Busy"})
            );
            assert_eq!(
                sealed["encryptionCertificateThumbprint"]
                    .as_str()
                    .unwrap()
                    .len(),
                40
            );
        }
        assert!(Certificate::read("AAAA", "c1".to_owned()).is_none());
    }
}
