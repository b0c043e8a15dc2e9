"""Findings in words: every number in a sentence comes from a fact."""
