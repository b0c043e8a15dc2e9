"""Network tables to arrays, through the engine, to result tables."""
