//! The files of declared types: their declarations and their codecs (the code that reads and writes them),
//! grouped by the tags that use them.

use std::collections::BTreeMap;

use writ_contract::diagnostic::Diagnostics;

use crate::rust::code::Code;
use crate::rust::expr::patterns::Patterns;
use crate::rust::expr::read::ReadCalls;
use crate::rust::plan::types::{TypeKey, TypePlan};
use crate::rust::plan::usage::Tags;
use crate::rust::types::type_codec::{CodecParts, codec};
use crate::rust::types::type_declaration::declaration;
use crate::rust::view::{CodecView, CodecsView, TypesView};

/// The views of a file of declared types and of the files with their codecs.
pub struct TypeFile {
    /// The name of the module for the types.
    pub module: String,
    /// The view of the file that declares the types.
    pub types: TypesView,
    /// The view of the file with the codecs that the server needs.
    pub codecs: CodecsView,
    /// The view of the file with the codecs that only a client or `serde` needs; empty if neither is generated.
    pub extra_codecs: CodecsView,
    /// The names of the Rust types that the file declares, sorted.
    pub names: Vec<Code>,
}

/// The codecs that only a client or `serde` needs.
#[derive(Debug, Clone, Copy)]
pub struct ExtraCodecs {
    /// True if the codecs contain the checks of requests, which only a client needs.
    pub checks: bool,
}

/// Returns the files of declared types: one for each tag with the types that only this tag uses, and one for
/// all other types.
pub fn type_files(
    plan: &TypePlan<'_>,
    modules: &[String],
    patterns: &Patterns,
    extra: Option<ExtraCodecs>,
    diagnostics: &mut Diagnostics,
) -> Vec<TypeFile> {
    let mut groups: BTreeMap<usize, Vec<TypeKey>> = BTreeMap::new();
    for key in &plan.order {
        let group = match plan.usage.tags(key.schema) {
            Tags::One(tag) => tag,
            Tags::None | Tags::Several => usize::MAX,
        };
        groups.entry(group).or_default().push(*key);
    }
    groups
        .into_iter()
        .map(|(group, keys)| {
            let tag = plan.contract.tags.get(group);
            let module = modules.get(group).cloned().unwrap_or_else(|| "shared".to_owned());
            let title = match tag {
                Some(tag) => format!("The types that only operations of the tag `{}` use.", tag.name),
                None => "The types that operations of several tags use, or that no operation uses.".to_owned(),
            };
            let mut file = file(plan, module, title, &keys, patterns, diagnostics);
            if let Some(extra) = extra {
                file.extra_codecs = extra_codecs(plan, &keys, patterns, extra);
            }
            file
        })
        .collect()
}

/// Returns a file with the given declared types and the codecs that the server needs.
fn file(
    plan: &TypePlan<'_>,
    module: String,
    title: String,
    keys: &[TypeKey],
    patterns: &Patterns,
    diagnostics: &mut Diagnostics,
) -> TypeFile {
    let mut types = Vec::new();
    let mut codecs = Vec::new();
    let mut names = Vec::new();
    for key in keys {
        let view = declaration(plan, *key, diagnostics);
        names.push(view.name.clone());
        let calls = ReadCalls { plan, patterns, direction: plan.direction(*key) };
        if let Some(codec) = codec(&calls, *key, &view, CodecParts::for_server(plan, *key), diagnostics) {
            codecs.push(codec);
        }
        types.push(view);
    }
    names.sort();
    TypeFile {
        types: TypesView { title, types },
        codecs: CodecsView {
            title: format!(
                "Readers and writers of the types in `wire/types/{module}.rs`. A reader reports every violation."
            ),
            codecs,
        },
        extra_codecs: CodecsView::default(),
        module,
        names,
    }
}

/// Returns the view of the codecs that only a client or `serde` needs. Discards diagnostics, since they have been
/// reported already.
fn extra_codecs(plan: &TypePlan<'_>, keys: &[TypeKey], patterns: &Patterns, extra: ExtraCodecs) -> CodecsView {
    let mut reported = Diagnostics::new();
    let mut codecs = Vec::new();
    for key in keys {
        let view = declaration(plan, *key, &mut reported);
        let calls = ReadCalls { plan, patterns, direction: plan.direction(*key) };
        let codec = codec(&calls, *key, &view, CodecParts::for_server(plan, *key).extra(), &mut reported);
        codecs.extend(codec.map(|codec| CodecView { check: codec.check.filter(|_| extra.checks), ..codec }));
    }
    CodecsView { title: "The readers and writers of types that only a client or `serde` needs.".to_owned(), codecs }
}
