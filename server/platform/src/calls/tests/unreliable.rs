//! A real HTTP server that fails in every way that a test asks for.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// The opening hours of a museum that is never open.
const HOURS: &str = r#"{"days":[]}"#;

/// The time after which a late server responds.
const LATE: Duration = Duration::from_millis(600);

/// The behaviour of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behaviour {
    /// The server responds to GET with the opening hours, and to any other method with 409.
    Works,
    /// The server responds with this status code.
    Status(u16),
    /// The server responds with 503, and permits a further request after a second.
    Busy,
    /// The server responds as it should, but later than its callers wait.
    Late,
    /// The server reads requests and does not respond.
    Silent,
    /// The server sends a part of each response and then nothing.
    Stalls,
    /// The server reads a request, and resets the connection.
    Resets,
}

/// A server on a port of this machine. It keeps the methods of the requests that have arrived.
pub(super) struct Unreliable {
    address: SocketAddr,
    behaviour: watch::Sender<Behaviour>,
    arrived: watch::Sender<Vec<String>>,
    running: Option<JoinHandle<()>>,
}

impl Unreliable {
    pub(super) async fn start() -> Unreliable {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (behaviour, arrived) = (watch::Sender::new(Behaviour::Works), watch::Sender::default());
        let address = listener.local_addr().unwrap();
        let mut server = Unreliable { address, behaviour, arrived, running: None };
        server.serve(listener);
        server
    }

    fn serve(&mut self, listener: TcpListener) {
        let (behaviour, arrived) = (self.behaviour.clone(), self.arrived.clone());
        self.running = Some(tokio::spawn(async move {
            // Dropping the set closes all connections.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(converse(stream, behaviour.subscribe(), arrived.clone()));
                while connections.try_join_next().is_some() {}
            }
        }));
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn behave(&self, behaviour: Behaviour) {
        self.behaviour.send_replace(behaviour);
    }

    /// Closes all connections and the port.
    pub(super) async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            assert!(running.await.unwrap_err().is_cancelled());
        }
    }

    /// Opens the port again.
    pub(super) async fn restart(&mut self) {
        self.serve(TcpListener::bind(self.address).await.unwrap());
    }

    /// Returns the number of requests with a method that have arrived.
    pub(super) fn arrived(&self, method: &str) -> usize {
        count(&self.arrived.borrow(), method)
    }

    /// Waits until this number of requests with a method have arrived.
    pub(super) async fn until_arrived(&self, method: &str, number: usize) {
        self.arrived.subscribe().wait_for(|arrived| count(arrived, method) >= number).await.unwrap();
    }
}

fn count(arrived: &[String], method: &str) -> usize {
    arrived.iter().filter(|arrived| *arrived == method).count()
}

/// Responds to the requests of a connection.
async fn converse(mut stream: TcpStream, behaviour: watch::Receiver<Behaviour>, arrived: watch::Sender<Vec<String>>) {
    while let Some(method) = request(&mut stream).await {
        let known = method == "GET";
        arrived.send_modify(|arrived| arrived.push(method));
        let behaviour = *behaviour.borrow();
        let response = match behaviour {
            Behaviour::Late => {
                tokio::time::sleep(LATE).await;
                respond(200, HOURS)
            }
            Behaviour::Works if known => respond(200, HOURS),
            Behaviour::Works => respond(409, ""),
            Behaviour::Status(status) => respond(status, ""),
            Behaviour::Busy => "HTTP/1.1 503 Busy\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n".to_owned(),
            Behaviour::Stalls => {
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{".to_owned()
            }
            Behaviour::Silent => String::new(),
            Behaviour::Resets => {
                stream.set_zero_linger().unwrap();
                return;
            }
        };
        if stream.write_all(response.as_bytes()).await.is_err() {
            return;
        }
        if matches!(behaviour, Behaviour::Silent | Behaviour::Stalls) {
            // The caller gives up and closes the connection.
            let _ = tokio::time::timeout(Duration::from_secs(60), stream.read(&mut [0])).await;
            return;
        }
    }
}

fn respond(status: u16, body: &str) -> String {
    let head = format!("HTTP/1.1 {status} Status\r\ncontent-type: application/json");
    format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// Reads a request, and returns its method. Returns `None` at the end of the connection.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut received = Vec::new();
    let end = loop {
        match received.windows(4).position(|window| window == b"\r\n\r\n") {
            Some(end) => break end + 4,
            None if stream.read_buf(&mut received).await.ok()? == 0 => return None,
            None => {}
        }
    };
    let head = String::from_utf8(received[..end].to_vec()).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    while received.len() < end + length.unwrap_or(0) {
        if stream.read_buf(&mut received).await.ok()? == 0 {
            return None;
        }
    }
    Some(head.split(' ').next().unwrap_or_default().to_ascii_uppercase())
}
