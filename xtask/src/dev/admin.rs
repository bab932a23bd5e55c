//! The administrator that the server seeds, and how the first curl names the password.

use std::fs;

use crate::folder::{Folder, secret};

/// Who signs in first.
pub struct Admin {
    /// The address to sign in with.
    pub email: String,
    /// The password, used by the server when it makes the account.
    pub password: String,
    /// The password as it stands in a curl, inside of single quotes.
    pub shown: String,
    /// Where the password comes from; the password itself when it was just made up.
    pub note: String,
}

impl Admin {
    /// As `ADMIN_EMAIL` and `ADMIN_PASSWORD` say, else one that `folder` keeps.
    pub fn of(folder: &Folder) -> anyhow::Result<Self> {
        let email = given("ADMIN_EMAIL").unwrap_or_else(|| "admin@example.com".into());
        if let Some(password) = given("ADMIN_PASSWORD") {
            let shown = r#"'"$ADMIN_PASSWORD"'"#.into();
            let note = "ADMIN_PASSWORD, as it was when the account was made".into();
            return Ok(Self { email, password, shown, note });
        }
        let path = folder.path().join("admin-password");
        if let Ok(password) = fs::read_to_string(&path) {
            let shown = format!(r#"'"$(cat {})"'"#, path.display());
            let note = format!("kept in {}", path.display());
            return Ok(Self { email, password, shown, note });
        }
        let password = secret()?;
        folder.write("admin-password", &password)?;
        let note = format!("{password} (shown this once, kept in {})", path.display());
        Ok(Self { email, shown: password.clone(), password, note })
    }
}

fn given(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}
