//! The declared types of a version, as the conversions between versions see them.

use std::collections::{BTreeMap, HashMap};

use crate::rust::CrateViews;
use crate::rust::view::{CodecView, TypeForm, TypeView};

use super::shape::Shape;

/// A declared type whose values can be converted member by member.
#[derive(Debug, Clone)]
pub enum Declared {
    /// A struct with these fields.
    Struct(Vec<Member>),
    /// An enum with these variants, each of which holds a value.
    Union(Vec<Member>),
    /// An enum of names. True if it has a variant for names that the contract does not list.
    Names(Vec<String>, bool),
    /// A struct that only holds a value of another type.
    Wrapper(Shape),
    /// Another name of a type.
    Alias(Shape),
}

/// A field of a struct, or a variant of an enum.
#[derive(Debug, Clone)]
pub struct Member {
    /// The Rust name of the field or variant.
    pub name: String,
    /// The name of the field in JSON.
    pub wire: String,
    /// The shape of the value that the field or variant holds.
    pub shape: Shape,
}

/// Returns the declared types of a version, by their names.
pub fn declared(views: &CrateViews) -> BTreeMap<String, Declared> {
    let mut found = BTreeMap::new();
    for file in &views.types {
        let codecs = file.codecs.codecs.iter().chain(&file.extra_codecs.codecs);
        let wires: HashMap<&str, &CodecView> = codecs.map(|codec| (codec.name.0.as_str(), codec)).collect();
        for declared in &file.types.types {
            let name = declared.name.0.clone();
            let codec = wires.get(name.as_str()).copied();
            found.insert(name, of_type(declared, codec));
        }
    }
    for operation in views.tags.iter().flat_map(|tag| &tag.operations) {
        if let Some(forms) = operation.request.as_ref().and_then(|request| request.forms.as_ref()) {
            let variants = forms.forms.iter().map(|form| member(&form.variant.0, &form.ty.0));
            found.insert(forms.name.0.clone(), Declared::Union(variants.collect()));
        }
        for content in &operation.contents {
            let variants = content.variants.iter().map(|variant| member(&variant.name.0, &variant.ty.0));
            found.insert(content.name.0.clone(), Declared::Union(variants.collect()));
        }
    }
    found
}

fn member(name: &str, ty: &str) -> Member {
    Member { name: name.to_owned(), wire: String::new(), shape: Shape::of(ty) }
}

fn of_type(declared: &TypeView, codec: Option<&CodecView>) -> Declared {
    let names = || declared.variants.iter().map(|variant| variant.name.0.clone()).collect();
    match declared.form {
        TypeForm::Struct => {
            let wire = |name: &str| {
                let fields = codec.iter().flat_map(|codec| &codec.fields);
                fields
                    .clone()
                    .find(|field| field.name.0 == name)
                    .map_or_else(|| name.to_owned(), |one| one.wire.clone())
            };
            let fields = declared.fields.iter();
            let fields = fields.map(|field| Member { wire: wire(&field.name.0), ..member(&field.name.0, &field.ty.0) });
            Declared::Struct(fields.collect())
        }
        TypeForm::Union => {
            let variants = declared.variants.iter().map(|variant| member(&variant.name.0, &variant.ty.0));
            Declared::Union(variants.collect())
        }
        TypeForm::Names => Declared::Names(names(), false),
        TypeForm::OpenNames => Declared::Names(names(), true),
        TypeForm::Wrapper => Declared::Wrapper(Shape::of(&declared.target.0)),
        TypeForm::Id => Declared::Wrapper(Shape::Other(String::new())),
        TypeForm::Alias => Declared::Alias(Shape::of(&declared.target.0)),
    }
}
