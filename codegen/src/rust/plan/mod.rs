//! The type plan: which schemas are declared as which types, in which forms and under which names.

pub mod cycles;
pub mod declarations;
pub mod implied_tags;
pub mod operation_types;
pub mod recursion_limit;
pub mod ty;
pub mod type_plan;
pub mod types;
pub mod usage;
