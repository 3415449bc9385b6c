//! How the system does, gathered: for the page and its live topic. Once every two seconds somebody looks,
//! whatever there is to see; that costs one question to the loop and one to the disk.

use super::check::presence::PresenceFacts;
use super::check::teams::TeamsFacts;
use super::check::teams_login::LoginFacts;
use super::check::{self, Certificate, Check, Facts, Level, Secret};
use super::{Answered, ask_loop};
use crate::api::Instant;
use crate::center::Center;
use crate::config::{Credential, Transport};
use crate::edge::graph::account::Feature;
use crate::edge::graph::delegates;
use crate::edge::graph::presence::{Crowd, reading};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tandem_core::time::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

/// How often somebody looks.
const LOOK: Duration = Duration::from_secs(2);
/// An hour.
const HOUR_MICROS: i64 = 3_600_000_000;

/// How the system does.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct SystemHealth {
    /// When it was looked at.
    pub(crate) as_of: Instant,
    /// The worst level.
    pub(crate) level: Level,
    /// What was looked at.
    pub(crate) checks: Vec<Check>,
}

/// What of the process every contact center is judged by.
#[derive(Clone, Debug)]
pub struct Host {
    /// The data directory.
    pub data_dir: PathBuf,
    /// The own certificate, if this process ends TLS.
    pub certificate: Option<PathBuf>,
}

impl Host {
    pub(crate) fn of(config: &crate::config::Config) -> Self {
        let certificate = match &config.server.transport {
            Transport::Tls { certificate, .. } => Some(certificate.clone()),
            Transport::Plain | Transport::Proxy { .. } => None,
        };
        Self {
            data_dir: config.store.data_dir.clone(),
            certificate,
        }
    }
}

/// Since when each check has found what it finds, and the last report.
pub struct Reports {
    since: Mutex<BTreeMap<&'static str, (&'static str, Timestamp)>>,
    last: watch::Sender<Option<Arc<SystemHealth>>>,
}

impl Default for Reports {
    fn default() -> Self {
        Self {
            since: Mutex::default(),
            last: watch::Sender::new(None),
        }
    }
}

impl Reports {
    /// The reports that differ from the one before in more than their figures.
    pub(crate) fn watch(&self) -> watch::Receiver<Option<Arc<SystemHealth>>> {
        self.last.subscribe()
    }

    fn stamp(&self, now: Timestamp, mut checks: Vec<Check>) -> Vec<Check> {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        for check in &mut checks {
            let entry = since.entry(check.id).or_insert((check.code, now));
            if entry.0 != check.code {
                *entry = (check.code, now);
            }
            check.since = Some(entry.1.into());
        }
        checks
    }
}

/// Looks at everything now.
pub(crate) async fn report(center: &Center) -> SystemHealth {
    let facts = gather(center).await;
    let checks = center.reports.stamp(facts.now, check::all(&facts));
    let level = checks.iter().map(|check| check.level).max();
    SystemHealth {
        as_of: facts.now.into(),
        level: level.unwrap_or(Level::Ok),
        checks,
    }
}

/// Keeps those who watch up to date, until told to stop.
pub(crate) async fn keep(center: Arc<Center>, stop: CancellationToken) {
    let mut period = tokio::time::interval(LOOK);
    period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = period.tick() => {}
        }
        let health = report(&center).await;
        center.reports.last.send_if_modified(|last| {
            let is_new = last
                .as_ref()
                .is_none_or(|last| outline(last) != outline(&health));
            if is_new {
                *last = Some(Arc::new(health));
            }
            is_new
        });
    }
}

fn outline(health: &SystemHealth) -> Vec<(Level, &'static str)> {
    let checks = health.checks.iter();
    checks.map(|check| (check.level, check.code)).collect()
}

async fn gather(center: &Center) -> Facts {
    let Answered { lag, refused } = ask_loop(center).await;
    let lag = refused.map_or(Ok(lag), |error| Err(error.to_string()));
    let calls = center.engine.view().read(|projection| {
        let contacts = &projection.center.state().contacts;
        let open = contacts.iter().filter(|(_, it)| it.has_open_call());
        open.fold((0, 0), |(n, n_unconfirmed), (_, it)| {
            (n + 1, n_unconfirmed + usize::from(it.is_unconfirmed()))
        })
    });
    Facts {
        now: center.clock.now(),
        started: center.signals.started,
        noticed: center.signals.noticed(),
        calls,
        recordings: recordings_in_trouble(center),
        lag,
        append: center.store.health().append_latency_last,
        records: (
            center.engine.view().read(|projection| projection.seq),
            center.followed.seq(),
        ),
        free_bytes: free_bytes(&center.host.data_dir),
        behind: center.clock.behind(),
        certificate: certificate(center.host.certificate.as_deref()),
        secret: secret(&center.config.acs.credential),
        teams: teams(center).await,
        presence: presence(center).await,
    }
}

/// Nothing where the store does not answer, which another check tells.
async fn teams(center: &Center) -> Option<TeamsFacts> {
    let applied = center.teams.applied().await.ok()??;
    let logins = LoginFacts {
        is_needed: delegates::is_needed(&applied),
        delegates: delegates::all(&center.teams, &applied).await.ok()?,
    };
    let findings = applied.findings.lock().await;
    Some(TeamsFacts {
        logins,
        connection: findings.connection.clone(),
        ends: applied.ends(&findings).map(|it| it.at),
    })
}

/// Nothing where it is not read.
async fn presence(center: &Center) -> Option<PresenceFacts> {
    let applied = center.teams.applied().await.ok()??;
    if !applied.account.has(Feature::PresenceRead) {
        return None;
    }
    let standing = center.teams.presences.standing();
    let (n_watched, n_paused) = center.engine.view().read(|projection| {
        let agents = projection.center.state().agents.iter();
        let watched = agents.filter_map(|(_, it)| it.presence.as_ref());
        watched.fold((0, 0), |(n, n_paused), it| {
            (n + 1, n_paused + usize::from(it.paused.is_some()))
        })
    });
    let problem = standing.problem.clone().unwrap_or_default();
    Some(PresenceFacts {
        n_watched,
        n_paused,
        unread: standing.behind_since.map(|since| (since, problem)),
        age_max_s: reading(center).age_max_s,
        unwritten: standing.unwritten.clone(),
        crowd: Crowd::too_many(center, &applied.account),
        pushed: center.teams.presences.push.standing(),
    })
}

fn recordings_in_trouble(center: &Center) -> usize {
    let hour_ago = center.clock.now().plus_micros(-HOUR_MICROS);
    let view = center.engine.view();
    view.read(|projection| projection.stories.n_troubles(hour_ago))
}

fn free_bytes(directory: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(directory).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn certificate(path: Option<&Path>) -> Certificate {
    let Some(path) = path else {
        return Certificate::Elsewhere;
    };
    let read = || -> Result<Timestamp, String> {
        let der = CertificateDer::from_pem_file(path).map_err(|error| error.to_string())?;
        let (_, parsed) =
            x509_parser::parse_x509_certificate(&der).map_err(|error| error.to_string())?;
        let seconds = parsed.validity().not_after.timestamp();
        Ok(Timestamp::from_micros(seconds.saturating_mul(1_000_000)))
    };
    read().map_or_else(Certificate::Unreadable, Certificate::Until)
}

const fn secret(credential: &Credential) -> Secret {
    match credential {
        Credential::AccessKey(_) => Secret::AccessKey,
        Credential::Entra { expires: None, .. } => Secret::Unknown,
        Credential::Entra {
            expires: Some(expires),
            ..
        } => Secret::Until(*expires),
    }
}
