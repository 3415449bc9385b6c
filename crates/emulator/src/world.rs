//! The one owner of all state, and the fixed path of every request through it.
//!
//! Identify, record, fault, authenticate, parse, operate, answer: always in this order, always here.
//! It performs no I/O: what must go out is an `Output`, what must happen later is a `Timer`. Time is
//! handed in by `tick`.

mod timer;

pub(crate) use timer::Timer;

use crate::access::{self, Assignments};
use crate::acs::announce::Announced;
use crate::acs::call::Call;
use crate::acs::callback::Pending;
use crate::acs::feed::{self, Loss};
use crate::acs::recording::Recording;
use crate::acs::{self, incoming::Incoming};
use crate::answer::Answer;
use crate::authority::Signer;
use crate::clock::Timers;
use crate::control;
use crate::delivery::{Delivered, Delivery, Letter};
use crate::dice::Dice;
use crate::entra;
use crate::entra::directory::Directory;
use crate::event_grid::{self, Grid};
use crate::fault::{Effect, Faults, Occasion, Symptom};
use crate::graph;
use crate::graph::route::GraphCall;
use crate::identify::{Identified, Operation, identify};
use crate::identity::{self, rate::Rates};
use crate::location::Locations;
use crate::options::ClockKind;
use crate::people::acs_user::AcsUsers;
use crate::people::phone::Phones;
use crate::people::teams_user::TeamsUsers;
use crate::pipeline::Received;
use crate::record::Records;
use crate::repeatability::Repeats;
use crate::sip;
use crate::stamp;
use crate::storage::{self, Part};
use crate::stream::Dial;
use crate::tenant::Tenant;
use crate::trace::{self, Trace};
use crate::wave::Waves;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// What does not change after start.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) https_base: String,
    pub(crate) http_base: String,
    pub(crate) strict: bool,
    pub(crate) seed: u64,
    pub(crate) teams_users: usize,
    pub(crate) people: usize,
    pub(crate) clock: ClockKind,
    pub(crate) entra: Signer,
    pub(crate) callbacks: Signer,
    /// Whether neighbors listen for SIP.
    pub(crate) has_sip: bool,
}

/// What the actor performs.
#[derive(Debug, Clone)]
pub(crate) enum Output {
    Send(Delivery),
    Fetch {
        id: u64,
        url: String,
    },
    Dial(Dial),
    Frames {
        socket: u64,
        texts: Vec<String>,
    },
    Hang {
        socket: u64,
    },
    Reply {
        ticket: u64,
        answer: Answer,
    },
    /// Asks the neighbors of SIP trunks; the answer goes back under the ticket, if there is one.
    SipAsked {
        ticket: Option<u64>,
        to: sip::To,
        ask: sip::Ask,
    },
    /// Tells Teams' proxies who is called.
    SipCalled(sip::Word),
}

/// Whose attempt it was that was answered.
#[derive(Debug, Clone)]
enum Purpose {
    Callback {
        call: String,
    },
    Event {
        event: u64,
    },
    Handshake {
        subscription: String,
        ticket: u64,
    },
    /// The handshake of a subscription of Graph.
    Validation {
        ticket: u64,
    },
    Notice {
        notice: u64,
    },
    /// A doubled or late callback outside of the line; nothing follows from its outcome.
    Loose,
}

/// An advance of the stepped clock that is under way.
#[derive(Debug, Clone, Copy)]
struct Advance {
    target_ms: u64,
    ticket: u64,
    fired: u64,
}

/// A request whose answer may come later: its ticket, and its place in the records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking {
    pub(crate) ticket: u64,
    pub(crate) record: u64,
}

/// Figures that show how a client behaved.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counters {
    pub(crate) refused: BTreeMap<&'static str, u64>,
    /// Texts and recognitions that the real service would fail (8565).
    pub(crate) speech_without_cognitive_services: u64,
    /// Frames of applications that were damaged, too many, or not asked for.
    pub(crate) stream_frames_ignored: u64,
    pub(crate) callbacks_delivered: u64,
    pub(crate) callbacks_given_up: u64,
    pub(crate) events_delivered: u64,
    pub(crate) events_given_up: u64,
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) setup: Setup,
    now_ms: u64,
    pub(crate) wall: Timestamp,
    /// When the emulator's clock began.
    began: Option<Timestamp>,
    pub(crate) timers: Timers,
    pub(crate) dice: Dice,
    outputs: Vec<Output>,
    next_id: u64,
    deliveries: BTreeMap<u64, Purpose>,
    advance: Option<Advance>,
    pub(crate) tenant: Tenant,
    pub(crate) records: Records,
    pub(crate) trace: Trace,
    pub(crate) faults: Faults,
    pub(crate) repeats: Repeats,
    pub(crate) counters: Counters,
    pub(crate) grid: Grid,
    pub(crate) incoming: BTreeMap<String, Incoming>,
    pub(crate) calls: BTreeMap<String, Call>,
    /// The connections of each server call that has more than one.
    pub(crate) shared: BTreeMap<String, Vec<String>>,
    /// Calls that Event Grid has told of, by server call.
    pub(crate) announced: BTreeMap<String, Announced>,
    pub(crate) ended_calls: VecDeque<String>,
    /// Prompt files that are being fetched: call, media operation, index of the source.
    pub(crate) fetches: BTreeMap<u64, (String, u64, usize)>,
    /// Prompts that are heard now.
    pub(crate) waves: Waves,
    /// WebSockets that are dialed or open: whose, and what they carry.
    pub(crate) feeds: BTreeMap<u64, (String, feed::Kind)>,
    pub(crate) recordings: BTreeMap<String, Recording>,
    /// The same in the order of their start.
    pub(crate) recordings_kept: VecDeque<String>,
    pub(crate) phones: Phones,
    pub(crate) users: TeamsUsers,
    pub(crate) acs_users: AcsUsers,
    pub(crate) rates: Rates,
    pub(crate) throttle: graph::Throttle,
    pub(crate) presences: graph::presence::Presences,
    pub(crate) subscriptions: graph::subscription::Subscriptions,
    /// The request that is being carried out, while its answer may come later.
    pub(crate) asking: Option<Asking>,
    /// People whose presence changes by chance, while it does.
    pub(crate) wander: Option<graph::presence::by_hand::Wander>,
    pub(crate) directory: Directory,
    pub(crate) assignments: Assignments,
    pub(crate) locations: Locations,
    /// Teams users in calls by SIP.
    pub(crate) seats: sip::people::Seats,
}

impl World {
    pub(crate) fn new(setup: Setup) -> Self {
        let tenant = Tenant::new();
        Self {
            assignments: Assignments::new(&tenant),
            directory: Directory::new(setup.teams_users, setup.people, &tenant),
            locations: Locations::default(),
            now_ms: 0,
            wall: Timestamp::UNIX_EPOCH,
            began: None,
            timers: Timers::default(),
            dice: Dice::new(setup.seed),
            outputs: Vec::new(),
            next_id: 0,
            deliveries: BTreeMap::new(),
            advance: None,
            tenant,
            records: Records::default(),
            trace: Trace::default(),
            faults: Faults::default(),
            repeats: Repeats::default(),
            counters: Counters::default(),
            grid: Grid::default(),
            incoming: BTreeMap::new(),
            calls: BTreeMap::new(),
            shared: BTreeMap::new(),
            announced: BTreeMap::new(),
            ended_calls: VecDeque::new(),
            fetches: BTreeMap::new(),
            waves: Waves::default(),
            feeds: BTreeMap::new(),
            recordings: BTreeMap::new(),
            recordings_kept: VecDeque::new(),
            phones: Phones::default(),
            users: TeamsUsers::new(setup.teams_users),
            acs_users: AcsUsers::default(),
            rates: Rates::default(),
            throttle: graph::Throttle::default(),
            presences: graph::presence::Presences::default(),
            subscriptions: graph::subscription::Subscriptions::default(),
            asking: None,
            wander: None,
            seats: sip::people::Seats::default(),
            setup,
        }
    }

    pub(crate) const fn now_ms(&self) -> u64 {
        self.now_ms
    }

    pub(crate) fn tick(&mut self, now_ms: u64, wall: Timestamp) {
        self.now_ms = self.now_ms.max(now_ms);
        self.wall = wall;
        let ago = elapsed(self.now_ms);
        self.began
            .get_or_insert_with(|| wall.saturating_sub(ago).unwrap_or(wall));
    }

    /// The date by the emulator's clock: what moves presence and subscriptions. Tokens and errors have the wall's.
    pub(crate) fn time(&self) -> Timestamp {
        let began = self.began.unwrap_or(self.wall);
        began.saturating_add(elapsed(self.now_ms)).unwrap_or(began)
    }

    pub(crate) fn take_outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    pub(crate) const fn next_number(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// Sets a timer after a delay.
    pub(crate) fn after(&mut self, delay_ms: u64, timer: Timer) -> crate::clock::Key {
        self.timers.set(self.now_ms.saturating_add(delay_ms), timer)
    }

    /// The path of a request. `None`: the answer comes later, under the ticket.
    pub(crate) fn request(&mut self, ticket: u64, received: &Received) -> Option<Answer> {
        let answer = self.served(ticket, received);
        graph::subscription::notice::tell(self);
        answer
    }

    fn served(&mut self, ticket: u64, received: &Received) -> Option<Answer> {
        let identified = identify(&received.method, &received.path);
        if let Operation::Control(control) = identified.operation {
            return control::request(self, ticket, control, &identified.parameters, received);
        }
        let answer = self.recorded(&identified, received, Some(ticket));
        let waits = answer.status == 202 && self.subscriptions.awaits(ticket);
        (!waits).then_some(answer)
    }

    /// A part of a batch of Graph: nothing of the control API, and no batch.
    pub(crate) fn part(&mut self, received: &Received) -> Answer {
        let mut identified = identify(&received.method, &received.path);
        let is_part = matches!(identified.operation, Operation::Graph(call) if call.is_part());
        if !is_part {
            identified.operation = Operation::Graph(GraphCall::Unknown);
        }
        self.recorded(&identified, received, None)
    }

    /// Does what was asked, and keeps that it was.
    fn recorded(
        &mut self,
        identified: &Identified,
        received: &Received,
        ticket: Option<u64>,
    ) -> Answer {
        let name = identified.operation.name();
        let number = self
            .records
            .request(received, name, stamp::callback(self.wall));
        self.asking = ticket.map(|ticket| Asking {
            ticket,
            record: number,
        });
        let answer = self.attempted(identified, received);
        let note = acs::authenticate::hint(received, &answer);
        let about = trace::about(self, identified, received, answer.body.bytes());
        self.records.answered(number, answer.status, note, about);
        answer
    }

    /// Does what was asked, unless a fault strikes.
    fn attempted(&mut self, identified: &Identified, received: &Received) -> Answer {
        let name = identified.operation.name();
        let occasion = Occasion {
            operation: name,
            path: &received.path,
            event: "",
        };
        let status = self.faults.draw(Symptom::Status, occasion, &mut self.dice);
        let mut answer = match status {
            Some(Effect::Status {
                executed,
                status,
                retry_after_s,
            }) => {
                if executed {
                    self.operate(identified, received);
                }
                self.failing(identified.operation, received, status, retry_after_s)
            }
            _ => self.operate(identified, received),
        };
        if let Some(Effect::Latency { ms }) =
            self.faults.draw(Symptom::Latency, occasion, &mut self.dice)
        {
            answer.delay = Duration::from_millis(ms);
        }
        answer
    }

    /// 429 and 5xx as the service answers them.
    fn failing(
        &mut self,
        operation: Operation,
        received: &Received,
        status: u16,
        retry_after_s: Option<u32>,
    ) -> Answer {
        let retry_after_s = retry_after_s.or(if status == 429 { Some(1) } else { None });
        if matches!(operation, Operation::Graph(_)) {
            return graph::faulted(self, received, status, retry_after_s);
        }
        failing(status, retry_after_s)
    }

    fn operate(&mut self, identified: &Identified, received: &Received) -> Answer {
        let parameters = identified.parameters.as_slice();
        let first = parameters.first().map(String::as_str).unwrap_or_default();
        match identified.operation {
            Operation::Calling(calling) => acs::request(self, calling, parameters, received),
            Operation::Preview(preview) => acs::refuse_preview(self, preview, received),
            Operation::Identity(call) => identity::request(self, call, first, received),
            Operation::Access(call) => access::request(self, call, parameters, received),
            Operation::Token => entra::grant::token(self, first, received),
            Operation::Authorize => entra::authorize::authorize(self, first, received),
            Operation::PickAccount => entra::authorize::pressed(self, first, received),
            Operation::Logout => entra::authorize::logout(self, first, received),
            Operation::DeviceCode => entra::device::begin(self, first, received),
            Operation::DevicePage => entra::device::page(self, received),
            Operation::DevicePressed => entra::device::pressed(self, received),
            Operation::AdminConsent(endpoint) => {
                entra::consent::show(self, endpoint, first, received)
            }
            Operation::AdminConsentPressed(endpoint) => {
                entra::consent::pressed(self, endpoint, first, received)
            }
            Operation::InstanceDiscovery => entra::instance_discovery(self, received),
            Operation::Graph(call) => graph::request(self, call, parameters, received),
            Operation::EntraDiscovery(version) => entra::discovery(self, version, first),
            Operation::EntraKeys(version) => entra::keys(self, version, first),
            Operation::CallbackDiscovery => entra::callback_discovery(self),
            Operation::CallbackKeys => entra::callback_keys(self),
            Operation::ValidateSubscription => event_grid::validate_by_url(self, first, received),
            Operation::FetchRecording => storage::fetch(self, first, Part::Sound, received),
            Operation::FetchRecordingMetadata => {
                storage::fetch(self, first, Part::Metadata, received)
            }
            Operation::DeleteRecording => storage::delete(self, first, received),
            Operation::Control(_) | Operation::Unknown => self.unknown(received),
        }
    }

    /// Microsoft may well have it, so it is not 404: nothing here knows.
    fn unknown(&mut self, received: &Received) -> Answer {
        let text = format!(
            "the emulator does not know {} {}; docs/emulator.md lists what it has",
            received.method, received.path
        );
        if control::is_below(&received.path) {
            return Answer::refused(404, text);
        }
        *self.counters.refused.entry("Unknown").or_default() += 1;
        let code = tandem_microsoft::acs::error::subcode::NOT_IMPLEMENTED;
        Answer::acs(501, code, text)
    }

    /// Whether a fault of a kind without parameters strikes.
    pub(crate) fn draw_symptom(&mut self, operation: &str, symptom: Symptom) -> bool {
        let occasion = Occasion {
            operation,
            ..Occasion::default()
        };
        self.faults
            .draw(symptom, occasion, &mut self.dice)
            .is_some()
    }

    /// The fault of an operation that strikes now, wherever it was aimed.
    pub(crate) fn strike(&mut self, symptom: Symptom) -> Option<Effect> {
        self.faults
            .draw(symptom, Occasion::default(), &mut self.dice)
    }

    /// For the neighbors of SIP trunks, where there are any.
    pub(crate) fn sip(&mut self, output: Output) {
        if self.setup.has_sip {
            self.outputs.push(output);
        }
    }

    /// What a neighbor tells.
    pub(crate) fn sip_told(&mut self, notice: sip::Notice) {
        sip::people::told(self, notice);
        graph::subscription::notice::tell(self);
    }

    pub(crate) fn reply(&mut self, ticket: u64, answer: Answer) {
        self.outputs.push(Output::Reply { ticket, answer });
    }

    pub(crate) fn fetch(&mut self, call: &str, operation: u64, index: usize, url: String) {
        let id = self.next_number();
        self.fetches.insert(id, (call.to_owned(), operation, index));
        self.outputs.push(Output::Fetch { id, url });
    }

    pub(crate) fn fetched(&mut self, id: u64, outcome: &Delivered) {
        if let Some((call, operation, index)) = self.fetches.remove(&id) {
            acs::media::fetched(self, &call, operation, index, outcome);
        }
    }

    /// Opens a WebSocket to the application; what comes of it is told by the socket's number.
    pub(crate) fn dial(&mut self, socket: u64, url: String, call: &str) {
        let correlation_id = self
            .calls
            .get(call)
            .map(|call| call.correlation_id.clone())
            .unwrap_or_default();
        self.outputs.push(Output::Dial(Dial {
            socket,
            url,
            call_id: call.to_owned(),
            correlation_id,
        }));
    }

    pub(crate) fn frames(&mut self, socket: u64, texts: Vec<String>) {
        self.outputs.push(Output::Frames { socket, texts });
    }

    pub(crate) fn hang(&mut self, socket: u64) {
        self.outputs.push(Output::Hang { socket });
    }

    pub(crate) fn stream_opened(&mut self, socket: u64) {
        feed::opened(self, socket);
    }

    pub(crate) fn stream_text(&mut self, socket: u64, text: &str) {
        feed::text(self, socket, text);
    }

    pub(crate) fn stream_lost(&mut self, socket: u64, loss: &Loss) {
        feed::lost(self, socket, loss);
    }

    /// Sends the callback at the head of a call's line.
    pub(crate) fn send_callback(&mut self, call: &str, pending: &Pending) {
        let call = call.to_owned();
        self.send(Purpose::Callback { call }, pending.letter());
    }

    /// Sends a callback past the line: a fault made it late or double.
    pub(crate) fn send_loose_callback(&mut self, pending: &Pending) {
        self.send(Purpose::Loose, pending.letter());
    }

    pub(crate) fn send_event(&mut self, event: u64, letter: Letter) {
        self.send(Purpose::Event { event }, letter);
    }

    pub(crate) fn send_handshake(&mut self, subscription: &str, ticket: u64, letter: Letter) {
        let subscription = subscription.to_owned();
        let purpose = Purpose::Handshake {
            subscription,
            ticket,
        };
        self.send(purpose, letter);
    }

    pub(crate) fn send_validation(&mut self, ticket: u64, letter: Letter) {
        self.send(Purpose::Validation { ticket }, letter);
    }

    pub(crate) fn send_notice(&mut self, notice: u64, letter: Letter) {
        self.send(Purpose::Notice { notice }, letter);
    }

    fn send(&mut self, purpose: Purpose, letter: Letter) {
        let id = self.next_number();
        self.deliveries.insert(id, purpose);
        self.outputs.push(Output::Send(Delivery { id, letter }));
    }

    pub(crate) fn delivered(&mut self, id: u64, outcome: &Delivered) {
        match self.deliveries.remove(&id) {
            Some(Purpose::Callback { call }) => acs::callback::answered(self, &call, outcome),
            Some(Purpose::Event { event }) => event_grid::answered(self, event, outcome),
            Some(Purpose::Handshake {
                subscription,
                ticket,
            }) => {
                event_grid::shaken(self, &subscription, ticket, outcome);
            }
            Some(Purpose::Validation { ticket }) => {
                graph::subscription::validated(self, ticket, outcome);
            }
            Some(Purpose::Notice { notice }) => {
                graph::subscription::notice::answered(self, notice, outcome);
            }
            Some(Purpose::Loose) | None => {}
        }
    }

    /// Real clock: fires one timer that is due.
    pub(crate) fn fire_due(&mut self) -> bool {
        match self.timers.pop_due(self.now_ms) {
            Some((_, timer)) => {
                timer::fire(self, timer);
                graph::subscription::notice::tell(self);
                true
            }
            None => false,
        }
    }

    /// Stepped clock: fires one timer of the advance that is under way, or ends it.
    pub(crate) fn step(&mut self) -> bool {
        let Some(mut advance) = self.advance else {
            return false;
        };
        match self.timers.pop_due(advance.target_ms) {
            Some((due_ms, timer)) => {
                self.now_ms = self.now_ms.max(due_ms);
                advance.fired += 1;
                self.advance = Some(advance);
                timer::fire(self, timer);
                graph::subscription::notice::tell(self);
            }
            None => {
                self.now_ms = self.now_ms.max(advance.target_ms);
                self.advance = None;
                let body = serde_json::json!({"now_ms": self.now_ms, "fired": advance.fired});
                self.reply(advance.ticket, Answer::json(200, &body));
            }
        }
        true
    }

    /// Begins an advance; the answer comes when the last timer's deliveries are answered.
    pub(crate) fn begin_advance(&mut self, ticket: u64, by_ms: u64) -> Option<Answer> {
        if self.setup.clock == ClockKind::Real {
            return Some(Answer::refused(
                409,
                "the clock is real; start the emulator with --clock stepped",
            ));
        }
        if self.advance.is_some() {
            return Some(Answer::refused(409, "the clock is being advanced already"));
        }
        let target_ms = self.now_ms.saturating_add(by_ms);
        self.advance = Some(Advance {
            target_ms,
            ticket,
            fired: 0,
        });
        None
    }

    pub(crate) fn next_due_ms(&self) -> Option<u64> {
        self.timers.next_due_ms()
    }
}

fn elapsed(ms: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
}

/// 429 and 5xx as Call Automation answers them (acs-call-automation.md 1.5).
fn failing(status: u16, retry_after_s: Option<u32>) -> Answer {
    use tandem_microsoft::acs::error::subcode;
    let code = if status == 429 {
        subcode::THROTTLED
    } else {
        subcode::UNKNOWN
    };
    let answer = Answer::acs(status, code, "a fault of the emulator's control API");
    match retry_after_s {
        Some(seconds) => answer.with_header("retry-after", seconds.to_string()),
        None => answer,
    }
}
