//! Callers and phones: two sides of SIP on a thread of their own, so that what they take of a core is theirs.

use super::tally::Tally;
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use tandem_sip::flow::{Hop, Transport};
use tandem_sip::header::Address;
use tandem_sip::uri::{HostPort, Uri};
use tandem_sip::user_agent::{CallId, Event, Settings as Manners, UserAgent};
use tandem_sip::{Micros, Outgoing, Target};
use tandem_transport::sip::{Driver, Handle, Kind, Listen, Owner, Settings, Side, Sockets, Wire};

/// Beyond the limits of a usual side: the load must not be refused by those who make it.
const CALLS_MAX: usize = 20_000;

/// Callers that are to come.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) n: u64,
    pub(super) per_second: u32,
    /// Whoever is served is followed by another caller.
    pub(super) is_kept: bool,
}

/// Where everybody is.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub(super) server: SocketAddr,
    pub(super) carrier: SocketAddr,
    pub(super) phones: SocketAddr,
}

type Shared = Arc<Mutex<Tally>>;
type Handles = (Handle<Place>, Handle<()>);

/// See the module.
pub(super) struct Traffic {
    handles: Handles,
    tally: Shared,
    thread: Option<thread::JoinHandle<()>>,
    /// Where sound goes that nobody hears.
    _sink: UdpSocket,
}

impl Traffic {
    /// Phones answer at once, and hang up after a talk of between so many microseconds.
    pub(super) fn start(places: Places, number: &str, talk: [Micros; 2]) -> anyhow::Result<Self> {
        let tally = Shared::default();
        let sink = UdpSocket::bind("127.0.0.1:0")?;
        let sdp = description(sink.local_addr()?.port());
        let callers = Callers {
            places,
            number: number.to_owned(),
            sdp: sdp.clone(),
            tally: Arc::clone(&tally),
            placed: BTreeMap::new(),
            n_placed: 0,
            n_left: 0,
            due: None,
            every: 0,
            is_kept: false,
        };
        let phones = Phones {
            sdp,
            talk,
            tally: Arc::clone(&tally),
            calls: BTreeMap::new(),
            ends: BTreeSet::new(),
            n_answered: 0,
        };
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || run(places, callers, phones, &tell));
        let handles = told.recv().context("callers and phones do not start")??;
        Ok(Self {
            handles,
            tally,
            thread: Some(thread),
            _sink: sink,
        })
    }

    pub(super) fn place(&self, place: Place) -> anyhow::Result<()> {
        let given = self.handles.0.try_order(place);
        given.map_err(|_place| anyhow::anyhow!("the callers have stopped"))
    }

    /// Frees the addresses for others.
    pub(super) async fn stop(mut self) {
        let (callers, phones) = &self.handles;
        let (_, _) = tokio::join!(callers.stop(), phones.stop());
        if let Some(thread) = self.thread.take() {
            drop(tokio::task::spawn_blocking(move || thread.join()).await);
        }
    }

    pub(super) fn tally(&self) -> MutexGuard<'_, Tally> {
        held(&self.tally)
    }
}

/// What is counted stays usable when somebody who counts has panicked.
fn held(tally: &Shared) -> MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(
    places: Places,
    callers: Callers,
    phones: Phones,
    tell: &mpsc::Sender<anyhow::Result<Handles>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let running = async {
        let (callers, calling) = side(places.carrier, callers).await?;
        let (phones, ringing) = side(places.phones, phones).await?;
        anyhow::Ok(((callers, phones), calling, ringing))
    };
    let outcome = runtime.map_err(anyhow::Error::from).and_then(|runtime| {
        let (handles, calling, ringing) = runtime.block_on(running)?;
        Ok((runtime, handles, calling, ringing))
    });
    match outcome {
        Ok((runtime, handles, calling, ringing)) => {
            drop(tell.send(Ok(handles)));
            drop(runtime.block_on(async { tokio::join!(calling.run(), ringing.run()) }));
        }
        Err(error) => drop(tell.send(Err(error))),
    }
}

async fn side<O: Owner>(at: SocketAddr, owner: O) -> anyhow::Result<(Handle<O::Order>, Driver<O>)> {
    let sockets = Sockets::bind(Settings::new(vec![Listen::new(at, Kind::Udp)])).await?;
    let mut manners = Manners::new(host(at)?, Transport::Udp);
    manners.calls_max = CALLS_MAX;
    manners.limits.open_invites = CALLS_MAX;
    manners.limits.invites_per_second = u32::MAX;
    manners.limits.invites_at_once = u32::MAX;
    // Another one each time: the contact center remembers the calls of whoever was at this address before.
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let seed = u64::try_from(since.as_micros())?;
    let ua = UserAgent::new(manners, seed);
    Ok(Driver::new(sockets, ua, owner, seed))
}

fn host(at: SocketAddr) -> anyhow::Result<HostPort> {
    Ok(HostPort::parse(&at.to_string())?)
}

fn description(port: u16) -> Vec<u8> {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n"
    )
    .into_bytes()
}

/// Calls at its pace.
struct Callers {
    places: Places,
    /// Who is called.
    number: String,
    sdp: Vec<u8>,
    tally: Shared,
    /// The number of each caller.
    placed: BTreeMap<CallId, String>,
    n_placed: u64,
    n_left: u64,
    due: Option<Micros>,
    every: Micros,
    is_kept: bool,
}

impl Callers {
    fn call(&mut self, side: &mut Side<'_>) -> anyhow::Result<()> {
        self.n_placed += 1;
        let number = format!("+49171{:07}", self.n_placed);
        let Places {
            server, carrier, ..
        } = self.places;
        let target = Target {
            hop: Hop {
                host: server.ip().to_string(),
                port: server.port(),
                transport: Transport::Udp,
            },
            uri: Uri::parse(&format!("sip:{}@{server};user=phone", self.number))?,
            flow: None,
        };
        let caller = Address::parse(&format!("<sip:{number}@{carrier}>"))?;
        let outgoing = Outgoing::new(target, host(carrier)?, caller, self.sdp.clone());
        let call = side.ua.call(side.now, outgoing)?;
        held(&self.tally).dialed(side.now, &number);
        self.placed.insert(call, number);
        Ok(())
    }
}

impl Owner for Callers {
    type Order = Place;

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other events change nothing that is counted"
    )]
    fn handle_event(&mut self, side: &mut Side<'_>, event: Event) {
        match event {
            Event::Answered { call, .. } => {
                if let Some(number) = self.placed.get(&call) {
                    held(&self.tally).answered(side.now, number);
                }
            }
            Event::Ended { call, .. } => {
                self.placed.remove(&call);
                held(&self.tally).n_ended += 1;
                if self.is_kept {
                    self.n_left += 1;
                    self.due.get_or_insert(side.now);
                }
            }
            _ => {}
        }
    }

    fn handle_order(&mut self, side: &mut Side<'_>, place: Place) {
        self.n_left = place.n;
        self.every = 1_000_000 / Micros::from(place.per_second.max(1));
        self.is_kept = place.is_kept;
        self.due = Some(side.now);
    }

    fn poll_timeout(&self) -> Option<Micros> {
        self.due
    }

    fn handle_timeout(&mut self, side: &mut Side<'_>) {
        // A caller who cannot be made is one who is not put through, and the count says so.
        if self.call(side).is_err() {
            held(&self.tally).n_ended += 1;
        }
        self.n_left = self.n_left.saturating_sub(1);
        let next = self.due.map(|due| due + self.every);
        self.due = next.filter(|_| self.n_left > 0);
    }

    fn wants_wire(&self) -> bool {
        true
    }

    fn handle_wire(&mut self, wire: Wire) {
        held(&self.tally).saw(&wire.bytes);
    }
}

/// Answers at once, and hangs up after a while.
struct Phones {
    sdp: Vec<u8>,
    talk: [Micros; 2],
    tally: Shared,
    /// User and caller of each call.
    calls: BTreeMap<CallId, (String, String)>,
    ends: BTreeSet<(Micros, CallId)>,
    n_answered: u64,
}

impl Owner for Phones {
    type Order = ();

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other events change nothing that is counted"
    )]
    fn handle_event(&mut self, side: &mut Side<'_>, event: Event) {
        match event {
            Event::Incoming { call, request, .. } => {
                let user = |uri: &Uri| uri.as_sip().and_then(|it| it.user.clone());
                let called = user(&request.uri).unwrap_or_default();
                let caller = request.check().ok().and_then(|it| user(&it.from.uri));
                held(&self.tally).rung(side.now, &called);
                // A phone that cannot answer is seen by the caller, who is not put through.
                if side.ua.answer(side.now, call, self.sdp.clone()).is_ok() {
                    self.calls
                        .insert(call, (called, caller.unwrap_or_default()));
                }
            }
            Event::Confirmed { call, .. } => {
                let Some((_, caller)) = self.calls.get(&call) else {
                    return;
                };
                held(&self.tally).put_through(side.now, caller);
                self.n_answered += 1;
                let [least, most] = self.talk;
                // Spread evenly, in the same order every time.
                let spread = (self.n_answered * 7_919 % 1_000).cast_signed() * (most - least);
                self.ends.insert((side.now + least + spread / 1_000, call));
            }
            Event::Ended { call, .. } => {
                self.calls.remove(&call);
            }
            _ => {}
        }
    }

    fn handle_order(&mut self, _: &mut Side<'_>, (): ()) {}

    fn poll_timeout(&self) -> Option<Micros> {
        self.ends.first().map(|(at, _)| *at)
    }

    fn handle_timeout(&mut self, side: &mut Side<'_>) {
        let Some((_, call)) = self.ends.pop_first() else {
            return;
        };
        let Some((user, _)) = self.calls.get(&call) else {
            return;
        };
        if side.ua.hang_up(side.now, call, None).is_ok() {
            held(&self.tally).hung_up(side.now, user);
        }
    }

    fn wants_wire(&self) -> bool {
        true
    }

    fn handle_wire(&mut self, wire: Wire) {
        held(&self.tally).saw(&wire.bytes);
    }
}
