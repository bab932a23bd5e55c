//! A service with only one handler. It runs until its standard input ends.

use contract::{GetPetError, GetPetRequest, GetPetResponse, Pet, Pets, Unwritten};
use writ_runtime::exports::axum;
use writ_runtime::{Context, NoAuthentication, OpenGate};

struct Shelter;

impl Pets for Shelter {
    async fn get_pet(&self, _: &Context<()>, request: GetPetRequest) -> Result<GetPetResponse, GetPetError> {
        Ok(Pet { name: format!("pet {}", request.pet_id) }.into())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let endpoints = Unwritten::new(NoAuthentication, OpenGate).pets(Shelter).endpoints();
    let missing = endpoints.iter().filter(|endpoint| !endpoint.is_written());
    let missing: Vec<&str> = missing.map(|endpoint| endpoint.operation().id).collect();
    println!("{}", missing.join(" "));
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_line(&mut String::new());
        std::process::exit(0);
    });
    axum::serve(listener, Unwritten::new(NoAuthentication, OpenGate).pets(Shelter).router()).await
}
