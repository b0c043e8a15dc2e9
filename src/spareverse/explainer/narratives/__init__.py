"""Narratives at two levels: what happened, why, what it means, what to do, how sure. Texts are in ``texts``."""
