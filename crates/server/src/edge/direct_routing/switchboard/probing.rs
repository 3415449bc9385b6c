//! Hosts of trunks that are asked whether they are there: each minute, or while somebody waits for the answer (B-030).

use super::super::order::HostTried;
use super::Switchboard;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::ids::TrunkId;
use tandem_sip::Micros;
use tandem_sip::flow::Hop;
use tandem_sip::uri::Uri;
use tandem_transport::sip::Side;
use tokio::sync::mpsc;

/// A host that is asked whether it is there.
pub(super) struct Probe {
    center: Arc<str>,
    trunk: TrunkId,
    /// The place of the host in its trunk.
    at: usize,
    /// For whom it is asked besides.
    trial: Option<Trial>,
}

/// Somebody who waits for what a host answers.
struct Trial {
    host: String,
    since: Micros,
    tell: mpsc::UnboundedSender<HostTried>,
}

impl Trial {
    fn tell(&self, answered: Option<(u16, Duration)>) {
        let tried = HostTried {
            host: self.host.clone(),
            answered,
        };
        // Whoever asked may have gone.
        drop(self.tell.send(tried));
    }
}

impl Switchboard {
    /// Probes the hosts that are due (B-030).
    pub(super) fn probe(&mut self, side: &mut Side<'_>) {
        let mut due = Vec::new();
        for ((center, id), trunk) in &mut self.trunks {
            if !trunk.is_probed() {
                continue;
            }
            let name = trunk.own_name(&self.own.name).to_owned();
            for (at, host) in trunk.hosts.iter_mut().enumerate() {
                if host.health.poll_probe(side.now)
                    && let Some(uri) = host.uri()
                {
                    due.push((
                        Arc::clone(center),
                        *id,
                        at,
                        host.hop.clone(),
                        uri,
                        name.clone(),
                    ));
                }
            }
        }
        for (center, trunk, at, hop, uri, name) in due {
            let probe = Probe {
                center,
                trunk,
                at,
                trial: None,
            };
            self.ask(side, probe, &hop, (uri, name));
        }
    }

    fn ask(&mut self, side: &mut Side<'_>, probe: Probe, hop: &Hop, (uri, name): (Uri, String)) {
        self.n_probes += 1;
        let id = self.n_probes;
        match side.ua.probe_as(side.now, id, hop, uri, name) {
            Ok(()) => drop(self.probes.insert(id, probe)),
            Err(error) => tracing::warn!(%error, "a trunk cannot be probed"),
        }
    }

    /// Asks all hosts of a trunk for somebody who waits.
    pub(super) fn try_hosts(
        &mut self,
        side: &mut Side<'_>,
        (center, trunk): (Arc<str>, TrunkId),
        tell: &mpsc::UnboundedSender<HostTried>,
    ) {
        let Some(known) = self.trunks.get(&(Arc::clone(&center), trunk)) else {
            return;
        };
        let name = known.own_name(&self.own.name).to_owned();
        let hosts = known.hosts.iter().enumerate();
        let hosts: Vec<_> = hosts
            .map(|(at, host)| (at, host.text.clone(), host.hop.clone(), host.uri()))
            .collect();
        for (at, host, hop, uri) in hosts {
            let trial = Trial {
                host,
                since: side.now,
                tell: tell.clone(),
            };
            trial.tell(None);
            let Some(uri) = uri else { continue };
            let probe = Probe {
                center: Arc::clone(&center),
                trunk,
                at,
                trial: Some(trial),
            };
            self.ask(side, probe, &hop, (uri, name.clone()));
        }
    }

    pub(super) fn probe_ended(&mut self, now: Micros, probe: u64, status: Option<u16>) {
        let Some(probe) = self.probes.remove(&probe) else {
            return;
        };
        if let Some(trial) = &probe.trial {
            let took = u64::try_from(now - trial.since).unwrap_or_default();
            let took = Duration::from_micros(took);
            trial.tell(status.map(|status| (status, took)));
        }
        let (center, id) = (probe.center, probe.trunk);
        let Some(trunk) = self.trunk_mut(&center, id) else {
            return;
        };
        if let Some(host) = trunk.hosts.get_mut(probe.at) {
            if status.is_some() {
                host.trouble = None;
            }
            if let Some(state) = host.health.handle_answer(now, status) {
                tracing::info!(%center, trunk = %id, host = %host.hop, ?state, "a trunk's host changed");
            }
        }
    }
}
