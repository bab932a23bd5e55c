//! The check of fields that Swagger 2.0 and OpenAPI 3.x have in different places, with advice about each.

use super::Checker;
use crate::diagnostic::Severity;
use crate::document::grammar::Rule;
use crate::document::node::Key;
use crate::document::version::Version;

/// A field that an object has only in Swagger 2.0, or only in OpenAPI 3.x, where the other has a different structure.
pub(super) struct ForeignField {
    /// The name of the object that has the field, as the grammar names it.
    object: &'static str,
    name: &'static str,
    /// True if requests or responses depend on the field, so that ignoring it would generate wrong code.
    essential: bool,
    /// The advice how to write the field in the version of the contract.
    advice: &'static str,
}

/// The fields of OpenAPI 3.x that Swagger 2.0 expresses differently.
const OF_3: &[ForeignField] = &[
    ForeignField {
        object: "the document",
        name: "components",
        essential: true,
        advice: "in 2.0, put schemas under `definitions`, and the others under `parameters`, `responses` and \
                 `securityDefinitions`",
    },
    ForeignField {
        object: "the document",
        name: "servers",
        essential: false,
        advice: "in 2.0, write `host`, `basePath` and `schemes`",
    },
    ForeignField {
        object: "an operation",
        name: "requestBody",
        essential: true,
        advice: "in 2.0, declare a parameter with `in: body` and a `schema`",
    },
    ForeignField {
        object: "an operation",
        name: "callbacks",
        essential: false,
        advice: "declare `openapi: 3.0.3` to use it",
    },
    ForeignField { object: "an operation", name: "servers", essential: false, advice: "in 2.0, write `schemes`" },
    ForeignField {
        object: "a response",
        name: "content",
        essential: true,
        advice: "in 2.0, write `schema` here, and the media types under `produces`",
    },
    ForeignField {
        object: "a response",
        name: "links",
        essential: false,
        advice: "declare `openapi: 3.0.3` to use it",
    },
    ForeignField {
        object: "a parameter",
        name: "content",
        essential: true,
        advice: "in 2.0, write `type: string`, and parse the value in the handler",
    },
    ForeignField {
        object: "a parameter",
        name: "style",
        essential: true,
        advice: "in 2.0, write a `collectionFormat`: `csv`, `ssv`, `tsv`, `pipes` or `multi`",
    },
    ForeignField {
        object: "a parameter",
        name: "explode",
        essential: true,
        advice: "in 2.0, write `collectionFormat: multi` for `true`, and `csv` for `false`",
    },
    ForeignField {
        object: "a security scheme",
        name: "flows",
        essential: false,
        advice: "in 2.0, write one `flow`, with its URLs and `scopes` beside it",
    },
];

/// The fields of Swagger 2.0 that OpenAPI 3.x expresses differently.
const OF_2: &[ForeignField] = &[
    ForeignField {
        object: "the document",
        name: "definitions",
        essential: false,
        advice: "in 3.x, put the schemas under `components/schemas`",
    },
    ForeignField {
        object: "the document",
        name: "parameters",
        essential: false,
        advice: "in 3.x, put the parameters under `components/parameters`",
    },
    ForeignField {
        object: "the document",
        name: "responses",
        essential: false,
        advice: "in 3.x, put the responses under `components/responses`",
    },
    ForeignField {
        object: "the document",
        name: "securityDefinitions",
        essential: false,
        advice: "in 3.x, put the schemes under `components/securitySchemes`",
    },
    ForeignField {
        object: "the document",
        name: "host",
        essential: false,
        advice: "in 3.x, write `servers: [{ url: https://HOST/BASE-PATH }]`",
    },
    ForeignField {
        object: "the document",
        name: "basePath",
        essential: false,
        advice: "in 3.x, write `servers: [{ url: https://HOST/BASE-PATH }]`",
    },
    ForeignField {
        object: "the document",
        name: "schemes",
        essential: false,
        advice: "in 3.x, write a URL with its scheme for each of the `servers`",
    },
    ForeignField {
        object: "the document",
        name: "consumes",
        essential: false,
        advice: "in 3.x, list the media types in the `content` of each request body",
    },
    ForeignField {
        object: "the document",
        name: "produces",
        essential: false,
        advice: "in 3.x, list the media types in the `content` of each response",
    },
    ForeignField {
        object: "an operation",
        name: "consumes",
        essential: false,
        advice: "in 3.x, list the media types in the `content` of the request body",
    },
    ForeignField {
        object: "an operation",
        name: "produces",
        essential: false,
        advice: "in 3.x, list the media types in the `content` of each response",
    },
    ForeignField {
        object: "an operation",
        name: "schemes",
        essential: false,
        advice: "in 3.x, write a URL with its scheme for each of the `servers`",
    },
    ForeignField {
        object: "a parameter",
        name: "collectionFormat",
        essential: false,
        advice: "in 3.x, write `style` and `explode`: `multi` is `explode: true`, `csv` is `explode: false`",
    },
    ForeignField {
        object: "a security scheme",
        name: "flow",
        essential: false,
        advice: "in 3.x, write `flows`, with the URLs and `scopes` of each flow in it",
    },
];

/// Returns the entry about a field that an object has only in a version with another structure, if there is one.
pub(super) fn foreign(rule: &Rule, name: &str, version: Version) -> Option<&'static ForeignField> {
    let fields = if version == Version::V20 { OF_3 } else { OF_2 };
    fields.iter().find(|field| field.object == rule.name && field.name == name)
}

/// Returns the advice for a word of Swagger 2.0 in a contract of OpenAPI 3.x, such as `in: body` of a parameter.
pub(super) fn word_of_swagger(object: &str, field: &str, word: &str) -> Option<&'static str> {
    Some(match (object, field, word) {
        ("a parameter", "in", "body") => "`in: body` is Swagger 2.0; in 3.x, write a `requestBody` beside `parameters`",
        ("a parameter", "in", "formData") => {
            "`in: formData` is Swagger 2.0; in 3.x, write a `requestBody` with the media type \
             `application/x-www-form-urlencoded` or `multipart/form-data`"
        }
        ("a schema", "type", "file") => "`type: file` is Swagger 2.0; in 3.x, write `type: string, format: binary`",
        ("a security scheme", "type", "basic") => {
            "`type: basic` is Swagger 2.0; in 3.x, write `type: http, scheme: basic`"
        }
        _ => return None,
    })
}

impl Checker<'_, '_> {
    /// Reports a field that an object has only in a version with another structure.
    ///
    /// It is an error if the field determines requests or responses, since the code would otherwise be wrong.
    pub(super) fn foreign(&mut self, rule: &Rule, key: &Key, field: &ForeignField) {
        let ours = self.document.version();
        let theirs = if ours == Version::V20 { Version::V30 } else { Version::V20 };
        let message = format!("`{}` is a field of {}, but this contract is {}", key.name, theirs.name(), ours.name());
        let problem = self.lax(field.essential, "other-version", key.span, message);
        let problem = match problem.severity {
            Severity::Error => problem.label(format!("not a field of {}", rule.name)),
            _ => problem.label("ignored"),
        };
        self.report(problem.help(field.advice));
    }
}
