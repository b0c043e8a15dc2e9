"""What happened: order lines, windows, reorder cycles, safety cover and empirical measures."""
