"""Questions in plain words and tools for AI assistants: both call the twin's own verbs and answer with facts."""
