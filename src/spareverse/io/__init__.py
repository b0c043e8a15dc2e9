"""Files in and out: readers, mappings, imports, the twin folder, templates and reports."""
