//! The error envelopes of the contracts, by which the refusals of gateway and services are validated.

use generated::VERSIONS;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::wire::{Request, Response};

/// The error envelopes of all versions.
pub struct Envelopes {
    /// The number of each version, with the validator of its schema `Error`.
    all: Vec<(u32, Validator)>,
}

impl Envelopes {
    pub fn new() -> Envelopes {
        let validator = |json: &str| {
            let mut document: Value = serde_json::from_str(json).unwrap();
            document["$ref"] = json!("#/components/schemas/Error");
            jsonschema::validator_for(&document).unwrap()
        };
        Envelopes { all: VERSIONS.all.iter().map(|version| (version.number, validator(version.json))).collect() }
    }

    /// Returns the fault of a refusal, or `None` if its body is the error envelope of the version in the path and contains
    /// the id of the request. Without a version in the path, a service may have selected any version.
    pub fn fault(&self, request: &Request, response: &Response) -> Option<String> {
        if request.method == "HEAD" {
            return None;
        }
        let version = VERSIONS.of_path(&request.target).map(|(version, _)| version.number);
        let mut meant = self.all.iter().filter(|(number, _)| version.is_none_or(|version| version == *number));
        let body = response.json();
        if !meant.any(|(_, validator)| validator.is_valid(&body)) {
            return Some(format!("not in the error envelope: {response:?}"));
        }
        let id = response.header("x-request-id");
        (id.is_empty() || body["error"]["requestId"] != id).then(|| format!("not the id of the header: {response:?}"))
    }
}
