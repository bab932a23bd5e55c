//! Conversion from a serde deserializer to a serde serializer, value by value and without an intermediate tree.

use std::cell::RefCell;
use std::fmt;

use serde_core::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

/// Passes the value of a deserializer on to a serializer. Fields keep their order.
///
/// # Errors
/// Returns the error of the serializer, or the error of the deserializer converted into one.
pub(super) fn transcode<'de, D: Deserializer<'de>, S: Serializer>(from: D, to: S) -> Result<S::Ok, S::Error> {
    Source(RefCell::new(Some(from))).serialize(to)
}

/// A deserializer that is serialized as a value: it is read while the value is written, at most once.
struct Source<D>(RefCell<Option<D>>);

impl<'de, D: Deserializer<'de>> Serialize for Source<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(deserializer) = self.0.take() else {
            return Err(S::Error::custom("a value can be written once"));
        };
        let mut failed = None;
        let written = deserializer.deserialize_any(Sink { serializer, failed: &mut failed });
        match (written, failed) {
            (Ok(written), _) => Ok(written),
            (Err(_), Some(error)) => Err(error),
            (Err(error), None) => Err(S::Error::custom(error)),
        }
    }
}

/// A visitor that serializes each value it visits. An error of the serializer is stored in `failed`, since
/// the visitor must return an error of the deserializer.
struct Sink<'f, S: Serializer> {
    serializer: S,
    failed: &'f mut Option<S::Error>,
}

fn keep<T, E, F: de::Error>(result: Result<T, E>, failed: &mut Option<E>) -> Result<T, F> {
    result.map_err(|error| {
        *failed = Some(error);
        F::custom("the value could not be written")
    })
}

macro_rules! scalars {
    ($($visit:ident: $type:ty => $serialize:ident;)*) => { $(
        fn $visit<E: de::Error>(self, value: $type) -> Result<S::Ok, E> {
            keep(self.serializer.$serialize(value), self.failed)
        }
    )* };
}

impl<'de, S: Serializer> Visitor<'de> for Sink<'_, S> {
    type Value = S::Ok;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    scalars! {
        visit_bool: bool => serialize_bool;
        visit_i64: i64 => serialize_i64;
        visit_i128: i128 => serialize_i128;
        visit_u64: u64 => serialize_u64;
        visit_u128: u128 => serialize_u128;
        visit_f64: f64 => serialize_f64;
        visit_str: &str => serialize_str;
    }

    fn visit_unit<E: de::Error>(self) -> Result<S::Ok, E> {
        keep(self.serializer.serialize_unit(), self.failed)
    }

    fn visit_none<E: de::Error>(self) -> Result<S::Ok, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Ok, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Ok, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<S::Ok, A::Error> {
        let mut seq = keep(self.serializer.serialize_seq(access.size_hint()), self.failed)?;
        while access.next_element_seed(Element { seq: &mut seq, failed: &mut *self.failed })?.is_some() {}
        keep(seq.end(), self.failed)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<S::Ok, A::Error> {
        let mut map = keep(self.serializer.serialize_map(access.size_hint()), self.failed)?;
        while let Some(key) = access.next_key::<String>()? {
            keep(map.serialize_key(&key), self.failed)?;
            access.next_value_seed(Entry { map: &mut map, failed: &mut *self.failed })?;
        }
        keep(map.end(), self.failed)
    }
}

struct Element<'s, S: SerializeSeq> {
    seq: &'s mut S,
    failed: &'s mut Option<S::Error>,
}

impl<'de, S: SerializeSeq> de::DeserializeSeed<'de> for Element<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        keep(self.seq.serialize_element(&Source(RefCell::new(Some(deserializer)))), self.failed)
    }
}

struct Entry<'m, M: SerializeMap> {
    map: &'m mut M,
    failed: &'m mut Option<M::Error>,
}

impl<'de, M: SerializeMap> de::DeserializeSeed<'de> for Entry<'_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        keep(self.map.serialize_value(&Source(RefCell::new(Some(deserializer)))), self.failed)
    }
}
