//! The main menu of the company: what callers hear in each language, and the way that they go. Values alone: a test
//! of whole calls goes through the same document (`tests/end_to_end/pace.rs`).

use serde_json::{Value, json};

/// How long a caller has to choose, s; whoever needs more has a key for it.
const CHOOSE_S: u32 = 15;
const CHOOSE_SLOWLY_S: u32 = 60;
const RECORDED: &str = "Calls to this line are recorded.";
/// Where those go on who choose the first queue, or nothing.
const FIRST: &str = "told";

/// The prompts of the menu, as texts or as their numbers.
pub(crate) struct Prompts<T> {
    pub(crate) greeting: T,
    pub(crate) menu: T,
    /// After a key that leads nowhere, or none.
    pub(crate) menu_again: T,
    pub(crate) message: T,
    pub(crate) thanks: T,
    pub(crate) sorry: T,
}

/// A prompt under its name, in English and in German.
pub(crate) struct Spoken {
    pub(crate) name: &'static str,
    pub(crate) texts: [String; 2],
}

/// What is said.
pub(crate) fn texts(queues: &[(String, u64)]) -> Prompts<Spoken> {
    let keys = |line: fn(&str, usize) -> String| {
        let lines = queues.iter().enumerate();
        let lines = lines.map(|(index, (name, _))| line(name, index + 1));
        lines.collect::<Vec<_>>().join(", ")
    };
    let english = keys(|name, key| format!("for {name} press {key}"));
    let german = keys(|name, key| format!("für {name} die {key}"));
    let spoken = |name: &'static str, texts: [&str; 2]| Spoken {
        name,
        texts: texts.map(str::to_owned),
    };
    Prompts {
        greeting: spoken(
            "Greeting",
            ["Welcome to Contoso.", "Willkommen bei Contoso."],
        ),
        menu: Spoken {
            name: "Main menu",
            texts: [
                format!(
                    "Please choose: {english}. If you need more time, press star. Für Deutsch drücken Sie die 9."
                ),
                format!("Bitte wählen Sie: {german}. Wenn Sie mehr Zeit brauchen, die Sterntaste."),
            ],
        },
        menu_again: Spoken {
            name: "Main menu again",
            texts: [
                format!(
                    "We did not understand that. Once more: {english}. For more time press star."
                ),
                format!(
                    "Das haben wir nicht verstanden. Noch einmal: {german}. Für mehr Zeit die Sterntaste."
                ),
            ],
        },
        message: spoken(
            "Leave a message",
            [
                "All our colleagues are busy. Please leave a message after this sentence, and press hash at its end.",
                "Alle Kolleginnen und Kollegen sprechen. Bitte sprechen Sie nach diesem Satz eine Nachricht, und drücken Sie am Ende die Rautetaste.",
            ],
        ),
        thanks: spoken(
            "Thank you",
            ["Thank you. Goodbye.", "Vielen Dank. Auf Wiederhören."],
        ),
        sorry: spoken(
            "All are busy",
            [
                "All our colleagues are busy. Please call again later. Goodbye.",
                "Alle Kolleginnen und Kollegen sprechen. Bitte rufen Sie später wieder an. Auf Wiederhören.",
            ],
        ),
    }
}

/// Whoever looks at the demo finds it open, at any hour.
pub(crate) fn hours() -> Value {
    let day = json!([{ "from": "00:00", "to": "24:00" }]);
    let days = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let weekly: serde_json::Map<_, _> = { days.into_iter() }
        .map(|name| (name.to_owned(), day.clone()))
        .collect();
    json!({ "name": "Service hours", "time_zone": "America/Los_Angeles", "weekly": weekly })
}

/// Greeting, hours, menu, queue, message: every exit leads somewhere, and nobody is hung up on who could leave a message.
pub(crate) fn flow(queues: &[(String, u64)], prompts: &Prompts<u64>, hours: u64) -> Value {
    let german = |id: &str, next: &str| json!({ "id": id, "kind": "set", "attribute": "language", "value": "de-DE", "next": next });
    let mut nodes = vec![
        json!({ "id": "greeting", "kind": "play", "prompt": { "prompt_id": prompts.greeting }, "next": "hours", "failed": "hours" }),
        json!({ "id": "hours", "kind": "hours", "schedule_id": hours, "open": "ask", "closed": "message_1" }),
        menu("ask", "german", queues, prompts, CHOOSE_S),
        german("german", "ask"),
        // Who needed more time needs it in the other language too.
        menu(
            "ask_slowly",
            "german_slowly",
            queues,
            prompts,
            CHOOSE_SLOWLY_S,
        ),
        german("german_slowly", "ask_slowly"),
        json!({ "id": FIRST, "kind": "consent", "prompt": { "text": RECORDED }, "ask": null, "given": "queue_1", "refused": "queue_1", "failed": "queue_1" }),
    ];
    for (index, (_, queue)) in queues.iter().enumerate() {
        let n = index + 1;
        let message = format!("message_{n}");
        nodes.push(json!({ "id": format!("queue_{n}"), "kind": "queue", "queue_id": queue, "timeout": message, "full": message, "failed": null }));
        nodes.push(json!({ "id": message, "kind": "voicemail", "queue_id": queue, "prompt": { "prompt_id": prompts.message }, "done": "thanks", "no_message": "thanks", "failed": "sorry" }));
    }
    nodes.push(
        json!({ "id": "thanks", "kind": "message", "prompt": { "prompt_id": prompts.thanks } }),
    );
    nodes.push(
        json!({ "id": "sorry", "kind": "message", "prompt": { "prompt_id": prompts.sorry } }),
    );
    json!({ "name": "Main menu", "start": "greeting", "nodes": nodes })
}

fn menu(
    id: &str,
    german: &str,
    queues: &[(String, u64)],
    prompts: &Prompts<u64>,
    timeout_s: u32,
) -> Value {
    let choices = queues.iter().enumerate().map(|(index, (name, _))| {
        let next = match index {
            0 => FIRST.to_owned(),
            _ => format!("queue_{}", index + 1),
        };
        json!({ "key": (index + 1).to_string(), "label": name, "next": next })
    });
    let others = [
        json!({ "key": "9", "label": "Deutsch", "next": german }),
        json!({ "key": "*", "label": "More time", "next": "ask_slowly" }),
    ];
    json!({
        "id": id, "kind": "menu", "timeout_s": timeout_s, "retries": 2,
        "prompt": { "prompt_id": prompts.menu }, "retry_prompt": { "prompt_id": prompts.menu_again },
        "choices": choices.chain(others).collect::<Vec<Value>>(),
        "no_input": FIRST, "invalid": FIRST, "failed": FIRST,
    })
}
