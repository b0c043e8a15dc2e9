"""A language model that may ask for calls and word the answer: off unless the environment switches it on."""
