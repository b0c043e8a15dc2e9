"""What data say: lifetime and lead-time fits with censoring, pooling and intervals, compound demand."""
