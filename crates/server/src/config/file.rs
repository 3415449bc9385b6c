//! The shape of the configuration file. Every option is documented here; unknown keys are refused
//! with the nearest known one.

use super::position::line_of;
use super::problem::{Problem, Problems};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// Where it listens and how it is reached.
    pub(super) server: Server,
    /// Where it keeps what must not be lost.
    pub(super) store: Store,
    /// Where calls by trunks are listened for. Optional.
    pub(super) direct_routing: Option<Spanned<DirectRouting>>,
    /// The contact centers.
    pub(super) centers: Vec<Spanned<Center>>,
    /// What it logs. Optional.
    #[serde(default)]
    pub(super) log: Log,
}

/// `[server]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    /// Address and port to listen on, such as `0.0.0.0:443`.
    pub(super) listen: Spanned<String>,
    /// The address that browsers and Microsoft's cloud use; https unless it is a loopback address.
    pub(super) public_base_url: Spanned<String>,
    /// The own certificate. Either this or `trusted_proxies`, unless it listens on a loopback address.
    pub(super) tls: Option<Spanned<Tls>>,
    /// Addresses or networks of the proxies that end TLS; their X-Forwarded-For counts.
    pub(super) trusted_proxies: Option<Spanned<Vec<Spanned<String>>>>,
}

/// `[server.tls]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tls {
    /// The certificate with its chain, PEM.
    pub(super) certificate: Spanned<String>,
    /// Its private key, PEM.
    pub(super) key: Spanned<String>,
}

/// `[store]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Store {
    /// The data directory, used by one process at a time.
    pub(super) data_dir: Spanned<String>,
    /// 32 random bytes, base64: seals names and numbers. Mode 0600, outside of the data directory.
    pub(super) key_file: Spanned<String>,
    /// The keys before it, oldest first, each once; phone hashes stay on the first for ever. Default: none.
    pub(super) earlier_key_files: Option<Vec<Spanned<String>>>,
    /// Where the files of recordings are kept. Default: `recordings` in the data directory.
    pub(super) recordings: Option<Spanned<Recordings>>,
}

/// `[store.recordings]`: one of the three.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recordings {
    /// A directory.
    pub(super) directory: Option<Spanned<String>>,
    /// A bucket of S3.
    pub(super) s3: Option<Spanned<S3>>,
    /// A container of Azure Blob Storage.
    pub(super) azure: Option<Spanned<Azure>>,
}

/// `[store.recordings.s3]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct S3 {
    /// The bucket, which must exist.
    pub(super) bucket: Spanned<String>,
    /// Its region.
    pub(super) region: Spanned<String>,
    /// Of another service than Amazon's. Optional.
    pub(super) endpoint: Option<Spanned<String>>,
    /// The id of an access key that may put, get and delete objects.
    pub(super) access_key_id: Spanned<String>,
    /// A file with its secret, or ...
    pub(super) secret_access_key_file: Option<Spanned<String>>,
    /// ... the environment variable that holds it.
    pub(super) secret_access_key_env: Option<Spanned<String>>,
}

/// `[store.recordings.azure]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Azure {
    /// The storage account.
    pub(super) account: Spanned<String>,
    /// The container, which must exist.
    pub(super) container: Spanned<String>,
    /// Of an emulator. Optional.
    pub(super) endpoint: Option<Spanned<String>>,
    /// A file with the account's access key, or ...
    pub(super) access_key_file: Option<Spanned<String>>,
    /// ... the environment variable that holds it.
    pub(super) access_key_env: Option<Spanned<String>>,
}

/// `[[centers]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Center {
    /// Lower-case letters, digits and hyphens: stands in addresses and logs, and never changes.
    pub(super) id: Spanned<String>,
    /// What people call it.
    pub(super) name: Spanned<String>,
    /// IANA name, such as `Europe/Berlin`: where the day of the reports begins.
    pub(super) time_zone: Spanned<String>,
    /// The Azure Communication Services resource.
    pub(super) acs: Spanned<Acs>,
    /// Where the keys of callbacks are published. Default: Call Automation's.
    pub(super) callback_keys_url: Option<Spanned<String>>,
    /// Who issues the tokens of callbacks. Default: Call Automation.
    pub(super) callback_issuer: Option<Spanned<String>>,
    /// How Event Grid proves who it is.
    pub(super) event_grid: Spanned<EventGrid>,
    /// Where tokens come from. Default: `https://login.microsoftonline.com`.
    pub(super) entra_authority: Option<Spanned<String>>,
    /// Where the tenant of the Teams account is asked. Default: the public cloud.
    pub(super) microsoft: Option<MicrosoftCloud>,
    /// Certificates, PEM, that are trusted besides the machine's own. Optional.
    pub(super) trust_root: Option<Spanned<String>>,
    /// Names of the custom context headers that may be journalled and routed by. Default: none.
    #[serde(default)]
    pub(super) context_headers: Vec<Spanned<String>>,
    /// The business systems that flows may ask. Default: none.
    #[serde(default)]
    pub(super) business_systems: Vec<Spanned<BusinessSystem>>,
    /// How people sign in. Default: local accounts alone.
    pub(super) sign_in: Option<Spanned<SignIn>>,
    /// Whether outgoing webhooks may go to private networks, and by http. Default: false.
    pub(super) webhooks_to_private_addresses: Option<bool>,
    /// Where test calls are ordered: the emulator's control API. Optional.
    pub(super) test_calls_url: Option<Spanned<String>>,
}

/// `[centers.acs]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Acs {
    /// Its endpoint, such as `https://NAME.communication.azure.com`.
    pub(super) endpoint: Spanned<String>,
    /// Its immutable resource id, a GUID: the audience of callbacks.
    pub(super) resource_id: Spanned<String>,
    /// The tenant of the Teams users and resource accounts, a GUID.
    pub(super) tenant_id: Spanned<String>,
    /// The Azure AI services resource that reads texts aloud. Optional; without it only sound files play.
    pub(super) cognitive_services_endpoint: Option<Spanned<String>>,
    /// A file with the access key, or ...
    pub(super) access_key_file: Option<Spanned<String>>,
    /// ... the environment variable that holds it, or ...
    pub(super) access_key_env: Option<Spanned<String>>,
    /// ... the application, with ...
    pub(super) client_id: Option<Spanned<String>>,
    /// ... a file with its secret, or ...
    pub(super) client_secret_file: Option<Spanned<String>>,
    /// ... the environment variable that holds it.
    pub(super) client_secret_env: Option<Spanned<String>>,
    /// When it expires, such as `2027-01-31`: announced a month ahead. Optional.
    pub(super) client_secret_expires: Option<Spanned<String>>,
}

/// `[centers.event_grid]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventGrid {
    /// Entra-protected delivery: the application that the subscription names.
    pub(super) audience: Option<Spanned<String>>,
    /// Entra-protected delivery: who issues the tokens.
    pub(super) issuer: Option<Spanned<String>>,
    /// Entra-protected delivery: where the issuer's keys are published.
    pub(super) keys_url: Option<Spanned<String>>,
    /// Or a secret in a delivery header.
    pub(super) secret_header: Option<Spanned<SecretHeader>>,
}

/// `[centers.event_grid.secret_header]`, `[[centers.business_systems.secret_headers]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretHeader {
    /// The header.
    pub(super) name: Spanned<String>,
    /// A file with what it says, or ...
    pub(super) value_file: Option<Spanned<String>>,
    /// ... the environment variable that holds it.
    pub(super) value_env: Option<Spanned<String>>,
}

/// `[centers.microsoft]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MicrosoftCloud {
    /// Where its tokens come from. Default: `entra_authority` of the contact center.
    pub(super) authority: Option<Spanned<String>>,
    /// Microsoft Graph. Default: `https://graph.microsoft.com`.
    pub(super) graph: Option<Spanned<String>>,
}

/// `[[centers.business_systems]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BusinessSystem {
    /// By which flows name it: letters, digits, `-` and `_`.
    pub(super) name: Spanned<String>,
    /// Its address; what flows ask for is below it.
    pub(super) base_url: Spanned<String>,
    /// Headers that go with every request to it. Optional.
    #[serde(default)]
    pub(super) secret_headers: Vec<Spanned<SecretHeader>>,
}

/// `[centers.sign_in]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// Whether local accounts may sign in with their passwords. Default: true.
    pub(super) password: Option<bool>,
    /// The tenants whose people may sign in with Microsoft, GUIDs; with the application, ...
    #[serde(default)]
    pub(super) tenants: Vec<Spanned<String>>,
    /// ... its client id, and ...
    pub(super) client_id: Option<Spanned<String>>,
    /// ... a file with its secret, or ...
    pub(super) client_secret_file: Option<Spanned<String>>,
    /// ... the environment variable that holds it.
    pub(super) client_secret_env: Option<Spanned<String>>,
    /// How long Microsoft's word holds before it is asked again, in minutes. Default: 60.
    pub(super) session_minutes: Option<Spanned<u32>>,
    /// Which role an app role gives. Default: Administrator, Supervisor and Agent give theirs.
    pub(super) roles: Option<BTreeMap<String, Spanned<String>>>,
    /// Which role a group gives, by its object id. Default: none.
    #[serde(default)]
    pub(super) groups: BTreeMap<String, Spanned<String>>,
}

/// `[direct_routing]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DirectRouting {
    /// Our name in messages where a trunk has no other: the FQDN of the certificate, or our address.
    pub(super) name: Spanned<String>,
    /// Where to listen by UDP, such as `0.0.0.0:5060`. Default: not at all.
    pub(super) udp: Option<Spanned<String>>,
    /// Where to listen by TCP. Default: not at all.
    pub(super) tcp: Option<Spanned<String>>,
    /// Where to listen by TLS, such as `0.0.0.0:5061`; with certificate and key. Default: not at all.
    pub(super) tls: Option<Spanned<String>>,
    /// The certificate with its chain, PEM; RSA for Teams.
    pub(super) certificate: Option<Spanned<String>>,
    /// Its private key, PEM.
    pub(super) key: Option<Spanned<String>>,
    /// Certificates, PEM, that other sides are believed by. Needed with TLS.
    pub(super) trust_root: Option<Spanned<String>>,
    /// The address that media sockets are bound to.
    pub(super) media_address: Spanned<String>,
    /// The address that others are told for media, where it is another one.
    pub(super) media_public_address: Option<Spanned<String>>,
    /// Ports of media, two for each party of a call. Default: `20000-39999`; `0` for any, in trials.
    pub(super) media_ports: Option<Spanned<String>>,
    /// Names of other sides whose addresses are given with their ports, in place of being looked up: what stands in for
    /// somebody, such as the emulator for Teams' proxies. Default: none.
    #[serde(default)]
    pub(super) hosts: BTreeMap<String, Spanned<String>>,
    /// Who reads texts aloud to those who call by trunks. Default: nobody.
    pub(super) speech: Option<Spanned<Speech>>,
}

/// `[direct_routing.speech]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Speech {
    /// The program espeak-ng, such as `/usr/bin/espeak-ng`.
    pub(super) espeak_ng: Option<Spanned<String>>,
    /// A service in its place: it is sent `{"text", "language"}` and answers a WAV file.
    pub(super) url: Option<Spanned<String>>,
    /// The language of texts that have none of their own. Default: `en-US`.
    pub(super) language: Option<Spanned<String>>,
}

/// `[log]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    /// Levels, written as for `RUST_LOG`, which wins. Default: `info`.
    pub(super) filter: Option<Spanned<String>>,
}

/// Reads the file's shape.
pub(super) fn read(text: &str) -> Result<File, Problems> {
    toml::from_str(text).map_err(|error| Problems::one(problem(text, &error)))
}

fn problem(text: &str, error: &toml::de::Error) -> Problem {
    let span = error.span();
    let line = span.as_ref().map(|span| line_of(text, span.start));
    let message = error.message().trim().to_owned();
    let named: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (key, fix) = match named.as_slice() {
        [unknown, known @ ..] if message.starts_with("unknown field") => {
            ((*unknown).to_owned(), nearest(unknown, known))
        }
        [missing] if message.starts_with("missing field") => {
            ((*missing).to_owned(), format!("add `{missing}`"))
        }
        _ => {
            let key = span
                .and_then(|span| key_at(text, span.start))
                .unwrap_or_default();
            let fix = "see docs/operating/configuration.md for what may stand here".to_owned();
            (key, fix)
        }
    };
    Problem {
        key,
        line,
        what: message,
        fix,
    }
}

/// The key of the line in which something stands.
fn key_at(text: &str, offset: usize) -> Option<String> {
    let line = text.lines().nth(line_of(text, offset) - 1)?;
    let (key, _) = line.split_once('=')?;
    Some(key.trim().to_owned())
}

fn nearest(unknown: &str, known: &[&str]) -> String {
    let best = known.iter().min_by_key(|name| distance(unknown, name));
    match best {
        Some(best) if distance(unknown, best) <= unknown.len().max(4) / 2 => {
            format!("did you mean `{best}`?")
        }
        Some(_) | None => "remove it, or see docs/operating/configuration.md".to_owned(),
    }
}

/// How many letters differ (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (n, letter) in left.chars().enumerate() {
        let mut diagonal = n;
        let mut beside = n + 1;
        for (other, cell) in right.iter().zip(row.iter_mut().skip(1)) {
            let above = *cell;
            *cell = (diagonal + usize::from(letter != *other))
                .min(above + 1)
                .min(beside + 1);
            diagonal = above;
            beside = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = n + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_key_is_named_with_line_and_the_nearest_known_one() {
        let error = read("[server]\nlisten = \"a\"\npublic_base_ulr = \"x\"\n").unwrap_err();
        let [problem] = error.0.as_slice() else {
            panic!("one problem: {error}")
        };
        assert_eq!(problem.key, "public_base_ulr");
        assert_eq!(problem.line, Some(3));
        assert!(problem.fix.contains("`public_base_url`"), "{problem}");
    }

    #[test]
    fn text_that_is_not_toml_is_named_with_its_line() {
        let error = read("[server]\nlisten = = 3\n").unwrap_err();
        assert_eq!(error.0[0].line, Some(2), "{error}");
    }

    #[test]
    fn distance_counts_changed_letters() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
