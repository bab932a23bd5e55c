//! The names of media types in Rust enums and in documentation.

use writ_contract::model::operation::Content;

use crate::rust::names::ident::type_name;

/// Returns the variant name of a media type: `Json`, `Csv`, `Png`, `VndAcmeJson`.
pub fn media_name(content: &Content) -> String {
    let essence = content.essence();
    let (kind, subtype) = essence.split_once('/').unwrap_or(("", &essence));
    let mut name = match (kind, subtype) {
        ("*", _) => "Any".to_owned(),
        (kind, "*") => type_name(kind),
        ("application", "x-www-form-urlencoded") => "Form".to_owned(),
        ("application", "octet-stream") => "Binary".to_owned(),
        ("multipart", "form-data") => "Multipart".to_owned(),
        ("multipart", other) => type_name(&format!("multipart-{other}")),
        ("text", "plain") => "Text".to_owned(),
        ("text", "event-stream") => "Events".to_owned(),
        (_, subtype) => type_name(&subtype.replace('*', "any").replace('+', "-")),
    };
    for parameter in content.media_type.split(';').skip(1) {
        if let Some((key, value)) = parameter.split_once('=')
            && !matches!(key.trim().to_ascii_lowercase().as_str(), "charset" | "boundary" | "q")
        {
            name.push_str(&type_name(&format!("{}-{}", key.trim(), value.trim().trim_matches('"'))));
        }
    }
    name
}

/// Returns the candidates for the variant name of a media type: `Json`, then with its type, `ApplicationJson`, and then with
/// all of its text.
pub fn media_names(content: &Content) -> Vec<String> {
    let name = media_name(content);
    let kind = content.essence().split('/').next().map(type_name).unwrap_or_default();
    vec![name.clone(), format!("{kind}{name}"), type_name(&content.media_type)]
}

/// Returns media types as a list in prose: "`text/csv` or `application/json`".
pub fn media_list(media_types: &[&str]) -> String {
    let quoted: Vec<String> = media_types.iter().map(|media| format!("`{}`", media.replace('`', "'"))).collect();
    match quoted.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        all => all.join(", "),
    }
}
