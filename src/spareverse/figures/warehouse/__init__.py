"""The figures of a warehouse-options study, drawn from its result tables and answers."""
