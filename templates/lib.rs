//! The templates from which the generator `writ-codegen` renders Rust code.
//!
//! There is one template for each kind of generated file. A template contains layout only. Every decision about
//! names, types and expressions is made before, in the view that the template receives as data.

/// The templates of the generated files, each as its name and its source text.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("api.rs", include_str!("api.rs.j2")),
    ("authenticator.rs", include_str!("authenticator.rs.j2")),
    ("client_call.rs", include_str!("client_call.rs.j2")),
    ("client_mod.rs", include_str!("client_mod.rs.j2")),
    ("client_tag.rs", include_str!("client_tag.rs.j2")),
    ("codec.rs", include_str!("codec.rs.j2")),
    ("codec_mod.rs", include_str!("codec_mod.rs.j2")),
    ("conversions.rs", include_str!("conversions.rs.j2")),
    ("convert.rs", include_str!("convert.rs.j2")),
    ("errors.rs", include_str!("errors.rs.j2")),
    ("events.rs", include_str!("events.rs.j2")),
    ("extra_codec_mod.rs", include_str!("extra_codec_mod.rs.j2")),
    ("form_rule.rs", include_str!("form_rule.rs.j2")),
    ("lib.rs", include_str!("lib.rs.j2")),
    ("openapi.rs", include_str!("openapi.rs.j2")),
    ("openapi_31.rs", include_str!("openapi_31.rs.j2")),
    ("older.rs", include_str!("older.rs.j2")),
    ("operation_entry.rs", include_str!("operation_entry.rs.j2")),
    ("operation_types.rs", include_str!("operation_types.rs.j2")),
    ("operations.rs", include_str!("operations.rs.j2")),
    ("operations_mod.rs", include_str!("operations_mod.rs.j2")),
    ("outgoing.rs", include_str!("outgoing.rs.j2")),
    ("patterns.rs", include_str!("patterns.rs.j2")),
    ("redacted_enum.rs", include_str!("redacted_enum.rs.j2")),
    ("redacted_struct.rs", include_str!("redacted_struct.rs.j2")),
    ("root.rs", include_str!("root.rs.j2")),
    ("routes.rs", include_str!("routes.rs.j2")),
    ("routes_mod.rs", include_str!("routes_mod.rs.j2")),
    ("serde_types.rs", include_str!("serde_types.rs.j2")),
    ("services.rs", include_str!("services.rs.j2")),
    ("tag.rs", include_str!("tag.rs.j2")),
    ("types.rs", include_str!("types.rs.j2")),
    ("types_mod.rs", include_str!("types_mod.rs.j2")),
    ("unselected.rs", include_str!("unselected.rs.j2")),
    ("versions.rs", include_str!("versions.rs.j2")),
    ("webhooks.rs", include_str!("webhooks.rs.j2")),
    ("wire_mod.rs", include_str!("wire_mod.rs.j2")),
];

/// The templates of the handwritten files in a new workspace, each as its path in the workspace and its source text.
pub const WORKSPACE: &[(&str, &str)] = &[
    (".cargo/config.toml", include_str!("workspace/.cargo/config.toml.j2")),
    (".ci/run", include_str!("workspace/.ci/run.j2")),
    (".github/workflows/ci.yml", include_str!("workspace/.github/workflows/ci.yml.j2")),
    ("Cargo.toml", include_str!("workspace/Cargo.toml.j2")),
    ("README.md", include_str!("workspace/README.md.j2")),
    ("gitignore", include_str!("workspace/gitignore.j2")),
    ("rustfmt.toml", include_str!("workspace/rustfmt.toml.j2")),
    ("server/Cargo.toml", include_str!("workspace/server/Cargo.toml.j2")),
    ("server/build.rs", include_str!("workspace/server/build.rs.j2")),
    ("server/migrations/0001_start.sql", include_str!("workspace/server/migrations/0001_start.sql.j2")),
    ("server/src/app.rs", include_str!("workspace/server/src/app.rs.j2")),
    ("server/src/authenticator.rs", include_str!("workspace/server/src/authenticator.rs.j2")),
    ("server/src/caller.rs", include_str!("workspace/server/src/caller.rs.j2")),
    ("server/src/conversions.rs", include_str!("workspace/server/src/conversions.rs.j2")),
    ("server/src/lib.rs", include_str!("workspace/server/src/lib.rs.j2")),
    ("server/src/main.rs", include_str!("workspace/server/src/main.rs.j2")),
    ("server/src/services/mod.rs", include_str!("workspace/server/src/services/mod.rs.j2")),
    ("server/src/services/service.rs", include_str!("workspace/server/src/services/service.rs.j2")),
    ("server/tests/operations.rs", include_str!("workspace/server/tests/operations.rs.j2")),
    ("spec/openapi.yaml", include_str!("workspace/spec/openapi.yaml.j2")),
    ("xtask/Cargo.toml", include_str!("workspace/xtask/Cargo.toml.j2")),
    ("xtask/src/main.rs", include_str!("workspace/xtask/src/main.rs.j2")),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::TEMPLATES;

    #[test]
    fn every_template_file_is_listed_under_its_name() {
        let folder = std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).expect("the template folder can be read");
        let names = folder.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let files: BTreeSet<String> = names.filter_map(|name| name.strip_suffix(".j2").map(str::to_owned)).collect();
        let listed: BTreeSet<String> = TEMPLATES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(listed, files);
    }
}
