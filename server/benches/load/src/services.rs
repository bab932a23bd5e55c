//! The cost of separate services: one process with both services of the sample, a process for each service, and these
//! processes behind a gateway. `cargo xtask bench services` runs the comparison, and starts the gateway.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::accounts::{self, Customer};
use crate::bare::id;
use crate::load::{self, Measured, Numbers, Requests};
use crate::rows::{authorization, by_user, placed_orders, value};
use crate::seed::{self, Listed};
use crate::servers::{Sample, Server};
use crate::{CALM, MEASURE, WARM_UP, get, median, rounds, sorted, variable};

/// The operations of each service whose rate limits are raised, so that the load is not refused.
const OPERATIONS: [(&str, &[&str]); 2] =
    [("users", &["getUser"]), ("orders", &["listOrders", "createOrder", "getCart"])];

/// The time within which the gateway must know the keys of access tokens.
const GATEWAY_LIMIT: Duration = Duration::from_secs(30);

/// The data and the tokens of running services.
struct Data {
    users: Vec<Listed>,
    token: String,
    customer: Customer,
    /// The cursor of the second page of orders. A page by cursor counts nothing, so new orders do not make it slower.
    cursor: String,
}

/// The kinds of requests, in the order of the rows.
const KINDS: [&str; 5] = [
    "GET of a user",
    "page of 20 orders",
    "POST of an order",
    "GET of the cart of another user, for which `orders` calls `users`",
    "all four in turn",
];

/// Compares one process, two processes, and two processes behind a gateway.
pub async fn compare() -> anyhow::Result<()> {
    let together = Sample::new()?
        .with("WRIT_REDIS_PREFIX", "together")
        .with("WRIT_USERS_DATABASE_URL", database("together-users")?)
        .with("WRIT_ORDERS_DATABASE_URL", database("together-orders")?);
    let one = together.start("together.log").await?;
    let (users, orders, gateway) = (address("USERS")?, address("ORDERS")?, address("GATEWAY")?);
    let [of_users, of_orders] = divided(users, orders)?;
    let server = of_users.start_at(users, "users.log").await?;
    let other = of_orders.start_at(orders, "orders.log").await?;
    for (service, operations) in OPERATIONS {
        for operation in operations {
            for sample in [&together, if service == "users" { &of_users } else { &of_orders }] {
                sample.set(operation, "rate=1000000/1s").await?;
            }
        }
    }
    let data = [
        Data::create(&one, one.address, ["together-users", "together-orders"]).await?,
        Data::create(&server, orders, ["divided-users", "divided-orders"]).await?,
    ];
    let deployments = [
        data[0].requests(one.address, one.address),
        data[1].requests(users, orders),
        data[1].requests(gateway, gateway),
    ];
    wait_for_gateway(&deployments[2]).await?;
    print(&deployments).await?;
    println!();
    one.check_log("the process of both services").await?;
    server.check_log("the process of `users`").await?;
    other.check_log("the process of `orders`").await
}

/// Describes the processes of both services. Each knows the address of the other one.
fn divided(users: SocketAddr, orders: SocketAddr) -> anyhow::Result<[Sample; 2]> {
    let sample = || anyhow::Ok(Sample::new()?.with("WRIT_REDIS_PREFIX", "divided"));
    Ok([
        sample()?
            .with("WRIT_SERVICE", "users")
            .with("WRIT_USERS_DATABASE_URL", database("divided-users")?)
            .with("WRIT_TRUSTED_SERVICES", format!("orders=http://{orders}/.well-known/jwks.json")),
        sample()?
            .with("WRIT_SERVICE", "orders")
            .with("WRIT_ORDERS_DATABASE_URL", database("divided-orders")?)
            .with("WRIT_USERS_URL", format!("http://{users}")),
    ])
}

/// Returns the URL of a database that `cargo xtask bench services` has created.
fn database(name: &str) -> anyhow::Result<String> {
    variable(&format!("WRIT_BENCH_DATABASE_{}", name.to_uppercase().replace('-', "_")))
}

/// Returns the address of a service or of the gateway.
fn address(name: &str) -> anyhow::Result<SocketAddr> {
    variable(&format!("WRIT_BENCH_{name}"))?.parse().context("an address is not valid")
}

impl Data {
    /// Creates the accounts and rows of running services.
    async fn create(users: &Server, orders: SocketAddr, databases: [&str; 2]) -> anyhow::Result<Data> {
        let customer = accounts::customer(users).await?;
        let [of_users, of_orders] = databases.map(database);
        let listed = seed::seed(&of_users?, &of_orders?).await?;
        let token = accounts::administrator(users).await?;
        let headers = authorization(&token);
        let first = Requests::new(orders, move |_, request| get(request, "/v1/orders?limit=20", &headers));
        let first = value(&first.first().await?)?;
        let cursor = first["pagination"]["nextCursor"].as_str().context("the first page has no cursor")?.to_owned();
        Ok(Data { users: listed, token, customer, cursor })
    }

    /// Returns the requests of each kind to the addresses at which the services respond.
    fn requests(&self, users: SocketAddr, orders: SocketAddr) -> [Requests; 5] {
        let headers = authorization(&self.token);
        let user = by_user(users, &headers, &self.users, |user| format!("/v1/users/{}", id("usr", user.id)));
        let cart = by_user(orders, &headers, &self.users, |user| format!("/v1/users/{}/cart", id("usr", user.id)));
        let path = format!("/v1/orders?limit=20&cursor={}", self.cursor);
        let page = Requests::new(orders, move |_, request| get(request, &path, &headers));
        let kinds = [user, page, placed_orders(orders, &self.customer), cart];
        let mixed = Requests::in_turn(&kinds);
        let [user, page, order, cart] = kinds;
        [user, page, order, cart, mixed]
    }
}

/// Waits until the gateway passes on requests with tokens.
async fn wait_for_gateway([user, ..]: &[Requests; 5]) -> anyhow::Result<()> {
    let passed = async {
        while !matches!(user.first().await, Ok(response) if response.status == 200) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(GATEWAY_LIMIT, passed).await.context("the gateway does not pass on requests")
}

/// Measures the rows, and prints a table.
async fn print(deployments: &[[Requests; 5]; 3]) -> anyhow::Result<()> {
    let (rounds, mut numbers) = (rounds(), Numbers::default());
    let wanted = variable("WRIT_BENCH_ROW").unwrap_or_default();
    println!(
        "| request | one process | two processes | behind the gateway | rate | p99: one process | two processes | behind the gateway |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (index, kind) in KINDS.iter().enumerate().filter(|(_, kind)| kind.contains(&wanted)) {
        let requests = deployments.each_ref().map(|requests| &requests[index]);
        for requests in requests {
            let first = requests.first().await?;
            let body = String::from_utf8_lossy(&first.body);
            ensure!(first.status / 100 == 2, "{kind}: the response is {} {body}", first.status);
            requests.saturate(numbers.next(), WARM_UP).await?;
        }
        let rates = saturate(&requests, rounds, &mut numbers).await?;
        let lowest = rates.iter().map(|rates| median(&sorted(rates.clone()))).fold(f64::INFINITY, f64::min);
        let calm = pace(&requests, rounds, lowest * CALM, &mut numbers).await?;
        println!("| {kind} | {} | {:.0}/s | {} |", throughput(&rates), lowest * CALM, response_times(&calm));
    }
    Ok(())
}

/// Returns the highest rates of each deployment in alternating rounds.
async fn saturate(requests: &[&Requests; 3], rounds: usize, numbers: &mut Numbers) -> anyhow::Result<[Vec<f64>; 3]> {
    let mut rates = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        for (requests, rates) in requests.iter().zip(&mut rates) {
            rates.push(requests.saturate(numbers.next(), MEASURE).await?.rate());
        }
    }
    Ok(rates)
}

/// Sends requests to each deployment at one rate in alternating rounds.
async fn pace(
    requests: &[&Requests; 3],
    rounds: usize,
    rate: f64,
    numbers: &mut Numbers,
) -> anyhow::Result<[Vec<Measured>; 3]> {
    let mut loads = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        for (requests, loads) in requests.iter().zip(&mut loads) {
            loads.push(requests.pace(numbers.next(), MEASURE, rate).await?);
        }
    }
    Ok(loads)
}

/// Returns the cells with the highest rates, and with their ratios to those of one process in the same round.
fn throughput(rates: &[Vec<f64>; 3]) -> String {
    let cells = rates.iter().enumerate().map(|(index, of)| {
        let rate = format!("{:.0}/s", median(&sorted(of.clone())));
        let ratios = sorted(of.iter().zip(&rates[0]).map(|(rate, one)| rate / one).collect());
        match (index, &ratios[..]) {
            (1.., [lowest, .., highest]) => {
                format!("{rate}, **{:.2}** ({lowest:.2}–{highest:.2})", median(&ratios))
            }
            (1.., _) => format!("{rate}, **{:.2}**", median(&ratios)),
            _ => rate,
        }
    });
    cells.collect::<Vec<_>>().join(" | ")
}

/// Returns the cells with the response times that 99 % of the requests did not exceed, and with the ratios to one process.
fn response_times(calm: &[Vec<Measured>; 3]) -> String {
    let times = calm.each_ref().map(|loads| load::quantile(loads, 0.99));
    let cells = times.iter().enumerate().map(|(index, time)| match index {
        0 => format!("{time:.2} ms"),
        _ => format!("{time:.2} ms, {:.2}", time / times[0]),
    });
    cells.collect::<Vec<_>>().join(" | ")
}
