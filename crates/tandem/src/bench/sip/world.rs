//! The contact center of the benchmark: a carrier's trunk, one to the phones, a queue whose music those hear who wait,
//! and agents who are ready.

use super::traffic::{Places, Traffic};
use crate::api::Api;
use crate::bench::calls::{self, Emulator};
use anyhow::Context;
use serde_json::json;
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use tandem_sip::Micros;
use tokio::process::Child;

/// The number that customers call.
const NUMBER: &str = "+498912345";
const PASSWORD: &str = "tandem-bench-1";
const CALLS_MAX: u32 = 20_000;
const WAITING_MAX: u32 = 10_000;

pub(super) struct World {
    server: Child,
    emulator: Emulator,
    places: Places,
}

impl World {
    pub(super) async fn open(folder: &Path, n_agents: u32) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let places = Places {
            server: free()?,
            carrier: free()?,
            phones: free()?,
        };
        let emulator = calls::start_emulator(folder, &[]).await?;
        let section = format!(
            "\n[direct_routing]\nname = \"127.0.0.1\"\nudp = \"{}\"\nmedia_address = \"127.0.0.1\"\nmedia_ports = \"0-0\"\n",
            places.server
        );
        let (server, office) = calls::start_office(folder, &emulator, &section).await?;
        let world = Self {
            server,
            emulator,
            places,
        };
        world.furnish(office.administrator(), n_agents).await?;
        Ok(world)
    }

    async fn furnish(&self, api: &Api, n_agents: u32) -> anyhow::Result<()> {
        let trunk = |name: &str, at: SocketAddr| {
            json!({
                "name": name, "kind": "carrier", "hosts": [at.to_string()], "transport": "udp",
                "sources": ["127.0.0.1"], "srtp": "refused", "is_probed": false, "calls_max": CALLS_MAX,
            })
        };
        let mut carrier = trunk("Carrier", self.places.carrier);
        carrier["numbers"] = json!([{ "first": NUMBER }]);
        api.create("/trunks", &carrier).await?;
        let phones = api
            .create("/trunks", &trunk("Phones", self.places.phones))
            .await?;
        let queue = json!({
            "name": "Line", "offer_by": "teams", "wrap_up": { "mode": "none" }, "max_waiting": WAITING_MAX, "max_wait_s": 3_600,
        });
        let queue = api.create("/queues", &queue).await?;
        let nodes = json!([
            { "id": "wait", "kind": "queue", "queue_id": queue, "timeout": "end", "full": "end" },
            { "id": "end", "kind": "end" },
        ]);
        let flow = json!({ "name": "Main", "start": "wait", "nodes": nodes });
        let flow = api.create("/flows", &flow).await?;
        let endpoint = json!({ "name": "Main number", "number": NUMBER, "flow_id": flow });
        api.create("/endpoints", &endpoint).await?;
        for n in 0..n_agents {
            let username = format!("agent{n}");
            let agent = json!({
                "name": format!("Agent {n}"), "username": username, "password": PASSWORD,
                "teams_user_id": format!("00000000-0000-4000-8000-{n:012}"),
                "phone": { "trunk_id": phones, "user": format!("+4989555{n:04}") },
            });
            api.create("/agents", &agent).await?;
            let person = api.sign_in(&username, PASSWORD).await?;
            person
                .post("/me/state", &json!({ "intent": "ready" }))
                .await?;
        }
        Ok(())
    }

    pub(super) fn server_id(&self) -> anyhow::Result<u32> {
        self.server.id().context("the contact center has ended")
    }

    /// Callers, and phones who talk for between so many microseconds.
    pub(super) fn traffic(&self, talk: [Micros; 2]) -> anyhow::Result<Traffic> {
        Traffic::start(self.places, NUMBER, talk)
    }

    pub(super) async fn close(self) {
        for mut process in [self.server, self.emulator.process] {
            // One that has ended by itself needs no killing.
            process.kill().await.ok();
        }
    }
}

fn free() -> anyhow::Result<SocketAddr> {
    Ok(UdpSocket::bind("127.0.0.1:0")?.local_addr()?)
}
