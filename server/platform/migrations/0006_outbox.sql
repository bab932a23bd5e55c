-- Events that a service publishes. A row is written by the transaction that has the effect, so neither exists without the
-- other.
CREATE TABLE outbox (
    -- The schema of the service. Services can share a database. The collation is that of current_schema(), so that the
    -- indexes serve comparisons with it.
    service text COLLATE "C" NOT NULL,
    -- The order of the events of an aggregate. The transactions of one aggregate follow each other, so a later number was
    -- committed later. Between aggregates the numbers have no meaning.
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    id uuid NOT NULL,
    type text NOT NULL CHECK (length(type) BETWEEN 1 AND 200),
    aggregate text NOT NULL CHECK (length(aggregate) BETWEEN 1 AND 200),
    aggregate_id text NOT NULL CHECK (length(aggregate_id) BETWEEN 1 AND 200),
    -- The stream of the event, which follows from its aggregate.
    partition smallint NOT NULL CHECK (partition >= 0),
    -- The data as JSON, in the bytes that were published.
    data text NOT NULL CHECK (octet_length(data) <= 262144),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The trace context (W3C, `traceparent`) and the request id of the request that caused the event.
    trace_parent text CHECK (length(trace_parent) <= 100),
    request_id text CHECK (length(request_id) <= 200),
    -- The batch in which the event was published. It is absent for an event that must still be published, or published
    -- again because Redis has lost it.
    batch bigint,
    -- The time at which the event was first published.
    published_at timestamptz,
    PRIMARY KEY (service, sequence)
);

-- The relay reads the events that are not published.
CREATE INDEX outbox_unpublished ON outbox (service, partition, sequence) WHERE batch IS NULL;
-- The events to publish again, after Redis has lost the batches that follow one.
CREATE INDEX outbox_by_batch ON outbox (service, partition, batch) WHERE batch IS NOT NULL;
-- The purge reads the oldest published events.
CREATE INDEX outbox_by_published_at ON outbox (service, published_at) WHERE batch IS NOT NULL;

-- The leases of relays and consumers: at most one process publishes a partition of an outbox, and at most one process
-- handles a partition for a consumer.
CREATE TABLE event_leases (
    service text COLLATE "C" NOT NULL,
    -- The name of the consumer. The lease of a relay has an empty name.
    consumer text NOT NULL CHECK (length(consumer) <= 100),
    partition smallint NOT NULL CHECK (partition >= 0),
    owner uuid,
    -- The number of the owner. A transaction that compares it cannot commit for an owner that was replaced.
    token bigint NOT NULL DEFAULT 0,
    until timestamptz NOT NULL DEFAULT '-infinity',
    -- The number of the last batch that a relay has published.
    batch bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (service, consumer, partition)
);

-- The consumers for which the streams of a service must keep events, and the time at which each was last seen.
CREATE TABLE event_groups (
    service text COLLATE "C" NOT NULL,
    consumer text NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (service, consumer)
);
