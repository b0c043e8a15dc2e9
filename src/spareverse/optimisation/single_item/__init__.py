"""One item: order quantities, reorder points, order-up-to levels, lot sizes, last-time buys."""
