//! Inputs of requests: a file of the corpus, spliced with others and damaged, by the word, by the member or by the byte.

use crate::chance::Chance;
use crate::dictionary::{Dictionary, HEADERS, VALUES, WORDS};
use serde_json::{Map, Value};
use tandem_emulator::door::{BETWEEN_PARTS, split_once};

/// Mutations of one input.
const MUTATIONS_MAX: usize = 5;
/// Nothing that grows by itself grows beyond it.
const INPUT_BYTES_MAX: usize = 64 * 1024;
/// A body that no server has to take is longer than this.
const LONG_BODY_BYTES: usize = 1024 * 1024 + 1;
const DEPTHS: [usize; 4] = [2, 20, 127, 600];
const SCENES: [&str; 7] = [
    "CALL", "AGENT", "STREAM", "USERS", "RECORD", "TOKEN", "SIGN-IN",
];

/// A request as the text of an input has it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    head: Vec<u8>,
    headers: Vec<Vec<u8>>,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn parts(input: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = Some(input);
    while let Some(text) = rest {
        let (part, after) = split_once(text, BETWEEN_PARTS);
        rest = after;
        parts.push(Part::read(part));
    }
    parts
}

impl Part {
    fn read(text: &[u8]) -> Self {
        let (head, rest) = split_once(text, b"\n");
        let mut rest = rest.unwrap_or_default();
        let mut headers = Vec::new();
        while let Some(line) = rest.strip_prefix(b"> ") {
            let (line, after) = split_once(line, b"\n");
            headers.push(line.to_vec());
            rest = after.unwrap_or_default();
        }
        Self {
            head: head.to_vec(),
            headers,
            body: rest.to_vec(),
        }
    }

    fn write(&self, input: &mut Vec<u8>) {
        if !input.is_empty() {
            input.extend_from_slice(BETWEEN_PARTS);
        }
        input.extend_from_slice(&self.head);
        for header in &self.headers {
            input.extend_from_slice(b"\n> ");
            input.extend_from_slice(header);
        }
        input.push(b'\n');
        input.extend_from_slice(&self.body);
    }
}

/// An input of requests.
pub(crate) fn requests(chance: &mut Chance, corpus: &[Vec<u8>], words: &Dictionary) -> Vec<u8> {
    let mut all = parts(chance.text_of(corpus));
    if chance.once_in(4) {
        let others = parts(chance.text_of(corpus));
        let at = chance.place(all.len());
        all.splice(at..at, others);
    }
    if chance.once_in(4) {
        let scene = Part::read(chance.one_of(&SCENES).as_bytes());
        all.insert(0, scene);
    }
    for _ in 0..=chance.below(MUTATIONS_MAX) {
        mutate(chance, &mut all, words);
    }
    let mut input = Vec::new();
    for part in &all {
        part.write(&mut input);
    }
    // Now and then what comes is no text of parts any more.
    if chance.once_in(20) {
        damage(chance, &mut input);
    }
    input
}

fn mutate(chance: &mut Chance, all: &mut Vec<Part>, words: &Dictionary) {
    // What comes last is what the file is about: what stands before it lets it get there.
    let at = if chance.once_in(4) {
        chance.below(all.len())
    } else {
        all.len().saturating_sub(1)
    };
    let Some(part) = all.get_mut(at) else {
        all.push(asked(chance, words));
        return;
    };
    match chance.below(12) {
        0..=3 => change_member(chance, part, words),
        4 => {
            let header = chance.one_of(&HEADERS).as_bytes().to_vec();
            part.headers.push(header);
        }
        5 => damage(chance, &mut part.body),
        6 => damage(chance, &mut part.head),
        7 => {
            if let Some(header) = part.headers.last_mut() {
                damage(chance, header);
            } else {
                change_query(chance, &mut part.head);
            }
        }
        8 => part.head = chance.word_of(&words.routes).as_bytes().to_vec(),
        9 => {
            let again = part.clone();
            all.push(again);
        }
        10 => all.push(asked(chance, words)),
        _ => {
            if all.len() > 1 {
                all.remove(at);
            }
        }
    }
}

/// A request that the corpus need not have: any route, with any body.
fn asked(chance: &mut Chance, words: &Dictionary) -> Part {
    let body = if words.bodies.is_empty() || chance.once_in(8) {
        b"{}".to_vec()
    } else {
        chance.text_of(&words.bodies).to_vec()
    };
    Part {
        head: chance.word_of(&words.routes).as_bytes().to_vec(),
        headers: Vec::new(),
        body,
    }
}

fn change_query(chance: &mut Chance, head: &mut Vec<u8>) {
    let more: [&[u8]; 7] = [
        b"&api-version=2023-03-06",
        b"?",
        b"%",
        b"&live=true",
        b"&api-version=",
        b"%c3%28",
        b"#",
    ];
    match chance.below(3) {
        0 => {
            let at = head.iter().position(|byte| *byte == b'?');
            head.truncate(at.unwrap_or(head.len()));
        }
        1 => head.extend_from_slice(chance.one_of(&more)),
        _ => damage(chance, head),
    }
}

/// One member of the body is another one: of JSON by the value, of anything else by the byte.
fn change_member(chance: &mut Chance, part: &mut Part, words: &Dictionary) {
    if chance.once_in(2_000) {
        part.body = vec![b' '; LONG_BODY_BYTES];
        return;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(&part.body) else {
        change_pair(chance, &mut part.body);
        return;
    };
    change_value(chance, &mut body, words);
    part.body = body.to_string().into_bytes();
    if part.body.len() > INPUT_BYTES_MAX {
        part.body.truncate(INPUT_BYTES_MAX);
    }
    if chance.once_in(16) {
        repeat_member(chance, &mut part.body);
    }
}

/// The same text twice: a member that is there two times, or JSON no more.
fn repeat_member(chance: &mut Chance, body: &mut Vec<u8>) {
    let commas: Vec<usize> = (0..body.len()).filter(|at| body[*at] == b',').collect();
    if commas.len() < 2 {
        return;
    }
    let from = chance.below(commas.len() - 1);
    let range = commas[from]..commas[from + 1];
    let again = body[range.clone()].to_vec();
    body.splice(range.start..range.start, again);
}

fn change_value(chance: &mut Chance, value: &mut Value, words: &Dictionary) {
    match value {
        Value::Object(members) if !members.is_empty() && !chance.once_in(6) => {
            change_object(chance, members, words);
        }
        Value::Array(items) if !items.is_empty() && !chance.once_in(4) => {
            let at = chance.below(items.len());
            match chance.below(4) {
                0 => {
                    let again = items[at].clone();
                    let n = [1, 1, 1, 12, 400][chance.below(5)];
                    items.extend(std::iter::repeat_n(again, n));
                }
                1 => {
                    items.remove(at);
                }
                _ => change_value(chance, &mut items[at], words),
            }
        }
        Value::Object(_)
        | Value::Array(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_) => *value = made_up(chance),
    }
}

fn change_object(chance: &mut Chance, members: &mut Map<String, Value>, words: &Dictionary) {
    let at = chance.below(members.len());
    let Some(name) = members.keys().nth(at).cloned() else {
        return;
    };
    match chance.below(8) {
        0 => {
            members.remove(&name);
        }
        1 => {
            let value = members.remove(&name).unwrap_or_default();
            members.insert(chance.word_of(&words.members).to_owned(), value);
        }
        2 => {
            let value = made_up(chance);
            members.insert(chance.word_of(&words.members).to_owned(), value);
        }
        _ => {
            if let Some(value) = members.get_mut(&name) {
                change_value(chance, value, words);
            }
        }
    }
}

fn made_up(chance: &mut Chance) -> Value {
    match chance.below(8) {
        0 => Value::String(chance.one_of(&WORDS).to_owned()),
        1 => {
            let n = [40, 300, 5_000][chance.below(3)];
            Value::String("\u{e9}".repeat(n))
        }
        2 => {
            let depth = chance.one_of(&DEPTHS);
            (0..depth.min(100)).fold(Value::Null, |inner, _| Value::Array(vec![inner]))
        }
        _ => serde_json::from_str(chance.one_of(&VALUES)).unwrap_or_default(),
    }
}

/// A form, or no text at all.
fn change_pair(chance: &mut Chance, body: &mut Vec<u8>) {
    let mut pairs: Vec<Vec<u8>> = body
        .split(|byte| *byte == b'&')
        .map(<[u8]>::to_vec)
        .collect();
    let at = chance.below(pairs.len());
    match chance.below(4) {
        0 => {
            pairs.remove(at);
        }
        1 => {
            let again = pairs[at].clone();
            pairs.push(again);
        }
        2 => {
            let (name, _) = split_once(&pairs[at], b"=");
            let mut pair = name.to_vec();
            pair.push(b'=');
            pair.extend_from_slice(chance.one_of(&VALUES).trim_matches('"').as_bytes());
            pairs[at] = pair;
        }
        _ => damage(chance, &mut pairs[at]),
    }
    *body = pairs.join(&b'&');
}

/// Damage by the byte.
pub(crate) fn damage(chance: &mut Chance, bytes: &mut Vec<u8>) {
    let broken: [&[u8]; 8] = [
        b"\xff",
        b"\xc3\x28",
        b"\xed\xa0\x80",
        b"\x00",
        b"\r\n",
        b"\n---\n",
        b"%zz",
        b"{{{{{{{{[[[[[[[[",
    ];
    match chance.below(8) {
        0 if !bytes.is_empty() => {
            let at = chance.below(bytes.len());
            bytes[at] ^= 1 << chance.below(8);
        }
        1 => {
            let at = chance.place(bytes.len());
            let what = chance.one_of(&broken);
            bytes.splice(at..at, what.iter().copied());
        }
        2 => bytes.truncate(chance.place(bytes.len())),
        3 => {
            let (from, to) = range(chance, bytes.len());
            bytes.drain(from..to);
        }
        4 if bytes.len() < INPUT_BYTES_MAX => {
            let (from, to) = range(chance, bytes.len());
            let again = bytes[from..to].to_vec();
            bytes.splice(from..from, again);
        }
        5 if !bytes.is_empty() => {
            let at = chance.below(bytes.len());
            bytes[at] = chance.draw().to_le_bytes()[0];
        }
        6 => {
            let depth = chance.one_of(&DEPTHS);
            let at = chance.place(bytes.len());
            bytes.splice(at..at, std::iter::repeat_n(b'[', depth));
        }
        _ => {
            let at = chance.place(bytes.len());
            let digits = std::iter::repeat_n(b'9', 1 + chance.below(40));
            bytes.splice(at..at, digits);
        }
    }
}

fn range(chance: &mut Chance, length: usize) -> (usize, usize) {
    let (one, other) = (chance.place(length), chance.place(length));
    (one.min(other), one.max(other))
}
