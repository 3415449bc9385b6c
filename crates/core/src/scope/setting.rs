//! Which settings a scope reaches, to change them. A flow is of the queues that it leads into; a prompt and a schedule
//! are of whoever uses them. What concerns a queue that is not named is out: nobody changes what callers of others hear.

use super::Scope;
use crate::flow::{Flow, Prompt};
use crate::ids::{BalanceGroupId, FlowId, PromptId, QueueId, ScheduleId};
use crate::queue::Queue;
use crate::settings::{Document, Kind, Settings};

impl Settings {
    /// What of a document that is about to be saved is beyond a scope, in words.
    pub(crate) fn beyond_saving(
        &self,
        scope: &Scope,
        id: Option<u64>,
        document: &Document,
    ) -> Option<String> {
        let standing = id.and_then(|id| self.beyond_standing(scope, document.kind(), id));
        standing.or_else(|| match document {
            Document::Flow(flow) => self.beyond_flow(scope, id.map(FlowId), flow),
            Document::Queue(_)
            | Document::Skill(_)
            | Document::Agent(_)
            | Document::Endpoint(_)
            | Document::Reason(_)
            | Document::Disposition(_)
            | Document::Schedule(_)
            | Document::Prompt(_)
            | Document::Team(_)
            | Document::Site(_)
            | Document::Privacy(_)
            | Document::Presence(_)
            | Document::Trunk(_)
            | Document::CapacityProfile(_) => None,
            Document::BalanceGroup(group) => {
                let mut queues = group.members.iter().map(|it| it.queue);
                let beyond = queues.find(|it| !scope.has_queue(*it));
                beyond.map(|it| format!("queue {it}"))
            }
        })
    }

    /// A setting that is there and beyond a scope, in words. Skills, teams and the like are of no scope's making.
    #[must_use]
    pub fn beyond_standing(&self, scope: &Scope, kind: Kind, id: u64) -> Option<String> {
        let is_beyond = match kind {
            Kind::Queue => self.queue(QueueId(id)).is_some() && !scope.has_queue(QueueId(id)),
            Kind::Flow => {
                let standing = self.flows.get(FlowId(id));
                standing.is_some_and(|it| {
                    let beyond = self.beyond_flow(scope, Some(FlowId(id)), &it.document);
                    beyond.is_some()
                })
            }
            Kind::Prompt => {
                let prompt = PromptId(id);
                let in_queue = |it: &Queue| it.prompts().any(|(_, it)| *it == Prompt::Kept(prompt));
                let in_flow = |it: &Flow| it.kept_prompts().any(|(_, it)| it == prompt);
                self.is_used_beyond(scope, in_queue, in_flow)
            }
            Kind::Schedule => {
                let schedule = ScheduleId(id);
                let in_flow = |it: &Flow| it.schedules().any(|it| it == schedule);
                self.is_used_beyond(scope, |it| it.keeps_to(schedule), in_flow)
            }
            Kind::Skill
            | Kind::Agent
            | Kind::Endpoint
            | Kind::Reason
            | Kind::Disposition
            | Kind::Team
            | Kind::Site
            | Kind::Privacy
            | Kind::Presence
            | Kind::Trunk
            | Kind::CapacityProfile => false,
            Kind::BalanceGroup => {
                let standing = self.balance_groups.get(&BalanceGroupId(id));
                standing.is_some_and(|it| {
                    let mut queues = it.document.members.iter().map(|it| it.queue);
                    queues.any(|it| !scope.has_queue(it))
                })
            }
        };
        is_beyond.then(|| format!("{} {id}", kind.word()))
    }

    /// A queue that a flow leads into, or one that goes through it, and that is not named.
    fn beyond_flow(&self, scope: &Scope, id: Option<FlowId>, flow: &Flow) -> Option<String> {
        if scope.is_everything() {
            return None;
        }
        let queues = self.queues_around(id, flow);
        if queues.is_empty() {
            return Some("a flow that leads into no queue".to_owned());
        }
        let beyond = queues.into_iter().find(|it| !scope.has_queue(*it));
        beyond.map(|it| format!("a flow that leads into queue {it}"))
    }

    /// Whether anybody uses something whose queue is not named, or whose flow is beyond the scope.
    fn is_used_beyond(
        &self,
        scope: &Scope,
        by_queue: impl Fn(&Queue) -> bool,
        by_flow: impl Fn(&Flow) -> bool,
    ) -> bool {
        let mut queues = self.queues.iter();
        let mut flows = self.flows.iter();
        queues.any(|(id, it)| by_queue(&it.document) && !scope.has_queue(id))
            || flows.any(|(id, it)| {
                by_flow(&it.document) && self.beyond_flow(scope, Some(id), &it.document).is_some()
            })
    }
}
