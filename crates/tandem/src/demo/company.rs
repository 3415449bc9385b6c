//! The fictional company: its skills, queues, flow, people. Made through the API by its administrator,
//! as a real one would.

use super::callers::Phones;
use super::profile::Profile;
use super::{main_menu, prompts, teams};
use crate::api::Api;
use anyhow::Context;
use serde_json::{Value, json};
use tandem_emulator::defaults;

/// The contact center's id.
pub(super) const CENTER: &str = "contoso";
/// What it is called.
pub(super) const NAME: &str = "Contoso service";
/// The password of everybody in the demo.
pub(super) const PASSWORD: &str = "tandem-demo-1";
/// Who sits at the browser as an agent.
pub(super) const VISITOR: &str = "ava";
/// Who watches the floor.
pub(super) const SUPERVISOR: &str = "sam";
/// Who administers.
pub(super) const ADMINISTRATOR: &str = "alex";
/// Robots on the floor.
pub(super) const ROBOTS: usize = 18;
/// The line that a benchmark fills.
const LONG_LINE: &str = "Long line";
const LONG_LINE_WAITING_MAX: u64 = 10_000;
/// The calling codes of the countries that may be called.
const COUNTRIES: [&str; 6] = ["1", "33", "41", "43", "44", "49"];
/// What those who wait hear.
const MUSIC: &str = "You are in the queue. Soft piano music plays until somebody is free.";

/// A Teams user of the emulated tenant.
#[derive(Clone, Debug)]
pub(super) struct TeamsUser {
    pub(super) oid: String,
    pub(super) name: String,
}

/// What the company needs of the tenant.
pub(super) struct Tenant {
    pub(super) resource_account: String,
    pub(super) users: Vec<TeamsUser>,
}

/// An agent of the company who is a robot.
#[derive(Clone, Debug)]
pub(super) struct Robot {
    pub(super) username: String,
}

/// The made company.
pub(super) struct Company {
    pub(super) robots: Vec<Robot>,
    /// Reasons to be not ready that robots use.
    pub(super) breaks: Vec<u64>,
}

/// The administrator: by the one-time link when the contact center is new.
pub(super) async fn open(anybody: &Api, setup_token: Option<&str>) -> anyhow::Result<Api> {
    if let Some(token) = setup_token {
        let account = json!({
            "token": token,
            "username": ADMINISTRATOR,
            "password": PASSWORD,
            "name": "Alex Kim",
        });
        anybody.post("/setup", &account).await?;
    }
    anybody.sign_in(ADMINISTRATOR, PASSWORD).await
}

/// Has calls of the emulated tenant delivered to the contact center.
pub(super) async fn subscribe(phones: &Phones, url: &str) -> anyhow::Result<()> {
    let subscription = json!({
        "endpoint": format!("{url}/api/event-grid/{CENTER}"),
        "entra": { "audience": defaults::APP },
    });
    phones
        .post("/_emulator/event-subscriptions", &subscription)
        .await?;
    Ok(())
}

/// A line of its own in which very many may wait and nobody serves; answers the number to dial.
pub(super) async fn open_long_line(api: &Api, phones: &Phones) -> anyhow::Result<String> {
    let queues = api.get("/queues").await?;
    let mut queue = queues["items"][0].clone();
    let fields = queue.as_object_mut().context("the company has no queue")?;
    fields.retain(|name, _| name != "id" && name != "version");
    let skill = api.create("/skills", &json!({ "name": LONG_LINE })).await?;
    queue["requirements"] = json!([{ "skill_id": skill, "min_level": 1 }]);
    queue["name"] = json!(LONG_LINE);
    // It measures those who wait, and not the sentences that they hear.
    queue["announce"] = Value::Null;
    queue["max_waiting"] = json!(LONG_LINE_WAITING_MAX);
    let queue = api.create("/queues", &queue).await?;
    let flow = api.create("/flows", &long_line(queue)).await?;
    let tenant = phones.get("/_emulator/tenant").await?;
    let account = &tenant["resource_accounts"][1];
    let endpoint =
        json!({ "name": LONG_LINE, "resource_account_id": account["oid"], "flow_id": flow });
    api.create("/endpoints", &endpoint).await?;
    let number = account["number"].as_str();
    Ok(number.context("the tenant has one number only")?.to_owned())
}

/// Straight into a queue.
fn long_line(queue: u64) -> Value {
    let nodes = json!([
        { "id": "queue", "kind": "queue", "queue_id": queue, "timeout": "end", "full": "end", "failed": null },
        { "id": "end", "kind": "end" },
    ]);
    json!({ "name": LONG_LINE, "start": "queue", "nodes": nodes })
}

/// Makes the company, or recognizes it when it is there already.
pub(super) async fn found(
    api: &Api,
    profile: &Profile,
    tenant: &Tenant,
) -> anyhow::Result<Company> {
    let standing = api.get("/queues").await?;
    let is_new = standing["items"].as_array().is_none_or(Vec::is_empty);
    if is_new {
        make(api, profile, tenant).await?;
    }
    let reasons = api.get("/reasons").await?;
    let breaks = reasons["items"].as_array().into_iter().flatten();
    let breaks = breaks.filter_map(|reason| reason["id"].as_u64()).collect();
    let robots = (1..=ROBOTS)
        .map(|n| Robot {
            username: robot_username(n),
        })
        .collect();
    Ok(Company { robots, breaks })
}

fn robot_username(n: usize) -> String {
    format!("agent{n:02}")
}

async fn make(api: &Api, profile: &Profile, tenant: &Tenant) -> anyhow::Result<()> {
    for (label, productive) in [("Break", false), ("Lunch", false), ("Training", true)] {
        api.create(
            "/reasons",
            &json!({ "label": label, "productive": productive }),
        )
        .await?;
    }
    let hours = api.create("/schedules", &main_menu::hours()).await?;
    let mut queues = Vec::new();
    let mut skills = Vec::new();
    for (index, subject) in profile.queues.iter().enumerate() {
        let skill = api
            .create("/skills", &json!({ "name": subject.name }))
            .await?;
        let queue = api
            .create("/queues", &queue(index, &subject.name, skill, hours))
            .await?;
        skills.push(skill);
        queues.push((subject.name.clone(), queue));
    }
    for label in [
        "Solved",
        "Order placed",
        "Call back needed",
        "Complaint",
        "Wrong department",
    ] {
        api.create("/dispositions", &json!({ "label": label, "queue_ids": [] }))
            .await?;
    }
    let prompts = prompts::make(api, &queues).await?;
    let flow = api
        .create("/flows", &main_menu::flow(&queues, &prompts, hours))
        .await?;
    let endpoint = json!({
        "name": "Main number",
        "resource_account_id": tenant.resource_account,
        "flow_id": flow,
    });
    let endpoint = api.create("/endpoints", &endpoint).await?;
    let rules = json!({ "endpoint_id": endpoint, "countries": COUNTRIES, "ring_s": 45 });
    for (_, queue) in &queues {
        let path = format!("/queues/{queue}");
        api.change(&path, &json!({ "calling_out": rules })).await?;
    }
    make_people(api, &skills, &tenant.users).await?;
    teams::connect(api).await
}

/// Position and wait, as far as it is known, in the languages of the prompts.
fn announce() -> Value {
    json!({
        "first_s": 20,
        "every_s": 60,
        "position": "You are number {position} in the line.",
        "wait": {
            "under_a_minute": "It takes less than a minute.",
            "minutes": "It takes about {minutes} minutes.",
            "over_an_hour": "It takes more than an hour.",
        },
        "language": "en-US",
        "languages": {
            "de-DE": {
                "position": "Sie sind Nummer {position} in der Reihe.",
                "wait": {
                    "under_a_minute": "Es dauert weniger als eine Minute.",
                    "minutes": "Es dauert etwa {minutes} Minuten.",
                    "over_an_hour": "Es dauert länger als eine Stunde.",
                },
            },
        },
    })
}

fn queue(index: usize, name: &str, skill: u64, hours: u64) -> Value {
    // The second queue rings the agents' Teams clients at once; both ways stand side by side.
    let offer_by = if index == 1 { "teams" } else { "tandem" };
    // The first one records what its customers were told of.
    let recording = (index == 0).then(|| {
        json!({
            "when": "always", "channels": "unmixed", "consent": "announced", "on_failure": "warn",
            "pause_max_s": 300, "after_transfer": "own_rule", "keep_days": 30,
        })
    });
    json!({
        "name": name,
        "recording": recording,
        "short_name": short(name),
        "requirements": [{ "skill_id": skill, "min_level": 1 }],
        "strategy": if index == 3 { "best_skill" } else { "longest_idle" },
        "offer_by": offer_by,
        "offer_timeout_s": 20,
        "join_timeout_s": 60,
        "wrap_up": { "mode": "required_timeboxed", "seconds": 45 },
        "service_level": { "threshold_s": 20, "target_percent": 80 },
        "short_abandon_s": 5,
        "max_wait_s": 1200,
        "max_waiting": 100,
        "priority": if index == 3 { 2 } else { 5 },
        "cooldown_s": 60,
        "music": MUSIC,
        "announce": announce(),
        "hours_id": hours,
        "targets": { "waiting": 3, "longest_wait_s": 60 },
    })
}

fn short(name: &str) -> String {
    match name {
        "Everyday banking" => "Banking".to_owned(),
        "New customers" => "New cust.".to_owned(),
        "Online help" => "Online".to_owned(),
        "Return calls" => "Returns".to_owned(),
        "English desk" => "English".to_owned(),
        other => other.chars().take(10).collect(),
    }
}

async fn make_people(api: &Api, skills: &[u64], users: &[TeamsUser]) -> anyhow::Result<()> {
    let enough = "the emulated tenant has too few users";
    let visitor = users.first().context(enough)?;
    api.create(
        "/agents",
        &agent(VISITOR, "Ava Martin", &visitor.oid, &["agent"], skills, 0),
    )
    .await?;
    let sam = users.get(1).context(enough)?;
    api.create(
        "/agents",
        &agent(SUPERVISOR, "Sam Rivera", &sam.oid, &["supervisor"], &[], 0),
    )
    .await?;
    for n in 1..=ROBOTS {
        let user = users.get(n + 1).context(enough)?;
        let body = agent(
            &robot_username(n),
            &user.name,
            &user.oid,
            &["agent"],
            skills,
            n,
        );
        api.create("/agents", &body).await?;
    }
    Ok(())
}

/// An agent. Everybody can do everyday banking; of the rest each robot has its own part.
fn agent(username: &str, name: &str, oid: &str, roles: &[&str], skills: &[u64], n: usize) -> Value {
    let has =
        |index: usize| index == 0 || n == 0 || (n + index).is_multiple_of(3) || index == 5 && n < 4;
    let level = |index: usize| 3 + (n * 7 + index * 5) % 8;
    let skills: Vec<Value> = skills
        .iter()
        .enumerate()
        .filter(|(index, _)| has(*index))
        .map(|(index, skill)| json!({ "skill_id": skill, "level": level(index) }))
        .collect();
    json!({
        "name": name,
        "username": username,
        "password": PASSWORD,
        "teams_user_id": oid,
        "skills": skills,
        "enabled": true,
        "roles": roles,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::flow_schema::assert_fits;

    #[test]
    fn flows_of_the_demo_fit_the_published_schema() {
        let queues = [("Sales".to_owned(), 1), ("Support".to_owned(), 2)];
        let prompts = main_menu::Prompts {
            greeting: 1,
            menu: 2,
            menu_again: 3,
            message: 4,
            thanks: 5,
            sorry: 6,
        };
        assert_fits(&main_menu::flow(&queues, &prompts, 1));
        assert_fits(&long_line(3));
    }
}
