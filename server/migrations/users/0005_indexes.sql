-- Deleting a user deletes all sessions of the user, also ended ones, which the partial index does not contain.
CREATE INDEX sessions_by_user_id ON sessions (user_id);
DROP INDEX sessions_by_user;

-- Each sort order of the contract has an index, with the filter by role too. An index also serves the reverse order.
CREATE INDEX users_by_created_at_name ON users (created_at DESC, name, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX users_by_role_created_at_name ON users (role, created_at DESC, name, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX users_by_role_name ON users (role, name, id) WHERE deleted_at IS NULL;
CREATE INDEX users_by_role_email ON users (role, email, id) WHERE deleted_at IS NULL;
