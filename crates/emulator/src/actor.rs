//! The loop around the world: requests, answers to deliveries, and timers, one at a time.
//!
//! With the real clock the first timer of the queue is waited for; with the stepped clock nothing is
//! due until `advance`, which fires one timer and waits until every delivery it caused is answered.

use crate::acs::feed::Loss;
use crate::answer::Answer;
use crate::delivery::{Delivered, Sender};
use crate::limits;
use crate::options::ClockKind;
use crate::pipeline::Received;
use crate::sip::{self, Ask, Neighbor, Neighbors, Order, To};
use crate::stream::{self, Batch, Dial};
use crate::world::{Output, World};
use std::collections::BTreeMap;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Everything that can wake the emulator, besides a timer.
#[derive(Debug)]
pub(crate) enum Command {
    Request {
        received: Box<Received>,
        reply: oneshot::Sender<Answer>,
    },
    Delivered {
        id: u64,
        outcome: Delivered,
    },
    Fetched {
        id: u64,
        outcome: Delivered,
    },
    /// A WebSocket was taken, refused, written to, spoken on, or has ended.
    StreamOpened {
        id: u64,
    },
    StreamRefused {
        id: u64,
        loss: Loss,
    },
    StreamWritten {
        id: u64,
    },
    StreamText {
        id: u64,
        text: String,
    },
    StreamEnded {
        id: u64,
        loss: Loss,
    },
    /// What a neighbor of SIP trunks tells.
    Sip(sip::Notice),
    SipAnswered {
        ticket: u64,
        answer: Answer,
    },
    Stop,
}

/// A WebSocket's task.
struct Stream {
    /// `None` once the world has hung up.
    batches: Option<mpsc::Sender<Batch>>,
    /// Batches that the stepped clock waits for.
    unwritten: usize,
}

pub(crate) struct Actor {
    world: World,
    clock: ClockKind,
    started: Instant,
    inbox: mpsc::Receiver<Command>,
    commands: mpsc::Sender<Command>,
    sender: Sender,
    /// Requests whose answer comes later: an advance, a handshake.
    waiting: BTreeMap<u64, oneshot::Sender<Answer>>,
    next_ticket: u64,
    streams: BTreeMap<u64, Stream>,
    /// The neighbors of SIP trunks, where they listen.
    neighbors: Option<Neighbors>,
    /// Attempts that are out; the stepped clock stands still until they are answered.
    outstanding: usize,
}

impl Actor {
    pub(crate) fn new(
        world: World,
        clock: ClockKind,
        inbox: mpsc::Receiver<Command>,
        commands: mpsc::Sender<Command>,
        sender: Sender,
        neighbors: Option<Neighbors>,
    ) -> Self {
        Self {
            neighbors,
            world,
            clock,
            started: Instant::now(),
            inbox,
            commands,
            sender,
            waiting: BTreeMap::new(),
            next_ticket: 0,
            streams: BTreeMap::new(),
            outstanding: 0,
        }
    }

    pub(crate) async fn run(mut self) {
        loop {
            self.tick();
            self.perform();
            if self.fire_one() {
                continue;
            }
            let command = match self.sleep() {
                Some(until) => tokio::select! {
                    command = self.inbox.recv() => command,
                    () = tokio::time::sleep_until(until) => continue,
                },
                None => self.inbox.recv().await,
            };
            match command {
                Some(Command::Stop) | None => return,
                Some(command) => self.take(command),
            }
        }
    }

    fn tick(&mut self) {
        let now_ms = match self.clock {
            ClockKind::Real => {
                u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
            }
            ClockKind::Stepped => self.world.now_ms(),
        };
        self.world.tick(now_ms, jiff::Timestamp::now());
    }

    fn take(&mut self, command: Command) {
        self.tick();
        match command {
            Command::Request { received, reply } => {
                self.next_ticket += 1;
                match self.world.request(self.next_ticket, &received) {
                    Some(answer) => answer_to(reply, answer),
                    None => {
                        self.waiting.insert(self.next_ticket, reply);
                    }
                }
            }
            Command::Delivered { id, outcome } => {
                self.outstanding -= 1;
                self.world.delivered(id, &outcome);
            }
            Command::Fetched { id, outcome } => {
                self.outstanding -= 1;
                self.world.fetched(id, &outcome);
            }
            Command::StreamOpened { id } => {
                self.outstanding -= 1;
                self.world.stream_opened(id);
            }
            Command::StreamRefused { id, loss } => {
                self.outstanding -= 1;
                self.stream_ended(id, &loss);
            }
            Command::StreamWritten { id } => {
                if let Some(stream) = self.streams.get_mut(&id) {
                    stream.unwritten -= 1;
                    self.outstanding -= 1;
                }
            }
            Command::StreamText { id, text } => self.world.stream_text(id, &text),
            Command::StreamEnded { id, loss } => self.stream_ended(id, &loss),
            Command::Sip(notice) => self.world.sip_told(notice),
            Command::SipAnswered { ticket, answer } => {
                if let Some(reply) = self.waiting.remove(&ticket) {
                    answer_to(reply, answer);
                }
            }
            Command::Stop => {}
        }
    }

    fn stream_ended(&mut self, id: u64, loss: &Loss) {
        if let Some(stream) = self.streams.remove(&id) {
            self.outstanding -= stream.unwritten;
        }
        self.world.stream_lost(id, loss);
    }

    /// Fires at most one timer; `true` when something happened and the loop should look again.
    fn fire_one(&mut self) -> bool {
        match self.clock {
            ClockKind::Real => self.world.fire_due(),
            ClockKind::Stepped => self.outstanding == 0 && self.world.step(),
        }
    }

    fn sleep(&self) -> Option<Instant> {
        match self.clock {
            ClockKind::Real => self
                .world
                .next_due_ms()
                .map(|ms| self.started + std::time::Duration::from_millis(ms)),
            ClockKind::Stepped => None,
        }
    }

    /// Until nothing is left: a WebSocket that cannot be had makes an event of its own.
    fn perform(&mut self) {
        loop {
            let outputs = self.world.take_outputs();
            if outputs.is_empty() {
                return;
            }
            for output in outputs {
                self.perform_one(output);
            }
        }
    }

    fn perform_one(&mut self, output: Output) {
        match output {
            Output::Send(delivery) => {
                let (id, sender, commands) =
                    (delivery.id, self.sender.clone(), self.commands.clone());
                self.outstanding += 1;
                tokio::spawn(async move {
                    let outcome = sender.send(delivery.letter).await;
                    // A closed channel means shutdown: nobody waits for the outcome.
                    commands.send(Command::Delivered { id, outcome }).await.ok();
                });
            }
            Output::Fetch { id, url } => {
                let (sender, commands) = (self.sender.clone(), self.commands.clone());
                self.outstanding += 1;
                tokio::spawn(async move {
                    let outcome = sender.fetch(&url).await;
                    commands.send(Command::Fetched { id, outcome }).await.ok();
                });
            }
            Output::Dial(dial) => self.dial(dial),
            Output::Frames { socket, texts } => self.write(socket, texts),
            Output::Hang { socket } => {
                if let Some(stream) = self.streams.get_mut(&socket) {
                    stream.batches = None;
                }
            }
            Output::Reply { ticket, answer } => {
                if let Some(reply) = self.waiting.remove(&ticket) {
                    answer_to(reply, answer);
                }
            }
            Output::SipAsked { ticket, to, ask } => self.ask_neighbors(ticket, to, ask),
            Output::SipCalled(word) => {
                if let Some(neighbors) = self.neighbors.clone() {
                    tokio::spawn(async move {
                        neighbors.tell(Neighbor::Teams, Order::Called(word)).await;
                    });
                }
            }
        }
    }
}

impl Actor {
    fn ask_neighbors(&self, ticket: Option<u64>, to: To, ask: Ask) {
        let Some(neighbors) = self.neighbors.clone() else {
            return;
        };
        let commands = self.commands.clone();
        tokio::spawn(async move {
            let answer = sip::control::answer(neighbors.ask(to, ask).await);
            if let Some(ticket) = ticket {
                let answered = Command::SipAnswered { ticket, answer };
                // A closed channel means shutdown: nobody waits for the answer.
                commands.send(answered).await.ok();
            }
        });
    }

    fn dial(&mut self, dial: Dial) {
        if self.streams.len() >= limits::STREAMS_MAX {
            return self.world.stream_lost(dial.socket, &Loss::TooMany);
        }
        let (batches, inbox) = mpsc::channel(limits::STREAM_BATCHES_MAX);
        let stream = Stream {
            batches: Some(batches),
            unwritten: 0,
        };
        self.streams.insert(dial.socket, stream);
        self.outstanding += 1;
        let (sender, commands) = (self.sender.clone(), self.commands.clone());
        tokio::spawn(stream::run(sender, dial, inbox, commands));
    }

    fn write(&mut self, socket: u64, texts: Vec<String>) {
        let Some(stream) = self.streams.get_mut(&socket) else {
            return;
        };
        let Some(batches) = &stream.batches else {
            return;
        };
        let is_awaited = self.clock == ClockKind::Stepped;
        match batches.try_send(Batch { texts, is_awaited }) {
            Ok(()) if is_awaited => {
                stream.unwritten += 1;
                self.outstanding += 1;
            }
            // One that has ended tells so itself.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                stream.batches = None;
                self.world.stream_lost(socket, &Loss::Interrupted);
            }
        }
    }
}

/// The client may have gone away meanwhile; its answer is then of no use to anybody.
fn answer_to(reply: oneshot::Sender<Answer>, answer: Answer) {
    drop(reply.send(answer));
}
