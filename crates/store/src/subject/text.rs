//! Sealing of short texts that are nobody's personal data but secrets of a moment: what a browser carries
//! through a sign-in, and what a directory is asked with. Each purpose has a key of its own.

use super::keys::{DataKey, KeyFamily, SealError};
use crate::center::CenterId;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes of a text before sealing.
const TEXT_BYTES_MAX: usize = 16 * 1024;

/// What a sealed text is for: one cannot stand in for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedFor {
    /// Carried by a browser from the beginning of a sign-in to its end.
    SignIn,
    /// A directory's refresh token.
    Renewal,
    /// The secret that deliveries to a webhook are signed with.
    Webhook,
    /// What the Teams account proves with who it is.
    TeamsAccount,
    /// What somebody's sign-in to Teams left: who it was, and a refresh token.
    TeamsSignIn,
    /// How a call is ended when the process that led it is gone.
    Farewell,
}

impl SealedFor {
    const fn purpose(self) -> &'static [u8] {
        match self {
            Self::SignIn => b"sign-in seal aes-256-gcm\0",
            Self::Renewal => b"renewal seal aes-256-gcm\0",
            Self::Webhook => b"webhook seal aes-256-gcm\0",
            Self::TeamsAccount => b"teams account seal aes-256-gcm\0",
            Self::TeamsSignIn => b"teams sign-in seal aes-256-gcm\0",
            Self::Farewell => b"farewell seal aes-256-gcm\0",
        }
    }
}

impl KeyFamily {
    /// Seals a text; the result has letters, digits, `-` and `_` only.
    pub fn seal_text(
        &self,
        center: &CenterId,
        sealed_for: SealedFor,
        plain: &str,
    ) -> Result<String, SealError> {
        if plain.len() > TEXT_BYTES_MAX {
            return Err(SealError::TooLarge {
                found: plain.len(),
                max: TEXT_BYTES_MAX,
            });
        }
        let mut nonce = [0; NONCE_LEN];
        if rand::fill(&mut nonce).is_err() {
            return Err(SealError::NoRandomness);
        }
        let mut sealed = self.current.to_be_bytes().to_vec();
        sealed.extend_from_slice(&nonce);
        let key = self.keys.get(&self.current);
        let key = key.ok_or(SealError::KeyNumber(self.current))?;
        let text = encrypted(&cipher(key, center, sealed_for), nonce, plain);
        sealed.extend_from_slice(&text);
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The text; `None` when it was not sealed here, for this purpose and this contact center.
    pub fn open_text(
        &self,
        center: &CenterId,
        sealed_for: SealedFor,
        sealed: &str,
    ) -> Option<String> {
        if sealed.len() > TEXT_BYTES_MAX * 2 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (id, rest) = bytes.split_first_chunk()?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LEN>()?;
        let key = self.keys.get(&u32::from_be_bytes(*id))?;
        let mut buffer = ciphertext.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened =
            cipher(key, center, sealed_for).open_in_place(nonce, Aad::empty(), &mut buffer);
        let plain = opened.ok()?.to_vec();
        String::from_utf8(plain).ok()
    }
}

fn encrypted(cipher: &LessSafeKey, nonce: [u8; NONCE_LEN], plain: &str) -> Vec<u8> {
    let mut text = plain.as_bytes().to_vec();
    let nonce = Nonce::assume_unique_for_key(nonce);
    cipher
        .seal_in_place_append_tag(nonce, Aad::empty(), &mut text)
        .expect("AES-256-GCM seals anything below 64 GiB, and the size was checked");
    text
}

fn cipher(key: &DataKey, center: &CenterId, sealed_for: SealedFor) -> LessSafeKey {
    let derived = key.derive(sealed_for.purpose(), center);
    let unbound = UnboundKey::new(&AES_256_GCM, derived.as_slice())
        .expect("AES-256-GCM takes exactly the 32 bytes that were derived");
    LessSafeKey::new(unbound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_opens_for_its_purpose_center_and_key_alone() {
        let center = |id| CenterId::parse(id).unwrap();
        let keys = KeyFamily::new(DataKey::new(1, [7; 32]));
        let sealed = keys
            .seal_text(&center("a"), SealedFor::SignIn, "a text")
            .unwrap();
        let rotated = keys.clone().rotate(DataKey::new(2, [8; 32])).unwrap();
        let open =
            |keys: &KeyFamily, id, purpose, text: &str| keys.open_text(&center(id), purpose, text);
        let plain = Some("a text".to_owned());
        assert_eq!(open(&rotated, "a", SealedFor::SignIn, &sealed), plain);
        assert_eq!(open(&keys, "b", SealedFor::SignIn, &sealed), None);
        assert_eq!(open(&keys, "a", SealedFor::Renewal, &sealed), None);
        let other = KeyFamily::new(DataKey::new(1, [9; 32]));
        assert_eq!(open(&other, "a", SealedFor::SignIn, &sealed), None);
        for n in 0..sealed.len() {
            let mut forged = sealed.clone().into_bytes();
            forged[n] = if forged[n] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            // The last letter has bits that decoding drops.
            let is_same =
                URL_SAFE_NO_PAD.decode(&forged).ok() == URL_SAFE_NO_PAD.decode(&sealed).ok();
            assert!(
                is_same || open(&keys, "a", SealedFor::SignIn, &forged).is_none(),
                "{n}"
            );
        }
    }
}
