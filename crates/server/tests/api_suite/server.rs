//! A server for one test, and people who talk to it.

use futures::{SinkExt, StreamExt};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;
use tandem_core::ids::AgentId;
use tandem_server::config::{
    Acs, Center, Config, Credential, EventGrid, Log, RecordingPlace, Server as ServerConfig, Store,
    Transport,
};
use tandem_server::{Emulator, Options, Running};
use tandem_store::{
    AccountId, Accounts, CenterId, DataKey, KeyFamily, NewAccount, Token, UnixMicros,
};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub(crate) const PASSWORD: &str = "a long password";
/// How long anything that was asked for may take to show.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Server {
    pub(crate) running: Running,
    pub(crate) url: String,
    pub(crate) setup_token: Token,
    pub(crate) folder: TempDir,
}

impl Server {
    /// One contact center, `contoso`.
    pub(crate) async fn start() -> Self {
        Self::with_centers(&[("contoso", "UTC")]).await
    }

    /// The set-up link is for the first one.
    pub(crate) async fn with_centers(centers: &[(&str, &str)]) -> Self {
        Self::configured(centers, |_| {}).await
    }

    /// The same with a configuration that says more.
    pub(crate) async fn configured(
        centers: &[(&str, &str)],
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("data");
        let token = tandem_server::setup::issue(&data_dir, centers[0].0)
            .await
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut configured = config(&data_dir, &url, centers);
        configure(&mut configured);
        let options = Options {
            emulator: Emulator::Refused,
            notice: Some("A notice.".into()),
            listener: Some(listener),
            ..Options::new(configured)
        };
        let running = tandem_server::start(options).await.unwrap();
        Self {
            running,
            url,
            setup_token: token.unwrap(),
            folder,
        }
    }

    pub(crate) fn nobody(&self) -> Person {
        Person::new(&self.url, "contoso")
    }

    /// The first administrator, by the one-time link.
    pub(crate) async fn administrator(&self) -> Person {
        let nobody = self.nobody();
        let sent = json!({
            "token": self.setup_token.reveal(), "username": "alex", "password": PASSWORD,
            "name": "Alex Admin",
        });
        nobody
            .post("/setup", sent)
            .await
            .expect_status(StatusCode::CREATED);
        nobody.sign_in("alex").await
    }

    /// An account with roles of its own, put into the store as no route does it.
    pub(crate) async fn account(
        &self,
        center: &str,
        username: &str,
        roles: &[&str],
        agent: Option<u64>,
    ) -> AccountId {
        let center = self.running.centers().get(center).unwrap();
        let first = center
            .store
            .accounts(&CenterId::parse("contoso").unwrap(), None)
            .await
            .unwrap();
        let account = NewAccount {
            center: center.id().clone(),
            username: username.into(),
            password_hash: first[0].password_hash.clone(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            agent: agent.map(AgentId),
            name: None,
        };
        center
            .store
            .create_account(account, UnixMicros(0))
            .await
            .unwrap()
    }
}

pub(crate) fn config(data_dir: &Path, url: &str, centers: &[(&str, &str)]) -> Config {
    let url: url::Url = url.parse().unwrap();
    let center = |(id, time_zone): &(&str, &str)| Center {
        id: CenterId::parse(id).unwrap(),
        name: format!("The {id} center"),
        time_zone: (*time_zone).to_owned(),
        public_base_url: url.clone(),
        acs: Acs {
            endpoint: "http://127.0.0.1:9".parse().unwrap(),
            resource_id: "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".into(),
            tenant_id: "87d349ed-44d7-43e1-9a83-5f2406dee5bd".into(),
            credential: Credential::AccessKey("c2VjcmV0".into()),
            cognitive_services_endpoint: None,
        },
        callback_keys_url: "http://127.0.0.1:9/keys".parse().unwrap(),
        callback_issuer: "https://issuer.example".into(),
        event_grid: EventGrid::SecretHeader {
            name: axum::http::HeaderName::from_static("x-secret"),
            value: "secret".into(),
        },
        entra_authority: "http://127.0.0.1:9".parse().unwrap(),
        microsoft: tandem_server::config::MicrosoftCloud {
            authority: "http://127.0.0.1:9".parse().unwrap(),
            graph: "http://127.0.0.1:9".parse().unwrap(),
        },
        trust_root: None,
        context_headers: std::collections::BTreeSet::new(),
        business_systems: std::collections::BTreeMap::new(),
        sign_in: tandem_server::config::SignIn::default(),
        webhook_reach: tandem_server::webhooks::Reach::Public,
        test_calls_url: None,
    };
    Config {
        direct_routing: None,
        server: ServerConfig {
            listen: ([127, 0, 0, 1], 0).into(),
            public_base_url: url.clone(),
            transport: Transport::Plain,
        },
        store: Store {
            data_dir: data_dir.to_owned(),
            keys: KeyFamily::new(DataKey::new(1, [7; 32])),
            key_files: Vec::new(),
            recordings: RecordingPlace::Directory(data_dir.join("recordings")),
        },
        centers: centers.iter().map(center).collect(),
        log: Log::default(),
    }
}

/// Somebody who talks to one contact center.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
    pub(crate) center: String,
    pub(crate) token: Option<String>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect_status(self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// A problem document with this status and code.
    #[track_caller]
    pub(crate) fn expect_problem(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status.as_u16(), self.body["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.body
        );
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert_eq!(
            self.body["trace_id"].as_str(),
            self.headers["x-trace-id"].to_str().ok()
        );
    }
}

impl Person {
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
        let sent = json!({ "username": username, "password": PASSWORD });
        let body = self
            .post("/sign-in", sent)
            .await
            .expect_status(StatusCode::OK);
        Self {
            token: body["token"].as_str().map(str::to_owned),
            ..self.clone()
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/api/v1/{}{path}", self.url, self.center);
        let request = self.http.request(method, url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, version: u64, body: Value) -> Answer {
        let request = self.request(Method::PUT, path).json(&body);
        send(request.header("if-match", format!("\"{version}\""))).await
    }

    pub(crate) async fn delete(&self, path: &str, version: u64) -> Answer {
        let request = self.request(Method::DELETE, path);
        send(request.header("if-match", format!("\"{version}\""))).await
    }

    /// Creates something and answers it.
    pub(crate) async fn create(&self, path: &str, body: Value) -> Value {
        self.post(path, body)
            .await
            .expect_status(StatusCode::CREATED)
    }

    /// Creates an agent, who signs in.
    pub(crate) async fn agent(&self, username: &str, n: u8) -> (u64, Self) {
        let sent = json!({
            "name": format!("Agent {username}"), "username": username, "password": PASSWORD,
            "teams_user_id": format!("00000000-0000-0000-0000-0000000000{n:02}"),
        });
        let made = self.create("/agents", sent).await;
        let nobody = Self {
            token: None,
            ..self.clone()
        };
        (made["id"].as_u64().unwrap(), nobody.sign_in(username).await)
    }

    pub(crate) async fn live(&self) -> Live {
        let query = self
            .token
            .as_ref()
            .map(|token| format!("access_token={token}"));
        Live::open(&self.url, &self.center, &query.unwrap_or_default(), &[])
            .await
            .unwrap()
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let bytes = answer.bytes().await.unwrap();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Answer {
        status,
        headers,
        body,
    }
}

/// A live feed.
pub(crate) struct Live {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Live {
    /// Answers the status when it is not opened.
    pub(crate) async fn open(
        url: &str,
        center: &str,
        query: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let host = url.strip_prefix("http").unwrap();
        let url = format!("ws{host}/api/v1/{center}/live?{query}");
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => {
                Err(answer.status().as_u16())
            }
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn say(&mut self, frame: Value) {
        self.socket
            .send(Message::text(frame.to_string()))
            .await
            .unwrap();
    }

    /// The next frame; none when it was closed, with the code.
    pub(crate) async fn next(&mut self) -> Result<Value, Option<u16>> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await;
            match message.expect("a frame in time") {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|it| it.code.into())),
                Some(Err(_)) | None => return Err(None),
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next frame that is what is asked for.
    pub(crate) async fn until(&mut self, mut is_it: impl FnMut(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < deadline {
            let frame = self.next().await.expect("the feed is open");
            if is_it(&frame) {
                return frame;
            }
        }
        panic!("what was waited for did not come")
    }

    /// Waits until the server has closed the feed; answers the code.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }
}
