//! TypeIDs: `usr_01h455vb4pex5vsknk084sn02q`, a prefix and a UUID in Crockford's base 32.

use type_safe_id::{DynamicType, TypeSafeId};
use uuid::Uuid;

use crate::json::{Reader, Writer};

/// The TypeID of a UUID.
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

/// The UUID of a TypeID with that prefix. Any version of UUID is taken.
pub fn parse(prefix: &str, text: &str) -> Option<Uuid> {
    let suffix = if prefix.is_empty() { text } else { text.strip_prefix(prefix)?.strip_prefix('_')? };
    // Only the suffix goes to the crate: it would cut a long unknown prefix within a character.
    if suffix.len() != 26 || suffix.contains('_') {
        return None;
    }
    suffix.parse::<TypeSafeId<DynamicType>>().ok().map(|id| id.uuid())
}

/// A text that is no TypeID of the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId {
    /// The prefix that was wanted.
    pub prefix: &'static str,
}

impl std::fmt::Display for NotAnId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not an identifier of the form `{}_…`", self.prefix)
    }
}

impl std::error::Error for NotAnId {}

impl Reader<'_> {
    /// The UUID of a TypeID with that prefix.
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
    /// Writes the TypeID of a UUID.
    pub fn id(&mut self, prefix: &str, id: uuid::Uuid) {
        self.string(&format(prefix, id));
    }
}

/// A TypeID: an identifier that is stored as a UUID and carries its type on the wire.
#[macro_export]
macro_rules! id {
    ($name:ident, $prefix:literal) => {
        impl $name {
            #[doc = ::core::concat!("What stands before the underscore: `", $prefix, "`.")]
            pub const PREFIX: &'static str = $prefix;

            /// A new identifier; later ones sort after earlier ones (UUIDv7).
            pub fn generate() -> Self {
                Self($crate::Uuid::now_v7())
            }

            /// The UUID that is stored.
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
    fn an_id_comes_back_from_its_text() {
        assert_eq!(format("prefix", ID), "prefix_01h2xcejqtf2nbrexx3vqjhp41");
        assert_eq!(parse("prefix", "prefix_01h2xcejqtf2nbrexx3vqjhp41"), Some(ID));
        assert_eq!(parse("", &format("", ID)), Some(ID));
        assert_eq!(parse("a_b", &format("a_b", Uuid::max())), Some(Uuid::max()));
        assert_eq!(parse("a", &format("a", Uuid::nil())), Some(Uuid::nil()));
    }

    #[test]
    fn another_prefix_or_a_broken_suffix_is_no_id() {
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
    fn a_long_text_beyond_ascii_is_no_id_and_no_panic() {
        assert_eq!(parse("", &format!("{}_01h2xcejqtf2nbrexx3vqjhp41", "é".repeat(40))), None);
        assert_eq!(parse("usr", &"é".repeat(90)), None);
    }
}
