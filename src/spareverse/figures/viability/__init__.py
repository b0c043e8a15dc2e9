"""Figures of the Observer: the viability map and what is behind it, warnings, and what to do."""
