"""The declared answers of a warehouse-options study: figures, pages, commands and SPIR sheets read these tables.

``part_id`` is the stocked part (interchange group) as in LINE_RESULTS; empty text means the whole package. Limits are
95 % limits; where they are missing there was no noise to judge by (closed form, or a single run).
"""

from __future__ import annotations

from spareverse.network.schema import Column, Table

NOT_ENOUGH = "not_enough_replications"
"""The verdict wherever the noise is larger than what is asked."""

LEVERS = ("fee_per_month", "pay_per_use", "pay_per_use_alone")
"""Subscription, with the price per piece as the study has it; price per piece, with the subscription as it is; price
per piece instead of the subscription."""

HOLDINGS = ("digital_no_stock", "central_minimum", "site_and_central", "case_by_case")
"""What the risk matrix recommends: no stock, printed on demand; minimum stock at the central warehouse; minimum stock
at site and the rest central; by case-by-case risk assessment."""

FACTORS = (
    "demand_rate",
    "lead_time",
    "reorder_point",
    "order_quantity",
    "unit_price",
    "fee",
    "holding",
    "co2_price",
    "downtime_cost",
)
"""Inputs a sensitivity moves; the first four change what happens, the others only what it costs."""


def _limited(name: str, meaning: str, unit: str = "") -> tuple[Column, Column, Column]:
    return (
        Column(name, "number", meaning, unit),
        Column(f"{name}_low", "number", f"{meaning}: lower 95 % limit", unit),
        Column(f"{name}_high", "number", f"{meaning}: upper 95 % limit", unit),
    )


PART = Column("part_id", "text", "Part, or interchange group; empty: the whole package")
OPTION = Column("option", "text", "Option")
SUPPLY = Column("supply", "text", "Whose lead times and prices", choices=("conventional", "digital"))

QUESTIONS = Table(
    "questions",
    "Five questions",
    "The questions of El-Thalji 2025, answered for each part and for the package",
    (
        Column(
            "question",
            "integer",
            "1, 3: uptime without stock under conventional, digital supply; 2, 4: smallest stock that reaches the "
            "target under conventional, digital supply; 5: is digital supply cheaper, and up to which fee",
        ),
        PART,
        SUPPLY,
        Column("option", "text", "Option whose supply is asked about"),
        Column("against", "text", "Option compared with (question 5)"),
        Column(
            "quantity",
            "text",
            "What the value is",
            choices=("availability", "initial_stock", "reorder_point", "total_cost", *LEVERS),
        ),
        Column("exact", "number", "Value by the closed form, where one exists"),
        Column("method", "text", "The closed form; 'approximation' in its name where it is one"),
        *_limited("value", "Value by simulation (total_cost: option less against)"),
        Column("unit", "text", "Unit"),
        Column(
            "verdict",
            "text",
            "Answer in a word; yes: digital is cheaper",
            choices=("answered", "exact_only", "unreachable", "yes", "no", NOT_ENOUGH),
        ),
        Column("limit", "text", "What keeps the target out of reach", choices=("replacement", "access", "supply")),
    ),
    identity=("question", "part_id", "option", "against", "quantity"),
)

SMALLEST_STOCK = Table(
    "smallest_stock",
    "Smallest stock that reaches the target",
    "One row per option and part: by the closed form, and as simulation confirms it",
    (
        OPTION,
        SUPPLY,
        PART,
        Column("target", "number", "Wanted availability"),
        Column("failures_per_year", "number", "Failures a year of all its pieces, working always", "1/year"),
        Column("lead_time_days", "number", "Mean lead time", "days"),
        Column("exact_stock", "integer", "Smallest stock by the closed form", "pieces"),
        Column("exact_reorder_point", "integer", "Its reorder point; -1: ordered on demand", "pieces"),
        Column("exact_availability", "number", "Its availability by the closed form"),
        Column("method", "text", "The closed form; 'approximation' in its name where it is one"),
        Column("initial_stock", "integer", "Smallest stock: the answer", "pieces"),
        Column("reorder_point", "integer", "Its reorder point; -1: ordered on demand", "pieces"),
        Column("order_quantity", "integer", "Pieces per order", "pieces"),
        *_limited("availability", "Availability with it, simulated"),
        Column("below", "number", "Availability with one piece less, simulated"),
        Column("below_high", "number", "Its upper 95 % limit"),
        Column("replications", "integer", "Replications of the confirming run"),
        Column("reachable", "number", "Availability with stock without end"),
        Column("limit", "text", "What keeps the target out of reach", choices=("replacement", "access", "supply")),
        Column(
            "verdict",
            "text",
            "confirmed: the interval with this stock lies above the target; exact_only: not simulated",
            choices=("confirmed", "exact_only", "unreachable", NOT_ENOUGH),
        ),
    ),
    identity=("option", "part_id"),
)

STOCK_LADDER = Table(
    "stock_ladder",
    "Availability against stock",
    "The steps the search tried",
    (
        OPTION,
        PART,
        Column("initial_stock", "integer", "Stock on site at commissioning", "pieces"),
        Column("reorder_point", "integer", "Reorder point; -1: ordered on demand", "pieces"),
        Column("order_quantity", "integer", "Pieces per order", "pieces"),
        Column("exact", "number", "Availability by the closed form"),
        *_limited("availability", "Availability, simulated"),
        Column("replications", "integer", "Replications"),
    ),
    identity=("option", "part_id", "initial_stock"),
)

QUANTITIES = Table(
    "quantities",
    "Quantities to buy",
    "First fill, two years of operation, and insurance spares",
    (
        OPTION,
        PART,
        Column("criticality", "text", "Highest consequence among its tags"),
        Column("spare_class", "text", "Row of the risk matrix"),
        Column("failures_per_year", "number", "Failures a year of all its pieces", "1/year"),
        Column("lead_time_days", "number", "Mean lead time", "days"),
        Column("lead_time_demand", "number", "Pieces needed in a lead time, mean", "pieces"),
        Column("two_year_demand", "number", "Pieces needed in two years, mean", "pieces"),
        Column("first_fill_service", "number", "Chance that the first fill lasts a lead time: wanted"),
        Column("two_year_service", "number", "Chance that the quantity lasts two years: wanted"),
        Column("first_fill", "integer", "Pieces at commissioning", "pieces"),
        Column("two_year", "integer", "Pieces for two years of operation", "pieces"),
        Column("insurance", "integer", "Capital spares, held against a rare but costly wait", "pieces"),
        Column("insurance_saving", "number", "Down-time cost they avoid less their price and holding", "currency"),
    ),
    identity=("option", "part_id"),
)

BREAK_EVEN = Table(
    "break_even",
    "Break-even prices",
    "The fee or price at which two options cost the same; the option is cheaper below it",
    (
        Column("option", "text", "Option that charges the fee or price"),
        Column("against", "text", "Option compared with"),
        PART,
        Column("lever", "text", "What is moved", choices=LEVERS),
        Column("includes_downtime", "boolean", "Whether the cost of down time is counted"),
        Column("today", "number", "As the study has it", "currency"),
        *_limited("value", "Break-even", "currency"),
        Column("unit", "text", "Unit"),
        Column(
            "verdict",
            "text",
            "cheaper, dearer: the option as it stands, clear of noise; never: dearer even when given away",
            choices=("cheaper", "dearer", "never", NOT_ENOUGH),
        ),
    ),
    identity=("option", "against", "part_id", "lever", "includes_downtime"),
)

FEE_CHART = Table(
    "fee_chart",
    "Cumulative parts and fees",
    "Cumulative cost through time of what a fee may cover (figure 11 of El-Thalji 2025)",
    (
        OPTION,
        Column(
            "kind",
            "text",
            "parts, holding, fee; covered: parts and holding that the compared fee covers; total: all kinds",
            choices=("parts", "holding", "fee", "covered", "total"),
        ),
        Column("period", "integer", "Number of the period, from 0 (commissioning)"),
        Column("until_h", "number", "End of the period", "h"),
        Column("cumulative", "number", "Mean cost up to then", "currency"),
        Column("cumulative_low", "number", "2.5 % quantile of one run (total only)", "currency"),
        Column("cumulative_high", "number", "97.5 % quantile of one run (total only)", "currency"),
    ),
    identity=("option", "kind", "period"),
)

DOWNTIME_SWITCHES = Table(
    "downtime_switches",
    "Cost of down time at which the cheapest option changes",
    "In order of rising cost of down time; an option that is never cheapest has no range",
    (
        OPTION,
        Column("rank", "integer", "Place in the order, from 1; empty: never cheapest"),
        *_limited("from_cost", "Cheapest from this cost of down time on", "currency/h"),
        *_limited("to_cost", "Cheapest up to this cost; empty: without end", "currency/h"),
        *_limited("cost_without_downtime", "Total cost without down time", "currency"),
        *_limited("downtime_hours", "Hours down, all assets", "h"),
        Column("support", "number", "Share of the resamples of replications in which the option is cheapest somewhere"),
        Column(
            "verdict",
            "text",
            "clear: in (or out of) the list in at least 95 % of the resamples",
            choices=("clear", NOT_ENOUGH),
        ),
    ),
    identity=("option",),
)

TORNADO = Table(
    "tornado",
    "What the answer hangs on, one input at a time",
    "One row per option, measure and factor; paired with the study as it stands under common random numbers",
    (
        OPTION,
        Column("measure", "text", "Measure"),
        Column("factor", "text", "Input moved", choices=FACTORS),
        Column("simulated", "boolean", "Simulated again (physics), or recomputed (prices)"),
        Column("low_setting", "number", "Factor on the input (reorder point, order quantity: pieces added), low"),
        Column("high_setting", "number", "The same, high"),
        Column("base", "number", "Measure as the study stands"),
        *_limited("at_low", "Change of the measure with the low setting"),
        *_limited("at_high", "Change of the measure with the high setting"),
        Column("swing", "number", "Largest less smallest of the measure over low, base and high"),
        Column("verdict", "text", "clear: a change is clear of noise", choices=("clear", "none", NOT_ENOUGH)),
        Column("unit", "text", "Unit"),
    ),
    identity=("option", "measure", "factor"),
)

GLOBAL_SENSITIVITY = Table(
    "global_sensitivity",
    "What the answer hangs on, all inputs at once",
    "Sobol' indices: shares of the measure's variance when all factors vary together",
    (
        OPTION,
        Column("measure", "text", "Measure"),
        Column("factor", "text", "Input moved", choices=FACTORS),
        Column("low_setting", "number", "Factor on the input, lowest"),
        Column("high_setting", "number", "Factor on the input, highest"),
        *_limited("first", "First-order index: the factor alone"),
        *_limited("total", "Total index: with all it interacts with"),
        Column("runs", "integer", "Settings simulated"),
        Column("noise_share", "number", "Share of the variance that is Monte Carlo noise, not the factors"),
        Column("verdict", "text", "noise: the noise dominates", choices=("clear", "noise", NOT_ENOUGH)),
    ),
    identity=("option", "measure", "factor"),
)

PARETO = Table(
    "pareto",
    "Availability, cost and CO2 together",
    "One row per option, or per option and stock step; dominated: another is better in one and worse in none",
    (
        OPTION,
        Column("variant", "text", "Pieces more in stock, as '+1'; empty: the option as it stands"),
        *_limited("availability", "Availability"),
        *_limited("total_cost", "Total cost", "currency"),
        *_limited("co2_kg", "CO2 of transport", "kg"),
        Column("dominated_by", "text", "A point that dominates it by the means"),
        Column(
            "verdict",
            "text",
            "dominated only where clear of noise",
            choices=("efficient", "dominated", NOT_ENOUGH),
        ),
    ),
    identity=("option", "variant"),
)

RISK_MATRIX = Table(
    "risk_matrix",
    "Risk matrix",
    "Recommended holding by class of spare and consequence (NORSOK-style, digital column of El-Thalji 2025, table 3)",
    (
        Column("spare_class", "text", "Row", choices=("first_line", "not_frequent", "capital")),
        Column("criticality", "text", "Consequence", choices=("low", "medium", "high")),
        Column("holding", "text", "Recommended holding", choices=HOLDINGS),
        Column("parts", "integer", "Parts of the package in the cell"),
        Column("differing", "integer", "Of these, parts whose best option clearly differs from the matrix"),
        Column("money", "number", "What following the matrix costs more than the best options", "currency"),
    ),
    identity=("spare_class", "criticality"),
)

MATRIX_LINES = Table(
    "matrix_lines",
    "Parts against the risk matrix",
    "One row per part: what the matrix says, what is cheapest by simulation, and what the difference costs and risks",
    (
        PART,
        Column("description", "text", "Name of the part"),
        Column("criticality", "text", "Highest consequence among its tags"),
        Column("spare_class", "text", "Row of the matrix"),
        Column("class_source", "text", "Given, or derived from rate and price", choices=("given", "derived")),
        Column("holding", "text", "What the matrix recommends", choices=HOLDINGS),
        Column("matrix_option", "text", "Option of the study that does so; empty: none does"),
        Column("best_option", "text", "Cheapest option, down time included"),
        *_limited("money", "Cost of the matrix's option less that of the best, horizon", "currency"),
        Column("availability", "number", "Availability under the best option"),
        *_limited("availability_difference", "Availability under the best less under the matrix's option"),
        Column("downtime_difference", "number", "Cost of down time, best less matrix's option", "currency"),
        Column(
            "verdict",
            "text",
            "agrees, differs (clear of noise), no_option: the study has no option like the matrix's",
            choices=("agrees", "differs", "no_option", NOT_ENOUGH),
        ),
    ),
    identity=("part_id",),
)

BEST_OPTIONS = Table(
    "best_options",
    "Best option",
    "Cheapest option by total cost, down time included: for the package (first row) and for each part",
    (
        PART,
        Column("description", "text", "Name of the part"),
        Column("best_option", "text", "Cheapest option"),
        Column("total_cost", "number", "Its cost over the horizon", "currency"),
        Column("availability", "number", "Its availability"),
        Column("runner_up", "text", "Second cheapest"),
        *_limited("saving", "Cost of the second cheapest less that of the cheapest", "currency"),
        Column("most_available", "text", "Option with the highest availability"),
        Column("verdict", "text", "clear of noise; only: one option", choices=("clear", "only", NOT_ENOUGH)),
    ),
    identity=("part_id",),
)

RECOMMENDATION = Table(
    "recommendation",
    "Recommendation and its reasons",
    "Facts in order of weight: what is recommended, and each number that speaks for or against it",
    (
        Column("fact_id", "text", "Name of the fact, stable between runs"),
        Column("about", "text", "Option (or part) the fact is about"),
        Column("against", "text", "Option compared with"),
        Column("text", "text", "Value of a fact that is a name"),
        *_limited("value", "Value of a fact that is a number"),
        Column("unit", "text", "Unit"),
        Column("source", "text", "Table the fact comes from"),
        Column("verdict", "text", "How sure", choices=("clear", NOT_ENOUGH)),
    ),
    identity=("fact_id", "about", "against"),
)

PART_BY_PART = Table(
    "part_by_part",
    "Recommended for each part, together",
    "The option recommended for each part, all simulated together as one option: one row per measure",
    (
        Column("measure", "text", "Measure"),
        *_limited("value", "Mean over the runs"),
        Column("unit", "text", "Unit"),
        Column("against", "text", "The option recommended for the whole package"),
        *_limited("difference", "Mean less that of ``against``, paired"),
        Column("followed", "text", "Options the parts follow, with the number of parts"),
        Column("replications", "integer", "Runs"),
    ),
    identity=("measure",),
)

STUDY_ANSWERS: dict[str, Table] = {
    table.name: table
    for table in (
        RECOMMENDATION,
        BEST_OPTIONS,
        PART_BY_PART,
        QUESTIONS,
        SMALLEST_STOCK,
        STOCK_LADDER,
        QUANTITIES,
        BREAK_EVEN,
        FEE_CHART,
        DOWNTIME_SWITCHES,
        TORNADO,
        GLOBAL_SENSITIVITY,
        PARETO,
        RISK_MATRIX,
        MATRIX_LINES,
    )
}
"""Every answer, in the order a reader wants them. Without new simulations part_by_part, stock_ladder and
global_sensitivity are empty, the tornado moves prices only, and closed forms stand alone."""
