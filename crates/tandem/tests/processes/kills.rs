//! SIGKILL from outside at seeded instants, in start-up too, while customers call and agents serve them.
//! Two processes; the emulated cloud is the judge: nobody lost, nothing carried out twice.
//!
//! `TANDEM_KILLS=1000 TANDEM_KILLS_SEED=7` ends it a thousand times.

use crate::stage::{Administrator, Cloud, Installation, PASSWORD, until};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tandem_emulator::defaults;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

/// Kills of an ordinary run.
const KILLS: u64 = 25;
/// Agents who serve.
const AGENTS: usize = 6;
/// Calls that are open at once, at most.
const OPEN_MAX: usize = 12;
/// How long a customer talks, ms.
const TALK_MS: u64 = 1_500;

//
#[tokio::test]
async fn nobody_is_lost_and_nothing_is_done_twice_however_often_the_process_is_killed() {
    let (kills, seed) = (
        number("TANDEM_KILLS").unwrap_or(KILLS),
        number("TANDEM_KILLS_SEED").unwrap_or(1),
    );
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let installation = Installation::new(&folder.path().join("home"), &cloud, None);
    let token = installation.setup_token();
    let mut process = installation.serve().await;
    let alex = installation.furnish(&cloud, &token).await;
    let agents = hire(&installation, &cloud, &alex).await;
    let mut floor = Floor {
        cloud: &cloud,
        placed: Vec::new(),
        open: BTreeSet::new(),
        ended: BTreeMap::new(),
        served: 0,
        rang_out: 0,
    };
    let mut chance = Chance(seed);
    for _ in 0..kills {
        floor.callers_come().await;
        let life = match chance.life() {
            Life::Starting(life) => life,
            Life::Serving(life) => {
                installation.is_ready().await;
                life
            }
        };
        // poll: the seeded instant of the next kill, which is what is tested
        tokio::time::sleep(life).await;
        process.kill();
        process = installation.spawn();
    }
    installation.is_ready().await;
    floor.everybody_is_served().await;
    let n_unheard = judge(&cloud, &alex, &floor).await;
    for agent in agents {
        agent.abort();
    }
    process.kill();
    println!(
        "{kills} kills (seed {seed}): {} calls, {} served, 0 lost, 0 doubled; {} rang out while no process ran, {n_unheard} talked meanwhile",
        floor.placed.len(),
        floor.served,
        floor.rang_out
    );
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A call that a customer placed.
#[derive(Debug)]
struct Placed {
    id: String,
    number: String,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Served,
    RangOut,
}

/// The customers of the day.
struct Floor<'a> {
    cloud: &'a Cloud,
    placed: Vec<Placed>,
    /// Calls by their id at the emulated cloud.
    open: BTreeSet<String>,
    ended: BTreeMap<String, Ended>,
    served: usize,
    /// Those for whom no process was there while it rang: nobody took the call, so nobody lost it.
    rang_out: usize,
}

impl Floor<'_> {
    /// Takes away those whose call is over, and lets others call.
    async fn callers_come(&mut self) {
        self.look().await;
        while self.open.len() < OPEN_MAX {
            let number = format!("+1206556{:04}", self.placed.len() % 10_000);
            let call = json!({
                "from": number,
                "to": defaults::RESOURCE_ACCOUNT_NUMBER,
                "script": [
                    { "do": "patience", "ms": 3_600_000 },
                    { "do": "talk", "ms": TALK_MS },
                ],
            });
            let placed = self.cloud.post("/_emulator/pstn-calls", &call).await;
            let id = placed["id"].as_str().unwrap().to_owned();
            self.open.insert(id.clone());
            self.placed.push(Placed { id, number });
        }
    }

    /// Whoever is done was served: the conversation ended as the customer meant it to.
    async fn look(&mut self) {
        for id in self.open.clone() {
            let call = self.cloud.get(&format!("/_emulator/pstn-calls/{id}")).await;
            if call["state"] == "ended" {
                self.open.remove(&id);
                let ended = match call["ended"].as_str() {
                    Some(TALKED) => Ended::Served,
                    Some(RANG_OUT) => Ended::RangOut,
                    _ => panic!("lost: {call:#}"),
                };
                match ended {
                    Ended::Served => self.served += 1,
                    Ended::RangOut => self.rang_out += 1,
                }
                self.ended.insert(id, ended);
            }
        }
    }

    async fn everybody_is_served(&mut self) {
        for _ in 0..ROUNDS_MAX {
            self.look().await;
            if self.open.is_empty() {
                return;
            }
            // poll: until every customer was served
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mut left = Vec::new();
        for id in &self.open {
            left.push(self.cloud.get(&format!("/_emulator/pstn-calls/{id}")).await);
        }
        panic!("lost: {left:#?}");
    }
}

/// What a phone says of a call that ended because its customer had said everything.
const TALKED: &str = "the conversation was over";
const RANG_OUT: &str = "nobody answered";
/// Looks until everybody must have been served.
const ROUNDS_MAX: usize = 3_000;

/// What the other side recorded, and what the contact center counted. Answers how many conversations began
/// and ended while no process ran: they are counted, but not as answered.
async fn judge(cloud: &Cloud, alex: &Administrator, floor: &Floor<'_>) -> usize {
    until("no call is left behind", async || {
        cloud.get("/_emulator/counters").await["calls"] == 0
    })
    .await;
    let counters = cloud.get("/_emulator/counters").await;
    assert_eq!(counters["second_executions"], 0, "{counters:#}");
    assert_eq!(floor.served + floor.rang_out, floor.placed.len());
    // Event Grid tries again after ten seconds and thirty; a phone rings for sixty.
    assert!(
        floor.rang_out * 4 < floor.placed.len().max(40),
        "{} of {} rang out",
        floor.rang_out,
        floor.placed.len()
    );
    let contacts = contacts_by_number(alex).await;
    let (mut n_contacts, mut n_unheard) = (0, 0);
    for call in &floor.placed {
        let found = contacts.get(&call.number).map_or(&[][..], Vec::as_slice);
        n_contacts += found.len();
        // A call that rang out may have been heard of before nobody answered it.
        let expected = if floor.ended[&call.id] == Ended::Served {
            1..=1
        } else {
            0..=1
        };
        assert!(expected.contains(&found.len()), "{call:?}: {found:#?}");
        for contact in found {
            assert_eq!(contact["state"], "ended", "{call:?}: {contact:#}");
            let (served, reason) = (floor.ended[&call.id] == Ended::Served, reason(contact));
            match reason.as_str() {
                "handled" => assert!(served, "{call:?}: {contact:#}"),
                // Event Grid's last attempt came when nobody's phone rang any more.
                "error_media" => assert!(!served && failed_to_answer(contact), "{contact:#}"),
                _ => n_unheard += 1,
            }
        }
    }
    let n_all = contacts.values().flatten().count();
    assert_eq!(n_contacts, n_all, "contacts of nobody");
    assert!(n_unheard * 5 < n_all, "{n_unheard} of {n_all}");
    n_unheard
}

fn entry<'a>(contact: &'a Value, what: &str) -> Option<&'a Value> {
    let timeline = contact["timeline"].as_array()?;
    timeline.iter().find(|it| it["what"] == what)
}

fn reason(contact: &Value) -> String {
    let ended = entry(contact, "ended").expect("an ended contact");
    ended["detail"]["reason"].as_str().unwrap().to_owned()
}

fn failed_to_answer(contact: &Value) -> bool {
    entry(contact, "order_failed").is_some_and(|it| it["detail"]["order"] == "answer")
}

/// Every contact there is, by the number of its customer.
async fn contacts_by_number(alex: &Administrator) -> BTreeMap<String, Vec<Value>> {
    let mut contacts = BTreeMap::<_, Vec<Value>>::new();
    for id in 1.. {
        let (status, found) = alex.find(&format!("/contacts/{id}")).await;
        if status == 404 {
            return contacts;
        }
        assert_eq!(status, 200, "{found:#}");
        let number = found["customer"]["number"].as_str().unwrap().to_owned();
        contacts.entry(number).or_default().push(found);
    }
    unreachable!("a contact has no last id")
}

/// How long a process lives: from its first instruction, or from the moment it is ready.
enum Life {
    Starting(Duration),
    Serving(Duration),
}

/// When the next kill comes: a quarter in start-up, most soon after it, one in eight late.
struct Chance(u64);

impl Chance {
    fn life(&mut self) -> Life {
        let ms = Duration::from_millis;
        match self.roll() % 8 {
            0 => Life::Serving(ms(1_500 + self.roll() % 1_500)),
            1 | 2 => Life::Starting(ms(self.roll() % 300)),
            _ => Life::Serving(ms(self.roll() % 500)),
        }
    }

    /// splitmix64.
    const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// Agents whose Teams clients answer at once; each works until the test is over.
async fn hire(
    installation: &Installation,
    cloud: &Cloud,
    alex: &Administrator,
) -> Vec<JoinHandle<()>> {
    let users = cloud.get("/_emulator/teams-users").await;
    let users = users.as_array().unwrap().iter().take(AGENTS);
    let mut agents = Vec::new();
    for (n, user) in users.enumerate() {
        let oid = user["oid"].as_str().unwrap();
        let behaviour = json!({"behaviour": {"do": "answer", "after_ms": 20}});
        let path = format!("/_emulator/teams-users/{oid}/behaviour");
        cloud.put(&path, &behaviour).await;
        let username = format!("agent-{n}");
        let agent = json!({
            "name": username, "username": username, "password": PASSWORD, "teams_user_id": oid,
        });
        alex.create("/agents", &agent).await;
        let person = alex.signed_in_as(&username).await;
        let feed = person.feed_url(&installation.url);
        agents.push(tokio::spawn(work(person, feed)));
    }
    agents
}

/// Ready, accepts, and begins again whenever the feed is over, as a browser does.
async fn work(person: Administrator, feed: String) {
    loop {
        // A feed that is over is opened again; nothing is wrong with that.
        shift(&person, &feed).await.unwrap_or_default();
        // poll: until a process answers again
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn shift(person: &Administrator, feed: &str) -> Option<()> {
    let (mut socket, _) = tokio_tungstenite::connect_async(feed).await.ok()?;
    let frame = json!({"subscribe": ["me"]}).to_string();
    socket.send(Message::text(frame)).await.ok()?;
    loop {
        let Message::Text(text) = socket.next().await?.ok()? else {
            continue;
        };
        let frame: Value = serde_json::from_str(&text).ok()?;
        if frame["topic"] != "me" || frame["kind"] != "snapshot" {
            continue;
        }
        let me = &frame["data"];
        let state = me["agent"]["state"].as_str().unwrap_or_default();
        if matches!(state, "signed_out" | "not_ready") {
            let ready = json!({"intent": "ready"});
            person.try_post("/me/state", &ready).await?;
        }
        if let Some(offer) = me["offers"][0]["id"].as_u64() {
            let path = format!("/offers/{offer}/accept");
            person.try_post(&path, &json!({})).await?;
        }
    }
}
