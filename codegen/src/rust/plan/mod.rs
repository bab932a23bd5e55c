//! The type plan: the schemas that become Rust types, with the name, direction and form of each type.
//!
//! [`usage`] finds the directions (read or written) and the tags of each schema. [`type_plan`] then declares a
//! type for each schema that needs one, and [`types::TypePlan`] provides the type of each schema to the later
//! steps.

pub mod cycles;
pub mod declarations;
pub mod implied_tags;
pub mod operation_types;
pub mod recursion_limit;
pub mod ty;
pub mod type_plan;
pub mod types;
pub mod usage;
