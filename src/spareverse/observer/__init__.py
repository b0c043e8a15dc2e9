"""The Observer: are policies and incentives coherent, does the system hold itself, what drifts, what helps."""
