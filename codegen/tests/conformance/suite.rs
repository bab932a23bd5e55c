//! The groups of the suite: a schema each, with instances that are valid or not.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::contracts::root;

/// A dialect of the suite, and the version of OpenAPI that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAPI 3.0.
    Draft4,
    /// OpenAPI 3.1.
    Draft202012,
}

/// A schema with its instances.
#[derive(Debug, Clone)]
pub struct Group {
    /// The file, below the folder of the suite: `draft4/ref.json`.
    pub file: String,
    /// What it is about.
    pub description: String,
    /// The schema.
    pub schema: Json,
    /// The instances.
    pub tests: Vec<Test>,
}

/// An instance.
#[derive(Debug, Clone)]
pub struct Test {
    /// What it is about.
    pub description: String,
    /// The instance.
    pub data: Json,
    /// Whether it fits the schema.
    pub valid: bool,
}

/// The formats that are checked; to the suite, checking a format is an option.
const FORMATS: &[&str] = &["date-time", "date", "time", "duration", "uuid", "email", "hostname", "ipv4", "ipv6", "uri"];

/// What else of its options holds here.
const OPTIONS: &[&str] = &["bignum", "ecmascript-regex", "float-overflow", "non-bmp-regex"];

impl Dialect {
    /// The folder of its tests, which is its name too.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Draft4 => "draft4",
            Dialect::Draft202012 => "draft2020-12",
        }
    }

    /// The keyword that says the address of a schema.
    pub fn address(self) -> &'static str {
        match self {
            Dialect::Draft4 => "id",
            Dialect::Draft202012 => "$id",
        }
    }

    /// The version of OpenAPI.
    pub fn openapi(self) -> &'static str {
        match self {
            Dialect::Draft4 => "3.0.3",
            Dialect::Draft202012 => "3.1.0",
        }
    }
}

impl Group {
    /// How it is called in the list of exceptions.
    pub fn name(&self) -> String {
        format!("{}: {}", self.file, self.description)
    }
}

/// The folder of the suite, if it is there.
pub fn folder() -> Option<PathBuf> {
    let folder = root().join("../shared/corpus/json-schema-suite/tests");
    folder.is_dir().then_some(folder)
}

/// Every group that is required of a dialect, and those of the formats.
pub fn groups(folder: &Path, dialect: Dialect) -> Vec<Group> {
    let own = folder.join(dialect.name());
    let mut files: Vec<PathBuf> = fs::read_dir(&own).expect("the suite").flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|it| it == "json"));
    let formats = FORMATS.iter().map(|name| own.join(format!("optional/format/{name}.json")));
    let options = OPTIONS.iter().map(|name| own.join(format!("optional/{name}.json")));
    files.extend(formats.chain(options).filter(|file| file.is_file()));
    files.sort();
    let named = |file: &PathBuf| {
        let below = file.strip_prefix(folder).expect("a file of the suite");
        (below.to_string_lossy().replace('\\', "/"), fs::read_to_string(file).expect("a file of the suite"))
    };
    files.iter().map(named).flat_map(|(file, text)| read(&file, &text)).collect()
}

/// The document that the suite means by an address: one of its own, which it would serve there, or a
/// metaschema.
pub fn elsewhere(address: &str) -> Option<Json> {
    if let Some(path) = address.strip_prefix("http://localhost:1234/") {
        let file = folder()?.parent()?.join("remotes").join(path);
        return serde_json::from_str(&fs::read_to_string(file).ok()?).ok();
    }
    let resolver = referencing::SPECIFICATIONS.resolver(referencing::uri::from_str(address).ok()?);
    Some(resolver.lookup(address).ok()?.contents().clone())
}

/// Groups of our own, in the words of the suite: what it does not try together.
pub fn own() -> Vec<Group> {
    read("own.json", include_str!("own.json"))
}

fn read(file: &str, text: &str) -> Vec<Group> {
    let all: Vec<Json> = serde_json::from_str(text).expect("a list of groups");
    let word = |json: &Json| json["description"].as_str().unwrap_or_default().to_owned();
    let test = |json: &Json| Test {
        description: word(json),
        data: json["data"].clone(),
        valid: json["valid"].as_bool().expect("valid or not"),
    };
    let group = |json: &Json| Group {
        file: file.to_owned(),
        description: word(json),
        schema: json["schema"].clone(),
        tests: json["tests"].as_array().into_iter().flatten().map(test).collect(),
    };
    all.iter().map(group).collect()
}
