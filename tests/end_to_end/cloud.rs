//! The emulated Microsoft cloud of one test, and its people, by way of its control API.

use crate::wait::until;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tandem_emulator::{ClockKind, Options, Running, SipOptions, defaults};

/// The customer of the requirement's samples.
pub(crate) const CALLER: &str = "+12065551212";

pub(crate) struct Cloud {
    pub(crate) running: Running,
    pub(crate) http: reqwest::Client,
    data: PathBuf,
    url: String,
}

impl Cloud {
    pub(crate) async fn start(data: PathBuf, clock: ClockKind) -> Self {
        Self::with_people(data, clock, 0).await
    }

    /// One whose directory has so many people; the Teams users are the first of them.
    pub(crate) async fn with_people(data: PathBuf, clock: ClockKind, people: usize) -> Self {
        let options = Options {
            clock,
            people,
            ..Options::on_free_ports(&data)
        };
        Self::with(options).await
    }

    /// One with a carrier, phones and Teams' SIP proxies.
    pub(crate) async fn with_neighbors(data: PathBuf, clock: ClockKind) -> Self {
        let options = Options {
            clock,
            sip: Some(SipOptions::on_free_ports()),
            ..Options::on_free_ports(&data)
        };
        Self::with(options).await
    }

    async fn with(options: Options) -> Self {
        let options = Options {
            teams_users: 4,
            ..options
        };
        let data = options.data.clone();
        let running = tandem_emulator::start(options).await.unwrap();
        let url = running.http_url();
        let cloud = Self {
            running,
            http: reqwest::Client::new(),
            data,
            url,
        };
        for user in cloud.users().await {
            cloud
                .behaves(&user, json!({"do": "answer", "after_ms": 20}))
                .await;
        }
        cloud
    }

    /// A signing key of the emulator, PEM.
    pub(crate) fn key(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.data.join(name)).unwrap()
    }

    pub(crate) fn ca(&self) -> &Path {
        &self.running.ca_pem
    }

    /// Waits until the service has recorded so much.
    pub(crate) async fn recorded_for(&self, ms: u64) {
        let look = async || {
            let recordings = self.get("/_emulator/recordings").await;
            let duration = recordings[0]["duration_ms"].as_u64()?;
            (duration >= ms).then_some(())
        };
        until("what is recorded", look).await;
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.url)).send().await;
        answer.unwrap().json().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let request = self.http.post(format!("{}{path}", self.url)).json(&body);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    pub(crate) async fn put(&self, path: &str, body: Value) {
        let request = self.http.put(format!("{}{path}", self.url)).json(&body);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        assert!(
            status.is_success(),
            "{path}: {status} {:?}",
            answer.text().await
        );
    }

    pub(crate) async fn told(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.post(path, body).await;
        assert!(status < 300, "{path}: {status} {answer}");
        answer
    }

    /// Object ids of the Teams users.
    pub(crate) async fn users(&self) -> Vec<String> {
        let users = self.get("/_emulator/teams-users").await;
        let users = users.as_array().unwrap().iter();
        users
            .map(|user| user["oid"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What a Teams user does when it rings.
    pub(crate) async fn behaves(&self, user: &str, behaviour: Value) {
        let url = format!("{}/_emulator/teams-users/{user}/behaviour", self.url);
        let request = self.http.put(url).json(&json!({"behaviour": behaviour}));
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    }

    /// What a phone does when it is called.
    pub(crate) async fn phone_behaves(&self, number: &str, behaviour: Value) {
        let number = number.replace('+', "%2B");
        let url = format!("{}/_emulator/phones/{number}/behaviour", self.url);
        let answer = self.http.put(url).json(&behaviour).send().await.unwrap();
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    }

    /// Takes the Teams Phone license from a user.
    pub(crate) async fn take_license(&self, user: &str) {
        let url = format!("{}/_emulator/teams-users/{user}/behaviour", self.url);
        let request = self.http.put(url).json(&json!({"teams_phone": false}));
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    }

    /// Changes something of the emulated Entra.
    pub(crate) async fn entra(&self, method: &str, path: &str, body: Value) {
        let url = format!("{}/_emulator/entra{path}", self.url);
        let request = self.http.request(method.parse().unwrap(), url).json(&body);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    }

    /// Somebody changes the own status by hand.
    pub(crate) async fn presence(&self, oid: &str, by_hand: Value) {
        let url = format!("{}/_emulator/people/{oid}/presence", self.url);
        let answer = self.http.put(url).json(&by_hand).send().await.unwrap();
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    }

    /// Has incoming calls delivered.
    pub(crate) async fn subscribe(&self, url: &str, center: &str) -> (u16, Value) {
        let subscription = json!({
            "endpoint": format!("{url}/api/event-grid/{center}"),
            "entra": {"audience": defaults::APP},
        });
        self.post("/_emulator/event-subscriptions", subscription)
            .await
    }

    /// A customer dials the main number.
    pub(crate) async fn dial(&self) -> Phone<'_> {
        self.dial_from(CALLER, json!({})).await
    }

    pub(crate) async fn dial_from(&self, from: &str, more: Value) -> Phone<'_> {
        let mut order = json!({"from": from, "to": defaults::RESOURCE_ACCOUNT_NUMBER});
        for (key, value) in more.as_object().unwrap() {
            order[key] = value.clone();
        }
        let placed = self.told("/_emulator/pstn-calls", order).await;
        Phone {
            cloud: self,
            id: placed["id"].as_str().unwrap().to_owned(),
        }
    }

    pub(crate) async fn user(&self, oid: &str) -> Value {
        self.get(&format!("/_emulator/teams-users/{oid}")).await
    }

    /// Waits until a Teams user is `idle`, `ringing` or `in_call`.
    pub(crate) async fn user_is(&self, oid: &str, state: &str) {
        let look = async || (self.user(oid).await["state"] == state).then_some(());
        until(&format!("the Teams client {state}"), look).await;
    }

    /// A Teams user does something by hand: `answer`, `decline`, `hang-up`.
    pub(crate) async fn user_does(&self, oid: &str, what: &str) {
        let path = format!("/_emulator/teams-users/{oid}/{what}");
        self.told(&path, json!({})).await;
    }

    /// Requests of an operation of the contract, in their order.
    pub(crate) async fn requests(&self, operation: &str) -> Vec<Value> {
        let all = self.get("/_emulator/requests").await;
        let is_asked = |name: &str| name == operation || name.ends_with(&format!("_{operation}"));
        let all = all.as_array().unwrap().iter().cloned();
        all.filter(|it| is_asked(it["operation"].as_str().unwrap_or_default()))
            .collect()
    }

    /// Attempts to deliver an event or a callback, in their order; one that the weather doubled counts once.
    pub(crate) async fn deliveries(&self, event: &str) -> Vec<Value> {
        let mut seen = BTreeSet::new();
        let mut is_new = |it: &Value| {
            it["id"].is_null() || seen.insert(format!("{} {}", it["id"], it["attempt"]))
        };
        let all = self.get("/_emulator/deliveries").await;
        let is_asked = |it: &Value| {
            let name = it["event"].as_str().unwrap_or_default();
            name.rsplit('.').next() == Some(event)
        };
        all.as_array()
            .unwrap()
            .iter()
            .filter(|it| is_asked(it) && is_new(it))
            .cloned()
            .collect()
    }

    /// Answers the number of the fault.
    pub(crate) async fn fault(&self, fault: Value) -> Value {
        self.told("/_emulator/faults", fault).await["id"].clone()
    }

    /// Only what a test orders goes wrong.
    pub(crate) async fn without_faults(&self) {
        let url = format!("{}/_emulator/faults", self.url);
        let answer = self.http.delete(url).send().await;
        assert!(answer.unwrap().status().is_success(), "faults are removed");
    }

    /// Nothing was carried out twice, and no word was given up.
    pub(crate) async fn all_went_well(&self) {
        let counters = self.get("/_emulator/counters").await;
        for counter in ["second_executions", "callbacks_given_up", "events_given_up"] {
            assert_eq!(counters[counter], 0, "{counter} in {counters}");
        }
        assert_eq!(counters["refused"], json!({}), "{counters}");
    }

    /// Who moves its stepped clock beside a test.
    pub(crate) fn hand(&self) -> Hand {
        Hand {
            http: self.http.clone(),
            url: format!("{}/_emulator/clock/advance", self.url),
        }
    }

    /// Moves a stepped clock.
    pub(crate) async fn advance(&self, ms: u64) {
        let (hand, by) = (self.hand(), Duration::from_millis(ms));
        until("the clock", async || hand.advances(by).await.then_some(())).await;
    }

    /// A call that is not over, by its connection id.
    pub(crate) async fn call(&self, id: &str) -> Value {
        let calls = self.get("/_emulator/calls").await;
        let found = calls
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["call_connection_id"] == id);
        found.cloned().unwrap_or_default()
    }
}

/// Moves the stepped clock of a cloud.
pub(crate) struct Hand {
    http: reqwest::Client,
    url: String,
}

impl Hand {
    /// Answers whether it moved: two hands move it one after the other.
    pub(crate) async fn advances(&self, by: Duration) -> bool {
        let step = json!({"ms": by.as_millis()});
        let moved = self.http.post(&self.url).json(&step).send().await;
        let status = moved.unwrap().status().as_u16();
        assert!(status < 300 || status == 409, "the clock answers {status}");
        status < 300
    }
}

/// A phone call of a customer.
pub(crate) struct Phone<'a> {
    cloud: &'a Cloud,
    pub(crate) id: String,
}

impl Phone<'_> {
    pub(crate) async fn look(&self) -> Value {
        self.cloud
            .get(&format!("/_emulator/pstn-calls/{}", self.id))
            .await
    }

    /// Waits until it is `ringing`, `in_call` or `ended`.
    pub(crate) async fn is(&self, state: &str) -> Value {
        let look = async || Some(self.look().await).filter(|it| it["state"] == state);
        until(&format!("a phone that is {state}"), look).await
    }

    /// Waits until the customer hears a text that contains this.
    pub(crate) async fn hears(&self, text: &str) {
        let look = async || {
            let heard = self.look().await["hears"]["text"]
                .as_str()
                .map(str::to_owned);
            heard.filter(|it| it.contains(text))
        };
        until(&format!("a phone that hears {text:?}"), look).await;
    }

    /// Waits until nothing is played to the customer.
    pub(crate) async fn hears_nothing(&self) {
        let look = async || self.look().await["hears"]["text"].is_null().then_some(());
        until("a phone to which nothing is played", look).await;
    }

    pub(crate) async fn hang_up(&self) {
        let path = format!("/_emulator/pstn-calls/{}/hang-up", self.id);
        self.cloud.told(&path, json!({})).await;
    }
}
