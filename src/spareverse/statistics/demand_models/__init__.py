"""Models of when an item is demanded and how much: arrays in, posterior laws out."""
