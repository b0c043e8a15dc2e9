"""Results drawn: the same figures on a page, in a notebook and in a report."""
