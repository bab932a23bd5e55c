//! The parts of a response body that make it a page: the array of its elements, and the members that describe it.

use super::words::{ASIDE, CONTAINERS, ITEMS, MEMBERS, normal};
use crate::model::schema::{Format, Kind, PageRole, Property, SchemaId, Schemas};

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
    let element = |property: &Property| match schemas.kind(property.schema) {
        Kind::Array(array) => Some(array.items),
        _ => None,
    };
    let arrays: Vec<(&Property, SchemaId)> =
        object.properties.iter().filter_map(|property| Some((property, element(property)?))).collect();
    let known = ITEMS.iter().find_map(|word| arrays.iter().find(|(property, _)| normal(&property.name) == *word));
    let mut others = arrays.iter().filter(|(property, _)| !ASIDE.contains(&normal(&property.name).as_str()));
    let only = || others.next().filter(|_| others.next().is_none());
    if let Some((property, element)) = known.or_else(only) {
        return Some((vec![property.name.clone()], *element));
    }
    // The list of HAL, `{_embedded: {users: [...]}}`.
    let embedded = object.properties.iter().find(|property| property.name == "_embedded")?;
    let Kind::Object(lists) = schemas.kind(embedded.schema) else { return None };
    let mut lists = lists.properties.iter().filter_map(|property| Some((property, element(property)?)));
    let (list, element) = lists.next()?;
    lists.next().is_none().then(|| (vec![embedded.name.clone(), list.name.clone()], element))
}

/// Returns the members of a response body that may describe a page, one for each role.
pub(super) fn members(schemas: &Schemas, body: SchemaId) -> Vec<Member> {
    let mut found = Vec::new();
    visit(schemas, body, &mut Vec::new(), &mut found);
    found.sort_by_key(|member: &Member| (member.role, member.rank, member.path.len()));
    found.dedup_by_key(|member| member.role);
    found
}

fn visit(schemas: &Schemas, object: SchemaId, path: &mut Vec<String>, found: &mut Vec<Member>) {
    let Kind::Object(object) = schemas.kind(object) else { return };
    for property in &object.properties {
        let name = normal(&property.name);
        path.push(property.name.clone());
        match schemas.kind(property.schema) {
            Kind::Object(_) if path.len() <= DEEPEST && CONTAINERS.contains(&name.as_str()) => {
                visit(schemas, property.schema, path, found);
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
