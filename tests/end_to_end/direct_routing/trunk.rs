//! A contact center with a carrier's trunk and one for phones, a number with a flow into a queue, and music.

use super::peer::{Call, Sipp};
use super::sound::{Voice, tone_file};
use crate::person::{Desk, Person};
use crate::stage::Stage;
use crate::wait::until;
use serde_json::{Value, json};
use std::net::{SocketAddr, UdpSocket};

/// The number that customers call.
pub(super) const NUMBER: &str = "+498912345";
/// Who calls.
pub(super) const CALLER: &str = "+4915112345678";

pub(super) struct World {
    pub(super) stage: Stage,
    /// What is heard while one waits, Hz.
    pub(super) music: u32,
    /// The trunk of the carrier.
    pub(super) carrier: u64,
    /// Where the carrier is.
    carrier_at: SocketAddr,
    /// Where the agents' phones are.
    phones_at: SocketAddr,
    phones: u64,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with(Value::Null, "").await
    }

    /// One where texts are read aloud, as the configuration says.
    pub(super) async fn with_reader(reader: &str) -> Self {
        let more = format!("[direct_routing.speech]\n{reader}\n");
        Self::with(Value::Null, &more).await
    }

    /// One whose queue records what is talked.
    pub(super) async fn recorded() -> Self {
        Self::with(json!({"channels": "unmixed"}), "").await
    }

    async fn with(rule: Value, more: &str) -> Self {
        let stage = Stage::with_trunks(more).await;
        let (carrier_at, phones_at) = (free_address(), free_address());
        let alex = &stage.alex;
        let trunk = |name: &str, at: SocketAddr| {
            json!({
                "name": name, "kind": "carrier", "hosts": [at.to_string()], "transport": "udp",
                "sources": ["127.0.0.1"], "srtp": "refused",
            })
        };
        let mut carrier = trunk("Carrier", carrier_at);
        carrier["numbers"] = json!([{"first": NUMBER}]);
        let carrier = alex.create("/trunks", carrier).await;
        // The agents' numbers are behind a PBX: a trunk as any other.
        let mut phones = trunk("Desk phones", phones_at);
        phones["is_probed"] = json!(false);
        let phones = alex.create("/trunks", phones).await;
        let music = 440;
        open_line(alex, music, rule).await;
        let world = Self {
            stage,
            music,
            carrier,
            carrier_at,
            phones_at,
            phones,
        };
        world.is_listening().await;
        world
    }

    /// Trunks are heard of a moment after they were saved.
    async fn is_listening(&self) {
        let look = async || {
            let health = self.stage.alex.get("/trunk-health").await;
            let trunks = health["items"].as_array()?;
            let known = trunks.iter().all(|it| it["hosts"][0].is_object());
            (known && trunks.len() == 2).then_some(())
        };
        until("the trunks", look).await;
    }

    pub(super) const fn carrier_address(&self) -> SocketAddr {
        self.carrier_at
    }

    /// An agent with a phone, who is ready.
    pub(super) async fn agent(&self, username: &str) -> Desk {
        let phone = json!({"trunk_id": self.phones, "user": "+498955501"});
        self.ready(username, phone).await
    }

    async fn ready(&self, username: &str, phone: Value) -> Desk {
        let mut desk = self.stage.seated(0, username).await;
        let path = format!("/agents/{}", desk.id);
        let now = self.stage.alex.get(&path).await;
        let change = json!({ "phone": phone });
        self.stage.alex.change(&path, &now, change).await;
        desk.wants("ready").await;
        desk.is("available").await;
        desk
    }

    /// The agent's phone does so when it is called.
    pub(super) async fn phone_answers(&self, call: &Call) -> Sipp {
        Sipp::answering(call, self.phones_at).await
    }

    /// The carrier calls for a customer.
    pub(super) fn call(&self, number: &str, voice: &Voice) -> Sipp {
        self.call_for(number, voice, &Call::caller())
    }

    pub(super) fn call_for(&self, number: &str, voice: &Voice, call: &Call) -> Sipp {
        let [udp, _] = self.stage.server.trunk_listeners();
        Sipp::calling(call, number, udp, voice)
    }
}

/// A number whose flow leads straight into a queue with music, recorded by a rule or not at all.
pub(super) async fn open_line(alex: &Person, music: u32, rule: Value) {
    let sound = alex.upload(tone_file(music)).await;
    let prompt = json!({"name": "Music", "default_language": "en-US", "languages": {"en-US": {"sound_id": sound}}});
    let prompt = alex.create("/prompts", prompt).await;
    let queue = json!({
        "name": "Support", "music": {"prompt_id": prompt}, "recording": rule,
        "wrap_up": {"mode": "none"},
    });
    alex.create("/queues", queue).await;
    let nodes = json!([
        {"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end"},
        {"id": "end", "kind": "end"},
    ]);
    let flow = json!({"name": "Main", "start": "wait", "nodes": nodes});
    let flow = alex.create("/flows", flow).await;
    let endpoint = json!({"name": "Main number", "number": NUMBER, "flow_id": flow});
    alex.create("/endpoints", endpoint).await;
}

fn free_address() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap()
}
