//! The OpenAPI 3.1 document of the control API, made from the route table.

use super::route::{Route, TABLE};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// The document as text: it is the same for everybody.
pub(crate) fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| document().to_string());
    &TEXT
}

fn document() -> Value {
    let mut paths = Map::new();
    for route in TABLE {
        let path = paths.entry(route.template).or_insert_with(|| json!({}));
        path[route.method.to_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tandem emulator control API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Drives people, clock and faults of the emulated Microsoft cloud. Not part of any Microsoft service.",
        },
        "paths": paths,
    })
}

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "operationId": route.control.name(),
        "summary": route.purpose,
        "responses": {
            "2XX": {"description": "Done"},
            "4XX": {
                "description": "Refused; the text says why",
                "content": {"application/json": {"schema": {
                    "type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"],
                }}},
            },
        },
    });
    let parameters: Vec<Value> = route
        .template
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Ok(example) = serde_json::from_str::<Value>(route.example) {
        operation["requestBody"] = json!({
            "required": true,
            "content": {"application/json": {"schema": schema(&example), "example": example}},
        });
    }
    operation
}

/// The shape that an example shows.
fn schema(example: &Value) -> Value {
    match example {
        Value::Object(members) => {
            let properties: Map<String, Value> = members
                .iter()
                .map(|(name, value)| (name.clone(), schema(value)))
                .collect();
            json!({"type": "object", "properties": properties})
        }
        Value::Array(_) => json!({"type": "array", "items": {"type": "object"}}),
        Value::String(_) => json!({"type": "string"}),
        Value::Number(_) => json!({"type": "number"}),
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::Null => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_documented_and_every_example_is_json() {
        let document = document();
        for route in TABLE {
            let operation = &document["paths"][route.template][route.method.to_lowercase()];
            assert_eq!(operation["operationId"], route.control.name());
            assert_eq!(
                route.example.is_empty(),
                operation.get("requestBody").is_none(),
                "{}",
                route.template
            );
        }
    }
}
