-- The login sessions that have ended. The events of users fill the table, because sessions belong to another database.
CREATE TABLE ended_sessions (
    session_id uuid PRIMARY KEY,
    ended_at timestamptz NOT NULL
);

-- The purge deletes the oldest rows.
CREATE INDEX ended_sessions_by_ended_at ON ended_sessions (ended_at);
