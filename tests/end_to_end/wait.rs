//! Waiting on a condition with a deadline: everything that is asked for shows, or the test says what
//! did not.

use std::time::Duration;
use tokio::time::Instant;

/// How long anything that was asked for may take to show.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// How often somebody is asked who does not tell by themselves.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Looks until there is something, and answers it.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not come about");
        // poll: until the deadline above
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
