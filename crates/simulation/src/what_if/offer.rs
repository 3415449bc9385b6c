//! Callbacks that are offered to who waits: when, to whom, and what is assumed of the answers. Nothing on record says who
//! would have taken one, so whoever asks says it.

use super::change::queue_of;
use crate::floor_plan::text;
use crate::import;
use crate::rerun::{Assumed, COUNTRY, YES};
use tandem_core::callback::{AtClosing, AttemptRules, CallbackRules, Duplicate, OnReturn};
use tandem_core::calling_out::CallingOut;
use tandem_core::flow::{CallbackWhen, Flow, Key, Node, QueueCase, QueueKey, QueueTest};
use tandem_core::ids::{EndpointId, QueueId};
use tandem_core::limits;
use tandem_core::queue::Queue;
use tandem_core::settings::Settings;

/// The first question of a flow comes so late at most, s (`key.first_s` of the node `queue`).
const AFTER_SECONDS: (u32, u32) = (1, 600);
/// And it is asked again as seldom as may be, s: who said no says no again.
const AGAIN_S: u32 = 600;
/// A phone that is answered is answered after so long, s: what the core goes by before it has learned it.
const ANSWER_S: u32 = 10;
/// How long a phone rings where the queue does not call out yet, s: as in the API.
const RING_S: u32 = 45;

/// A callback that is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// In this queue, or in all.
    pub queue: Option<QueueId>,
    /// When.
    pub asked: Asked,
    /// What is assumed of the customers.
    pub assumed: Assumed,
}

/// When a caller is asked whether to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// After so long in line, s.
    After(u32),
    /// At once, where the queue's estimate for who joins is at least so long, s.
    AtEstimate(u32),
}

/// What was said of an offer so far.
#[derive(Default)]
struct Said<'a> {
    after: Option<&'a str>,
    estimate: Option<&'a str>,
    share: Option<&'a str>,
    reached: Option<&'a str>,
    queue: Option<&'a str>,
}

impl Offer {
    /// Reads one of `after=SECONDS` or `estimate=SECONDS`, `share=PERCENT`, and if wanted `reached=PERCENT` and
    /// `queue=NUMBER|NAME`, in any order.
    ///
    /// # Errors
    /// What is missing or cannot be used, and what can.
    pub fn parse(options: &[&str], settings: &Settings) -> Result<Self, String> {
        let said = Said::read(options)?;
        let day = limits::SECONDS_OF_A_DAY;
        let asked = match (said.after, said.estimate) {
            (Some(after), None) => Asked::After(number("after", after, AFTER_SECONDS)?),
            (None, Some(estimate)) => Asked::AtEstimate(number("estimate", estimate, (1, day))?),
            (None, None) | (Some(_), Some(_)) => {
                return Err(
                    "callbacks: say when callers are asked, after=SECONDS of waiting or \
                     estimate=SECONDS, the wait that is estimated for them"
                        .to_owned(),
                );
            }
        };
        let share = said.share.ok_or(
            "callbacks: say which share of those who are asked takes one, for example share=40; \
             nothing on record tells it",
        )?;
        let queue = said.queue.map(|it| queue_of(it, settings)).transpose()?;
        Ok(Self {
            queue,
            asked,
            assumed: Assumed {
                share_percent: percent("share", share)?,
                reached_percent: said.reached.map_or(Ok(100), |it| percent("reached", it))?,
                answer_s: ANSWER_S,
            },
        })
    }

    /// A queue that calls back: by its own rules, or by those that one begins with. An agent is there first, whenever one
    /// is at work.
    pub(super) fn open(self, queue: &mut Queue, endpoint: EndpointId) {
        let own = queue.callbacks.take();
        let rules = own.map_or_else(usual_rules, |it| *it);
        queue.callbacks = Some(Box::new(CallbackRules {
            hours: None,
            customer_first: None,
            ..rules
        }));
        let ring_s = queue.calling_out.take().map_or(RING_S, |it| it.ring_s);
        queue.calling_out = Some(Box::new(CallingOut {
            endpoint,
            countries: vec![COUNTRY.to_owned()],
            ring_s,
        }));
    }

    /// The flow of a queue whose callers are asked. Who cannot be called back waits on at the own place.
    pub(super) fn flow(self, name: &str, queue: QueueId) -> Flow {
        let mut flow = import::flow(name, queue);
        let end = || "end".to_owned();
        let line = |key, keep_age| Node::Queue {
            queue,
            timeout: end(),
            full: end(),
            failed: None,
            closed: None,
            emergency: None,
            keep_age,
            key,
        };
        let key = |first_s| {
            Some(Box::new(QueueKey {
                key: Key::try_from(YES).ok()?,
                prompt: text("We can call you back instead, and you keep your place in line."),
                first_s,
                every_s: AGAIN_S,
                next: "callback".to_owned(),
            }))
        };
        let booking = Node::Callback {
            queue,
            when: CallbackWhen::VirtualHold,
            booked: end(),
            refused: "on".to_owned(),
        };
        let first_s = match self.asked {
            Asked::After(s) => s,
            Asked::AtEstimate(_) => AFTER_SECONDS.0,
        };
        let mut nodes = vec![
            ("callback", booking),
            ("on", line(None, true)),
            ("line", line(key(first_s), false)),
        ];
        if let Asked::AtEstimate(estimate_s) = self.asked {
            let case = QueueCase {
                when: QueueTest::EstimateAtLeast(estimate_s),
                next: "asked".to_owned(),
            };
            let status = Node::QueueStatus {
                queue,
                cases: vec![case],
                otherwise: "on".to_owned(),
            };
            nodes.push(("asked", line(key(first_s), false)));
            nodes.push(("line", status));
        }
        for (id, node) in nodes {
            flow.nodes.insert(id.to_owned(), node);
        }
        flow
    }
}

impl<'a> Said<'a> {
    fn read(options: &[&'a str]) -> Result<Self, String> {
        let mut said = Self::default();
        for option in options {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let place = match name {
                "after" => &mut said.after,
                "estimate" => &mut said.estimate,
                "share" => &mut said.share,
                "reached" => &mut said.reached,
                "queue" => &mut said.queue,
                _ => {
                    return Err(format!(
                        "callbacks: there is no \"{name}\"; there are after, estimate, share, \
                         reached and queue, each with = and a value"
                    ));
                }
            };
            if place.replace(value).is_some() {
                return Err(format!("callbacks: {name} is said twice; leave one out"));
            }
        }
        Ok(said)
    }
}

fn number(name: &str, text: &str, (least, most): (u32, u32)) -> Result<u32, String> {
    let number = text.parse().ok().filter(|it| (least..=most).contains(it));
    number.ok_or_else(|| format!("callbacks: {name} \"{text}\" is not {least} to {most}"))
}

fn percent(name: &str, text: &str) -> Result<u8, String> {
    let number = number(name, text, (0, 100))?;
    u8::try_from(number).map_err(|_too_large| format!("callbacks: {name} is not 0 to 100"))
}

/// What the API gives a queue that says nothing of its callbacks, but for how many may be pending.
const fn usual_rules() -> CallbackRules {
    CallbackRules {
        max_pending: 5_000,
        attempts: AttemptRules {
            max: 3,
            per_day: 3,
            no_answer_s: 1_800,
            busy_s: 300,
            declined_s: 3_600,
        },
        hours: None,
        zones: std::collections::BTreeMap::new(),
        duplicate: Duplicate::Keep,
        at_closing: AtClosing::Carry,
        expires_after_s: 86_400,
        promise_s: 3_600,
        on_return: OnReturn::TakesPlace,
        customer_first: None,
    }
}
