//! Tokens are signed here with a key made for the run; the algorithm traps are the classic ones.

use super::*;
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;

const NOW: u64 = 1_790_000_000;
const EXPECTED: Expected<'static> = Expected {
    issuers: &["https://issuer"],
    audiences: &["aud-1"],
    now_s: NOW,
    leeway_s: 60,
};

struct Signer {
    encoding: EncodingKey,
    jwks: Jwks,
}

fn signer() -> Signer {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = pair.public_key();
    let part = |bytes: &[u8]| {
        let start = bytes.iter().position(|byte| *byte != 0).unwrap();
        URL_SAFE_NO_PAD.encode(&bytes[start..])
    };
    let jwk = Jwk {
        kty: "RSA".into(),
        kid: "k1".into(),
        usage: Some("sig".into()),
        alg: None,
        n: part(public.modulus().big_endian_without_leading_zero()),
        e: part(public.exponent().big_endian_without_leading_zero()),
    };
    let pkcs8: aws_lc_rs::encoding::Pkcs8V1Der<'static> = pair.as_der().unwrap();
    let body = base64::engine::general_purpose::STANDARD.encode(pkcs8.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    Signer {
        encoding: EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(),
        jwks: Jwks { keys: vec![jwk] },
    }
}

fn token(signer: &Signer, claims: &serde_json::Value) -> String {
    let header = Header {
        kid: Some("k1".into()),
        ..Header::new(Algorithm::RS256)
    };
    encode(&header, claims, &signer.encoding).unwrap()
}

fn good() -> serde_json::Value {
    json!({"iss": "https://issuer", "aud": "aud-1", "exp": NOW + 300, "nbf": NOW, "iat": NOW, "appid": "app", "extra": {"x": 1}})
}

#[test]
fn good_token_gives_its_claims() {
    let signer = signer();
    let claims = verify(&token(&signer, &good()), &signer.jwks, &EXPECTED).unwrap();
    assert_eq!(claims.application(), Some("app"));
    let mut many = good();
    many["aud"] = json!(["other", "aud-1"]);
    assert!(verify(&token(&signer, &many), &signer.jwks, &EXPECTED).is_ok());
}

#[test]
fn every_wrong_claim_has_its_own_error() {
    let signer = signer();
    for (member, value, error) in [
        ("iss", json!("https://other"), VerifyError::Issuer),
        ("aud", json!("aud-2"), VerifyError::Audience),
        ("exp", json!(NOW - 61), VerifyError::Expired),
        ("nbf", json!(NOW + 61), VerifyError::NotYetValid),
        ("exp", json!("soon"), VerifyError::Malformed),
    ] {
        let mut claims = good();
        claims[member] = value;
        assert_eq!(
            verify(&token(&signer, &claims), &signer.jwks, &EXPECTED),
            Err(error)
        );
    }
}

#[test]
fn foreign_keys_and_changed_tokens_are_refused() {
    let (ours, theirs) = (signer(), signer());
    let foreign = token(&theirs, &good());
    assert_eq!(
        verify(&foreign, &ours.jwks, &EXPECTED),
        Err(VerifyError::Signature)
    );
    let mut renamed = ours.jwks.clone();
    renamed.keys[0].kid = "k2".into();
    assert_eq!(
        verify(&foreign, &renamed, &EXPECTED),
        Err(VerifyError::UnknownKey { kid: "k1".into() })
    );
    let mut damaged = ours.jwks;
    damaged.keys[0].n = "!".into();
    assert_eq!(
        verify(&foreign, &damaged, &EXPECTED),
        Err(VerifyError::Keys)
    );
}

#[test]
fn token_cannot_choose_its_own_algorithm() {
    let signer = signer();
    let payload = URL_SAFE_NO_PAD.encode(good().to_string());
    let none = format!(
        "{}.{payload}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"k1"}"#)
    );
    assert!(matches!(
        verify(&none, &signer.jwks, &EXPECTED),
        Err(VerifyError::Malformed | VerifyError::Algorithm)
    ));
    let header = Header {
        kid: Some("k1".into()),
        ..Header::new(Algorithm::HS256)
    };
    let symmetric = encode(
        &header,
        &good(),
        &EncodingKey::from_secret(signer.jwks.keys[0].n.as_bytes()),
    )
    .unwrap();
    assert_eq!(
        verify(&symmetric, &signer.jwks, &EXPECTED),
        Err(VerifyError::Algorithm)
    );
}

#[test]
fn rubbish_is_malformed_and_never_panics() {
    let signer = signer();
    for text in ["", ".", "..", "a.b.c", "eyJ.eyJ.eyJ", "\u{0}\u{ffff}..x"] {
        assert_eq!(
            verify(text, &signer.jwks, &EXPECTED),
            Err(VerifyError::Malformed)
        );
    }
    assert_eq!(
        verify(
            &"a".repeat(limits::JWT_BYTES_MAX + 1),
            &signer.jwks,
            &EXPECTED
        ),
        Err(VerifyError::Malformed)
    );
    assert_eq!(bearer(None), Err(VerifyError::Missing));
    assert_eq!(bearer(Some("Basic x")), Err(VerifyError::Missing));
    assert_eq!(bearer(Some("bearer abc")), Ok("abc"));
    assert_eq!(Jwks::parse(b"{}"), Err(VerifyError::Keys));
}

#[test]
fn damaged_token_is_refused_wherever_the_damage_is() {
    let signer = signer();
    let good = token(&signer, &good());
    for at in (0..good.len()).step_by(7) {
        let mut damaged = good.clone().into_bytes();
        damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
        let damaged = String::from_utf8(damaged).unwrap();
        assert!(verify(&damaged, &signer.jwks, &EXPECTED).is_err(), "{at}");
        assert!(verify(good.split_at(at).0, &signer.jwks, &EXPECTED).is_err());
    }
}
