//! Settings to start from: documents with sensible values that a test changes where it matters.

use std::collections::BTreeMap;
use tandem_core::agent::Profile;
use tandem_core::callback::{
    self, AttemptRules, CallbackRules, CustomerFirst, Duplicate, OnReturn,
};
use tandem_core::capacity::Demand;
use tandem_core::endpoint::Endpoint;
use tandem_core::estimate::Growth;
use tandem_core::flow::{Flow, Node, Prompt};
use tandem_core::ids::{FlowId, QueueId, SkillId, SubjectRef};
use tandem_core::prompt::{KeptPrompt, Language, Sound, SoundId, Words};
use tandem_core::queue::{
    Announce, AtClosing, OfferBy, Queue, Sentences, ServiceLevel, Strategy, WaitWords, WrapUpMode,
    WrapUpRule,
};
use tandem_core::recording::{AfterTransfer, Layout, Needs, OnFailure, RecordingRule, When};
use tandem_core::settings::Reason;
use tandem_core::skill::{Level, Proficiency, Requirement};

/// A reason not to be ready that anybody may take, for as long as they like.
#[must_use]
pub fn reason(label: &str) -> Reason {
    Reason {
        label: label.to_owned(),
        heading: None,
        productive: false,
        paid: true,
        max_minutes: None,
        needs_supervisor: false,
    }
}

/// A queue that everybody serves, without wrap-up.
#[must_use]
pub fn queue(name: &str) -> Queue {
    Queue {
        name: name.to_owned(),
        short_name: name.chars().take(10).collect(),
        requirements: Vec::new(),
        condition: None,
        preferences: Vec::new(),
        plan: Vec::new(),
        strategy: Strategy::LongestIdle,
        offer_by: OfferBy::Tandem,
        offer_timeout_s: 20,
        join_timeout_s: 60,
        wrap_up: WrapUpRule {
            mode: WrapUpMode::None,
            seconds: 0,
        },
        service_level: ServiceLevel {
            threshold_s: 20,
            target_percent: 80,
        },
        short_abandon_s: 5,
        max_wait_s: 600,
        max_waiting: 50,
        priority: 5,
        cooldown_s: 60,
        message_misses: 1,
        unknown_presence: tandem_core::presence::UnknownPresence::DoNotOffer,
        music: text("Music."),
        waiting_target: 5,
        longest_wait_target_s: 60,
        hours: None,
        at_closing: AtClosing::FinishWaiting,
        announce: None,
        calling_out: None,
        callbacks: None,
        recording: None,
        demand: Demand::default(),
        preferred: None,
        chances: None,
        teams: None,
    }
}

/// Every conversation of a queue is recorded, in one mix, whatever the customer says of it.
#[must_use]
pub const fn recording_rule() -> RecordingRule {
    RecordingRule {
        when: When::Always,
        channels: Layout::Mixed,
        consent: Needs::NotNeeded,
        on_failure: OnFailure::Warn,
        pause_max_s: 300,
        after_transfer: AfterTransfer::OwnRule,
        keep_days: None,
    }
}

/// Customers are called back as often as three times, and nobody books twice.
#[must_use]
pub const fn callback_rules() -> CallbackRules {
    CallbackRules {
        max_pending: 100,
        attempts: AttemptRules {
            max: 3,
            per_day: 3,
            no_answer_s: 900,
            busy_s: 300,
            declined_s: 3_600,
        },
        hours: None,
        zones: BTreeMap::new(),
        duplicate: Duplicate::Keep,
        at_closing: callback::AtClosing::Carry,
        expires_after_s: 86_400,
        promise_s: 3_600,
        on_return: OnReturn::TakesPlace,
        customer_first: None,
    }
}

/// Customers are called before an agent is there, ten at once.
#[must_use]
pub fn customer_first() -> CustomerFirst {
    CustomerFirst {
        greeting: text("You asked us to call you back."),
        nobody_free: text("Nobody is free. We call you again."),
        wait_s: 20,
        at_once_max: 10,
    }
}

/// An agent's profile.
#[must_use]
pub fn profile(address: &str, skills: &[(SkillId, u8)]) -> Profile {
    let skills = skills.iter().map(|(skill, level)| Proficiency {
        skill: *skill,
        level: Level(*level),
    });
    Profile {
        person: SubjectRef(1),
        address: address.to_owned(),
        phone: None,
        skills: skills.collect(),
        enabled: true,
        team: None,
        capacity: None,
    }
}

/// What a queue asks.
#[must_use]
pub const fn requirement(skill: SkillId, min_level: u8) -> Requirement {
    Requirement {
        skill,
        min_level: Level(min_level),
    }
}

/// Straight into a queue; every way out ends.
#[must_use]
pub fn straight_to(queue: QueueId) -> Flow {
    let wait = Node::Queue {
        queue,
        timeout: "end".to_owned(),
        full: "end".to_owned(),
        failed: None,
        closed: None,
        emergency: None,
        keep_age: false,
        key: None,
    };
    flow("Straight", "wait", &[("wait", wait), ("end", Node::End)])
}

/// A flow of these nodes.
#[must_use]
pub fn flow(name: &str, start: &str, nodes: &[(&str, Node)]) -> Flow {
    let nodes = nodes
        .iter()
        .map(|(id, node)| ((*id).to_owned(), node.clone()));
    Flow {
        name: name.to_owned(),
        start: start.to_owned(),
        nodes: nodes.collect::<BTreeMap<_, _>>(),
    }
}

/// An endpoint.
#[must_use]
pub fn endpoint(name: &str, address: &str, flow: FlowId) -> Endpoint {
    Endpoint {
        name: name.to_owned(),
        address: address.to_owned(),
        flow,
    }
}

/// A spoken prompt.
#[must_use]
pub fn text(words: &str) -> Prompt {
    Prompt::Text(words.to_owned())
}

/// A prompt that is kept: words in English, the default, and this sound in German.
///
/// # Panics
/// Never: tags and hash are well-formed.
#[must_use]
pub fn kept_prompt(name: &str, words: &str, sound: Sound) -> KeptPrompt {
    let language = |tag| Language::parse(tag).expect("it is a tag");
    let languages = [
        (language("de-DE"), Words::Sound(sound)),
        (language("en-US"), Words::Text(words.to_owned())),
    ];
    KeptPrompt {
        name: name.to_owned(),
        default_language: language("en-US"),
        languages: languages.into(),
    }
}

/// A sound of three seconds whose hash is this digit again and again.
///
/// # Panics
/// When it is no hexadecimal digit.
#[must_use]
pub fn sound(digit: char) -> Sound {
    let id = digit.to_string().repeat(64);
    Sound {
        id: SoundId::try_from(id).expect("it is a hash"),
        length_ms: 3_000,
        peak_tenth_db: -31,
    }
}

/// Position and wait, in English.
#[must_use]
pub fn announce(first_s: u32, every_s: u32) -> Announce {
    Announce {
        first_s,
        every_s,
        sentences: Sentences {
            position: Some("You are number {position}.".to_owned()),
            wait: Some(WaitWords {
                under_a_minute: "It takes less than a minute.".to_owned(),
                minutes: "It takes about {minutes} minutes.".to_owned(),
                over_an_hour: "It takes more than an hour.".to_owned(),
            }),
        },
        language: None,
        languages: BTreeMap::new(),
        growth: Growth::Never,
    }
}
