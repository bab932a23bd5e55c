//! Contracts whose names are the words of generated code: no name of a contract may meet one of ours.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};

use crate::contracts::{Subject, golden_folder, root};
use crate::workspace::COMPILED;

/// The keywords of Rust, with those that have a meaning only in some places.
const KEYWORDS: &str = "Self abstract as async auto await become box break const continue crate default do dyn else enum extern \
    false final fn for gen if impl in let loop macro macro_rules match mod move mut override priv pub raw ref return safe self \
    static struct super trait true try type typeof union unsafe unsized use virtual where while yield";

/// The names of the prelude and of the primitive types, and further ones of the standard library and of cargo.
const STANDARD: &str = "Arc AsMut AsRef BTreeMap Box Cell Clone Copy Cow Debug Default Display DoubleEndedIterator Drop Eq Err \
    ExactSizeIterator Extend Fn FnMut FnOnce From FromIterator Future Hash HashMap Into IntoIterator Iterator None Ok Option Ord \
    PartialEq PartialOrd Pin Rc Result Send Sized Some String Sync ToOwned ToString TryFrom TryInto Vec alloc array as_mut \
    as_ref assert assert_eq bool borrow borrow_mut build cfg char clone clone_from clone_into cmp collect column concat core dbg \
    derive drop env eq f32 f64 file fmt fold format from hash i128 i16 i32 i64 i8 include into isize iter lib line main mem \
    module_path ne next panic partial_cmp print println proc_macro serde std str stringify test to_owned to_string todo \
    try_from try_into type_id u128 u16 u32 u64 u8 unreachable usize utoipa vec write writeln";

/// Names that become equal, or nothing, in Rust, and names that file systems reserve.
const SPELLINGS: &[&str] = &[
    "userId",
    "user_id",
    "userID",
    "user-id",
    "user.id",
    "USER_ID",
    "名前",
    "שם",
    "größe",
    "🎉",
    "123",
    "1st",
    "+1",
    "-1",
    "$ref",
    "a b",
    "aux",
    "con",
    "nul",
    "com1",
    "lpt9",
    "body_header",
];

/// The start of the names of these contracts' crates.
pub const PREFIX: &str = "words-of-";

#[test]
fn every_word_of_generated_code_can_be_a_name_in_a_contract() {
    let crates: Vec<_> = COMPILED.iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
    assert_eq!(crates.len(), 2);
    for (name, compiled) in crates {
        let messages: Vec<&str> = compiled.messages.iter().take(20).map(|message| message.rendered.as_str()).collect();
        assert!(compiled.done && messages.is_empty(), "{name} does not compile:\n{}", messages.join("\n"));
    }
}

#[test]
fn the_words_of_templates_macros_and_golden_code_are_found() {
    let words = words();
    for word in ["a", "Z", "bind", "Decoder", "responder", "with_capacity", "received", "Deserializer", "gen", "Option"]
    {
        assert!(words.contains(word), "{word} is missing");
    }
    assert!(words.len() > 500, "{}", words.len());
}

/// Returns the words of generated code: the identifiers of templates, of the runtime's macros, and those that many golden
/// crates have; every letter, every keyword, and the names of the standard library.
fn words() -> BTreeSet<String> {
    let mut words: BTreeSet<String> =
        KEYWORDS.split_whitespace().chain(STANDARD.split_whitespace()).map(str::to_owned).collect();
    words.extend(('a'..='z').chain('A'..='Z').map(String::from));
    for template in files(&root().join("templates"), "j2") {
        let text = fs::read_to_string(template).expect("a template");
        words.extend(identifiers(&without(&without(&text, "{%", "%}"), "{{", "}}")));
    }
    for source in files(&root().join("codegen/runtime/src"), "rs") {
        let text = fs::read_to_string(source).expect("a source of the runtime");
        for code in text.split("#[macro_export]\n").skip(1) {
            words.extend(identifiers(code.split("\n}\n").next().unwrap_or_default()));
        }
    }
    // A word that many crates have does not come from their contracts.
    let mut crates: BTreeMap<String, usize> = BTreeMap::new();
    let folders: Vec<PathBuf> =
        fs::read_dir(golden_folder()).expect("the golden contracts").flatten().map(|one| one.path()).collect();
    for folder in &folders {
        let code = files(folder, "rs").into_iter().map(|file| fs::read_to_string(file).expect("generated code"));
        let all: BTreeSet<String> = code.flat_map(|code| identifiers(&without(&code, "\"", "\""))).collect();
        all.into_iter().for_each(|word| *crates.entry(word).or_default() += 1);
    }
    words.extend(crates.into_iter().filter(|(_, count)| count * 4 > folders.len()).map(|(word, _)| word));
    words.remove("_");
    words
}

/// Returns the files in a folder and its folders that have an extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let (mut found, mut todo) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
            if entry.is_dir() {
                todo.push(entry);
            } else if entry.extension().is_some_and(|found| found == extension) {
                found.push(entry);
            }
        }
    }
    found
}

/// Returns a text without the parts between two delimiters.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut parts = text.split(open);
    let mut out = parts.next().unwrap_or_default().to_owned();
    parts.for_each(|part| out.push_str(part.split_once(close).map_or("", |(_, after)| after)));
    out
}

/// Returns the ASCII identifiers of code, without those in comments.
fn identifiers(code: &str) -> Vec<String> {
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let all = lines.flat_map(|line| line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_'));
    all.filter(|word| !word.is_empty() && !word.starts_with(|letter: char| letter.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

/// Returns the contracts that use the words of generated code as names, written into a folder.
pub fn contracts(folder: &Path) -> Vec<Subject> {
    let words: Vec<String> = words().into_iter().collect();
    fs::create_dir_all(folder).expect("the folder is created");
    let all = [("operations", operations(&words)), ("types", types(&words))];
    all.into_iter()
        .map(|(part, contract)| {
            let name = format!("{PREFIX}{part}");
            let entry = folder.join(format!("{name}.json"));
            fs::write(&entry, contract.to_string()).expect("the contract is written");
            Subject { name, entry }
        })
        .collect()
}

/// Returns an object schema with one property for each word.
fn object(words: &[String], value: impl Fn(&str) -> Json) -> Json {
    let properties: Map<String, Json> = words.iter().map(|word| (word.clone(), value(word))).collect();
    json!({ "type": "object", "properties": properties })
}

/// Returns the responses of an operation with a JSON body.
fn responds(schema: Json) -> Json {
    json!({ "200": { "description": "", "content": { "application/json": { "schema": schema } } } })
}

/// Returns a contract in which each word is a schema, a property, a tag, an operation, a path parameter and a security scheme.
fn operations(words: &[String]) -> Json {
    let long = "every word of a sentence ".repeat(12);
    let named: Vec<String> = words.iter().cloned().chain([long.replace(' ', "_")]).collect();
    let (mut paths, mut schemas, mut schemes, mut webhooks) = (Map::new(), Map::new(), Map::new(), Map::new());
    for (at, word) in named.iter().enumerate() {
        let schema = json!({ "$ref": format!("#/components/schemas/{word}") });
        schemas.insert(
            word.clone(),
            json!({ "type": "object", "required": [word], "properties": { word: { "type": "string" } } }),
        );
        schemes.insert(word.clone(), json!({ "type": "apiKey", "in": "header", "name": format!("x-{word}") }));
        let operation = json!({
            "operationId": word, "tags": [word], "security": [{ word: [] }],
            "parameters": [{ "name": word, "in": "path", "required": true, "schema": { "type": "string" } }],
            "requestBody": { "content": { "application/json": { "schema": schema } } },
            "responses": responds(schema.clone()),
        });
        paths.insert(format!("/{at}/{{{word}}}"), json!({ "post": operation }));
        // Webhooks are few, since their types are those of operations.
        if at % 8 == 0 {
            let body = json!({ "content": { "application/json": { "schema": schema } } });
            let webhook = json!({ "requestBody": body, "responses": { "204": { "description": "" } } });
            webhooks.insert(word.clone(), json!({ "post": webhook }));
        }
    }
    json!({
        "openapi": "3.1.0", "info": { "title": "Words as names", "version": "1" }, "paths": paths, "webhooks": webhooks,
        "servers": [{ "url": "https://example.com/{self}", "variables": { "self": { "default": "Self" } } }],
        "components": { "schemas": schemas, "securitySchemes": schemes },
    })
}

/// Returns a contract in which each word is a type of each other form, and a name in each other place.
fn types(words: &[String]) -> Json {
    let long = "every word of a sentence ".repeat(12);
    let spelled: Vec<String> = words
        .iter()
        .cloned()
        .chain(SPELLINGS.iter().map(|word| (*word).to_owned()))
        .chain([String::new(), long])
        .collect();
    let mut schemas: Map<String, Json> = words
        .iter()
        .enumerate()
        .map(|(at, word)| {
            let schema = match at % 5 {
                0 => json!({ "type": "string", "enum": [word] }),
                1 => json!({ "type": "string", "x-extensible-enum": [word] }),
                2 => json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] }),
                3 => json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{word}") } }),
                _ => json!({ "type": "string", "x-id-prefix": "id" }),
            };
            (word.clone(), schema)
        })
        .collect();
    // Identifiers are tuple structs, whose names are values too. A letter without a case names a field as well.
    schemas.insert("名前".to_owned(), json!({ "type": "string", "x-id-prefix": "id" }));
    let referring = object(words, |word| json!({ "$ref": format!("#/components/schemas/{word}") }));
    let text = |_: &str| json!({ "type": "string" });
    let headers: Vec<String> = {
        let token = |word: &&String| {
            !word.is_empty() && word.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
        };
        let mut seen = BTreeSet::new();
        spelled.iter().filter(token).filter(|word| seen.insert(word.to_ascii_lowercase())).cloned().collect()
    };
    let parameters = |names: &[String], location: &str| -> Vec<Json> {
        let schema = |word: &String| json!({ "type": "string", "default": word, "minLength": 1 });
        names.iter().map(|word| json!({ "name": word, "in": location, "schema": schema(word) })).collect()
    };
    let header = |schema: Json| -> Map<String, Json> {
        headers.iter().map(|word| (word.clone(), json!({ "schema": schema }))).collect()
    };
    let branches = |schema: &dyn Fn(&String) -> Json| -> Vec<Json> { spelled.iter().map(schema).collect() };
    let titled = branches(
        &|word| json!({ "type": "object", "title": word, "required": [word], "properties": { word: { "type": "string" } } }),
    );
    let constant = branches(
        &|word| json!({ "type": "object", "required": ["kind"], "properties": { "kind": { "type": "string", "enum": [word] } } }),
    );
    let mut form = object(&spelled, |word| match word.len() % 2 {
        0 => json!({ "type": "string" }),
        _ => json!({ "type": "string", "format": "binary" }),
    });
    form["additionalProperties"] = json!({ "type": "string" });
    let mut free = object(&spelled, |word| json!({ "type": "string", "default": word }));
    free["additionalProperties"] = json!({ "type": "integer" });
    let mut required = object(&["名前".to_owned()], |word| json!({ "$ref": format!("#/components/schemas/{word}") }));
    required["required"] = json!(["名前"]);
    required["properties"]["a"] = json!({ "type": "string" });
    required["properties"]["b"] = json!({ "type": "string" });
    let several = json!({
        "200": { "description": "", "headers": header(json!({ "type": "string", "minLength": 1 })), "content": { "application/json": { "schema": free } } },
        "201": { "description": "", "headers": header(json!({ "type": "integer", "minimum": 1 })) },
    });
    let callbacks: Map<String, Json> = words
        .iter()
        .step_by(8)
        .map(|word| {
            let body = json!({ "content": { "application/json": { "schema": { "type": "object" } } } });
            let call = json!({ "requestBody": body, "responses": { "204": { "description": "" } } });
            (word.clone(), json!({ "{$request.query.s}": { "post": call } }))
        })
        .collect();
    let body = |media: &str, schema: Json| json!({ "content": { media: { "schema": schema } } });
    json!({
        "openapi": "3.1.0", "info": { "title": "Words as names", "version": "1" },
        "components": { "schemas": schemas },
        "paths": {
            "/query": { "get": { "operationId": "query", "parameters": parameters(&spelled, "query"), "responses": responds(referring.clone()), "callbacks": callbacks } },
            "/header": { "get": { "operationId": "header", "parameters": parameters(&headers, "header"), "responses": several } },
            "/cookie": { "get": { "operationId": "cookie", "parameters": parameters(&headers, "cookie"), "responses": responds(json!({ "type": "string", "enum": spelled })) } },
            "/form": { "post": { "operationId": "form", "requestBody": body("application/x-www-form-urlencoded", object(&spelled, text)), "responses": responds(json!({ "type": "string", "x-extensible-enum": spelled })) } },
            "/parts": { "post": { "operationId": "parts", "requestBody": body("multipart/form-data", form), "responses": responds(object(&spelled, |word| json!({ "type": "integer", "minimum": word.len() }))) } },
            "/union": { "post": { "operationId": "union", "requestBody": body("application/json", json!({ "oneOf": titled })), "responses": responds(json!({ "oneOf": constant })) } },
            "/types": { "post": { "operationId": "types", "requestBody": body("application/json", referring), "responses": responds(required) } },
        },
    })
}
