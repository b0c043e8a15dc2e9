"""Checks of a whole network: everything that is wrong with its tables, told at once, before anything is simulated.

What is impossible or contradictory is a problem; what may be meant is a notice of the network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.network.network import Network
from spareverse.network.network_checks import agents, demand, disturbances, limits, policies, references, supply, times
from spareverse.network.network_checks.draft import TABLES, Draft
from spareverse.network.network_checks.reading import draft_of

RULES: tuple[Callable[[Draft], None], ...] = (
    references.there_is_something_to_simulate,
    limits.settings_are_one_row,
    limits.figures_within_limits,
    limits.periods_fit_the_run,
    limits.coordinates_come_in_pairs,
    references.names_are_known,
    references.places_and_suppliers_differ,
    references.modes_are_known,
    references.links_lead_somewhere_else,
    supply.stock_points_have_a_source,
    supply.inner_sources_keep_the_part,
    supply.supply_is_not_circular,
    supply.links_join_source_and_place,
    supply.links_are_told_apart,
    supply.shares_are_given,
    supply.emergency_orders_have_a_lead_time,
    supply.first_sources_are_ranked,
    supply.suppliers_take_time,
    supply.places_have_transport,
    supply.prices_fall_with_the_quantity,
    supply.budgets_pay_the_least_order,
    policies.order_up_to_levels_are_above_reorder_points,
    policies.base_stock_has_a_level,
    policies.on_demand_keeps_nothing,
    policies.periodic_policies_have_an_interval,
    policies.adaptive_policies_have_a_start,
    policies.figures_belong_to_their_policy,
    demand.demands_have_one_rate,
    demand.demands_can_be_counted,
    demand.demands_take_time_and_pieces,
    demand.what_is_demanded_is_stocked,
    demand.seasons_have_twelve_months,
    demand.contracts_can_be_late,
    demand.waiting_customers_wait,
    demand.orders_under_way_have_their_source,
    demand.recorded_demands_fall_into_the_run,
    demand.customers_demand_something,
    disturbances.disturbances_hit_something,
    disturbances.disturbances_hit_one_thing,
    disturbances.disturbances_are_scheduled_or_random,
    disturbances.disturbances_fall_into_the_run,
    disturbances.disturbances_have_their_factor,
    disturbances.random_disturbances_do_not_meet,
    disturbances.losses_have_a_capacity,
    times.links_take_time,
    times.times_come_to_an_end,
    times.times_are_in_days,
    times.planned_times_resemble_the_real_ones,
    times.lead_times_fit_the_run,
    times.work_needs_lines,
    agents.agents_turn_something_for_pay,
    agents.measures_are_known,
    agents.pay_has_a_weight,
    agents.levers_turn_something,
    agents.limits_leave_room,
)
"""Every rule, in the order of the report."""


def check_network(tables: Mapping[str, pl.DataFrame], sources: Mapping[str, str] | None = None) -> list[Problem]:
    """Everything that is wrong with the tables of a network; empty where they can be simulated.

    tables
        By the names of ``components``; a table that is empty may be absent. Rows may carry FILE and ROW
        (``network.schema``), else they are numbered as below one line of headings.
    sources
        Table -> what to call it in the report, such as its file; the table's own name if not given.
    """
    return _checked(tables, sources).problems


def checked_network(
    tables: Mapping[str, pl.DataFrame],
    sources: Mapping[str, str] | None = None,
    *,
    name: str = "",
    notices: tuple[str, ...] = (),
    problems: list[Problem] | None = None,
) -> Network:
    """The network of these tables; InputRejected with all problems where there are any.

    ``problems`` found before, while reading, go first. Doubts (times that look like hours, figures that are not used)
    are added to the notices.
    """
    draft = _checked(tables, sources)
    found = list(dict.fromkeys([*(problems or []), *draft.problems]))
    if found:
        words = "one thing is" if len(found) == 1 else f"{len(found)} things are"
        raise InputRejected(f"{name or 'The network'}: {words} wrong with its tables. Nothing was run.", found)
    complete = {table: draft[table].select(TABLES[table].names) for table in TABLES}
    return Network.of(complete, name, tuple(dict.fromkeys((*notices, *draft.notices))))


def _checked(tables: Mapping[str, pl.DataFrame], sources: Mapping[str, str] | None) -> Draft:
    draft = draft_of(tables, sources or {})
    for rule in RULES:
        rule(draft)
    return draft
