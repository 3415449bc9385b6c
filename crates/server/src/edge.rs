//! Edges: the code that faces one outside system each. An edge translates; it holds no business
//! state, and what it needs after a restart is in the journal or among the personal data.

pub mod business;
pub mod direct_routing;
pub(crate) mod graph;
pub mod teams_phone;

use direct_routing::Line;
use std::sync::Arc;
use tandem_core::effect::{Order, Outcome};
use teams_phone::TeamsPhone;

/// The edges of one contact center that carry out orders about calls. Which of them an order is for is told by its leg, or
/// by what stands for one before there is a leg.
pub struct Edges {
    /// Calls of Teams resource accounts.
    pub teams_phone: Arc<TeamsPhone>,
    /// Calls by trunks, where the process has listeners for them.
    pub direct_routing: Option<Arc<Line>>,
}

impl Edges {
    /// Carries an order out and says how it ended.
    pub(crate) async fn perform(&self, order: &Order) -> Outcome {
        match &self.direct_routing {
            Some(line) if line.takes(&order.effect).await => line.perform(order).await,
            // A number of a trunk cannot call where there is no listener: the edge of Teams Phone refuses it.
            Some(_) | None => teams_phone::perform(&self.teams_phone, order).await,
        }
    }

    /// Whether an order is carried out by media of ours: how it goes says nothing of Microsoft's services.
    pub(crate) async fn is_own_media(&self, order: &Order) -> bool {
        match &self.direct_routing {
            Some(line) => line.takes(&order.effect).await,
            None => false,
        }
    }
}
