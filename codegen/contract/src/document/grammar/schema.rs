//! The grammar of the schema object: the keywords of OpenAPI 3.0 and those of JSON Schema 2020-12 for 3.1.

use super::shape::Since::{V30Only, V31, V32};
use super::shape::{Field, ObjectKind, Rule, Shape, assumed, field, since};

const SCHEMA_SHAPE: Shape = Shape::Of(ObjectKind::Schema);
const SCHEMAS: Shape = Shape::Map(&SCHEMA_SHAPE);
const SCHEMA_LIST: Shape = Shape::List(&SCHEMA_SHAPE);
const TYPES_30: Shape = Shape::Word(&["string", "number", "integer", "boolean", "object", "array"]);
const TYPE_31: Shape = Shape::Word(&["string", "number", "integer", "boolean", "object", "array", "null"]);

pub(super) static SCHEMA: Rule =
    Rule { name: "a schema", fields: KEYWORDS, pattern: None, reference: true, keywords: true };

static KEYWORDS: &[Field] = &[
    field("title", Shape::Text),
    field("description", Shape::Text),
    since(V30Only, "type", TYPES_30),
    since(V31, "type", Shape::Either(&[TYPE_31, Shape::List(&TYPE_31)])),
    field("format", Shape::Text),
    field("enum", Shape::List(&Shape::Any)),
    field("default", Shape::Any),
    field("example", Shape::Any),
    field("multipleOf", Shape::Number),
    field("maximum", Shape::Number),
    field("minimum", Shape::Number),
    since(V30Only, "exclusiveMaximum", Shape::Bool),
    since(V30Only, "exclusiveMinimum", Shape::Bool),
    since(V31, "exclusiveMaximum", Shape::Number),
    since(V31, "exclusiveMinimum", Shape::Number),
    field("maxLength", Shape::Count),
    field("minLength", Shape::Count),
    field("pattern", Shape::Text),
    since(V30Only, "items", SCHEMA_SHAPE),
    since(V31, "items", Shape::Either(&[SCHEMA_SHAPE, SCHEMA_LIST])),
    field("maxItems", Shape::Count),
    field("minItems", Shape::Count),
    field("uniqueItems", Shape::Bool),
    field("properties", SCHEMAS),
    field("additionalProperties", Shape::Either(&[Shape::Bool, SCHEMA_SHAPE])),
    field("required", Shape::List(&Shape::Text)),
    field("maxProperties", Shape::Count),
    field("minProperties", Shape::Count),
    field("allOf", SCHEMA_LIST),
    field("oneOf", SCHEMA_LIST),
    field("anyOf", SCHEMA_LIST),
    field("not", SCHEMA_SHAPE),
    field("discriminator", Shape::Of(ObjectKind::Discriminator)),
    field("readOnly", Shape::Bool),
    field("writeOnly", Shape::Bool),
    field("deprecated", Shape::Bool),
    field("externalDocs", Shape::Of(ObjectKind::ExternalDocs)),
    field("xml", Shape::Of(ObjectKind::Xml)),
    since(V30Only, "nullable", Shape::Bool),
    since(V31, "$schema", Shape::Text),
    since(V31, "$id", Shape::Text),
    since(V31, "$vocabulary", Shape::Any),
    since(V31, "$anchor", Shape::Text),
    since(V31, "$dynamicAnchor", Shape::Text),
    since(V31, "$dynamicRef", Shape::Text),
    since(V31, "$comment", Shape::Text),
    since(V31, "$defs", SCHEMAS),
    since(V31, "definitions", SCHEMAS),
    since(V31, "const", Shape::Any),
    since(V31, "examples", Shape::List(&Shape::Any)),
    since(V31, "if", SCHEMA_SHAPE),
    since(V31, "then", SCHEMA_SHAPE),
    since(V31, "else", SCHEMA_SHAPE),
    since(V31, "prefixItems", SCHEMA_LIST),
    since(V31, "contains", SCHEMA_SHAPE),
    since(V31, "minContains", Shape::Count),
    since(V31, "maxContains", Shape::Count),
    since(V31, "unevaluatedItems", SCHEMA_SHAPE),
    since(V31, "patternProperties", SCHEMAS),
    since(V31, "propertyNames", SCHEMA_SHAPE),
    since(V31, "dependentSchemas", SCHEMAS),
    since(V31, "dependentRequired", Shape::Map(&Shape::List(&Shape::Text))),
    since(V31, "dependencies", Shape::Map(&Shape::Either(&[SCHEMA_SHAPE, Shape::List(&Shape::Text)]))),
    since(V31, "unevaluatedProperties", SCHEMA_SHAPE),
    since(V31, "contentEncoding", Shape::Text),
    since(V31, "contentMediaType", Shape::Text),
    since(V31, "contentSchema", SCHEMA_SHAPE),
    // The vendor field that refers to a schema; all other `x-` fields may contain any value.
    field("x-sparse-of", Shape::SchemaName),
];

pub(super) static DISCRIMINATOR: Rule = Rule {
    name: "a discriminator",
    fields: &[
        assumed("propertyName", Shape::Text, "missing: the content of a value selects its variant"),
        field("mapping", Shape::Map(&Shape::SchemaName)),
        since(V32, "defaultMapping", Shape::SchemaName),
    ],
    pattern: None,
    reference: false,
    keywords: false,
};

pub(super) static XML: Rule = Rule {
    name: "an XML object",
    fields: &[
        field("name", Shape::Text),
        field("namespace", Shape::Text),
        field("prefix", Shape::Text),
        field("attribute", Shape::Bool),
        field("wrapped", Shape::Bool),
        since(V32, "nodeType", Shape::Word(&["element", "attribute", "text", "cdata", "none"])),
    ],
    pattern: None,
    reference: false,
    keywords: false,
};
