"""A PlanningData from plain lists."""

import numpy as np

from unit.optimisation.planning_fixture import planning_data, planning_items


def planning(events, *, steps, continuous=True, lead=30.0, unit_cost=10.0, company=None, gaps=(), category=None):
    """``events``: per item a list of (step, pieces); ``company``: per item (reorder point, quantity) or None;
    ``gaps``: per item a list of (from, until)."""
    count = len(events)
    rule = company or [None] * count
    flat = [(i, step, pieces) for i, pairs in enumerate(events) for step, pieces in pairs]
    item, step, pieces = (np.array([row[k] for row in flat]) for k in range(3))
    return planning_data(
        item.astype(np.int64),
        step.astype(np.int64),
        pieces.astype(np.float64),
        items=planning_items(
            count,
            place_id=[""] * count,
            category=category or [None] * count,
            unit_cost=np.broadcast_to(unit_cost, count),
            current_reorder_point=[None if r is None else float(r[0]) for r in rule],
            current_order_quantity=[None if r is None else float(r[1]) for r in rule],
        ),
        steps=steps,
        continuous=continuous,
        step_days=1.0 if continuous else 365.25 / 12,
        gaps=[(i, a, b) for i, pairs in enumerate(gaps) for a, b in pairs],
        lead_nodes=lead,
    )
