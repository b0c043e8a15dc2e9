"""The compiled event loop: arrays in, event log and statistics out."""
