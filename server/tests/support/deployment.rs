//! The servers of a test: one with both services, or, with the variable `WRIT_TEST_DIVIDED`, one for each service behind a
//! router.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use generated::VERSIONS;
use http::StatusCode;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use server::testing::{self, Services, TestServer};
use server::{OrderParts, UserParts};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use writ_platform::config::Source;
use writ_platform::{Platform, Redis};

/// The running services of the sample, with one address.
pub struct Deployment {
    /// The address of the API.
    pub address: SocketAddr,
    servers: Servers,
    router: Option<JoinHandle<()>>,
}

enum Servers {
    Together(Box<TestServer>),
    Divided(Box<Services>),
}

impl Deployment {
    /// Starts the services with the settings of tests, modified by `change`.
    pub async fn start_with(change: impl Fn(&mut Source)) -> Deployment {
        if std::env::var_os("WRIT_TEST_DIVIDED").is_none() {
            let server = testing::start_with(&change).await;
            return Deployment { address: server.address, servers: Servers::Together(Box::new(server)), router: None };
        }
        let services = Services::start_with(&change, &change).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let targets = Targets { users: services.users.address, orders: services.orders.address };
        let app = axum::Router::new().fallback(forward).with_state(targets);
        let router = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Deployment { address, servers: Servers::Divided(Box::new(services)), router: Some(router) }
    }

    /// Returns the URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns the server that runs a service.
    pub fn of(&self, service: &str) -> &TestServer {
        match &self.servers {
            Servers::Together(server) => server,
            Servers::Divided(services) if service == "orders" => &services.orders,
            Servers::Divided(services) => &services.users,
        }
    }

    /// Returns the parts of the service `users`.
    pub fn users(&self) -> &UserParts {
        testing::users(self.of("users"))
    }

    /// Returns the parts of the service `orders`.
    pub fn orders(&self) -> &OrderParts {
        testing::orders(self.of("orders"))
    }

    /// Returns the connection to the Redis that all services share.
    pub fn redis(&self) -> &Redis {
        &self.of("users").service.redis
    }

    /// Returns the platforms of all servers.
    pub fn platforms(&self) -> Vec<&Platform> {
        match &self.servers {
            Servers::Together(server) => vec![&server.platform],
            Servers::Divided(services) => vec![&services.users.platform, &services.orders.platform],
        }
    }

    /// Runs the subcommand `policy` for the service that owns the operation in `arguments`.
    pub async fn policy(&self, arguments: &str) {
        let operation = arguments.split_whitespace().nth(1).unwrap();
        let operations = VERSIONS.operations();
        let owner = operations.iter().find(|known| known.id == operation).unwrap().service;
        self.of(owner).policy(arguments).await;
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if let Some(router) = &self.router {
            router.abort();
        }
    }
}

/// The addresses to which the router forwards requests.
#[derive(Clone, Copy)]
struct Targets {
    users: SocketAddr,
    orders: SocketAddr,
}

/// Forwards a request to the service that owns its path.
async fn forward(State(targets): State<Targets>, request: Request) -> Response {
    let target = if owner(request.uri().path()) == "orders" { targets.orders } else { targets.users };
    let forwarded = async {
        let stream = TcpStream::connect(target).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok::<_, writ_platform::BoxError>(sender.send_request(request).await?.map(Body::new))
    };
    forwarded.await.unwrap_or_else(|error| {
        let mut response = Response::new(Body::from(error.to_string()));
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        response
    })
}

/// Returns the service that owns the operations of a path, with or without the prefix of a version. Paths of no service, such
/// as `/health`, are those of `users`.
fn owner(path: &str) -> &'static str {
    let segments: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let template: Vec<&str> = template.split('/').collect();
        let mut pairs = template.iter().zip(&segments);
        template.len() == segments.len() && pairs.all(|(part, segment)| part.starts_with('{') || part == segment)
    };
    let operations = VERSIONS.operations();
    let fitting = operations.iter().find(|operation| {
        fits(operation.path) || VERSIONS.of_path(operation.path).is_some_and(|(_, unversioned)| fits(unversioned))
    });
    fitting.map_or("", |operation| operation.service)
}
