"""The answers of a warehouse-options study: which stock, which option, at which price, and how sure."""
