//! A media thread: it waits for packets, orders and its next frame, and for nothing else. Frames are on a grid of 20 ms,
//! and there is a next one only while a conversation is mixed; relayed ones work on arrival, idle ones not at all.

mod arrival;
mod frame;
mod order;
mod plan;

use super::asked::micros;
use super::conversation::Conversation;
use super::error::Error;
use super::fact::Facts;
use super::id::{ConversationId, LegId};
use super::leg::{Clock, Leg, Side};
use super::plane::Counts;
use super::settings::Settings;
use super::slots::Slots;
use super::timers::Timers;
use super::writer::{self, Job};
use mio::{Events, Poll, Token, Waker};
pub(super) use order::{Opening, Origin};
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tandem_media::Micros;
use tandem_media::leg::FRAME;
use tandem_media::rtp::PACKET_BYTES_MAX;

/// Orders that wait for a thread; more than that, and it is not keeping up.
const ORDERS_MAX: usize = 16_384;
/// Orders that are carried out before packets are looked at again.
const ORDERS_AT_ONCE: usize = 256;
/// Sockets that are told of at once.
const EVENTS_MAX: usize = 1_024;
const WAKE: Token = Token(usize::MAX);

/// What is to be done by a thread, with everything that it has.
pub(super) type Order = Box<dyn FnOnce(&mut Thread) + Send>;

/// A thread from outside.
pub(super) struct Handle {
    orders: SyncSender<Order>,
    waker: Waker,
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What is known of a thread outside.
#[derive(Debug, Default)]
pub(super) struct Shared {
    is_ending: AtomicBool,
    /// Whether an order is on its way that the thread has been woken for.
    is_woken: AtomicBool,
    n_legs: AtomicUsize,
    n_conversations: AtomicUsize,
    n_mixed: AtomicUsize,
    n_frames_late: AtomicU64,
    n_dropped: AtomicU64,
}

pub(super) struct Thread {
    clock: Clock,
    settings: Settings,
    poll: Poll,
    orders: Receiver<Order>,
    facts: Facts,
    jobs: Sender<Job>,
    shared: Arc<Shared>,
    legs: Slots<Leg>,
    leg_places: HashMap<LegId, usize>,
    conversations: Slots<Conversation>,
    places: HashMap<ConversationId, usize>,
    /// The places of conversations that need frames.
    mixed: Vec<usize>,
    /// The frames of this thread lie this far behind those of the first, so that not all cores mix at once.
    frame_offset: Micros,
    next_frame: Option<Micros>,
    timers: Timers,
    n_recordings: u64,
    /// Sockets that were not read to the end, so that the others had their turn.
    unread: Vec<(usize, Side)>,
    received: Box<[u8; PACKET_BYTES_MAX]>,
    datagram: Vec<u8>,
    answer: Vec<u8>,
    frames: frame::Frames,
}

pub(super) fn start(
    n: usize,
    n_threads: usize,
    settings: &Settings,
    facts: &Facts,
) -> Result<Handle, Error> {
    let failed = |source| Error::Socket {
        address: (settings.bind, 0).into(),
        source,
    };
    let poll = Poll::new().map_err(failed)?;
    let waker = Waker::new(poll.registry(), WAKE).map_err(failed)?;
    let (sender, orders) = sync_channel(ORDERS_MAX);
    let (jobs, writing) = writer::start(n, facts.clone()).map_err(failed)?;
    let shared = Arc::new(Shared::default());
    let part = Micros::try_from(n).unwrap_or_default() * FRAME;
    let mut thread = Thread {
        clock: Clock::start(),
        settings: settings.clone(),
        poll,
        orders,
        facts: facts.clone(),
        jobs,
        shared: Arc::clone(&shared),
        legs: Slots::default(),
        leg_places: HashMap::new(),
        conversations: Slots::default(),
        places: HashMap::new(),
        mixed: Vec::new(),
        frame_offset: part / Micros::try_from(n_threads).unwrap_or(1).max(1),
        next_frame: None,
        timers: Timers::default(),
        n_recordings: 0,
        unread: Vec::new(),
        received: Box::new([0; PACKET_BYTES_MAX]),
        datagram: Vec::with_capacity(PACKET_BYTES_MAX),
        answer: Vec::new(),
        frames: frame::Frames::default(),
    };
    let media = std::thread::Builder::new()
        .name(format!("media-{n}"))
        .spawn(move || thread.run())
        .map_err(failed)?;
    Ok(Handle {
        orders: sender,
        waker,
        shared,
        threads: Mutex::new(vec![media, writing]),
    })
}

impl Handle {
    pub(super) fn n_legs(&self) -> usize {
        self.shared.n_legs.load(Ordering::Relaxed)
    }

    pub(super) fn give(&self, order: Order) -> Result<(), Error> {
        self.orders.try_send(order).map_err(|why| match why {
            TrySendError::Full(_) => Error::Overloaded,
            TrySendError::Disconnected(_) => Error::Ended,
        })?;
        self.wake();
        Ok(())
    }

    fn wake(&self) {
        // One wake-up is enough for all that was given before the thread looks.
        if !self.shared.is_woken.swap(true, Ordering::AcqRel) && self.waker.wake().is_err() {
            tracing::error!("a media thread cannot be woken: its orders wait for the next packet");
        }
    }

    pub(super) fn add_to(&self, counts: &mut Counts) {
        let shared = &self.shared;
        counts.n_legs += shared.n_legs.load(Ordering::Relaxed);
        counts.n_conversations += shared.n_conversations.load(Ordering::Relaxed);
        counts.n_mixed += shared.n_mixed.load(Ordering::Relaxed);
        counts.n_frames_late += shared.n_frames_late.load(Ordering::Relaxed);
        counts.n_dropped += shared.n_dropped.load(Ordering::Relaxed);
    }

    /// Ends the thread, and waits until its recordings are written.
    pub(super) fn end(&self) {
        self.shared.is_ending.store(true, Ordering::Release);
        self.wake();
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a media thread has panicked");
            }
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.is_ending.store(true, Ordering::Release);
        self.wake();
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}

impl Thread {
    fn run(&mut self) {
        let mut events = Events::with_capacity(EVENTS_MAX);
        loop {
            if let Err(why) = self.poll.poll(&mut events, self.timeout())
                && why.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%why, "a media thread cannot wait for packets and ends");
                break;
            }
            let now = self.clock.now();
            for (place, side) in std::mem::take(&mut self.unread) {
                self.read(now, place, side);
            }
            for event in &events {
                if let Some((place, side)) = place_of(event.token()) {
                    self.read(now, place, side);
                }
            }
            let has_more = self.take_orders();
            self.run_frames();
            self.fire_timers();
            if self.shared.is_ending.load(Ordering::Acquire) && !has_more {
                break;
            }
        }
        for place in self.conversations.taken() {
            self.close_at(place);
        }
    }

    /// How long nothing has to be done.
    fn timeout(&self) -> Option<Duration> {
        if !self.unread.is_empty() || self.shared.is_woken.load(Ordering::Acquire) {
            return Some(Duration::ZERO);
        }
        let next = self
            .next_frame
            .into_iter()
            .chain(self.timers.next())
            .min()?;
        let left = next - self.clock.now();
        Some(Duration::from_micros(u64::try_from(left).unwrap_or(0)))
    }

    /// Carries out orders; answers whether there may be more.
    fn take_orders(&mut self) -> bool {
        if !self.shared.is_woken.swap(false, Ordering::AcqRel) {
            return false;
        }
        for _ in 0..ORDERS_AT_ONCE {
            match self.orders.try_recv() {
                Ok(order) => order(self),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return false,
            }
        }
        self.shared.is_woken.store(true, Ordering::Release);
        true
    }

    /// Sees to it that a leg is woken at the earliest of its times.
    fn arm(&mut self, place: usize) {
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        let Some((at, _)) = leg.poll_timeout() else {
            return;
        };
        if leg.armed.is_none_or(|armed| at < armed) {
            leg.armed = Some(at);
            self.timers.add(at, place);
        }
    }

    fn fire_timers(&mut self) {
        let now = self.clock.now();
        while let Some((at, place)) = self.timers.due(now) {
            let leg = self.legs.get_mut(place);
            // Armed anew since, or another leg.
            let Some(leg) = leg.filter(|leg| leg.armed == Some(at)) else {
                continue;
            };
            leg.armed = None;
            self.wake_leg(now, place);
            self.arm(place);
        }
    }

    fn count_dropped(&self) {
        self.shared.n_dropped.fetch_add(1, Ordering::Relaxed);
    }

    fn publish_counts(&self) {
        let shared = &self.shared;
        shared.n_legs.store(self.legs.len(), Ordering::Relaxed);
        shared
            .n_conversations
            .store(self.conversations.len(), Ordering::Relaxed);
        shared.n_mixed.store(self.mixed.len(), Ordering::Relaxed);
    }

    fn silent_after(&self) -> Micros {
        micros(self.settings.silent_after)
    }
}

/// Two for each leg, so that both of its sockets are told apart.
fn token_of(place: usize, side: Side) -> Token {
    Token(place * 2 + usize::from(side == Side::Control))
}

fn place_of(token: Token) -> Option<(usize, Side)> {
    let side = if token.0.is_multiple_of(2) {
        Side::Media
    } else {
        Side::Control
    };
    (token != WAKE).then_some((token.0 / 2, side))
}
