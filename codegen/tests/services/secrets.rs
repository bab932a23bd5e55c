//! A program that prints values with secrets by `Debug`. The text `sesame` is the secret.

use contract::{
    Archive, Credential, CredentialCard, ExchangeKeyBody, ExchangeKeyRequest, ExchangeKeyResponse,
    ExchangeKeyResponseBody, GetStoredKeyError, GetStoredKeyResponse, Login, LoginDevice, LoginRequest, LoginResponse, Session,
    UploadBackupForm, UploadBackupPart,
};
use writ_runtime::{AnyStatus, Patch};

fn shown() -> String {
    "shown".to_owned()
}

fn secret() -> String {
    "sesame".to_owned()
}

fn login() -> Login {
    Login {
        email: shown(),
        password: secret(),
        r#type: secret(),
        history: vec![secret()],
        hints: [(secret(), secret())].into(),
        device: LoginDevice { serial: secret() },
        credential: Credential::Phrase(secret()),
        previous: Some(secret()),
    }
}

fn session() -> Session {
    Session { user: shown(), token: secret(), expires: Patch::Value(secret()) }
}

fn main() {
    println!("{:?}", LoginRequest { device: shown(), pin: secret(), x_token: Some(secret()), body: login() });
    println!("{:?}", LoginResponse::Ok { x_session: secret(), body: session() });
    println!("{:?}", LoginResponse::Accepted);
    println!("{:?}", ExchangeKeyRequest { body: ExchangeKeyBody::Text(secret()) });
    println!("{:?}", ExchangeKeyBody::Text(secret()));
    println!("{:?}", ExchangeKeyBody::Json(login()));
    println!("{:?}", ExchangeKeyResponse { body: ExchangeKeyResponseBody::Text(secret()) });
    println!("{:?}", ExchangeKeyResponseBody::Json(session()));
    println!("{:?}", UploadBackupPart::Name(shown()));
    println!("{:?}", UploadBackupPart::Passphrase(secret()));
    println!("{:?}", UploadBackupForm { name: shown(), passphrase: secret(), archive: None });
    println!("{:?}", GetStoredKeyResponse { body: secret() });
    println!("{:?}", GetStoredKeyError::Conflict(secret()));
    println!("{:?}", GetStoredKeyError::Status4xx(AnyStatus::of::<410>(), secret()));
    println!("{:?}", Credential::Card(CredentialCard { number: 1 }));
    println!("{:?}", Archive { sessions: vec![session()] });
}
