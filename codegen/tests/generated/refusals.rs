//! Error responses: what leaves a service is valid for the schema that its contract declares.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::{Value as Json, json};

use crate::contracts::{self, golden_folder};
use crate::served::wire::{EVERY, Response};
use crate::workspace::{COMPILED, REFUSALS};

/// A contract as it is written, for an independent validator.
struct Declared {
    root: Json,
    validators: BTreeMap<String, jsonschema::Validator>,
}

impl Declared {
    fn read(file: &std::path::Path) -> Declared {
        let text = fs::read_to_string(file).expect("a contract");
        // A published contract has a bound that no integer type holds.
        let text = text.replace("-9223372036854776000", "0").replace("9223372036854776000", "0");
        Declared { root: serde_yaml::from_str(&text).expect("YAML"), validators: BTreeMap::new() }
    }

    /// Returns a node with its reference followed.
    fn followed<'r>(&'r self, mut node: &'r Json) -> &'r Json {
        while let Some(reference) = node["$ref"].as_str() {
            node = self.root.pointer(reference.trim_start_matches('#')).expect("the target of a reference");
        }
        node
    }

    /// Returns a schema with its references replaced by their targets.
    fn inlined(&self, node: &Json) -> Json {
        match self.followed(node) {
            Json::Object(members) => {
                members.iter().map(|(name, member)| (name.clone(), self.inlined(member))).collect()
            }
            Json::Array(items) => items.iter().map(|item| self.inlined(item)).collect(),
            scalar => scalar.clone(),
        }
    }

    /// Returns the content that an operation declares for a status: of the status, of its range, or of `default`.
    fn content(&self, method: &str, path: &str, status: u16) -> Option<BTreeMap<String, Json>> {
        let item = self.followed(&self.root["paths"][path]);
        let responses = &item[method.to_lowercase()]["responses"];
        let keys = [status.to_string(), format!("{}XX", status / 100), "default".to_owned()];
        let response = keys.iter().find_map(|key| responses.get(key))?;
        let content = self.followed(response).get("content")?.as_object()?;
        let schemas = content.iter().map(|(media, content)| (media.clone(), self.inlined(&content["schema"])));
        Some(schemas.collect())
    }

    /// Returns every content of the contract's error responses.
    fn all(&self) -> BTreeMap<String, Vec<Json>> {
        let mut all: BTreeMap<String, Vec<Json>> = BTreeMap::new();
        for (path, item) in self.root["paths"].as_object().into_iter().flatten() {
            for method in self.followed(item).as_object().into_iter().flatten().map(|(method, _)| method) {
                for content in
                    [400, 401, 404, 422, 429, 500].into_iter().filter_map(|it| self.content(method, path, it))
                {
                    for (media, schema) in content {
                        let schemas = all.entry(media).or_default();
                        if !schemas.contains(&schema) {
                            schemas.push(schema);
                        }
                    }
                }
            }
        }
        all
    }

    /// Returns the violations of a schema of OpenAPI in a body. The keyword `nullable` is not in use here.
    fn faults(&mut self, schema: &Json, media: &str, body: &str) -> Vec<String> {
        let value = match media.contains("json") {
            true => match serde_json::from_str(body) {
                Ok(value) => value,
                Err(error) => return vec![error.to_string()],
            },
            false => json!(body),
        };
        let validator = self.validators.entry(schema.to_string()).or_insert_with(|| {
            let options = jsonschema::options().should_validate_formats(true);
            options.build(schema).expect("a schema")
        });
        validator.iter_errors(&value).map(|error| error.to_string()).collect()
    }
}

#[test]
fn every_refusal_of_published_contracts_is_valid_for_their_error_schemas() {
    let contracts = contracts::with_own_errors();
    if contracts.len() < 7 {
        println!("skipped {} of 7 contracts: they are not in ../shared/corpus/real", 7 - contracts.len());
    }
    if contracts.is_empty() {
        return;
    }
    let compiled = &COMPILED[REFUSALS];
    let rendered: String = compiled.messages.iter().map(|message| message.rendered.as_str()).collect();
    let program = compiled.executable.as_ref().unwrap_or_else(|| panic!("{rendered}"));
    let output = Command::new(program).output().expect("the program runs");
    let lines = String::from_utf8(output.stdout).expect("lines of JSON");
    let mut declared: BTreeMap<String, (Declared, BTreeMap<String, Vec<Json>>)> = BTreeMap::new();
    for subject in contracts {
        let contract = Declared::read(&subject.entry);
        let all = contract.all();
        declared.insert(subject.name, (contract, all));
    }
    let (mut faults, mut checked) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
    for line in lines.lines() {
        let line: Json = serde_json::from_str(line).expect("JSON");
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        let (contract, all) = declared.get_mut(text("contract")).expect("a contract");
        let status = u16::try_from(line["status"].as_u64().unwrap_or_default()).expect("a status");
        let path = match text("query") {
            "" => text("path").to_owned(),
            query => format!("{}?{query}", text("path")),
        };
        *checked.entry(text("contract").to_owned()).or_default() += 1;
        let (media, body) = (text("media"), text("body"));
        let subject = format!("{} {} {path} {status} {media} {body}", text("contract"), text("method"));
        match contract.content(text("method"), &path, status) {
            Some(content) => match content.get(media) {
                Some(schema) => {
                    faults
                        .extend(contract.faults(schema, media, body).iter().map(|fault| format!("{subject}: {fault}")));
                }
                None => drop(faults.insert(format!("{subject}: the media type is not declared"))),
            },
            // An undeclared status has one of the contract's error schemas.
            None => {
                let schemas = all.get(media).cloned().unwrap_or_default();
                if !schemas.iter().any(|schema| contract.faults(schema, media, body).is_empty()) {
                    faults.insert(format!("{subject}: is not valid for an error schema"));
                }
            }
        }
    }
    let first: Vec<&String> = faults.iter().take(20).collect();
    assert!(faults.is_empty(), "{} faults of {checked:?}, for example {first:#?}", faults.len());
    assert!(checked.len() == declared.len() && checked.values().all(|count| *count > 200), "{checked:?}");
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

#[test]
fn every_refusal_of_the_error_schemas_is_valid() {
    let mut contract = Declared::read(&golden_folder().join("errors/contract.yaml"));
    let requests = [
        ("application/json", r#"{"name": "a very long name", "count": 0, "tags": ["", ""]}"#),
        ("application/json", "{"),
        ("application/json", ""),
        ("text/plain", "x"),
    ];
    let paths: Vec<String> = contract.root["paths"].as_object().expect("paths").keys().cloned().collect();
    for path in &paths {
        for (media, body) in requests {
            let target = format!("/errors{}", path.replace("{id}", "1"));
            let response =
                EVERY.send("PUT", &target, &[("content-type".to_owned(), media.to_owned())], body.as_bytes());
            let Some(content) = contract.content("PUT", path, response.status) else { continue };
            let sent = header(&response, "content-type");
            let schema =
                content.get(sent).unwrap_or_else(|| panic!("{path} {}: {sent} is not declared", response.status));
            let text = String::from_utf8_lossy(&response.body);
            assert_eq!(
                contract.faults(schema, sent, &text),
                Vec::<String>::new(),
                "{path} {}: {text}",
                response.status
            );
        }
    }
    assert!(paths.len() > 10);
}
