//! The handle by which an owner gives orders to the media threads. Nothing here waits: sockets are opened by the caller,
//! so that their address is known at once, and everything else is done by the conversation's thread.

use super::answer::Answer;
use super::error::Error;
use super::fact::{Fact, Facts};
use super::id::{ConversationId, Key, LegId, THREADS_MAX};
use super::ports::{Ports, Sockets};
use super::settings::{Agreed, Collect, LegSettings, Settings, Target};
use super::sink::Sink;
use super::sound::Sound;
use super::thread::{Handle, Opening, Origin, Thread};
use super::{checkpoint, thread};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tandem_media::dtmf::Digit;
use tandem_media::ice::Credentials;
use tandem_media::mixer::{Hearing, Supervision};
use tandem_media::player::Repeat;
use tandem_media::srtp::{Keys, Suite};
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

/// The media of a process. Cheap to clone; the threads end when the last clone is gone, after the recordings are closed.
#[derive(Clone, Debug)]
pub struct Plane(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    ports: Ports,
    threads: Vec<Handle>,
    facts: Facts,
    next: AtomicU64,
    chance: SystemRandom,
}

/// A leg with its address, as it stands in a session description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    pub leg: LegId,
    pub local: SocketAddr,
    /// Of RTCP, where it has a port of its own.
    pub control: Option<SocketAddr>,
}

/// What the plane does and has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub n_legs: usize,
    pub n_conversations: usize,
    /// Of them, those that are mixed now.
    pub n_mixed: usize,
    /// The owner did not read them in time.
    pub n_facts_lost: u64,
    /// Frames that came more than a frame late: the machine is overloaded.
    pub n_frames_late: u64,
    /// Datagrams that belonged to no call, of legs that are closed and of those that are not.
    pub n_dropped: u64,
}

impl Plane {
    /// Starts the threads. Facts come out of the receiver.
    pub fn start(settings: Settings) -> Result<(Self, mpsc::Receiver<Fact>), Error> {
        let (facts, receiver) = Facts::new(settings.n_facts_max.max(1));
        let n_threads = settings.n_threads.clamp(1, THREADS_MAX);
        let threads = (0..n_threads)
            .map(|n| thread::start(n, n_threads, &settings, &facts))
            .collect::<Result<Vec<Handle>, Error>>()?;
        let inner = Inner {
            ports: Ports::new(settings.bind, &settings.ports),
            settings,
            threads,
            facts,
            next: AtomicU64::new(1),
            chance: SystemRandom::new(),
        };
        Ok((Self(Arc::new(inner)), receiver))
    }

    /// A new conversation, on the thread that has the fewest legs.
    pub fn conversation(&self) -> Result<ConversationId, Error> {
        let threads = self.0.threads.iter().zip(0_u8..=u8::MAX);
        let least = threads.min_by_key(|(handle, _)| handle.n_legs());
        let (_, thread) = least.ok_or(Error::Ended)?;
        let id = ConversationId::new(self.next(), thread);
        self.tell(id.thread(), move |thread| thread.begin(id))?;
        Ok(id)
    }

    /// Opens the sockets of a leg. Other legs hear it, and it hears them, when [`Self::hearing`] says so.
    pub fn open_leg(
        &self,
        conversation: ConversationId,
        settings: LegSettings,
    ) -> Result<Opened, Error> {
        let sockets = self.0.ports.open(settings.control)?;
        self.open(conversation, sockets, Origin::New(Box::new(settings)))
    }

    /// Opens a leg again that a [`Self::checkpoint`] tells of, on its port. The other side hears a new source.
    pub fn restore_leg(&self, conversation: ConversationId, bytes: &[u8]) -> Result<Opened, Error> {
        let restored = checkpoint::Restored::read(bytes)?;
        let sockets = self.0.ports.open_at(restored.port, restored.control)?;
        self.open(conversation, sockets, Origin::Restored(Box::new(restored)))
    }

    fn open(
        &self,
        conversation: ConversationId,
        sockets: Sockets,
        origin: Origin,
    ) -> Result<Opened, Error> {
        let thread = u8::try_from(conversation.thread()).or(Err(Error::NoSuchConversation))?;
        let leg = LegId::new(self.next(), thread);
        let local = |port| SocketAddr::new(self.address(), port);
        let opened = Opened {
            leg,
            local: local(sockets.port),
            control: sockets
                .control
                .is_some()
                .then(|| local(sockets.port.saturating_add(1))),
        };
        let opening = Opening {
            leg,
            conversation,
            sockets,
            origin,
            chance: self.chance()?,
        };
        self.tell(conversation.thread(), move |thread| thread.open(opening))?;
        Ok(opened)
    }

    /// What the signalling agreed on, the first time or anew (a re-INVITE). No packet is lost: what comes under the
    /// keys, the codec or from the address of before is taken for a while.
    pub fn update_leg(&self, leg: LegId, agreed: Agreed) -> Answer<()> {
        match self.chance() {
            Ok(chance) => self.order(leg.thread(), move |thread| {
                thread.update(leg, agreed, chance)
            }),
            Err(why) => Answer::refused(why),
        }
    }

    /// An ICE restart (RFC 8445 2.4): checks are answered with these from now on; sound goes on where it goes until
    /// another way is nominated.
    pub fn restart_ice(&self, leg: LegId, ours: Credentials) -> Answer<()> {
        self.order(leg.thread(), move |thread| thread.restart_ice(leg, ours))
    }

    /// Sets cells of the matrix, all between the same two frames: listener, speaker, and whether the first hears the
    /// second.
    pub fn hearing(
        &self,
        conversation: ConversationId,
        cells: Vec<(LegId, LegId, Hearing)>,
    ) -> Answer<()> {
        self.order(conversation.thread(), move |thread| {
            thread.hearing(conversation, &cells)
        })
    }

    /// Lets two legs of one conversation hear each other.
    pub fn connect(&self, conversation: ConversationId, one: LegId, other: LegId) -> Answer<()> {
        self.hearing(
            conversation,
            vec![(one, other, Hearing::Hears), (other, one, Hearing::Hears)],
        )
    }

    /// how a supervisor takes part in a talk.
    pub fn supervise(
        &self,
        conversation: ConversationId,
        customer: LegId,
        agent: LegId,
        supervisor: LegId,
        mode: Supervision,
    ) -> Answer<()> {
        self.order(conversation.thread(), move |thread| {
            thread.supervise(conversation, [customer, agent, supervisor], mode)
        })
    }

    /// Plays to a leg or to all of a conversation, in place of what is played there.
    pub fn play(&self, target: Target, sound: &Sound, repeat: Repeat, key: Key) -> Answer<()> {
        let sound = sound.clone();
        self.order(target.thread(), move |thread| {
            thread.play(target, sound, repeat, key)
        })
    }

    /// Stops what is played there, if anything is.
    pub fn stop(&self, target: Target) -> Answer<()> {
        self.order(target.thread(), move |thread| thread.stop(target))
    }

    /// The leg hears music and what is played to it alone, and is heard by nobody. It is recorded further on.
    pub fn hold(&self, leg: LegId, music: &Sound) -> Answer<()> {
        let music = music.clone();
        self.order(leg.thread(), move |thread| thread.hold(leg, Some(music)))
    }

    pub fn unhold(&self, leg: LegId) -> Answer<()> {
        self.order(leg.thread(), move |thread| thread.hold(leg, None))
    }

    /// Asks for digits, in place of the question that is open. Only events of RFC 4733 are digits; a tone that somebody
    /// whistles into the microphone is none.
    pub fn collect(&self, leg: LegId, collect: Collect) -> Answer<()> {
        self.order(leg.thread(), move |thread| {
            thread.collect(leg, Some(collect))
        })
    }

    /// Ends the question that is open, if one is.
    pub fn stop_collecting(&self, leg: LegId) -> Answer<()> {
        self.order(leg.thread(), move |thread| thread.collect(leg, None))
    }

    /// Sends digits to a leg, 100 ms each, after those that are being sent. Refused where the other side takes none.
    pub fn send_digits(&self, leg: LegId, digits: Vec<Digit>) -> Answer<()> {
        self.order(leg.thread(), move |thread| thread.send_digits(leg, &digits))
    }

    /// Begins to record what is said from now on, a track for each leg that has one.
    pub fn record(
        &self,
        conversation: ConversationId,
        key: Key,
        sink: Box<dyn Sink>,
    ) -> Answer<()> {
        self.order(conversation.thread(), move |thread| {
            thread.record(conversation, key, sink)
        })
    }

    /// When the answer is there, nothing that is said is kept any more.
    pub fn pause_recording(&self, conversation: ConversationId, key: Key) -> Answer<()> {
        self.order(conversation.thread(), move |thread| {
            thread.pause_recording(conversation, key)
        })
    }

    /// What is spoken from now on is kept again.
    pub fn resume_recording(&self, conversation: ConversationId, key: Key) -> Answer<()> {
        self.order(conversation.thread(), move |thread| {
            thread.resume_recording(conversation, key)
        })
    }

    /// Ends the recording; [`super::RecordingState::Finished`] follows when its sink has it all.
    pub fn stop_recording(&self, conversation: ConversationId, key: Key) -> Answer<()> {
        self.order(conversation.thread(), move |thread| {
            thread.stop_recording(conversation, key)
        })
    }

    /// What is needed to go on with a leg after a restart. It contains the keys of the call: the owner seals it. Once a
    /// minute is often enough (see `tandem_media::session::Session::restore`).
    pub fn checkpoint(&self, leg: LegId) -> Answer<Zeroizing<Vec<u8>>> {
        self.order(leg.thread(), move |thread| thread.checkpoint(leg))
    }

    /// Closes a leg: says goodbye by RTCP, gives its port back, tells its [`super::Quality`].
    pub fn close_leg(&self, leg: LegId) -> Answer<()> {
        self.order(leg.thread(), move |thread| thread.close_leg(leg))
    }

    /// Closes all legs of a conversation and its recording.
    pub fn close(&self, conversation: ConversationId) -> Answer<()> {
        self.order(conversation.thread(), move |thread| {
            thread.close(conversation)
        })
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts {
            n_facts_lost: self.0.facts.n_lost(),
            ..Counts::default()
        };
        for handle in &self.0.threads {
            handle.add_to(&mut counts);
        }
        counts
    }

    /// Random keys for our direction of a leg.
    pub fn fresh_keys(&self, suite: Suite) -> Result<Keys, Error> {
        let mut master = Zeroizing::new(vec![0; suite.master_bytes()]);
        self.fill(&mut master)?;
        Ok(Keys::new(suite, &master)?)
    }

    /// Ends the threads and waits for them: all legs are closed, and all recordings with them. Other clones are of no
    /// use afterwards.
    pub fn shut_down(&self) {
        for handle in &self.0.threads {
            handle.end();
        }
    }

    fn address(&self) -> IpAddr {
        self.0.settings.public.unwrap_or(self.0.settings.bind)
    }

    fn next(&self) -> u64 {
        self.0.next.fetch_add(1, Ordering::Relaxed)
    }

    fn chance(&self) -> Result<[u8; 32], Error> {
        let mut bytes = [0; 32];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), Error> {
        self.0
            .chance
            .fill(bytes)
            .or(Err(Error::Limit("randomness of the operating system")))
    }

    fn tell(
        &self,
        thread: usize,
        order: impl FnOnce(&mut Thread) + Send + 'static,
    ) -> Result<(), Error> {
        let handle = self.0.threads.get(thread).ok_or(Error::Ended)?;
        handle.give(Box::new(order))
    }

    fn order<T: Send + 'static>(
        &self,
        thread: usize,
        order: impl FnOnce(&mut Thread) -> Result<T, Error> + Send + 'static,
    ) -> Answer<T> {
        let (sender, receiver) = oneshot::channel();
        let told = self.tell(thread, move |thread| {
            // Whoever dropped the answer does not want it.
            match sender.send(order(thread)) {
                Ok(()) | Err(_) => {}
            }
        });
        match told {
            Ok(()) => Answer::asked(receiver),
            Err(why) => Answer::refused(why),
        }
    }
}

impl Target {
    fn thread(self) -> usize {
        match self {
            Self::Leg(leg) => leg.thread(),
            Self::Conversation(conversation) => conversation.thread(),
        }
    }
}
