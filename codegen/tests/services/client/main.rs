//! Clients of golden contracts, which call the services of these contracts. `client SCENARIO ADDRESS` prints
//! `done`, or panics.

mod answers;
mod bodies;
mod credentials;
mod lists;
mod outgoing;
mod styles;
mod version_3_2;

use std::sync::{Arc, Mutex};

use writ_runtime::client::{Connection, Sending, Transport};
use writ_runtime::exports::axum::body::Body;
use writ_runtime::exports::http::Request;

/// A transport over HTTP that records the request which the handler received, as the service reports it.
#[derive(Clone)]
struct Recorded {
    http: reqwest::Client,
    received: Arc<Mutex<String>>,
}

impl Transport for Recorded {
    fn send(&self, request: Request<Body>) -> Sending<'_> {
        Box::pin(async move {
            let response = Transport::send(&self.http, request).await?;
            let received = response.headers().get("x-received").map(|value| String::from_utf8_lossy(value.as_bytes()));
            *self.received.lock().unwrap() = received.unwrap_or_default().into_owned();
            Ok(response)
        })
    }
}

/// The program that serves golden contracts, each below its name.
struct Served {
    address: String,
    transport: Recorded,
}

impl Served {
    /// Returns a connection to the service of a contract. The service of `media` is a separate program.
    fn at(&self, contract: &str) -> Connection {
        let path = if contract == "media" { String::new() } else { format!("/{contract}") };
        Connection::over(&format!("http://{}{path}", self.address), self.transport.clone()).unwrap()
    }

    /// Returns the request that the handler received in the last call.
    fn received(&self) -> String {
        self.transport.received.lock().unwrap().clone()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (scenario, address) = (arguments.next().unwrap(), arguments.next().unwrap());
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let served = Served { address, transport: Recorded { http, received: Arc::default() } };
    match scenario.as_str() {
        "styles" => styles::every_style_survives_a_round_trip(&served).await,
        "unsent" => styles::an_invalid_request_is_not_sent(&served).await,
        "policies" => styles::pages_sort_keys_and_conditions_survive_a_round_trip(&served).await,
        "bodies" => bodies::every_body_survives_a_round_trip(&served).await,
        "forms" => bodies::forms_and_files_survive_a_round_trip(&served).await,
        "uploads" => bodies::files_and_styles_of_forms_survive_a_round_trip(&served).await,
        "responses" => answers::every_response_is_the_variant_of_its_status(&served).await,
        "media" => answers::the_variant_of_a_body_selects_its_media_type(&served).await,
        "streams" => answers::streams_arrive_as_streams(&served).await,
        "invalid" => answers::a_response_that_violates_the_contract_is_an_error(&served).await,
        "credentials" => credentials::credentials_satisfy_requirements_with_and_and_or(&served).await,
        "outgoing" => outgoing::webhooks_and_callbacks_are_typed_calls().await,
        "outgoing parts" => outgoing::forms_of_webhooks_and_callbacks_are_sent().await,
        "lists" => lists::the_pages_of_every_list_are_requested_in_turn(&served).await,
        "endless" => lists::a_list_that_does_not_end_is_a_failure(&served).await,
        "version 3.2" => version_3_2::the_features_of_3_2_survive_a_round_trip(&served).await,
        "serde" => answers::generated_types_implement_serde(),
        other => panic!("unknown scenario `{other}`"),
    }
    println!("done");
}
