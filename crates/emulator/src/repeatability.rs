//! OASIS repeatability: one id is executed once, and the second sending gets the first answer.
//!
//! It also counts what a client should never cause: the same request executed again under another
//! id, which is how a lost idempotency key shows.

use crate::answer::Answer;
use crate::limits;
use aws_lc_rs::digest;
use std::collections::{BTreeMap, VecDeque};

type Fingerprint = Vec<u8>;

#[derive(Debug, Clone)]
struct Remembered {
    fingerprint: Fingerprint,
    answer: Answer,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Repeats {
    by_id: BTreeMap<String, Remembered>,
    executed: BTreeMap<Fingerprint, u64>,
    order: VecDeque<(String, Fingerprint)>,
    pub(crate) repeats: u64,
    pub(crate) second_executions: u64,
}

/// What is known of an id.
#[derive(Debug)]
pub(crate) enum Known {
    New,
    /// Answer this; nothing is executed.
    Repeat(Answer),
    /// The id was used for another request.
    Misused,
}

/// What makes a request the same request: its path and its body.
pub(crate) fn fingerprint(method: &str, path_and_query: &str, body: &[u8]) -> Fingerprint {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in [
        method.as_bytes(),
        b"\n",
        path_and_query.as_bytes(),
        b"\n",
        body,
    ] {
        context.update(part);
    }
    context.finish().as_ref().to_vec()
}

impl Repeats {
    pub(crate) fn look_up(&mut self, id: Option<&str>, fingerprint: &Fingerprint) -> Known {
        let Some(remembered) = id.and_then(|id| self.by_id.get(id)) else {
            return Known::New;
        };
        if remembered.fingerprint != *fingerprint {
            return Known::Misused;
        }
        self.repeats += 1;
        Known::Repeat(remembered.answer.clone())
    }

    /// Remembers an execution that succeeded. A refusal has no effect and may be tried again.
    pub(crate) fn executed(&mut self, id: Option<&str>, fingerprint: Fingerprint, answer: &Answer) {
        if !answer.is_success() {
            return;
        }
        let times = self.executed.entry(fingerprint.clone()).or_default();
        *times += 1;
        if *times > 1 {
            self.second_executions += 1;
        }
        let id = id.unwrap_or_default().to_owned();
        if !id.is_empty() {
            let remembered = Remembered {
                fingerprint: fingerprint.clone(),
                answer: answer.clone(),
            };
            self.by_id.insert(id.clone(), remembered);
        }
        self.order.push_back((id, fingerprint));
        if self.order.len() > limits::REPEATS_MAX
            && let Some((id, fingerprint)) = self.order.pop_front()
        {
            self.by_id.remove(&id);
            self.executed.remove(&fingerprint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_id_gets_the_first_answer_and_another_body_is_a_misuse() {
        let mut repeats = Repeats::default();
        let print = fingerprint("POST", "/a", b"1");
        assert!(matches!(repeats.look_up(Some("id"), &print), Known::New));
        repeats.executed(Some("id"), print.clone(), &Answer::empty(204));
        assert!(
            matches!(repeats.look_up(Some("id"), &print), Known::Repeat(answer) if answer.status == 204)
        );
        assert!(matches!(
            repeats.look_up(Some("id"), &fingerprint("POST", "/a", b"2")),
            Known::Misused
        ));
        assert_eq!((repeats.repeats, repeats.second_executions), (1, 0));
    }

    #[test]
    fn same_request_under_another_id_counts_as_second_execution() {
        let mut repeats = Repeats::default();
        let print = fingerprint("POST", "/a", b"1");
        repeats.executed(Some("one"), print.clone(), &Answer::empty(204));
        repeats.executed(Some("two"), print, &Answer::empty(204));
        assert_eq!(repeats.second_executions, 1);
    }
}
