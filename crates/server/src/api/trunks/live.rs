//! How trunks do: hosts that answer, phones that are registered, calls that are up (B-030).

use crate::api::body::At;
use crate::api::settings::Items;
use crate::api::time::Instant;
use crate::center::Center;
use crate::edge::direct_routing::{HostState, TrunkState};
use crate::problem::Problem;
use crate::sign_in::SettingsReader;
use axum::Json;
use serde::Serialize;
use tandem_core::ids::TrunkId;
use tandem_core::time::Timestamp;
use tandem_sip::health;
use utoipa::ToSchema;

/// How a trunk does.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct TrunkHealth {
    trunk_id: u64,
    name: String,
    enabled: bool,
    /// `up` when one host answers, or a phone is registered; `down` when none does; `unknown` before the first answer;
    /// `off` when it is not enabled, or no listener is configured.
    state: TrunkStanding,
    /// Calls that are up or ringing.
    n_calls: u32,
    /// In the trunk's order; none of phones.
    hosts: Vec<HostHealth>,
    /// The phones that are registered now.
    registered: Vec<String>,
    /// What to do about it, where something is to be done.
    advice: Option<&'static str>,
}

/// How a host of a trunk does.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct HostHealth {
    host: String,
    state: TrunkStanding,
    /// The status that it refused our probe with.
    status: Option<u16>,
    /// When it answered last.
    up_at: Option<Instant>,
    /// Whether it has looked for us, or called, in the last five minutes: without that Teams sends no calls.
    is_heard: bool,
    /// Why the last connection to it failed.
    trouble: Option<String>,
}

/// How something stands.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum TrunkStanding {
    Up,
    Down,
    Unknown,
    Off,
}

/// How all trunks do. Permission: read_settings.
#[utoipa::path(get, path = "/{center}/trunk-health", tag = "trunks", operation_id = "trunks_health",
    params(("center" = String, Path)),
    responses((status = 200, body = Items<TrunkHealth>),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn list(by: SettingsReader) -> Json<Items<TrunkHealth>> {
    let items = all(&by.center).await;
    Json(Items { items })
}

/// How one trunk does. Permission: read_settings.
#[utoipa::path(get, path = "/{center}/trunks/{id}/health", tag = "trunks",
    operation_id = "trunks_health_of", params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = TrunkHealth),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn read(
    by: SettingsReader,
    At(id): At<u64>,
) -> Result<Json<TrunkHealth>, Problem> {
    let mut all = all(&by.center).await.into_iter();
    let found = all.find(|it| it.trunk_id == id);
    let none = || Problem::not_found(&format!("there is no trunk {id}"));
    found.ok_or_else(none).map(Json)
}

async fn all(center: &Center) -> Vec<TrunkHealth> {
    let trunks: Vec<_> = center.engine.view().read(|projection| {
        let trunks = projection.center.state().settings.trunks.iter();
        trunks
            .map(|(id, it)| (*id, it.document.name.clone(), it.document.enabled))
            .collect()
    });
    let line = center.line.get();
    let mut states = match line {
        Some(line) => line.trunks().await,
        None => Vec::new(),
    };
    let trunks = trunks.into_iter().map(|(id, name, enabled)| {
        let at = states.iter().position(|it| it.trunk == id);
        let state = at.map(|at| states.swap_remove(at));
        health_of(id, name, enabled, state, line.is_some())
    });
    trunks.collect()
}

fn health_of(
    id: TrunkId,
    name: String,
    enabled: bool,
    state: Option<TrunkState>,
    listens: bool,
) -> TrunkHealth {
    let n_calls = state.as_ref().map_or(0, |it| it.n_calls);
    let (hosts, registered) = state.map_or_else(Default::default, |it| (it.hosts, it.registered));
    let hosts: Vec<HostHealth> = hosts.into_iter().map(HostHealth::of).collect();
    let standing = if !enabled || !listens {
        TrunkStanding::Off
    } else if hosts.iter().any(|it| it.state == TrunkStanding::Up) || !registered.is_empty() {
        TrunkStanding::Up
    } else if hosts.iter().any(|it| it.state == TrunkStanding::Unknown) {
        TrunkStanding::Unknown
    } else {
        TrunkStanding::Down
    };
    TrunkHealth {
        trunk_id: id.0,
        name,
        enabled,
        state: standing,
        n_calls,
        advice: advice(listens, standing, &hosts),
        hosts,
        registered,
    }
}

fn advice(listens: bool, standing: TrunkStanding, hosts: &[HostHealth]) -> Option<&'static str> {
    if !listens {
        return Some(
            "no listener for calls by trunks is configured: add [direct_routing] to the configuration",
        );
    }
    let status = hosts.iter().find_map(|it| it.status);
    match (standing, status) {
        (TrunkStanding::Down, Some(403)) => Some(
            "the other side does not know us: compare own_name with the name that it has for this trunk",
        ),
        (TrunkStanding::Down, Some(401 | 407)) => {
            Some("the other side asks for a password: set digest_user and its secret")
        }
        (TrunkStanding::Down, Some(503)) => Some("the other side is full, or draining"),
        (TrunkStanding::Down, _) if hosts.is_empty() => {
            Some("no phone is registered: look at user and password on the phones")
        }
        (TrunkStanding::Down, _) => Some(
            "nobody answers: compare hosts and transport, and see whether a firewall lets us through",
        ),
        (TrunkStanding::Up | TrunkStanding::Unknown | TrunkStanding::Off, _) => None,
    }
}

impl HostHealth {
    fn of(it: HostState) -> Self {
        let (state, status) = match it.state {
            health::State::Unknown => (TrunkStanding::Unknown, None),
            health::State::Up => (TrunkStanding::Up, None),
            health::State::Down(health::Why::Silent) => (TrunkStanding::Down, None),
            health::State::Down(health::Why::Refused(status)) => {
                (TrunkStanding::Down, Some(status))
            }
        };
        Self {
            host: it.host,
            state,
            status,
            up_at: it.up_at.map(|at| Timestamp::from_micros(at).into()),
            is_heard: it.is_heard,
            trouble: it.trouble,
        }
    }
}
