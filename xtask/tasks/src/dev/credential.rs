//! The credentials of the development server: passwords and keys that are created once, and that the printed request
//! uses.

use std::fs;

use sha2::{Digest, Sha256};

use crate::folder::{Folder, secret};

/// A password or key that the development server reads from an environment variable.
///
/// If the variable is not set, `dev` creates the secret at its first run and keeps it in the data folder.
///
/// ```
/// use writ_tasks::Credential;
///
/// let admin = Credential::new("Admin", "ADMIN_PASSWORD").user("ADMIN_EMAIL", "admin@example.com");
/// let key = Credential::api_key("MUSEUM_API_KEYS");
/// # let _ = (admin, key);
/// ```
pub struct Credential {
    title: String,
    variable: String,
    user: Option<(String, String)>,
    written: fn(&str) -> String,
}

/// A credential of the running development server.
pub struct Given {
    /// The title of the credential in the list that `dev` prints.
    pub title: String,
    /// The environment variables of the server that hold the credential, with their values.
    pub variables: Vec<(String, String)>,
    /// The name of the user, or an empty string if the credential has none.
    pub user: String,
    /// The secret as shell text, to be placed inside the single quotes of a command.
    pub shown: String,
    /// The note on the terminal about the source of the secret. If the secret is new, the note contains it.
    pub note: String,
}

impl Credential {
    /// Describes a secret that the server reads from `variable`. The list that `dev` prints calls it `title`.
    pub fn new(title: &str, variable: &str) -> Credential {
        Credential { title: title.to_owned(), variable: variable.to_owned(), user: None, written: str::to_owned }
    }

    /// Describes an API key of the setting `variable`, which the server reads as `name hash`. Callers send the key alone.
    pub fn api_key(variable: &str) -> Credential {
        let hashed = |key: &str| {
            let hash: String = Sha256::digest(key).iter().map(|byte| format!("{byte:02x}")).collect();
            format!("dev {hash}")
        };
        Credential::new("API key", variable).written_as(hashed)
    }

    /// Adds the name of the user, which the server reads from `variable`, and its value if the variable is not set.
    #[must_use]
    pub fn user(mut self, variable: &str, default: &str) -> Credential {
        self.user = Some((variable.to_owned(), default.to_owned()));
        self
    }

    /// Sets the form in which the server reads the secret from its variable, if it is not the secret itself.
    #[must_use]
    pub fn written_as(mut self, written: fn(&str) -> String) -> Credential {
        self.written = written;
        self
    }

    /// Returns the credential of the development server: from its variables, else from `folder`, else a new one that is
    /// stored there.
    pub(super) fn resolve(&self, folder: &Folder) -> anyhow::Result<Given> {
        let title = self.title.clone();
        let user = self.user.as_ref().map(|(variable, default)| {
            let user = given(variable).unwrap_or_else(|| default.clone());
            (variable.clone(), user)
        });
        let mut variables: Vec<_> = user.into_iter().collect();
        let user = variables.first().map(|(_, user)| user.clone()).unwrap_or_default();
        if let Some(value) = given(&self.variable) {
            variables.push((self.variable.clone(), value));
            let shown = format!(r#"'"${}"'"#, self.variable);
            let note = format!("the {} that was set when it was first used", self.variable);
            return Ok(Given { title, variables, user, shown, note });
        }
        let file = self.variable.to_ascii_lowercase().replace('_', "-");
        let path = folder.path().join(&file);
        let (secret, shown, note) = match fs::read_to_string(&path) {
            Ok(stored) => {
                let shown = format!(r#"'"$(cat {})"'"#, path.display());
                (stored, shown, format!("stored in {}", path.display()))
            }
            Err(_) => {
                let new = secret()?;
                folder.write(&file, &new)?;
                let note = format!("{new} (shown only once, stored in {})", path.display());
                (new.clone(), new, note)
            }
        };
        variables.push((self.variable.clone(), (self.written)(&secret)));
        Ok(Given { title, variables, user, shown, note })
    }
}

fn given(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}
