-- Webhooks: the endpoints outside of the services to which events are delivered, and the deliveries.

-- The registered endpoints.
CREATE TABLE webhook_endpoints (
    -- The schema of the service. Services can share a database.
    service text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    url text NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
    description text NOT NULL CHECK (length(description) <= 200),
    -- The event types that the endpoint receives; all if the array is empty.
    event_types text[] NOT NULL DEFAULT '{}',
    -- The key of the signatures. After a rotation, the previous key signs too until its end.
    secret bytea NOT NULL CHECK (octet_length(secret) BETWEEN 24 AND 64),
    previous_secret bytea,
    previous_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- The time of the last successful delivery.
    succeeded_at timestamptz,
    -- The time at which deliveries stopped, and the reason. Both are absent while the endpoint is enabled.
    disabled_at timestamptz,
    disabled_reason text CHECK (length(disabled_reason) <= 200),
    -- An endpoint that was deleted through the API is purged later, because it can have many deliveries.
    deleted_at timestamptz,
    PRIMARY KEY (service, id),
    CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);

CREATE INDEX webhook_endpoints_by_deleted_at ON webhook_endpoints (service, deleted_at) WHERE deleted_at IS NOT NULL;

-- The events that are or were delivered to at least one endpoint, as the endpoints receive them.
CREATE TABLE webhook_messages (
    service text COLLATE "C" NOT NULL,
    event_id uuid NOT NULL,
    event_type text NOT NULL CHECK (length(event_type) <= 100),
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (service, event_id)
);

CREATE INDEX webhook_messages_by_created_at ON webhook_messages (service, created_at);

-- The deliveries of messages to endpoints.
CREATE TABLE webhook_deliveries (
    service text COLLATE "C" NOT NULL,
    endpoint_id uuid NOT NULL,
    event_id uuid NOT NULL,
    -- The number of attempts that have begun. An attempt that ends names it, so a late end changes nothing.
    attempts integer NOT NULL DEFAULT 0,
    -- The time of the next attempt. While an attempt runs, it is the end of its lease. It is absent once the delivery
    -- has succeeded or has failed for good.
    next_attempt_at timestamptz DEFAULT now(),
    delivered_at timestamptz,
    -- The result of the last attempt that failed.
    failure text CHECK (length(failure) <= 200),
    PRIMARY KEY (service, endpoint_id, event_id),
    FOREIGN KEY (service, endpoint_id) REFERENCES webhook_endpoints (service, id) ON DELETE CASCADE,
    FOREIGN KEY (service, event_id) REFERENCES webhook_messages (service, event_id) ON DELETE CASCADE
);

CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (service, event_id);
CREATE INDEX webhook_deliveries_by_next_attempt_at ON webhook_deliveries (service, endpoint_id, next_attempt_at)
    WHERE next_attempt_at IS NOT NULL;
