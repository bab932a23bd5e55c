//! Unions with a discriminator and polymorphic parents, in all versions, as the model has them.

use std::fs;

use writ_contract::diagnostic::{Diagnostics, render};
use writ_contract::document::{LoadOptions, load};
use writ_contract::model::schema::Property;
use writ_contract::model::{Contract, Direction, Kind, Options, resolve};

/// Returns the model of a contract with polymorphic parents, and its diagnostics. `schemas` are the lines of
/// `components.schemas`, or of `definitions` for Swagger 2.0.
fn read(name: &str, version: &str, schemas: &str) -> (Contract, String) {
    let (field, head) = match version {
        "2.0" => ("swagger", "definitions:\n"),
        _ => ("openapi", "components:\n  schemas:\n"),
    };
    let indented: String = schemas.trim().lines().map(|line| format!("    {}\n", line.trim())).collect();
    let text = format!("{field}: '{version}'\ninfo: {{ title: T, version: '1' }}\npaths: {{}}\n{head}{indented}");
    let folder = std::env::temp_dir().join(format!("writ-families-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test");
    let path = folder.join(format!("{name}.yaml"));
    fs::write(&path, text).expect("a file for the test");
    let mut diagnostics = Diagnostics::new();
    let document = load(&path, &LoadOptions::default(), &mut diagnostics).expect("a document");
    let options = Options { polymorphic_parents: true, ..Options::default() };
    let contract = resolve(&document, false, &options, &mut diagnostics);
    let rendered = render(&diagnostics, diagnostics.sources(), false);
    let _ = fs::remove_file(&path);
    (contract, rendered)
}

/// Returns the values of the discriminator of a union, each with the name of its branch: `dog Dog, puppy Puppy`.
fn union(contract: &Contract, name: &str) -> String {
    let component = contract.components.iter().find(|id| contract.schemas.get(**id).component.as_deref() == Some(name));
    let Kind::Union(union) = contract.schemas.kind(*component.expect("a component")) else { return "no union".into() };
    let Some(discriminator) = &union.discriminator else { return "no discriminator".into() };
    let branch = |index: usize| {
        let schema = contract.schemas.get(contract.schemas.target(union.branches[index]));
        schema.component.clone().or(schema.title.clone()).unwrap_or_default()
    };
    let values: Vec<String> =
        discriminator.mapping.iter().map(|(value, index)| format!("{value} {}", branch(*index))).collect();
    let default = discriminator.default.map(|index| format!("; else {}", branch(index))).unwrap_or_default();
    values.join(", ") + &default
}

/// Returns a property of a component.
fn property<'c>(contract: &'c Contract, component: &str, name: &str) -> Option<&'c Property> {
    let mut all = contract.components.iter().map(|id| contract.schemas.get(*id));
    let found = all.find(|schema| schema.component.as_deref() == Some(component))?;
    let Kind::Object(object) = &found.kind else { return None };
    object.properties.iter().find(|property| property.name == name)
}

#[test]
fn a_polymorphic_parent_of_swagger_2_is_the_union_of_its_children() {
    let (contract, diagnostics) = read(
        "swagger",
        "2.0",
        "Animal: { type: object, discriminator: kind, required: [kind], properties: { kind: { type: string } } }
         Dog: { x-discriminator-value: dog, allOf: [{ $ref: '#/definitions/Animal' }, { properties: { barks: { type: boolean } } }] }
         Puppy: { x-ms-discriminator-value: puppy, allOf: [{ $ref: '#/definitions/Dog' }] }
         Cat: { allOf: [{ $ref: '#/definitions/Animal' }], properties: { friend: { $ref: '#/definitions/Animal' } } }
         Holder: { type: object, properties: { pet: { $ref: '#/definitions/Animal' } } }",
    );
    assert_eq!(diagnostics, "");
    let pet = property(&contract, "Holder", "pet").expect("a property");
    assert!(matches!(contract.schemas.kind(pet.schema), Kind::Union(union) if union.branches.len() == 3));
    assert_eq!(union(&contract, "Animal"), "dog Dog, puppy Puppy, Cat Cat");
}

#[test]
fn a_schema_with_keywords_beside_its_reference_extends_a_polymorphic_parent() {
    let schemas = "A: { type: object, required: [k], properties: { k: { type: string } }, discriminator: { propertyName: k, mapping: { b: '#/components/schemas/B' } } }
         B: { $ref: '#/components/schemas/A', properties: { x: { type: string } } }
         C: { allOf: [{ $ref: '#/components/schemas/B' }], type: object, properties: { y: { type: string } } }
         D: { $ref: '#/components/schemas/B', description: Another name. }";
    let (contract, diagnostics) = read("siblings", "3.1.0", schemas);
    assert_eq!(union(&contract, "A"), "b B, C C", "{diagnostics}");
}

#[test]
fn the_values_of_a_union_select_branches_with_keywords_beside_their_reference() {
    let schemas = "Base: { type: object, required: [k], properties: { k: { type: string } } }
         P: { $ref: '#/components/schemas/Base', properties: { p: { type: string } } }
         Q: { $ref: '#/components/schemas/Base', properties: { q: { type: string } } }
         U: { oneOf: [{ $ref: '#/components/schemas/P' }, { $ref: '#/components/schemas/Q', description: Noted. }], discriminator: { propertyName: k, mapping: { one: '#/components/schemas/P', two: '#/components/schemas/Q' } } }";
    for version in ["3.1.0", "3.2.0"] {
        let (contract, diagnostics) = read(&format!("union{version}"), version, schemas);
        assert_eq!(union(&contract, "U"), "one P, two Q", "{diagnostics}");
    }
}

#[test]
fn a_default_mapping_selects_a_child_of_a_polymorphic_parent() {
    let schemas = "A: { type: object, properties: { k: { type: string } }, discriminator: { propertyName: k, defaultMapping: '#/components/schemas/Other' } }
         B: { allOf: [{ $ref: '#/components/schemas/A' }], properties: { x: { type: string } } }
         Other: { allOf: [{ $ref: '#/components/schemas/A' }], additionalProperties: true }";
    let (contract, diagnostics) = read("default", "3.2.0", schemas);
    assert_eq!(union(&contract, "A"), "B B, Other Other; else Other", "{diagnostics}");
}

#[test]
fn a_discriminator_belongs_to_requests_and_responses() {
    for (version, kind) in [
        ("3.0.3", "{ type: string, readOnly: true }"),
        ("3.0.3", "{ allOf: [{ $ref: '#/components/schemas/Kind' }], writeOnly: true }"),
        ("3.1.0", "{ $ref: '#/components/schemas/Kind', readOnly: true }"),
        ("3.1.0", "{ $ref: '#/components/schemas/ReadOnlyKind' }"),
    ] {
        let schemas = format!(
            "Kind: {{ type: string, enum: [Bug, Chore] }}
             ReadOnlyKind: {{ type: string, enum: [Bug, Chore], readOnly: true }}
             Bug: {{ type: object, required: [kind], properties: {{ kind: {kind}, id: {{ type: integer, readOnly: true }} }} }}
             Chore: {{ type: object, required: [kind], properties: {{ kind: {kind} }} }}
             Ticket: {{ oneOf: [{{ $ref: '#/components/schemas/Bug' }}, {{ $ref: '#/components/schemas/Chore' }}], discriminator: {{ propertyName: kind }} }}"
        );
        let (contract, diagnostics) = read("directions", version, &schemas);
        assert_eq!(union(&contract, "Ticket"), "Bug Bug, Chore Chore", "{diagnostics}");
        for branch in ["Bug", "Chore"] {
            let kind = property(&contract, branch, "kind").expect("a property");
            let omitted = |direction| contract.schemas.omits(direction, kind.schema);
            assert!(!omitted(Direction::Inbound) && !omitted(Direction::Outbound), "{version} {branch}");
        }
        let id = property(&contract, "Bug", "id").expect("a property");
        assert!(contract.schemas.omits(Direction::Inbound, id.schema));
    }
}

#[test]
fn a_variant_without_the_property_of_its_discriminator_gets_it() {
    let schemas = "Bug: { type: object, properties: { title: { type: string } } }
         Chore: { type: object, required: [kind], properties: { kind: { type: string } } }
         Any: { type: object, additionalProperties: { type: string } }
         Ticket: { oneOf: [{ $ref: '#/components/schemas/Bug' }, { $ref: '#/components/schemas/Chore' }, { $ref: '#/components/schemas/Any' }], discriminator: { propertyName: kind } }";
    let (contract, diagnostics) = read("undeclared", "3.0.3", schemas);
    assert_eq!(union(&contract, "Ticket"), "Bug Bug, Chore Chore, Any Any", "{diagnostics}");
    assert!(property(&contract, "Bug", "kind").is_some_and(|kind| !kind.required));
    assert!(property(&contract, "Any", "kind").is_none());
    assert!(diagnostics.contains("warning[discriminator-undeclared]: the variant `Bug`"), "{diagnostics}");
    assert_eq!(diagnostics.matches("discriminator-undeclared").count(), 1, "{diagnostics}");
}
