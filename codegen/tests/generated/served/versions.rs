//! A service of three versions of an API, which answer side by side.

use serde_json::{Value as Json, json};

use super::wire::{Response, Service};
use crate::workspace::VERSIONS;

/// Sends a request with headers and a JSON body.
fn send(service: &Service, method: &str, target: &str, headers: &[(&str, &str)], body: &Json) -> Response {
    let mut all = vec![("x-key".to_owned(), "secret".to_owned())];
    all.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "content-type") {
        all.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    service.send(method, target, &all, &body)
}

fn get(service: &Service, target: &str) -> (u16, Json) {
    let response = send(service, "GET", target, &[], &Json::Null);
    (response.status, json_of(&response))
}

fn json_of(response: &Response) -> Json {
    serde_json::from_slice(&response.body).unwrap_or(Json::Null)
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

#[test]
fn each_version_returns_a_user_in_its_own_shape() {
    let service = Service::start(VERSIONS);
    let created = "1970-01-01T00:00:00Z";
    assert_eq!(get(&service, "/v1/users/0"), (200, json!({ "id": 0, "name": "Sample Alpha", "createdAt": created })));
    for version in ["v2", "v3"] {
        let user = json!({ "id": 0, "givenName": "Sample", "familyName": "Alpha", "createdAt": created });
        assert_eq!(get(&service, &format!("/{version}/users/0")), (200, user));
    }
    assert_eq!(get(&service, "/v1/users/9").0, 404);
}

#[test]
fn a_list_is_filtered_sorted_and_masked_in_the_version_of_the_request() {
    let service = Service::start(VERSIONS);
    let names = |target: &str| {
        let (status, body) = get(&service, target);
        assert_eq!(status, 200, "{target}: {body}");
        body["data"].clone()
    };
    assert_eq!(
        names("/v1/users?sort=-name&fields=name"),
        json!([{ "name": "Other Beta" }, { "name": "Sample Alpha" }])
    );
    assert_eq!(names("/v1/users?sort=name&fields=id"), json!([{ "id": 0 }, { "id": 1 }]));
    assert_eq!(names("/v1/users?name=Bet&fields=name"), json!([{ "name": "Other Beta" }]));
    let newest = names("/v3/users?sort=-familyName,-givenName&fields=familyName");
    assert_eq!(newest, json!([{ "familyName": "Beta" }, { "familyName": "Alpha" }]));
    let (status, body) = get(&service, "/v1/users?name=*");
    assert_eq!((status, &body["errors"][0]["field"]), (400, &json!("name")), "{body}");
    assert_eq!(get(&service, "/v1/users?sort=familyName").0, 400);
}

#[test]
fn a_body_of_an_older_version_is_converted_or_refused_with_its_field() {
    let service = Service::start(VERSIONS);
    let create = |version: &str, body: Json| send(&service, "POST", &format!("/{version}/users"), &[], &body);
    let response = create("v1", json!({ "name": "New Gamma" }));
    assert_eq!((response.status, header(&response, "etag")), (201, "\"1\""));
    assert_eq!(json_of(&response)["name"], "New Gamma");
    let response = create("v1", json!({ "name": "Gamma" }));
    let expected = json!([{ "in": "body", "field": "name", "message": "must contain a given name and a family name" }]);
    assert_eq!((response.status, &json_of(&response)["errors"]), (422, &expected));
    let response = create("v1", json!({ "name": "Again Gamma" }));
    assert_eq!((response.status, json_of(&response)), (409, json!({ "takenName": "Gamma" })));
    let response = create("v2", json!({ "givenName": "Again", "familyName": "Gamma" }));
    assert_eq!((response.status, json_of(&response)), (409, json!({ "field": "familyName", "value": "Gamma" })));
}

#[test]
fn an_entity_tag_belongs_to_its_version() {
    let service = Service::start(VERSIONS);
    let read = |version: &str, tag: &str| {
        send(&service, "GET", &format!("/{version}/users/0"), &[("if-none-match", tag)], &Json::Null)
    };
    assert_eq!(header(&read("v1", "\"0\""), "etag"), "\"1\"");
    assert_eq!(header(&read("v3", "\"0\""), "etag"), "\"1@v3\"");
    for (version, own) in [("v1", "\"1\""), ("v2", "\"1@v2\""), ("v3", "\"1@v3\"")] {
        for tag in ["\"1\"", "\"1@v2\"", "\"1@v3\""] {
            let expected = if tag == own { 304 } else { 200 };
            assert_eq!(read(version, tag).status, expected, "{tag} in {version}");
        }
    }
    let change = |version: &str, tag: &str, body: Json| {
        let headers = [("if-match", tag), ("content-type", "application/merge-patch+json")];
        send(&service, "PATCH", &format!("/{version}/users/0"), &headers, &body)
    };
    assert_eq!(change("v1", "\"1@v3\"", json!({ "name": "A B" })).status, 412);
    let response = change("v1", "\"1\"", json!({ "name": "Renamed User" }));
    assert_eq!((response.status, header(&response, "etag")), (200, "\"2\""));
    assert_eq!(json_of(&response)["name"], "Renamed User");
    assert_eq!(change("v3", "\"2\"", json!({ "givenName": "A" })).status, 412);
    assert_eq!(change("v3", "\"2@v3\"", json!({ "givenName": "Third" })).status, 200);
    let delete = |version: &str, tag: &str| {
        send(&service, "DELETE", &format!("/{version}/users/0"), &[("if-match", tag)], &Json::Null).status
    };
    assert_eq!((delete("v1", "\"3@v3\""), delete("v3", "\"3\"")), (412, 412));
    assert_eq!((delete("v1", "\"3\""), delete("v3", "\"3@v3\"")), (204, 204));
}

#[test]
fn types_that_contain_different_types_are_converted_at_every_depth() {
    let service = Service::start(VERSIONS);
    let note = |name: &str| {
        json!({
            "text": "hello",
            "author": { "name": "An Author" },
            "attachments": [{ "url": "https://example.com" }, { "mentioned": { "name": name } }],
            "replies": { "first": { "text": "reply", "attachments": [], "author": { "name": "Another Author" } } },
            "parent": { "text": "parent", "attachments": [] },
        })
    };
    let response = send(&service, "POST", "/v1/notes", &[], &note("A Friend"));
    assert_eq!((response.status, json_of(&response)), (201, note("A Friend")));
    let response = send(&service, "POST", "/v1/notes", &[], &note("Friend"));
    let body = json_of(&response);
    assert_eq!(
        (response.status, &body["errors"][0]["field"]),
        (422, &json!("attachments[1].mentioned.name")),
        "{body}"
    );
}

#[test]
fn an_operation_that_one_version_has_is_served_in_this_version() {
    let service = Service::start(VERSIONS);
    let renamed = send(&service, "POST", "/v1/users/7/rename", &[], &json!({ "name": "x" }));
    assert_eq!((renamed.status, &json_of(&renamed)["name"]), (200, &json!("x")));
    assert_eq!(send(&service, "POST", "/v2/users/7/rename", &[], &json!({ "name": "x" })).status, 404);
    for (target, status) in
        [("/v1/users/0/initials", 404), ("/v2/users/0/initials", 200), ("/v3/users/0/initials", 200)]
    {
        assert_eq!(send(&service, "GET", target, &[], &Json::Null).status, status, "{target}");
    }
}

#[test]
fn a_response_passes_the_conversions_of_every_version_in_between() {
    let service = Service::start(VERSIONS);
    assert_eq!(get(&service, "/v1/tags"), (200, json!([{ "label": "new" }])));
    assert_eq!(get(&service, "/v2/tags"), (200, json!([{ "label": "new" }])));
    assert_eq!(get(&service, "/v3/tags"), (200, json!([{ "label": "new", "colour": "green" }])));
    let tree = json!({ "children": [{ "children": [] }] });
    assert_eq!(json_of(&send(&service, "POST", "/v1/trees", &[], &tree)), tree);
}
