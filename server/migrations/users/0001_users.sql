-- People, and their sessions.

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    email_verified_at timestamptz,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    -- A PHC string of Argon2id.
    password_hash text NOT NULL,
    -- Counts the changes, from 1; the ETag is made of it.
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);

-- Only the living hold an address, so that who left can come back.
CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE deleted_at IS NULL;

-- One index a keyset order.
CREATE INDEX users_by_created_at ON users (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX users_by_name ON users (name, id) WHERE deleted_at IS NULL;
CREATE INDEX users_by_email ON users (email, id) WHERE deleted_at IS NULL;
CREATE INDEX users_by_role ON users (role, created_at, id) WHERE deleted_at IS NULL;

-- What the purge job looks for.
CREATE INDEX users_by_deleted_at ON users (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE VIEW active_users AS
SELECT id, email, email_verified_at, name, role, password_hash, version, created_at, updated_at
FROM users
WHERE deleted_at IS NULL;

-- One row a sign-in: the family of all refresh tokens that descend from it. Its id is the `sid` of
-- the access tokens.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- SHA-256 of the one refresh token that is good now.
    token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    -- When that token stops being good.
    expires_at timestamptz NOT NULL,
    -- When the session ends however often it is refreshed.
    ends_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    refreshed_at timestamptz,
    revoked_at timestamptz,
    CHECK (expires_at <= ends_at)
);

CREATE UNIQUE INDEX sessions_token_hash ON sessions (token_hash);
CREATE INDEX sessions_by_user ON sessions (user_id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_by_revoked_at ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX sessions_by_expires_at ON sessions (expires_at);

-- Refresh tokens that were used. One that is presented again was stolen from somebody: its whole
-- session is revoked.
CREATE TABLE spent_tokens (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    used_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX spent_tokens_by_session ON spent_tokens (session_id);
