//! The routes of a gateway: the paths and methods of an API, and how a gateway treats the requests of each.

use std::time::Duration;

use crate::error_body::Filled;
use crate::template::Template;

/// The name of the only service of an API whose contracts declare no `x-service`.
pub const ONLY_SERVICE: &str = "api";

/// The routes of a gateway in front of the services of an API.
#[derive(Debug, Clone, PartialEq)]
pub struct Routes {
    /// The title of the API.
    pub title: String,
    /// The base path of all services, such as `/api`, or an empty text.
    pub base: String,
    /// The services that own operations, in the order of the contracts. There is at least one.
    pub services: Vec<String>,
    /// The resources of the API, in the order in which a gateway compares their paths.
    pub resources: Vec<Resource>,
    /// The error responses that the gateway sends itself, in the error envelopes of the contracts.
    pub errors: Vec<ErrorReplies>,
}

/// A path template of an API, with all of its methods.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// The path template below the base path.
    pub template: Template,
    /// The path template as the contract writes it, for comments.
    pub path: String,
    /// The routes of the operations, in the order of the contracts.
    pub routes: Vec<Route>,
}

/// The route of an operation. Without a version in its path, a route stands for this operation in all versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The name of the route: the id of the operation, with its version.
    pub name: String,
    /// The HTTP method of the operation.
    pub method: String,
    /// The fixed parameters of the query, which distinguish operations with one path and method. A parameter without a
    /// value only has to be present.
    pub query: Vec<(String, Option<String>)>,
    /// The service that owns the operation, or `None` if every service has it.
    pub owner: Option<String>,
    /// The tokens that requests need.
    pub access: Access,
    /// The body of requests.
    pub body: Body,
    /// The duration of responses.
    pub response: Response,
    /// The time limit of the service for the operation, if it has one of its own.
    pub timeout: Option<Duration>,
    /// The condition under which a request is sent again.
    pub retry: Retry,
}

/// The tokens that the requests of an operation need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// A request may have no bearer token: the operation is public, or permits other credentials.
    Open,
    /// A request has the bearer tokens of one of these alternatives, each a list of security schemes.
    Tokens(Vec<Vec<String>>),
}

/// The body of an operation's requests, in the order of how much a gateway lets pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Body {
    /// The operation reads no body.
    None,
    /// The gateway reads the body before it sends the request to a service, up to this number of bytes.
    Buffered(u64),
    /// The gateway passes the body on while it arrives. The service limits it.
    Streamed,
}

/// The duration of an operation's responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Response {
    /// The response ends within the time limit of a request.
    Short,
    /// The response is a stream of events or a file, and may take any time.
    Long,
}

/// The condition under which a gateway sends a request again after the connection to a service has failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retry {
    /// The service has not received the request.
    Unsent,
    /// The service has not received the request, or the request has this header, by which the service recognises the
    /// second request.
    WithHeader(String),
    /// The request has not been answered. Its method is idempotent (RFC 9110 § 9.2.2), or it always has an idempotency
    /// key, and its contract does not forbid retries.
    Always,
}

/// The error responses of a gateway for the paths of a contract.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorReplies {
    /// The prefix of the paths, or `None` for all paths that no other entry has.
    pub prefix: Option<String>,
    /// The media type of the responses.
    pub media_type: String,
    /// The response of each status, in ascending order, and last the one for all other statuses.
    pub replies: Vec<Filled>,
}

/// The service of the methods of a path that no operation has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner<'r> {
    /// Every service has all operations of the path.
    Every,
    /// This service owns all operations of the path.
    One(&'r str),
    /// Several services own operations of the path.
    Several,
}

impl Resource {
    /// Returns the service of the requests whose method no operation of the path has.
    pub fn owner(&self) -> Owner<'_> {
        let mut owners = self.routes.iter().filter_map(|route| route.owner.as_deref());
        let Some(first) = owners.next() else { return Owner::Every };
        match owners.all(|other| other == first) {
            true => Owner::One(first),
            false => Owner::Several,
        }
    }

    /// Returns the methods of the operations, each once, in the order of the contracts.
    pub fn methods(&self) -> Vec<&str> {
        let mut methods: Vec<&str> = Vec::new();
        for route in &self.routes {
            if !methods.contains(&route.method.as_str()) {
                methods.push(&route.method);
            }
        }
        methods
    }

    /// Returns the routes of the operations with a method, in the order of the contracts. There is more than one if they
    /// have fixed parameters of the query.
    pub fn with_method(&self, method: &str) -> Vec<&Route> {
        self.routes.iter().filter(|route| route.method == method).collect()
    }

    /// Returns true if an operation of the path has a method.
    pub fn has(&self, method: &str) -> bool {
        self.routes.iter().any(|route| route.method == method)
    }

    /// Returns the value of `Allow` for the path, as its services would send it if they were one.
    pub fn allowed(&self) -> String {
        let mut methods: Vec<&str> = self.routes.iter().map(|route| route.method.as_str()).collect();
        methods.extend(self.has("GET").then_some("HEAD"));
        methods.push("OPTIONS");
        methods.sort_unstable();
        methods.dedup();
        methods.join(", ")
    }
}

impl Route {
    /// Makes the route stand for the operation of another version too: it admits what either of them admits.
    pub(crate) fn admit(&mut self, other: &Route) {
        self.access = match (&self.access, &other.access) {
            (Access::Tokens(one), Access::Tokens(other)) => {
                let mut all = one.clone();
                all.extend(other.iter().filter(|alternative| !one.contains(alternative)).cloned());
                Access::Tokens(all)
            }
            _ => Access::Open,
        };
        self.body = self.body.max(other.body);
        self.response = self.response.max(other.response);
        self.timeout = self.timeout.zip(other.timeout).map(|(one, other)| one.max(other));
        if self.retry != other.retry {
            self.retry = match (&self.retry, &other.retry) {
                (Retry::WithHeader(header), Retry::Always) | (Retry::Always, Retry::WithHeader(header)) => {
                    Retry::WithHeader(header.clone())
                }
                _ => Retry::Unsent,
            };
        }
    }
}
