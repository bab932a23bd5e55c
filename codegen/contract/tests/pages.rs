//! Lists as published contracts write them, and the pages that are recognised in them.

use std::fs;

use writ_contract::diagnostic::{Diagnostics, render};
use writ_contract::document::{LoadOptions, load};
use writ_contract::model::operation::ListPage;
use writ_contract::model::{Options, resolve};

/// Returns the page that an operation returns, in a short notation, and the diagnostics of the contract. `operation` is
/// YAML in flow style without its braces: the parameters, fields such as `x-pagination` and the response `200`.
fn read(name: &str, parameters: &str, schema: &str, more: &str) -> (Option<String>, String) {
    let parameters: Vec<String> = parameters
        .split_whitespace()
        .map(|parameter| match parameter.split_once(':') {
            Some((name, kind)) => format!("{{ name: '{name}', in: query, schema: {{ type: {kind} }} }}"),
            None => format!("{{ name: '{parameter}', in: query, schema: {{ type: integer }} }}"),
        })
        .collect();
    let text = format!(
        "openapi: 3.1.0\ninfo: {{ title: T, version: '1' }}\npaths:\n  /users:\n    get:\n      operationId: listUsers\n      \
         parameters: [{}]\n      {}\n      responses:\n        '200':\n          description: A list.\n          headers: {{ {} }}\n          \
         content: {{ application/json: {{ schema: {schema} }} }}\n",
        parameters.join(", "),
        if more.starts_with('x') { more } else { "x-other: 1" },
        if more.starts_with('x') { "" } else { more },
    );
    let folder = std::env::temp_dir().join(format!("writ-pages-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test");
    let path = folder.join(format!("{name}.yaml"));
    fs::write(&path, text).expect("a file for the test");
    let mut diagnostics = Diagnostics::new();
    let document = load(&path, &LoadOptions::default(), &mut diagnostics).expect("a document");
    let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
    let rendered = render(&diagnostics, diagnostics.sources(), false);
    let _ = fs::remove_file(&path);
    let operation = &contract.operations[0];
    let short = |page: &ListPage| {
        let mut parts = vec![format!("/{}", page.items.join("/"))];
        parts.extend(page.link.then(|| "Link".to_owned()));
        parts.extend(page.members.iter().map(|member| {
            let kind = match member.parameter {
                Some(parameter) => format!("→{}", operation.parameters[parameter].name),
                None if member.is_url => " URL".to_owned(),
                None => String::new(),
            };
            format!("{:?} /{}{kind}", member.role, member.path.join("/"))
        }));
        parts.join(", ")
    };
    (operation.page.as_ref().map(short), rendered)
}

const ITEM: &str = "{ type: object, properties: { id: { type: string } } }";

/// Returns an object schema in flow style: `items[]` is a list, `total#` an integer, `more?` a boolean, `next@` a URL, and
/// `{` and `}` enclose an object. All others are strings.
fn object(text: &str) -> String {
    let members: Vec<String> = text
        .split_whitespace()
        .map(|member| match member.char_indices().last() {
            Some((0, '}')) => "} } }".to_owned(),
            Some((end, '{')) => format!("'{}': {{ type: object, properties: {{", &member[..end]),
            Some((end, ']')) => format!("'{}': {{ type: array, items: {ITEM} }}", &member[..end - 1]),
            Some((end, '#')) => format!("'{}': {{ type: integer }}", &member[..end]),
            Some((end, '?')) => format!("'{}': {{ type: boolean }}", &member[..end]),
            Some((end, '@')) => format!("'{}': {{ type: [string, 'null'], format: uri }}", &member[..end]),
            _ => format!("'{member}': {{ type: string }}"),
        })
        .collect();
    let joined = members.join(", ").replace("{, ", "{ ").replace(", } } }", " } }");
    format!("{{ type: object, properties: {{ {joined} }} }}")
}

#[test]
fn pages_of_published_shapes_are_recognised() {
    let shapes = [
        ("items[] nextPageToken", "pageSize pageToken:string", "/items, Next /nextPageToken→pageToken"),
        (
            "results[] next@ previous@ count#",
            "page page_size",
            "/results, Next /next URL, Previous /previous URL, Total /count",
        ),
        (
            "results[] next previous count#",
            "limit offset",
            "/results, Next /next URL, Previous /previous URL, Total /count",
        ),
        ("data[] meta{ total# page# }", "page per_page", "/data, Total /meta/total, Number /meta/page"),
        ("data[] has_more? next_cursor", "cursor:string limit", "/data, Next /next_cursor→cursor, HasMore /has_more"),
        (
            "value[] @odata.nextLink @odata.count#",
            "$top $skip",
            "/value, Next /@odata.nextLink URL, Total /@odata.count",
        ),
        (
            "content[] totalElements# totalPages# number# size# last?",
            "page size",
            "/content, IsLast /last, Total /totalElements, Pages /totalPages, Number /number, Limit /size",
        ),
        (
            "_embedded{ users[] } _links{ self{ href } next{ href } } page{ size# totalElements# number# }",
            "page size",
            "/_embedded/users, Next /_links/next/href URL, Total /page/totalElements, Number /page/number, Limit /page/size",
        ),
        ("users[] total#", "page", "/users, Total /total"),
        ("users[] total# offset#", "offset limit", "/users, Total /total, Offset /offset"),
        ("data[] next_page{ offset path uri@ }", "limit offset:string", "/data, Next /next_page/uri URL"),
        (
            "object data[] first_id last_id has_more?",
            "limit after:string",
            "/data, Next /last_id→after, HasMore /has_more",
        ),
        ("themes[] next@ previous@", "", "/themes, Next /next URL, Previous /previous URL"),
        ("data[] paging{ cursors{ after } }", "limit after:string", "/data, Next /paging/cursors/after→after"),
        ("users[] nextPage#", "page", "/users, Next /nextPage→page"),
        ("status data{ users[] total# }", "page", "/data/users, Total /data/total"),
        ("status code# data{ id users[] } meta{ total# }", "page", "/data/users, Total /meta/total"),
        (
            "message playlists{ items[] next@ total# }",
            "limit offset",
            "/playlists/items, Next /playlists/next URL, Total /playlists/total",
        ),
        ("messages[] next_page_uri", "Page PageSize", "/messages, Next /next_page_uri URL"),
        ("data[] messages[] meta{ total# }", "page[number] page[size]", "/data, Total /meta/total"),
        (
            "schemas[] Resources[] totalResults# startIndex# itemsPerPage#",
            "startIndex count",
            "/Resources, Total /totalResults, Offset /startIndex",
        ),
        (
            "values[] size# limit# isLastPage? start#",
            "start limit",
            "/values, IsLast /isLastPage, Offset /start, Limit /limit",
        ),
        ("users[] count#", "page", "/users"),
        ("items[] nextToken", "token:string", "/items, Next /nextToken→token"),
        ("items[] next", "next:string", "/items, Next /next→next"),
        ("users[] total# size#", "page", "/users, Total /total"),
    ];
    for (index, (schema, parameters, expected)) in shapes.into_iter().enumerate() {
        let (page, diagnostics) = read(&format!("shape{index}"), parameters, &object(schema), "");
        assert_eq!(page.as_deref(), Some(expected), "{schema}\n{diagnostics}");
    }
}

#[test]
fn an_array_with_links_is_a_page() {
    let array = format!("{{ type: array, items: {ITEM} }}");
    let link = "Link: { schema: { type: string } }";
    assert_eq!(read("link", "page per_page", &array, link).0.as_deref(), Some("/, Link"));
    let total = "X-Total-Count: { schema: { type: integer } }";
    assert_eq!(read("total", "page per_page", &array, total).0.as_deref(), Some("/"));
    assert_eq!(read("plain", "", &array, "").0, None);
}

#[test]
fn a_list_that_only_resembles_a_page_is_none() {
    let noted = |name: &str, parameters: &str, schema: &str| {
        let (page, diagnostics) = read(name, parameters, &object(schema), "");
        assert_eq!(page, None, "{schema}");
        diagnostics.contains("list-not-a-page")
    };
    assert!(noted("limit", "limit", "users[]"));
    assert!(noted("no_parameter", "", "items[] nextPageToken total#"));
    assert!(noted("nothing_described", "page", "users[]"));
    assert!(!noted("complete", "", "users[]"));
    assert!(!noted("complete_total", "", "users[] total#"));
    assert!(!noted("two_lists", "page", "users[] groups[] total#"));
    assert!(noted("chapter", "", "title paragraphs[] next@ previous@"));
    assert!(noted("issue", "page", "number# title comments[]"));
    assert!(noted("issue_in_envelope", "page", "status data{ number# title comments[] }"));
    assert!(noted("book", "page", "title chapters[] pages#"));
    assert!(noted("message", "page", "content[] size# sender"));
    assert!(noted("basket", "page", "id lines[] count#"));
    assert!(!noted("interval", "start end", "values[] total#"));
    assert!(!noted("two_known_lists", "page", "data[] items[] total#"));
    assert!(!noted("two_envelopes", "limit offset", "tracks{ items[] next@ } albums{ items[] next@ }"));
    assert!(!noted("errors", "page", "errors[] total#"));
    assert!(!noted("no_list", "page", "name next@ count#"));
}

#[test]
fn the_contract_can_name_the_parts_of_a_page() {
    let schema = object("users[] groups[] paging{ forward total# }");
    let mapping =
        "x-pagination: { items: /groups, next: /paging/forward, total: /paging/total, cursor: from, limit: most }";
    let (page, diagnostics) = read("mapped", "from:string most", &schema, mapping);
    assert_eq!(page.as_deref(), Some("/groups, Next /paging/forward→from, Total /paging/total"), "{diagnostics}");
    assert_eq!(read("off", "page", &object("users[] total#"), "x-pagination: false").0, None);
    let mistakes = [
        ("x-pagination: { items: /users, next: /paging/backward, cursor: from }", "is no property of the response"),
        ("x-pagination: { items: /paging }", "is not an array"),
        ("x-pagination: { items: /users, next: /paging/forward, cursor: form }", "did you mean `from`?"),
        ("x-pagination: { next: /paging/forward }", "needs `items`"),
        ("x-pagination: { items: /users, nxt: /paging/forward }", "has no field `nxt`"),
        ("x-pagination: { items: users }", "must be a JSON pointer"),
        ("x-pagination: 1", "must be an object or false"),
        ("x-pagination: { items: /users, next: Link }", "declares no header `Link`"),
    ];
    for (index, (mapping, message)) in mistakes.into_iter().enumerate() {
        let (page, diagnostics) = read(&format!("mistake{index}"), "from:string most", &schema, mapping);
        assert!(page.is_none() && diagnostics.contains(message), "{mapping}\n{diagnostics}");
        assert!(diagnostics.contains("error[bad-pagination]"), "{diagnostics}");
    }
}
