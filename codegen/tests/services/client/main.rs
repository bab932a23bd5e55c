//! Calls of golden contracts by their clients: `client SCENARIO ADDRESS` panics where something is wrong.

mod answers;
mod bodies;
mod credentials;
mod outgoing;
mod styles;

use std::sync::{Arc, Mutex};

use writ_runtime::client::{Connection, Sending, Transport};
use writ_runtime::exports::axum::body::Body;
use writ_runtime::exports::http::Request;

/// Sends over HTTP, and keeps what the other end says that it was handed.
#[derive(Clone)]
struct Recorded {
    http: reqwest::Client,
    handed: Arc<Mutex<String>>,
}

impl Transport for Recorded {
    fn send(&self, request: Request<Body>) -> Sending<'_> {
        Box::pin(async move {
            let response = Transport::send(&self.http, request).await?;
            let handed = response.headers().get("x-handed").map(|value| String::from_utf8_lossy(value.as_bytes()));
            *self.handed.lock().unwrap() = handed.unwrap_or_default().into_owned();
            Ok(response)
        })
    }
}

/// The program that serves golden contracts, each under its own name.
struct Served {
    address: String,
    transport: Recorded,
}

impl Served {
    /// The service of media types is a program of its own.
    fn at(&self, contract: &str) -> Connection {
        let path = if contract == "media" { String::new() } else { format!("/{contract}") };
        Connection::over(&format!("http://{}{path}", self.address), self.transport.clone()).unwrap()
    }

    /// What the handler was handed by the last call.
    fn handed(&self) -> String {
        self.transport.handed.lock().unwrap().clone()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (scenario, address) = (arguments.next().unwrap(), arguments.next().unwrap());
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let served = Served { address, transport: Recorded { http, handed: Arc::default() } };
    match scenario.as_str() {
        "styles" => styles::every_style_comes_back(&served).await,
        "unsent" => styles::what_cannot_be_written_is_not_sent(&served).await,
        "policies" => styles::pages_sort_keys_and_conditions_come_back(&served).await,
        "bodies" => bodies::every_body_comes_back(&served).await,
        "forms" => bodies::forms_and_files_come_back(&served).await,
        "answers" => answers::every_answer_is_the_variant_of_its_status(&served).await,
        "media" => answers::media_types_are_chosen_by_variant(&served).await,
        "streams" => answers::streams_arrive_as_streams(&served).await,
        "invalid" => answers::an_answer_that_is_not_the_contracts_is_told(&served).await,
        "credentials" => credentials::schemes_are_met_in_and_and_or(&served).await,
        "outgoing" => outgoing::webhooks_and_callbacks_are_typed_calls().await,
        "outgoing parts" => outgoing::parts_of_webhooks_and_callbacks_are_sent().await,
        "serde" => answers::types_are_values_of_serde(),
        other => panic!("there is no `{other}`"),
    }
    println!("done");
}
