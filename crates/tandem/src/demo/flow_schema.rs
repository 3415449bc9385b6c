//! The published schema of flow documents holds for the flows of the demo and for the examples of the documents.
//! The check knows the words of JSON Schema that the schema uses, and fails at any other.

use serde_json::{Map, Value};

const SCHEMA: &str = include_str!("../../../../docs/flow.schema.json");
const DOCUMENT: &str = include_str!("../../../../docs/flows.md");

/// Fails with the place when a flow is not as the schema has it.
pub(super) fn assert_fits(flow: &Value) {
    let schema = schema();
    if let Err(problem) = fits(&schema, &schema, flow) {
        panic!("{problem}\n{flow:#}");
    }
}

fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the schema is JSON")
}

fn fits(root: &Value, schema: &Value, it: &Value) -> Result<(), String> {
    let words = schema.as_object().ok_or("a schema is an object")?;
    for (word, want) in words {
        let holds = match word.as_str() {
            "description" | "title" | "$schema" | "$defs" | "default" | "format" => Ok(()),
            "$ref" => {
                let place = want.as_str().and_then(|it| it.strip_prefix('#'));
                let target = place.and_then(|place| root.pointer(place));
                fits(root, target.ok_or("a reference into nothing")?, it)
            }
            "allOf" => all(want).try_for_each(|part| fits(root, part, it)),
            "oneOf" => one_of(root, want, it),
            "type" => is_of_type(want, it),
            "enum" if all(want).any(|word| word == it) => Ok(()),
            "enum" => Err(format!("{it} is none of {want}")),
            "minimum" if it.as_f64() >= want.as_f64() => Ok(()),
            "minimum" => Err(format!("{it} is less than {want}")),
            "required" => all(want).try_for_each(|name| {
                let name = name.as_str().unwrap_or_default();
                let is_there = it.get(name).is_some();
                is_there
                    .then_some(())
                    .ok_or_else(|| format!("\"{name}\" is missing"))
            }),
            "items" => all(it).try_for_each(|item| fits(root, want, item)),
            "properties" => members(it).try_for_each(|(name, value)| {
                let known = want.get(name);
                known.map_or(Ok(()), |schema| fits(root, schema, value))
            }),
            "additionalProperties" => members(it).try_for_each(|(name, value)| {
                let is_named = schema.pointer("/properties").and_then(|it| it.get(name));
                match (is_named, want) {
                    (Some(_), _) => Ok(()),
                    (None, Value::Bool(false)) => Err(format!("\"{name}\" has no place")),
                    (None, schema) => fits(root, schema, value),
                }
            }),
            "propertyNames" => members(it).try_for_each(|(name, _)| {
                let name = Value::String(name.clone());
                fits(root, want, &name)
            }),
            other => Err(format!(
                "\"{other}\" of the schema is not known to this check"
            )),
        };
        holds.map_err(|problem| format!("{problem} ({word})"))?;
    }
    Ok(())
}

fn one_of(root: &Value, schemas: &Value, it: &Value) -> Result<(), String> {
    let tried: Vec<_> = all(schemas).map(|schema| fits(root, schema, it)).collect();
    match tried.iter().filter(|result| result.is_ok()).count() {
        1 => Ok(()),
        0 => Err(format!("{it} fits none: {tried:?}")),
        n => Err(format!("{it} fits {n} at once")),
    }
}

fn is_of_type(want: &Value, it: &Value) -> Result<(), String> {
    let is = match it {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_wanted = *want == *is || all(want).any(|word| *word == *is);
    is_wanted
        .then_some(())
        .ok_or_else(|| format!("{it} is no {want}"))
}

fn all(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn members(it: &Value) -> impl Iterator<Item = (&String, &Value)> {
    it.as_object().into_iter().flat_map(Map::iter)
}

#[test]
fn examples_of_the_documents_fit_the_schema() {
    let schema = schema();
    let blocks = DOCUMENT.split("```json").skip(1);
    let blocks: Vec<_> = blocks.filter_map(|it| it.split("```").next()).collect();
    assert!(blocks.len() >= 2, "the documents have examples");
    for block in blocks {
        let example: Value = serde_json::from_str(block).expect("an example is JSON");
        let place = if example.get("nodes").is_some() {
            "/$defs/FlowSent"
        } else {
            "/$defs/Node"
        };
        let part = schema
            .pointer(place)
            .expect("the schema has flows and nodes");
        let result = fits(&schema, part, &example);
        assert_eq!(result, Ok(()), "{example:#}");
    }
}

#[test]
fn flow_that_is_none_does_not_fit() {
    let schema = schema();
    for flow in [
        serde_json::json!({"name": "x", "start": "a"}),
        serde_json::json!({"name": "x", "start": "a", "nodes": [], "more": 1}),
        serde_json::json!({"name": "x", "start": "a", "nodes": [{"id": "a", "kind": "teleport"}]}),
        serde_json::json!({"name": "x", "start": "a", "nodes": [{"kind": "end"}]}),
        serde_json::json!({"name": "x", "start": "a", "nodes": [
            {"id": "a", "kind": "transfer", "to": {"number": 112}, "failed": "a"},
        ]}),
    ] {
        assert!(fits(&schema, &schema, &flow).is_err(), "{flow}");
    }
}
