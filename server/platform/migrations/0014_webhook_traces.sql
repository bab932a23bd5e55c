-- The trace of an event continues in the deliveries of its webhook.

-- The trace context (W3C, `traceparent`) of the consumer that wrote the message. The constraint holds for new rows; checking
-- the present ones, which have no value, would lock the table for the time of reading it.
ALTER TABLE webhook_messages
    ADD COLUMN trace_parent text,
    ADD CHECK (length(trace_parent) <= 100) NOT VALID;
