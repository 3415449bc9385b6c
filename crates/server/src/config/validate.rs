//! From the file's shape to values: every rule is checked here, and every problem is named, not
//! only the first.

mod business;
mod direct_routing;
mod sign_in;
mod store;

use super::file;
use super::position::line_of;
use super::problem::{Problem, Problems};
use super::secret;
use super::{
    Acs, CALLBACK_ISSUER, CALLBACK_KEYS_URL, Center, Config, Credential, ENTRA_AUTHORITY,
    Environment, EventGrid, Log, MicrosoftCloud, Network, Server, Transport,
};
use crate::webhooks::Reach;
use axum::http::HeaderName;
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use tandem_core::time::Timestamp;
use tandem_store::CenterId;
use toml::Spanned;
use url::{Host, Url};

/// Context headers of one center: what a flow may branch by.
const CONTEXT_HEADERS_MAX: usize = 32;

/// What `tandem init` writes where nobody has said anything yet.
pub(crate) const FILL_IN: &str = "FILL-IN";

/// Collects problems while it reads.
pub(super) struct Validator<'a> {
    text: &'a str,
    folder: &'a Path,
    environment: Environment<'a>,
    problems: Vec<Problem>,
}

impl<'a> Validator<'a> {
    pub(super) fn new(text: &'a str, folder: &'a Path, environment: Environment<'a>) -> Self {
        Self {
            text,
            folder,
            environment,
            problems: Vec::new(),
        }
    }

    pub(super) fn config(mut self, file: file::File) -> Result<Config, Problems> {
        let server = self.server(file.server);
        let store = self.store(file.store);
        let direct_routing = file.direct_routing.and_then(|it| self.direct_routing(it));
        if file.centers.is_empty() {
            self.problem(
                "centers",
                None,
                "there is none",
                "add a `[[centers]]` section",
            );
        }
        let mut ids = BTreeSet::new();
        let mut centers = Vec::new();
        for (n, center) in file.centers.into_iter().enumerate() {
            let id = center.get_ref().id.clone();
            if !ids.insert(id.get_ref().clone()) {
                let key = format!("centers[{n}].id");
                self.at(
                    &key,
                    &id,
                    "is used twice",
                    "give each contact center its own id",
                );
            }
            let base = server.as_ref().map(|server| server.public_base_url.clone());
            let center = self.center(n, center.into_inner(), base);
            centers.extend(center);
        }
        let log = Log {
            filter: file.log.filter.map(Spanned::into_inner),
        };
        match (server, store) {
            (Some(server), Some(store)) if self.problems.is_empty() => Ok(Config {
                server,
                store,
                direct_routing,
                centers,
                log,
            }),
            _ => {
                self.problems.sort_by_key(|problem| problem.line);
                Err(Problems(self.problems))
            }
        }
    }

    fn server(&mut self, server: file::Server) -> Option<Server> {
        let listen = self.parsed::<SocketAddr>(
            "server.listen",
            &server.listen,
            "write an address and a port, such as \"0.0.0.0:443\"",
        );
        let public_base_url = self.base_url("server.public_base_url", &server.public_base_url);
        let transport = self.transport(&server, listen);
        Some(Server {
            listen: listen?,
            public_base_url: public_base_url?,
            transport: transport?,
        })
    }

    fn transport(
        &mut self,
        server: &file::Server,
        listen: Option<SocketAddr>,
    ) -> Option<Transport> {
        match (&server.tls, &server.trusted_proxies) {
            (Some(tls), Some(_)) => {
                let what = "stands beside `trusted_proxies`";
                self.at(
                    "server.tls",
                    tls,
                    what,
                    "keep one of the two: who ends TLS?",
                );
                None
            }
            (Some(tls), None) => {
                let tls = tls.get_ref();
                let certificate = self.readable("server.tls.certificate", &tls.certificate);
                let key = self.readable("server.tls.key", &tls.key);
                Some(Transport::Tls {
                    certificate: certificate?,
                    key: key?,
                })
            }
            (None, Some(proxies)) => {
                let mut trusted = Vec::new();
                for proxy in proxies.get_ref() {
                    let fix = "write an address or a network, such as \"10.0.0.0/8\"";
                    trusted.push(self.parsed::<Network>("server.trusted_proxies", proxy, fix)?);
                }
                if trusted.is_empty() {
                    let fix = "name the proxy that ends TLS";
                    self.at("server.trusted_proxies", proxies, "is empty", fix);
                }
                Some(Transport::Proxy { trusted })
            }
            (None, None) if listen.is_some_and(|listen| listen.ip().is_loopback()) => {
                Some(Transport::Plain)
            }
            (None, None) => {
                let fix = "add `[server.tls]`, or `trusted_proxies` when a proxy ends TLS";
                self.at(
                    "server.listen",
                    &server.listen,
                    "is public without TLS",
                    fix,
                );
                None
            }
        }
    }

    fn center(&mut self, n: usize, center: file::Center, base: Option<Url>) -> Option<Center> {
        let key = |name: &str| format!("centers[{n}].{name}");
        let id = match CenterId::parse(center.id.get_ref()) {
            Ok(id) => Some(id),
            Err(_) => {
                let fix = "use 1 to 64 lower-case letters, digits and hyphens";
                self.at(&key("id"), &center.id, "is not an id", fix);
                None
            }
        };
        if center.name.get_ref().trim().is_empty() {
            self.at(
                &key("name"),
                &center.name,
                "is empty",
                "write what people call it",
            );
        }
        if jiff::tz::TimeZone::get(center.time_zone.get_ref()).is_err() {
            let fix = "write an IANA name, such as \"Europe/Berlin\"";
            self.at(&key("time_zone"), &center.time_zone, "is not known", fix);
        }
        let acs = self.acs(&key("acs"), center.acs);
        let event_grid = self.event_grid(&key("event_grid"), center.event_grid);
        let callback_keys_url = self.url_or(
            &key("callback_keys_url"),
            center.callback_keys_url,
            CALLBACK_KEYS_URL,
        );
        let entra_authority = self.url_or(
            &key("entra_authority"),
            center.entra_authority,
            ENTRA_AUTHORITY,
        );
        let microsoft = self.microsoft_cloud(&key("microsoft"), center.microsoft, &entra_authority);
        let trust_root = self.trust_root(&key("trust_root"), center.trust_root);
        let context_headers = self.context_headers(&key("context_headers"), center.context_headers);
        let business_systems =
            self.business_systems(&key("business_systems"), center.business_systems);
        let sign_in = self.sign_in(&key("sign_in"), center.sign_in);
        let test_calls_url = match center.test_calls_url {
            Some(url) => Some(self.url(&key("test_calls_url"), &url)?),
            None => None,
        };
        let callback_issuer = center
            .callback_issuer
            .map_or_else(|| CALLBACK_ISSUER.to_owned(), Spanned::into_inner);
        Some(Center {
            id: id?,
            name: center.name.into_inner(),
            time_zone: center.time_zone.into_inner(),
            public_base_url: base?,
            acs: acs?,
            callback_keys_url: callback_keys_url?,
            callback_issuer,
            event_grid: event_grid?,
            entra_authority: entra_authority?,
            microsoft: microsoft?,
            trust_root: trust_root?,
            context_headers,
            business_systems,
            sign_in: sign_in?,
            webhook_reach: match center.webhooks_to_private_addresses {
                Some(true) => Reach::Private,
                Some(false) | None => Reach::Public,
            },
            test_calls_url,
        })
    }

    fn microsoft_cloud(
        &mut self,
        key: &str,
        section: Option<file::MicrosoftCloud>,
        entra_authority: &Option<Url>,
    ) -> Option<MicrosoftCloud> {
        let section = section.unwrap_or_default();
        let authority = match section.authority {
            Some(authority) => self.url(&format!("{key}.authority"), &authority),
            None => entra_authority.clone(),
        };
        let graph = self.url_or(
            &format!("{key}.graph"),
            section.graph,
            tandem_microsoft::graph::ENDPOINT,
        );
        Some(MicrosoftCloud {
            authority: authority?,
            graph: graph?,
        })
    }

    fn acs(&mut self, key: &str, acs: Spanned<file::Acs>) -> Option<Acs> {
        let place = acs.span();
        let acs = acs.into_inner();
        let endpoint = self.url(&format!("{key}.endpoint"), &acs.endpoint);
        let speech = acs.cognitive_services_endpoint.as_ref();
        let speech = speech.map(|url| self.url(&format!("{key}.cognitive_services_endpoint"), url));
        self.guid(&format!("{key}.resource_id"), &acs.resource_id);
        self.guid(&format!("{key}.tenant_id"), &acs.tenant_id);
        let (resource_id, tenant_id) = (acs.resource_id.get_ref(), acs.tenant_id.get_ref());
        let (resource_id, tenant_id) = (resource_id.to_lowercase(), tenant_id.to_lowercase());
        let access_key = self.secret(
            &format!("{key}.access_key"),
            acs.access_key_file,
            acs.access_key_env,
        );
        let client_secret = self.secret(
            &format!("{key}.client_secret"),
            acs.client_secret_file,
            acs.client_secret_env,
        );
        let expires = self.expiry(
            &format!("{key}.client_secret_expires"),
            acs.client_secret_expires,
        );
        let credential = match (access_key, acs.client_id, client_secret) {
            (Secret::Given(access_key), None, Secret::Absent) => Credential::AccessKey(access_key),
            (Secret::Absent, Some(client_id), Secret::Given(client_secret)) => Credential::Entra {
                client_id: client_id.into_inner(),
                client_secret,
                expires: expires?,
            },
            (Secret::Bad, _, _) | (_, _, Secret::Bad) => return None,
            (Secret::Given(_) | Secret::Absent, _, _) => {
                let fix = "write `access_key_file` (or `_env`) alone, or `client_id` with \
                           `client_secret_file` (or `_env`)";
                let what = "does not say how to sign in to the resource";
                self.problem(key, Some(place.start), what, fix);
                return None;
            }
        };
        Some(Acs {
            endpoint: endpoint?,
            resource_id,
            tenant_id,
            cognitive_services_endpoint: match speech {
                None => None,
                Some(url) => Some(url?),
            },
            credential,
        })
    }

    /// The beginning of the day that is named, in UTC; `None` when it is no day.
    fn expiry(&mut self, key: &str, day: Option<Spanned<String>>) -> Option<Option<Timestamp>> {
        let Some(day) = day else { return Some(None) };
        let fix = "write the day, such as \"2027-01-31\"";
        let date: jiff::civil::Date = self.parsed(key, &day, fix)?;
        let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        let micros = midnight.timestamp().as_microsecond();
        Some(Some(Timestamp::from_micros(micros)))
    }

    fn event_grid(&mut self, key: &str, section: Spanned<file::EventGrid>) -> Option<EventGrid> {
        let place = section.span();
        let section = section.into_inner();
        if let Some(audience) = &section.audience
            && matches!(audience.get_ref().trim(), "" | FILL_IN)
        {
            let fix = "write the application id that the event subscription names";
            self.at(
                &format!("{key}.audience"),
                audience,
                "is not filled in",
                fix,
            );
        }
        match (
            section.audience,
            section.issuer,
            section.keys_url,
            section.secret_header,
        ) {
            (Some(audience), Some(issuer), Some(keys_url), None) => Some(EventGrid::Entra {
                audience: audience.into_inner(),
                issuer: issuer.into_inner(),
                keys_url: self.url(&format!("{key}.keys_url"), &keys_url)?,
            }),
            (None, None, None, Some(header)) => {
                let key = format!("{key}.secret_header");
                let (name, value) = self.secret_header(&key, header)?;
                Some(EventGrid::SecretHeader { name, value })
            }
            _ => {
                let fix = "write `audience`, `issuer` and `keys_url`, or `secret_header` alone";
                let what = "does not say how Event Grid proves who it is";
                self.problem(key, Some(place.start), what, fix);
                None
            }
        }
    }

    fn secret_header(
        &mut self,
        key: &str,
        header: Spanned<file::SecretHeader>,
    ) -> Option<(HeaderName, SecretString)> {
        let place = header.span();
        let header = header.into_inner();
        let fix = "write the header's name, such as \"x-tandem-secret\"";
        let name = self.parsed::<HeaderName>(&format!("{key}.name"), &header.name, fix);
        let value = self.secret(&format!("{key}.value"), header.value_file, header.value_env);
        if matches!(value, Secret::Absent) {
            let fix = "write `value_file` or `value_env`";
            self.problem(key, Some(place.start), "has no value", fix);
        }
        let Secret::Given(value) = value else {
            return None;
        };
        Some((name?, value))
    }

    /// `None` when it is bad, `Some(None)` when there is none.
    fn trust_root(&mut self, key: &str, file: Option<Spanned<String>>) -> Option<Option<Vec<u8>>> {
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::pem::PemObject;
        let Some(file) = file else { return Some(None) };
        let path = self.readable(key, &file)?;
        let pem = std::fs::read(path).unwrap_or_default();
        let n_certificates = CertificateDer::pem_slice_iter(&pem).flatten().count();
        if n_certificates == 0 {
            self.at(
                key,
                &file,
                "holds no certificate",
                "name a PEM file with certificates",
            );
            return None;
        }
        Some(Some(pem))
    }

    fn context_headers(&mut self, key: &str, names: Vec<Spanned<String>>) -> BTreeSet<String> {
        if let Some(extra) = names.get(CONTEXT_HEADERS_MAX) {
            let fix = format!("name at most {CONTEXT_HEADERS_MAX}");
            self.at(key, extra, "are too many", &fix);
        }
        let is_name = |name: &str| {
            let bytes = name.as_bytes();
            (1..=64).contains(&bytes.len())
                && bytes
                    .iter()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        for name in &names {
            if !is_name(name.get_ref()) {
                let fix = "use 1 to 64 letters, digits, \"-\" or \"_\"";
                self.at(key, name, "is not a header's name", fix);
            }
        }
        names
            .into_iter()
            .map(|name| name.into_inner().to_lowercase())
            .collect()
    }

    fn secret(
        &mut self,
        key: &str,
        file: Option<Spanned<String>>,
        variable: Option<Spanned<String>>,
    ) -> Secret {
        match (file, variable) {
            (None, None) => Secret::Absent,
            (Some(file), Some(_)) => {
                let fix = "keep one of the two";
                self.at(
                    &format!("{key}_file"),
                    &file,
                    "stands beside its `_env`",
                    fix,
                );
                Secret::Bad
            }
            (Some(file), None) => match secret::read_file(&self.path(file.get_ref())) {
                Ok(text) => Secret::Given(text.into()),
                Err(what) => {
                    let fix = "write the secret, and nothing else, into a file of mode 0600";
                    self.at(&format!("{key}_file"), &file, &what, fix);
                    Secret::Bad
                }
            },
            (None, Some(variable)) => match (self.environment)(variable.get_ref()) {
                Some(text) if !text.trim().is_empty() => Secret::Given(text.trim().into()),
                Some(_) | None => {
                    let what = format!("the variable {} is not set", variable.get_ref());
                    let fix = "set it in the service's environment, or use `_file`";
                    self.at(&format!("{key}_env"), &variable, &what, fix);
                    Secret::Bad
                }
            },
        }
    }

    fn url_or(&mut self, key: &str, url: Option<Spanned<String>>, default: &str) -> Option<Url> {
        match url {
            Some(url) => self.url(key, &url),
            None => Some(Url::parse(default).expect("the defaults are addresses")),
        }
    }

    /// An address: https, or http on a loopback host.
    fn url(&mut self, key: &str, text: &Spanned<String>) -> Option<Url> {
        let Ok(url) = Url::parse(text.get_ref()) else {
            self.at(
                key,
                text,
                "is not an address",
                "write one such as \"https://host.example\"",
            );
            return None;
        };
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        if !is_safe || url.host().is_none() {
            let fix = "start it with https:// (http:// is for loopback addresses only)";
            self.at(key, text, "is not protected", fix);
            return None;
        }
        Some(url)
    }

    /// An address of a whole host: links and callbacks are made by adding a path.
    fn base_url(&mut self, key: &str, text: &Spanned<String>) -> Option<Url> {
        let url = self.url(key, text)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            let fix = "write scheme, host and port alone, such as \"https://host.example\"";
            self.at(key, text, "has a path", fix);
            return None;
        }
        Some(url)
    }

    fn guid(&mut self, key: &str, text: &Spanned<String>) {
        if uuid::Uuid::parse_str(text.get_ref()).is_err() {
            let fix = "write it as xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
            self.at(key, text, "is not a GUID", fix);
        }
    }

    fn parsed<T: std::str::FromStr>(
        &mut self,
        key: &str,
        text: &Spanned<String>,
        fix: &str,
    ) -> Option<T> {
        let parsed = text.get_ref().parse().ok();
        if parsed.is_none() {
            self.at(
                key,
                text,
                &format!("\"{}\" is not one", text.get_ref()),
                fix,
            );
        }
        parsed
    }

    fn readable(&mut self, key: &str, file: &Spanned<String>) -> Option<PathBuf> {
        let path = self.path(file.get_ref());
        match std::fs::File::open(&path) {
            Ok(_) => Some(path),
            Err(error) => {
                let what = format!("{} cannot be read: {error}", path.display());
                self.at(key, file, &what, "name a file that this user may read");
                None
            }
        }
    }

    fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }

    fn at<T>(&mut self, key: &str, place: &Spanned<T>, what: &str, fix: &str) {
        self.problem(key, Some(place.span().start), what, fix);
    }

    fn problem(&mut self, key: &str, offset: Option<usize>, what: &str, fix: &str) {
        self.problems.push(Problem {
            key: key.to_owned(),
            line: offset.map(|offset| line_of(self.text, offset)),
            what: what.to_owned(),
            fix: fix.to_owned(),
        });
    }
}

/// A secret by reference.
enum Secret {
    Absent,
    Bad,
    Given(SecretString),
}

/// Whether an address cannot leave this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Links resolved as far as the path exists.
fn absolute(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => absolute(parent).join(name),
        _ => path,
    }
}
