//! A PostgreSQL and a Redis for one test, with TLS or in a network of their own. Their programs are those of the servers
//! that the other tests share.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use super::{DATABASE_URL, SOON, variable};

/// The place where a private server listens.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The network namespace of the server. `None` is that of the test.
    pub namespace: Option<&'a str>,
    /// The address on which the server listens.
    pub address: IpAddr,
    /// The certificate of the server and its private key in PEM. `None` is a server without TLS.
    pub certificate: Option<(&'a str, &'a str)>,
}

/// A PostgreSQL for one test. Dropping the value stops the server.
#[derive(Debug)]
pub struct PrivatePostgres {
    server: Child,
    programs: PathBuf,
    account: Account,
    folder: TempDir,
    address: SocketAddr,
}

/// A Redis for one test. Dropping the value stops the server. A Redis with TLS has no port for plaintext.
#[derive(Debug)]
pub struct PrivateRedis {
    server: Child,
    _folder: TempDir,
    address: SocketAddr,
    scheme: &'static str,
}

/// The owner of the files of a server, and the account that runs it.
#[derive(Debug, Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl Place<'_> {
    /// Returns a command that runs in the network of the place.
    fn command(&self, program: &Path) -> Command {
        match self.namespace {
            None => Command::new(program),
            Some(namespace) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", namespace]).arg(program);
                command
            }
        }
    }

    /// Returns the address of the place with a port that no server of this machine uses.
    fn free_address(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        SocketAddr::new(self.address, listener.local_addr().expect("a listener has an address").port())
    }
}

impl Account {
    fn of(path: &Path) -> Account {
        let owner = std::fs::metadata(path).expect("the file is on this machine");
        Account { user: owner.uid(), group: owner.gid() }
    }

    /// Makes `command` run as this account. Only root needs this and can do so.
    fn run(self, command: &mut Command) {
        if Account::of(Path::new("/proc/self")).user != self.user {
            command.uid(self.user).gid(self.group);
        }
    }

    /// Writes a file that only this account can read.
    fn write(self, path: &Path, text: &str) {
        std::fs::write(path, text).expect("the folder of a test is writable");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("the file is ours");
        chown(path, Some(self.user), Some(self.group)).expect("the account can own files");
    }
}

impl PrivatePostgres {
    /// Starts a PostgreSQL that accepts the user `writ` without a password.
    pub async fn start(place: &Place<'_>) -> PrivatePostgres {
        let mut connection = PgConnection::connect(&variable(DATABASE_URL)).await.expect("PostgreSQL is available");
        let query = "SELECT (SELECT setting FROM pg_config WHERE name = 'BINDIR'), current_setting('data_directory')";
        let found: (String, String) =
            sqlx::query_as(query).fetch_one(&mut connection).await.expect("the role is superuser");
        let (programs, account) = (PathBuf::from(found.0), Account::of(Path::new(&found.1)));
        let (folder, address) = (tempfile::tempdir().expect("a folder can be made"), place.free_address());
        chown(folder.path(), Some(account.user), Some(account.group)).expect("the account can own folders");
        let data = folder.path().join("data");

        let mut create = Command::new(programs.join("initdb"));
        account.run(create.args(["--username=writ", "--auth=trust", "--no-sync", "-D"]).arg(&data));
        assert!(create.current_dir("/").stdout(Stdio::null()).status().expect("initdb runs").success());
        // Only tests reach the address.
        let access = "host all all all trust\n";
        account.write(&data.join("pg_hba.conf"), access);
        let mut settings = vec![
            format!("port={}", address.port()),
            format!("listen_addresses={}", address.ip()),
            "unix_socket_directories=".to_owned(),
            "fsync=off".to_owned(),
        ];
        if let Some(certificate) = place.certificate {
            write(certificate, folder.path(), account);
            settings.push("ssl=on".to_owned());
            settings.extend(files(folder.path()).map(|(name, path)| format!("ssl_{name}_file={path}")));
        }
        let server = match place.namespace {
            None => {
                let mut server = Command::new(programs.join("postgres"));
                account.run(&mut server);
                server
            }
            // Only root can enter a network namespace, and PostgreSQL does not run as root.
            Some(_) => {
                let mut server = place.command(Path::new("setpriv"));
                server.args([format!("--reuid={}", account.user), format!("--regid={}", account.group)]);
                server.args(["--clear-groups".as_ref(), programs.join("postgres").as_os_str()]);
                server
            }
        };
        let mut server = server;
        server.arg("-D").arg(&data).args(settings.iter().flat_map(|setting| ["-c", setting])).current_dir("/");
        let mut server = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("postgres runs");
        wait_for(address, &mut server).await;
        let started = PrivatePostgres { server, programs, account, folder, address };
        started.wait().await;
        started
    }

    /// Returns the URL of the database, with another name of its host.
    pub fn url(&self, host: &str) -> String {
        format!("postgres://writ@{host}:{}/postgres", self.address.port())
    }

    /// Replaces the certificate of the server for future connections.
    pub async fn present(&self, certificate: (&str, &str)) {
        write(certificate, self.folder.path(), self.account);
        let read = "SELECT pg_conf_load_time()::text";
        let mut connection = self.wait().await;
        let before: String = sqlx::query_scalar(read).fetch_one(&mut connection).await.expect("a constant query");
        sqlx::query("SELECT pg_reload_conf()").execute(&mut connection).await.expect("the role is superuser");
        let started = Instant::now();
        loop {
            // A new connection has a new process, with the settings of its parent.
            let mut connection = self.wait().await;
            let now: String = sqlx::query_scalar(read).fetch_one(&mut connection).await.expect("a constant query");
            if now != before {
                return;
            }
            assert!(started.elapsed() < SOON, "the server does not read its settings again");
        }
    }

    /// Waits until the server accepts a connection.
    async fn wait(&self) -> PgConnection {
        let (started, url) = (Instant::now(), self.url(&self.address.ip().to_string()));
        loop {
            match PgConnection::connect(&url).await {
                Ok(connection) => return connection,
                Err(error) => assert!(started.elapsed() < 4 * SOON, "the server does not start: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl PrivateRedis {
    /// Starts a Redis that accepts clients without a password.
    pub async fn start(place: &Place<'_>) -> PrivateRedis {
        let (folder, address) = (tempfile::tempdir().expect("a folder can be made"), place.free_address());
        let mut server = place.command(Path::new("redis-server"));
        server.args(["--bind", &address.ip().to_string(), "--protected-mode", "no", "--save", ""]);
        let port = address.port().to_string();
        match place.certificate {
            None => server.args(["--port", &port]),
            Some(certificate) => {
                write(certificate, folder.path(), Account::of(folder.path()));
                for (name, path) in files(folder.path()) {
                    server.args([&format!("--tls-{name}-file"), &path]);
                }
                server.args(["--port", "0", "--tls-port", &port, "--tls-auth-clients", "no"])
            }
        };
        let mut server = server.stdout(Stdio::null()).spawn().expect("redis-server is installed");
        wait_for(address, &mut server).await;
        let scheme = if place.certificate.is_some() { "rediss" } else { "redis" };
        PrivateRedis { server, _folder: folder, address, scheme }
    }

    /// Returns the URL of the server, with another name of its host.
    pub fn url(&self, host: &str) -> String {
        format!("{}://{host}:{}", self.scheme, self.address.port())
    }
}

/// Waits until a server accepts TCP connections.
async fn wait_for(address: SocketAddr, server: &mut Child) {
    let started = Instant::now();
    while tokio::net::TcpStream::connect(address).await.is_err() {
        assert!(server.try_wait().expect("the server is a child").is_none(), "the server ended");
        assert!(started.elapsed() < 4 * SOON, "the server does not listen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Returns the paths of the certificate and of the key in a folder, with the names that settings have for them.
fn files(folder: &Path) -> [(&'static str, String); 2] {
    ["cert", "key"].map(|name| (name, folder.join(name).display().to_string()))
}

fn write((certificate, key): (&str, &str), folder: &Path, account: Account) {
    for ((_, path), text) in files(folder).iter().zip([certificate, key]) {
        account.write(Path::new(path), text);
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        let mut stop = Command::new(self.programs.join("pg_ctl"));
        stop.args(["stop", "--mode=immediate", "--silent", "-D"]).arg(self.folder.path().join("data"));
        self.account.run(stop.current_dir("/"));
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
        let _ = self.server.wait();
    }
}

impl Drop for PrivateRedis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
