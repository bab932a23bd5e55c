//! The names of properties in error schemas, by the part of a problem that they receive.

/// The names of properties with an error code.
pub(super) const CODES: &[&str] = &[
    "code",
    "name",
    "type",
    "kind",
    "key",
    "slug",
    "symbol",
    "reasoncode",
    "resultcode",
    "category",
    "class",
    "reason",
];

/// The names of properties with the message for people, the most specific first.
pub(super) const MESSAGES: &[&str] = &[
    "message",
    "msg",
    "detail",
    "description",
    "explanation",
    "text",
    "details",
    "usermessage",
    "humanmessage",
    "displaymessage",
    "localizedmessage",
    "developermessage",
    "longmessage",
    "string",
    "reason",
    "info",
    "cause",
    "summary",
    "messages",
    "statusmessage",
    "statustext",
    "title",
    "error",
    "errors",
    "fault",
    "phrase",
    "status",
];

/// The names of properties with a short text for people.
pub(super) const TITLES: &[&str] = &[
    "title",
    "summary",
    "reasonphrase",
    "statusmessage",
    "statustext",
    "statusdescription",
    "shortmessage",
    "heading",
];

/// The names of properties with the status code.
pub(super) const STATUSES: &[&str] =
    &["status", "statuscode", "httpstatus", "httpstatuscode", "httpcode", "responsecode", "httpresponsecode"];

/// The names of further properties with the status code, if they are numbers.
pub(super) const NUMBERS: &[&str] = &["code", "no", "number"];

/// The names of properties with the id of the request.
pub(super) const REQUEST_IDS: &[&str] = &[
    "requestid",
    "xrequestid",
    "traceid",
    "correlationid",
    "requestuuid",
    "transactionid",
    "logid",
    "logref",
    "trace",
    "incidentid",
    "eventid",
    "referenceid",
    "reference",
    "ref",
    "id",
    "uuid",
];

/// The names of properties with the time of the error.
pub(super) const TIMES: &[&str] =
    &["timestamp", "time", "date", "datetime", "occurredat", "createdat", "ts", "servertime"];

/// The names of properties with the invalid field.
pub(super) const FIELDS: &[&str] =
    &["param", "parameter", "field", "property", "target", "attribute", "argument", "fieldname"];

/// The names of further properties with the invalid field, in an element of a list of violations.
pub(super) const ITEM_FIELDS: &[&str] = &[
    "name",
    "path",
    "key",
    "propertypath",
    "propertyname",
    "parametername",
    "paramname",
    "fieldpath",
    "element",
    "member",
    "location",
    "loc",
    "source",
    "subject",
    "fields",
    "in",
];

/// The names of properties with the JSON pointer to the invalid value.
pub(super) const POINTERS: &[&str] = &["pointer", "jsonpointer", "instancepath", "datapath"];

/// The names of properties with the part of the request that is invalid.
pub(super) const LOCATIONS: &[&str] = &["location", "in", "where", "locationtype", "paramtype", "source"];

/// The names of properties with the invalid value.
pub(super) const REJECTED: &[&str] =
    &["value", "rejectedvalue", "invalidvalue", "actual", "received", "input", "given", "attemptedvalue", "provided"];

/// The names of objects that contain an error or a part of it.
const CONTAINERS: &[&str] = &[
    "error",
    "err",
    "fault",
    "exception",
    "problem",
    "failure",
    "info",
    "detail",
    "details",
    "status",
    "meta",
    "result",
    "response",
    "body",
    "data",
    "source",
    "errorresponse",
    "apierror",
    "responsestatus",
    "errors",
];

/// Parts of the names of lists with violations.
pub(super) const LISTS: &[&str] = &[
    "detail",
    "error",
    "violation",
    "invalid",
    "issue",
    "field",
    "failure",
    "problem",
    "message",
    "cause",
    "reason",
    "fault",
    "param",
    "notification",
];

/// Prefixes that add nothing to a name in an error schema.
const PREFIXES: &[&str] = &["error", "err", "fault", "exception", "problem"];

/// Returns true if an object with this name contains an error or a part of it.
pub(super) fn is_container(name: &str) -> bool {
    CONTAINERS.contains(&normal(name).as_str())
}

/// Returns the value of a boolean property that says by its name that the request failed.
pub(super) fn outcome(name: &str) -> Option<bool> {
    match normal(name).as_str() {
        "ok" | "isok" | "success" | "successful" | "succeeded" | "issuccess" | "issuccessful" | "valid" => Some(false),
        "error" | "iserror" | "failed" | "failure" | "haserror" | "haserrors" | "fault" => Some(true),
        _ => None,
    }
}

/// Returns a name in lower case, without separators and without a prefix such as `error`.
pub(super) fn normal(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    let letters: String = letters.flat_map(char::to_lowercase).collect();
    let lists = [CODES, MESSAGES, TITLES, STATUSES, NUMBERS, REQUEST_IDS, TIMES, FIELDS];
    let rest = PREFIXES
        .iter()
        .find_map(|prefix| letters.strip_prefix(prefix).filter(|rest| lists.iter().any(|names| names.contains(rest))));
    rest.map(str::to_owned).unwrap_or(letters)
}
