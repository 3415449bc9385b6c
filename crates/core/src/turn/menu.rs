//! Menus: a question for one key, asked again when it was missed, and the declared exit afterwards.

use super::OpenTurn;
use crate::effect::Effect;
use crate::event::Event;
use crate::flow::{Entry, Key, Node, NodeId, Prompt};
use crate::ids::ContactId;
use crate::input::Collected;

impl OpenTurn<'_> {
    /// Asks; by the other words when it was missed before.
    pub(super) fn ask_menu(&mut self, id: ContactId, node: &Node) {
        let Node::Menu {
            prompt,
            again,
            timeout_s,
            ..
        } = node
        else {
            return;
        };
        let prompt = match again {
            Some(again) if self.misses(id) > 0 => again,
            Some(_) | None => prompt,
        };
        self.ask_key(id, prompt, *timeout_s);
    }

    /// Asks for one key.
    pub(super) fn ask_key(&mut self, id: ContactId, prompt: &Prompt, timeout_s: u32) {
        let prompt = self.heard(id, prompt);
        let Some(leg) = self.leg(id) else { return };
        self.order(Effect::Collect {
            contact: id,
            leg,
            prompt,
            max_digits: 1,
            timeout_s,
            entry: Entry::USUAL,
        });
    }

    /// Notes that a question for one key was missed, by silence or by another key.
    pub(super) fn note_miss(&mut self, id: ContactId, node: &NodeId, keys: Option<String>) {
        self.record(Event::MenuMissed {
            contact: id,
            node: node.clone(),
            key: keys.map(|keys| keys.chars().take(1).collect()),
        });
    }

    pub(super) fn menu_answered(
        &mut self,
        id: ContactId,
        name: NodeId,
        node: Node,
        result: Collected,
    ) {
        let Node::Menu {
            choices, failed, ..
        } = &node
        else {
            return;
        };
        match result {
            Collected::Digits(digits) => {
                let key = digits.chars().next().and_then(Key::new);
                let chosen = key.and_then(|key| Some((key, choices.get(&key)?.next.clone())));
                match chosen {
                    Some((key, to)) => {
                        let exit = char::from(key).to_string();
                        self.take_exit(id, name, &exit, None, to);
                    }
                    None => self.menu_missed(id, name, &node, Some(digits)),
                }
            }
            Collected::NoInput => self.menu_missed(id, name, &node, None),
            Collected::Failed { code } => {
                let failed = failed.clone();
                self.take_exit(id, name, "failed", Some(code), failed);
            }
            // Nothing that a menu asks for is masked.
            Collected::Masked(_) | Collected::Canceled => {}
        }
    }

    fn menu_missed(&mut self, id: ContactId, name: NodeId, node: &Node, keys: Option<String>) {
        let Node::Menu {
            retries,
            no_input,
            invalid,
            ..
        } = node
        else {
            return;
        };
        let (exit, to) = match keys {
            None => ("no_input", no_input),
            Some(_) => ("invalid", invalid),
        };
        let is_over = self.misses(id) >= *retries;
        self.note_miss(id, &name, keys);
        if is_over {
            self.take_exit(id, name, exit, None, to.clone());
        } else {
            self.ask_menu(id, node);
        }
    }

    pub(super) fn misses(&self, id: ContactId) -> u32 {
        let run = self.contact(id).and_then(|it| it.run.as_ref());
        run.map_or(0, |run| run.misses)
    }
}
