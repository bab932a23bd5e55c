CREATE TABLE opening_hours (day date PRIMARY KEY, opens text NOT NULL, closes text NOT NULL);

CREATE TABLE events (
    id uuid PRIMARY KEY,
    title text NOT NULL,
    starts_at timestamptz NOT NULL,
    price numeric(6, 2) NOT NULL,
    places integer NOT NULL CHECK (places >= 0)
);
CREATE INDEX events_by_start ON events (starts_at, id);

CREATE TABLE tickets (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES events (id),
    seller text NOT NULL,
    visitors integer NOT NULL,
    total numeric(8, 2) NOT NULL,
    sold_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tickets_by_seller ON tickets (seller, sold_at, id);
