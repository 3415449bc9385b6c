//! Scenes that are set once and copied: what an input begins with costs more than most inputs.
//!
//! A door does the same again, so that a copy is no other than a door that carried the scripts out itself.

use super::Door;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Scenes that a thread keeps.
const SCENES_MAX: usize = 200;

type Scripts = Vec<&'static str>;

thread_local! {
    static SCENES: RefCell<BTreeMap<Scripts, Door>> = const { RefCell::new(BTreeMap::new()) };
}

/// A door behind which these scripts have been carried out.
pub(super) fn after(scripts: &[&'static str]) -> Door {
    let kept = SCENES.with_borrow(|scenes| scenes.get(scripts).cloned());
    if let Some(mut door) = kept {
        door.n_copied = door.answered.len();
        return door;
    }
    let mut door = Door::new();
    for script in scripts {
        door.part(script.as_bytes());
    }
    SCENES.with_borrow_mut(|scenes| {
        if scenes.len() < SCENES_MAX {
            scenes.insert(scripts.to_vec(), door.clone());
        }
    });
    door
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::{BETWEEN_PARTS, split_once};

    /// An input carried out part by part.
    fn step_by_step(input: &[u8]) -> Door {
        let mut door = Door::new();
        let mut rest = Some(input);
        while let Some(input) = rest {
            let (part, after) = split_once(input, BETWEEN_PARTS);
            rest = after;
            door.part(part);
        }
        door
    }

    /// What can be seen of a door.
    fn seen(door: &Door) -> String {
        let records = (
            door.world.records.requests(),
            door.world.records.deliveries(),
        );
        format!("{:?} {:?} {records:?}", door.answered, door.names)
    }

    #[test]
    fn input_does_in_a_copied_scene_what_it_does_in_one_of_its_own() {
        let corpus = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fuzz/corpus/emulator_requests"
        );
        let mut n_scenes = 0;
        for entry in std::fs::read_dir(corpus).unwrap() {
            let input = std::fs::read(entry.unwrap().path()).unwrap();
            let own = seen(&step_by_step(&input));
            for _ in 0..2 {
                let mut door = Door::default();
                door.run(&input);
                assert!(seen(&door) == own, "{}", String::from_utf8_lossy(&input));
            }
            n_scenes += usize::from(!crate::door::script::at_head(&input).0.is_empty());
        }
        assert!(n_scenes > 20, "{n_scenes}");
    }
}
