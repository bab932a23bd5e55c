//! Types of the implementer, which replace schemas of a contract.

use std::fmt;
use std::str::FromStr;

use writ_runtime::{IntegerRule, ObjectRule, Read, Reader, Write, Writer};

/// An amount in cents.
#[derive(Debug, Clone, PartialEq)]
pub struct Money(pub i64);

impl Read for Money {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        const RULE: &ObjectRule = &ObjectRule { fields: &["cents"], required: &["cents"], ..ObjectRule::NONE };
        let mut cents = None;
        let mut object = r.object(RULE)?;
        while r.next_field(&mut object).is_some() {
            cents = r.int64(&IntegerRule::NONE);
        }
        r.end_object(object);
        cents.map(Money)
    }
}

impl Write for Money {
    fn write(&self, w: &mut Writer) {
        w.begin_object();
        w.field("cents", &self.0);
        w.end_object();
    }
}

/// The number of an article: a family and a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Sku {
    /// The family of the article.
    pub family: String,
    /// The number within the family; it is not 0.
    pub number: u32,
}

impl FromStr for Sku {
    type Err = String;

    fn from_str(text: &str) -> Result<Sku, String> {
        let (family, number) = text.split_once('-').ok_or("must have a hyphen")?;
        match number.parse() {
            Ok(0) | Err(_) => Err(format!("must have a number, not `{number}`")),
            Ok(number) => Ok(Sku { family: family.to_owned(), number }),
        }
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.family, self.number)
    }
}

/// Defines types that accept every string.
macro_rules! plain {
    ($($name:ident),*) => { $(
        /// A type that holds any string.
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name(pub String);

        impl FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(text: &str) -> Result<$name, Self::Err> {
                Ok($name(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )* };
}

plain!(Scale, Day);
