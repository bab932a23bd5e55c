-- What is for sale, what people mean to order, and what they have ordered. A user is known here by
-- id alone: their data belongs to another database.

CREATE TABLE products (
    sku text PRIMARY KEY CHECK (sku ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$' AND length(sku) <= 64),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    price numeric(12, 2) NOT NULL CHECK (price >= 0),
    currency text NOT NULL CHECK (currency IN ('EUR', 'USD', 'GBP')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE carts (
    user_id uuid PRIMARY KEY,
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cart_items (
    user_id uuid NOT NULL REFERENCES carts (user_id) ON DELETE CASCADE,
    -- Where the item stands in the cart, from 0.
    position integer NOT NULL CHECK (position >= 0),
    sku text NOT NULL REFERENCES products (sku),
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    PRIMARY KEY (user_id, sku),
    UNIQUE (user_id, position)
);

CREATE INDEX cart_items_by_sku ON cart_items (sku);

CREATE TABLE orders (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'paid', 'shipped', 'delivered', 'cancelled')),
    total numeric(19, 2) NOT NULL CHECK (total >= 0),
    currency text NOT NULL CHECK (currency IN ('EUR', 'USD', 'GBP')),
    -- Counts the changes, from 1; the ETag is made of it.
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- One index a keyset order: of everybody, of one user, of one status.
CREATE INDEX orders_by_created_at ON orders (created_at, id);
CREATE INDEX orders_by_total ON orders (total, id);
CREATE INDEX orders_by_user_created_at ON orders (user_id, created_at, id);
CREATE INDEX orders_by_user_total ON orders (user_id, total, id);
CREATE INDEX orders_by_status_created_at ON orders (status, created_at, id);

CREATE TABLE order_items (
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    -- Where the item stands in the order, from 0; the keyset order of a listing.
    position integer NOT NULL CHECK (position >= 0),
    -- No foreign key: an order outlives what is for sale.
    sku text NOT NULL,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    -- The price at the moment of the order.
    unit_price numeric(12, 2) NOT NULL CHECK (unit_price >= 0),
    line_total numeric(19, 2) NOT NULL GENERATED ALWAYS AS (unit_price * quantity) STORED,
    PRIMARY KEY (order_id, position),
    UNIQUE (order_id, sku)
);
