//! The board told by hand: each rule of counting in a few facts. The simulation holds all of them against a
//! slow ledger.

use tandem_core::capacity::{Demand, Load};
use tandem_core::effect::Effect;
use tandem_core::event::{EndReason, Event, Side};
use tandem_core::flow::Prompt;
use tandem_core::ids::{
    AccountId, AgentId, ContactId, CustomerHash, EffectId, EndpointId, OfferId, QueueId, SubjectRef,
};
use tandem_core::queue::{
    AtClosing, OfferBy, Queue, ServiceLevel, Strategy, WrapUpMode, WrapUpRule,
};
use tandem_core::scope::{Seen, Sight};
use tandem_core::settings::{Document, Kind};
use tandem_core::state::State;
use tandem_core::time::Timestamp;
use tandem_reports::live::figures::QueueFigures;
use tandem_reports::live::{Board, Figures, Level};

const QUEUE: QueueId = QueueId(1);
const ANN: AgentId = AgentId(1);

struct Told {
    board: Board,
    state: State,
    now: Timestamp,
}

fn told_from(instant: &str) -> Told {
    let mut told = Told {
        board: Board::new("Europe/Berlin").expect("the zone is in the database"),
        state: State::default(),
        now: at(instant),
    };
    told.save_queue(20);
    told
}

fn at(instant: &str) -> Timestamp {
    let instant: jiff::Timestamp = instant.parse().expect("an instant");
    Timestamp::from_micros(instant.as_microsecond())
}

impl Told {
    fn tell(&mut self, event: &Event) {
        self.board.apply(self.now, event);
        self.state.apply(self.now, event);
    }

    fn pass(&mut self, seconds: u32) {
        self.now = self.now.plus_seconds(seconds);
    }

    fn save_queue(&mut self, threshold_s: u32) {
        let document = Document::Queue(queue(threshold_s));
        let (id, version, by) = (QUEUE.0, 1, AccountId(0));
        self.tell(&Event::Saved {
            id,
            version,
            document,
            by,
        });
    }

    fn arrive(&mut self, id: u64) -> ContactId {
        let contact = ContactId(id);
        self.tell(&Event::ContactArrived {
            contact,
            endpoint: EndpointId(1),
            arrival: SubjectRef(id),
            key: id,
            customer: CustomerHash(1),
            correlation: String::new(),
            attributes: std::collections::BTreeMap::new(),
            caller: None,
        });
        contact
    }

    fn enqueue(&mut self, id: u64) -> ContactId {
        let contact = self.arrive(id);
        self.tell(&Event::Enqueued {
            contact,
            queue: QUEUE,
            seq: id,
            band: 5,
            until: self.now.plus_seconds(600),
            since: None,
        });
        contact
    }

    fn connect(&mut self, contact: ContactId) {
        let (agent, offer) = (ANN, OfferId(contact.0));
        self.tell(&Event::Connected {
            contact,
            agent,
            offer,
        });
    }

    fn end(&mut self, contact: ContactId, reason: EndReason) {
        self.tell(&Event::ContactEnded { contact, reason });
    }

    fn figures(&self) -> Figures {
        self.board.figures(self.now, &self.state)
    }

    fn queue(&self) -> QueueFigures {
        self.figures().queues.first().cloned().expect("one queue")
    }
}

fn queue(threshold_s: u32) -> Queue {
    Queue {
        name: "Support".into(),
        short_name: "Support".into(),
        requirements: vec![],
        condition: None,
        preferences: vec![],
        plan: vec![],
        strategy: Strategy::LongestIdle,
        offer_by: OfferBy::Tandem,
        offer_timeout_s: 20,
        join_timeout_s: 60,
        wrap_up: WrapUpRule {
            mode: WrapUpMode::None,
            seconds: 0,
        },
        service_level: ServiceLevel {
            threshold_s,
            target_percent: 80,
        },
        short_abandon_s: 5,
        max_wait_s: 600,
        max_waiting: 10,
        priority: 5,
        cooldown_s: 60,
        message_misses: 1,
        unknown_presence: tandem_core::presence::UnknownPresence::DoNotOffer,
        music: Prompt::Text("Music.".into()),
        waiting_target: 2,
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

// B15.1
#[test]
fn each_way_out_of_the_queue_is_counted_once() {
    let mut told = told_from("2026-11-20T09:00:00Z");
    let answered = told.enqueue(1);
    let abandoned = told.enqueue(2);
    let short = told.enqueue(3);
    let out = told.enqueue(4);
    let removed = told.enqueue(5);
    told.enqueue(6);
    told.pass(3);
    told.end(short, EndReason::AbandonedRinging);
    told.pass(7);
    told.connect(answered);
    told.end(abandoned, EndReason::AbandonedRinging);
    let (queue, exit) = (QUEUE, "timeout".to_owned());
    told.tell(&Event::LeftQueue {
        contact: out,
        queue,
        exit,
    });
    told.end(removed, EndReason::ErrorMedia);
    let queue = told.queue();
    assert_eq!(queue.offered, 6);
    let ways = [
        queue.answered,
        queue.abandoned,
        queue.short_abandoned,
        queue.flow_out,
        queue.removed,
        queue.waiting,
    ];
    assert_eq!(ways, [1; 6]);
    assert_eq!(told.figures().today.in_flow, 1);
}

// B15.1
#[test]
fn contact_that_found_the_queue_full_was_not_offered() {
    let mut told = told_from("2026-11-20T09:00:00Z");
    let contact = told.arrive(1);
    let (queue, exit) = (QUEUE, "full".to_owned());
    told.tell(&Event::LeftQueue {
        contact,
        queue,
        exit,
    });
    let queue = told.queue();
    assert_eq!((queue.offered, queue.flow_out, queue.blocked), (0, 0, 1));
}

// B15.2
#[test]
fn service_level_is_abandon_negative_and_rounded_down() {
    let mut told = told_from("2026-11-20T09:00:00Z");
    let contacts: Vec<_> = (1..=4).map(|id| told.enqueue(id)).collect();
    told.pass(2);
    told.end(contacts[3], EndReason::ShortAbandon);
    told.pass(18);
    told.connect(contacts[0]);
    told.connect(contacts[1]);
    told.pass(1);
    told.end(contacts[2], EndReason::AbandonedQueue);
    let headline = told.figures().headlines.service_level;
    assert_eq!((headline.in_time, headline.of), (2, 3));
    assert_eq!(headline.percent, Some(66));
    assert_eq!((headline.target_percent, headline.threshold_s), (80, 20));
    assert_eq!(headline.variant, "sl.abandon_negative");
    assert_eq!(headline.level, Level::Act);
}

//
#[test]
fn changed_threshold_does_not_judge_earlier_answers_anew() {
    let mut told = told_from("2026-11-20T09:00:00Z");
    let first = told.enqueue(1);
    told.pass(15);
    told.connect(first);
    told.save_queue(10);
    let second = told.enqueue(2);
    told.pass(15);
    told.connect(second);
    assert_eq!(told.queue().answered_in_time, 1);
}

//
#[test]
fn day_of_23_hours_rolls_over_at_its_own_midnight_and_carries_who_waits() {
    let mut told = told_from("2026-03-28T23:00:00Z");
    let first = told.enqueue(1);
    told.now = at("2026-03-29T21:59:59Z");
    assert_eq!((told.queue().offered, told.queue().carried_in), (1, 0));
    // Nothing has to happen at midnight: reading is enough.
    told.pass(1);
    assert_eq!((told.queue().offered, told.queue().carried_in), (0, 1));
    told.connect(first);
    let queue = told.queue();
    let counts = (queue.offered, queue.carried_in, queue.answered);
    assert_eq!(counts, (0, 1, 1));
    assert_eq!(told.figures().today.answered, 1);
}

// B15.3, R-03
#[test]
fn averages_are_over_whole_engagements_on_the_day_on_which_they_end() {
    let mut told = told_from("2026-11-20T22:50:00Z");
    let contact = told.enqueue(1);
    told.pass(9);
    told.connect(contact);
    told.pass(300);
    let (agent, by) = (ANN, Side::Customer);
    told.tell(&Event::ConversationEnded { contact, agent, by });
    assert_eq!(told.figures().today.asa_s, Some(9));
    assert_eq!(told.figures().today.aht_s, None);
    told.pass(600);
    told.end(contact, EndReason::Handled);
    let today = told.figures().today;
    assert_eq!(
        (today.asa_s, today.aht_s, today.handled),
        (None, Some(900), 1)
    );
    assert_eq!(told.board.handled_today(told.now, ANN), 1);
    told.pass(86_400);
    assert_eq!(told.board.handled_today(told.now, ANN), 0);
}

#[test]
fn removed_queue_leaves_its_counts_of_today_in_the_totals() {
    let mut told = told_from("2026-11-20T09:00:00Z");
    let contact = told.enqueue(1);
    told.connect(contact);
    told.end(contact, EndReason::Handled);
    let (kind, id, by) = (Kind::Queue, QUEUE.0, AccountId(0));
    told.tell(&Event::Removed { kind, id, by });
    let figures = told.figures();
    assert!(figures.queues.is_empty());
    assert_eq!(figures.today.offered, 1);
}

// R-32, B-006
#[test]
fn who_does_not_see_a_queue_is_told_nothing_of_it_and_of_nothing_that_is_no_queues() {
    let mut told = told_from("2026-11-20T09:00:00Z");
    told.enqueue(1);
    let contact = told.enqueue(2);
    told.connect(contact);
    told.arrive(3);
    let seen = |queues: &[u64]| {
        let queues = queues.iter().copied().map(QueueId).collect();
        let agents = std::collections::BTreeSet::new();
        Sight::Of(Seen { queues, agents })
    };
    let of = |sight: &Sight| told.board.figures_in(told.now, &told.state, sight);
    let nothing = of(&seen(&[9]));
    assert!(nothing.queues.is_empty() && nothing.series.minutes.is_empty());
    let today = nothing.today;
    assert_eq!((today.offered, today.answered, today.in_flow), (0, 0, 0));
    let headlines = nothing.headlines;
    assert_eq!((headlines.waiting.value, headlines.waiting.target), (0, 0));
    assert_eq!(headlines.longest_wait.since, None);
    assert_eq!(headlines.service_level.of, 0);
    let (own, all) = (of(&seen(&[QUEUE.0])), told.figures());
    assert_eq!(own.queues, all.queues);
    assert_eq!(own.headlines.waiting, all.headlines.waiting);
    assert_eq!(own.today.answered, all.today.answered);
    assert_eq!((own.today.in_flow, all.today.in_flow), (0, 1));
}

#[test]
fn longest_wait_goes_on_while_the_contact_is_offered() {
    let mut told = told_from("2026-11-20T09:00:00Z");
    let since = told.now;
    let contact = told.enqueue(1);
    told.pass(61);
    told.tell(&Event::Offered {
        offer: OfferId(1),
        contact,
        agent: ANN,
        queue: QUEUE,
        by: OfferBy::Tandem,
        expires_at: told.now,
        load: Box::new(Load::call()),
        interrupts: Vec::new(),
    });
    let longest = told.figures().headlines.longest_wait;
    assert_eq!((longest.since, longest.level), (Some(since), Level::Act));
    assert_eq!(told.board.longest_since(QUEUE), Some(since));
}

#[test]
fn facts_about_orders_change_no_figure() {
    let mut told = told_from("2026-11-20T09:00:00Z");
    let before = told.figures();
    let arrival = SubjectRef(1);
    told.tell(&Event::EffectOrdered {
        id: EffectId(1),
        effect: Effect::RejectArrival { arrival },
    });
    assert_eq!(told.figures(), before);
}

#[test]
fn board_survives_a_snapshot() {
    let mut told = told_from("2026-11-20T09:00:00Z");
    told.enqueue(1);
    let contact = told.enqueue(2);
    told.connect(contact);
    let written = serde_json::to_string(&told.board).unwrap();
    let read: Board = serde_json::from_str(&written).unwrap();
    assert_eq!(read, told.board);
}
