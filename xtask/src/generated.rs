//! Files in the tree that are made from code: the API description, and from it the web UI's types and the schema
//! of flow documents.
//! `cargo xtask generate` writes them; CI fails when they differ from what would be written.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use crate::process;
use crate::suite;
use crate::tree::Tree;
use crate::web::Web;

const API: &str = "docs/openapi.json";
const FLOW_SCHEMA: &str = "docs/flow.schema.json";
const WEB_TYPES: &str = "web/src/api/schema.d.ts";
const TIME_LIMIT: Duration = Duration::from_secs(5 * 60);

pub(crate) fn write() -> Result<()> {
    let tree = Tree::find()?;
    let status = suite::cargo(&tree)
        .args(["build", "--locked", "--package", "tandem"])
        .status()?;
    if !status.success() {
        bail!("Tandem did not build");
    }
    let api = api(&tree)?;
    fs::write(tree.root.join(API), &api)?;
    println!("wrote {API}");
    fs::write(tree.root.join(FLOW_SCHEMA), flow_schema(&api)?)?;
    println!("wrote {FLOW_SCHEMA}");
    let web = Web::new(&tree)?;
    web.install()?;
    write_types(
        &tree,
        &web,
        &tree.root.join(API),
        &tree.root.join(WEB_TYPES),
    )?;
    println!("wrote {WEB_TYPES}");
    Ok(())
}

/// The committed API description is what the built binary prints, and the schema of flows is part of it.
pub(crate) fn check_api(tree: &Tree) -> Result<()> {
    let api = api(tree)?;
    compare(&api, &tree.root.join(API), API)?;
    compare(
        &flow_schema(&api)?,
        &tree.root.join(FLOW_SCHEMA),
        FLOW_SCHEMA,
    )
}

/// What is sent to save a flow, as a JSON Schema that stands alone: the component of the API description with
/// all that it refers to.
fn flow_schema(api: &str) -> Result<String> {
    const PLACE: &str = "#/components/schemas/";
    let api: Value = serde_json::from_str(api)?;
    let mut open = vec!["FlowSent".to_owned()];
    let mut definitions = Map::new();
    while let Some(name) = open.pop() {
        if definitions.contains_key(&name) {
            continue;
        }
        let schema = api.pointer(&format!("/components/schemas/{name}"));
        let schema = schema.with_context(|| format!("{API} has no schema {name}"))?;
        let text = schema.to_string();
        let parts = text.split(PLACE).skip(1);
        let names = parts.filter_map(|part| part.split('"').next());
        open.extend(names.map(str::to_owned));
        let text = text.replace(PLACE, "#/$defs/");
        definitions.insert(name, serde_json::from_str(&text)?);
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A flow of Tandem",
        "$ref": "#/$defs/FlowSent",
        "$defs": definitions,
    });
    Ok(serde_json::to_string_pretty(&schema)? + "\n")
}

/// The committed types are those of the committed API description.
pub(crate) fn check_web_types(tree: &Tree) -> Result<()> {
    let web = Web::new(tree)?;
    web.install()?;
    let made = tree.scratch("schema.d.ts");
    write_types(tree, &web, &tree.root.join(API), &made)?;
    compare(
        &fs::read_to_string(&made)?,
        &tree.root.join(WEB_TYPES),
        WEB_TYPES,
    )
}

fn api(tree: &Tree) -> Result<String> {
    process::output_of(Command::new(tree.tandem("debug")).arg("openapi"))
}

fn write_types(tree: &Tree, web: &Web<'_>, api: &Path, target: &Path) -> Result<()> {
    let mut types = process::command(&web.node.program);
    types
        .current_dir(tree.web())
        .arg("node_modules/openapi-typescript/bin/cli.js")
        .arg(api)
        .arg("--output")
        .arg(target);
    let log = tree.scratch("log/web-types.log");
    let finished = process::run_logged(&mut types, &log, TIME_LIMIT)?;
    if finished.is_success {
        return Ok(());
    }
    bail!(
        "{}\nopenapi-typescript: {}",
        finished.output,
        finished.ending
    );
}

fn compare(made: &str, committed: &Path, name: &str) -> Result<()> {
    let committed = fs::read_to_string(committed).with_context(|| format!("cannot read {name}"))?;
    if made == committed {
        return Ok(());
    }
    let line = first_difference(made, &committed);
    bail!(
        "{name} is not current from line {line} on: run `cargo xtask generate` and commit the result"
    );
}

fn first_difference(left: &str, right: &str) -> usize {
    let same = left
        .lines()
        .zip(right.lines())
        .take_while(|(left, right)| left == right)
        .count();
    same + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_differing_line_is_named() {
        assert_eq!(first_difference("a\nb\nc", "a\nx\nc"), 2);
        assert_eq!(first_difference("a\nb", "a"), 2);
    }

    #[test]
    fn schema_of_flows_is_that_of_the_api_and_stands_alone() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let api = fs::read_to_string(root.join(API)).unwrap();
        let schema = flow_schema(&api).unwrap();
        assert!(!schema.contains("#/components/"));
        let committed = fs::read_to_string(root.join(FLOW_SCHEMA)).unwrap();
        assert_eq!(schema, committed);
        let schema: Value = serde_json::from_str(&schema).unwrap();
        for part in schema.to_string().split("#/$defs/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(schema["$defs"].get(name).is_some(), "{name}");
        }
    }
}
