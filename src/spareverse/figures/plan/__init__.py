"""Figures of a plan: the curve, its parts, the back-test."""
