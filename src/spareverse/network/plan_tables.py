"""The tables of a plan, of its proof on history, and of what became of accepted changes."""

from __future__ import annotations

from spareverse.network.schema import Column, Table, estimate

POLICY_KEY = ("part_id", "place_id")
ALL_PARTS, RULE_KNOWN = "all", "rule known"
"""Groups of a back-test: every part, and those whose company rule is known where not all are: there contenders are
compared."""


_ITEM = (
    Column("part_id", "text", "Part", required=True),
    Column("place_id", "text", "Place; empty where the company has one stock"),
)

DEMAND_RESULTS = Table(
    "demand_models",
    "Demand models",
    "One row per part and place: what its demand is like and which model forecasts it",
    (
        *_ITEM,
        Column("periods", "integer", "Periods (days or months) known", "periods"),
        Column("missing_periods", "integer", "Periods without information; not zeros", "periods"),
        Column("demand_periods", "integer", "Periods with demand", "periods"),
        Column("pieces", "number", "Pieces demanded", "pieces"),
        Column("adi", "number", "Average demand interval: periods per period with demand", "periods"),
        Column("cv2", "number", "Squared coefficient of variation of the demand sizes"),
        Column(
            "demand_class",
            "text",
            "Class of Syntetos, Boylan & Croston 2005, or why there is none",
            choices=("smooth", "erratic", "intermittent", "lumpy", "too few demands", "never moved"),
        ),
        Column("model", "text", "Model chosen on out-of-sample scores"),
        Column("score", "number", "Its mean CRPS over rolling origins, shrunk to its class", "pieces"),
        Column("group", "text", "Group it borrows strength from"),
        *estimate("rate", "Expected demand", "pieces/year"),
        Column("chance_of_demand", "number", "Chance of any demand within a year"),
        Column("lead_time_days", "number", "Expected lead time, review included", "days"),
        Column("lead_time_demand", "number", "Expected demand over the lead time", "pieces"),
        Column("lead_time_demand_sd", "number", "Its standard deviation, parameters' uncertainty included", "pieces"),
        Column("remarks", "text", "What was assumed or is missing"),
    ),
    identity=POLICY_KEY,
)

PLAN = Table(
    "plan",
    "Plan",
    "One row per part and place: today's rule, the proposed one, what it does and what follows for today's stock",
    (
        *_ITEM,
        Column("planner", "text", "Planner responsible"),
        Column("description", "text", "Name of the part"),
        Column("category", "text", "Group of similar parts"),
        Column("criticality", "text", "Criticality class"),
        Column("supplier_id", "text", "Main supplier"),
        Column("unit_cost", "number", "Cost of one piece", "currency/piece"),
        Column("current_reorder_point", "number", "Today's reorder point; empty where unknown", "pieces"),
        Column("current_order_quantity", "number", "Today's order quantity", "pieces"),
        Column("stocked", "boolean", "Whether the plan keeps the part in stock"),
        Column("reorder_point", "number", "Order when the position (stock + on order - owed) is at or below", "pieces"),
        Column("order_up_to", "number", "Reorder point plus order quantity", "pieces"),
        Column("order_quantity", "number", "Pieces of an order; -1 reorder point and 1 = bought on demand", "pieces"),
        Column("single_part_reorder_point", "number", "Optimum of the part alone, by its own costs", "pieces"),
        *estimate("fill_rate", "Share of demand lines met at once under the plan"),
        Column("current_fill_rate", "number", "The same under today's rule"),
        Column("lines_a_year", "number", "Expected demand lines", "lines/year"),
        Column("pieces_a_year", "number", "Expected demand", "pieces/year"),
        Column("expected_backorders", "number", "Mean pieces owed under the plan", "pieces"),
        Column("stock_value", "number", "Mean stock on hand at unit cost under the plan", "currency"),
        Column("current_stock_value", "number", "The same under today's rule", "currency"),
        Column("gain_per_money", "number", "Lines a year met at once by the last piece, per unit of money held"),
        Column("enters_at", "number", "Stock value of the whole plan from which on the part is stocked", "currency"),
        Column("on_hand", "number", "Pieces on hand today", "pieces"),
        Column("on_order", "number", "Pieces on order today", "pieces"),
        Column("backordered", "number", "Pieces owed today", "pieces"),
        Column("action", "text", "What to do first", choices=("buy", "move", "cut", "scrap", "keep", "watch")),
        Column("action_pieces", "number", "Pieces of the action", "pieces"),
        Column("action_money", "number", "Their value; positive is spent", "currency"),
        Column("from_place_id", "text", "Place the pieces are moved from"),
        Column("model", "text", "Demand model"),
        Column("demand_class", "text", "Demand class"),
        Column("evidence", "text", "Evidence grade"),
        Column("reason", "text", "Why, in words"),
        Column("remarks", "text", "Floors, minimum quantities, assumptions, what could not be reached"),
        Column("accept", "text", "yes, no, or empty = undecided", choices=("yes", "no")),
        Column("override_reorder_point", "number", "The planner's own figure, kept and respected", "pieces"),
        Column("comment", "text", "Why the planner decided so"),
    ),
    identity=POLICY_KEY,
)

POLICY_EXPORT = ("part_id", "place_id", "policy", "reorder_point", "order_up_to", "order_quantity")
"""Columns of an exported plan, as of the table of policies, which takes them back."""

PLAN_CURVE = Table(
    "plan_curve",
    "Curve",
    "Efficient plans: none other has a higher fill rate for its stock value",
    (
        Column("point", "integer", "Number along the curve, least stock first"),
        Column("stock_value", "number", "Mean stock on hand at unit cost", "currency"),
        *estimate("fill_rate", "Share of demand lines met at once"),
        Column("fill_rate_pieces", "number", "Share of pieces met at once"),
        Column("expected_backorders", "number", "Mean pieces owed", "pieces"),
        Column("availability", "number", "exp(-expected backorders per installed asset); empty without installed base"),
        Column("parts_stocked", "integer", "Parts kept in stock", "parts"),
        Column("gain_per_money", "number", "Least gain per unit of money still bought"),
        Column("kind", "text", "efficient, today or chosen", choices=("efficient", "today", "chosen")),
    ),
    identity=("kind", "point"),
)

PLAN_LIMITS = Table(
    "plan_limits",
    "Limits of the plan",
    "What limits the plan, how far it goes to each of them, and what easing each would bring",
    (
        Column("name", "text", "What is limited, and for whom"),
        Column("parts", "integer", "Parts it holds for", "parts"),
        Column("sense", "text", "at least or at most", choices=("at least", "at most")),
        Column("bound", "number", "The limit", "as unit says"),
        Column(
            "reached",
            "number",
            "What the plan does; of limits on each part: how many parts stand at it",
            "as unit says",
        ),
        Column("unit", "text", "Unit of bound and reached"),
        Column("binds", "boolean", "Whether the plan would be better without it"),
        Column(
            "shadow_price",
            "number",
            "What easing it by one step would bring; empty where no price is known",
            "as worth says",
        ),
        Column("step", "text", "The step: a thousand units of money, one m3, one piece, 0.01 of fill rate"),
        Column("worth", "text", "Unit of the shadow price: lines a year, pieces a year, pieces owed"),
        Column("comment", "text", "Why there is this limit, as imported, and what else is to be said"),
    ),
    identity=("name", "sense"),
)

LAST_ORDERS = Table(
    "last_orders",
    "Last-time buys",
    "Parts that can be ordered only until a day: what to order if ordered today, to last until the end of service",
    (
        *_ITEM,
        Column("description", "text", "Name of the part"),
        Column("last_order_on", "date", "Last day it can be ordered"),
        Column("needed_until", "date", "End of service"),
        Column("pieces_a_year", "number", "Expected demand", "pieces/year"),
        Column("stock", "number", "On hand and on order, less owed, today", "pieces"),
        *(
            Column(name, "number", f"Demand until the end of service{words}", "pieces")
            for name, words in (
                ("demand", ""),
                ("demand_low", ": lower 95 % limit"),
                ("demand_high", ": upper 95 % limit"),
            )
        ),
        Column("quantity", "number", "Pieces to order", "pieces"),
        Column("money", "number", "Their purchase", "currency"),
        Column("chance_enough", "number", "Chance that all demand is met"),
        Column("expected_left", "number", "Pieces expected to be left at the end", "pieces"),
        Column("expected_short", "number", "Pieces expected to be asked for in vain", "pieces"),
        Column("cost", "number", "Purchase, holding and shortage expected, less salvage", "currency"),
        Column("remarks", "text", "What was assumed or is missing"),
    ),
    identity=POLICY_KEY,
)

BACKTEST_RESULTS = Table(
    "backtest",
    "Back-test",
    "Each contender replayed against what happened after the fit, per class",
    (
        Column("policy", "text", "plan, company, or a peer's name"),
        Column("setting", "number", "How generous: service target or factor of the contender"),
        Column("chosen", "boolean", "The setting that stands for the contender"),
        Column("group", "text", "all; rule known: parts with a known company rule, if not all have one; or a class"),
        Column("parts", "integer", "Parts", "parts"),
        Column("lines", "integer", "Demand lines replayed", "lines"),
        Column("pieces", "number", "Pieces demanded", "pieces"),
        *estimate("fill_rate", "Share of lines met at once, realised"),
        *estimate("fill_rate_pieces", "Share of pieces met at once, realised"),
        Column("wait_days", "number", "Mean wait of all lines", "days"),
        *estimate("stock_value", "Mean stock on hand at unit cost, realised", "currency"),
        Column("orders", "integer", "Orders placed", "orders"),
        *estimate("cost", "Holding, ordering and stock-out cost", "currency/year"),
        *estimate("promised_fill_rate", "Fill rate of lines the contender promised at the fit"),
        Column(
            "verdict",
            "text",
            "Promise against outcome; fewer than 30 lines prove nothing",
            choices=("kept", "not enough lines", "missed", "exceeded", "no promise"),
        ),
        Column("cause", "text", "Why the outcome lies outside the band of the promise"),
    ),
    identity=("policy", "setting", "group"),
)

BACKTEST_EQUAL = Table(
    "backtest_equal",
    "Stock value at equal fill rate",
    "What each contender holds where it reaches the same fill rate, read off its replayed curve",
    (
        Column("policy", "text", "Contender"),
        Column("fill_rate", "number", "Share of lines met at once"),
        *estimate("stock_value", "Mean stock at unit cost; empty: no setting reaches the fill rate", "currency"),
        *estimate("ratio", "Its stock value over the plan's, both on the same parts"),
    ),
    identity=("policy", "fill_rate"),
)

BACKTEST_PARTS = Table(
    "backtest_parts",
    "Back-test per part",
    "What each part did under the plan and under the company's rule, after the fit",
    (
        *_ITEM,
        Column("policy", "text", "Contender"),
        Column("reorder_point", "number", "Its reorder point", "pieces"),
        Column("order_quantity", "number", "Its order quantity", "pieces"),
        Column("lines", "integer", "Demand lines replayed", "lines"),
        Column("lines_met", "integer", "Lines met at once", "lines"),
        Column("pieces", "number", "Pieces demanded", "pieces"),
        Column("pieces_met", "number", "Pieces met at once", "pieces"),
        Column("wait_days", "number", "Total days lines waited", "days"),
        Column("stock_value", "number", "Mean stock on hand at unit cost", "currency"),
        Column("orders", "integer", "Orders placed", "orders"),
        Column("promised_fill_rate", "number", "Promised at the fit"),
        Column("demand_class", "text", "Demand class at the fit"),
    ),
    identity=("policy", *POLICY_KEY),
)

PROMISES = Table(
    "promises",
    "Promises",
    "Accepted recommendations and what they promised, compared with what later imports show",
    (
        *_ITEM,
        Column("accepted_on", "date", "Day of the decision", required=True),
        Column(
            "kind",
            "text",
            "Kind of recommendation",
            choices=("raise", "lower", "stock", "do not stock", "order size"),
        ),
        Column("reorder_point", "number", "Reorder point accepted", "pieces"),
        Column("order_quantity", "number", "Order quantity accepted", "pieces"),
        Column("overridden", "boolean", "Whether the planner used a figure of their own"),
        *estimate("promised_fill_rate", "Share of lines met at once, promised"),
        Column("promised_stock_value", "number", "Mean stock value promised", "currency"),
        Column("known_until", "date", "Last day of the history when decided"),
        Column("run", "text", "Plan it came from"),
    ),
    identity=(*POLICY_KEY, "accepted_on"),
)

OUTCOMES = Table(
    "outcomes",
    "Outcomes",
    "Per kind of recommendation: what was promised and what came",
    (
        Column("kind", "text", "Kind of recommendation"),
        Column("accepted", "integer", "Recommendations accepted"),
        Column("with_outcome", "integer", "Of these, parts that saw demand since"),
        Column("lines", "integer", "Demand lines since", "lines"),
        *estimate("promised_fill_rate", "Share of lines met at once, promised"),
        *estimate("realised_fill_rate", "Share of lines met at once since; by replay where deliveries are not known"),
        Column("promised_stock_value", "number", "Mean stock value promised", "currency"),
        Column("realised_stock_value", "number", "Mean stock value since", "currency"),
        Column("verdict", "text", "Promise against outcome", choices=("kept", "missed", "too early")),
    ),
    identity=("kind",),
)

PLAN_TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        DEMAND_RESULTS,
        PLAN,
        PLAN_CURVE,
        PLAN_LIMITS,
        LAST_ORDERS,
        BACKTEST_RESULTS,
        BACKTEST_EQUAL,
        BACKTEST_PARTS,
        PROMISES,
        OUTCOMES,
    )
}
