-- What the sample sells. The first two are named in the contract's examples.

INSERT INTO products (sku, name, price, currency) VALUES
    ('ABC-1', 'Notebook', 19.99, 'EUR'),
    ('XYZ-9', 'Pencil', 5.00, 'EUR'),
    ('INK-10', 'Ink, 50 ml', 12.50, 'EUR'),
    ('PEN-2', 'Fountain pen', 74.00, 'EUR'),
    ('ERA-1', 'Eraser', 0.99, 'EUR'),
    ('RUL-30', 'Ruler, 30 cm', 3.49, 'EUR'),
    ('ENV-100', 'Envelopes, 100', 9.95, 'USD'),
    ('STA-50', 'Stamps, 50', 36.50, 'USD'),
    ('CLP-20', 'Paper clips, 20', 1.25, 'GBP'),
    ('FIL-5', 'Ring binders, 5', 17.80, 'GBP');
