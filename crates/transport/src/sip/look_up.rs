//! Names of hops to addresses, off the driver's path. Addresses only (RFC 3263 4.2): trunks and proxies of
//! Direct Routing are configured with their ports, and nothing of theirs stands in SRV records.

use super::connection::{Ends, Inbound, Secure, opened};
use super::peer::Closing;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tandem_sip::flow::{FlowId, Hop};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, timeout_at};

/// Looked up at once; the system's resolver has one thread for each.
pub(super) const LOOK_UPS_MAX: usize = 64;

/// Of one name, tried at most.
const ADDRESSES_MAX: usize = 8;

/// Where a hop is: known already, or to be asked for.
#[derive(Debug)]
pub(super) enum Place {
    Known(Vec<SocketAddr>),
    Named { hop: Hop, look_ups: Arc<Semaphore> },
}

impl Place {
    async fn addresses(self) -> Result<Vec<SocketAddr>, Closing> {
        match self {
            Self::Known(addresses) => Ok(addresses),
            Self::Named { hop, look_ups } => {
                let permit = look_ups.acquire().await;
                let _permit = permit.map_err(|_closed| Closing::Fault)?;
                let found = tokio::net::lookup_host((hop.host.as_str(), hop.port)).await;
                let found = found.map_err(|_unknown| Closing::NoAddress)?;
                let addresses: Vec<SocketAddr> = found.take(ADDRESSES_MAX).collect();
                if addresses.is_empty() {
                    return Err(Closing::NoAddress);
                }
                Ok(addresses)
            }
        }
    }
}

/// Looks up and connects; lives through the connection.
pub(super) async fn open(place: Place, tls: Option<Secure>, ends: Ends) {
    let by = Instant::now() + ends.limits.connect;
    match timeout_at(by, place.addresses()).await {
        Err(_elapsed) => ends.close(Closing::NoAddress).await,
        Ok(Err(why)) => ends.close(why).await,
        Ok(Ok(addresses)) => opened(addresses, by, tls, ends).await,
    }
}

/// Looks up whom datagrams go to.
pub(super) async fn find(
    place: Place,
    flow: FlowId,
    patience: Duration,
    inbound: mpsc::Sender<Inbound>,
) {
    let by = Instant::now() + patience;
    let told = match timeout_at(by, place.addresses()).await {
        Err(_elapsed) => Inbound::Closed {
            flow,
            why: Closing::NoAddress,
        },
        Ok(Err(why)) => Inbound::Closed { flow, why },
        Ok(Ok(addresses)) => Inbound::LookedUp { flow, addresses },
    };
    // Where nobody listens any more, the driver has ended.
    inbound.send(told).await.unwrap_or_default();
}
