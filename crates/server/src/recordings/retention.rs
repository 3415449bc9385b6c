//! Retention: recordings whose time is over are erased, each on record, and files of erased ones are removed.
//! It sleeps until the next one's time is over; a legal hold that is released wakes it.

use crate::center::Center;
use std::sync::Arc;
use std::time::Duration;
use tandem_core::access::Access;
use tandem_core::ids::EffectId;
use tandem_core::input::{Input, Request};
use tandem_core::role::Actor;
use tandem_store::{Erased, Recordings as _, UnixMicros};
use tokio_util::sync::CancellationToken;

/// The longest sleep: a recording that was kept meanwhile may be due sooner than what was known.
const SLEEP_MAX: Duration = Duration::from_secs(3600);
/// After something went wrong.
const RETRY: Duration = Duration::from_secs(60);

/// Erases what is due until it is told to stop.
pub async fn run(center: Arc<Center>, stop: CancellationToken) {
    loop {
        let pause = match round(&center).await {
            Ok(next) => sleep(&center, next),
            Err(error) => {
                tracing::warn!(center = %center.id(), %error, "recordings whose time is over could not be erased");
                RETRY
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = center.recordings.woken() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn sleep(center: &Center, next: Option<UnixMicros>) -> Duration {
    let Some(next) = next else {
        return SLEEP_MAX;
    };
    let micros = next.0.saturating_sub(center.clock.now().as_micros());
    Duration::from_micros(u64::try_from(micros).unwrap_or(0)).min(SLEEP_MAX)
}

/// Erases everything that is due; answers when the next is.
async fn round(center: &Center) -> Result<Option<UnixMicros>, super::KeepError> {
    loop {
        let now = UnixMicros(center.clock.now().as_micros());
        let due = center.store.recordings_due(center.id(), now).await?;
        if due.is_empty() {
            break;
        }
        for id in due {
            expire(center, id).await?;
        }
    }
    remove_files(center).await?;
    Ok(center.store.next_recording_due(center.id()).await?)
}

async fn expire(center: &Center, id: EffectId) -> Result<(), super::KeepError> {
    let Some(kept) = center.store.recording(center.id(), id).await? else {
        return Ok(());
    };
    let now = UnixMicros(center.clock.now().as_micros());
    let erased = center.store.erase_recording(center.id(), id, now).await?;
    if matches!(erased, Erased::Now(_)) {
        let input = Input::Asked {
            actor: Actor::system(),
            request: Request::AccessRecording {
                contact: kept.sheet.contact,
                recording: id,
                access: Access::Expired,
            },
        };
        if let Err(error) = center.engine.submit(input).await {
            // It is gone; that it is, its row says as well.
            tracing::warn!(center = %center.id(), recording = id.0, %error, "an erasure is not on record");
        }
    }
    Ok(())
}

/// Removes the files of erased recordings. What the storage refuses keeps no other one back, and is tried again.
pub(crate) async fn remove_files(center: &Center) -> Result<(), super::KeepError> {
    loop {
        let files = center.store.files_to_remove(center.id()).await?;
        if files.is_empty() {
            return Ok(());
        }
        let mut refused = None;
        for (id, file) in files {
            match center.recordings.files().remove(&file).await {
                Ok(()) => {
                    let now = UnixMicros(center.clock.now().as_micros());
                    center.store.file_removed(center.id(), id, now).await?;
                }
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        if let Some(error) = refused {
            return Err(error.into());
        }
    }
}
