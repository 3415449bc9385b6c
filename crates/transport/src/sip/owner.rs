//! Who decides about calls: a value next to the user agent, inside the task that drives it.

use super::peer::{Link, Peer, Peers};
use super::wire::Wire;
use tandem_sip::Micros;
use tandem_sip::flow::FlowId;
use tandem_sip::transaction;
use tandem_sip::user_agent::{Event, UserAgent};

/// What the owner of a side does. It is called from one task only, one call after the other, and must not wait:
/// what takes time it gives to others, who answer with an order.
pub trait Owner: Send + 'static {
    /// What it is told from outside ([`super::Handle::order`]): a closed list of its own. Whoever wants an answer
    /// puts a `tokio::sync::oneshot::Sender` into it.
    type Order: Send + 'static;

    /// An event of the user agent. [`Event::Open`] and [`Event::Retire`] are the driver's and do not come here.
    fn handle_event(&mut self, side: &mut Side<'_>, event: Event);

    fn handle_order(&mut self, side: &mut Side<'_>, order: Self::Order);

    /// A connection stands, could not be opened, or has ended. For health and diagnosis: what hangs on it has been,
    /// or will be, told as events of its calls.
    fn handle_link(&mut self, side: &mut Side<'_>, link: &Link) {
        _ = (side, link);
    }

    /// When it wants to be woken; asked after each call of it.
    fn poll_timeout(&self) -> Option<Micros> {
        None
    }

    /// The time that it named has come.
    fn handle_timeout(&mut self, side: &mut Side<'_>) {
        _ = side;
    }

    /// The last word on a message that is about to leave: as it goes, or nothing where it is to be lost. For what stands
    /// in for somebody else's side, who writes headers in other ways than ours or falls silent; everybody else leaves it.
    fn dress(&mut self, flow: FlowId, bytes: transaction::Wire) -> Option<transaction::Wire> {
        _ = flow;
        Some(bytes)
    }

    /// Whether [`Owner::handle_wire`] wants messages; asked often. While the answer is no, a message costs nothing more.
    fn wants_wire(&self) -> bool {
        false
    }

    /// A message as it went over the wire, with its secrets masked. How much of them is kept is up to the owner.
    fn handle_wire(&mut self, wire: Wire) {
        _ = wire;
    }
}

/// What an owner is given with each call.
#[derive(Debug)]
pub struct Side<'a> {
    /// Unix microseconds that never go back ([`super::Clock`]).
    pub now: Micros,
    pub ua: &'a mut UserAgent,
    pub(super) peers: &'a Peers,
}

impl Side<'_> {
    /// Who is at the other end; none where the connection is gone, or not open yet.
    #[must_use]
    pub fn peer(&self, flow: FlowId) -> Option<&Peer> {
        self.peers.get(flow)
    }
}
