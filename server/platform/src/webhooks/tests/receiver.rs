//! An endpoint that records the webhooks that it receives, and responds as its test demands.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use rustls::RootCertStore;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use crate::testing::SOON;

/// The response of an endpoint to one request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// The response is this text, after a time.
    After(Duration, String),
    /// The connection is closed without a response.
    Close,
}

impl Reply {
    pub fn status(status: u16) -> Reply {
        Reply::after(Duration::ZERO, status)
    }

    pub fn after(time: Duration, status: u16) -> Reply {
        Reply::After(time, format!("HTTP/1.1 {status} -\r\ncontent-length: 2\r\n\r\nok"))
    }

    /// A response that asks for a pause.
    pub fn busy(status: u16, retry_after: &str) -> Reply {
        let head = format!("HTTP/1.1 {status} -\r\nretry-after: {retry_after}\r\ncontent-length: 0\r\n\r\n");
        Reply::After(Duration::ZERO, head)
    }

    pub fn redirect(url: &str) -> Reply {
        let head = format!("HTTP/1.1 307 -\r\nlocation: {url}\r\ncontent-length: 0\r\n\r\n");
        Reply::After(Duration::ZERO, head)
    }
}

/// A webhook as an endpoint receives it.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub id: String,
    pub timestamp: String,
    pub signatures: String,
    pub trace_parent: Option<String>,
    pub body: Bytes,
}

/// A certificate for one host name, and the authorities that trust it.
pub struct TestCertificate {
    pub roots: RootCertStore,
    acceptor: TlsAcceptor,
}

/// Creates a self-signed certificate.
pub fn certificate(host: &str) -> TestCertificate {
    crate::tls::install_provider();
    let issued = rcgen::generate_simple_self_signed(vec![host.to_owned()]).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(issued.cert.der().clone()).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der()));
    let config = rustls::ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![issued.cert.der().clone()], key).unwrap();
    TestCertificate { roots, acceptor: TlsAcceptor::from(Arc::new(config)) }
}

/// A running endpoint.
pub struct Receiver {
    pub address: SocketAddr,
    state: Arc<State>,
}

type Script = Box<dyn Fn(usize, &str) -> Reply + Send + Sync>;

struct State {
    script: Script,
    received: Mutex<Vec<Received>>,
    arrived: Notify,
    connections: AtomicUsize,
    running: AtomicUsize,
    most: AtomicUsize,
}

impl Receiver {
    /// Starts an endpoint at 127.0.0.1 that responds with these replies in turn, and then with the last one.
    pub async fn start<const N: usize>(replies: [Reply; N]) -> Receiver {
        Receiver::start_at(([127, 0, 0, 1], 0), replies).await
    }

    pub async fn start_at<const N: usize>(address: impl Into<SocketAddr>, replies: [Reply; N]) -> Receiver {
        listen(address.into(), in_turn(replies), None).await
    }

    /// Starts an endpoint whose replies depend on the type of the event.
    pub async fn start_by_type(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Receiver {
        listen(([127, 0, 0, 1], 0).into(), Box::new(move |_, name| reply(name)), None).await
    }

    pub async fn start_with_tls<const N: usize>(certificate: &TestCertificate, replies: [Reply; N]) -> Receiver {
        listen(([127, 0, 0, 1], 0).into(), in_turn(replies), Some(certificate.acceptor.clone())).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn requests(&self) -> Vec<Received> {
        self.state.received.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Returns the greatest number of requests that ran at the same time.
    pub fn most_at_once(&self) -> usize {
        self.state.most.load(Ordering::SeqCst)
    }

    /// Waits for a number of requests.
    pub async fn wait_for(&self, count: usize) {
        let wait = async {
            loop {
                let arrived = self.state.arrived.notified();
                if self.requests().len() >= count {
                    return;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(SOON, wait).await.expect("the requests arrive");
    }
}

fn in_turn<const N: usize>(replies: [Reply; N]) -> Script {
    Box::new(move |at, _| replies[at.min(N - 1)].clone())
}

async fn listen(address: SocketAddr, script: Script, tls: Option<TlsAcceptor>) -> Receiver {
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    let state = Arc::new(State {
        script,
        received: Mutex::default(),
        arrived: Notify::new(),
        connections: AtomicUsize::new(0),
        running: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
    });
    let shared = state.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            shared.connections.fetch_add(1, Ordering::SeqCst);
            let (state, tls) = (shared.clone(), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => state.respond(stream).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            state.respond(stream).await;
                        }
                    }
                }
            });
        }
    });
    Receiver { address, state }
}

impl State {
    async fn respond(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        if let Some(received) = read(&mut stream).await {
            let body: serde_json::Value = serde_json::from_slice(&received.body).unwrap_or_default();
            let at = {
                let mut all = self.received.lock().unwrap();
                all.push(received);
                all.len() - 1
            };
            self.arrived.notify_waiters();
            if let Reply::After(time, text) = (self.script)(at, body["type"].as_str().unwrap_or_default()) {
                // The sender closes the connection at its time limit.
                let responds = tokio::select! {
                    () = tokio::time::sleep(time) => true,
                    _ = stream.read_u8() => false,
                };
                if responds {
                    let _ = stream.write_all(text.as_bytes()).await;
                    let _ = stream.shutdown().await;
                }
            }
        }
        self.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Reads a request with a body of a declared length.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Received> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
            let header = |name: &str| {
                let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
                lines.clone().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
            };
            let length: usize = header("content-length")?.parse().ok()?;
            if bytes.len() >= end + 4 + length {
                return Some(Received {
                    path: head.split(' ').nth(1)?.to_owned(),
                    id: header("webhook-id")?,
                    timestamp: header("webhook-timestamp")?,
                    signatures: header("webhook-signature")?,
                    trace_parent: header("traceparent"),
                    body: Bytes::copy_from_slice(&bytes[end + 4..end + 4 + length]),
                });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
