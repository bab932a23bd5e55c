//! What a schema demands, keyword by keyword, intersected over all the nodes it is made of.

use crate::diagnostic::Diagnostic;
use crate::document::Node;
use crate::model::schema::StringShape;
use crate::source::Span;

use super::type_set::TypeSet;

/// The demands of one schema.
#[derive(Debug, Default)]
pub(super) struct Facets<'d> {
    /// Unions that a caller has decided and that count no more.
    pub decided: Vec<Span>,
    /// The nodes that are put together: what one of them refers to among them is counted already.
    pub siblings: Vec<Span>,
    /// The types that are left, `None` for all.
    pub types: Option<(TypeSet, Span)>,
    pub nullable: bool,
    /// The values that are left, `None` for all.
    pub values: Option<Vec<&'d Node>>,
    pub extensible: bool,
    /// Values of an enum with what they are called: `x-enum-varnames`.
    pub names: Vec<(&'d str, &'d str)>,
    pub format: Option<(&'d str, Span)>,
    pub id_prefix: Option<&'d str>,
    pub min: Option<Bound>,
    pub max: Option<Bound>,
    pub multiple_of: Option<&'d Node>,
    pub text: StringShape,
    pub items: Vec<&'d Node>,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
    pub unique: bool,
    /// Each property with every schema that it must fit.
    pub properties: Vec<(&'d str, Vec<&'d Node>)>,
    pub required: Vec<(&'d str, Span)>,
    /// `additionalProperties` with a schema.
    pub additional: Vec<&'d Node>,
    /// For each of them, the names that it leaves alone.
    pub additional_beside: Vec<Vec<&'d str>>,
    /// `additionalProperties: true`, said explicitly.
    pub open: bool,
    /// For each `additionalProperties: false`, the names that it leaves, and where it stands.
    pub closed: Vec<(Vec<&'d str>, Span)>,
    /// `unevaluatedProperties: false`: closed over all that is put together.
    pub sealed: bool,
    pub min_properties: Option<u64>,
    pub max_properties: Option<u64>,
    pub sparse_of: Option<&'d Node>,
    /// Where the bounds of counts stand, the narrowest of each.
    pub places: Vec<(&'d str, Span)>,
    pub unions: Vec<UnionFacet<'d>>,
    pub rare: Rare,
    /// Demands that no value meets together.
    pub contradictions: Vec<Diagnostic>,
}

/// The keywords that only an interpreter can check, by what they leave of the type.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rare {
    /// They speak of other names than `properties` lists.
    pub names: bool,
    /// They speak of elements by their position.
    pub positional: bool,
    /// They change nothing of the type.
    pub other: bool,
    /// They speak of a type that is not said, and imply none.
    pub untyped: bool,
}

impl Rare {
    pub fn any(self) -> bool {
        self.names || self.positional || self.other || self.untyped
    }
}

/// One `oneOf` or `anyOf`.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnionFacet<'d> {
    pub exactly_one: bool,
    pub branches: &'d Node,
    pub discriminator: Option<&'d Node>,
}

/// A bound of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bound {
    pub value: f64,
    /// The same, where it is whole; with all its digits.
    pub whole: Option<i128>,
    pub exclusive: bool,
    pub span: Span,
}

impl<'d> Facets<'d> {
    pub fn new(decided: &[Span], nodes: &[&Node]) -> Facets<'d> {
        let siblings = nodes.iter().map(|node| node.span).collect();
        Facets { decided: decided.to_vec(), siblings, ..Facets::default() }
    }

    /// Whether all that is put together is also what `unevaluatedProperties` at `node` sees: not what
    /// stands beside its parent, and no second branch of an `anyOf` that fits too.
    pub fn counts_evaluated(&self, node: &Node, stack: &[Span]) -> bool {
        let branch = self.siblings.len() == 2 && !self.decided.is_empty();
        let around = self.siblings.len() == 1 || (branch && self.siblings.last() == Some(&node.span));
        stack.len() == 1 && around && node.get("anyOf").is_none()
    }

    /// Whether `additionalProperties` speaks of a property too, which another part lists.
    pub fn overlaps(&self) -> bool {
        let beside = |name: &str| self.additional_beside.iter().any(|names| !names.contains(&name));
        self.properties.iter().any(|(name, _)| beside(name))
    }

    /// Whether there is more than one rule of a string can say.
    pub fn says_more_than_a_rule(&self) -> bool {
        self.text.patterns.len() > 1
    }

    /// Where a property is refused that another part describes or requires.
    pub fn refusal(&self, name: &str) -> Option<Span> {
        let mut closed = self.closed.iter().filter(|_| !self.rare.names);
        closed.find(|(names, _)| !names.contains(&name)).map(|(_, span)| *span)
    }

    /// Where the narrowest bound of a count stands.
    pub fn place(&self, keyword: &str) -> Option<Span> {
        self.places.iter().find(|(known, _)| *known == keyword).map(|(_, span)| *span)
    }

    /// Notes counts whose least is above their greatest: of letters, of elements, of properties.
    pub fn contradicting_counts(
        &mut self,
        (least, low): (&str, Option<u64>),
        (most, high): (&str, Option<u64>),
        (has, what): (&str, &str),
    ) -> bool {
        let (Some(min), Some(max)) = (low, high) else { return false };
        let Some(span) = self.place(most).filter(|_| min > max) else { return false };
        let report =
            Diagnostic::error("contradiction", span, format!("no {has} at least {min} and at most {max} {what}"))
                .label(format!("`{most}` is less than `{least}`"))
                .help("change one of the two limits");
        self.contradictions.push(match self.place(least) {
            Some(low) => report.also(low, "at least this"),
            None => report,
        });
        true
    }

    /// Notes bounds of which the lower is above the upper.
    pub fn contradicting_bounds(&mut self, low: Bound, high: Bound) {
        let least = if low.exclusive { "above" } else { "at least" };
        let most = if high.exclusive { "below" } else { "at most" };
        let message = format!("no number is {least} {} and {most} {}", low.value, high.value);
        self.contradictions.push(
            Diagnostic::error("contradiction", high.span, message)
                .label(format!("{most} this"))
                .also(low.span, format!("{least} this"))
                .help("change one of the two limits"),
        );
    }

    /// Keeps where a bound stands, if it is narrower than those before.
    pub fn narrow(&mut self, narrower: bool, keyword: &'d str, span: Span) {
        if narrower {
            self.places.retain(|(known, _)| *known != keyword);
            self.places.push((keyword, span));
        }
    }
}

/// Adds one more schema that a property must fit.
pub(super) fn add_property<'d>(facets: &mut Facets<'d>, name: &'d str, schema: Option<&'d Node>) {
    match facets.properties.iter_mut().find(|(known, _)| *known == name) {
        Some((_, schemas)) => schemas.extend(schema),
        None => facets.properties.push((name, schema.into_iter().collect())),
    }
}
