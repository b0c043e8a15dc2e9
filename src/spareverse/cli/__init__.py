"""The command line: thin commands over the verbs of a twin."""
