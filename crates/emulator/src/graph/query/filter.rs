//! `$filter`: the part of OData 4.01 (Part 2, 5.1.1) that the directory takes.
//!
//! Comparisons, `in`, `startswith`, `endswith`, `and`, `or`, `not`, and `any` over a collection. Texts compare in any case, as
//! the directory does. An expression asks for properties by path and knows no resource.

use crate::graph::refusal::Refusal;
use crate::limits;
use serde_json::Value;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq)]
pub(in crate::graph) enum Expression {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Compare(String, Comparison, Value),
    In(String, Vec<Value>),
    StartsWith(String, String),
    EndsWith(String, String),
    /// Some entry of a collection fits; paths inside begin at the entry.
    Any(String, Option<Box<Self>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::graph) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Expression {
    /// Whether something fits; `property` gives what stands at a path.
    pub(in crate::graph) fn fits(&self, property: &dyn Fn(&str) -> Value) -> bool {
        match self {
            Self::And(one, other) => one.fits(property) && other.fits(property),
            Self::Or(one, other) => one.fits(property) || other.fits(property),
            Self::Not(inner) => !inner.fits(property),
            Self::Compare(path, comparison, wanted) => comparison.holds(&property(path), wanted),
            Self::In(path, wanted) => {
                let found = property(path);
                wanted
                    .iter()
                    .any(|wanted| Comparison::Equal.holds(&found, wanted))
            }
            Self::StartsWith(path, wanted) => {
                lower(&property(path)).is_some_and(|it| it.starts_with(&wanted.to_lowercase()))
            }
            Self::EndsWith(path, wanted) => {
                lower(&property(path)).is_some_and(|it| it.ends_with(&wanted.to_lowercase()))
            }
            Self::Any(path, inner) => {
                let collection = property(path);
                let entries = collection.as_array().map_or(&[][..], Vec::as_slice);
                match inner {
                    None => !entries.is_empty(),
                    Some(inner) => entries
                        .iter()
                        .any(|entry| inner.fits(&|path| at(entry, path))),
                }
            }
        }
    }

    /// The properties that it asks for.
    pub(in crate::graph) fn paths(&self) -> BTreeSet<&str> {
        match self {
            Self::And(one, other) | Self::Or(one, other) => {
                one.paths().union(&other.paths()).copied().collect()
            }
            Self::Not(inner) => inner.paths(),
            Self::Compare(path, ..)
            | Self::In(path, _)
            | Self::StartsWith(path, _)
            | Self::EndsWith(path, _)
            | Self::Any(path, _) => BTreeSet::from([path.as_str()]),
        }
    }

    /// Whether it is an advanced query whatever it asks for (microsoft-graph.md 2).
    pub(in crate::graph) fn is_advanced(&self) -> bool {
        match self {
            Self::And(one, other) | Self::Or(one, other) => {
                one.is_advanced() || other.is_advanced()
            }
            Self::Not(_) | Self::EndsWith(..) | Self::Compare(_, Comparison::NotEqual, _) => true,
            Self::Compare(..) | Self::In(..) | Self::StartsWith(..) => false,
            Self::Any(_, inner) => inner.as_ref().is_some_and(|inner| inner.is_advanced()),
        }
    }
}

fn lower(value: &Value) -> Option<String> {
    value.as_str().map(str::to_lowercase)
}

/// What stands at a path inside of an entry; the entry itself has the empty one.
fn at(entry: &Value, path: &str) -> Value {
    let steps = path.split('/').filter(|step| !step.is_empty());
    steps.fold(entry.clone(), |value, step| value[step].clone())
}

impl Comparison {
    fn holds(self, found: &Value, wanted: &Value) -> bool {
        let order = match (found, wanted) {
            (Value::String(found), Value::String(wanted)) => {
                found.to_lowercase().cmp(&wanted.to_lowercase())
            }
            _ if found == wanted => std::cmp::Ordering::Equal,
            _ => match (found.as_f64(), wanted.as_f64()) {
                (Some(found), Some(wanted)) => found.total_cmp(&wanted),
                _ => return self == Self::NotEqual,
            },
        };
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }

    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "lt" => Self::Less,
            "le" => Self::LessOrEqual,
            "gt" => Self::Greater,
            "ge" => Self::GreaterOrEqual,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
    Colon,
}

pub(in crate::graph) fn parse(text: &str) -> Result<Expression, Refusal> {
    if text.len() > limits::FILTER_BYTES_MAX {
        return Err(Refusal::request(format!(
            "A filter may have {} bytes.",
            limits::FILTER_BYTES_MAX
        )));
    }
    let tokens = tokens(text).ok_or_else(|| invalid(text))?;
    let mut parser = Parser {
        tokens: &tokens,
        variable: None,
        depth: 0,
    };
    match parser.or() {
        Some(expression) if parser.tokens.is_empty() => Ok(expression),
        Some(_) | None => Err(invalid(text)),
    }
}

fn invalid(text: &str) -> Refusal {
    Refusal::request(format!("Invalid filter clause: '{text}'."))
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.peek().copied() {
        match next {
            ' ' => {
                rest.next();
            }
            '(' | ')' | ',' | ':' => {
                rest.next();
                tokens.push(match next {
                    '(' => Token::Open,
                    ')' => Token::Close,
                    ',' => Token::Comma,
                    _ => Token::Colon,
                });
            }
            '\'' => {
                rest.next();
                tokens.push(Token::Text(quoted(&mut rest)?));
            }
            _ => {
                // Times have colons of their own; the variable of a lambda begins with a letter.
                let is_number = next.is_ascii_digit() || next == '-';
                let mut word = String::new();
                while let Some(next) = rest.peek().copied() {
                    let is_part = next.is_alphanumeric()
                        || "_./-@+".contains(next)
                        || (is_number && next == ':');
                    if !is_part {
                        break;
                    }
                    word.push(next);
                    rest.next();
                }
                if word.is_empty() {
                    return None;
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Some(tokens)
}

/// A text up to its closing quote; two quotes are one.
fn quoted(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match rest.next()? {
            '\'' if rest.peek() == Some(&'\'') => {
                rest.next();
                text.push('\'');
            }
            '\'' => return Some(text),
            other => text.push(other),
        }
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    /// What the entry of the surrounding `any` is called.
    variable: Option<String>,
    depth: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn takes(&mut self, wanted: &Token) -> Option<()> {
        (self.next()? == *wanted).then_some(())
    }

    /// Takes a word, if it comes next.
    fn is_next(&mut self, wanted: &str) -> bool {
        let is_next = matches!(self.tokens.first(), Some(Token::Word(word)) if word == wanted);
        if is_next {
            self.next();
        }
        is_next
    }

    fn or(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > limits::FILTER_DEPTH_MAX {
            return None;
        }
        let mut found = self.and()?;
        while self.is_next("or") {
            found = Expression::Or(Box::new(found), Box::new(self.and()?));
        }
        self.depth -= 1;
        Some(found)
    }

    fn and(&mut self) -> Option<Expression> {
        let mut found = self.unary()?;
        while self.is_next("and") {
            found = Expression::And(Box::new(found), Box::new(self.unary()?));
        }
        Some(found)
    }

    fn unary(&mut self) -> Option<Expression> {
        if self.is_next("not") {
            let inner = self.primary()?;
            return Some(Expression::Not(Box::new(inner)));
        }
        self.primary()
    }

    fn primary(&mut self) -> Option<Expression> {
        match self.next()? {
            Token::Open => {
                let inner = self.or()?;
                self.takes(&Token::Close)?;
                Some(inner)
            }
            Token::Word(word) if self.tokens.first() == Some(&Token::Open) => self.function(&word),
            Token::Word(word) => self.comparison(&word),
            Token::Text(_) | Token::Close | Token::Comma | Token::Colon => None,
        }
    }

    fn function(&mut self, name: &str) -> Option<Expression> {
        self.takes(&Token::Open)?;
        if let Some(path) = name.strip_suffix("/any") {
            return self.any(path);
        }
        let Token::Word(path) = self.next()? else {
            return None;
        };
        let path = self.path(&path)?;
        self.takes(&Token::Comma)?;
        let Token::Text(wanted) = self.next()? else {
            return None;
        };
        self.takes(&Token::Close)?;
        match name.to_lowercase().as_str() {
            "startswith" => Some(Expression::StartsWith(path, wanted)),
            "endswith" => Some(Expression::EndsWith(path, wanted)),
            _ => None,
        }
    }

    fn any(&mut self, path: &str) -> Option<Expression> {
        let path = self.path(path)?;
        if self.tokens.first() == Some(&Token::Close) {
            self.next();
            return Some(Expression::Any(path, None));
        }
        let Token::Word(variable) = self.next()? else {
            return None;
        };
        self.takes(&Token::Colon)?;
        let outer = self.variable.replace(variable);
        let inner = self.or()?;
        self.variable = outer;
        self.takes(&Token::Close)?;
        Some(Expression::Any(path, Some(Box::new(inner))))
    }

    fn comparison(&mut self, path: &str) -> Option<Expression> {
        let path = self.path(path)?;
        let Token::Word(word) = self.next()? else {
            return None;
        };
        if word != "in" {
            let wanted = self.literal()?;
            return Some(Expression::Compare(path, Comparison::of(&word)?, wanted));
        }
        self.takes(&Token::Open)?;
        let mut wanted = vec![self.literal()?];
        loop {
            match self.next()? {
                Token::Comma => wanted.push(self.literal()?),
                Token::Close => return Some(Expression::In(path, wanted)),
                Token::Word(_) | Token::Text(_) | Token::Open | Token::Colon => return None,
            }
        }
    }

    /// A path of a resource, or of the entry whose variable it begins with.
    fn path(&self, word: &str) -> Option<String> {
        let is_name = |name: &str| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if !word.split('/').all(is_name) {
            return None;
        }
        match &self.variable {
            None => Some(word.to_owned()),
            Some(variable) if word == variable => Some(String::new()),
            Some(variable) => Some(
                word.strip_prefix(variable.as_str())?
                    .strip_prefix('/')?
                    .to_owned(),
            ),
        }
    }

    fn literal(&mut self) -> Option<Value> {
        match self.next()? {
            Token::Text(text) => Some(Value::String(text)),
            Token::Word(word) => match word.as_str() {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                "null" => Some(Value::Null),
                // Ids and times stand without quotes.
                _ => Some(word.parse::<i64>().map_or(Value::String(word), Value::from)),
            },
            Token::Open | Token::Close | Token::Comma | Token::Colon => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fits(filter: &str) -> bool {
        let user = json!({
            "displayName": "Ann O'Hara", "accountEnabled": true, "mail": null, "createdDateTime": "2025-01-01T00:00:00Z",
            "assignedPlans": [
                {"servicePlanId": "57ff2da0-773e-42df-b2af-ffb7a2317929", "capabilityStatus": "Enabled"},
                {"servicePlanId": "4828c8ec-dc2e-4779-b502-87ac9ce28ab7", "capabilityStatus": "Deleted"},
            ],
            "businessPhones": ["+1"],
        });
        let expression = parse(filter).unwrap_or_else(|refusal| panic!("{filter}: {refusal:?}"));
        expression.fits(&|path| at(&user, path))
    }

    #[test]
    fn what_fits_is_what_odata_says() {
        for filter in [
            "displayName eq 'ann o''hara'",
            "startswith(displayName,'ANN') and accountEnabled eq true",
            "displayName eq 'x' or (mail eq null and not(accountEnabled eq false))",
            "displayName in ('x', 'Ann O''Hara')",
            "createdDateTime ge 2024-12-31T23:59:59Z and createdDateTime lt 2025-01-01T00:00:01Z",
            "assignedPlans/any(p:p/servicePlanId eq 57ff2da0-773e-42df-b2af-ffb7a2317929 and p/capabilityStatus eq 'Enabled')",
            "businessPhones/any(p:p eq '+1') and businessPhones/any()",
            "endswith(displayName,'hara') and mail ne 'x'",
        ] {
            assert!(fits(filter), "{filter}");
        }
        for filter in [
            "displayName eq 'Ann'",
            "not startswith(displayName,'Ann')",
            "assignedPlans/any(p:p/servicePlanId eq 4828c8ec-dc2e-4779-b502-87ac9ce28ab7 and p/capabilityStatus eq 'Enabled')",
            "accountEnabled ne true",
        ] {
            assert!(!fits(filter), "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        let deep = format!("{}a eq 1{}", "(".repeat(40), ")".repeat(40));
        for filter in [
            "",
            "displayName",
            "displayName eq",
            "eq 'x'",
            "displayName like 'x'",
            "a eq 'x",
            "(a eq 1",
            "a/any(p:q eq 1)",
            "contains(a,'x')",
            "a eq 1)",
            &deep,
        ] {
            assert_eq!(parse(filter).unwrap_err().status, 400, "{filter}");
        }
    }

    #[test]
    fn advanced_filters_are_told_apart() {
        let is_advanced = |filter: &str| parse(filter).unwrap().is_advanced();
        for filter in [
            "a ne 1",
            "not(a eq 1)",
            "endswith(a,'x')",
            "b eq 1 and a ne 1",
        ] {
            assert!(is_advanced(filter), "{filter}");
        }
        assert!(!is_advanced("a eq 1 and startswith(b,'x') or c in (1,2)"));
    }
}
