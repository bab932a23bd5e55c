//! Error schemas as published contracts write them, and the templates by which a problem fills them.

use std::fs;
use std::time::{Duration, Instant};

use writ_contract::diagnostic::{Diagnostics, render};
use writ_contract::document::{LoadOptions, load};
use writ_contract::model::envelope::{ErrorContent, ErrorValue};
use writ_contract::model::{Contract, Options, resolve};

/// Returns the contract with one operation, whose `default` response has an error schema in a media type, and its
/// diagnostics.
fn contract(name: &str, media_type: &str, schema: &str) -> (Contract, String) {
    let indented = schema.trim().replace('\n', "\n            ");
    let text = format!(
        "openapi: 3.1.0\ninfo: {{ title: T, version: '1' }}\npaths:\n  /a:\n    get:\n      responses:\n        '204': \
         {{ description: Done. }}\n        default:\n          description: Error.\n          content:\n            \
         {media_type}: {{ schema: {{ $ref: '#/components/schemas/Error' }} }}\ncomponents:\n  schemas:\n    Error:\n            {indented}\n"
    );
    let folder = std::env::temp_dir().join(format!("writ-errors-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test");
    let path = folder.join(format!("{name}.yaml"));
    fs::write(&path, text).expect("a file for the test");
    let mut diagnostics = Diagnostics::new();
    let document = load(&path, &LoadOptions::default(), &mut diagnostics).expect("a document");
    let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{}", render(&diagnostics, diagnostics.sources(), false));
    let rendered = render(&diagnostics, diagnostics.sources(), false);
    let _ = fs::remove_file(&path);
    (contract, rendered)
}

/// Returns the template of an error schema in a short notation: `?` follows an optional member, `*` a list that contains
/// the problem itself if there are no violations.
fn template(name: &str, media_type: &str, schema: &str) -> String {
    let (contract, diagnostics) = contract(name, media_type, schema);
    match &contract.errors.bodies[0].content {
        ErrorContent::Json(value) => short(value),
        ErrorContent::Text(value) => format!("text {}", short(value)),
        ErrorContent::Converted => {
            let note = diagnostics.lines().find(|line| line.starts_with("note[envelope-incomplete]: "));
            note.and_then(|line| line.split_once(": ")).map(|(_, reason)| reason.to_owned()).expect("a note")
        }
    }
}

fn short(value: &ErrorValue) -> String {
    match value {
        ErrorValue::Constant(constant) => constant.to_string(),
        ErrorValue::Text(text, None) => format!("{text:?}"),
        ErrorValue::Text(text, Some(max)) => format!("{text:?}..{max}"),
        ErrorValue::Choice(choice) => {
            let value = |index: usize| &choice.values[index];
            let listed: Vec<String> =
                choice.statuses.iter().map(|(status, index)| format!("{status} {}", value(*index))).collect();
            format!("<{}; 4xx {}, 5xx {}>", listed.join(", "), value(choice.client), value(choice.server))
        }
        ErrorValue::Object(members) => {
            let optional = |required: bool| if required { "" } else { "?" };
            let members: Vec<String> = members
                .iter()
                .map(|member| format!("{}{}: {}", member.name, optional(member.required), short(&member.value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        ErrorValue::List(list) => format!("[{}]{}", short(&list.item), if list.or_problem { "*" } else { "" }),
        other => format!("{other:?}"),
    }
}

/// Asserts the template of a schema in `application/json`.
fn assert_template(name: &str, schema: &str, expected: &str) {
    assert_eq!(template(name, "application/json", schema), expected, "{name}");
}

#[test]
fn usual_error_objects_are_filled_by_the_names_of_their_properties() {
    assert_template(
        "google",
        "properties: { error: { type: object, properties: { code: { type: integer }, message: { type: string }, status: \
         { type: string }, details: { type: array, items: { type: object, required: ['@type'], properties: { '@type': { \
         type: string, format: uri } } } } } } }",
        "{error?: {code?: Status, message?: Sentence, status?: Code}}",
    );
    assert_template(
        "spring",
        "required: [timestamp, status, error, message]\nproperties: { timestamp: { type: string, format: date-time }, \
         status: { type: integer }, error: { type: string }, message: { type: string }, path: { type: string } }",
        "{timestamp: Timestamp, status: Status, error: Title, message: Sentence}",
    );
    assert_template(
        "oauth",
        "required: [error]\nproperties: { error: { type: string }, error_description: { type: string }, error_uri: { \
         type: string, format: uri } }",
        "{error: LowerCode, error_description?: Sentence}",
    );
    assert_template(
        "fault",
        "properties: { fault: { type: object, required: [faultcode, faultstring], properties: { faultcode: { type: \
         string }, faultstring: { type: string } } } }",
        "{fault?: {faultcode: Code, faultstring: Sentence}}",
    );
    assert_template(
        "outcome",
        "required: [success, error]\nproperties: { success: { type: boolean }, error: { type: string }, data: { type: \
         [object, 'null'] } }",
        "{success: false, error: Sentence}",
    );
}

#[test]
fn lists_of_violations_are_filled_whatever_their_elements_are() {
    assert_template(
        "fastapi",
        "properties: { detail: { type: array, items: { type: object, required: [loc, msg, type], properties: { loc: { \
         type: array, items: { anyOf: [{ type: string }, { type: integer }] } }, msg: { type: string }, type: { type: \
         string }, input: {} } } } }",
        "{detail?: [{loc: Steps, msg: Message, type: Code}]*}",
    );
    assert_template(
        "aspnet",
        "properties: { title: { type: string }, status: { type: integer }, errors: { type: object, \
         additionalProperties: { type: array, items: { type: string } } } }",
        "{title?: Message, status?: Status, errors?: MessagesByField}",
    );
    assert_template(
        "strings",
        "required: [errors]\nproperties: { errors: { type: array, minItems: 1, items: { type: string } } }",
        "{errors: [Sentence]*}",
    );
    assert_template(
        "unfilled_items",
        "required: [message]\nproperties: { message: { type: string }, errors: { type: array, items: { type: object, \
         required: [severity], properties: { severity: { type: integer } } } } }",
        "{message: Sentence}",
    );
}

#[test]
fn enumerations_choose_the_value_that_fits_the_status() {
    assert_template(
        "stripe",
        "required: [error]\nproperties: { error: { type: object, required: [type, message], properties: { type: { enum: \
         [api_error, card_error, invalid_request_error] }, code: { type: [string, 'null'] }, message: { type: string } } } }",
        "{error: {type: <; 4xx invalid_request_error, 5xx api_error>, code?: Code, message: Sentence}}",
    );
    assert_template(
        "jsend",
        "required: [status, message]\nproperties: { status: { enum: [success, fail, error] }, message: { type: string } }",
        "{status: <; 4xx fail, 5xx error>, message: Sentence}",
    );
    assert_template(
        "domain",
        "required: [code]\nproperties: { code: { enum: [EMAIL_TAKEN, NAME_TAKEN] }, message: { type: string } }",
        "`code` of the error schema lists no value for the status 400",
    );
}

#[test]
fn problem_details_keep_required_members_of_their_own() {
    let schema = "required: [type, title, status, traceId]\nproperties: { type: { type: string, format: uri }, title: { \
                  type: string }, status: { type: integer }, detail: { type: string }, traceId: { type: string } }";
    assert_eq!(
        template("problem", "application/problem+json", schema),
        "{type: \"about:blank\", title: Title, status: Status, detail?: Message, traceId: RequestId, code: Code, \
         errors?: [{in: Location, field: Field, message: Message}]}"
    );
    let closed = format!("{schema}\nadditionalProperties: false");
    assert_eq!(
        template("closed", "application/problem+json", &closed),
        "{type: \"about:blank\", title: Title, status: Status, detail?: Sentence, traceId: RequestId}"
    );
}

#[test]
fn constraints_that_a_value_may_break_are_reported() {
    let message =
        |constraint: &str| format!("required: [message]\nproperties: {{ message: {{ type: string, {constraint} }} }}");
    assert_template("max", &message("maxLength: 9"), "{message: Sentence..9}");
    assert_template("min", &message("minLength: 1"), "{message: Sentence}");
    assert_template(
        "pattern",
        &message("pattern: '^[A-Z]'"),
        "`message` of the error schema has a `pattern`, which a value may not match",
    );
    assert_template(
        "format",
        &message("format: uuid"),
        "`message` of the error schema has a `format` that its values do not have",
    );
    assert_template(
        "unknown",
        "required: [message, owner]\nproperties: { message: { type: string }, owner: { type: integer } }",
        "`owner` of the error schema receives no part of a problem",
    );
}

#[test]
fn required_properties_without_a_role_get_a_value_that_is_valid() {
    assert_template(
        "defaults",
        "required: [message, version, kind, list, map, none]\nproperties: { message: { type: string }, version: { type: \
         integer, default: 3 }, kind: { const: failure }, list: { type: array, items: { type: integer } }, map: { type: \
         object }, none: { type: [integer, 'null'] } }",
        "{message: Sentence, version: 3, kind: \"failure\", list: [], map: {}, none: null}",
    );
}

#[test]
fn schemas_that_contain_themselves_end_in_time() {
    let begun = Instant::now();
    assert_template(
        "recursive",
        "required: [message]\nproperties: { message: { type: string }, error: { $ref: '#/components/schemas/Error' } }",
        "{message: Sentence}",
    );
    let branches = "{ $ref: '#/components/schemas/Error' }, ".repeat(40);
    let wide = format!(
        "required: [error]\nproperties: {{ error: {{ oneOf: [{branches} {{ type: object, required: [error], properties: \
         {{ error: {{ oneOf: [{branches}] }} }} }}] }} }}"
    );
    let _ = template("wide", "application/json", &wide);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn a_list_without_its_elements_leaves_no_empty_error() {
    assert_template(
        "empty",
        "required: [errors]\nproperties: { errors: { type: array, items: { type: object, required: [severity], \
         properties: { severity: { type: integer }, message: { type: string } } } } }",
        "`errors.0.severity` of the error schema receives no part of a problem",
    );
}
