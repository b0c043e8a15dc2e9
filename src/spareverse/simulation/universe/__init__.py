"""A network of people's tables, simulated: tables to arrays, replications, results."""
