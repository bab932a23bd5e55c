//! Commands of operators: the arguments, texts and tables that all subcommands share.

mod table;
mod words;

pub(crate) use table::{by, table, time};
pub(crate) use words::{Note, Words};

/// The author of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Author {
    /// The name that the operator has given, or an empty text.
    pub(crate) operator: String,
    /// The role of PostgreSQL, or the name of the admin port.
    pub(crate) role: String,
}

/// Returns the name of this list that is most similar to a misspelt one, as the end of an error message.
pub(crate) fn suggestion<'a>(misspelt: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let likeness = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &misspelt.to_lowercase());
    let closest = names.into_iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    match closest.filter(|name| likeness(name) > 0.8) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    }
}

/// The PostgreSQL error code `undefined_table` (PostgreSQL, Appendix A).
#[cfg(feature = "postgres")]
const UNDEFINED_TABLE: &str = "42P01";

/// Explains an error of the database to an operator, such as the absence of the tables of the platform.
#[cfg(feature = "postgres")]
pub(crate) fn explained(error: sqlx::Error) -> crate::BoxError {
    match error.as_database_error().and_then(|error| error.code()) {
        Some(code) if code == UNDEFINED_TABLE => {
            "the database has no tables of the platform yet; they are created when the service starts".into()
        }
        _ => format!("the database did not respond as expected: {error}").into(),
    }
}
