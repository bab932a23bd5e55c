//! The groups of the JSON Schema test suite: each is a schema with valid and invalid instances.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::contracts::root;

/// A dialect of JSON Schema in the suite, and the version of OpenAPI that uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Draft 4, for OpenAPI 3.0.
    Draft4,
    /// Draft 2020-12, for OpenAPI 3.1.
    Draft202012,
}

/// A schema of the suite with its instances.
#[derive(Debug, Clone)]
pub struct Group {
    /// The file relative to the folder of the suite, such as `draft4/ref.json`.
    pub file: String,
    /// The description of the group in the suite.
    pub description: String,
    /// The schema that the instances are validated against.
    pub schema: Json,
    /// The instances with their expected results.
    pub tests: Vec<Test>,
}

/// An instance with its expected result.
#[derive(Debug, Clone)]
pub struct Test {
    /// The description of the instance in the suite.
    pub description: String,
    /// The value of the instance.
    pub data: Json,
    /// True if the instance is valid against the schema.
    pub valid: bool,
}

/// The formats that are tested. Validation of formats is optional in the suite.
const FORMATS: &[&str] = &["date-time", "date", "time", "duration", "uuid", "email", "hostname", "ipv4", "ipv6", "uri"];

/// The other optional files of the suite that are tested.
const OPTIONS: &[&str] = &["bignum", "ecmascript-regex", "float-overflow", "non-bmp-regex"];

impl Dialect {
    /// Returns the name of the dialect, which is also the name of its folder in the suite.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Draft4 => "draft4",
            Dialect::Draft202012 => "draft2020-12",
        }
    }

    /// Returns the keyword that declares the address of a schema.
    pub fn address(self) -> &'static str {
        match self {
            Dialect::Draft4 => "id",
            Dialect::Draft202012 => "$id",
        }
    }

    /// Returns the version of OpenAPI that uses the dialect.
    pub fn openapi(self) -> &'static str {
        match self {
            Dialect::Draft4 => "3.0.3",
            Dialect::Draft202012 => "3.1.0",
        }
    }
}

impl Group {
    /// Returns the name of the group in the list of exceptions.
    pub fn name(&self) -> String {
        format!("{}: {}", self.file, self.description)
    }
}

/// Returns the folder of the suite, `None` if it does not exist.
pub fn folder() -> Option<PathBuf> {
    let folder = root().join("../shared/corpus/json-schema-suite/tests");
    folder.is_dir().then_some(folder)
}

/// Returns the required groups of a dialect, and the groups of the tested formats and options.
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

/// Returns the document at an address of the suite: a file that the suite serves at this address, or a
/// metaschema.
pub fn elsewhere(address: &str) -> Option<Json> {
    if let Some(path) = address.strip_prefix("http://localhost:1234/") {
        let file = folder()?.parent()?.join("remotes").join(path);
        return serde_json::from_str(&fs::read_to_string(file).ok()?).ok();
    }
    let resolver = referencing::SPECIFICATIONS.resolver(referencing::uri::from_str(address).ok()?);
    Some(resolver.lookup(address).ok()?.contents().clone())
}

/// Returns additional groups in the format of the suite, which test combinations that the suite lacks.
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
