//! The constructor of a page schema from the runtime's `Page`, which asks for every required member that a page does not
//! have.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::operation::{ListPage, Operation, PageMember};
use writ_contract::model::schema::{Additional, Kind, PageParameter, PageRole};
use writ_contract::model::{Direction, SchemaId};

use crate::rust::code::Code;
use crate::rust::mention::{plain, runtime};
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::{TypeKey, TypePlan};
use crate::rust::types::fields::{Field, Presence, fields};
use crate::rust::view::PageConstructorView;

/// Returns the view of the constructor of a declared type from a page, or `None` if the type is not the page of an
/// operation that the service responds with.
pub fn page_constructor(plan: &TypePlan<'_>, key: TypeKey) -> Option<PageConstructorView> {
    if !plan.usage.is_written(key.schema) || key.only == Some(Direction::Inbound) {
        return None;
    }
    let (operation, page) = plan.contract.operations.iter().find_map(|operation| {
        let page = operation.page.as_ref()?;
        (plan.contract.schemas.target(page.body) == key.schema && !page.items.is_empty()).then_some((operation, page))
    })?;
    let mut constructor = Constructor {
        plan,
        page,
        first: first(plan, operation, page, PageParameter::Number),
        used: false,
        arguments: Vec::new(),
    };
    let value = constructor.object(key, &mut Vec::new())?;
    if !constructor.used {
        return None;
    }
    let element = plan.element(page.element, Direction::Outbound);
    let links = value.contains("links.");
    let mut parameters = vec![format!("page: {}<{element}>", runtime("Page"))];
    parameters.extend(links.then(|| format!("links: {}", runtime("PageLinks"))));
    parameters.extend(constructor.arguments.iter().map(|(name, ty)| format!("{name}: {ty}")));
    Some(PageConstructorView { parameters: parameters.into_iter().map(Code::of).collect(), value: Code::of(value) })
}

/// Returns the number of the first page, or the position of the first element: the default of the parameter if it is 0 or 1,
/// otherwise its minimum if it is 0 or 1, otherwise 1 for a page. The first element has the position 0, but 1 in a list of
/// SCIM (RFC 7644 § 3.4.2.4).
pub fn first(plan: &TypePlan<'_>, operation: &Operation, page: &ListPage, meaning: PageParameter) -> u64 {
    let is_number = meaning == PageParameter::Number;
    let Some(index) = page.parameter(meaning) else { return u64::from(is_number) };
    let is_scim = page.items.last().is_some_and(|list| list == "Resources");
    let schemas = &plan.contract.schemas;
    let schema = operation.parameters[index].schema;
    let default = schemas.nearest(schema, |schema| schema.default.as_ref()).and_then(|(value, _)| value.as_u64());
    let minimum = || match schemas.kind(schema) {
        Kind::Integer(shape) => u64::try_from(shape.min?).ok(),
        Kind::Number(shape) => shape.min.filter(|min| *min == 0.0 || *min == 1.0).map(|min| min as u64),
        _ => None,
    };
    let is_first = |value: &u64| *value <= 1;
    default.filter(is_first).or_else(|| minimum().filter(is_first)).unwrap_or(u64::from(is_number || is_scim))
}

/// The expression of a page in progress.
struct Constructor<'p, 'c> {
    plan: &'p TypePlan<'c>,
    page: &'p ListPage,
    /// The number of the first page.
    first: u64,
    /// True if the expression contains the elements of the page.
    used: bool,
    /// The members that the implementer has to give, with their types.
    arguments: Vec<(String, Ty)>,
}

impl Constructor<'_, '_> {
    /// Returns the struct expression of an object at a path, or `None` if the object has no struct.
    fn object(&mut self, key: TypeKey, path: &mut Vec<String>) -> Option<String> {
        let plan = self.plan;
        let mut values = Vec::new();
        for field in fields(plan, key, &mut Diagnostics::new()) {
            if field.presence == Presence::Tag {
                continue;
            }
            path.push(field.property.name.clone());
            let value = self.field(&field, path);
            path.pop();
            values.push(if value == field.name { value } else { format!("{}: {value}", field.name) });
        }
        let Kind::Object(object) = &plan.contract.schemas.get(key.schema).kind else { return None };
        if matches!(object.additional, Additional::Kept(_)) {
            return None;
        }
        Some(format!("{} {{ {} }}", crate::rust::mention::contract(plan.name_of(key)?), values.join(", ")))
    }

    /// Returns the expression of a field: the part of the page that it holds, an object with such parts, an absent value,
    /// or an argument of the constructor.
    fn field(&mut self, field: &Field<'_>, path: &mut Vec<String>) -> String {
        if *path == self.page.items && self.plan.is_vec(field.property.schema) {
            self.used = true;
            return held(field.presence, "page.data".to_owned());
        }
        let member = self.page.members.iter().find(|member| member.path == *path);
        // The number of elements can be unknown, so the implementer gives it where a page cannot be without it. A default
        // of the schema is a number too, and a wrong one.
        let is_always_present = matches!(field.presence, Presence::Required | Presence::Defaulted);
        if is_always_present && member.is_some_and(|member| matches!(member.role, PageRole::Total | PageRole::Pages)) {
            return self.argument(field);
        }
        if let Some(source) = member.and_then(|member| self.source(member, field.property.schema)) {
            return format!("{}::member({source})", runtime("PageMember"));
        }
        let leads = |to: &[String]| to.len() > path.len() && to.starts_with(path);
        if !field.boxed
            && (leads(&self.page.items) || self.page.members.iter().any(|member| leads(&member.path)))
            && let Some(key) = self.plan.direct(field.property.schema, Direction::Outbound)
        {
            let (used, arguments) = (self.used, self.arguments.len());
            // Links to other pages are absent on the first and on the last page.
            match self.object(key, path) {
                Some(object) => return self.link(field, path, object),
                None => {
                    self.used = used;
                    self.arguments.truncate(arguments);
                }
            }
        }
        match (field.presence, &field.default) {
            (Presence::Optional, _) => "None".to_owned(),
            (Presence::Patch, _) => format!("{}::Absent", runtime("Patch")),
            (Presence::Defaulted, Some(default)) if let Some(value) = default.expression() => value.to_owned(),
            _ => self.argument(field),
        }
    }

    /// Returns the expression of an object in a field. An object that only holds the URL of another page is absent if
    /// there is no such page.
    fn link(&self, field: &Field<'_>, path: &[String], object: String) -> String {
        let member = self.page.members.iter().find(|member| member.is_url && member.path.starts_with(path));
        let is_named = |name: &str| {
            matches!(name.to_ascii_lowercase().as_str(), "next" | "next_page" | "nextpage" | "prev" | "previous")
        };
        let Some(member) = member.filter(|_| path.last().is_some_and(|name| is_named(name))) else {
            return held(field.presence, object);
        };
        let source = if member.role == PageRole::Next { "links.next" } else { "links.previous" };
        let present = format!("{source}.is_some().then(|| {object})");
        match field.presence {
            Presence::Optional | Presence::RequiredNullable => present,
            Presence::Patch => format!("{}::from({present})", runtime("Patch")),
            _ => held(field.presence, object),
        }
    }

    /// Returns the expression of the part of a page that a member holds, or `None` if a page does not have it, or if the
    /// runtime does not convert it into the Rust type of the member's schema.
    fn source(&self, member: &PageMember, schema: SchemaId) -> Option<String> {
        let ty = self.plan.scalar(schema, Direction::Outbound)?;
        if !matches!(ty, Ty::Bool | Ty::I32 | Ty::I64 | Ty::U32 | Ty::U64 | Ty::F32 | Ty::F64 | Ty::String) {
            return None;
        }
        let is_numbered = member.parameter.is_some() && member.parameter == self.page.parameter(PageParameter::Number);
        Some(match (member.role, member.is_url) {
            (PageRole::Next, true) => "links.next.clone()".to_owned(),
            (PageRole::Previous, true) => "links.previous.clone()".to_owned(),
            (PageRole::Next, false) if is_numbered && ty != Ty::String => {
                format!("page.pagination.next_number({})", self.first)
            }
            (PageRole::Next, false) => "page.pagination.next_cursor.clone()".to_owned(),
            (PageRole::HasMore, _) => "Some(page.pagination.has_more)".to_owned(),
            (PageRole::IsLast, _) => "Some(!page.pagination.has_more)".to_owned(),
            (PageRole::Total, _) => "page.pagination.total".to_owned(),
            (PageRole::Pages, _) => "page.pagination.pages()".to_owned(),
            (PageRole::Number, _) => format!("page.pagination.number({})", self.first),
            (PageRole::Limit, _) => "Some(u64::from(page.pagination.limit))".to_owned(),
            (PageRole::Items | PageRole::Offset | PageRole::Previous, _) => return None,
        })
    }

    /// Adds an argument for a field that a page does not have, and returns its name.
    fn argument(&mut self, field: &Field<'_>) -> String {
        let taken = |name: &str, this: &Self| {
            ["page", "links"].contains(&name) || this.arguments.iter().any(|(known, _)| known == name)
        };
        let mut name = field.name.clone();
        while taken(&name, self) {
            name = format!("{}_", plain(&name));
        }
        self.arguments.push((name.clone(), field.ty.clone()));
        name
    }
}

/// Returns the expression of a value as its field holds it.
fn held(presence: Presence, value: String) -> String {
    match presence {
        Presence::Required | Presence::Defaulted | Presence::Tag => value,
        Presence::RequiredNullable | Presence::Optional | Presence::DefaultedNullable => format!("Some({value})"),
        Presence::Patch => format!("{}::Value({value})", runtime("Patch")),
    }
}
