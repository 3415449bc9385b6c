//! What is different between two versions of a settings document, place by place.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Changes that are listed.
const CHANGES_MAX: usize = 500;

/// A place that is different.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(in crate::api) struct Change {
    /// A JSON pointer into the document (RFC 6901).
    path: String,
    /// What stood there; null when nothing did.
    before: Value,
    /// What stands there; null when nothing does.
    after: Value,
}

/// The places that are different, in their order, and how many there are beyond those.
pub(super) fn changes(before: Option<&Value>, after: Option<&Value>) -> (Vec<Change>, usize) {
    let mut found = Found::default();
    if before.is_some() || after.is_some() {
        found.compare(&mut String::new(), before, after);
    }
    (found.changes, found.n_more)
}

#[derive(Default)]
struct Found {
    changes: Vec<Change>,
    n_more: usize,
}

impl Found {
    /// Documents are nested as deep as their types, never as deep as somebody wants.
    fn compare(&mut self, path: &mut String, before: Option<&Value>, after: Option<&Value>) {
        match (before, after) {
            (before, after) if before == after => {}
            (Some(Value::Object(before)), Some(Value::Object(after))) => {
                let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
                for name in names {
                    let step = name.replace('~', "~0").replace('/', "~1");
                    self.step(path, &step, before.get(name), after.get(name));
                }
            }
            (Some(Value::Array(before)), Some(Value::Array(after))) => {
                for place in 0..before.len().max(after.len()) {
                    let step = place.to_string();
                    self.step(path, &step, before.get(place), after.get(place));
                }
            }
            (before, after) => self.add(path, before, after),
        }
    }

    fn step(
        &mut self,
        path: &mut String,
        step: &str,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        let length = path.len();
        path.push('/');
        path.push_str(step);
        self.compare(path, before, after);
        path.truncate(length);
    }

    fn add(&mut self, path: &str, before: Option<&Value>, after: Option<&Value>) {
        if self.changes.len() >= CHANGES_MAX {
            self.n_more += 1;
            return;
        }
        self.changes.push(Change {
            path: path.to_owned(),
            before: before.cloned().unwrap_or_default(),
            after: after.cloned().unwrap_or_default(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_are_the_places_that_are_different() {
        let before =
            json!({"name": "Sales", "wrap_up": {"mode": "none", "s": 30}, "skills": [1, 2]});
        let after = json!({"name": "Sales", "wrap_up": {"mode": "fixed", "s": 30}, "skills": [1, 2, 3], "a/b": 1});
        let (found, n_more) = changes(Some(&before), Some(&after));
        let change = |path: &str, before: Value, after: Value| Change {
            path: path.to_owned(),
            before,
            after,
        };
        let expected = [
            change("/a~1b", Value::Null, json!(1)),
            change("/skills/2", Value::Null, json!(3)),
            change("/wrap_up/mode", json!("none"), json!("fixed")),
        ];
        assert_eq!(found, expected);
        assert_eq!(n_more, 0);
    }

    #[test]
    fn document_that_was_made_is_one_change_and_no_document_is_none() {
        let document = json!({"name": "Sales"});
        let (found, _) = changes(None, Some(&document));
        assert_eq!(found.len(), 1);
        assert_eq!(
            (&found[0].path, &found[0].after),
            (&String::new(), &document)
        );
        assert_eq!(changes(None, None).0, []);
    }

    #[test]
    fn list_of_changes_is_bounded_and_says_so() {
        let before = json!([]);
        let after: Value = (0..CHANGES_MAX + 7).collect();
        let (found, n_more) = changes(Some(&before), Some(&after));
        assert_eq!((found.len(), n_more), (CHANGES_MAX, 7));
    }
}
