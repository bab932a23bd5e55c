-- The events that the consumers of a service have handled. A row is written by the transaction that has the effect of the
-- event, so a repeated event has no second effect.
CREATE TABLE inbox (
    -- The schema of the service. Services can share a database. The collation is that of current_schema(), so that the
    -- indexes serve comparisons with it.
    service text COLLATE "C" NOT NULL,
    consumer text NOT NULL CHECK (length(consumer) BETWEEN 1 AND 100),
    event_id uuid NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now(),
    -- The author of a decision to drop the event, and the reason. They are absent for an event that was handled.
    dropped_by text CHECK (length(dropped_by) <= 100),
    dropped_role text,
    drop_reason text CHECK (length(drop_reason) <= 500),
    PRIMARY KEY (service, consumer, event_id)
);

CREATE INDEX inbox_by_handled_at ON inbox (service, handled_at);

-- The events that a consumer could not handle, and the later ones of the same aggregates, which wait for them.
CREATE TABLE held_events (
    service text COLLATE "C" NOT NULL,
    consumer text NOT NULL CHECK (length(consumer) BETWEEN 1 AND 100),
    -- The order of the events of an aggregate.
    position bigint GENERATED ALWAYS AS IDENTITY,
    event_id uuid NOT NULL,
    type text NOT NULL,
    aggregate text NOT NULL,
    aggregate_id text NOT NULL,
    partition smallint NOT NULL,
    data text NOT NULL,
    created_at timestamptz NOT NULL,
    trace_parent text,
    request_id text,
    -- The attempts that failed. An event that waits for an earlier one has none.
    attempts integer NOT NULL,
    -- The time of the next attempt.
    due_at timestamptz NOT NULL,
    -- The time at which the last attempt failed. Only an operator lets a parked event continue.
    parked_at timestamptz,
    held_at timestamptz NOT NULL DEFAULT now(),
    -- The cause of the last failure.
    error text NOT NULL CHECK (length(error) <= 1000),
    PRIMARY KEY (service, consumer, event_id)
);

-- The first event of each aggregate.
CREATE INDEX held_events_by_aggregate ON held_events (service, consumer, aggregate, aggregate_id, position);
CREATE INDEX held_events_by_due_at ON held_events (service, consumer, due_at) WHERE parked_at IS NULL;
