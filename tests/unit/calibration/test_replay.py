"""Replay of stocking rules: a few histories by hand, and a plain day-by-day account beside the kernel."""

import numpy as np
import pytest

from spareverse.calibration import replay as r
from spareverse.calibration.rules import Rules


def track(events, *, steps=100, warm=0, review=0, leads=(10.0,), gaps=()):
    """One item."""
    return r.Track(
        np.array([0, len(events)]),
        np.array([step for step, _ in events], dtype=np.int64),
        np.array([pieces for _, pieces in events], dtype=float),
        np.array([0, len(gaps)]),
        np.array([first for first, _ in gaps], dtype=np.int64),
        np.array([last for _, last in gaps], dtype=np.int64),
        np.array([0]),
        np.array([len(leads)]),
        np.array(leads, dtype=float),
        steps,
        warm,
        review,
    )


def rule(s, q, *, up_to=False):
    return Rules("test", 0.0, np.array([s]), np.array([q]), up_to)


def one(given, rules):
    return dict(zip(r.COUNTS, r.replay(given, [rules])[0, 0], strict=True))


def test_a_piece_on_the_shelf_meets_the_line_and_comes_back_after_the_lead_time():
    found = one(track([(20, 1), (25, 1), (50, 1)]), rule(0, 1))
    assert (found["lines"], found["lines_met"], found["pieces_met"], found["orders"]) == (3, 2, 2, 3)
    assert found["waited"] == 5  # the second line takes the piece that comes at 30, the one ordered for it is stock
    # on hand 1 until 20, 0 until 35, 1 until 50, 0 until 60, 1 until 100
    assert found["stock"] == pytest.approx((20 + 15 + 40) / 100)
    assert found["owed"] == pytest.approx(5 / 100)


def test_what_is_bought_on_demand_is_never_on_the_shelf():
    found = one(track([(5, 2), (40, 3)]), rule(-1, 1))
    assert (found["lines_met"], found["pieces_met"], found["stock"], found["waited"], found["orders"]) == (
        0,
        0,
        0,
        20,
        2,
    )


def test_part_of_a_line_counts_as_pieces_not_as_a_line():
    found = one(track([(5, 4)]), rule(2, 1))
    assert (found["lines_met"], found["pieces_met"], found["waited"]) == (0, 3, 10)


def test_orders_are_multiples_unless_they_go_up_to_a_level():
    # position 3 + 4 - 6 = 1: three more pieces reach 4, one batch of 4 reaches 5, up to 7 takes 6
    batch = one(track([(5, 6), (30, 5)]), rule(3, 4))
    up_to = one(track([(5, 6), (30, 7)]), rule(3, 4, up_to=True))
    assert (batch["lines_met"], up_to["lines_met"]) == (2, 2)
    assert one(track([(5, 6), (30, 6)]), rule(3, 4))["lines_met"] == 1


def test_a_month_is_reviewed_at_its_end():
    # lead time 1 month: ordered at the end of month 0, on the shelf before the demand of month 2
    months = track([(0, 1), (1, 1), (2, 1)], steps=6, review=1, leads=(1.0,))
    found = one(months, rule(0, 1))
    assert (found["lines_met"], found["waited"]) == (1, 1 + 1)


def test_lead_times_are_taken_evenly_and_alike_by_every_contender():
    orders = [(step, 1) for step in range(0, 4000, 40)]
    few = one(track(orders, steps=4000, leads=(5.0, 15.0)), rule(-1, 1))
    assert few["waited"] / few["lines"] == pytest.approx(10.0, abs=0.5)
    other = one(track(orders, steps=4000, leads=(5.0, 15.0)), rule(-1, 1, up_to=True))
    assert other["waited"] == few["waited"]


def test_gaps_are_not_scored_and_the_warm_part_is_not_either():
    found = one(track([(-10, 1), (20, 1)], warm=20, leads=(15.0,), gaps=((60, 80),)), rule(0, 1))
    assert (found["lines"], found["lines_met"], found["orders"]) == (1, 1, 1)
    # not there until 5, there until 20, again from 35; 20 of 100 steps unknown
    assert found["stock"] == pytest.approx((15 + 65 - 20) / 80)


def plain(given, rules):
    """The same account in unit steps; whole lead times only."""
    s, q = int(rules.reorder_point[0]), int(rules.order_quantity[0])
    demand = {}
    for step, pieces in zip(given.event_step.tolist(), given.event_pieces.tolist(), strict=True):
        demand.setdefault(step, []).append(pieces)
    on_hand, position, queue, arrivals = float(s + q), float(s + q), [], {}
    lines = met = pieces_met = waited = stock = 0.0
    number = 0
    for now in range(-given.warm_steps, given.steps):
        on_hand += arrivals.pop(now, 0.0)
        while queue and on_hand > 0:
            since, left = queue[0]
            give = min(on_hand, left)
            on_hand -= give
            if give == left:
                queue.pop(0)
                waited += now - since if since >= 0 else 0
            else:
                queue[0] = (since, left - give)
        for pieces in demand.get(now, []):
            give = min(on_hand, pieces)
            on_hand -= give
            if give < pieces:
                queue.append((now, pieces - give))
            if now >= 0:
                lines, met, pieces_met = lines + 1, met + (give == pieces), pieces_met + give
            position -= pieces
            if position <= s:
                more = s + q - position if rules.order_up_to else q * ((s - position) // q + 1)
                position += more
                turn = (number * 0.6180339887498949) % 1.0
                number += 1
                due = now + int(given.lead_times[int(turn * len(given.lead_times))]) + given.review_steps
                if due == now:
                    on_hand += more  # zero lead time: there before the next line
                    while queue and on_hand > 0:
                        since, left = queue[0]
                        give = min(on_hand, left)
                        on_hand -= give
                        if give == left:
                            queue.pop(0)
                            waited += now - since if since >= 0 else 0
                        else:
                            queue[0] = (since, left - give)
                else:
                    arrivals[due] = arrivals.get(due, 0.0) + more
        stock += on_hand if now >= 0 else 0.0
    waited += sum(given.steps - since for since, _ in queue if since >= 0)
    return lines, met, pieces_met, waited, stock / given.steps


@pytest.mark.parametrize("seed", range(25))
def test_kernel_and_plain_account_agree(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(0, 40))
    steps = np.sort(rng.integers(-60, 120, count))
    given = track(
        [(int(step), float(pieces)) for step, pieces in zip(steps, rng.integers(1, 5, count), strict=True)],
        steps=120,
        warm=60,
        review=int(rng.integers(0, 2)),
        leads=tuple(rng.integers(0, 30, 5).astype(float)),
    )
    rules = rule(int(rng.integers(-1, 6)), int(rng.integers(1, 5)), up_to=bool(rng.integers(0, 2)))
    found = one(given, rules)
    assert (found["lines"], found["lines_met"], found["pieces_met"], found["waited"], found["stock"]) == pytest.approx(
        plain(given, rules)
    )


def test_any_split_over_threads_gives_the_same():
    rng = np.random.default_rng(1)
    items = 9000
    starts = np.concatenate([[0], np.cumsum(rng.poisson(2.0, items))])
    item = np.repeat(np.arange(items), np.diff(starts))
    step = rng.integers(-50, 300, starts[-1])
    order = np.lexsort((step, item))
    given = r.Track(
        starts,
        step[order],
        np.ones(starts[-1]),
        np.zeros(items + 1, np.int64),
        np.zeros(0, np.int64),
        np.zeros(0, np.int64),
        np.zeros(items, np.int64),
        np.full(items, 50),
        rng.uniform(5, 60, 50),
        300,
        50,
        0,
    )
    rules = Rules("test", 0.0, rng.integers(-1, 3, items), np.ones(items, np.int64), False)
    whole = r.replay(given, [rules])[0]
    parts = [np.zeros((items, len(r.COUNTS))) for _ in range(2)]
    shared = (
        given.event_starts, given.event_step, given.event_pieces, given.gap_starts, given.gap_from, given.gap_until,
        given.lead_from, given.lead_until, given.lead_times, 300, 50, 0, rules.reorder_point, rules.order_quantity,
        np.zeros(items, np.bool_),
    )  # fmt: skip
    r.replay_range(*shared, 0, 5000, parts[0])
    r.replay_range(*shared, 5000, items, parts[1])
    np.testing.assert_array_equal(whole, parts[0] + parts[1])
