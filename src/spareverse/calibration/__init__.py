"""Proof on history: contenders replayed against the demand and lead times that came after the fit."""
