//! Tests of the versions of the API side by side.

use std::collections::BTreeMap;

use generated::{VERSIONS, v1, v2};
use http::Method;
use serde_json::{Value, json};
use writ_platform::testing::{Selector, Sweep, Versioned};
use writ_runtime::{Operation, Version};

use crate::customers::known;
use crate::envelope::refused;
use crate::orders::{Customer, a_notebook, ordered};
use crate::support::{PASSWORD, Service, body_of};

/// A version of the API with its operations and its contract.
struct Api {
    version: &'static Version,
    operations: &'static [&'static Operation],
    contract: Value,
}

impl Api {
    fn all() -> [Api; 2] {
        let contract = |text| serde_json::from_str(text).unwrap();
        [
            Api { version: &VERSIONS.all[0], operations: v1::operations::ALL, contract: contract(v1::OPENAPI_JSON) },
            Api { version: &VERSIONS.all[1], operations: v2::operations::ALL, contract: contract(v2::OPENAPI_31_JSON) },
        ]
    }

    /// Returns the fields of a user's name in this version.
    fn name(&self) -> Value {
        match self.version.number {
            1 => json!({ "name": "New Name" }),
            _ => json!({ "givenName": "New", "familyName": "Name" }),
        }
    }
}

/// Returns an object with the fields of both.
fn with(mut object: Value, more: &Value) -> Value {
    let fields = more.as_object().unwrap().clone();
    object.as_object_mut().unwrap().extend(fields);
    object
}

/// Returns the request to register a webhook endpoint.
fn hook() -> Value {
    json!({ "url": "https://hooks.example.com/", "eventTypes": ["order.created"] })
}

/// Returns a sweep of all operations of a version, with the account and an order of a new customer.
async fn sweep(service: &Service, api: &Api, selector: Selector) -> Sweep {
    let email = format!("v{}-{selector:?}@example.com", api.version.number).to_ascii_lowercase();
    let customer = Customer::new(service, &email).await;
    let order = ordered(service, &customer).await;
    known(service, &json!({ "id": customer.id })).await;
    let [refreshed, ended] = [service.login(&email, PASSWORD).await, service.login(&email, PASSWORD).await];
    let admin = service.admin().await;
    let register = service.call(&admin, Method::POST, "/v2/webhooks").json(&hook());
    let registered = body_of(register.send().await.unwrap(), 201).await;
    let user = with(json!({ "email": email, "role": "user" }), &api.name());
    let new = with(json!({ "email": format!("new-{email}"), "password": PASSWORD }), &api.name());
    Sweep::new(&service.server, api.operations)
        .credential("bearer", &admin.access)
        .value("webhookId", registered["webhook"]["id"].as_str().unwrap())
        .body("createWebhook", hook())
        .body("updateWebhook", json!({ "status": "enabled" }))
        .value("userId", &customer.id)
        .value("orderId", order.trim_start_matches("/v1/orders/"))
        .value("sku", "ABC-1")
        .body("login", json!({ "email": email, "password": PASSWORD }))
        .body("refresh", json!({ "refreshToken": refreshed.refresh }))
        .body("logout", json!({ "refreshToken": ended.refresh }))
        .body("createUser", new)
        .body("replaceUser", user.clone())
        .body("updateUser", user)
        .body("changePassword", json!({ "current": PASSWORD, "new": "incorrect horse battery staple" }))
        .body("replaceCart", json!({ "items": [{ "sku": "ABC-1", "quantity": 2 }] }))
        .body("createOrder", a_notebook())
        .body("updateOrder", json!({ "version": 1, "status": "paid" }))
}

#[tokio::test]
async fn every_operation_keeps_the_contract_of_its_version_by_each_selector() {
    let service = Service::start().await;
    for api in Api::all() {
        for selector in Selector::ALL {
            service.reset_limits().await;
            let sweep = sweep(&service, &api, selector).await;
            service.reset_limits().await;
            let (version, contract) = (api.version, &api.contract);
            let by = Versioned { versions: &VERSIONS, version, selector, contract };
            let statuses = sweep.keeps_contract(by).await;
            let failed: BTreeMap<_, _> = statuses.iter().filter(|(_, status)| **status >= 300).collect();
            assert!(failed.is_empty(), "version {} by {selector:?}: {failed:?}", version.number);
            assert_eq!(statuses.len(), api.operations.len());
        }
    }
}

#[tokio::test]
async fn a_user_has_a_name_in_one_part_in_version_1_and_in_two_in_version_2() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let new = json!({ "email": "user@example.com", "name": "A Sample User", "password": PASSWORD });
    let created = service.request(Method::POST, "/v1/users").json(&new).send().await.unwrap();
    let location = created.headers()["location"].to_str().unwrap().to_owned();
    assert!(location.starts_with("/v1/users/usr_"), "{location}");
    assert_eq!(body_of(created, 201).await["name"], "A Sample User");
    let path = location.trim_start_matches("/v1");
    let get = async |path: String| {
        let response = service.call(&admin, Method::GET, &path).send().await.unwrap();
        let etag = response.headers()["etag"].to_str().unwrap().to_owned();
        (body_of(response, 200).await, etag)
    };
    let (latest, etag) = get(format!("/v2{path}")).await;
    assert_eq!((&latest["givenName"], &latest["familyName"]), (&json!("A Sample"), &json!("User")));
    assert!(latest.get("name").is_none());
    let (older, older_etag) = get(format!("{path}?version=1&fields=name")).await;
    assert_eq!(older, json!({ "name": "A Sample User" }));
    assert_ne!(etag, older_etag, "the representations differ");
    assert_eq!(get(format!("{path}?fields=familyName")).await.0, json!({ "familyName": "User" }));

    // The tag of one version is not that of another.
    let patch = |path: String, etag: &str, body: Value| {
        service.call(&admin, Method::PATCH, &path).header("if-match", etag).json(&body).send()
    };
    let response = patch(format!("/v1{path}"), &etag, json!({ "name": "Other" })).await.unwrap();
    refused(response, 412, "PRECONDITION_FAILED").await;
    let response = patch(format!("/v1{path}"), &older_etag, json!({ "name": "Other Name" })).await.unwrap();
    assert_eq!(body_of(response, 200).await["name"], "Other Name");
    // The change in version 1 has invalidated the cached response of version 2.
    let (latest, etag) = get(format!("/v2{path}")).await;
    assert_eq!((&latest["givenName"], &latest["familyName"]), (&json!("Other"), &json!("Name")));
    let response = patch(format!("/v2{path}"), &etag, json!({ "familyName": "" })).await.unwrap();
    assert_eq!(body_of(response, 200).await["givenName"], "Other");
    assert_eq!(get(format!("/v1{path}")).await.0["name"], "Other");
}

#[tokio::test]
async fn a_name_that_version_1_sends_back_unchanged_keeps_its_parts() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let new =
        json!({ "email": "user@example.com", "givenName": "Sample", "familyName": "van User", "password": PASSWORD });
    let created = service.request(Method::POST, "/v2/users").json(&new).send().await.unwrap();
    let path = created.headers()["location"].to_str().unwrap().trim_start_matches("/v2").to_owned();
    let change = async |method: Method, path: String, body: Value| {
        let request = service.call(&admin, method, &path).header("if-match", "*").json(&body);
        body_of(request.send().await.unwrap(), 200).await
    };
    let parts = async || {
        let user = body_of(service.call(&admin, Method::GET, &format!("/v2{path}")).send().await.unwrap(), 200).await;
        (user["givenName"].as_str().unwrap().to_owned(), user["familyName"].as_str().unwrap().to_owned())
    };
    let is = |given: &str, family: &str| (given.to_owned(), family.to_owned());

    let replacement = json!({ "email": "other@example.com", "name": "Sample van User", "role": "user" });
    change(Method::PUT, format!("/v1{path}"), replacement).await;
    assert_eq!(parts().await, is("Sample", "van User"));
    change(Method::PATCH, format!("/v1{path}"), json!({ "name": "Sample van User" })).await;
    assert_eq!(parts().await, is("Sample", "van User"));
    // Another name is split, and version 2 decides about the parts.
    change(Method::PATCH, format!("/v1{path}"), json!({ "name": "Other van User" })).await;
    assert_eq!(parts().await, is("Other van", "User"));
    change(Method::PATCH, format!("/v2{path}"), json!({ "givenName": "Other", "familyName": "van User" })).await;
    assert_eq!(parts().await, is("Other", "van User"));
}

#[tokio::test]
async fn a_refusal_names_the_field_of_its_own_version() {
    let service = Service::start().await;
    let create = |path: &'static str, body: Value| service.request(Method::POST, path).json(&body).send();
    let no_name = json!({ "email": "user@example.com", "password": PASSWORD });
    let response = create("/v1/users", no_name.clone()).await.unwrap();
    assert_eq!(refused(response, 422, "VALIDATION_ERROR").await.fields, ["name"]);
    let response = create("/users", no_name).await.unwrap();
    assert_eq!(refused(response, 422, "VALIDATION_ERROR").await.fields, ["givenName", "familyName"]);
    let long = json!({
        "email": "user@example.com", "password": PASSWORD, "givenName": "g".repeat(60), "familyName": "f".repeat(60)
    });
    let response = create("/v2/users", long).await.unwrap();
    assert_eq!(refused(response, 422, "VALIDATION_ERROR").await.fields, ["familyName"]);
}

#[tokio::test]
async fn lists_of_both_versions_have_one_order() {
    let service = Service::start().await;
    let admin = service.admin().await;
    for (index, name) in ["Ann Zed", "Ann Marie Abe", "Bob"].iter().enumerate() {
        let body = json!({ "email": format!("user{index}@example.com"), "name": name, "password": PASSWORD });
        let created = service.request(Method::POST, "/v1/users").json(&body).send().await.unwrap();
        assert_eq!(created.status(), 201);
    }
    let list = async |path: &str| {
        let response = service.call(&admin, Method::GET, path).send().await.unwrap();
        body_of(response, 200).await["data"].take()
    };
    let names = list("/v1/users?role=user&sort=-name&fields=name").await;
    assert_eq!(names, json!([{ "name": "Bob" }, { "name": "Ann Zed" }, { "name": "Ann Marie Abe" }]));
    let family = list("/v2/users?role=user&sort=%2BfamilyName&fields=familyName").await;
    assert_eq!(family, json!([{ "familyName": "" }, { "familyName": "Abe" }, { "familyName": "Zed" }]));
    // A cursor of version 1 continues the list of version 1.
    let response = service.call(&admin, Method::GET, "/v1/users?role=user&sort=name&limit=1").send().await.unwrap();
    let cursor = body_of(response, 200).await["pagination"]["nextCursor"].as_str().unwrap().to_owned();
    let next = list(&format!("/v1/users?role=user&sort=name&limit=1&fields=name&cursor={cursor}")).await;
    assert_eq!(next, json!([{ "name": "Ann Zed" }]));
    let response = service.call(&admin, Method::GET, "/v1/users?sort=familyName").send().await.unwrap();
    assert_eq!(refused(response, 400, "VALIDATION_ERROR").await.fields, ["sort[0]"]);
}

#[tokio::test]
async fn versions_share_the_limit_of_an_operation() {
    let service = Service::start().await;
    let remaining = async |path: &str| {
        let response = service.request(Method::GET, path).send().await.unwrap();
        response.headers()["x-ratelimit-remaining"].to_str().unwrap().parse::<u32>().unwrap()
    };
    let first = remaining("/v1/products").await;
    assert_eq!(remaining("/v2/products").await, first - 1);
    assert_eq!(remaining("/products?version=1").await, first - 2);
}

#[tokio::test]
async fn an_older_version_names_its_end_and_its_successor() {
    let service = Service::start().await;
    for path in ["/v1/products/ABC-1", "/products/ABC-1?version=1", "/v1/products/NONE"] {
        let response = service.request(Method::GET, path).send().await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap();
        assert_eq!(header("deprecation"), "@1793491200", "{path}");
        assert_eq!(header("sunset"), "Mon, 01 Nov 2027 00:00:00 GMT", "{path}");
        assert!(header("link").starts_with("</v2/products/"), "{path}");
        assert!(header("link").ends_with(">; rel=\"successor-version\""), "{path}");
    }
    for path in ["/v2/products/ABC-1", "/products/ABC-1", "/livez", "/openapi.yaml", "/v1/openapi.yaml"] {
        let response = service.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert!(!response.headers().contains_key("deprecation"), "{path}");
    }
}

#[tokio::test]
async fn selectors_that_disagree_or_are_unknown_are_refused_in_the_error_envelope() {
    let service = Service::start().await;
    let [one, nine] = [1, 9].map(|number| format!("application/vnd.api+json;version={number}"));
    for (path, accept, status, code) in [
        ("/v2/products", one.as_str(), 400, "BAD_REQUEST"),
        ("/v1/products?version=2", "*/*", 400, "BAD_REQUEST"),
        ("/products?version=2", one.as_str(), 400, "BAD_REQUEST"),
        ("/products?version=9", "*/*", 400, "VALIDATION_ERROR"),
        ("/products", nine.as_str(), 406, "NOT_ACCEPTABLE"),
        ("/v9/products", "*/*", 404, "NOT_FOUND"),
    ] {
        let response = service.request(Method::GET, path).header("accept", accept).send().await.unwrap();
        refused(response, status, code).await;
    }
}
