//! Who waits goes through the plan of the queue, and somebody may change a place in the line. A step is
//! entered by an alarm of the contact, never by a tick, and its key stays as it is until the next one.

use super::{OpenTurn, Reply};
use crate::contact::State as Stands;
use crate::contact::{Adjustment, Stay};
use crate::effect::Repeat;
use crate::event::{Event, PlanStepEntered, PriorityAdjusted};
use crate::flow::{Prompt, in_range};
use crate::ids::{ContactId, QueueId};
use crate::limits;
use crate::plan::StepCause;
use crate::queue::Queue;
use crate::refusal::Refusal;
use crate::role::Actor;

impl OpenTurn<'_> {
    /// A contact begins to wait: where the queue has a plan, it enters the step that is due. Answers the step whose
    /// prompt it is to hear.
    pub(super) fn begin_plan(&mut self, id: ContactId) -> Option<u32> {
        self.enter_step(id, StepCause::Waited)
    }

    /// The next step of the plan is due.
    pub(super) fn step_is_due(&mut self, id: ContactId) {
        let entered = self.enter_step(id, StepCause::Waited);
        let preferred = self.contact(id).and_then(|it| it.preferred);
        self.review(id);
        // Whatever is asked now, and whoever is free: it is decided anew, and told.
        if self.contact(id).and_then(|it| it.preferred) == preferred {
            self.place_first(id);
        }
        if let Some(step) = entered {
            self.say_step(id, step);
        }
    }

    /// Who begins to wait hears what the step says, and then the music.
    pub(super) fn begin_music(&mut self, id: ContactId, queue: QueueId, entered: Option<u32>) {
        if !entered.is_some_and(|step| self.play_step(id, step)) {
            self.play_music(id, queue);
        }
    }

    /// What the plan says at a step. While something else is said it comes after that, and whoever is being offered to
    /// an agent needs it no more.
    fn say_step(&mut self, id: ContactId, step: u32) {
        let Some((contact, Stands::Queued(_))) = self.contact(id).map(|it| (it, &it.state)) else {
            return;
        };
        let is_said = contact.media.as_ref().is_some_and(|it| it.until.is_some());
        if !is_said {
            self.play_step(id, step);
        } else if self.step_prompt(id, step).is_some() {
            self.record(Event::StepPromptPostponed { contact: id, step });
        }
    }

    /// What was postponed is said now; answers whether there was anything.
    pub(super) fn say_postponed(&mut self, id: ContactId) -> bool {
        let postponed = self.contact(id).and_then(|it| {
            let waits =
                matches!(&it.state, Stands::Queued(stay) if it.told.step == Some(stay.step));
            it.told.step.filter(|_| waits)
        });
        postponed.is_some_and(|step| self.play_step(id, step))
    }

    fn step_prompt(&self, id: ContactId, step: u32) -> Option<&Prompt> {
        let stay = self.contact(id)?.waits()?;
        self.state.settings.queue(stay.queue)?.prompt_at(step)
    }

    fn play_step(&mut self, id: ContactId, step: u32) -> bool {
        let Some(prompt) = self.step_prompt(id, step).cloned() else {
            return false;
        };
        self.play(id, &prompt, Repeat::Once);
        true
    }

    /// A queue was changed: those who wait in it go on by the plan as it stands, with the time that they waited.
    pub(super) fn plan_anew(&mut self, queue: QueueId) {
        let contacts = self.state.contacts.iter();
        let waiting = contacts.filter(|(_, it)| it.waits().is_some_and(|it| it.queue == queue));
        let waiting: Vec<_> = waiting.map(|(id, _)| id).collect();
        for id in waiting {
            self.enter_step(id, StepCause::PlanChanged);
        }
    }

    /// Answers the step that was entered, if it is another one.
    fn enter_step(&mut self, id: ContactId, why: StepCause) -> Option<u32> {
        let stay = self.contact(id).and_then(|it| it.waits()).copied()?;
        let queue = self.state.settings.queue(stay.queue)?;
        // A queue without a plan changes nothing of those who wait.
        if queue.plan.is_empty() && stay.step == 0 && stay.next_step_at.is_none() {
            return None;
        }
        let entered = self.step_of(id, &stay, queue, why);
        let step = entered.step;
        let is_same = (stay.step, stay.band, stay.boost_s, stay.next_step_at)
            == (entered.step, entered.band, entered.boost_s, entered.next_at);
        if !is_same {
            self.record(Event::PlanStepEntered(entered));
        }
        (step != stay.step).then_some(step)
    }

    /// The step that is due, or the first later one that somebody who is here could serve.
    fn step_of(
        &self,
        id: ContactId,
        stay: &Stay,
        queue: &Queue,
        why: StepCause,
    ) -> PlanStepEntered {
        let due = queue.step_due(stay.since, self.now);
        let is_served = |step: &u32| self.state.floor.n_signed_in(stay.queue, *step) > 0;
        let step = (due..queue.n_steps()).find(is_served).unwrap_or(due);
        PlanStepEntered {
            contact: id,
            queue: stay.queue,
            step,
            band: queue.band_at(step),
            boost_s: queue.boost_at(step),
            next_at: queue.next_step_at(stay.since, step),
            why: if step > due {
                StepCause::NobodySignedIn
            } else {
                why
            },
        }
    }

    /// Changes the place of a contact that waits, for good or until it is changed again.
    pub(super) fn adjust_priority(
        &mut self,
        actor: &Actor,
        id: ContactId,
        adjustment: Adjustment,
    ) -> Result<Reply, Refusal> {
        let contact = self.contact(id).ok_or(Refusal::NotFound {
            what: "contact",
            id: id.0,
        })?;
        let stay = *contact.waits().ok_or(Refusal::NotWaiting)?;
        if let Some(band) = adjustment.band {
            in_range("priority", u32::from(band), 0, 9)?;
        }
        let added_s = adjustment.age_s.unsigned_abs();
        in_range("age_s", added_s, 0, limits::BOOST_SECONDS_MAX)?;
        if stay.adjustment != adjustment {
            self.record(Event::PriorityAdjusted(PriorityAdjusted {
                contact: id,
                queue: stay.queue,
                adjustment,
                by: actor.account,
            }));
        }
        Ok(Reply::Done)
    }
}
