//! The type plan: which schemas are declared as which types, in which forms and under which names.

pub mod cycles;
pub mod implied_tags;
pub mod recursion_limit;
pub mod type_plan;
pub mod types;
pub mod usage;
