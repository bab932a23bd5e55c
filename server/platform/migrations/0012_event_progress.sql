-- The times up to which consumers have handled the events of each outbox: all events whose transactions had committed before.
CREATE TABLE event_progress (
    service text COLLATE "C" NOT NULL,
    consumer text NOT NULL CHECK (length(consumer) BETWEEN 1 AND 100),
    -- The schema of the outbox, which can be in the database of another service.
    outbox text NOT NULL CHECK (length(outbox) BETWEEN 1 AND 100),
    partition smallint NOT NULL CHECK (partition >= 0),
    -- The time by the clock of the process that relays the outbox.
    complete_at timestamptz NOT NULL,
    PRIMARY KEY (service, consumer, outbox, partition)
);
