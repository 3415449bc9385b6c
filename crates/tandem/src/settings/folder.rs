//! A folder of settings files: read as a draft, and written from what a contact center tells.

use super::layout::{self, FORMAT, MANIFEST, Place, place};
use super::{emit, position};
use anyhow::{Context, bail, ensure};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use tandem_core::settings::Kind;

/// Bytes of one file; a folder is no larger than what a contact center takes.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Files of one folder.
const FILES_MAX: usize = 20_000;

/// A folder that was read.
pub(super) struct Folder {
    kinds: Vec<Kind>,
    pieces: Vec<Piece>,
    problems: Vec<FileProblem>,
}

/// One object, and where it stands.
struct Piece {
    kind: Kind,
    settings: Map<String, Value>,
    file: PathBuf,
    text: std::rc::Rc<str>,
    /// Before its fields: nothing, or the list and its place in it.
    prefix: String,
}

/// What is wrong with a file itself.
pub(super) struct FileProblem {
    pub(super) file: PathBuf,
    pub(super) line: usize,
    pub(super) field: String,
    pub(super) detail: String,
}

impl FileProblem {
    pub(super) fn told(&self) -> Value {
        let Self {
            file,
            line,
            field,
            detail,
        } = self;
        json!({ "file": file, "line": line, "field": field, "detail": detail })
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file.display(), self.line)?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.detail)
    }
}

impl Folder {
    /// As the API takes it.
    pub(super) fn draft(&self) -> Value {
        let objects = self.pieces.iter();
        let objects = objects.map(|it| json!({ "kind": it.kind, "settings": it.settings }));
        json!({ "kinds": self.kinds, "objects": objects.collect::<Vec<_>>() })
    }

    pub(super) fn problems(&self) -> &[FileProblem] {
        &self.problems
    }

    /// Where a field of an object stands.
    pub(super) fn find(&self, object: usize, field: &str) -> Option<(&Path, usize)> {
        let piece = self.pieces.get(object)?;
        let field = match piece.prefix.as_str() {
            "" => field.to_owned(),
            prefix => format!("{prefix}.{field}"),
        };
        Some((&piece.file, position::line_of(&piece.text, &field)))
    }

    fn problem(&mut self, file: &Path, line: usize, detail: String) {
        self.problems.push(FileProblem {
            file: file.to_owned(),
            line,
            field: String::new(),
            detail,
        });
    }
}

/// Reads a folder.
pub(super) fn read(path: &Path) -> anyhow::Result<Folder> {
    let kinds = manifest(path)?;
    let kinds = kinds.with_context(|| {
        format!(
            "{} has no {MANIFEST}: name a folder of settings, or make one with `tandem export settings DIR`",
            path.display()
        )
    })?;
    let mut folder = Folder {
        kinds: kinds.clone(),
        pieces: Vec::new(),
        problems: Vec::new(),
    };
    for file in files(path)? {
        match owner(&file) {
            _ if file == Path::new(MANIFEST) => {}
            Some(kind) if kinds.contains(&kind) => read_file(&mut folder, path, &file, kind)?,
            Some(kind) => {
                let word = place(kind).0;
                let detail = format!(
                    "\"{word}\" is not among the kinds of {MANIFEST}; add it there, or remove the file"
                );
                folder.problem(&file, 1, detail);
            }
            None => {
                let detail =
                    "is no settings file; see docs/settings-as-files.md for what may be here"
                        .to_owned();
                folder.problem(&file, 1, detail);
            }
        }
    }
    Ok(folder)
}

/// The kinds that a folder has all of; none when it is no folder of settings.
fn manifest(path: &Path) -> anyhow::Result<Option<Vec<Kind>>> {
    let file = path.join(MANIFEST);
    if !file.is_file() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&file)?;
    let table: toml::Table =
        toml::from_str(&text).with_context(|| format!("{} cannot be read", file.display()))?;
    let format = table.get("format").and_then(toml::Value::as_integer);
    ensure!(
        format == Some(FORMAT),
        "{}: write format = {FORMAT}; a newer format needs a newer tandem",
        file.display()
    );
    if let Some(other) = table
        .keys()
        .find(|key| !["format", "kinds"].contains(&key.as_str()))
    {
        bail!(
            "{}: \"{other}\" means nothing; there is format and kinds",
            file.display()
        );
    }
    let words = table.get("kinds").and_then(toml::Value::as_array);
    let words = words.with_context(|| format!("{}: write kinds = [...]", file.display()))?;
    let kinds = words.iter().map(|word| {
        let word = word.as_str().unwrap_or_default();
        layout::kind(word).with_context(|| {
            let all: Vec<_> = Kind::ALL.iter().map(|it| place(*it).0).collect();
            format!(
                "{}: \"{word}\" is no kind; there are {}",
                file.display(),
                all.join(", ")
            )
        })
    });
    kinds.collect::<anyhow::Result<_>>().map(Some)
}

/// All files but hidden ones and a README, relative to the folder, in order.
fn files(path: &Path) -> anyhow::Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        let at = path.join(&folder);
        let entries = std::fs::read_dir(&at);
        let entries = entries.with_context(|| format!("{} cannot be read", at.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || name == "README.md" {
                continue;
            }
            let within = folder.join(&name);
            if entry.file_type()?.is_dir() {
                open.push(within);
            } else {
                files.insert(within);
            }
            ensure!(
                files.len() <= FILES_MAX,
                "{} has more than {FILES_MAX} files",
                path.display()
            );
        }
    }
    Ok(files)
}

/// The kind that a file belongs to.
fn owner(file: &Path) -> Option<Kind> {
    let parts: Vec<_> = file
        .iter()
        .map(|it| it.to_string_lossy().into_owned())
        .collect();
    let (word, wanted) = match parts.as_slice() {
        [name] => (name.strip_suffix(".toml")?, None),
        [folder, name] if name.ends_with(".toml") => (folder.as_str(), Some(Place::Folder)),
        _ => return None,
    };
    let kind = layout::kind(word)?;
    let is_folder = place(kind).1 == Place::Folder;
    (is_folder == wanted.is_some()).then_some(kind)
}

fn read_file(folder: &mut Folder, path: &Path, file: &Path, kind: Kind) -> anyhow::Result<()> {
    let at = path.join(file);
    let size = std::fs::metadata(&at)?.len();
    ensure!(
        size <= FILE_BYTES_MAX,
        "{} is larger than {FILE_BYTES_MAX} bytes",
        at.display()
    );
    let text = std::fs::read_to_string(&at);
    let text: std::rc::Rc<str> = text
        .with_context(|| format!("{} cannot be read", at.display()))?
        .into();
    let table = match toml::from_str::<toml::Table>(&text) {
        Ok(table) => object(table),
        Err(error) => {
            let line = error
                .span()
                .map_or(1, |it| position::line_at(&text, it.start));
            folder.problem(file, line, error.message().trim().to_owned());
            return Ok(());
        }
    };
    let (word, place) = place(kind);
    let piece = |settings: Map<String, Value>, prefix: String| Piece {
        kind,
        settings,
        file: file.to_owned(),
        text: text.clone(),
        prefix,
    };
    if place != Place::List {
        folder.pieces.push(piece(table, String::new()));
        return Ok(());
    }
    for (key, value) in table {
        let Value::Array(items) = value else {
            let line = position::line_of(&text, &key);
            folder.problem(file, line, format!("begin each with [[{word}]]"));
            continue;
        };
        for (n, item) in items.into_iter().enumerate() {
            let line = position::line_of(&text, &format!("{key}.{n}"));
            match item.as_object().filter(|_| key == word) {
                Some(settings) => {
                    let prefix = format!("{word}.{n}");
                    folder.pieces.push(piece(settings.clone(), prefix));
                }
                None => folder.problem(file, line, format!("begin each with [[{word}]]")),
            }
        }
    }
    Ok(())
}

fn object(table: toml::Table) -> Map<String, Value> {
    table
        .into_iter()
        .map(|(key, value)| (key, plain(value)))
        .collect()
}

fn plain(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(is) => Value::Bool(is),
        // The API has dates and times of day as texts.
        toml::Value::Datetime(at) => Value::String(at.to_string()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        toml::Value::Table(table) => Value::Object(object(table)),
    }
}

/// Whether settings can be written into a folder without losing what is something else; answers the kinds that it has.
pub(super) fn may_write(path: &Path) -> anyhow::Result<Vec<Kind>> {
    if !path.exists() {
        return Ok(Kind::ALL.to_vec());
    }
    if let Some(kinds) = manifest(path)? {
        return Ok(kinds);
    }
    ensure!(
        files(path)?.is_empty(),
        "{} has other files; name a new folder, or one with a {MANIFEST}",
        path.display()
    );
    Ok(Kind::ALL.to_vec())
}

/// Writes what stands, in place of the settings files that were there; answers how many files.
pub(super) fn write(path: &Path, kinds: &[Kind], standing: &Value) -> anyhow::Result<usize> {
    std::fs::create_dir_all(path).with_context(|| format!("{} cannot be made", path.display()))?;
    let mut texts = vec![(PathBuf::from(MANIFEST), manifest_text(kinds))];
    for kind in kinds {
        texts.extend(texts_of(*kind, standing)?);
    }
    let written: BTreeSet<&PathBuf> = texts.iter().map(|it| &it.0).collect();
    for stale in files(path)? {
        let is_ours = owner(&stale).is_some_and(|kind| kinds.contains(&kind));
        if is_ours && !written.contains(&stale) {
            std::fs::remove_file(path.join(stale))?;
        }
    }
    for (file, text) in &texts {
        let at = path.join(file);
        if let Some(parent) = at.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&at, text).with_context(|| format!("{} cannot be written", at.display()))?;
    }
    Ok(texts.len())
}

fn manifest_text(kinds: &[Kind]) -> String {
    let words: Vec<_> = kinds
        .iter()
        .map(|it| format!("  \"{}\",\n", place(*it).0))
        .collect();
    format!(
        "# Settings of a contact center: docs/settings-as-files.md. These files have all of the kinds below; what of these\n\
         # kinds does not stand here is removed by `tandem apply`. Other kinds stay as they are.\n\
         format = {FORMAT}\nkinds = [\n{}]\n",
        words.concat()
    )
}

fn texts_of(kind: Kind, standing: &Value) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let word_of_kind = layout::api_word(kind);
    let objects = standing["objects"].as_array().into_iter().flatten();
    let objects = objects.filter(|it| it["kind"].as_str() == word_of_kind.as_deref());
    let objects: Vec<_> = objects
        .filter_map(|it| it["settings"].as_object())
        .collect();
    let (word, place) = place(kind);
    match place {
        Place::List => {
            let texts: Vec<_> = objects.iter().map(|it| emit::item(word, it)).collect();
            let file = PathBuf::from(format!("{word}.toml"));
            Ok((!texts.is_empty())
                .then(|| (file, texts.join("\n")))
                .into_iter()
                .collect())
        }
        Place::Single => {
            let file = PathBuf::from(format!("{word}.toml"));
            Ok(objects
                .first()
                .map(|it| (file, emit::file(it)))
                .into_iter()
                .collect())
        }
        Place::Folder => {
            let mut taken = BTreeSet::new();
            let texts = objects.iter().map(|object| {
                let name = object
                    .get("name")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let file = layout::file_name(name, |it| taken.contains(it));
                taken.insert(file.clone());
                (Path::new(word).join(file), emit::file(object))
            });
            Ok(texts.collect())
        }
    }
}
