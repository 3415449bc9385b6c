//! Configuration: what is needed to start, as validated values. Queues, skills, agents, flows and
//! endpoints are settings, never configuration. The file's shape is in [`file`]; nothing else in the
//! server knows that there is a file.

pub mod create;
mod direct_routing;
pub mod emulator;
mod file;
mod position;
mod problem;
mod secret;
mod sign_in;
pub mod trial;
mod validate;

pub use direct_routing::{CertificateFiles, DirectRouting, Reader, Speech};
pub use emulator::Emulator;
pub use problem::{Problem, Problems};
pub use sign_in::{MicrosoftSignIn, PasswordSignIn, SignIn};
pub(crate) use validate::is_loopback;

use crate::webhooks::Reach;
use axum::http::HeaderName;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use tandem_core::time::Timestamp;
use tandem_store::{CenterId, KeyFamily};
use url::Url;

/// Where Call Automation publishes the keys of its callbacks (acs-call-automation.md 5).
pub const CALLBACK_KEYS_URL: &str =
    "https://acscallautomation.communication.azure.com/calling/keys";
/// Who issues the tokens of Call Automation's callbacks.
pub const CALLBACK_ISSUER: &str = "https://acscallautomation.communication.azure.com";
/// Where tokens come from.
pub const ENTRA_AUTHORITY: &str = "https://login.microsoftonline.com";

/// Everything that a configuration file says.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens and how it is reached.
    pub server: Server,
    /// Where it keeps what must not be lost.
    pub store: Store,
    /// Where calls by trunks are listened for; nowhere without.
    pub direct_routing: Option<DirectRouting>,
    /// The contact centers, in the file's order.
    pub centers: Vec<Center>,
    /// What it logs.
    pub log: Log,
}

/// Where the process listens and how it is reached.
#[derive(Clone, Debug)]
pub struct Server {
    /// The address that it binds.
    pub listen: SocketAddr,
    /// The address that browsers and Microsoft use; https unless it is a loopback address.
    pub public_base_url: Url,
    /// Who ends TLS.
    pub transport: Transport,
}

/// Who ends TLS.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Nobody: a loopback address.
    Plain,
    /// This process.
    Tls {
        /// The certificate chain, PEM.
        certificate: PathBuf,
        /// Its key, PEM.
        key: PathBuf,
    },
    /// A proxy before it, whose word on the client's address counts.
    Proxy {
        /// The proxies.
        trusted: Vec<Network>,
    },
}

/// A network, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

/// Where what must not be lost is kept.
#[derive(Clone, Debug)]
pub struct Store {
    /// The data directory.
    pub data_dir: PathBuf,
    /// The keys of personal data.
    pub keys: KeyFamily,
    /// The files of the keys, oldest first; the last is the current one.
    pub key_files: Vec<PathBuf>,
    /// Where the files of recordings are kept.
    pub recordings: RecordingPlace,
}

/// Where the files of recordings are kept.
#[derive(Clone, Debug)]
pub enum RecordingPlace {
    /// In a directory.
    Directory(PathBuf),
    /// In a bucket of S3.
    S3(tandem_store::S3),
    /// In a container of Azure Blob Storage.
    Azure(tandem_store::AzureBlob),
}

impl RecordingPlace {
    /// The place, ready to be written to.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn open(&self) -> Result<tandem_store::RecordingFiles, tandem_store::FileError> {
        match self {
            Self::Directory(directory) => tandem_store::RecordingFiles::in_directory(directory),
            Self::S3(place) => tandem_store::RecordingFiles::in_s3(place),
            Self::Azure(place) => tandem_store::RecordingFiles::in_azure(place),
        }
    }
}

/// What is logged.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Directives as of `RUST_LOG`, which wins; INFO when absent.
    pub filter: Option<String>,
}

/// One contact center.
#[derive(Clone, Debug)]
pub struct Center {
    /// Its id, in routes, tokens and logs.
    pub id: CenterId,
    /// What people call it.
    pub name: String,
    /// Its time zone, by IANA name.
    pub time_zone: String,
    /// The address at which Microsoft reaches this process.
    pub public_base_url: Url,
    /// Its Communication Services resource.
    pub acs: Acs,
    /// Where the keys of callbacks are published.
    pub callback_keys_url: Url,
    /// Who issues the tokens of callbacks.
    pub callback_issuer: String,
    /// How Event Grid proves who it is.
    pub event_grid: EventGrid,
    /// Where tokens come from.
    pub entra_authority: Url,
    /// Where the tenant of the Teams account is asked.
    pub microsoft: MicrosoftCloud,
    /// Certificates, PEM, that are trusted besides the machine's own.
    pub trust_root: Option<Vec<u8>>,
    /// Names of the custom context headers that may be journalled and routed by (B-170); lower case.
    pub context_headers: BTreeSet<String>,
    /// The business systems that flows may ask, by name.
    pub business_systems: BTreeMap<String, BusinessSystem>,
    /// How people sign in.
    pub sign_in: SignIn,
    /// Where outgoing webhooks may go.
    pub webhook_reach: Reach,
    /// Where test calls can be ordered: the emulator's control API.
    pub test_calls_url: Option<Url>,
}

/// Where the tenant of the Teams account is asked: the public cloud, a national one, or the emulator.
#[derive(Clone, Debug)]
pub struct MicrosoftCloud {
    /// Where its tokens come from, and where its administrators consent.
    pub authority: Url,
    /// Microsoft Graph.
    pub graph: Url,
}

/// A business system that flows may ask.
#[derive(Clone, Debug)]
pub struct BusinessSystem {
    /// Below which it is asked.
    pub base_url: Url,
    /// What goes with every request to it.
    pub secret_headers: Vec<(HeaderName, SecretString)>,
}

/// An Azure Communication Services resource.
#[derive(Clone, Debug)]
pub struct Acs {
    /// Its endpoint.
    pub endpoint: Url,
    /// Its immutable id, the audience of callbacks.
    pub resource_id: String,
    /// The tenant of the Teams users and resource accounts.
    pub tenant_id: String,
    /// The speech resource that reads texts aloud.
    pub cognitive_services_endpoint: Option<Url>,
    /// How this process proves who it is.
    pub credential: Credential,
}

/// How this process proves to Communication Services who it is.
#[derive(Clone, Debug)]
pub enum Credential {
    /// By signing with the resource's access key, base64.
    AccessKey(SecretString),
    /// With a token that the client secret is exchanged for.
    Entra {
        /// The application.
        client_id: String,
        /// Its secret.
        client_secret: SecretString,
        /// When the secret expires, if the file says so.
        expires: Option<Timestamp>,
    },
}

/// How Event Grid proves who it is.
#[derive(Clone, Debug)]
pub enum EventGrid {
    /// With a token of Entra.
    Entra {
        /// The application that the subscription names.
        audience: String,
        /// Who issues the tokens.
        issuer: String,
        /// Where the issuer's keys are published.
        keys_url: Url,
    },
    /// With a secret in a delivery header.
    SecretHeader {
        /// The header.
        name: HeaderName,
        /// What it says.
        value: SecretString,
    },
}

impl Network {
    /// Whether an address is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32_u32.saturating_sub(u32::from(self.prefix_bits));
                (own.to_bits() ^ other.to_bits())
                    .checked_shr(shift)
                    .unwrap_or(0)
                    == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128_u32.saturating_sub(u32::from(self.prefix_bits));
                (own.to_bits() ^ other.to_bits())
                    .checked_shr(shift)
                    .unwrap_or(0)
                    == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl std::str::FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fix = || format!("\"{text}\" is not an address such as 10.0.0.7 or 10.0.0.0/8");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_not_one| fix())?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match prefix {
            Some(prefix) => prefix.parse().map_err(|_not_one| fix())?,
            None => bits_max,
        };
        if prefix_bits > bits_max {
            return Err(fix());
        }
        Ok(Self {
            address,
            prefix_bits,
        })
    }
}

/// Where secrets that are named by variable come from; a value, so that tests bring their own.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The process's own environment.
#[must_use]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Reads a configuration file and everything that it refers to.
///
/// # Errors
/// Every problem found, with key, line and fix.
pub fn load(path: &Path, environment: Environment<'_>) -> Result<Config, Problems> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problems::one(Problem::whole_file(path, &error)))?;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    parse(&text, folder, environment)
}

/// Reads the text of a configuration; paths in it are relative to `folder`.
///
/// # Errors
/// Every problem found, with key, line and fix.
pub fn parse(text: &str, folder: &Path, environment: Environment<'_>) -> Result<Config, Problems> {
    let file = file::read(text)?;
    validate::Validator::new(text, folder, environment).config(file)
}

/// The ids of the contact centers in a configuration, whether or not the rest of it can be used.
#[must_use]
pub fn center_ids(text: &str) -> Vec<String> {
    let table: toml::Table = toml::from_str(text).unwrap_or_default();
    let centers = table.get("centers").and_then(toml::Value::as_array);
    let ids = centers
        .into_iter()
        .flatten()
        .filter_map(|center| center.get("id"));
    ids.filter_map(toml::Value::as_str)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_contains_its_addresses_only() {
        let network: Network = "10.1.0.0/16".parse().unwrap();
        assert!(network.contains("10.1.255.3".parse().unwrap()));
        assert!(!network.contains("10.2.0.1".parse().unwrap()));
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("192.0.2.1".parse().unwrap()));
        let one: Network = "::1".parse().unwrap();
        assert!(one.contains("::1".parse().unwrap()));
        assert!(!one.contains("::2".parse().unwrap()));
        assert!("10.0.0.0/33".parse::<Network>().is_err());
    }
}
