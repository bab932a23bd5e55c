//! The administrator account of the development server, and its password in the curl command that is printed.

use std::fs;

use crate::folder::{Folder, secret};

/// The administrator account that the development server creates.
pub struct Admin {
    /// The email address of the administrator account.
    pub email: String,
    /// The password of the administrator account. The server uses it only when it creates the account.
    pub password: String,
    /// The administrator's password as shell text, to be placed inside the single quotes of the printed curl
    /// command.
    pub shown: String,
    /// The note on the terminal about the source of the administrator's password. If the password is new, the
    /// note contains it.
    pub note: String,
}

impl Admin {
    /// Reads the administrator account from `ADMIN_EMAIL` and `ADMIN_PASSWORD`. A missing password is read from
    /// `folder`, or generated and stored there.
    pub fn of(folder: &Folder) -> anyhow::Result<Self> {
        let email = given("ADMIN_EMAIL").unwrap_or_else(|| "admin@example.com".into());
        if let Some(password) = given("ADMIN_PASSWORD") {
            let shown = r#"'"$ADMIN_PASSWORD"'"#.into();
            let note = "the ADMIN_PASSWORD that was set when the account was created".into();
            return Ok(Self { email, password, shown, note });
        }
        let path = folder.path().join("admin-password");
        if let Ok(password) = fs::read_to_string(&path) {
            let shown = format!(r#"'"$(cat {})"'"#, path.display());
            let note = format!("stored in {}", path.display());
            return Ok(Self { email, password, shown, note });
        }
        let password = secret()?;
        folder.write("admin-password", &password)?;
        let note = format!("{password} (shown only once, stored in {})", path.display());
        Ok(Self { email, shown: password.clone(), password, note })
    }
}

fn given(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}
