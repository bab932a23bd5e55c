//! The model of schemas: all schemas of a contract, stored by identifier, and the kind of each.

mod error_pointers;
mod id;
mod kind;
mod page_mapping;
mod schemas;

pub use error_pointers::{ErrorPointer, ErrorPointers, ErrorRole};
pub use id::SchemaId;
pub use kind::{
    Additional, ArrayShape, Discriminator, Format, IntegerShape, IntegerWidth, Kind, NumberShape, NumberWidth,
    ObjectShape, Property, StringEnum, StringShape, UnionShape, WrittenNumbers,
};
pub use page_mapping::{PageMapping, PageParameter, PageRole, PageSetting};
pub use schemas::{InterpretedSchema, RustType, Schema, Schemas, StringContent};
