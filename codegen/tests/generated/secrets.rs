//! Tests of the `Debug` output of types with secrets.

use std::process::Command;

use crate::workspace::{COMPILED, SECRETS};

#[test]
fn debug_output_has_all_values_except_secrets() {
    let program = COMPILED[SECRETS].executable.as_ref().expect("the program compiles");
    let output = Command::new(program).output().expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && !text.contains("sesame"), "{text}");
    let login = r#"Login { email: "shown", password: [redacted], type: [redacted], history: [redacted], hints: [redacted], device: [redacted], credential: Phrase([redacted]), previous: [redacted] }"#;
    let session = r#"Session { user: "shown", token: [redacted], expires: [redacted] }"#;
    let expected = [
        &*format!(r#"LoginRequest {{ device: "shown", pin: [redacted], x_token: [redacted], body: {login} }}"#),
        &*format!("Ok {{ x_session: [redacted], body: {session} }}"),
        "Accepted",
        "ExchangeKeyRequest { body: [redacted] }",
        "Text([redacted])",
        &*format!("Json({login})"),
        "ExchangeKeyResponse { body: [redacted] }",
        &*format!("Json({session})"),
        r#"Name("shown")"#,
        "Passphrase([redacted])",
        r#"UploadBackupForm { name: "shown", passphrase: [redacted], archive: None }"#,
        "GetStoredKeyResponse { body: [redacted] }",
        "Conflict([redacted])",
        "Status4xx(AnyStatus(410), [redacted])",
        "Card(CredentialCard { number: 1 })",
        &*format!("Archive {{ sessions: [{session}] }}"),
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}
