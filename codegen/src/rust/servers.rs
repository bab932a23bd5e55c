//! The servers of a contract as data.

use writ_contract::model::{Server, ServerVariable};

use crate::rust::code::{Code, literal};

/// A line or several for each server.
pub fn servers(servers: &[Server]) -> Vec<Code> {
    servers.iter().map(|server| Code::of(one(server))).collect()
}

/// What the lines name beside `Server`.
pub fn names(servers: &[Server]) -> Vec<Code> {
    let variables = servers.iter().any(|server| !server.variables.is_empty());
    variables.then(|| Code::from("ServerVariable")).into_iter().collect()
}

fn one(server: &Server) -> String {
    let head = format!(
        "    Server {{ url: {}, description: {}, variables: &[",
        literal(&server.url),
        literal(&server.description)
    );
    if server.variables.is_empty() {
        return format!("{head}] }},");
    }
    let variables: Vec<String> = server.variables.iter().map(variable).collect();
    format!("{head}\n{}\n    ] }},", variables.join("\n"))
}

fn variable(variable: &ServerVariable) -> String {
    let values: Vec<String> = variable.values.iter().map(|value| literal(value)).collect();
    format!(
        "        ServerVariable {{ name: {}, default: {}, values: &[{}], description: {} }},",
        literal(&variable.name),
        literal(&variable.default),
        values.join(", "),
        literal(&variable.description)
    )
}
