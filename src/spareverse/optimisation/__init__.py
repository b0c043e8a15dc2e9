"""What to stock: cost of safety cover, optimal reorder points and order quantities."""
