"""All items under one budget or target: the efficient frontier and the plan on it."""
