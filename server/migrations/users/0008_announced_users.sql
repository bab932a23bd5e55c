-- The time at which the event `user.registered` of a user was published. It is absent for users who were created before
-- there were events, until a job publishes theirs.
ALTER TABLE users ADD COLUMN announced_at timestamptz;

CREATE INDEX users_unannounced ON users (id) WHERE announced_at IS NULL AND deleted_at IS NULL;
