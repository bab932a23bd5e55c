//! The places in a source file at which a change can be toggled at run time.

use std::ops::Range;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, BinOp, Expr, ExprBinary, Pat};

use super::list::Genre;

/// A place in a source file that can be changed.
#[derive(Debug)]
pub struct Site {
    /// The kind of change that the place can have.
    pub genre: Genre,
    /// The text that the change replaces.
    pub changed: Range<usize>,
    /// The text that the toggle surrounds: the whole expression around an operator, an arm up to the end of its
    /// pattern, or otherwise the changed text itself.
    pub toggled: Range<usize>,
}

/// Returns the places of a file. Constants and constant functions have none, because a toggle is not constant, and
/// neither has code that is not compiled.
pub fn sites(text: &str) -> syn::Result<Vec<Site>> {
    let file = syn::parse_file(text)?;
    let mut finder = Finder { found: Vec::new(), outermost: None };
    finder.visit_file(&file);
    Ok(finder.found)
}

/// A visitor that collects the places.
struct Finder {
    found: Vec<Site>,
    /// The range of the outermost binary expression around the current one. A changed operator changes how the
    /// operators beside it group, so that the toggle must surround all of them.
    outermost: Option<Range<usize>>,
}

impl Finder {
    fn add(&mut self, genre: Genre, changed: Range<usize>, toggled: Range<usize>) {
        self.found.push(Site { genre, changed, toggled });
    }

    fn function(&mut self, attributes: &[Attribute], signature: &syn::Signature, block: &syn::Block) {
        if signature.constness.is_some() || is_off(attributes) {
            return;
        }
        // An opaque return type is the type of the first returned value, which the change would decide.
        let is_opaque = matches!(&signature.output, syn::ReturnType::Type(_, output) if is_opaque(output));
        if let (Some(first), Some(last), false) = (block.stmts.first(), block.stmts.last(), is_opaque) {
            let body = range(first.span()).start..range(last.span()).end;
            self.add(Genre::FnValue, body.clone(), body);
        }
        self.visit_block(block);
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        let outermost = self.outermost.take();
        let Expr::Binary(binary) = expr else {
            return visit::visit_expr(self, expr);
        };
        let toggled = can_be_toggled(expr).then(|| outermost.unwrap_or_else(|| range(binary.span())));
        if let Some(toggled) = &toggled {
            self.add(Genre::BinaryOperator, range(binary.op.span()), toggled.clone());
        }
        for operand in [&binary.left, &binary.right] {
            self.outermost = toggled.clone();
            self.visit_expr(operand);
        }
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        self.add(Genre::UnaryOperator, range(unary.op.span()), range(unary.span()));
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_struct(&mut self, expr: &'ast syn::ExprStruct) {
        for pair in expr.fields.pairs() {
            let field = range(pair.value().span());
            let end = pair.punct().map_or(field.end, |comma| range(comma.span()).end);
            self.add(Genre::StructField, field.start..end, range(expr.span()));
        }
        visit::visit_expr_struct(self, expr);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        match &arm.pat {
            Pat::Guard(guarded) if can_be_toggled(&guarded.guard) => {
                let guard = range(guarded.guard.span());
                self.add(Genre::MatchArmGuard, guard.clone(), guard);
                self.visit_expr(&guarded.guard);
            }
            Pat::Guard(_) => {}
            pattern => {
                let whole = range(arm.span());
                self.add(Genre::MatchArm, whole.clone(), whole.start..range(pattern.span()).end);
            }
        }
        self.visit_expr(&arm.body);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if !is_off(&item.attrs) {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_off(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.function(&function.attrs, &function.sig, &function.block);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.function(&function.attrs, &function.sig, &function.block);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.function(&function.attrs, &function.sig, block);
        }
    }

    fn visit_expr_repeat(&mut self, array: &'ast syn::ExprRepeat) {
        self.visit_expr(&array.expr);
    }

    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_trait_item_const(&mut self, _: &'ast syn::TraitItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_item_enum(&mut self, _: &'ast syn::ItemEnum) {}
    fn visit_generic_argument(&mut self, _: &'ast syn::GenericArgument) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_pat(&mut self, _: &'ast Pat) {}
    fn visit_expr_const(&mut self, _: &'ast syn::ExprConst) {}
}

/// Returns false if a condition contains `let`, whose variables are visible beyond the condition.
fn can_be_toggled(condition: &Expr) -> bool {
    match condition {
        Expr::Let(_) => false,
        Expr::Binary(ExprBinary { left, op: BinOp::And(_), right, .. }) => {
            can_be_toggled(left) && can_be_toggled(right)
        }
        _ => true,
    }
}

/// Returns true if an item exists only without a feature. The tests are compiled with all features.
fn is_off(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        let condition = attribute.meta.require_list().map(|list| list.tokens.to_string().replace(' ', ""));
        condition.is_ok_and(|condition| condition.starts_with("not(feature="))
    })
}

/// Returns true if a type is or contains `impl Trait`.
fn is_opaque(output: &syn::Type) -> bool {
    struct Opaque(bool);
    impl Visit<'_> for Opaque {
        fn visit_type_impl_trait(&mut self, _: &syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut found = Opaque(false);
    found.visit_type(output);
    found.0
}

fn range(span: Span) -> Range<usize> {
    span.byte_range()
}
