//! A contact center whose trunks lead to the emulated neighbors: a carrier, phones that register, and Teams' SIP proxies.
//! Who hears whom is told by the tones that they say.

use super::trunk::{NUMBER, open_line};
use crate::cloud::Cloud;
use crate::person::Desk;
use crate::stage::Stage;
use crate::wait::until;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// The line of the Teams user that the agent is.
pub(super) const LINE: &str = "+498955501";
const PASSWORD: &str = "a secret of the phone";

pub(super) struct Town {
    pub(super) stage: Stage,
    /// What is heard while one waits, Hz.
    pub(super) music: u32,
    /// The trunks.
    pub(super) carrier: u64,
    pub(super) phones: u64,
    pub(super) teams: Option<u64>,
}

/// A call of one of the neighbors.
pub(super) struct Leg<'t> {
    cloud: &'t Cloud,
    pub(super) id: String,
}

impl Town {
    /// With a queue that plays music, a carrier by whom its number comes, and a phone that registered.
    pub(super) async fn new() -> Self {
        let stage = Stage::with_neighbors().await;
        let sip = stage.cloud.running.sip.clone().unwrap();
        let alex = &stage.alex;
        let trunk = |name: &str, kind: &str| json!({"name": name, "kind": kind, "transport": "udp", "sources": ["127.0.0.1"]});
        let mut carrier = trunk("Carrier", "carrier");
        carrier["hosts"] = json!([sip.carrier_udp.to_string()]);
        carrier["numbers"] = json!([{"first": NUMBER}]);
        let carrier = alex.create("/trunks", carrier).await;
        let mut phones = trunk("Phones", "phones");
        phones["phones"] = json!(["anna"]);
        let phones = alex.create("/trunks", phones).await;
        let music = 440;
        let town = Self {
            music,
            carrier,
            phones,
            teams: None,
            stage,
        };
        open_line(&town.stage.alex, town.music, Value::Null).await;
        let [udp, tcp, _]: [SocketAddr; 3] = town.stage.server.trunk_listeners();
        let sbc = json!({"host": "127.0.0.1", "udp": udp.port(), "tcp": tcp.port()});
        town.stage.cloud.put("/_emulator/sip/sbc", sbc).await;
        town
    }

    /// One with a trunk toward Teams, whose proxies know us and are up, and a Teams user with a line.
    pub(super) async fn with_teams() -> Self {
        let mut town = Self::new().await;
        town.reach_teams().await;
        let trunk = town.teams.unwrap();
        town.trunk_is(trunk, "up").await;
        let active = async || {
            let teams = town.neighbors().await;
            let proxies = teams["teams"]["trunks"][0]["proxies"].clone();
            let proxies = proxies.as_array()?;
            proxies.iter().all(|it| it["answered"] == 200).then_some(())
        };
        until("a trunk that is active at all of Teams' proxies", active).await;
        town
    }

    /// The trunk toward Teams is saved; how it does is another thing.
    pub(super) async fn reach_teams(&mut self) {
        let teams = json!({
            "name": "Teams", "kind": "teams", "transport": "tls", "sources": ["127.0.0.1"], "srtp": "required",
            "hosts": ["sip.pstnhub.microsoft.com", "sip2.pstnhub.microsoft.com", "sip3.pstnhub.microsoft.com"],
            "own_name": "sbc.tandem.example", "certificate_names": ["sip.pstnhub.microsoft.com"],
            "emergency": {"route": {"trunk_id": self.carrier, "numbers": ["112"], "call_back_minutes": 30}},
        });
        self.teams = Some(self.stage.alex.create("/trunks", teams).await);
        let path = format!("/_emulator/entra/people/{}", self.user());
        self.stage
            .cloud
            .put(&path, json!({"line_number": LINE}))
            .await;
    }

    /// The Teams user with the line.
    pub(super) fn user(&self) -> &str {
        &self.stage.users[0]
    }

    pub(super) async fn neighbors(&self) -> Value {
        self.stage.cloud.get("/_emulator/sip").await
    }

    pub(super) async fn trunk_is(&self, trunk: u64, state: &str) -> Value {
        let path = format!("/trunks/{trunk}/health");
        let look = async || {
            let health = self.stage.alex.get(&path).await;
            (health["state"] == state).then_some(health)
        };
        until(&format!("a trunk that is {state}"), look).await
    }

    /// How one of Teams' proxies serves, or another listener.
    pub(super) async fn serves(&self, listener: &str, service: Value) {
        let path = format!("/_emulator/sip/listeners/{listener}");
        self.stage.cloud.put(&path, service).await;
    }

    /// A customer calls the number, or whatever an order says.
    pub(super) async fn calls(&self, more: Value) -> Leg<'_> {
        let mut order =
            json!({"by": "carrier", "from": "+4915112345678", "to": NUMBER, "tone_hz": 700});
        for (key, value) in more.as_object().unwrap() {
            order[key] = value.clone();
        }
        let placed = self.stage.cloud.told("/_emulator/sip/calls", order).await;
        Leg {
            cloud: &self.stage.cloud,
            id: placed["id"].as_str().unwrap().to_owned(),
        }
    }

    /// The next call that somebody is in whom we call, by who that is.
    pub(super) async fn called(&self, own: &str) -> Leg<'_> {
        let look = async || {
            let calls = self.stage.cloud.get("/_emulator/sip/calls").await;
            let calls = calls.as_array()?;
            let is_it = |it: &&Value| {
                it["own"] == own && it["direction"] == "is_called" && it["state"] != "ended"
            };
            Some(calls.iter().find(is_it)?["id"].as_str()?.to_owned())
        };
        let id = until(&format!("a call to {own}"), look).await;
        Leg {
            cloud: &self.stage.cloud,
            id,
        }
    }

    /// An agent with the phone, which registers, who is ready.
    pub(super) async fn agent_with_phone(&self) -> Desk {
        let path = format!("/trunks/{}/secrets/anna", self.phones);
        let secret = Some(json!({"secret": PASSWORD}));
        let (status, told) = self
            .stage
            .alex
            .asks(reqwest::Method::PUT, &path, secret)
            .await;
        assert!(status.is_success(), "{told}");
        self.registers("anna", PASSWORD, "registered").await;
        let phone = json!({"trunk_id": self.phones, "user": "anna"});
        self.ready(phone).await
    }

    /// The exchange hears of a secret a moment after it was set, so that a phone may have to ask twice.
    pub(super) async fn registers(&self, user: &str, secret: &str, state: &str) {
        let path = format!("/_emulator/sip/phones/{user}");
        let look = async || {
            self.stage.cloud.put(&path, json!({"secret": secret})).await;
            let asked = async || {
                let all = self.neighbors().await;
                let phones = all["phones"]["phones"].as_array()?.clone();
                let phone = phones.into_iter().find(|it| it["user"] == user)?;
                (phone["state"] != "registering").then_some(phone)
            };
            let phone = until("an answer to a registration", asked).await;
            (phone["state"] == state).then_some(())
        };
        until(&format!("a phone that is {state}"), look).await;
    }

    /// An agent who is the Teams user with the line, who is ready.
    pub(super) async fn agent_in_teams(&self) -> Desk {
        let phone = json!({"trunk_id": self.teams.unwrap(), "user": LINE});
        self.ready(phone).await
    }

    async fn ready(&self, phone: Value) -> Desk {
        let mut desk = self.stage.seated(0, "ann").await;
        let path = format!("/agents/{}", desk.id);
        let now = self.stage.alex.get(&path).await;
        let change = json!({ "phone": phone });
        self.stage.alex.change(&path, &now, change).await;
        desk.wants("ready").await;
        desk.is("available").await;
        desk
    }

    /// What whoever is called does: `numbers`, `phones`, or `teams-users`.
    pub(super) async fn behaves(&self, whose: &str, who: &str, habit: Value) {
        let who = who.replace('+', "%2B");
        let path = format!("/_emulator/sip/{whose}/{who}/habit");
        self.stage.cloud.put(&path, habit).await;
    }
}

impl Leg<'_> {
    pub(super) async fn look(&self) -> Value {
        self.cloud
            .get(&format!("/_emulator/sip/calls/{}", self.id))
            .await
    }

    pub(super) async fn until(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let look = async || Some(self.look().await).filter(|it| is_so(it));
        until(what, look).await
    }

    pub(super) async fn is(&self, state: &str) -> Value {
        let what = format!("{} that is {state}", self.id);
        self.until(&what, |it| it["state"] == state).await
    }

    /// Waits until these tones are heard and no others.
    pub(super) async fn hears(&self, tones: &[u32]) {
        let what = format!("{} that hears {tones:?}", self.id);
        self.until(&what, |it| it["hears"]["tones"] == json!(tones))
            .await;
    }

    /// Whether a tone was heard at any time.
    pub(super) async fn has_heard(&self, hz: u32) -> bool {
        let ever = self.look().await["hears"]["ever"].clone();
        ever.as_array().unwrap().iter().any(|it| it["hz"] == hz)
    }

    pub(super) async fn does(&self, act: &str) {
        let path = format!("/_emulator/sip/calls/{}/{act}", self.id);
        self.cloud.told(&path, json!({})).await;
    }

    /// Its messages as they went over the wire.
    pub(super) async fn messages(&self) -> Vec<String> {
        let path = format!("/_emulator/sip/calls/{}/messages", self.id);
        let messages = self.cloud.get(&path).await;
        let messages = messages.as_array().unwrap().iter();
        messages
            .map(|it| it["text"].as_str().unwrap().to_owned())
            .collect()
    }
}
