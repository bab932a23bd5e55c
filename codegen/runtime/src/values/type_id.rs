//! TypeIDs: identifiers such as `usr_01h455vb4pex5vsknk084sn02q`, which consist of a prefix and a UUID in
//! base 32.
//!
//! A schema with `x-id-prefix: usr` becomes a type that holds a UUID. The macro [`id!`](crate::id) implements
//! its conversion to and from a TypeID. The functions of this module convert a plain UUID:
//!
//! ```
//! use writ_runtime::{Uuid, type_id};
//!
//! let uuid = Uuid::parse_str("0188bac7-4afa-78aa-bc3b-bd1eef28d881").unwrap();
//! let text = type_id::format("usr", uuid);
//! assert_eq!(text, "usr_01h2xcejqtf2nbrexx3vqjhp41");
//! assert_eq!(type_id::parse("usr", &text), Some(uuid));
//! assert_eq!(type_id::parse("ord", &text), None);
//! ```

use type_safe_id::{DynamicType, TypeSafeId};
use uuid::Uuid;

use crate::json::{Reader, Writer};

/// Returns the TypeID of a UUID: the prefix, an underscore and the UUID in base 32. An empty prefix adds no
/// underscore.
pub fn format(prefix: &str, id: Uuid) -> String {
    let mut out = String::with_capacity(prefix.len() + 27);
    if !prefix.is_empty() {
        out.push_str(prefix);
        out.push('_');
    }
    if let Ok(none) = DynamicType::new("") {
        out.push_str(&TypeSafeId::from_type_and_uuid(none, id).to_string());
    }
    out
}

/// Parses a TypeID with this prefix and returns its UUID, of any version.
///
/// Returns `None` if the string has another prefix or its suffix is not a valid UUID in base 32.
pub fn parse(prefix: &str, text: &str) -> Option<Uuid> {
    let suffix = if prefix.is_empty() { text } else { text.strip_prefix(prefix)?.strip_prefix('_')? };
    // Only the suffix is passed to the crate `type-safe-id`, which panics on some long prefixes that are not
    // ASCII.
    if suffix.len() != 26 || suffix.contains('_') {
        return None;
    }
    suffix.parse::<TypeSafeId<DynamicType>>().ok().map(|id| id.uuid())
}

/// The error of parsing a string that is not a TypeID with the expected prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId {
    /// The prefix that the TypeID must have.
    pub prefix: &'static str,
}

impl std::fmt::Display for NotAnId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not an id of the form `{}_…`", self.prefix)
    }
}

impl std::error::Error for NotAnId {}

impl Reader<'_> {
    /// Reads a string that is a TypeID with this prefix, and returns its UUID. Any other string is a violation.
    pub fn id(&mut self, prefix: &str) -> Option<Uuid> {
        self.with_string("a string", |text, violations| {
            let id = parse(prefix, text);
            if id.is_none() {
                violations.record(format_args!("must be an id that begins with `{prefix}_`"));
            }
            id
        })
    }
}

impl Writer {
    /// Writes a UUID as a JSON string: the TypeID with this prefix.
    pub fn id(&mut self, prefix: &str, id: uuid::Uuid) {
        self.string(&format(prefix, id));
    }
}

/// Implements the methods and conversions of a generated identifier type, which is stored as a UUID and sent as
/// a TypeID.
///
/// The type must be a tuple struct with a single field of the type [`Uuid`](crate::Uuid), and it must implement
/// `Copy`.
///
/// ```
/// /// The id of a user: `usr_…`.
/// #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
/// pub struct UserId(writ_runtime::Uuid);
///
/// writ_runtime::id!(UserId, "usr");
///
/// let id = UserId::generate();
/// assert!(id.to_string().starts_with("usr_"));
/// assert_eq!(id.to_string().parse(), Ok(id));
/// assert_eq!(UserId::from(id.uuid()), id);
/// assert!("ord_01h2xcejqtf2nbrexx3vqjhp41".parse::<UserId>().is_err());
/// ```
#[macro_export]
macro_rules! id {
    ($name:ident, $prefix:literal) => {
        impl $name {
            #[doc = ::core::concat!("The prefix of the identifier, before the underscore: `", $prefix, "`.")]
            pub const PREFIX: &'static str = $prefix;

            /// Returns a new identifier. Later identifiers sort after earlier ones (UUIDv7).
            pub fn generate() -> Self {
                Self($crate::Uuid::now_v7())
            }

            /// Returns the UUID of the identifier, as it is stored.
            pub fn uuid(self) -> $crate::Uuid {
                self.0
            }
        }

        impl ::core::convert::From<$crate::Uuid> for $name {
            fn from(uuid: $crate::Uuid) -> Self {
                Self(uuid)
            }
        }

        impl ::core::convert::From<$name> for $crate::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(&$crate::type_id::format($prefix, self.0))
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::type_id::NotAnId;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                $crate::type_id::parse($prefix, text).map(Self).ok_or($crate::type_id::NotAnId { prefix: $prefix })
            }
        }

        impl ::core::convert::TryFrom<&str> for $name {
            type Error = $crate::type_id::NotAnId;

            fn try_from(text: &str) -> ::core::result::Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl $crate::Read for $name {
            fn read(r: &mut $crate::Reader<'_>) -> ::core::option::Option<Self> {
                r.id($prefix).map(Self)
            }
        }

        impl $crate::Write for $name {
            fn write(&self, w: &mut $crate::Writer) {
                w.string(&$crate::type_id::format($prefix, self.0));
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = uuid::uuid!("0188bac7-4afa-78aa-bc3b-bd1eef28d881");

    #[test]
    fn an_id_round_trips_through_its_string() {
        assert_eq!(format("prefix", ID), "prefix_01h2xcejqtf2nbrexx3vqjhp41");
        assert_eq!(parse("prefix", "prefix_01h2xcejqtf2nbrexx3vqjhp41"), Some(ID));
        assert_eq!(parse("", &format("", ID)), Some(ID));
        assert_eq!(parse("a_b", &format("a_b", Uuid::max())), Some(Uuid::max()));
        assert_eq!(parse("a", &format("a", Uuid::nil())), Some(Uuid::nil()));
    }

    #[test]
    fn a_string_with_another_prefix_or_a_broken_suffix_is_not_an_id() {
        for text in [
            "",
            "usr",
            "usr_",
            "prefix_01h2xcejqtf2nbrexx3vqjhp41",
            "usr_x_01h2xcejqtf2nbrexx3vqjhp41",
            "usr_01h2xcejqtf2nbrexx3vqjhp4",
            "usr_01h2xcejqtf2nbrexx3vqjhp411",
            "usr_01H2XCEJQTF2NBREXX3VQJHP41",
            "usr_81h2xcejqtf2nbrexx3vqjhp41",
            "usr_01h2xcejqtf2nbrexx3vqjhpl1",
            "usr_01h2xcejqtf2nbrexx3vqjhp4é",
        ] {
            assert_eq!(parse("usr", text), None, "{text}");
        }
    }

    #[test]
    fn a_long_string_beyond_ascii_is_rejected_without_a_panic() {
        assert_eq!(parse("", &format!("{}_01h2xcejqtf2nbrexx3vqjhp41", "é".repeat(40))), None);
        assert_eq!(parse("usr", &"é".repeat(90)), None);
    }
}
