"""A company's daily use of its twin: the queue of long work, the portfolio in memory, the planner's decisions."""
