//! Callback weather: `TANDEM_WEATHER=stormy` runs every test with each callback doubled and one in ten
//! late, reordered or lost, on stepped clocks that a mover pushes on, some ten seconds in one.

use crate::cloud::Cloud;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tandem_server::engine::{Clock, SteppedClock, SystemClock};
use tokio::task::JoinHandle;

/// What both clocks move on at once.
const STEP: Duration = Duration::from_millis(50);
/// How long a step may take to show.
const BREATH: Duration = Duration::from_millis(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Every callback arrives, once and in order.
    Clear,
    /// Every callback comes twice; one in ten comes late, out of order or not at all.
    Stormy,
}

impl Weather {
    pub(crate) fn now() -> Self {
        match std::env::var("TANDEM_WEATHER").as_deref() {
            Ok("stormy") => Self::Stormy,
            Ok("clear") | Err(_) => Self::Clear,
            Ok(other) => panic!("TANDEM_WEATHER is clear or stormy, not {other:?}"),
        }
    }

    /// The faults of the weather, each drawn for itself: the first that strikes counts.
    pub(crate) async fn strike(self, cloud: &Cloud) {
        if self == Self::Clear {
            return;
        }
        let faults = [
            json!({"kind": "callback_lost", "probability": 0.034}),
            json!({"kind": "callback_late", "ms": 1_500, "probability": 0.034}),
            json!({"kind": "callback_reordered", "probability": 0.034}),
            json!({"kind": "callback_doubled", "probability": 1.0}),
        ];
        for fault in faults {
            cloud.fault(fault).await;
        }
    }
}

/// The clock of the server, and in a storm whoever moves it together with the cloud's.
pub(crate) struct Time {
    pub(crate) clock: Arc<dyn Clock>,
    stepped: Option<Arc<SteppedClock>>,
    mover: Option<JoinHandle<()>>,
}

impl Time {
    pub(crate) fn of(weather: Weather) -> Self {
        match weather {
            Weather::Clear => Self {
                clock: Arc::new(SystemClock::default()),
                stepped: None,
                mover: None,
            },
            Weather::Stormy => Self::stepped(),
        }
    }

    /// Time that whoever has the clock moves.
    pub(crate) fn standing(clock: Arc<SteppedClock>) -> Self {
        Self {
            clock,
            stepped: None,
            mover: None,
        }
    }

    /// Time that a mover pushes on.
    pub(crate) fn stepped() -> Self {
        let stepped = Arc::new(SteppedClock::at(SystemClock::default().now()));
        Self {
            clock: Arc::clone(&stepped) as Arc<dyn Clock>,
            stepped: Some(stepped),
            mover: None,
        }
    }

    /// Begins to move, until it is dropped.
    pub(crate) fn flow(&mut self, cloud: &Cloud) {
        let Some(stepped) = self.stepped.clone() else {
            return;
        };
        let hand = cloud.hand();
        self.mover = Some(tokio::spawn(async move {
            loop {
                if hand.advances(STEP).await {
                    stepped.advance(STEP);
                }
                // poll: time flows until the test is over
                tokio::time::sleep(BREATH).await;
            }
        }));
    }
}

impl Drop for Time {
    fn drop(&mut self) {
        if let Some(mover) = self.mover.take() {
            mover.abort();
        }
    }
}
