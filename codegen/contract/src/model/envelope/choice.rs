//! Enumerations in an error schema: the value that fits each status code.

use std::collections::BTreeSet;

use super::template::ErrorChoice;

/// The usual names of errors for a status code. Separators, case and words such as `ERROR` do not count.
const NAMES: &[(u16, &[&str])] = &[
    (
        400,
        &[
            "BADREQUEST",
            "INVALIDREQUEST",
            "VALIDATION",
            "VALIDATIONFAILED",
            "VALIDATIONFAILURE",
            "INVALIDARGUMENT",
            "INVALIDPARAMETER",
            "INVALIDPARAMETERS",
            "INVALIDINPUT",
            "BADINPUT",
            "MALFORMEDREQUEST",
            "MALFORMED",
            "INVALID",
            "INVALIDDATA",
            "CLIENT",
            "INPUT",
            "REQUEST",
            "USER",
        ],
    ),
    (
        401,
        &[
            "UNAUTHORIZED",
            "UNAUTHORISED",
            "UNAUTHENTICATED",
            "NOTAUTHENTICATED",
            "AUTHENTICATION",
            "AUTHENTICATIONFAILED",
            "AUTHENTICATIONREQUIRED",
            "LOGINREQUIRED",
            "INVALIDTOKEN",
            "INVALIDCREDENTIALS",
            "INVALIDAPIKEY",
            "AUTH",
            "AUTHORIZATION",
        ],
    ),
    (
        403,
        &[
            "FORBIDDEN",
            "ACCESSDENIED",
            "PERMISSIONDENIED",
            "PERMISSION",
            "DENIED",
            "NOTPERMITTED",
            "NOTALLOWED",
            "INSUFFICIENTSCOPE",
            "INSUFFICIENTPERMISSIONS",
            "AUTHORIZATION",
            "UNAUTHORIZED",
            "NOTAUTHORIZED",
        ],
    ),
    (404, &["NOTFOUND", "RESOURCENOTFOUND", "MISSING", "DOESNOTEXIST", "RESOURCEMISSING", "UNKNOWNRESOURCE", "NOSUCH"]),
    (405, &["METHODNOTALLOWED", "UNSUPPORTEDMETHOD", "NOTALLOWED"]),
    (406, &["NOTACCEPTABLE"]),
    (408, &["REQUESTTIMEOUT", "TIMEOUT"]),
    (409, &["CONFLICT", "ALREADYEXISTS", "EXISTS", "DUPLICATE", "ABORTED"]),
    (410, &["GONE"]),
    (412, &["PRECONDITIONFAILED", "FAILEDPRECONDITION"]),
    (
        413,
        &[
            "PAYLOADTOOLARGE",
            "CONTENTTOOLARGE",
            "REQUESTTOOLARGE",
            "ENTITYTOOLARGE",
            "REQUESTENTITYTOOLARGE",
            "BODYTOOLARGE",
            "TOOLARGE",
        ],
    ),
    (415, &["UNSUPPORTEDMEDIATYPE", "UNSUPPORTEDMEDIA", "UNSUPPORTEDCONTENTTYPE"]),
    (
        422,
        &[
            "UNPROCESSABLEENTITY",
            "UNPROCESSABLECONTENT",
            "UNPROCESSABLE",
            "VALIDATION",
            "VALIDATIONFAILED",
            "INVALIDARGUMENT",
        ],
    ),
    (428, &["PRECONDITIONREQUIRED"]),
    (
        429,
        &[
            "TOOMANYREQUESTS",
            "RATELIMITED",
            "RATELIMIT",
            "RATELIMITEXCEEDED",
            "QUOTAEXCEEDED",
            "RESOURCEEXHAUSTED",
            "THROTTLED",
            "SLOWDOWN",
        ],
    ),
    (500, &["INTERNAL", "INTERNALSERVER", "SERVER", "SYSTEM", "API", "UNEXPECTED", "UNHANDLED", "SERVICE"]),
    (501, &["NOTIMPLEMENTED", "UNIMPLEMENTED"]),
    (502, &["BADGATEWAY"]),
    (503, &["SERVICEUNAVAILABLE", "UNAVAILABLE", "TEMPORARILYUNAVAILABLE", "OVERLOADED"]),
    (504, &["GATEWAYTIMEOUT", "DEADLINEEXCEEDED", "TIMEOUT"]),
];

/// The names of errors of every kind, for client errors and for server errors.
const GENERIC: [&[&str]; 2] = [
    &["FAIL", "GENERIC", "GENERAL", "OTHER", "UNKNOWN", "DEFAULT", "FAILURE", "FAILED", ""],
    &["", "GENERIC", "GENERAL", "OTHER", "UNKNOWN", "DEFAULT", "FAILURE", "FAILED", "FAIL"],
];

/// The words at the start or end of a name that only say that it is an error.
const NOISE: [&str; 4] = ["ERROR", "EXCEPTION", "FAULT", "ERR"];

/// Returns the choice among strings, or the first of `statuses` that no string fits.
pub(super) fn strings(values: &[String], statuses: &BTreeSet<u16>, by_code: bool) -> Result<ErrorChoice, u16> {
    let names: Vec<String> = values.iter().map(|value| bare(value)).collect();
    let fitting = |status: u16| {
        let number = values.iter().position(|value| *value == status.to_string());
        let usual = NAMES.iter().find(|(known, _)| *known == status).map_or(&[][..], |(_, usual)| usual);
        number.or_else(|| usual.iter().find_map(|usual| names.iter().position(|name| name == usual)))
    };
    let generic = |server: bool| {
        GENERIC[usize::from(server)].iter().find_map(|usual| names.iter().position(|name| name == usual))
    };
    choice(values.to_vec(), true, by_code, statuses, &fitting, &generic)
}

/// Returns the choice among error codes, each with its status code.
pub(super) fn codes(codes: Vec<String>, of: &[u16]) -> ErrorChoice {
    let index = |status: u16| of.iter().position(|known| *known == status).unwrap_or_default();
    let statuses = of.iter().enumerate().map(|(index, status)| (*status, index));
    let (client, server) = (index(400), index(500));
    let statuses = statuses.filter(|(_, index)| ![client, server].contains(index)).collect();
    ErrorChoice { values: codes, strings: true, by_code: true, statuses, client, server }
}

/// Returns the choice among numbers, or the first of `statuses` that no number fits.
pub(super) fn numbers(values: &[String], statuses: &BTreeSet<u16>) -> Result<ErrorChoice, u16> {
    let fitting = |status: u16| values.iter().position(|value| *value == status.to_string());
    choice(values.to_vec(), false, false, statuses, &fitting, &|_| None)
}

fn choice(
    values: Vec<String>,
    strings: bool,
    by_code: bool,
    statuses: &BTreeSet<u16>,
    fitting: &impl Fn(u16) -> Option<usize>,
    generic: &impl Fn(bool) -> Option<usize>,
) -> Result<ErrorChoice, u16> {
    let fits: Vec<(u16, usize)> = NAMES.iter().filter_map(|(status, _)| Some((*status, fitting(*status)?))).collect();
    let of = |status: u16| fits.iter().find(|(known, _)| *known == status).map(|(_, index)| *index);
    let client = of(400).or(of(422)).or_else(|| generic(false));
    let server = of(500).or(of(503)).or_else(|| generic(true));
    let unfit =
        statuses.iter().find(|status| of(**status).is_none() && if **status < 500 { client } else { server }.is_none());
    if let Some(status) = unfit {
        return Err(*status);
    }
    let (client, server) = (client.unwrap_or_default(), server.unwrap_or_default());
    let listed = fits.into_iter().filter(|(status, index)| *index != if *status < 500 { client } else { server });
    Ok(ErrorChoice { values, strings, by_code, statuses: listed.collect(), client, server })
}

/// Returns a name in upper case without separators and without words such as `ERROR`.
fn bare(value: &str) -> String {
    let letters = value.chars().filter(|letter| letter.is_alphanumeric());
    let mut name: String = letters.flat_map(char::to_uppercase).collect();
    for noise in NOISE {
        if let Some(rest) = name.strip_suffix(noise).or_else(|| name.strip_prefix(noise)) {
            name = rest.to_owned();
            break;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(values: &[&str], status: u16) -> Option<String> {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let choice = strings(&values, &BTreeSet::from([status]), true).ok()?;
        let listed = choice.statuses.iter().find(|(known, _)| *known == status).map(|(_, index)| *index);
        Some(values[listed.unwrap_or(if status < 500 { choice.client } else { choice.server })].clone())
    }

    #[test]
    fn a_value_is_chosen_by_its_name_in_any_spelling() {
        assert_eq!(chosen(&["invalid_request", "not_found"], 404).as_deref(), Some("not_found"));
        assert_eq!(chosen(&["InvalidRequestError", "NotFoundError"], 404).as_deref(), Some("NotFoundError"));
        assert_eq!(chosen(&["400", "404", "500"], 404).as_deref(), Some("404"));
    }

    #[test]
    fn a_status_without_a_name_gets_the_general_value_of_its_class() {
        assert_eq!(chosen(&["invalid_request", "not_found"], 415).as_deref(), Some("invalid_request"));
        assert_eq!(chosen(&["success", "fail", "error"], 404).as_deref(), Some("fail"));
        assert_eq!(chosen(&["success", "fail", "error"], 500).as_deref(), Some("error"));
    }

    #[test]
    fn an_enumeration_of_unrelated_values_fits_no_status() {
        assert_eq!(chosen(&["EMAIL_TAKEN", "NAME_TAKEN"], 400), None);
        assert_eq!(chosen(&["NOT_FOUND"], 500), None);
    }
}
