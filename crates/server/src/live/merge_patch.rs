//! JSON merge patches (RFC 7396): what turns one document into the next.

use serde_json::{Map, Value};

/// The patch from `before` to `after`; `None` when they are the same.
pub(super) fn between(before: &Value, after: &Value) -> Option<Value> {
    if before == after {
        return None;
    }
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return Some(after.clone());
    };
    let mut patch = Map::new();
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    for (key, value) in new {
        match old.get(key) {
            None => drop(patch.insert(key.clone(), value.clone())),
            Some(was) => {
                if let Some(change) = between(was, value) {
                    patch.insert(key.clone(), change);
                }
            }
        }
    }
    Some(Value::Object(patch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// RFC 7396 2.
    fn apply(target: &mut Value, patch: &Value) {
        let Value::Object(patch) = patch else {
            *target = patch.clone();
            return;
        };
        if !target.is_object() {
            *target = json!({});
        }
        for (key, value) in patch {
            if value.is_null() {
                target.as_object_mut().unwrap().remove(key);
            } else {
                apply(&mut target[key], value);
            }
        }
    }

    #[test]
    fn patch_leads_from_one_document_to_the_next() {
        let before = json!({"a": {"b": 1, "c": 2}, "d": [1, 2], "e": 5});
        let after = json!({"a": {"b": 1, "c": 3}, "d": [1], "f": "x"});
        let patch = between(&before, &after).unwrap();
        assert_eq!(patch, json!({"a": {"c": 3}, "d": [1], "e": null, "f": "x"}));
        let mut patched = before;
        apply(&mut patched, &patch);
        assert_eq!(patched, after);
    }

    #[test]
    fn same_documents_need_no_patch() {
        assert_eq!(between(&json!({"a": 1}), &json!({"a": 1})), None);
    }
}
