//! The emulator's own certificate authority and signing keys, kept in its data directory.
//!
//! The authority is made once and name-constrained, so that trusting `ca.pem` trusts nothing but
//! loopback and the Microsoft host names that the emulator stands for. Key files have mode 0600.

use crate::server::Error;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PKCS_RSA_SHA256,
    RsaKeySize,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Names that the leaf certificate covers (acs-call-automation.md 9, emulator recipe).
const LEAF_NAMES: [&str; 11] = [
    "localhost",
    "127.0.0.1",
    "::1",
    "*.communication.azure.com",
    "*.unitedstates.communication.azure.com",
    "*.europe.communication.azure.com",
    "acscallautomation.communication.azure.com",
    "*.asm.skype.com",
    "login.microsoftonline.com",
    "graph.microsoft.com",
    "*.eventgrid.azure.net",
];

/// The first of them are names of this machine.
const N_LOOPBACK_NAMES: usize = 3;

/// Trees of names that the authority can vouch for, and nothing else.
const PERMITTED_TREES: [&str; 8] = [
    "localhost",
    "communication.azure.com",
    "asm.skype.com",
    "microsoftonline.com",
    "graph.microsoft.com",
    "eventgrid.azure.net",
    PROXIES_TREE,
    // Of the emulated tenant, and of nobody else (RFC 2606 2).
    "tandem.example",
];

/// Where Teams' SIP proxies are.
const PROXIES_TREE: &str = "pstnhub.microsoft.com";

/// Signatures that a signer remembers.
const REMEMBERED_MAX: usize = 50_000;

pub(crate) struct Authority {
    pub(crate) ca_pem: PathBuf,
    pub(crate) ca_text: String,
    pub(crate) tls: rustls::ServerConfig,
    pub(crate) entra: Signer,
    pub(crate) callbacks: Signer,
}

/// A key that signs tokens, and its public half for a JWKS document.
#[derive(Clone)]
pub(crate) struct Signer {
    kid: String,
    /// Read once: to read it takes as long as to sign.
    key: Arc<RsaKeyPair>,
    /// What was signed before, behind a door: the same text always has the same signature (RFC 8017 8.2).
    remembered: Option<Arc<Mutex<BTreeMap<String, String>>>>,
    n: String,
    e: String,
    /// The key's own certificate, DER in base64.
    certificate: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Signer")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl Signer {
    /// A token with these claims (RFC 7515 7.1).
    pub(crate) fn sign(&self, claims: &serde_json::Value) -> String {
        let header = serde_json::json!({"typ": "JWT", "alg": "RS256", "kid": self.kid});
        let [header, claims] =
            [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let text = format!("{header}.{claims}");
        let signature = self.signature(&text);
        format!("{text}.{signature}")
    }

    fn signature(&self, text: &str) -> String {
        let remembered = self.remembered.as_ref().and_then(|it| it.lock().ok());
        if let Some(known) = remembered.as_ref().and_then(|it| it.get(text)) {
            return known.clone();
        }
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                text.as_bytes(),
                &mut signature,
            )
            .expect("the key was read as an RSA key at start");
        let signature = URL_SAFE_NO_PAD.encode(signature);
        if let Some(mut remembered) = remembered.filter(|it| it.len() < REMEMBERED_MAX) {
            remembered.insert(text.to_owned(), signature.clone());
        }
        signature
    }

    /// One that signs each text once, and remembers.
    pub(crate) fn remembering(self) -> Self {
        let remembered = Some(Arc::default());
        Self { remembered, ..self }
    }

    pub(crate) fn jwk(&self) -> serde_json::Value {
        serde_json::json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "x5t": self.kid, "n": self.n, "e": self.e,
            "x5c": [self.certificate],
        })
    }

    fn from_pem(pem: &str) -> Result<Self, String> {
        let body: String = pem
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .collect();
        let der = STANDARD.decode(body).map_err(|error| error.to_string())?;
        let pair = RsaKeyPair::from_pkcs8(&der).map_err(|error| error.to_string())?;
        let n = URL_SAFE_NO_PAD.encode(
            pair.public_key()
                .modulus()
                .big_endian_without_leading_zero(),
        );
        let e = URL_SAFE_NO_PAD.encode(
            pair.public_key()
                .exponent()
                .big_endian_without_leading_zero(),
        );
        // The id is the thumbprint of the key's certificate, as in Entra, so that a new key never hides behind an old id.
        let certificate = signing_certificate(pem)?;
        let sha1 = &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY;
        let kid = URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(sha1, &certificate));
        let certificate = STANDARD.encode(certificate);
        Ok(Self {
            kid,
            key: Arc::new(pair),
            remembered: None,
            n,
            e,
            certificate,
        })
    }
}

/// Reads what an earlier start left in the directory, and makes what is missing.
pub(crate) fn open(data: &Path, now: jiff::Timestamp) -> Result<Authority, Error> {
    std::fs::create_dir_all(data).map_err(|source| Error::file(data, source))?;
    let ca_pem = data.join("ca.pem");
    let (ca_text, ca_key) = certificate_authority(&ca_pem, &data.join("ca-key.pem"))?;
    let entra = signer(&data.join("entra-key.pem"))?;
    let callbacks = signer(&data.join("callback-key.pem"))?;
    let issuer =
        Issuer::from_ca_cert_pem(&ca_text, ca_key).map_err(|error| Error::authority(&error))?;
    let tls = leaf(&issuer, now)?;
    application(data, &issuer, now)?;
    Ok(Authority {
        ca_pem,
        ca_text,
        tls,
        entra,
        callbacks,
    })
}

fn certificate_authority(certificate: &Path, key: &Path) -> Result<(String, KeyPair), Error> {
    if certificate.exists() && key.exists() {
        let text = read(certificate)?;
        if !permits_proxies(&text) {
            // It was made before there were any: whoever trusts it has to trust the next one.
            std::fs::remove_file(certificate).map_err(|source| Error::file(certificate, source))?;
            return certificate_authority(certificate, key);
        }
        let pair = KeyPair::from_pem(&read(key)?).map_err(|error| Error::authority(&error))?;
        return Ok((text, pair));
    }
    let pair = KeyPair::generate().map_err(|error| Error::authority(&error))?;
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "Tandem emulator CA");
    params.not_before = rcgen::date_time_ymd(2025, 1, 1);
    params.not_after = rcgen::date_time_ymd(2045, 1, 1);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let names = PERMITTED_TREES
        .iter()
        .map(|name| GeneralSubtree::DnsName((*name).to_owned()));
    let addresses = [
        CidrSubnet::from_v4_prefix([127, 0, 0, 0], 8),
        CidrSubnet::from_v6_prefix(LOOPBACK_V6, 128),
    ];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: names
            .chain(addresses.map(GeneralSubtree::IpAddress))
            .collect(),
        excluded_subtrees: Vec::new(),
    });
    let text = params
        .self_signed(&pair)
        .map_err(|error| Error::authority(&error))?
        .pem();
    write_private(key, &pair.serialize_pem())?;
    std::fs::write(certificate, &text).map_err(|source| Error::file(certificate, source))?;
    Ok((text, pair))
}

/// Whether an authority may vouch for Teams' proxies. One that cannot be read may; reading it later says why it cannot.
fn permits_proxies(pem: &str) -> bool {
    let body: String = pem.lines().filter(|it| !it.starts_with("-----")).collect();
    let tree = PROXIES_TREE.as_bytes();
    STANDARD
        .decode(body)
        .map_or(true, |der| der.windows(tree.len()).any(|it| it == tree))
}

/// What SIP over TLS needs of the authority.
pub(crate) struct SipKeys {
    pub(crate) ca: String,
    /// Teams' proxies, PEM.
    pub(crate) teams_chain: String,
    pub(crate) teams_key: String,
    /// Files for an SBC of the emulated tenant.
    pub(crate) sbc_certificate: PathBuf,
    pub(crate) sbc_key: PathBuf,
}

/// Names of the proxies' certificate; the star is for the regional ones.
const PROXY_NAMES: [&str; 2] = ["sip.pstnhub.microsoft.com", "*.pstnhub.microsoft.com"];
const SBC_NAMES: [&str; 2] = ["sbc.tandem.example", "*.tandem.example"];

/// Certificates for SIP; all are of RSA, as Teams' ciphers are (direct-routing-and-sip.md A.2).
pub(crate) fn for_sip(data: &Path, now: jiff::Timestamp) -> Result<SipKeys, Error> {
    let (ca, ca_key) = certificate_authority(&data.join("ca.pem"), &data.join("ca-key.pem"))?;
    let issuer = Issuer::from_ca_cert_pem(&ca, ca_key).map_err(|error| Error::authority(&error))?;
    let (teams, teams_key) = certified_with(&issuer, rsa()?, "Teams", &PROXY_NAMES, now)?;
    let (sbc, key) = certified_with(&issuer, rsa()?, "SBC", &SBC_NAMES, now)?;
    let (sbc_certificate, sbc_key) = (data.join("sbc.pem"), data.join("sbc-key.pem"));
    write_private(&sbc_key, &key.serialize_pem())?;
    std::fs::write(&sbc_certificate, sbc.pem())
        .map_err(|source| Error::file(&sbc_certificate, source))?;
    Ok(SipKeys {
        ca,
        teams_chain: teams.pem(),
        teams_key: teams_key.serialize_pem(),
        sbc_certificate,
        sbc_key,
    })
}

fn rsa() -> Result<KeyPair, Error> {
    KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)
        .map_err(|error| Error::authority(&error))
}

const LOOPBACK_V6: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// What an application on loopback serves its callbacks and WebSockets with, where only TLS is allowed (`--strict`).
fn application(
    data: &Path,
    issuer: &Issuer<'_, KeyPair>,
    now: jiff::Timestamp,
) -> Result<(), Error> {
    let names = &LEAF_NAMES[..N_LOOPBACK_NAMES];
    let (certificate, pair) = certified(issuer, "Application on loopback", names, now)?;
    write_private(&data.join("application-key.pem"), &pair.serialize_pem())?;
    let path = data.join("application.pem");
    std::fs::write(&path, certificate.pem()).map_err(|source| Error::file(&path, source))
}

/// A key, and the authority's word that it belongs to these names.
fn certified(
    issuer: &Issuer<'_, KeyPair>,
    common_name: &str,
    names: &[&str],
    now: jiff::Timestamp,
) -> Result<(rcgen::Certificate, KeyPair), Error> {
    let pair = KeyPair::generate().map_err(|error| Error::authority(&error))?;
    certified_with(issuer, pair, common_name, names, now)
}

fn certified_with(
    issuer: &Issuer<'_, KeyPair>,
    pair: KeyPair,
    common_name: &str,
    names: &[&str],
    now: jiff::Timestamp,
) -> Result<(rcgen::Certificate, KeyPair), Error> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).map_err(|error| Error::authority(&error))?;
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    let year = i32::from(now.to_zoned(jiff::tz::TimeZone::UTC).year());
    params.not_before = rcgen::date_time_ymd(year - 1, 12, 1);
    params.not_after = rcgen::date_time_ymd(year + 1, 12, 31);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let certificate = params
        .signed_by(&pair, issuer)
        .map_err(|error| Error::authority(&error))?;
    Ok((certificate, pair))
}

fn leaf(issuer: &Issuer<'_, KeyPair>, now: jiff::Timestamp) -> Result<rustls::ServerConfig, Error> {
    let (certificate, pair) = certified(issuer, "Tandem emulator", &LEAF_NAMES, now)?;
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(pair.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::authority(&error))?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .map_err(|error| Error::authority(&error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn signer(path: &Path) -> Result<Signer, Error> {
    if !path.exists() {
        let pair =
            RsaKeyPair::generate(KeySize::Rsa2048).map_err(|error| Error::authority(&error))?;
        let der: Pkcs8V1Der<'static> = pair.as_der().map_err(|error| Error::authority(&error))?;
        let body = STANDARD.encode(der.as_ref());
        write_private(
            path,
            &format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"),
        )?;
    }
    Signer::from_pem(&read(path)?)
        .map_err(|error| Error::authority(&format!("{}: {error}", path.display())))
}

/// A certificate that a key signs for itself. Nothing in it is chance: the same key has the same one at every start.
fn signing_certificate(pem: &str) -> Result<Vec<u8>, String> {
    let pair = KeyPair::from_pem(pem).map_err(|error| error.to_string())?;
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "accounts.accesscontrol.windows.net");
    params.not_before = rcgen::date_time_ymd(2025, 1, 1);
    params.not_after = rcgen::date_time_ymd(2045, 1, 1);
    let certificate = params
        .self_signed(&pair)
        .map_err(|error| error.to_string())?;
    Ok(certificate.der().to_vec())
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::file(path, source))
}

fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|source| Error::file(path, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authority_and_keys_are_made_once_and_kept_private() {
        let data = tempfile::tempdir().unwrap();
        let now = jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(500_000);
        let first = open(data.path(), now).unwrap();
        let second = open(data.path(), now).unwrap();
        assert_eq!(first.ca_text, second.ca_text);
        assert_eq!(first.entra.jwk(), second.entra.jwk());
        assert_ne!(first.entra.jwk(), first.callbacks.jwk());
        #[cfg(unix)]
        for name in [
            "ca-key.pem",
            "entra-key.pem",
            "callback-key.pem",
            "application-key.pem",
        ] {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(data.path().join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}
