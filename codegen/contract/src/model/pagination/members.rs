//! The parts of a response body that make it a page: the array of its elements, and the members that describe it.

use super::words::{ASIDE, CONTAINERS, ENVELOPES, ITEMS, MEMBERS, NEVER, normal};
use crate::model::schema::{Format, Kind, ObjectShape, PageRole, Property, SchemaId, Schemas};

/// The number of objects within each other in which members of a page are found: `{meta: {page: {total}}}` has two.
const DEEPEST: usize = 2;

/// A member of a response body that may describe a page.
pub(super) struct Member {
    pub role: PageRole,
    /// The position of the member's name among the names of its role.
    rank: usize,
    pub path: Vec<String>,
    pub schema: SchemaId,
    /// True if the names around the member, or its format, say that it is a URL.
    pub is_url: bool,
}

/// Returns the path to the elements of a list in a response body, with the schema of an element. Returns `None` if no
/// array is certain to be the list.
pub(super) fn items(schemas: &Schemas, body: SchemaId) -> Option<(Vec<String>, SchemaId)> {
    let object = match schemas.kind(body) {
        Kind::Array(array) => return Some((Vec::new(), array.items)),
        Kind::Object(object) => object,
        _ => return None,
    };
    let own = lists(schemas, object);
    if !own.is_empty() {
        let (list, element) = list(&own)?;
        return Some((vec![list.name.clone()], element));
    }
    // The list is within another object: `{_embedded: {users: [...]}}`, as HAL has it, or `{status, data: {users: [...]}}`.
    let mut envelopes = object.properties.iter().filter_map(|property| {
        let Kind::Object(inner) = schemas.kind(property.schema) else { return None };
        let (list, element) = list(&lists(schemas, inner))?;
        let is_envelope = is_among(ENVELOPES, &property.name) || is_among(ITEMS, &list.name);
        is_envelope.then(|| (vec![property.name.clone(), list.name.clone()], element))
    });
    envelopes.next().filter(|_| envelopes.next().is_none())
}

/// Returns the arrays of an object that may be the list, with the schemas of their elements.
fn lists<'s>(schemas: &'s Schemas, object: &'s ObjectShape) -> Vec<(&'s Property, SchemaId)> {
    let arrays = object.properties.iter().filter_map(|property| match schemas.kind(property.schema) {
        Kind::Array(array) if !is_among(NEVER, &property.name) => Some((property, array.items)),
        _ => None,
    });
    let (aside, lists): (Vec<_>, Vec<_>) = arrays.partition(|(property, _)| is_among(ASIDE, &property.name));
    if lists.is_empty() { aside } else { lists }
}

/// Returns the array that is the list: the one with a known name, or the only one. Two with known names are ambiguous.
fn list<'s>(lists: &[(&'s Property, SchemaId)]) -> Option<(&'s Property, SchemaId)> {
    let mut known = lists.iter().filter(|(list, _)| is_among(ITEMS, &list.name));
    match (known.next(), lists) {
        (Some(found), _) => known.next().is_none().then_some(*found),
        (None, [only]) => Some(*only),
        _ => None,
    }
}

fn is_among(words: &[&str], name: &str) -> bool {
    words.contains(&normal(name).as_str())
}

/// Returns the members of a response body that may describe a page, one for each role. `items` is the path to its elements.
pub(super) fn members(schemas: &Schemas, body: SchemaId, items: &[String]) -> Vec<Member> {
    let mut found = Vec::new();
    visit(schemas, body, items, &mut Vec::new(), &mut found);
    found.sort_by_key(|member: &Member| (member.role, member.rank, member.path.len()));
    found.dedup_by_key(|member| member.role);
    found
}

fn visit(schemas: &Schemas, object: SchemaId, items: &[String], path: &mut Vec<String>, found: &mut Vec<Member>) {
    let Kind::Object(object) = schemas.kind(object) else { return };
    for property in &object.properties {
        let name = normal(&property.name);
        path.push(property.name.clone());
        match schemas.kind(property.schema) {
            Kind::Object(_) if items.starts_with(path) => visit(schemas, property.schema, items, path, found),
            Kind::Object(_) if path.len() <= DEEPEST && CONTAINERS.contains(&name.as_str()) => {
                visit(schemas, property.schema, items, path, found);
            }
            kind => found.extend(member(kind, path, property.schema)),
        }
        path.pop();
    }
}

/// Returns the member at a path, if its name and type say that it describes a page.
fn member(kind: &Kind, path: &[String], schema: SchemaId) -> Option<Member> {
    let (last, around) = path.split_last()?;
    let name = normal(last);
    // In `{next: {href: …}}` the outer name tells the role, and the inner one that it is a URL.
    let is_link = matches!(name.as_str(), "href" | "url" | "uri");
    let outer = around.last().map(|outer| normal(outer)).unwrap_or_default();
    let named = if is_link { &outer } else { &name };
    let words = |(role, words): &(PageRole, &[&str])| Some((*role, words.iter().position(|word| word == named)?));
    let (role, rank) = MEMBERS.iter().find_map(words)?;
    let in_links = around.iter().any(|outer| normal(outer) == "links");
    let format = match kind {
        Kind::String(shape) => matches!(shape.format, Format::Uri | Format::UriReference),
        _ => false,
    };
    let is_url =
        is_link || in_links || format || ["link", "url", "uri", "href"].iter().any(|word| name.ends_with(word));
    let is_nested = !around.is_empty();
    let fits = match role {
        // `after`, `cursor` and `last_id` are the next page only beside other signs, which `recognise` checks.
        PageRole::Next | PageRole::Previous => matches!(kind, Kind::String(_) | Kind::Integer(_) | Kind::Number(_)),
        PageRole::HasMore | PageRole::IsLast => matches!(kind, Kind::Boolean),
        PageRole::Number if name == "number" && is_nested => outer == "page" && is_number(kind),
        _ => is_number(kind),
    };
    fits.then(|| Member { role, rank, path: path.to_vec(), schema, is_url })
}

fn is_number(kind: &Kind) -> bool {
    matches!(kind, Kind::Integer(_) | Kind::Number(_))
}
