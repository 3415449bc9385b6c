//! Every metric that the server gives stands in the operator's guide.

use std::collections::BTreeMap;

use super::Finding;

const SERVER: &str = "crates/server/src/";
const GUIDE: &str = "docs/operating/README.md";
const MACROS: &[&str] = &["counter!(", "gauge!(", "histogram!(", "set("];

pub(super) fn undocumented(texts: &BTreeMap<String, String>) -> Vec<Finding> {
    let guide = texts.get(GUIDE).map_or("", String::as_str);
    let mut findings = Vec::new();
    for (path, text) in texts {
        if !path.starts_with(SERVER) || !path.ends_with(".rs") {
            continue;
        }
        for name in metrics_in(text) {
            if !guide.contains(&format!("`{name}`")) {
                findings.push(Finding::new(
                    path,
                    1,
                    format!("metric `{name}` is missing in {GUIDE}"),
                ));
            }
        }
    }
    findings
}

/// The first argument of the metric macros, where it is a literal.
fn metrics_in(text: &str) -> Vec<&str> {
    MACROS
        .iter()
        .flat_map(|name| text.split(name).skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"'))
        .filter_map(|rest| rest.split('"').next())
        .filter(|name| name.starts_with("tandem_"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metric_that_the_guide_does_not_name_is_found() {
        let texts = BTreeMap::from([
            (
                format!("{SERVER}a.rs"),
                "metrics::counter!(\n    \"tandem_a_total\", \"result\" => r);\nmetrics::gauge!(\"tandem_b\");".to_owned(),
            ),
            (GUIDE.to_owned(), "| `tandem_b` |".to_owned()),
        ]);
        let found: Vec<String> = undocumented(&texts)
            .into_iter()
            .map(|finding| finding.what)
            .collect();
        assert_eq!(
            found,
            [format!("metric `tandem_a_total` is missing in {GUIDE}")]
        );
    }
}
