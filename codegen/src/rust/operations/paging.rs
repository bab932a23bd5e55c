//! The parameters that select a page of a list, as one typed field of the request.

use writ_contract::model::operation::{Operation, ParameterLocation};
use writ_contract::model::schema::{IntegerShape, Kind};

use crate::rust::code::Code;
use crate::rust::expr::read::ReadCalls;
use crate::rust::mention::runtime;
use crate::rust::operations::request_field::RequestField;
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::TypePlan;
use crate::rust::view::{DecodeView, FieldSource, Presence};

/// The indices of an operation's parameters that select a page of a list.
pub struct Paging {
    page: Option<usize>,
    limit: usize,
    cursor: Option<usize>,
}

/// Returns an operation's parameters that select a page of a list: `limit` with `page` or `cursor`. Returns
/// `None` if the operation has no such parameters, or if no response is a page.
pub fn paging(plan: &TypePlan<'_>, operation: &Operation) -> Option<Paging> {
    let schemas = &plan.contract.schemas;
    let returns_page = operation
        .responses
        .iter()
        .flat_map(|response| &response.content)
        .filter_map(|content| content.schema)
        .any(|schema| matches!(schemas.kind(schema), Kind::Object(object) if plan.page_of(object).is_some()));
    if !returns_page {
        return None;
    }
    let find = |name: &str| {
        operation.parameters.iter().position(|parameter| {
            parameter.location == ParameterLocation::Query && parameter.name == name && !parameter.required
        })
    };
    let limit =
        find("limit").filter(|at| matches!(schemas.kind(operation.parameters[*at].schema), Kind::Integer(_)))?;
    let page = find("page").filter(|at| matches!(schemas.kind(operation.parameters[*at].schema), Kind::Integer(_)));
    let cursor = find("cursor")
        .filter(|at| matches!(schemas.kind(operation.parameters[*at].schema), Kind::String(_)))
        .filter(|at| plan.custom_type(operation.parameters[*at].schema).is_none());
    (page.is_some() || cursor.is_some()).then_some(Paging { page, limit, cursor })
}

impl Paging {
    /// Returns true if the operation's parameter at `index` selects a page.
    pub fn holds(&self, index: usize) -> bool {
        self.limit == index || self.page == Some(index) || self.cursor == Some(index)
    }

    /// Returns the lowest index of the parameters that select a page, which decides the position of the request
    /// field `page`.
    pub fn first(&self) -> usize {
        self.limit.min(self.page.unwrap_or(usize::MAX)).min(self.cursor.unwrap_or(usize::MAX))
    }

    /// Returns the indices of the parameters that select a page, for the client that sends them.
    pub fn source(&self) -> FieldSource {
        FieldSource::Page { limit: self.limit, number: self.page, cursor: self.cursor }
    }

    /// Returns the request field `page`, which combines the parameters that select a page.
    pub fn field(&self, calls: &ReadCalls<'_, '_>, operation: &Operation) -> RequestField {
        let schemas = &calls.plan.contract.schemas;
        let shape = |index: usize| match schemas.kind(operation.parameters[index].schema) {
            Kind::Integer(shape) => shape.clone(),
            _ => IntegerShape::default(),
        };
        let limit = shape(self.limit);
        let most = limit.max.unwrap_or(100).clamp(1, i128::from(u32::MAX));
        let default = schemas
            .nearest(operation.parameters[self.limit].schema, |schema| schema.default.clone())
            .and_then(|(value, _)| value.as_i64())
            .map_or(20, i128::from)
            .clamp(1, most);
        let furthest = self
            .page
            .map(&shape)
            .and_then(|shape| shape.max)
            .unwrap_or(i128::from(u32::MAX))
            .clamp(1, i128::from(u32::MAX));
        let read_cursor = match self.cursor {
            Some(cursor) => calls.value(operation.parameters[cursor].schema).function(),
            None => format!("|r| r.string(&{}::NONE)", runtime("StringRule")),
        };
        let rule = [
            format!("limit: Some({})", self.limit),
            format!("page: {:?}", self.page),
            format!("cursor: {:?}", self.cursor),
            format!("default_limit: {default}"),
            format!("max_limit: {most}"),
            format!("max_page: {furthest}"),
            format!("read_cursor: {read_cursor}"),
        ];
        let (position, names) = match (self.page, self.cursor) {
            (Some(_), Some(_)) => ("number or cursor", "`page`, `cursor`, `limit`"),
            (Some(_), None) => ("number", "`page`, `limit`"),
            (None, _) => ("cursor", "`cursor`, `limit`"),
        };
        RequestField {
            docs: format!("The requested page: its {position}, and the maximum number of elements ({names})."),
            ty: Ty::PageRequest,
            presence: Presence::Required,
            default: None,
            decode: DecodeView::Page(rule.into_iter().map(Code::from).collect()),
            secret: false,
        }
    }
}
