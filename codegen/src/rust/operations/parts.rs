//! The types of multipart bodies whose parts the contract describes: an enum of the parts and a struct of all
//! parts.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::operation::{Content, Operation};
use writ_contract::model::parts::{Part, PartKind, PartStyle, Parts, parts};
use writ_contract::model::schema::{Additional, Format, Kind};
use writ_contract::model::{Direction, SchemaId};

use crate::rust::code::{Code, literal};
use crate::rust::expr::default::{DefaultValue, default_text, default_value};
use crate::rust::expr::patterns::Patterns;
use crate::rust::expr::read::ReadCalls;
use crate::rust::expr::read_expression::ReadExpression;
use crate::rust::names::distinct::distinct;
use crate::rust::names::ident::type_name;
use crate::rust::names::locals::{FORM, variable};
use crate::rust::names::namespace::Names;
use crate::rust::names::spelling::{field_names, variant_names};
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::TypePlan;
use crate::rust::view::{FormRuleView, PartFieldView, PartVariantView, PartsView};

/// The names of the generated types of a multipart body.
#[derive(Debug, Clone)]
pub struct PartNames {
    /// The name of the generated enum that holds one part of the multipart body.
    pub part: String,
    /// The name of the generated struct that holds all parts of the multipart body, or `None` if the service
    /// only sends the body.
    pub form: Option<String>,
    /// The schema of the multipart body, whose properties are the parts.
    pub schema: Option<SchemaId>,
}

/// Returns the multipart content of an operation's request body and its parts, or `None` if the contract does
/// not describe the parts.
pub fn described<'c>(plan: &TypePlan<'c>, operation: &'c Operation) -> Option<(&'c Content, Parts<'c>)> {
    let contents = operation.body.iter().flat_map(|body| &body.content);
    contents.filter_map(|content| Some((content, parts(content, &plan.contract.schemas)?))).next()
}

/// Names the generated types of an operation's multipart body, or returns `None` if no parts are described.
pub fn part_names(
    plan: &TypePlan<'_>,
    operation: &Operation,
    base: &str,
    names: &mut Names,
    diagnostics: &mut Diagnostics,
) -> Option<PartNames> {
    let body = operation.body.as_ref()?;
    let content = body.content.iter().find(|content| parts(content, &plan.contract.schemas).is_some())?;
    let mut take =
        |word: &str| names.take(&[format!("{base}{word}"), format!("{base}Body{word}")], body.span, diagnostics);
    let part = take("Part");
    Some(PartNames {
        part,
        form: (operation.direction == Direction::Inbound).then(|| take("Form")),
        schema: content.schema,
    })
}

/// Returns the view of the types of a multipart body.
pub fn parts_view(
    plan: &TypePlan<'_>,
    (operation, content): (&Operation, &Content),
    parts: &Parts<'_>,
    names: &PartNames,
    patterns: &Patterns,
    diagnostics: &mut Diagnostics,
) -> PartsView {
    let (variants, collided) = distinct(parts.named.iter().map(|part| variant_names(part.name)));
    let (fields, collided_fields) = distinct(parts.named.iter().map(|part| field_names(part.name)));
    if let Some(collided) = collided_fields.or(collided) {
        diagnostics.push(collided.report(content.span, |index| format!("the part `{}`", parts.named[index].name)));
    }
    let direction = operation.request_direction();
    let calls = ReadCalls { plan, patterns, direction };
    let free = |name: &str, taken: &[String]| match taken.iter().any(|other| other == name) {
        true => format!("{name}_others"),
        false => name.to_owned(),
    };
    let rest_names = (free("Additional", &variants), free("additional", &fields));
    let named = parts.named.iter().zip(variants.iter().zip(&fields));
    let all = named.map(|(part, (variant, field))| (part, variant.clone(), field.clone()));
    let all = all.chain(parts.rest.iter().map(|rest| (rest, type_name(&rest_names.0), rest_names.1.clone())));
    let mut view = PartsView {
        part: Code::of(&names.part),
        form: names.form.as_ref().map(Code::of),
        rule: FormRuleView::default(),
        variants: Vec::new(),
        fields: Vec::new(),
        value_name: name_of(parts, false),
        file_name: name_of(parts, true),
    };
    for (index, (part, variant, field)) in all.enumerate() {
        let is_rest = index == parts.named.len();
        let (ty, held, read) = match part.kind {
            PartKind::File => (Ty::FileStream, Ty::FilePart, None),
            PartKind::Text => {
                let ty = plan.ty(part.schema, direction);
                (ty.clone(), ty, Some(calls.value(part.schema)))
            }
            PartKind::Json => {
                let ty = plan.element(part.schema, direction);
                (ty.clone(), ty, Some(calls.element(part.schema)))
            }
        };
        let rule = Code::of(rule(part, &calls));
        match is_rest {
            true => view.rule.rest = Some(rule),
            false => view.rule.parts.push(rule),
        }
        let docs = docs(plan, part, is_rest);
        view.variants.push(PartVariantView {
            shown: Code::of(if is_rest { format!("String, {ty}") } else { ty.to_string() }),
            docs: docs.clone(),
            index,
            read: read.as_ref().map(Code::of),
            rest: is_rest,
            secret: plan.contract.schemas.is_secret(part.property),
            name: Code::of(&variant),
        });
        if names.form.is_some() {
            let read = if part.list.is_some() { Some(calls.value(part.property)) } else { read };
            view.fields.push(form_field(plan, part, (is_rest, index), (&variant, field), held, docs, &read));
        }
    }
    match parts.object {
        None => view.rule.more.push("positional: true".into()),
        Some(object) => {
            match object.additional {
                Additional::Denied => view.rule.more.push("unknown: writ_runtime::Unknown::Deny".into()),
                Additional::Ignored | Additional::Kept(_) => {}
            }
            if !parts.ignored.is_empty() && !matches!(object.additional, Additional::Ignored) {
                let names: Vec<String> = parts.ignored.iter().map(|name| literal(name)).collect();
                view.rule.more.push(Code::of(format!("ignored: &[{}]", names.join(", "))));
            }
            view.rule.more.extend(object.min.filter(|min| *min > 0).map(|min| Code::of(format!("min: {min}"))));
            view.rule.more.extend(object.max.map(|max| Code::of(format!("max: Some({max})"))));
        }
    }
    view
}

/// Returns the parameter of a generated function that receives the name of a part of a multipart body: `name` if a
/// part without a name in the contract needs it, otherwise `_`. Considers only files if `files` is true, otherwise
/// only values. Returns `None` if there is no such part.
fn name_of(parts: &Parts<'_>, files: bool) -> Option<Code> {
    let mut all = parts.named.iter().chain(&parts.rest).filter(|part| (part.kind == PartKind::File) == files);
    all.clone().next()?;
    Some(Code::from(if all.any(|part| part.name.is_empty()) { "name" } else { "_" }))
}

/// Returns the view of a field in the struct of all parts of a multipart body: its type, and the code that
/// collects the received parts. `read` reads the default of the property.
#[allow(clippy::too_many_arguments, reason = "one part, seen from both types")]
fn form_field(
    plan: &TypePlan<'_>,
    part: &Part<'_>,
    (is_rest, index): (bool, usize),
    (variant, name): (&str, String),
    held: Ty,
    mut docs: String,
    read: &Option<ReadExpression>,
) -> PartFieldView {
    let variable = variable(&name, FORM);
    let key = if is_rest { "name" } else { "_" };
    let (pattern, value) = match (part.kind, is_rest) {
        (PartKind::File, _) => (format!("writ_runtime::Held::File({index}, {key}, file)"), "file"),
        (_, true) => (format!("writ_runtime::Held::Value(Self::{variant}(name, value))"), "value"),
        (_, false) => (format!("writ_runtime::Held::Value(Self::{variant}(value))"), "value"),
    };
    let many = part.list.is_some();
    let property = if many { Ty::Vec(Box::new(held.clone())) } else { held.clone() };
    let nullable = matches!(property, Ty::Option(_));
    let default = match (part.required || is_rest, part.kind) {
        (false, PartKind::Text | PartKind::Json) if !nullable => {
            // Only the server decodes the form, so the default is an inbound value.
            default_value(plan, part.property, &property, Direction::Inbound)
        }
        _ => None,
    };
    if default.is_some() {
        docs.push_str(if docs.is_empty() { "" } else { "\n\n" });
        docs.push_str(&format!("Default: `{}`.", default_text(plan, part.property)));
    }
    let or_default = |received: &str| match (&default, read) {
        (Some(default), Some(read)) => default.take(received, read),
        _ => variable.clone(),
    };
    let (ty, start, store, take) = match (is_rest, many, &default) {
        (true, true, _) => (
            Ty::Map(Box::new(Ty::Vec(Box::new(held)))),
            "std::collections::BTreeMap::<_, Vec<_>>::new()",
            format!("{variable}.entry(name).or_default().push({value})"),
            variable.clone(),
        ),
        (true, false, _) => (
            Ty::Map(Box::new(held)),
            "std::collections::BTreeMap::new()",
            format!("drop({variable}.insert(name, {value}))"),
            variable.clone(),
        ),
        (false, true, None | Some(DefaultValue::Empty(_))) => {
            (property, "Vec::new()", format!("{variable}.push({value})"), variable.clone())
        }
        (false, true, Some(_)) => {
            let received = format!("Some({variable}).filter(|all| !all.is_empty())");
            (property, "Vec::new()", format!("{variable}.push({value})"), or_default(&received))
        }
        (false, false, Some(_)) => (held, "None", format!("{variable} = Some({value})"), or_default(&variable)),
        (false, false, None) => {
            let store = format!("{variable} = Some({value})");
            match (part.required, nullable) {
                (true, _) => (held, "None", store, format!("{variable}?")),
                // A part that is null is treated like an absent part.
                (false, true) => (held, "None", store, format!("{variable}.flatten()")),
                (false, false) => (Ty::Option(Box::new(held)), "None", store, variable.clone()),
            }
        }
    };
    PartFieldView {
        ty: Code::of(&ty),
        secret: plan.contract.schemas.is_secret(part.property),
        docs,
        start: Code::from(start),
        pattern: Code::of(pattern),
        store: Code::of(store),
        take: Code::of(if take == name { take } else { format!("{name}: {take}") }),
        variable: Code::of(variable),
        name: Code::of(name),
    }
}

/// Returns the constraints of a part of a multipart body as an expression of the runtime's `PartRule`.
fn rule(part: &Part<'_>, calls: &ReadCalls<'_, '_>) -> String {
    let kind = match part.kind {
        PartKind::Text => "text",
        PartKind::Json => "json",
        PartKind::File => "file",
    };
    let mut rule = format!("writ_runtime::PartRule::{kind}({})", literal(part.name));
    if part.required {
        rule.push_str(".required()");
    }
    if let Some(list) = part.list {
        rule.push_str(&format!(".repeated({}, {:?})", list.min.unwrap_or(0), list.max));
        if list.unique {
            rule.push_str(".unique()");
        }
    }
    if !part.media_types.is_empty() {
        rule.push_str(&format!(".media(&[{}])", literals(&part.media_types)));
    }
    if matches!(calls.plan.contract.schemas.kind(part.schema), Kind::String(shape) if shape.format == Format::Byte) {
        rule.push_str(".base64()");
    }
    if let Some(media) = part.sent_as {
        rule.push_str(&format!(".sent_as({})", literal(media)));
    }
    if let Some(style) = &part.style {
        rule.push_str(&format!(".style(writ_runtime::PartStyle::{})", part_style(style)));
    }
    let Some(encoding) = part.encoding else { return rule };
    let headers: Vec<String> = encoding
        .headers
        .iter()
        .filter(|header| !header.name.eq_ignore_ascii_case("content-disposition"))
        .map(|header| {
            let read = calls.value(header.schema);
            let (name, required) = (literal(&header.name.to_ascii_lowercase()), header.required);
            format!("writ_runtime::PartHeader {{ name: {name}, required: {required}, check: |r| {read}.is_some() }}")
        })
        .collect();
    if !headers.is_empty() {
        rule.push_str(&format!(".headers(&[{}])", headers.join(", ")));
    }
    rule
}

/// Returns the variant of the runtime's `PartStyle` as an expression.
fn part_style(style: &PartStyle<'_>) -> String {
    match style {
        PartStyle::Scalar => "Scalar".to_owned(),
        PartStyle::Delimited(delimiter) => format!("Delimited({delimiter:?})"),
        PartStyle::Brackets => "Brackets".to_owned(),
        PartStyle::Members(names) => format!("Members(&[{}])", literals(names)),
    }
}

/// Returns string literals, separated by commas.
fn literals(texts: &[&str]) -> String {
    texts.iter().map(|text| literal(text)).collect::<Vec<_>>().join(", ")
}

/// Returns the documentation of a part of a multipart body: the description or title of its schema.
fn docs(plan: &TypePlan<'_>, part: &Part<'_>, is_rest: bool) -> String {
    if is_rest {
        return "A part that the contract does not name, with its name.".to_owned();
    }
    let schemas = &plan.contract.schemas;
    let described =
        |schema: &writ_contract::model::Schema| schema.description.clone().filter(|text| !text.trim().is_empty());
    let own = schemas.nearest(part.property, |schema| described(schema).or_else(|| schema.title.clone()));
    own.or_else(|| schemas.nearest(part.schema, |schema| described(schema).or_else(|| schema.title.clone())))
        .unwrap_or_default()
}
