//! The views of the servers that a contract declares.

use writ_contract::model::{Server, ServerVariable};

use crate::rust::code::{Code, literal};
use crate::rust::mention::runtime;
use crate::rust::view::ServerView;

/// Returns the view of each server that the contract declares.
pub fn server_views(servers: &[Server]) -> Vec<ServerView> {
    let view = |server: &Server| ServerView {
        url: server.url.clone(),
        description: server.description.clone(),
        variables: server.variables.iter().map(variable).collect(),
    };
    servers.iter().map(view).collect()
}

/// Returns a variable of a server URL as an expression of the runtime's `ServerVariable`.
fn variable(variable: &ServerVariable) -> Code {
    let values: Vec<String> = variable.values.iter().map(|value| literal(value)).collect();
    Code::of(format!(
        "{} {{ name: {}, default: {}, values: &[{}], description: {} }}",
        runtime("ServerVariable"),
        literal(&variable.name),
        literal(&variable.default),
        values.join(", "),
        literal(&variable.description)
    ))
}
