"""Monitors: is a stream of figures still what it was? Run lengths known, false discoveries controlled."""
