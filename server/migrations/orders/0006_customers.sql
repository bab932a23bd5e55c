-- The data of users that carts and orders keep. The events of users fill the table, because users belong to another database.
CREATE TABLE customers (
    user_id uuid PRIMARY KEY,
    -- The data at the time of the registration. It is removed when the account is deleted.
    email text CHECK (length(email) <= 254),
    name text CHECK (length(name) <= 200),
    registered_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CHECK (deleted_at IS NULL OR (email IS NULL AND name IS NULL))
);
