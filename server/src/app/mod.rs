//! The program of the sample: the services that a process runs, and their routes.

mod orders;
mod users;

use axum::Router;
use generated::latest::Authenticator;
use generated::{VERSIONS, latest};
use writ_platform::credentials::Issuer;
use writ_platform::revocation::Revocations;
use writ_platform::{Builder, Platform, Redis, Service, Store, docs};
use writ_runtime::client::Connection;
use writ_runtime::{OpenGate, VersionEndpoints, operations_of, versioned_router};

use crate::auth::AuthService;
use crate::auth::authenticator::{Credentials, UserTokens, WithinProcess};
use crate::auth::caller::Caller;
use crate::carts::CartService;
use crate::customers::Customers;
use crate::health::{Conversions, HealthService};
use crate::orders::OrderService;
use crate::products::ProductService;
use crate::users::{UserService, V1};
use crate::webhooks::WebhookService;

pub use orders::{ORDERS, OrderParts};
pub use users::{USERS, UserParts};

/// The program of the sample: the services that this process runs, and the parts that they share.
#[derive(Debug, Clone)]
pub struct Shop {
    /// The services that this process runs.
    pub running: Running,
    /// The connection to Redis.
    pub redis: Redis,
    /// The rate limits and cached responses.
    pub store: Store,
    /// The verifier of access tokens and of the tokens of services.
    credentials: Credentials,
    /// The route that publishes the keys of the tokens that this process issues.
    key_set: Router,
    /// The register of ended login sessions, whose access tokens are refused.
    revocations: Revocations,
}

/// The services that a process runs, each with its parts.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "a process has one value")]
pub enum Running {
    /// The process runs both services.
    Both(UserParts, OrderParts),
    /// The process runs the service `users`.
    Users(UserParts),
    /// The process runs the service `orders`.
    Orders(OrderParts, RemoteUsers),
}

/// The service `users` in another process.
#[derive(Debug, Clone)]
pub struct RemoteUsers {
    /// The connection for calls.
    pub connection: Connection,
    /// The verifier of its access tokens.
    pub tokens: Issuer<Caller>,
}

impl Running {
    /// Returns the parts of the service `users`, if this process runs it.
    pub fn users(&self) -> Option<&UserParts> {
        match self {
            Running::Both(users, _) | Running::Users(users) => Some(users),
            Running::Orders(..) => None,
        }
    }

    /// Returns the parts of the service `orders`, if this process runs it.
    pub fn orders(&self) -> Option<&OrderParts> {
        match self {
            Running::Both(_, orders) | Running::Orders(orders, _) => Some(orders),
            Running::Users(_) => None,
        }
    }
}

impl Service for Shop {
    const PREFIX: &'static str = "WRIT_";
    const SERVICES: &'static [&'static str] = &["users", "orders"];

    fn new(platform: &mut Builder) -> Shop {
        let redis = platform.redis();
        let store = Store::redis(&redis);
        let running = match (platform.runs("users"), platform.runs("orders")) {
            (true, true) => Running::Both(UserParts::new(platform, &redis, &store), OrderParts::new(platform, &redis)),
            (true, false) => Running::Users(UserParts::new(platform, &redis, &store)),
            (false, _) => {
                let operations = operations_of(latest::operations::ALL, "users");
                let connection = platform.calls_to("users", &operations);
                Running::Orders(
                    OrderParts::new(platform, &redis),
                    RemoteUsers { connection, tokens: platform.tokens_of("users") },
                )
            }
        };
        let (users, revocations) = match &running {
            Running::Both(users, _) | Running::Users(users) => {
                (UserTokens::Own(users.tokens.clone()), users.revocations.clone())
            }
            Running::Orders(orders, users) => (
                UserTokens::OfUsers(users.tokens.clone()),
                Revocations::of_copy(redis.clone(), orders.ended_sessions.clone()),
            ),
        };
        let credentials = Credentials { users, services: platform.trusted_services() };
        let key_set = platform.key_set_router();
        Shop { running, redis, store, credentials, key_set, revocations }
    }

    fn router(&self, platform: &Platform) -> Router {
        self.router_with(platform, self.credentials.clone())
    }
}

impl Shop {
    /// Returns all routes of the services that this process runs. `authenticator` identifies the callers.
    pub(crate) fn router_with(
        &self,
        platform: &Platform,
        authenticator: impl Authenticator<Principal = Caller> + 'static,
    ) -> Router {
        let docs = docs::versions_router(&latest::ERROR_ENVELOPE, &VERSIONS);
        versioned_router(&VERSIONS, self.endpoints(platform, authenticator)).merge(docs).merge(self.key_set.clone())
    }

    /// Returns the endpoints of the services that this process runs, in all versions.
    fn endpoints(
        &self,
        platform: &Platform,
        authenticator: impl Authenticator<Principal = Caller> + 'static,
    ) -> Vec<VersionEndpoints> {
        let options = platform.serve_options();
        let gate = platform.gate(&self.store, &VERSIONS.operations()).with(self.revocations.clone());
        let errors = Conversions;
        let health = HealthService::new(platform.health());
        match &self.running {
            Running::Both(users, orders) => {
                let customers = Customers::new(orders, users_within_process(users, platform));
                latest::Api {
                    authenticator,
                    gate,
                    errors,
                    auth: AuthService::new(users),
                    users: UserService::new(users),
                    products: ProductService::new(orders),
                    carts: CartService::new(orders, customers.clone()),
                    orders: OrderService::new(orders, customers),
                    webhook_endpoints: WebhookService::new(orders),
                    health,
                }
                .versions(V1, options)
                .into()
            }
            Running::Users(users) => latest::services::Users {
                authenticator,
                gate,
                errors,
                auth: AuthService::new(users),
                users: UserService::new(users),
                health,
            }
            .versions(V1, options)
            .into(),
            Running::Orders(orders, users) => {
                let customers = Customers::new(orders, users.connection.clone());
                latest::services::Orders {
                    authenticator,
                    gate,
                    errors,
                    products: ProductService::new(orders),
                    carts: CartService::new(orders, customers.clone()),
                    orders: OrderService::new(orders, customers),
                    webhook_endpoints: WebhookService::new(orders),
                    health,
                }
                .versions(V1, options)
                .into()
            }
        }
    }
}

/// Returns a connection to the service `users` of this process, for the calls of another service of this process.
fn users_within_process(users: &UserParts, platform: &Platform) -> Connection {
    let service = latest::services::Users {
        authenticator: WithinProcess,
        gate: OpenGate,
        errors: Conversions,
        auth: AuthService::new(users),
        users: UserService::new(users),
        health: HealthService::new(platform.health()),
    };
    Connection::in_process(service.router_with(platform.serve_options())).bearer("orders")
}
