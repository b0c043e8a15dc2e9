"""What a spare parts enterprise is: its tables, with a declared schema, and its distributions."""
