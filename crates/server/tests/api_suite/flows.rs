//! Flows: what is kept, and what is refused by name before a customer can reach it.

use crate::server::{Person, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn flow_comes_back_as_it_was_sent() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/queues", json!({"name": "Sales"})).await;
    let nodes = json!([
        {"id": "ask", "kind": "collect", "prompt": {"text": "Press 1."}, "max_digits": 1,
         "timeout_s": 5, "attribute": "choice", "terminator": "none", "between_digits_s": 5,
         "masked": false, "next": "which", "failed": "wait", "no_input": "wait"},
        {"id": "end", "kind": "end"},
        {"id": "greet", "kind": "play", "prompt": {"url": "https://example.com/hi.wav"},
         "next": "ask", "failed": "ask"},
        {"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "end", "full": "end"},
        {"id": "which", "kind": "branch", "attribute": "choice",
         "cases": [{"equals": "1", "next": "wait"}], "otherwise": "end"},
    ]);
    let made = alex
        .create(
            "/flows",
            json!({"name": "Main", "start": "greet", "nodes": nodes}),
        )
        .await;
    assert_eq!(made["nodes"], nodes);
    let changed = alex
        .put("/flows/1", 1, made)
        .await
        .expect_status(StatusCode::OK);
    assert_eq!(changed["version"], 2);
}

#[tokio::test]
async fn node_that_cannot_be_carried_out_is_refused_by_name() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    for kind in ["survey", "wait", "teleport"] {
        let nodes =
            json!([{"id": "first", "kind": kind, "anything": 1}, {"id": "end", "kind": "end"}]);
        let (field, detail) = refusal(&alex, "first", nodes).await;
        assert_eq!(field, "nodes.first.kind");
        assert!(detail.contains(kind), "{detail}");
    }
}

#[tokio::test]
async fn missing_target_and_endless_loop_are_refused_at_their_node() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let play = |next: &str| json!({"id": "a", "kind": "play", "prompt": {"text": "Hello."}, "next": next, "failed": next});
    let (field, _) = refusal(&alex, "a", json!([play("nowhere")])).await;
    assert_eq!(field, "nodes.a.next");
    let (field, detail) = refusal(&alex, "a", json!([play("a")])).await;
    assert_eq!(field, "nodes.a");
    assert!(detail.contains("loop without exit"), "{detail}");
    let twice = json!([{"id": "a", "kind": "end"}, {"id": "a", "kind": "end"}]);
    let (field, _) = refusal(&alex, "a", twice).await;
    assert_eq!(field, "nodes.a.id");
}

#[tokio::test]
async fn misspelled_and_missing_fields_of_a_node_are_refused() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let end = json!({"id": "end", "kind": "end"});
    let misspelled = json!({
        "id": "a", "kind": "play", "prompt": {"text": "Hello."}, "next": "end", "failed": "end", "nxt": "a",
    });
    let (field, detail) = refusal(&alex, "a", json!([end, misspelled])).await;
    assert!(
        field.starts_with("nodes[1]") && detail.contains("nxt"),
        "{field}: {detail}"
    );
    let missing = json!({"id": "a", "kind": "play", "prompt": {"text": "Hello."}, "next": "end"});
    let (field, detail) = refusal(&alex, "a", json!([end, missing])).await;
    assert!(
        field.starts_with("nodes[1]") && detail.contains("failed"),
        "{field}: {detail}"
    );
}

#[tokio::test]
async fn sub_flow_comes_back_as_it_was_sent_and_may_lead_neither_nowhere_nor_back() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let end = json!({"id": "end", "kind": "end"});
    let inner = json!({"name": "Inner", "start": "end", "nodes": [end]});
    let inner = alex.create("/flows", inner).await;
    let into = |id: u64| {
        let into = json!({"id": "in", "kind": "sub_flow", "flow_id": id, "next": "other"});
        let other = json!({"id": "other", "kind": "sub_flow", "flow_id": id, "next": "end",
            "failed": "end"});
        json!([end, into, other])
    };
    let main = json!({"name": "Main", "start": "in", "nodes": into(1)});
    let made = alex.create("/flows", main).await;
    assert_eq!(made["nodes"], into(1));
    let (field, detail) = refusal(&alex, "in", into(9)).await;
    assert_eq!(field, "nodes.in.flow_id");
    assert!(detail.contains("no flow 9"), "{detail}");
    let mut back = inner;
    back["start"] = json!("in");
    back["nodes"] = into(2);
    let answer = alex.put("/flows/1", 1, back).await;
    answer.expect_problem(422, "invalid");
    assert_eq!(answer.body["errors"][0]["field"], "nodes.in.flow_id");
    let answer = alex.delete("/flows/1", 1).await;
    answer.expect_problem(409, "in_use");
}

#[tokio::test]
async fn question_that_is_asked_again_comes_back_as_it_was_sent_and_is_refused_where_it_says_nothing()
 {
    let server = Server::start().await;
    let alex = server.administrator().await;
    let end = json!({"id": "end", "kind": "end"});
    let ask = |more: Value| {
        let mut ask = json!({
            "id": "ask", "kind": "collect", "prompt": {"text": "Your number."}, "max_digits": 4, "timeout_s": 5,
            "attribute": "number", "terminator": "#", "between_digits_s": 5, "masked": false, "next": "end",
            "failed": "end", "no_input": "end",
        });
        let fields = ask.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        json!([ask, end])
    };
    let again = ask(json!({"retries": 2, "retry_prompt": {"text": "Once more."}}));
    let flow = json!({"name": "Main", "start": "ask", "nodes": again});
    let made = alex.create("/flows", flow).await;
    assert_eq!(made["nodes"], again);
    let (field, _) = refusal(&alex, "ask", ask(json!({"retries": 6}))).await;
    assert_eq!(field, "nodes.ask.retries");
    let never = ask(json!({"retry_prompt": {"text": "Once more."}}));
    let (field, detail) = refusal(&alex, "ask", never).await;
    assert_eq!(field, "nodes.ask.retry_prompt");
    assert!(detail.contains("retries of 1 to 5"), "{detail}");
    let silent = ask(json!({"retries": 1, "retry_prompt": {"text": " "}}));
    let (field, _) = refusal(&alex, "ask", silent).await;
    assert_eq!(field, "nodes.ask.retry_prompt");
}

#[tokio::test]
async fn check_tells_every_mistake_and_every_suspicion_and_saves_nothing() {
    let server = Server::start().await;
    let alex = server.administrator().await;
    alex.create("/queues", json!({"name": "Sales"})).await;
    let play = |id: &str, next: &str| json!({"id": id, "kind": "play", "prompt": {"text": "Your PIN is {pin}."}, "next": next, "failed": next});
    let ask = json!({"id": "ask", "kind": "collect", "prompt": {"text": "PIN?"}, "max_digits": 4,
        "timeout_s": 5, "attribute": "pin", "masked": true, "next": "tell", "failed": "end", "no_input": "end"});
    let wait =
        json!({"id": "wait", "kind": "queue", "queue_id": 1, "timeout": "wait", "full": "end"});
    let end = json!({"id": "end", "kind": "end"});
    let flow = |nodes: Value| json!({"name": "Main", "start": "ask", "nodes": nodes});
    let good = flow(json!([
        ask,
        play("tell", "wait"),
        wait,
        end,
        play("lost", "end")
    ]));
    let checked = alex.post("/flows/check", good.clone()).await;
    let checked = checked.expect_status(StatusCode::OK);
    assert_eq!(checked["errors"], json!([]));
    let told = |warnings: &Value| -> Vec<(String, String)> {
        let warnings = warnings.as_array().unwrap().iter();
        let word = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
        warnings
            .map(|it| (word(it, "field"), word(it, "code")))
            .collect()
    };
    let expected = [
        ("nodes.lost", "unreachable"),
        ("nodes.lost.prompt", "masked_value_used"),
        ("nodes.tell.prompt", "masked_value_used"),
        ("nodes.wait.timeout", "circle_without_progress"),
    ];
    let expected = expected.map(|(field, code)| (field.to_owned(), code.to_owned()));
    assert_eq!(told(&checked["warnings"]), expected);
    let none = alex.get("/flows").await.expect_status(StatusCode::OK);
    assert_eq!(none["items"], json!([]));
    let made = alex.create("/flows", good).await;
    assert_eq!(told(&made["warnings"]), expected);
    let again = alex.put("/flows/1", 1, made).await;
    again.expect_status(StatusCode::OK);

    let bad = flow(json!([
        ask,
        play("tell", "nowhere"),
        play("lost", "gone"),
        wait,
        end
    ]));
    let checked = alex.post("/flows/check", bad).await;
    let checked = checked.expect_status(StatusCode::OK);
    let fields: Vec<_> = { checked["errors"].as_array().unwrap().iter() }
        .map(|it| (it["field"].as_str().unwrap(), it["code"].as_str().unwrap()))
        .collect();
    let expected = ["nodes.lost.next", "nodes.tell.next"].map(|it| (it, "invalid"));
    assert_eq!(fields, expected);
    let kind = flow(json!([{"id": "a", "kind": "teleport"}]));
    let checked = alex.post("/flows/check", kind).await;
    let checked = checked.expect_status(StatusCode::OK);
    assert_eq!(checked["errors"][0]["field"], "nodes.a.kind");
}

async fn refusal(person: &Person, start: &str, nodes: Value) -> (String, String) {
    let sent = json!({"name": "Main", "start": start, "nodes": nodes});
    let answer = person.post("/flows", sent).await;
    answer.expect_problem(422, "invalid");
    let error = &answer.body["errors"][0];
    let word = |key: &str| error[key].as_str().unwrap().to_owned();
    (word("field"), word("detail"))
}
