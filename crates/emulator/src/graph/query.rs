//! What the query of a request asks for: `$select`, `$filter`, `$orderby`, `$top`, `$count` and tokens (microsoft-graph.md 2).
//!
//! What is not built or does not fit is refused: an option that is ignored would be an answer to another question.

pub(super) mod filter;

use super::Asked;
use super::refusal::Refusal;
use crate::identify::fields;
use filter::Expression;
use std::fmt::Write as _;

/// How a property may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filtering {
    Never,
    Basic,
    /// Only with `ConsistencyLevel: eventual` and `$count`.
    Advanced,
}

/// A property of a resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) filtering: Filtering,
    /// Whether it is there without `$select`.
    pub(super) is_default: bool,
}

/// A resource that can be asked for: its name in errors, its properties, and its sizes of a page.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) properties: &'static [Property],
    pub(super) page_default: usize,
    pub(super) page_max: usize,
}

impl Kind {
    fn property(&self, name: &str) -> Option<&'static Property> {
        self.properties
            .iter()
            .find(|property| property.name.eq_ignore_ascii_case(name))
    }

    fn known(&self, name: &str) -> Result<&'static Property, Refusal> {
        self.property(name).ok_or_else(|| {
            let text = format!(
                "Could not find a property named '{name}' on type 'microsoft.graph.{}'.",
                self.name
            );
            Refusal::request(text)
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

#[derive(Debug, Clone)]
pub(super) struct Query {
    /// The properties of the answer.
    pub(super) select: Vec<&'static str>,
    pub(super) top: usize,
    pub(super) filter: Option<Expression>,
    pub(super) order: Option<(&'static str, Direction)>,
    pub(super) counts: bool,
    pub(super) skip_token: Option<String>,
    pub(super) delta_token: Option<String>,
}

/// Options that a resource takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options(pub(super) &'static [&'static str]);

pub(super) const OF_ONE: Options = Options(&["$select"]);
pub(super) const OF_LIST: Options = Options(&[
    "$select",
    "$filter",
    "$orderby",
    "$top",
    "$count",
    "$skiptoken",
]);
pub(super) const OF_COUNT: Options = Options(&["$filter"]);
pub(super) const OF_DELTA: Options = Options(&["$select", "$deltatoken", "$skiptoken", "$top"]);
pub(super) const NONE: Options = Options(&[]);

impl Query {
    pub(super) fn of(asked: &Asked<'_>, kind: &Kind, options: Options) -> Result<Self, Refusal> {
        let mut query = Self {
            select: Vec::new(),
            top: kind.page_default,
            filter: None,
            order: None,
            counts: false,
            skip_token: None,
            delta_token: None,
        };
        for (name, value) in fields(&asked.received.query) {
            let name = name.to_lowercase();
            if !options.0.contains(&name.as_str()) {
                return Err(not_taken(&name));
            }
            query.take(kind, &name, value)?;
        }
        if query.select.is_empty() {
            let all = kind
                .properties
                .iter()
                .filter(|property| property.is_default);
            query.select = all.map(|property| property.name).collect();
        }
        query.check_advanced(asked, kind, options)?;
        Ok(query)
    }

    fn take(&mut self, kind: &Kind, name: &str, value: String) -> Result<(), Refusal> {
        match name {
            "$select" => {
                for name in value
                    .split(',')
                    .map(str::trim)
                    .filter(|name| !name.is_empty())
                {
                    let name = kind.known(name)?.name;
                    if !self.select.contains(&name) {
                        self.select.push(name);
                    }
                }
            }
            "$filter" => self.filter = Some(filter::parse(&value)?),
            "$orderby" => self.order = Some(order(kind, &value)?),
            "$top" => {
                let top = value.parse().unwrap_or(0);
                if !(1..=kind.page_max).contains(&top) {
                    let max = kind.page_max;
                    let text = format!(
                        "Invalid page size specified: '{value}'. Must be between 1 and {max} inclusive."
                    );
                    return Err(Refusal::request(text));
                }
                self.top = top;
            }
            "$count" => self.counts = value.eq_ignore_ascii_case("true"),
            "$skiptoken" => self.skip_token = Some(value),
            "$deltatoken" => self.delta_token = Some(value),
            _ => {}
        }
        Ok(())
    }

    /// Advanced queries need the header and the count (microsoft-graph.md 2); without the header a count is not made.
    fn check_advanced(
        &mut self,
        asked: &Asked<'_>,
        kind: &Kind,
        options: Options,
    ) -> Result<(), Refusal> {
        let level = asked.received.header("consistencylevel");
        let is_eventual = level.is_some_and(|level| level.eq_ignore_ascii_case("eventual"));
        let mut is_advanced = false;
        if let Some(filter) = &self.filter {
            for path in filter.paths() {
                let root = path.split('/').next().unwrap_or(path);
                match kind.known(root)?.filtering {
                    Filtering::Never => {
                        let text = format!(
                            "Unsupported or invalid query filter clause specified for property '{root}' of resource '{}'.",
                            kind.name
                        );
                        return Err(Refusal::unsupported(text));
                    }
                    Filtering::Advanced => is_advanced = true,
                    Filtering::Basic => {}
                }
            }
            is_advanced |= filter.is_advanced() || self.order.is_some();
        }
        // `/$count` is a count by itself.
        let counts = self.counts || options.0 == OF_COUNT.0;
        if is_advanced && !(is_eventual && counts) {
            return Err(Refusal::unsupported("Unsupported Query."));
        }
        self.counts &= is_eventual;
        Ok(())
    }
}

fn not_taken(name: &str) -> Refusal {
    match name {
        "$search" | "$expand" => Refusal::not_built(&format!("{name} here")),
        "$skip" => Refusal::request("'$skip' is not supported by the service."),
        _ => Refusal::bad(format!("The query parameter '{name}' is not supported.")),
    }
}

fn order(kind: &Kind, value: &str) -> Result<(&'static str, Direction), Refusal> {
    let (name, direction) = value
        .trim()
        .split_once(' ')
        .unwrap_or_else(|| (value.trim(), "asc"));
    let direction = match direction.trim() {
        "asc" => Direction::Up,
        "desc" => Direction::Down,
        _ => return Err(Refusal::request(format!("Invalid $orderby: '{value}'."))),
    };
    let name = kind.known(name)?.name;
    if name == "displayName" || name == "userPrincipalName" {
        return Ok((name, direction));
    }
    let text = format!(
        "Sorting by '{name}' is not supported for resource '{}'.",
        kind.name
    );
    Err(Refusal::unsupported(text))
}

/// The same query with another token: how a list goes on.
pub(super) fn link(asked: &Asked<'_>, path: &str, (token, value): (&str, &str)) -> String {
    let mut link = format!("{}/{path}?", asked.base());
    for (name, kept) in fields(&asked.received.query) {
        if name.eq_ignore_ascii_case("$skiptoken") || name.eq_ignore_ascii_case("$deltatoken") {
            continue;
        }
        escape(&mut link, &name);
        link.push('=');
        escape(&mut link, &kept);
        link.push('&');
    }
    link.push_str(token);
    link.push('=');
    escape(&mut link, value);
    link
}

/// Percent-encoding (RFC 3986 2.3), but for the dollar that options begin with.
pub(super) fn escape(link: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'$' => {
                link.push(char::from(byte))
            }
            _ => write!(link, "%{byte:02X}").expect("a String takes whatever is written"),
        }
    }
}
