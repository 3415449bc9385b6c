//! Which events a subscription wants: types, subjects, and advanced filters on members.
//!
//! The shape is that of a subscription's `filter` in Azure's own templates, so that it can be copied
//! from one. Texts are compared without regard to case.

use crate::limits;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `EventSubscriptionFilter`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Empty means all.
    included_event_types: Vec<String>,
    subject_begins_with: String,
    subject_ends_with: String,
    is_subject_case_sensitive: bool,
    advanced_filters: Vec<Advanced>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advanced {
    operator_type: Operator,
    /// `eventType`, `subject`, `data.to.rawId`, ...
    key: String,
    #[serde(default)]
    values: Vec<Value>,
    /// For the operators of a single value.
    #[serde(default)]
    value: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Operator {
    StringIn,
    StringNotIn,
    StringBeginsWith,
    StringNotBeginsWith,
    StringEndsWith,
    StringNotEndsWith,
    StringContains,
    StringNotContains,
    NumberIn,
    NumberNotIn,
    NumberLessThan,
    NumberGreaterThan,
    NumberLessThanOrEquals,
    NumberGreaterThanOrEquals,
    BoolEquals,
    IsNullOrUndefined,
    IsNotNull,
}

impl Filter {
    /// Event Grid's own limits.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let values: usize = self
            .advanced_filters
            .iter()
            .map(|one| one.values.len())
            .sum();
        if self.advanced_filters.len() > limits::FILTERS_MAX || values > limits::FILTERS_MAX {
            return Err("a filter has at most 25 advanced filters, and 25 values in all");
        }
        if self.included_event_types.len() > limits::FILTERS_MAX {
            return Err("a filter has at most 25 event types");
        }
        Ok(())
    }

    /// Whether an event in the Event Grid schema is wanted.
    pub(crate) fn wants(&self, event: &Value) -> bool {
        let kind = event["eventType"].as_str().unwrap_or_default();
        let is_included = self.included_event_types.is_empty()
            || self
                .included_event_types
                .iter()
                .any(|wanted| wanted.eq_ignore_ascii_case(kind));
        let subject = self.fold(event["subject"].as_str().unwrap_or_default());
        is_included
            && subject.starts_with(&self.fold(&self.subject_begins_with))
            && subject.ends_with(&self.fold(&self.subject_ends_with))
            && self.advanced_filters.iter().all(|one| one.holds(event))
    }

    fn fold(&self, subject: &str) -> String {
        if self.is_subject_case_sensitive {
            subject.to_owned()
        } else {
            subject.to_lowercase()
        }
    }
}

impl Advanced {
    fn holds(&self, event: &Value) -> bool {
        let found = member(event, &self.key);
        let text = found.and_then(Value::as_str).map(str::to_lowercase);
        let number = found.and_then(Value::as_f64);
        let texts = || {
            self.wanted()
                .filter_map(Value::as_str)
                .map(str::to_lowercase)
        };
        let any = |holds: fn(&str, &str) -> bool| {
            text.as_deref()
                .is_some_and(|text| texts().any(|wanted| holds(text, &wanted)))
        };
        let compares = |holds: fn(f64, f64) -> bool| {
            let wanted = self.wanted().find_map(Value::as_f64);
            number.zip(wanted).is_some_and(|(one, two)| holds(one, two))
        };
        let is_one_of = || {
            let mut wanted = self.wanted().filter_map(Value::as_f64);
            number.is_some_and(|number| wanted.any(|one| one.total_cmp(&number).is_eq()))
        };
        match self.operator_type {
            Operator::StringIn => any(|text, wanted| text == wanted),
            Operator::StringNotIn => !any(|text, wanted| text == wanted),
            Operator::StringBeginsWith => any(|text, wanted| text.starts_with(wanted)),
            Operator::StringNotBeginsWith => !any(|text, wanted| text.starts_with(wanted)),
            Operator::StringEndsWith => any(|text, wanted| text.ends_with(wanted)),
            Operator::StringNotEndsWith => !any(|text, wanted| text.ends_with(wanted)),
            Operator::StringContains => any(|text, wanted| text.contains(wanted)),
            Operator::StringNotContains => !any(|text, wanted| text.contains(wanted)),
            Operator::NumberIn => is_one_of(),
            Operator::NumberNotIn => !is_one_of(),
            Operator::NumberLessThan => compares(|one, two| one < two),
            Operator::NumberGreaterThan => compares(|one, two| one > two),
            Operator::NumberLessThanOrEquals => compares(|one, two| one <= two),
            Operator::NumberGreaterThanOrEquals => compares(|one, two| one >= two),
            Operator::BoolEquals => {
                let wanted = self.wanted().find_map(Value::as_bool);
                wanted.is_some() && found.and_then(Value::as_bool) == wanted
            }
            Operator::IsNullOrUndefined => found.is_none_or(Value::is_null),
            Operator::IsNotNull => found.is_some_and(|value| !value.is_null()),
        }
    }

    fn wanted(&self) -> impl Iterator<Item = &Value> {
        self.values.iter().chain(&self.value)
    }
}

/// The names of members of the envelope are taken in any case, those of `data` as they are.
fn member<'a>(event: &'a Value, key: &str) -> Option<&'a Value> {
    let (first, rest) = key.split_once('.').unwrap_or((key, ""));
    let envelope = event.as_object()?;
    let (_, mut found) = envelope
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(first))?;
    for name in rest.split('.').filter(|name| !name.is_empty()) {
        found = found.get(name)?;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::Filter;
    use serde_json::{Value, json};

    fn event() -> Value {
        json!({
            "eventType": "Microsoft.Communication.IncomingCall",
            "subject": "/caller/4:+12065551212/recipient/28:orgid:cc",
            "data": {
                "to": {"rawId": "28:orgid:CC", "kind": "unknown"},
                "from": {"phoneNumber": {"value": "+12065551212"}},
                "count": 3, "loud": true, "nothing": null,
            },
        })
    }

    fn wants(filter: Value) -> bool {
        let filter: Filter = serde_json::from_value(filter).unwrap();
        filter.wants(&event())
    }

    fn holds(operator: &str, key: &str, values: Value) -> bool {
        let one = json!({"operatorType": operator, "key": key, "values": values});
        wants(json!({ "advancedFilters": [one] }))
    }

    #[test]
    fn types_and_subjects_are_chosen() {
        assert!(wants(json!({})));
        assert!(wants(
            json!({"includedEventTypes": ["microsoft.communication.incomingcall"]})
        ));
        assert!(!wants(
            json!({"includedEventTypes": ["Microsoft.Communication.CallStarted"]})
        ));
        assert!(wants(
            json!({"subjectBeginsWith": "/CALLER/4:+1206", "subjectEndsWith": "cc"})
        ));
        assert!(!wants(
            json!({"subjectEndsWith": "CC", "isSubjectCaseSensitive": true})
        ));
    }

    #[test]
    fn members_are_chosen_by_texts_numbers_and_their_absence() {
        assert!(holds("StringIn", "data.to.rawId", json!(["28:orgid:cc"])));
        assert!(!holds(
            "StringNotIn",
            "data.to.rawId",
            json!(["28:orgid:cc"])
        ));
        assert!(holds(
            "StringBeginsWith",
            "data.from.phoneNumber.value",
            json!(["+1425", "+1206"])
        ));
        assert!(!holds("StringNotContains", "Subject", json!(["recipient"])));
        assert!(holds(
            "StringEndsWith",
            "EventType",
            json!(["incomingcall"])
        ));
        assert!(holds("NumberIn", "data.count", json!([1, 3])));
        assert!(holds("NumberGreaterThan", "data.count", json!([2.5])));
        assert!(!holds("NumberLessThanOrEquals", "data.count", json!([2])));
        assert!(holds("BoolEquals", "data.loud", json!([true])));
        assert!(holds("IsNullOrUndefined", "data.nothing", json!([])));
        assert!(holds("IsNullOrUndefined", "data.absent.deep", json!([])));
        assert!(!holds("IsNotNull", "data.nothing", json!([])));
        assert!(!holds("StringIn", "data", json!(["x"])));
    }

    #[test]
    fn filters_have_limits_and_known_operators() {
        let many: Vec<Value> = (0..26).map(Value::from).collect();
        let one = json!({"operatorType": "NumberIn", "key": "data.count", "values": many});
        let filter: Filter = serde_json::from_value(json!({"advancedFilters": [one]})).unwrap();
        assert!(filter.check().is_err());
        let unknown = json!({"advancedFilters": [{"operatorType": "Smells", "key": "x"}]});
        assert!(serde_json::from_value::<Filter>(unknown).is_err());
    }
}
