//! The crash matrix: a scripted day of calls, lived through again and again, while the process ends at
//! each of its records and requests, in each of four places. The day must come out as if nothing had been.

use crate::cloud::{CALLER, Cloud};
use crate::person::Person;
use crate::stage::{CENTER, Proofs, Seams, Server, Trunks, first_administrator, make_floor, seat};
use crate::trap::{Place, Trap, TrappedStore, proxy};
use crate::wait::until;
use crate::weather::Time;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_emulator::ClockKind;
use tandem_server::Between;
use tempfile::TempDir;

/// More occasions than a day has.
const OCCASIONS_MAX: u64 = 200;

struct Theatre {
    offer_by: &'static str,
    cloud: Cloud,
    server: Server,
    trap: Arc<Trap>,
    alex: Person,
    ann: Person,
    /// Her Teams client.
    ann_oid: String,
    bob: Person,
    /// Contacts so far.
    n_contacts: u64,
    _time: Time,
    _folder: TempDir,
}

impl Theatre {
    async fn open(offer_by: &'static str) -> Self {
        let trap = Arc::new(Trap::default());
        let mut time = Time::stepped();
        let folder = tempfile::tempdir().unwrap();
        let cloud = Cloud::start(folder.path().join("cloud"), ClockKind::Stepped).await;
        let endpoint = proxy(cloud.running.http_url(), Arc::clone(&trap)).await;
        let between: Between = {
            let trap = Arc::clone(&trap);
            Arc::new(move |inner| {
                let trap = Arc::clone(&trap);
                Arc::new(TrappedStore { inner, trap })
            })
        };
        let seams = Seams {
            clock: Arc::clone(&time.clock),
            endpoint: Some(endpoint),
            business_system: None,
            between: Some(between),
            trunks: Trunks::None,
        };
        let home = folder.path().join("home");
        let centers = [(CENTER, &cloud)];
        let (server, tokens) = Server::found(&home, &centers, Proofs::KeyAndToken, seams).await;
        let alex = first_administrator(&server.url, CENTER, &tokens[0]).await;
        let (status, _) = cloud.subscribe(&server.url, CENTER).await;
        assert_eq!(status, 201);
        make_floor(&alex, offer_by).await;
        // How long who gives up has waited differs from day to day, and what became of them must not.
        let queue = alex.get("/queues/1").await;
        let document = json!({"short_abandon_s": 0});
        alex.change("/queues/1", &queue, document).await;
        let users = cloud.users().await;
        let ann = seat(&alex, &users[0], "ann").await.person;
        let bob = seat(&alex, &users[1], "bob").await.person;
        time.flow(&cloud);
        Self {
            offer_by,
            cloud,
            server,
            trap,
            alex,
            ann,
            ann_oid: users[0].clone(),
            bob,
            n_contacts: 0,
            _time: time,
            _folder: folder,
        }
    }

    /// A day during which the process ends there, and another follows; answers at what it ended, if the
    /// day came to that occasion, and what the day amounted to.
    async fn day(&mut self, place: Place, nth: u64) -> (Option<String>, Value) {
        let first = self.n_contacts + 1;
        self.trap.set(place, nth);
        let script = Script {
            offer_by: self.offer_by,
            ann_oid: &self.ann_oid,
            cloud: &self.cloud,
            alex: &self.alex,
            ann: &self.ann,
            bob: &self.bob,
            first,
        };
        let mut playing = Box::pin(script.play());
        let outcome = tokio::select! {
            outcome = &mut playing => outcome,
            () = self.trap.sprung() => {
                self.server.die().await;
                let again = self.server.start_again();
                let (outcome, ()) = tokio::join!(playing, again);
                outcome
            }
        };
        self.n_contacts += 3;
        let sprung_at = self.trap.take();
        (sprung_at, outcome)
    }
}

/// One caller is served, one gives up in the queue, one is declined and served by somebody else. Whoever
/// acts looks first, and tries again while no process answers, as people do.
struct Script<'a> {
    offer_by: &'a str,
    ann_oid: &'a str,
    cloud: &'a Cloud,
    alex: &'a Person,
    ann: &'a Person,
    bob: &'a Person,
    first: u64,
}

impl Script<'_> {
    async fn play(self) -> Value {
        self.wants(self.ann, "ready").await;
        let served = self.cloud.dial().await;
        self.takes(self.ann, self.first).await;
        let gives_up = self.cloud.dial_from(CALLER, json!({})).await;
        self.contact_is(self.first + 1, "queued").await;
        gives_up.hears("Soft piano music.").await;
        gives_up.hang_up().await;
        self.contact_is(self.first + 1, "ended").await;
        served.hang_up().await;
        self.completes(self.ann, self.first).await;
        self.client_of_ann(json!({"do": "decline", "after_ms": 20}))
            .await;
        let declined = self.cloud.dial().await;
        self.declines(self.ann, self.first + 2).await;
        self.wants(self.bob, "ready").await;
        self.takes(self.bob, self.first + 2).await;
        self.client_of_ann(json!({"do": "answer", "after_ms": 20}))
            .await;
        self.hangs_up(self.bob, self.first + 2).await;
        declined.is("ended").await;
        self.completes(self.bob, self.first + 2).await;
        self.wants(self.ann, "signed_out").await;
        self.wants(self.bob, "signed_out").await;
        self.nothing_is_left().await;
        self.summary().await
    }

    /// In Teams the client declines, on the desk the agent does.
    async fn client_of_ann(&self, behaviour: Value) {
        if self.offer_by == "teams" {
            self.cloud.behaves(self.ann_oid, behaviour).await;
        }
    }

    async fn wants(&self, agent: &Person, intent: &str) {
        let asks = async || {
            let wish = json!({"intent": intent});
            let (status, _) = agent.tries(Method::POST, "/me/state", Some(wish)).await?;
            status.is_success().then_some(())
        };
        until(intent, asks).await;
    }

    /// Accepts the contact until the two talk.
    async fn takes(&self, agent: &Person, contact: u64) {
        let acts = async || {
            let me = agent.glances().await?;
            let offer = &me["offers"][0];
            if offer["contact_id"] == contact {
                let path = format!("/offers/{}/accept", offer["id"]);
                agent.tries(Method::POST, &path, Some(json!({}))).await;
            }
            let held = &me["contacts"][0];
            (held["id"] == contact && held["state"] == "connected").then_some(())
        };
        until("a conversation", acts).await;
    }

    async fn declines(&self, agent: &Person, contact: u64) {
        let acts = async || {
            let me = agent.glances().await?;
            let offer = &me["offers"][0];
            if offer["contact_id"] == contact {
                let path = format!("/offers/{}/decline", offer["id"]);
                agent.tries(Method::POST, &path, Some(json!({}))).await;
            }
            let contact = self.find(contact).await?;
            has(&contact, "offer_ended").then_some(())
        };
        until("a declined offer", acts).await;
    }

    async fn hangs_up(&self, agent: &Person, contact: u64) {
        let acts = async || {
            let path = format!("/contacts/{contact}/hang-up");
            agent.tries(Method::POST, &path, Some(json!({}))).await;
            let contact = self.find(contact).await?;
            has(&contact, "conversation_ended").then_some(())
        };
        until("the end of a conversation", acts).await;
    }

    async fn completes(&self, agent: &Person, contact: u64) {
        let acts = async || {
            let path = format!("/contacts/{contact}/wrap-up/complete");
            let result = json!({"disposition_id": 1, "note": "Wants two."});
            agent.tries(Method::POST, &path, Some(result)).await;
            let contact = self.find(contact).await?;
            has(&contact, "ended").then_some(())
        };
        until("a contact that is done", acts).await;
    }

    async fn contact_is(&self, contact: u64, state: &str) {
        let looks = async || {
            let contact = self.find(contact).await?;
            (contact["state"] == state || (state == "ended" && has(&contact, "ended")))
                .then_some(())
        };
        until(state, looks).await;
    }

    async fn find(&self, contact: u64) -> Option<Value> {
        let path = format!("/contacts/{contact}");
        let (status, contact) = self.alex.tries(Method::GET, &path, None).await?;
        status.is_success().then_some(contact)
    }

    /// No call is left with anybody in it.
    async fn nothing_is_left(&self) {
        let looks = async || {
            let counters = self.cloud.get("/_emulator/counters").await;
            (counters["calls"] == 0).then_some(())
        };
        until("the end of all calls", looks).await;
    }

    /// What became of the day's contacts, and what the other side saw.
    async fn summary(&self) -> Value {
        let mut contacts = Vec::new();
        for contact in self.first..self.first + 3 {
            let look = async || self.find(contact).await;
            let contact = until("a contact", look).await;
            let ended = line(&contact, "ended").cloned().unwrap_or_default();
            let talked = line(&contact, "connected").cloned().unwrap_or_default();
            let over = line(&contact, "conversation_ended").cloned();
            contacts.push(json!({
                "reason": ended["detail"]["reason"],
                "agent": talked["detail"]["agent"],
                "by": over.unwrap_or_default()["detail"]["by"],
            }));
        }
        let fourth = self.find(self.first + 3).await;
        let counters = self.cloud.get("/_emulator/counters").await;
        json!({
            "contacts": contacts,
            "more": fourth.is_some(),
            "second_executions": counters["second_executions"],
            "given_up": counters["events_given_up"],
        })
    }
}

fn line<'a>(contact: &'a Value, what: &str) -> Option<&'a Value> {
    contact["timeline"]
        .as_array()?
        .iter()
        .find(|it| it["what"] == what)
}

fn has(contact: &Value, what: &str) -> bool {
    line(contact, what).is_some()
}

/// How many days ended at what, by place.
type Matrix = BTreeMap<String, BTreeMap<Place, u64>>;

/// One place after another, each at every occasion of the day; two theatres share the occasions.
async fn matrix(offer_by: &'static str, places: &[Place]) -> Matrix {
    let (mut matrix, even) = tokio::join!(half(offer_by, places, 1), half(offer_by, places, 2));
    for (what, ends) in even {
        let row = matrix.entry(what).or_default();
        for (place, n) in ends {
            *row.entry(place).or_default() += n;
        }
    }
    matrix
}

/// Every second occasion, from the first that is named.
async fn half(offer_by: &'static str, places: &[Place], first: u64) -> Matrix {
    let mut theatre = Theatre::open(offer_by).await;
    let (sprung_at, expected) = theatre.day(Place::BeforeAppend, OCCASIONS_MAX).await;
    assert_eq!(sprung_at, None, "a day has fewer occasions");
    let mut matrix = Matrix::new();
    for place in places {
        for nth in (first..OCCASIONS_MAX).step_by(2) {
            let (sprung_at, outcome) = theatre.day(*place, nth).await;
            assert_eq!(
                outcome, expected,
                "{place:?}, occasion {nth}, at {sprung_at:?}"
            );
            let Some(sprung_at) = sprung_at else { break };
            let row = matrix.entry(sprung_at).or_default();
            *row.entry(*place).or_default() += 1;
        }
    }
    matrix
}

//
#[tokio::test]
async fn day_comes_out_the_same_whichever_record_the_process_ends_before() {
    let matrix = matrix("tandem", &[Place::BeforeAppend]).await;
    show("offers on the desk, before append", &matrix);
}

//
#[tokio::test]
async fn day_comes_out_the_same_whichever_record_the_process_ends_after() {
    let matrix = matrix("tandem", &[Place::AfterAppend]).await;
    show("offers on the desk, after append", &matrix);
}

//
#[tokio::test]
async fn day_comes_out_the_same_whichever_request_the_process_ends_after() {
    let places = [Place::AfterRequest, Place::BeforeOutcome];
    let matrix = matrix("tandem", &places).await;
    show("offers on the desk, requests", &matrix);
}

//
#[tokio::test]
async fn day_whose_offers_ring_in_teams_comes_out_the_same_whichever_request_the_process_ends_after()
 {
    let matrix = matrix("teams", &[Place::AfterRequest]).await;
    show("offers in Teams, requests", &matrix);
}

//
#[tokio::test]
async fn day_whose_offers_ring_in_teams_comes_out_the_same_whichever_record_the_process_ends_after()
{
    let matrix = matrix("teams", &[Place::AfterAppend]).await;
    show("offers in Teams, after append", &matrix);
}

/// With `TANDEM_WRITE_DOCS=1` the table in the documents is written anew from what was lived through.
fn show(title: &str, matrix: &Matrix) {
    let n: u64 = matrix.values().flat_map(BTreeMap::values).sum();
    println!("{title}: {n} ends, all the same");
    assert!(n > 10, "{title}: {matrix:?}");
    if std::env::var_os("TANDEM_WRITE_DOCS").is_some() {
        write_table(title, matrix);
    }
}

/// One at a time writes.
static WRITING: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn write_table(title: &str, matrix: &Matrix) {
    let _alone = WRITING.lock().unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reliability.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (begin, end) = (format!("<!-- matrix: {title} -->"), "<!-- end -->");
    let (head, rest) = text.split_once(&begin).expect("the document has the table");
    let (_, tail) = rest.split_once(end).expect("the table has an end");
    let mut table = String::from(
        "| at | before append | after append | after the request left | after the answer, before its outcome is stored |\n|---|---|---|---|---|\n",
    );
    for (what, ends) in matrix {
        let cells = [
            Place::BeforeAppend,
            Place::AfterAppend,
            Place::AfterRequest,
            Place::BeforeOutcome,
        ];
        let cells = cells.map(|place| match ends.get(&place) {
            Some(n) => format!("same, {n} of {n}"),
            None => String::new(),
        });
        table += &format!("| `{what}` | {} |\n", cells.join(" | "));
    }
    std::fs::write(path, format!("{head}{begin}\n{table}{end}{tail}")).unwrap();
}
