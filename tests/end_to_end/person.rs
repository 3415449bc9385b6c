//! Somebody who talks to one contact center: over the API, and at a desk with the live feed.

use crate::wait::PATIENCE;
use futures::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// How long a look lasts that does not wait for anything.
const GLANCE: Duration = Duration::from_millis(10);
pub(crate) const PASSWORD: &str = "a long password";

#[derive(Clone)]
pub(crate) struct Person {
    http: reqwest::Client,
    url: String,
    center: String,
    pub(crate) token: Option<String>,
}

impl Person {
    /// Nobody yet.
    pub(crate) fn new(url: &str, center: &str) -> Self {
        let (http, url, center) = (reqwest::Client::new(), url.to_owned(), center.to_owned());
        Self {
            http,
            url,
            center,
            token: None,
        }
    }

    pub(crate) async fn sign_in(&self, username: &str) -> Self {
        let sent = json!({"username": username, "password": PASSWORD});
        let signed_in = self.post("/sign-in", sent).await;
        Self {
            token: signed_in["token"].as_str().map(str::to_owned),
            ..self.clone()
        }
    }

    /// The same person at another contact center.
    pub(crate) fn at(&self, center: &str) -> Self {
        Self {
            center: center.to_owned(),
            ..self.clone()
        }
    }

    pub(crate) async fn asks(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let answered = self.tries(method, path, body).await;
        answered.expect("a process answers")
    }

    /// A file, or the part of it that is asked for.
    pub(crate) async fn fetches(&self, path: &str, range: Option<&str>) -> reqwest::Response {
        let url = format!("{}/api/v1/{}{path}", self.url, self.center);
        let mut request = self.http.get(url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(range) = range {
            request = request.header(reqwest::header::RANGE, range);
        }
        request.send().await.unwrap()
    }

    /// As [`Self::asks`]; nothing while no process answers.
    pub(crate) async fn tries(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Option<(StatusCode, Value)> {
        let url = format!("{}/api/v1/{}{path}", self.url, self.center);
        let mut request = self.http.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status();
        Some((status, answer.json().await.unwrap_or_default()))
    }

    /// What an agent's screen shows at this moment; nothing while no process answers.
    pub(crate) async fn glances(&self) -> Option<Value> {
        let looking = async {
            let mut feed = self.opens("me").await?;
            while feed.picture.is_null() {
                feed.takes().await?;
            }
            Some(feed.picture)
        };
        tokio::time::timeout(Duration::from_secs(2), looking)
            .await
            .ok()?
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.asks(Method::GET, path, None).await;
        assert!(status.is_success(), "GET {path}: {status} {body}");
        body
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.asks(Method::POST, path, Some(body)).await;
        assert!(status.is_success(), "POST {path}: {status} {body}");
        body
    }

    /// Uploads a sound; answers its id.
    pub(crate) async fn upload(&self, wav: Vec<u8>) -> String {
        let url = format!("{}/api/v1/{}/sounds", self.url, self.center);
        let request = self.http.post(url).body(wav);
        let request = request.header("content-type", "audio/wav");
        let request = request.bearer_auth(self.token.as_deref().unwrap());
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["id"].as_str().expect("it is playable").to_owned()
    }

    /// Creates something; answers its number.
    pub(crate) async fn create(&self, path: &str, body: Value) -> u64 {
        self.post(path, body).await["id"].as_u64().unwrap()
    }

    /// Whoever has this session.
    pub(crate) fn with_session(&self, token: Option<String>) -> Self {
        Self {
            token,
            ..self.clone()
        }
    }

    /// Changes some fields of a settings object.
    pub(crate) async fn change(&self, path: &str, now: &Value, fields: Value) {
        let (status, body) = self.tries_to_change(path, now, fields).await;
        assert!(status.is_success(), "{body}");
    }

    pub(crate) async fn tries_to_change(
        &self,
        path: &str,
        now: &Value,
        fields: Value,
    ) -> (StatusCode, Value) {
        let mut changed = now.clone();
        let all = changed.as_object_mut().unwrap();
        all.remove("id");
        all.remove("version");
        all.extend(fields.as_object().unwrap().clone());
        let url = format!("{}/api/v1/{}{path}", self.url, self.center);
        let request = self
            .http
            .put(url)
            .bearer_auth(self.token.as_deref().unwrap());
        let request = request.header("if-match", format!("\"{}\"", now["version"]));
        let answer = request.json(&changed).send().await.unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or_default())
    }

    /// The contact, with what it has been through.
    pub(crate) async fn contact(&self, id: u64) -> Value {
        self.get(&format!("/contacts/{id}")).await
    }

    /// The same, if there is such a contact.
    pub(crate) async fn find_contact(&self, id: u64) -> Option<Value> {
        let path = format!("/contacts/{id}");
        let (status, body) = self.asks(Method::GET, &path, None).await;
        status.is_success().then_some(body)
    }

    /// Opens the live feed on a topic.
    pub(crate) async fn watch(&self, topic: &str) -> Live {
        self.opens(topic).await.expect("a process answers")
    }

    async fn opens(&self, topic: &str) -> Option<Live> {
        let host = self.url.strip_prefix("http").unwrap();
        let token = self.token.as_deref().unwrap();
        let url = format!("ws{host}/api/v1/{}/live?access_token={token}", self.center);
        let (mut socket, _) = tokio_tungstenite::connect_async(url).await.ok()?;
        let frame = json!({"subscribe": [topic]}).to_string();
        socket.send(Message::text(frame)).await.ok()?;
        Some(Live {
            socket,
            topic: topic.to_owned(),
            picture: Value::Null,
        })
    }
}

/// The live feed of one topic, with the picture that its frames make.
pub(crate) struct Live {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    topic: String,
    pub(crate) picture: Value,
}

impl Live {
    /// Waits until the picture is what is asked for, and answers it.
    pub(crate) async fn until(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let looking = async {
            while self.picture.is_null() || !is_it(&self.picture) {
                self.next().await;
            }
        };
        let seen = tokio::time::timeout(PATIENCE, looking).await;
        assert!(seen.is_ok(), "{what} is not in {:#}", self.picture);
        self.picture.clone()
    }

    /// Takes what has come by now.
    pub(crate) async fn glance(&mut self) {
        while let Ok(()) = tokio::time::timeout(GLANCE, self.next()).await {}
    }

    async fn next(&mut self) {
        self.takes().await.expect("the feed is open");
    }

    /// Takes the next frame; nothing when the feed is over.
    async fn takes(&mut self) -> Option<()> {
        let message = self.socket.next().await?.ok()?;
        let Message::Text(text) = message else {
            return Some(());
        };
        let frame: Value = serde_json::from_str(&text).unwrap();
        if frame["topic"] != *self.topic {
            return Some(());
        }
        match frame["kind"].as_str() {
            Some("snapshot") => self.picture = frame["data"].clone(),
            Some("delta") => merge(&mut self.picture, &frame["data"]),
            _ => panic!("{frame}"),
        }
        Some(())
    }

    /// Waits until the other side has closed the feed.
    pub(crate) async fn closed(mut self) {
        let closing = async { while let Some(Ok(_)) = self.socket.next().await {} };
        let closed = tokio::time::timeout(PATIENCE, closing).await;
        closed.expect("the feed is closed in time");
    }

    /// Goes away as a browser does that is closed.
    pub(crate) fn vanish(self) {
        drop(self.socket);
    }
}

/// RFC 7396 2; a field that is null is one that is not there.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (key, value) in patch {
        merge(&mut target[key], value);
    }
}

/// An agent at a desk: what the browser shows, and what it can do.
pub(crate) struct Desk {
    pub(crate) person: Person,
    pub(crate) feed: Live,
    pub(crate) id: u64,
    /// The Teams user.
    pub(crate) oid: String,
}

impl Desk {
    pub(crate) async fn wants(&self, intent: &str) {
        self.person
            .post("/me/state", json!({"intent": intent}))
            .await;
    }

    /// Waits until the agent's state is this.
    pub(crate) async fn is(&mut self, state: &str) -> Value {
        self.feed
            .until(state, |me| me["agent"]["state"] == state)
            .await
    }

    /// Waits for an offer; answers it.
    pub(crate) async fn offered(&mut self) -> Value {
        let me = self
            .feed
            .until("an offer", |me| me["offers"][0].is_object());
        me.await["offers"][0].clone()
    }

    pub(crate) async fn accept(&mut self) -> Value {
        let offer = self.offered().await;
        self.person
            .post(&format!("/offers/{}/accept", offer["id"]), json!({}))
            .await;
        offer
    }

    /// Waits until a contact is in this state; answers it.
    pub(crate) async fn has(&mut self, state: &str) -> Value {
        let me = self
            .feed
            .until(state, |me| me["contacts"][0]["state"] == state);
        me.await["contacts"][0].clone()
    }

    pub(crate) async fn hang_up(&self, contact: u64) {
        let path = format!("/contacts/{contact}/hang-up");
        self.person.post(&path, json!({})).await;
    }

    pub(crate) async fn complete(&self, contact: u64, disposition: u64) {
        let path = format!("/contacts/{contact}/wrap-up/complete");
        let result = json!({"disposition_id": disposition, "note": "Wants two."});
        self.person.post(&path, result).await;
    }
}
