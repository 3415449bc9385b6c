//! Recordings of our own media: what the media plane gives, track by track, is put side by side (the customer on the
//! first channel, everybody else on the second), sealed and written as it comes. A pause is silence of its true length:
//! the plane never lets anything of it come here.

mod side_by_side;

use super::line::Parts;
use super::perform::failed;
use crate::recordings::{About, Begun, KeepError, Keeping};
use side_by_side::{Portion, SideBySide};
use std::io;
use std::sync::Arc;
use tandem_core::effect::Outcome;
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::input::Input;
use tandem_media::wav::{self, Channels, Length};
use tandem_store::{Channel, KeptRecording};
use tandem_transport::media::{Finished, LegId, Piece, Sink};
use tokio::sync::{mpsc, oneshot};

/// Pieces that wait for the storage; the plane's own backlog is behind them.
const WAITING_MAX: usize = 64;

/// What the storage is told.
enum Part {
    Piece(Piece),
    Finished(Finished, oneshot::Sender<io::Result<()>>),
}

/// Where the plane writes a recording.
pub(super) struct KeptSink {
    parts: mpsc::Sender<Part>,
    customer: Arc<std::sync::OnceLock<LegId>>,
}

impl KeptSink {
    /// Begins to keep a recording.
    pub(super) async fn begin(
        parts: &Arc<Parts>,
        contact: ContactId,
        recording: EffectId,
        reference: &str,
    ) -> Result<Self, Outcome> {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        let customer = Arc::default();
        let (ready, is_ready) = oneshot::channel();
        let writer = Writer {
            parts: Arc::clone(parts),
            contact,
            recording,
            reference: reference.to_owned(),
            customer: Arc::clone(&customer),
        };
        tokio::spawn(writer.run(receiver, ready));
        match is_ready.await {
            Ok(Ok(())) => Ok(Self {
                parts: sender,
                customer,
            }),
            Ok(Err(outcome)) => Err(outcome),
            Err(_gone) => Err(Outcome::Unknown),
        }
    }

    /// Whose voice is on the first channel.
    pub(super) fn customer_is(&self, leg: LegId) {
        if self.customer.set(leg).is_err() {
            tracing::trace!("whose voice is first was said before");
        }
    }
}

impl Sink for KeptSink {
    fn write(&mut self, piece: Piece) -> io::Result<()> {
        let sent = self.parts.blocking_send(Part::Piece(piece));
        sent.map_err(|_gone| io::Error::other("the storage of the recording has failed"))
    }

    fn finish(self: Box<Self>, finished: Finished) -> io::Result<()> {
        let (reply, told) = oneshot::channel();
        let gone = || io::Error::other("the storage of the recording has failed");
        let sent = self.parts.blocking_send(Part::Finished(finished, reply));
        sent.map_err(|_gone| gone())?;
        told.blocking_recv().unwrap_or_else(|_gone| Err(gone()))
    }
}

struct Writer {
    parts: Arc<Parts>,
    contact: ContactId,
    recording: EffectId,
    reference: String,
    customer: Arc<std::sync::OnceLock<LegId>>,
}

impl Writer {
    async fn run(
        self,
        mut coming: mpsc::Receiver<Part>,
        ready: oneshot::Sender<Result<(), Outcome>>,
    ) {
        let center = self.parts.engine.center();
        let begun = self.parts.recordings.begin(self.recording).await;
        let mut keeping = match begun {
            Ok(Begun::Keeping(keeping)) => keeping,
            // The order was given again after its recording had ended.
            Ok(Begun::Kept(_)) => return drop(ready.send(Err(failed("recorded-before")))),
            Err(error) => {
                tracing::error!(%center, %error, "a recording cannot be begun");
                return drop(ready.send(Err(failed("not-kept"))));
            }
        };
        if ready.send(Ok(())).is_err() {
            return keeping.abandon().await;
        }
        let mut sound = SideBySide::default();
        let mut has_header = false;
        while let Some(part) = coming.recv().await {
            let written = match part {
                Part::Piece(piece) => {
                    if !has_header {
                        has_header = true;
                        let begun = head(&mut keeping, piece.sample_rate).await;
                        if let Err(error) = begun {
                            return self.give_up(*keeping, &error).await;
                        }
                    }
                    let is_customer = self.customer.get() == Some(&piece.leg);
                    let portions = sound.take(piece, is_customer);
                    write(&mut keeping, portions).await
                }
                Part::Finished(finished, reply) => {
                    let kept = self.finish(*keeping, sound, finished, has_header).await;
                    let kept = kept.map_err(|error| {
                        tracing::error!(%center, %error, "a recording cannot be kept");
                        io::Error::other(error.to_string())
                    });
                    let is_kept = kept.is_ok();
                    drop(reply.send(kept.map(drop)));
                    if is_kept {
                        self.tell_file().await;
                    }
                    return;
                }
            };
            if let Err(error) = written {
                return self.give_up(*keeping, &error).await;
            }
        }
        // The plane is gone without a word.
        keeping.abandon().await;
    }

    async fn give_up(&self, keeping: Keeping<'_>, error: &KeepError) {
        let center = self.parts.engine.center();
        tracing::error!(%center, %error, "a recording cannot be kept");
        keeping.abandon().await;
    }

    async fn finish(
        &self,
        mut keeping: Keeping<'_>,
        sound: SideBySide,
        finished: Finished,
        has_header: bool,
    ) -> Result<KeptRecording, KeepError> {
        if let Some(why) = &finished.failure {
            let center = self.parts.engine.center();
            tracing::error!(%center, why, "a recording lacks its end");
        }
        let manifest = &finished.manifest;
        if !has_header {
            head(&mut keeping, manifest.sample_rate).await?;
        }
        let n_frames = manifest.length_ms * u64::from(manifest.sample_rate) / 1_000;
        write(&mut keeping, sound.finish(n_frames)).await?;
        let (engine, now) = (&self.parts.engine, self.parts.clock.now());
        let channels = vec![Channel::Mixed; 2];
        let about = About::of(
            engine,
            now,
            self.contact,
            self.recording,
            manifest.length_ms,
            channels,
        );
        keeping.finish(about).await
    }

    /// The core has the file fetched, and is told then that it is kept.
    async fn tell_file(&self) {
        let input = Input::RecordingFile {
            reference: self.reference.clone(),
            location: Some(self.reference.clone()),
            told_ms: None,
        };
        if let Err(error) = self.parts.engine.submit(input).await {
            let center = self.parts.engine.center();
            tracing::warn!(%center, %error, "the file of a recording could not be told");
        }
    }
}

async fn head(keeping: &mut Keeping<'_>, sample_rate: u32) -> Result<(), KeepError> {
    // How long it is comes to be known when everything before is sealed.
    match wav::header(sample_rate, Channels::Stereo, Length::Open) {
        Ok(header) => keeping.write(&header).await,
        Err(error) => {
            tracing::error!(%error, "a recording has no header");
            Ok(())
        }
    }
}

async fn write(keeping: &mut Keeping<'_>, portions: Vec<Portion>) -> Result<(), KeepError> {
    for portion in portions {
        match portion {
            Portion::Sound(bytes) => keeping.write(&bytes).await?,
            Portion::Silence { n_bytes } => keeping.write_silence(n_bytes).await?,
        }
    }
    Ok(())
}

impl Parts {
    /// The file of a recording is here since it ended.
    pub(super) async fn kept(&self, recording: EffectId) -> Result<Outcome, Outcome> {
        let begun = self.recordings.begin(recording).await;
        match begun {
            Ok(Begun::Kept(kept)) => {
                let seconds = u32::try_from(kept.sheet.length_ms / 1_000).unwrap_or(u32::MAX);
                Ok(Outcome::Kept {
                    seconds,
                    parts: Vec::new(),
                    link: Some(kept.link.to_string()),
                    told_s: None,
                })
            }
            Ok(Begun::Keeping(keeping)) => {
                keeping.abandon().await;
                Err(failed("not-kept"))
            }
            Err(error) => {
                let center = self.engine.center();
                tracing::error!(%center, %error, "a recording cannot be looked up");
                Err(Outcome::Unknown)
            }
        }
    }
}
