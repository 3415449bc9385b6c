//! Files in the tree that are made from code: the API description and the web UI's types from it.
//! `cargo xtask generate` writes them; CI fails when they differ from what would be written.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::suite;
use crate::tree::Tree;
use crate::web::Web;

const API: &str = "docs/openapi.json";
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
    fs::write(tree.root.join(API), api(&tree)?)?;
    println!("wrote {API}");
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

/// The committed API description is what the built binary prints.
pub(crate) fn check_api(tree: &Tree) -> Result<()> {
    compare(&api(tree)?, &tree.root.join(API), API)
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
}
