//! The complete name of a user, as version 1 of the contract has it, and its two parts.

/// Returns the complete name: the given name, followed by a space and the family name if there is one.
///
/// The database computes the column `name` by the same rule.
pub fn full_name(given: &str, family: &str) -> String {
    if family.is_empty() { given.to_owned() } else { format!("{given} {family}") }
}

/// Splits a complete name into the given name and the family name, which is the last word. A name of one word has no family
/// name.
///
/// [`full_name`] of the parts is exactly the complete name. The migration `0007_name_parts.sql` splits by the same rule.
pub fn name_parts(name: String) -> (String, String) {
    match name.rsplit_once(' ') {
        Some((given, family)) if !given.is_empty() && !family.is_empty() => (given.to_owned(), family.to_owned()),
        _ => (name, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::migrate::Migrator;
    use writ_platform::Database;

    use super::*;
    use crate::testing::TestDatabase;

    /// Complete names, each with its parts.
    const NAMES: &[(&str, &str, &str)] = &[
        ("Sample User", "Sample", "User"),
        ("Administrator", "Administrator", ""),
        ("A Sample  User", "A Sample ", "User"),
        ("Sample ", "Sample ", ""),
        ("Sample  ", "Sample  ", ""),
        ("\u{dc}ber S\u{e4}mple", "\u{dc}ber", "S\u{e4}mple"),
        ("a b", "a", "b"),
    ];

    #[test]
    fn the_parts_of_a_name_are_the_name_again() {
        for (name, given, family) in NAMES {
            assert_eq!(name_parts((*name).to_owned()), ((*given).to_owned(), (*family).to_owned()), "{name}");
            assert_eq!(full_name(given, family), *name);
        }
    }

    /// Returns the complete name and the parts of a user.
    async fn stored(database: &TestDatabase, email: &str) -> (String, String, String) {
        let query = sqlx::query_as("SELECT name, given_name, family_name FROM active_users WHERE email = $1");
        query.bind(email).fetch_one(&database.pool).await.unwrap()
    }

    fn row((name, given, family): (&str, &str, &str)) -> (String, String, String) {
        (name.to_owned(), given.to_owned(), family.to_owned())
    }

    #[tokio::test]
    async fn the_migration_splits_the_names_of_existing_users() {
        let older: Vec<_> = crate::USERS.migrations.iter().filter(|it| it.version < 7).cloned().collect();
        let older: &Migrator = Box::leak(Box::new(Migrator::with_migrations(older)));
        let database = TestDatabase::migrated(&Database::new("users", older)).await;
        let insert = "INSERT INTO users (id, email, name, password_hash) VALUES (gen_random_uuid(), $1, $2, '')";
        for (index, (name, ..)) in NAMES.iter().enumerate() {
            sqlx::query(insert).bind(format!("{index}@example.com")).bind(name).execute(&database.pool).await.unwrap();
        }
        database.migrate(&crate::USERS).await;
        for (index, names) in NAMES.iter().enumerate() {
            assert_eq!(stored(&database, &format!("{index}@example.com")).await, row(*names));
        }
    }

    #[tokio::test]
    async fn processes_of_the_previous_and_of_this_release_write_one_name() {
        let database = TestDatabase::migrated(&crate::USERS).await;
        let run = async |statement: &'static str| sqlx::query(statement).execute(&database.pool).await.unwrap();
        run("INSERT INTO users (id, email, name, password_hash) VALUES (gen_random_uuid(), 'o@example.com', 'An Old One', '')")
            .await;
        run("INSERT INTO users (id, email, name, given_name, family_name, password_hash)
             VALUES (gen_random_uuid(), 'n@example.com', '', 'New', 'One', '')")
        .await;
        assert_eq!(stored(&database, "o@example.com").await, row(("An Old One", "An Old", "One")));
        assert_eq!(stored(&database, "n@example.com").await, row(("New One", "New", "One")));
        run("UPDATE users SET given_name = 'An', family_name = 'Old One' WHERE email = 'o@example.com'").await;
        run("UPDATE users SET name = 'Newer' WHERE email = 'n@example.com'").await;
        assert_eq!(stored(&database, "o@example.com").await, row(("An Old One", "An", "Old One")));
        assert_eq!(stored(&database, "n@example.com").await, row(("Newer", "Newer", "")));
        // An old process writes the name that it has read.
        run("UPDATE users SET name = name, role = 'admin'").await;
        assert_eq!(stored(&database, "o@example.com").await, row(("An Old One", "An", "Old One")));
    }
}
