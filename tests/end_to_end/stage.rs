//! One test's world: a cloud, a contact center on a data directory, and its administrator.

use crate::cloud::Cloud;
use crate::person::{Desk, PASSWORD, Person};
use crate::storage;
use crate::wait::until;
use crate::weather::{Time, Weather};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tandem_core::ids::ContactId;
use tandem_emulator::{ClockKind, defaults};
use tandem_server::arrival::ArrivalDetail;
use tandem_server::center::Centers;
use tandem_server::engine::{Clock, SteppedClock};
use tandem_server::{Between, Emulator, Options};
use tandem_store::Sounds;
use tempfile::TempDir;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

pub(crate) const CENTER: &str = "contoso";
/// A group of Entra that the configuration makes supervisors.
pub(crate) const GROUP: &str = "ee123456-1234-1234-1234-eee123456789";

/// A process that serves, which can be stopped and started again on the same data and address.
pub(crate) struct Server {
    pub(crate) url: String,
    folder: PathBuf,
    config: String,
    listen: SocketAddr,
    seams: Seams,
    process: Option<Process>,
}

/// Where a test reaches into a process and between it and the cloud.
pub(crate) struct Seams {
    pub(crate) clock: Arc<dyn Clock>,
    /// Where Communication Services is asked, if not in the cloud itself.
    pub(crate) endpoint: Option<String>,
    /// Where flows ask the business system "crm".
    pub(crate) business_system: Option<String>,
    pub(crate) between: Option<Between>,
    /// Whether it listens for calls by trunks.
    pub(crate) trunks: Trunks,
}

/// Whether a process listens for calls by trunks, and what stands on their other side.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Trunks {
    None,
    /// By UDP and TCP; whoever calls is the test's. With what stands in the configuration of it besides.
    Alone(String),
    /// By TLS too; the cloud has a carrier, phones and Teams' proxies.
    WithNeighbors,
}

impl Seams {
    pub(crate) fn of(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            endpoint: None,
            business_system: None,
            between: None,
            trunks: Trunks::None,
        }
    }
}

impl Server {
    /// Starts a new one; answers the token of the set-up link of each contact center as well.
    pub(crate) async fn found(
        folder: &Path,
        centers: &[(&str, &Cloud)],
        proofs: Proofs,
        seams: Seams,
    ) -> (Self, Vec<String>) {
        std::fs::create_dir_all(folder).unwrap();
        tandem_server::setup::write_data_key(&folder.join("data.key")).unwrap();
        tandem_server::setup::write_secret(&folder.join("acs.key"), defaults::ACCESS_KEY).unwrap();
        let secrets = [
            ("application.secret", defaults::CLIENT_SECRET),
            ("header.secret", HEADER_SECRET),
        ];
        for (file, secret) in secrets {
            tandem_server::setup::write_secret(&folder.join(file), secret).unwrap();
        }
        let mut tokens = Vec::new();
        for (center, _) in centers {
            let issued = tandem_server::setup::issue(&folder.join("data"), center).await;
            tokens.push(issued.unwrap().unwrap().reveal().to_owned());
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = listener.local_addr().unwrap();
        let mut server = Self {
            url: format!("http://{listen}"),
            folder: folder.to_owned(),
            config: config_text(folder, listen, centers, proofs, &seams),
            listen,
            seams,
            process: None,
        };
        server.run(listener).await;
        (server, tokens)
    }

    async fn run(&mut self, listener: TcpListener) {
        let parsed = tandem_server::config::parse(&self.config, Path::new("/"), &|_| None);
        let options = Options {
            emulator: Emulator::Allowed,
            listener: Some(listener),
            clock: Arc::clone(&self.seams.clock),
            between: self.seams.between.clone(),
            ..Options::new(parsed.unwrap())
        };
        self.process = Some(Process::start(options).await);
    }

    /// What `tandem check` finds wrong with the configuration, by key.
    pub(crate) async fn troubles(&self) -> Vec<String> {
        let parsed = tandem_server::config::parse(&self.config, Path::new("/"), &|_| None);
        let findings = tandem_server::config::trial::all(&parsed.unwrap()).await;
        let troubles = findings.into_iter().filter(|it| it.trouble.is_some());
        troubles.map(|it| it.what).collect()
    }

    /// Another secret of the application, as a file with it would have.
    pub(crate) fn writes_secret(&self, secret: &str) {
        std::fs::write(self.folder.join("application.secret"), secret).unwrap();
    }

    /// As on SIGTERM.
    pub(crate) async fn stop(&mut self) {
        self.process.take().unwrap().stop().await;
    }

    /// Without a chance to do anything before.
    pub(crate) async fn die(&mut self) {
        self.process.take().unwrap().die().await;
    }

    /// Where calls by trunks are listened for: by UDP, by TCP, and where there are neighbors by TLS.
    pub(crate) fn trunk_listeners<const N: usize>(&self) -> [SocketAddr; N] {
        let process = self.process.as_ref().unwrap();
        process.trunk_listeners.clone().try_into().unwrap()
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The personal data of an arrival, which no screen shows whole.
    /// The word that only those who were subscribed to know.
    pub(crate) fn client_state(&self, center: &str) -> String {
        let process = self.process.as_ref().unwrap();
        let center = process.centers.get(center).unwrap();
        let id = center.engine.center();
        let hash = center.keys.keyed_hash(id, "graph notices");
        format!("{hash:032x}")
    }

    pub(crate) async fn arrival(&self, center: &str, contact: u64) -> ArrivalDetail {
        let process = self.process.as_ref().unwrap();
        let center = process.centers.get(center).unwrap();
        let arrival = center.engine.view().read(|projection| {
            let contacts = &projection.center.state().contacts;
            contacts.get(ContactId(contact)).unwrap().arrival
        });
        let id = center.engine.center();
        let read = tandem_server::arrival::read(center.store.as_ref(), &center.keys, id, arrival);
        read.await.unwrap()
    }

    /// Removes the sounds of a contact center that were not named for so long; answers how many.
    pub(crate) async fn forget_sounds(&self, center: &str, unnamed_for: Duration) -> usize {
        let process = self.process.as_ref().unwrap();
        let center = process.centers.get(center).unwrap();
        let (id, none) = (center.engine.center(), BTreeSet::new());
        let forgotten = center.store.forget_sounds(id, &none, unnamed_for).await;
        forgotten.unwrap()
    }

    /// Another process on the same data and address.
    pub(crate) async fn start_again(&mut self) {
        // The threads of the one before may take a moment to end.
        let free = async || {
            let store = tandem_server::open_store(&self.data_dir()).await.ok()?;
            store.close().await.ok()
        };
        until("the free data directory", free).await;
        let listener = TcpListener::bind(self.listen).unwrap();
        self.run(listener).await;
    }
}

/// A thread that all tasks of the server end with, as they do with a process.
struct Process {
    centers: Arc<Centers>,
    trunk_listeners: Vec<SocketAddr>,
    stop: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
}

impl Process {
    async fn start(options: Options) -> Self {
        let (started, centers) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let (over, ended) = oneshot::channel();
        std::thread::spawn(move || {
            let tasks = Builder::new_current_thread().enable_all().build().unwrap();
            tasks.block_on(async {
                let running = tandem_server::start(options).await.unwrap();
                let listeners = running.trunk_listeners().into_iter();
                let listeners: Vec<_> = listeners.map(|(_, address)| address).collect();
                started
                    .send((Arc::clone(running.centers()), listeners))
                    .ok();
                // A stage that is dropped leaves without a word.
                if stopped.await.is_ok() {
                    running.shutdown().await;
                }
            });
            drop(tasks);
            over.send(()).ok();
        });
        let (centers, trunk_listeners) = centers.await.unwrap();
        Self {
            centers,
            trunk_listeners,
            stop,
            ended,
        }
    }

    async fn stop(self) {
        let Self {
            centers,
            stop,
            ended,
            ..
        } = self;
        drop(centers);
        stop.send(()).unwrap();
        ended.await.unwrap();
    }

    async fn die(self) {
        let Self {
            centers,
            stop,
            ended,
            ..
        } = self;
        drop((centers, stop));
        ended.await.unwrap();
    }
}

/// How contact center and cloud prove to each other who they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proofs {
    /// The access key of the resource; a token of Entra with every event.
    KeyAndToken,
    /// The secret of an application of Entra; a header with every event.
    SecretAndHeader,
}

/// What Event Grid sends as a header.
pub(crate) const HEADER_SECRET: &str = "the secret of the subscription";

fn config_text(
    folder: &Path,
    listen: SocketAddr,
    centers: &[(&str, &Cloud)],
    proofs: Proofs,
    seams: &Seams,
) -> String {
    let mut text = format!(
        r#"
[server]
listen = "{listen}"
public_base_url = "http://{listen}"

[store]
data_dir = {data}
key_file = {key}
"#,
        data = quoted(&folder.join("data")),
        key = quoted(&folder.join("data.key")),
    );
    text += &storage::config();
    if seams.trunks != Trunks::None {
        text += TRUNKS;
    }
    if let Trunks::Alone(more) = &seams.trunks {
        text += more;
    }
    if let (Trunks::WithNeighbors, Some((_, cloud))) = (&seams.trunks, centers.first()) {
        text += &neighbors(cloud);
    }
    for (center, cloud) in centers {
        text += &format!(
            r#"
[[centers]]
id = "{center}"
name = "The {center} center"
time_zone = "Europe/Berlin"
context_headers = ["X-Customer-Tier"]
webhooks_to_private_addresses = true
trust_root = {ca}
entra_authority = "{https}"
callback_keys_url = "{https}/calling/keys"
test_calls_url = "{http}/_emulator/pstn-calls"
microsoft = {{ graph = "{https}" }}
[centers.acs]
endpoint = "{endpoint}"
resource_id = "{resource}"
tenant_id = "{tenant}"
"#,
            ca = quoted(cloud.ca()),
            https = cloud.running.https_url(),
            http = cloud.running.http_url(),
            endpoint = seams
                .endpoint
                .clone()
                .unwrap_or_else(|| cloud.running.https_url()),
            resource = defaults::ACS_RESOURCE,
            tenant = defaults::TENANT,
        );
        text += &match proofs {
            Proofs::KeyAndToken => key_and_token(folder, &cloud.running.https_url()),
            Proofs::SecretAndHeader => secret_and_header(folder),
        };
        text += &sign_in(folder);
        if let Some(url) = &seams.business_system {
            text += &business_system(folder, url);
        }
    }
    text
}

/// Any ports: the process tells which.
const TRUNKS: &str = r#"
[direct_routing]
name = "127.0.0.1"
udp = "127.0.0.1:0"
tcp = "127.0.0.1:0"
media_address = "127.0.0.1"
media_ports = "0"
"#;

/// An SBC of the emulated tenant, which knows where the emulated proxies are.
fn neighbors(cloud: &Cloud) -> String {
    let sip = cloud.running.sip.as_ref().unwrap();
    let mut text = format!(
        "tls = \"127.0.0.1:0\"\ncertificate = {}\nkey = {}\ntrust_root = {}\n[direct_routing.hosts]\n",
        quoted(&sip.sbc_certificate),
        quoted(&sip.sbc_key),
        quoted(cloud.ca()),
    );
    for (name, address) in sip.names() {
        text += &format!("\"{name}\" = \"{address}\"\n");
    }
    text
}

fn key_and_token(folder: &Path, https: &str) -> String {
    format!(
        r#"access_key_file = {key}

[centers.event_grid]
audience = "{audience}"
issuer = "https://login.microsoftonline.com/{tenant}/v2.0"
keys_url = "{https}/{tenant}/discovery/v2.0/keys"
"#,
        key = quoted(&folder.join("acs.key")),
        audience = defaults::APP,
        tenant = defaults::TENANT,
    )
}

fn secret_and_header(folder: &Path) -> String {
    format!(
        r#"client_id = "{application}"
client_secret_file = {secret}

[centers.event_grid.secret_header]
name = "x-subscription-secret"
value_file = {value}
"#,
        application = defaults::APP,
        secret = quoted(&folder.join("application.secret")),
        value = quoted(&folder.join("header.secret")),
    )
}

/// The emulated tenant's people, and those of another one that has nobody.
fn sign_in(folder: &Path) -> String {
    format!(
        r#"
[centers.sign_in]
tenants = ["{tenant}", "{other}"]
client_id = "{application}"
client_secret_file = {secret}
session_minutes = 10
groups = {{ "{GROUP}" = "supervisor" }}
"#,
        tenant = defaults::TENANT,
        other = "11111111-44d7-43e1-9a83-5f2406dee5bd",
        application = defaults::APP,
        secret = quoted(&folder.join("application.secret")),
    )
}

fn business_system(folder: &Path, url: &str) -> String {
    format!(
        r#"
[[centers.business_systems]]
name = "crm"
base_url = "{url}"
secret_headers = [{{ name = "x-api-key", value_file = {value} }}]
"#,
        value = quoted(&folder.join("header.secret")),
    )
}

fn quoted(path: &Path) -> String {
    json!(path.to_string_lossy()).to_string()
}

pub(crate) struct Stage {
    pub(crate) cloud: Cloud,
    pub(crate) server: Server,
    /// The administrator.
    pub(crate) alex: Person,
    pub(crate) users: Vec<String>,
    _time: Time,
    _folder: TempDir,
}

impl Stage {
    /// A contact center without settings, to which incoming calls are delivered.
    pub(crate) async fn new() -> Self {
        Self::with_clock(ClockKind::Real).await
    }

    /// One whose cloud moves only when told to.
    pub(crate) async fn with_clock(clock: ClockKind) -> Self {
        Self::unsubscribed(clock).await.subscribed().await
    }

    async fn subscribed(self) -> Self {
        let (status, answer) = self.cloud.subscribe(&self.server.url, CENTER).await;
        assert_eq!(
            (status, &answer["state"]),
            (201, &json!("active")),
            "{answer}"
        );
        self
    }

    pub(crate) async fn unsubscribed(clock: ClockKind) -> Self {
        Self::with_proofs(clock, Proofs::KeyAndToken).await
    }

    pub(crate) async fn with_proofs(clock: ClockKind, proofs: Proofs) -> Self {
        Self::made(clock, proofs, None).await
    }

    /// One whose flows can ask the business system "crm", which is there.
    pub(crate) async fn with_business_system(url: &str) -> Self {
        let (clock, proofs) = (ClockKind::Real, Proofs::KeyAndToken);
        let stage = Self::made(clock, proofs, Some(url.to_owned())).await;
        stage.subscribed().await
    }

    /// One that listens for calls by trunks, in clear weather: nothing of them goes by the cloud.
    pub(crate) async fn with_trunks(more: &str) -> Self {
        Self::listening(Trunks::Alone(more.to_owned())).await
    }

    /// The same, with what stands on the other side of trunks in the cloud.
    pub(crate) async fn with_neighbors() -> Self {
        Self::listening(Trunks::WithNeighbors).await
    }

    async fn listening(trunks: Trunks) -> Self {
        let time = Time::of(Weather::Clear);
        let seams = Seams {
            trunks,
            ..Seams::of(Arc::clone(&time.clock))
        };
        let clocks = (ClockKind::Real, time);
        Self::set_up_with(clocks, Weather::Clear, Proofs::KeyAndToken, seams).await
    }

    /// One in clear weather, whatever it is for the others: for what takes its time by a real clock.
    pub(crate) async fn in_clear_weather() -> Self {
        let clocks = (ClockKind::Real, Time::of(Weather::Clear));
        let stage = Self::set_up(clocks, Weather::Clear, Proofs::KeyAndToken, None).await;
        stage.subscribed().await
    }

    /// One whose process has a clock that stands still until a test moves it.
    pub(crate) async fn with_time(clock: Arc<SteppedClock>) -> Self {
        Self::with_times(ClockKind::Real, clock).await
    }

    /// The same, of a cloud with such a clock.
    pub(crate) async fn with_times(cloud: ClockKind, clock: Arc<SteppedClock>) -> Self {
        let (time, proofs) = (Time::standing(clock), Proofs::KeyAndToken);
        let stage = Self::set_up((cloud, time), Weather::Clear, proofs, None).await;
        stage.subscribed().await
    }

    async fn made(clock: ClockKind, proofs: Proofs, business_system: Option<String>) -> Self {
        let weather = Weather::now();
        let clock = match weather {
            Weather::Clear => clock,
            Weather::Stormy => ClockKind::Stepped,
        };
        let clocks = (clock, Time::of(weather));
        Self::set_up(clocks, weather, proofs, business_system).await
    }

    /// The first clock is that of the cloud.
    async fn set_up(
        (clock, time): (ClockKind, Time),
        weather: Weather,
        proofs: Proofs,
        business_system: Option<String>,
    ) -> Self {
        let seams = Seams {
            business_system,
            ..Seams::of(Arc::clone(&time.clock))
        };
        Self::set_up_with((clock, time), weather, proofs, seams).await
    }

    async fn set_up_with(
        (clock, mut time): (ClockKind, Time),
        weather: Weather,
        proofs: Proofs,
        seams: Seams,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("cloud");
        let cloud = match seams.trunks {
            Trunks::None | Trunks::Alone(_) => Box::pin(Cloud::start(data, clock)).await,
            Trunks::WithNeighbors => Box::pin(Cloud::with_neighbors(data, clock)).await,
        };
        let home = folder.path().join("home");
        let centers = [(CENTER, &cloud)];
        let (server, tokens) = Server::found(&home, &centers, proofs, seams).await;
        let alex = first_administrator(&server.url, CENTER, &tokens[0]).await;
        let users = cloud.users().await;
        weather.strike(&cloud).await;
        time.flow(&cloud);
        Self {
            _time: time,
            cloud,
            server,
            alex,
            users,
            _folder: folder,
        }
    }

    /// One with [`Self::floor`].
    pub(crate) async fn with_floor(offer_by: &str) -> Self {
        let stage = Self::new().await;
        stage.floor(offer_by).await;
        stage
    }

    /// [`make_floor`] for the main number.
    pub(crate) async fn floor(&self, offer_by: &str) {
        make_floor(&self.alex, offer_by).await;
    }

    /// [`make_flow`] for the main number.
    pub(crate) async fn flow(&self, nodes: Value) {
        make_flow(&self.alex, nodes).await;
    }

    /// Waits until a contact is over and its story says so; answers it.
    pub(crate) async fn ended(&self, contact: u64) -> Value {
        let look = async || {
            let contact = self.alex.find_contact(contact).await?;
            let timeline = contact["timeline"].as_array()?;
            let is_over = timeline.iter().any(|it| it["what"] == "ended");
            is_over.then_some(contact)
        };
        until("the end of the contact", look).await
    }

    /// Posts to a route of the Microsoft cloud.
    pub(crate) async fn deliver(&self, path: &str, token: Option<&str>, body: String) -> Answer {
        let request = self.cloud.http.post(format!("{}{path}", self.server.url));
        let mut request = request
            .header("content-type", "application/json")
            .body(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        let kind = answer.headers().get("content-type");
        let kind = kind.map(|it| it.to_str().unwrap().to_owned());
        Answer {
            status: answer.status().as_u16(),
            kind: kind.unwrap_or_default(),
            body: answer.json().await.unwrap_or_default(),
        }
    }

    /// A counter; all tests of one process count together.
    pub(crate) async fn metric(&self, name: &str) -> u64 {
        let request = self.cloud.http.get(format!("{}/metrics", self.server.url));
        let text = request.send().await.unwrap().text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.map_or(0, |value| value.trim().parse().unwrap())
    }

    /// An agent who is the n-th Teams user, and ready.
    pub(crate) async fn agent(&self, n: usize, username: &str) -> Desk {
        let mut desk = self.seated(n, username).await;
        desk.wants("ready").await;
        desk.is("available").await;
        desk
    }

    /// An agent who is the n-th Teams user, and ready; there may be an offer at once.
    pub(crate) async fn agent_who(&self, n: usize, username: &str) -> Desk {
        let desk = self.seated(n, username).await;
        desk.wants("ready").await;
        desk
    }

    /// An agent who is the n-th Teams user, and watches.
    pub(crate) async fn seated(&self, n: usize, username: &str) -> Desk {
        seat(&self.alex, &self.users[n], username).await
    }
}

/// Greeting, queue, hang-up; with queue 1 and disposition 1.
pub(crate) async fn make_floor(alex: &Person, offer_by: &str) {
    let queue = json!({
        "name": "Service", "offer_by": offer_by, "music": "Soft piano music.",
        "wrap_up": {"mode": "required", "seconds": 0},
    });
    let queue = alex.create("/queues", queue).await;
    let disposition = json!({"label": "Sold", "queue_ids": [queue]});
    alex.create("/dispositions", disposition).await;
    let nodes = json!([
        {"id": "greeting", "kind": "play", "prompt": {"text": "Hi."}, "next": "wait", "failed": "sorry"},
        {"id": "wait", "kind": "queue", "queue_id": queue, "timeout": "sorry", "full": "sorry"},
        {"id": "sorry", "kind": "play", "prompt": {"text": "Sorry."}, "next": "end", "failed": "end"},
        {"id": "end", "kind": "end"},
    ]);
    make_flow(alex, nodes).await;
}

/// The flow of the main number, which starts with the first node.
async fn make_flow(alex: &Person, nodes: Value) {
    let flow = json!({"name": "Main", "start": nodes[0]["id"], "nodes": nodes});
    let flow = alex.create("/flows", flow).await;
    let endpoint = json!({
        "name": "Main number", "resource_account_id": defaults::RESOURCE_ACCOUNT, "flow_id": flow,
    });
    alex.create("/endpoints", endpoint).await;
}

/// An agent with a Teams user, who watches.
pub(crate) async fn seat(alex: &Person, oid: &str, username: &str) -> Desk {
    let agent = json!({
        "name": format!("Agent {username}"), "username": username, "password": PASSWORD,
        "teams_user_id": oid,
    });
    let id = alex.create("/agents", agent).await;
    let person = alex.sign_in(username).await;
    let feed = person.watch("me").await;
    Desk {
        person,
        feed,
        id,
        oid: oid.to_owned(),
    }
}

/// What a route of the Microsoft cloud answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The content type.
    pub(crate) kind: String,
    pub(crate) body: Value,
}

/// The first administrator, by the one-time link.
pub(crate) async fn first_administrator(url: &str, center: &str, token: &str) -> Person {
    let nobody = Person::new(url, center);
    let account = json!({
        "token": token, "username": "alex", "password": PASSWORD, "name": "Alex Admin",
    });
    nobody.post("/setup", account).await;
    nobody.sign_in("alex").await
}
