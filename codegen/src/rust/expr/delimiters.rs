//! The decision whether the text of a value can contain a delimiter of a parameter style.

use std::collections::HashSet;

use writ_contract::model::SchemaId;
use writ_contract::model::operation::Style;
use writ_contract::model::schema::{Additional, Format, Kind, Schemas};

/// Returns the characters that divide a parameter's string in a style.
pub fn delimiters(style: Style) -> &'static [char] {
    match style {
        // OpenAPI 3.0.3 divides by dots what RFC 6570 divides by commas.
        Style::Label => &[',', '.'],
        Style::Matrix => &[',', ';'],
        _ => &[','],
    }
}

/// Returns true if no element of a list and no key or value of an object contains one of the characters
/// `delimiters` as text.
pub fn never_contains(schemas: &Schemas, schema: SchemaId, delimiters: &[char]) -> bool {
    Search { schemas, delimiters, met: HashSet::new() }.excludes(schema)
}

/// The search for a schema whose values can contain a delimiter.
struct Search<'a> {
    schemas: &'a Schemas,
    delimiters: &'a [char],
    met: HashSet<SchemaId>,
}

impl Search<'_> {
    fn excludes(&mut self, schema: SchemaId) -> bool {
        let target = self.schemas.target(schema);
        if !self.met.insert(target) {
            return true;
        }
        let clean = |text: &str| !text.contains(self.delimiters);
        match self.schemas.kind(target) {
            Kind::Null | Kind::Boolean => true,
            // `1.0` is an integer too.
            Kind::Integer(_) | Kind::Number(_) => !self.delimiters.contains(&'.'),
            Kind::String(text) => match text.format {
                Format::Date | Format::Uuid | Format::Byte | Format::Ipv6 | Format::Id(_) => true,
                Format::DateTime
                | Format::Moment
                | Format::Time
                | Format::Hostname
                | Format::Ipv4
                | Format::Decimal => !self.delimiters.contains(&'.'),
                _ => false,
            },
            Kind::Strings(listed) => !listed.open && listed.values.iter().all(|value| clean(value)),
            Kind::Values(values) => values.iter().all(|value| match value.as_str() {
                Some(text) => clean(text),
                None => clean(&value.to_string()),
            }),
            Kind::Array(array) => self.excludes(array.items),
            Kind::Object(object) => {
                matches!(object.additional, Additional::Ignored | Additional::Denied)
                    && object.properties.iter().all(|property| clean(&property.name))
                    && object.properties.iter().all(|property| self.excludes(property.schema))
            }
            Kind::Union(union) => union.branches.iter().all(|branch| self.excludes(*branch)),
            Kind::Any | Kind::Alias(_) => false,
        }
    }
}
