//! The decision that the response of an operation is a page of a list.

use super::members::{Member, items, members};
use super::parameters::{parameters, text_parameter};
use super::words::{COMMON, NEUTRAL, normal};
use crate::model::operation::{ContentKind, ListPage, Operation, PageMember, Response};
use crate::model::schema::{Kind, PageParameter, PageRole, SchemaId, Schemas};

/// Returns the page that an operation returns, if names, types and parameters leave no doubt:
///
/// - the body has a URL of the next page, or a token for one of the parameters,
/// - or the response declares the header `Link` beside a parameter that selects a page,
/// - or a parameter selects the page by number or offset, and the body tells its position or the number of elements, by a
///   name that only pages have, or beside nothing else.
pub(super) fn recognise(schemas: &Schemas, operation: &Operation) -> Option<ListPage> {
    let (response, body) = successful_body(operation)?;
    let (path, element) = items(schemas, body)?;
    let mut parameters = parameters(schemas, operation);
    let is_array = path.is_empty();
    let found = if is_array { Vec::new() } else { members(schemas, body, &path) };
    let mut members: Vec<PageMember> =
        found.iter().filter_map(|member| page_member(schemas, operation, &parameters, &found, member)).collect();
    // A token whose name is that of a parameter shows that this parameter selects a page: `{items, nextToken}` and `token`.
    let token = members.iter().filter(|member| member.role == PageRole::Next).find_map(|member| member.parameter);
    if let Some(token) = token.filter(|token| !parameters.iter().any(|(_, known)| known == token)) {
        parameters.push((PageParameter::Cursor, token));
    }
    let has_parameter = |wanted: &[PageParameter]| parameters.iter().any(|(meaning, _)| wanted.contains(meaning));
    let declared = &operation.responses[response];
    let link =
        has_header(declared, "Link") && (is_array || has_parameter(&[PageParameter::Number, PageParameter::Limit]));
    let is_selected = has_parameter(&[PageParameter::Number, PageParameter::Offset]);
    let total_header = total_header(declared);
    let is_only_page = is_only_page(schemas, body, &[], &path, &members);
    let describes = |member: &&Member| !matches!(member.role, PageRole::Next | PageRole::Previous | PageRole::Limit);
    let mut describing = found.iter().filter(describes);
    let is_described = match is_array {
        true => total_header.is_some(),
        false => describing.any(|member| is_only_page || !is_common(schemas, &path, member)),
    };
    let next = members.iter().any(|member| member.role == PageRole::Next) && (!parameters.is_empty() || is_only_page);
    let link = link && !parameters.is_empty();
    if !(next || link || (is_selected && is_described)) {
        return None;
    }
    let is_certain: Vec<bool> =
        members.iter().map(|member| is_certain(operation, &parameters, &path, &members, member)).collect();
    let mut is_certain = is_certain.into_iter();
    members.retain(|_| is_certain.next() == Some(true));
    Some(ListPage { response, body, element, items: path, members, parameters, link, total_header })
}

/// Returns true if a member is beside the list, and objects other than pages have a member of its name and type as well: a
/// number with a fraction may be an amount.
fn is_common(schemas: &Schemas, items: &[String], member: &Member) -> bool {
    let Some((name, around)) = member.path.split_last() else { return false };
    let is_amount = member.role == PageRole::Total && matches!(schemas.kind(member.schema), Kind::Number(_));
    items.starts_with(around) && (is_amount || COMMON.contains(&normal(name).as_str()))
}

/// Returns true if a member holds what its role says. `count` is also the number of elements on one page, unless it is
/// beside a URL of the next page, as frameworks write it; `size` is the limit if the parameter for it has the same name,
/// and `itemsPerPage` of SCIM is the number of elements on this page (RFC 7644 § 3.4.2).
fn is_certain(
    operation: &Operation,
    parameters: &[(PageParameter, usize)],
    items: &[String],
    members: &[PageMember],
    member: &PageMember,
) -> bool {
    let name = member.path.last().map(|name| normal(name)).unwrap_or_default();
    let is_limit = |(meaning, index): &(PageParameter, usize)| {
        *meaning == PageParameter::Limit && normal(&operation.parameters[*index].name) == name
    };
    match (member.role, name.as_str()) {
        (PageRole::Total, "count") => members.iter().any(|other| other.role == PageRole::Next && other.is_url),
        (PageRole::Limit, "size") => parameters.iter().any(is_limit),
        (PageRole::Limit, "itemsperpage") => items.last().is_none_or(|list| list != "Resources"),
        _ => true,
    }
}

/// Returns true if an object of a body has no properties other than the list and the members that describe the page. A
/// chapter with a list of paragraphs and the URL of the next chapter is no page. `path` leads to the object.
fn is_only_page(
    schemas: &Schemas,
    object: SchemaId,
    path: &[String],
    items: &[String],
    members: &[PageMember],
) -> bool {
    let Kind::Object(shape) = schemas.kind(object) else { return false };
    shape.properties.iter().all(|property| {
        let path = [path, std::slice::from_ref(&property.name)].concat();
        match items.starts_with(&path) {
            true if items.len() == path.len() => true,
            true => is_only_page(schemas, property.schema, &path, items, members),
            false => {
                members.iter().any(|member| member.path.starts_with(&path))
                    || NEUTRAL.contains(&normal(&property.name).as_str())
            }
        }
    })
}

/// Returns a member of a body as a member of the page, unless it is a token that no parameter takes.
fn page_member(
    schemas: &Schemas,
    operation: &Operation,
    parameters: &[(PageParameter, usize)],
    all: &[Member],
    member: &Member,
) -> Option<PageMember> {
    let is_token_role = matches!(member.role, PageRole::Next | PageRole::Previous);
    if !is_token_role {
        return Some(PageMember { role: member.role, path: member.path.clone(), is_url: false, parameter: None });
    }
    let name = normal(member.path.last()?);
    let parameter = token_parameter(schemas, operation, parameters, &name, member.schema);
    // A `next` without a parameter for it is a URL if other members describe the page: `{results, next, previous, count}`.
    let is_bare = matches!(name.as_str(), "next" | "previous" | "prev");
    let is_beside = || all.iter().any(|other| !matches!(other.role, PageRole::Next | PageRole::Limit));
    let is_text = matches!(schemas.kind(member.schema), Kind::String(_));
    let is_url = is_text && (member.is_url || (is_bare && parameter.is_none() && is_beside()));
    let parameter = parameter.filter(|_| !is_url);
    (is_url || parameter.is_some()).then(|| PageMember {
        role: member.role,
        path: member.path.clone(),
        is_url,
        parameter,
    })
}

/// Returns the parameter that takes a token: one with the name of the member, or with this name without `next`; otherwise
/// the cursor for text, and the number of the page for a number. Text also belongs to any parameter of text with such a name.
fn token_parameter(
    schemas: &Schemas,
    operation: &Operation,
    parameters: &[(PageParameter, usize)],
    member: &str,
    schema: SchemaId,
) -> Option<usize> {
    let meaning =
        |wanted: PageParameter| parameters.iter().find(|(known, _)| *known == wanted).map(|(_, index)| *index);
    let short = ["next", "previous", "prev"].iter().find_map(|word| member.strip_prefix(word)).unwrap_or(member);
    let equal = parameters
        .iter()
        .filter(|(meaning, _)| *meaning != PageParameter::Limit)
        .map(|(_, index)| *index)
        .find(|index| [member, short].contains(&normal(&operation.parameters[*index].name).as_str()));
    match schemas.kind(schema) {
        // The last id of a page is a cursor only for a parameter such as `after`.
        Kind::String(_) if member == "lastid" => {
            meaning(PageParameter::Cursor).filter(|index| normal(&operation.parameters[*index].name).ends_with("after"))
        }
        Kind::String(_) => equal
            .or_else(|| meaning(PageParameter::Cursor))
            .or_else(|| text_parameter(schemas, operation, [member, short]).filter(|_| member.starts_with("next"))),
        _ if short == "offset" => meaning(PageParameter::Offset),
        _ if matches!(short, "page" | "") => meaning(PageParameter::Number),
        _ => None,
    }
}

/// Returns the JSON body of an operation's successful response: the index of the response, and the schema. Returns `None`
/// if several successful responses have bodies.
pub(super) fn successful_body(operation: &Operation) -> Option<(usize, SchemaId)> {
    let mut bodies = operation.successes().filter(|response| !response.content.is_empty());
    let only = bodies.next().filter(|_| bodies.next().is_none())?;
    let mut json = only.content.iter().filter(|content| content.kind == ContentKind::Json);
    let content = json.next()?;
    let response = operation.responses.iter().position(|response| std::ptr::eq(response, only))?;
    Some((response, content.schema?))
}

/// Returns the header of a response with the number of elements on all pages.
pub(super) fn total_header(response: &Response) -> Option<String> {
    let names = ["X-Total-Count", "X-Total"];
    names.into_iter().find(|name| has_header(response, name)).map(str::to_owned)
}

/// Returns true if a response declares a header.
pub(super) fn has_header(response: &Response, name: &str) -> bool {
    response.headers.iter().any(|header| header.name.eq_ignore_ascii_case(name))
}
