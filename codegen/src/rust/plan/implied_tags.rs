//! Discriminators with a constant value. A struct needs no field for its discriminator if it occurs only as a
//! branch of unions, always with the same value.

use std::collections::HashMap;

use writ_contract::model::schema::{Discriminator, Kind, ObjectShape, Schemas};
use writ_contract::model::{Contract, SchemaId};

use crate::rust::plan::usage::{Usage, children, roots};

/// The discriminator of an object schema with its constant value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The name of the property that holds the discriminator.
    pub property: String,
    /// The constant value of the discriminator.
    pub value: String,
}

/// Returns the discriminators with a constant value, by the schema of their object.
///
/// Every holder of such an object is a union that identifies the object by this value. The generated code
/// therefore writes the value itself, and the struct has no field for it.
pub fn implied_tags(contract: &Contract, usage: &Usage) -> HashMap<SchemaId, Tag> {
    let schemas = &contract.schemas;
    let mut found: HashMap<SchemaId, Option<Tag>> = HashMap::new();
    let mut vote = |id: SchemaId, tag: Option<Tag>| {
        let known = found.entry(schemas.target(id)).or_insert_with(|| tag.clone());
        if *known != tag {
            *known = None;
        }
    };
    let served = contract.operations.iter().flat_map(|operation| roots(contract, operation));
    let payloads = contract.webhooks().filter_map(|(_, webhook)| webhook.payload);
    let called = contract.outgoing_calls().flat_map(|outgoing| roots(contract, outgoing.operation));
    let data = contract.events.iter().map(|event| event.data);
    served.chain(called).map(|(id, _)| id).chain(payloads).chain(data).for_each(|id| vote(id, None));
    for id in schemas.ids().filter(|id| usage.is_read(*id) || usage.is_written(*id)) {
        match &schemas.get(id).kind {
            // An alias is not a holder; its target is recorded.
            Kind::Alias(_) => {}
            Kind::Union(union) => {
                for (index, branch) in union.branches.iter().enumerate() {
                    // The default branch also holds objects with other values, so it keeps its field.
                    let tagged = |discriminator: &&Discriminator| discriminator.default != Some(index);
                    let tag = union.discriminator.as_ref().filter(tagged).and_then(|discriminator| {
                        let mut values = discriminator.mapping.iter().filter(|(_, at)| *at == index);
                        let (value, _) = values.next()?;
                        let only = values.next().is_none();
                        only.then(|| Tag { property: discriminator.property.clone(), value: value.clone() })
                    });
                    vote(*branch, tag);
                }
            }
            _ => children(contract, id, None).into_iter().for_each(|child| vote(child, None)),
        }
    }
    let fits = |(id, tag): (SchemaId, Option<Tag>)| Some((id, tag.filter(|tag| is_tag(schemas, id, tag))?));
    found.into_iter().filter_map(fits).collect()
}

/// Returns true if the property of a discriminator can only hold strings, and its schema allows the constant value.
fn is_tag(schemas: &Schemas, id: SchemaId, tag: &Tag) -> bool {
    let Kind::Object(object @ ObjectShape { sparse_of: None, .. }) = &schemas.get(id).kind else { return false };
    let property = object.properties.iter().find(|property| property.name == tag.property);
    !object.is_map()
        && property.is_some_and(|property| {
            let own = schemas.nearest(property.schema, |schema| schema.rust_type.as_ref()).is_some();
            let named = property.rust_name.is_some();
            let one_way =
                schemas.nearest(property.schema, |schema| (schema.read_only || schema.write_only).then_some(()));
            let fits = match schemas.kind(property.schema) {
                Kind::String(_) => true,
                Kind::Strings(names) => names.open || names.values.contains(&tag.value),
                _ => false,
            };
            fits && !own && !named && one_way.is_none() && !schemas.nullable(property.schema)
        })
}
