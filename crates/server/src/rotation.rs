//! After a change of the data key: what was sealed with an earlier key is sealed again with the current
//! one, in small portions with pauses, beside the service. A restart goes on where it was.

use std::sync::Arc;
use std::time::Duration;
use tandem_core::ids::EffectId;
use tandem_store::{CenterId, KeyFamily, Store};
use tokio_util::sync::CancellationToken;

/// Between two portions: the disk belongs to the calls.
const PAUSE: Duration = Duration::from_millis(50);
/// Before a portion that failed is tried again.
const RETRY: Duration = Duration::from_secs(10);

/// Goes through the rows of all contact centers once, until it is done or told to stop.
pub(crate) async fn run(
    store: Arc<Store>,
    centers: Vec<CenterId>,
    keys: Arc<KeyFamily>,
    stop: CancellationToken,
) {
    for center in centers {
        let (mut after, mut n_resealed, mut n_unopened) = (None, 0, 0);
        loop {
            let pause = match store.reseal(&center, &keys, after).await {
                Ok(portion) => {
                    n_resealed += portion.n_resealed;
                    n_unopened += portion.n_unopened;
                    if portion.next.is_none() {
                        break;
                    }
                    after = portion.next;
                    PAUSE
                }
                Err(error) => {
                    tracing::warn!(%center, %error, "rows under an earlier data key could not be sealed again yet");
                    RETRY
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
        let mut after = EffectId(0);
        loop {
            let pause = match store.rewrap(&center, &keys, after).await {
                Ok((_, None)) => break,
                Ok((n_rewrapped, Some(last))) => {
                    n_resealed += n_rewrapped;
                    after = last;
                    PAUSE
                }
                Err(error) => {
                    tracing::warn!(%center, %error, "keys of recordings could not be wrapped again yet");
                    RETRY
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
        if n_resealed + n_unopened > 0 {
            tracing::info!(%center, n_resealed, n_unopened, "rows under earlier data keys are sealed with the current one");
        }
    }
}
