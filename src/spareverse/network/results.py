"""The tables an analysis of the history produces. Pages, figures, reports and the REST interface read these."""

from __future__ import annotations

from spareverse.network.schema import Column, Table, estimate

PART_RESULTS = Table(
    "parts",
    "Parts analysed",
    "One row per part (x place): what happened, the risks, and what to hold",
    (
        Column("part_id", "text", "Part"),
        Column("place_id", "text", "Place; empty text where the company has one stock"),
        Column("description", "text", "Name of the part"),
        Column("category", "text", "Category"),
        Column("criticality", "text", "Criticality class"),
        Column("planner", "text", "Planner responsible"),
        Column("supplier_id", "text", "Supplier with most lines in the window, else the usual one"),
        Column(
            "evidence",
            "text",
            "Evidence grade by completed cycles: 20+, 8-19, 1-7, 0",
            choices=("strong", "fair", "weak", "borrowed"),
        ),
        Column("lead_time_group", "text", "Group whose lead times this part borrows from"),
        Column("demand_group", "text", "Group whose demand this part borrows from"),
        # what happened
        Column("purchase_lines", "integer", "Purchase lines in the window (PPO)", "lines"),
        Column("open_lines", "integer", "Purchase lines still open", "lines"),
        Column("cycles", "integer", "Completed reorder cycles", "cycles"),
        Column("sales_lines", "integer", "Sales lines in the window (SO)", "lines"),
        Column("pieces_sold", "number", "Pieces sold in the window", "pieces"),
        Column("customers", "integer", "Customers"),
        Column("countries", "integer", "Countries"),
        Column("annual_value", "number", "Pieces sold a year times unit cost", "currency/year"),
        Column("lead_time_mean_days", "number", "Mean actual lead time of completed cycles", "days"),
        Column("lead_time_median_days", "number", "Median actual lead time of completed cycles", "days"),
        Column("expected_lead_time_days", "number", "Expected lead time T", "days"),
        Column("expected_lead_time_source", "text", "Where T comes from", choices=("promise", "master", "missing")),
        Column("supply_on_time", "number", "Share of receipts not later than promised"),
        Column("customer_on_time", "number", "Share of deliveries not later than promised"),
        Column("days_to_customer", "number", "Mean days from order to delivery", "days"),
        Column("slip_median_days", "number", "Median of received minus promised", "days"),
        # lead time
        Column("weibull_shape", "number", "Weibull shape of the lead time, the part's own maximum likelihood"),
        Column(
            "weibull_scale_days", "number", "Weibull scale of the lead time, the part's own maximum likelihood", "days"
        ),
        Column("weibull_p_value", "number", "Anderson-Darling p-value of the part's own Weibull"),
        Column("lead_time_shape", "number", "Weibull shape of the lead time, pooled (used for the decision)"),
        Column(
            "lead_time_scale_days", "number", "Weibull scale of the lead time, pooled (used for the decision)", "days"
        ),
        *estimate("late_risk", "Chance that supply takes longer than expected, P(RC_LT > T)"),
        # demand
        Column("order_rate", "number", "Customer orders a day, posterior mean", "orders/day"),
        Column("order_size", "number", "Pieces of an order, posterior mean", "pieces"),
        # safety cover
        Column("risk_step", "number", "Step of the grid of the three risk curves", "pieces"),
        Column("risk_curve", "numbers", "P(SC > x) at x = 0, step, 2 step, ..."),
        Column("risk_curve_low", "numbers", "Lower 95 % limit of the curve"),
        Column("risk_curve_high", "numbers", "Upper 95 % limit of the curve"),
        Column("paper_no_sale", "number", "Share of completed cycles without a sale (hurdle), estimator 'paper'"),
        Column("paper_shape", "number", "Weibull shape of positive safety covers, estimator 'paper'"),
        Column("paper_scale", "number", "Weibull scale of positive safety covers, estimator 'paper'", "pieces"),
        Column("paper_optimum", "number", "Optimal safety cover by the estimator 'paper'", "pieces"),
        # money
        Column("unit_cost", "number", "Cost of one piece", "currency/piece"),
        Column(
            "unit_cost_source", "text", "Where it comes from", choices=("purchases", "parts", "category", "assumed")
        ),
        Column("holding_cost", "number", "h", "currency/piece/day"),
        Column("early_holding_cost", "number", "h_e", "currency/piece/day"),
        Column("stock_out_cost", "number", "b", "currency/piece/day"),
        Column("late_weight", "number", "L of the cost curve"),
        Column("early_weight", "number", "E of the cost curve"),
        *estimate("optimal_cover", "Optimal safety cover = proposed reorder point", "pieces"),
        *estimate("optimal_risk", "Stock-out risk at the optimum, P(SC > x*)"),
        Column("optimal_cost", "number", "Cost at the optimum", "currency/day"),
        Column("share_stock_out", "number", "Share of stock-out cost C1 at the optimum"),
        Column("share_early", "number", "Share of early-supply inventory C2 at the optimum"),
        Column("share_holding", "number", "Share of on-time inventory C3 at the optimum"),
        Column("order_quantity", "number", "Proposed order quantity", "pieces"),
        # today
        Column("on_hand", "number", "Stock on hand", "pieces"),
        Column("current_cover", "number", "Today's reorder point, else stock; empty where neither is known", "pieces"),
        Column("current_source", "text", "Where it comes from", choices=("policy", "stock", "none")),
        Column("current_order_quantity", "number", "Today's order quantity", "pieces"),
        *estimate("current_risk", "Stock-out risk today, P(SC > current cover)"),
        Column("current_cost", "number", "Cost of today's cover", "currency/day"),
        Column(
            "money_at_risk", "number", "C1 at today's cover; of holding nothing where that is unknown", "currency/day"
        ),
        Column(
            "saving", "number", "Cost today minus cost at the optimum; empty where today is unknown", "currency/day"
        ),
        Column("stock_value_now", "number", "Today's cover times unit cost", "currency"),
        Column("stock_value_proposed", "number", "Optimal cover times unit cost", "currency"),
        Column("change", "number", "Optimal minus today's cover; all of it where today's is unknown", "pieces"),
        Column("remarks", "text", "What to know before trusting the row, separated by '; '"),
    ),
    identity=("part_id", "place_id"),
)

CYCLE_RESULTS = Table(
    "cycles",
    "Reorder cycles",
    "One row per purchase line of the window, from emission to delivery",
    (
        Column("part_id", "text", "Part"),
        Column("place_id", "text", "Place"),
        Column("supplier_id", "text", "Supplier"),
        Column("order_id", "text", "Order"),
        Column("line", "text", "Line"),
        Column("ordered_on", "date", "Emission"),
        Column("promised_on", "date", "Promised"),
        Column("received_on", "date", "Delivery that completes the line; empty while open"),
        Column("quantity", "number", "Ordered quantity", "pieces"),
        Column("lead_time_days", "number", "RC_LT; for an open line the age at the extract date", "days"),
        Column("promised_lead_time_days", "number", "Promise minus emission", "days"),
        Column("slip_days", "number", "Received minus promised", "days"),
        Column("open", "boolean", "Right-censored: not yet received"),
        Column("safety_cover", "number", "SC: pieces ordered by customers in [emission, delivery)", "pieces"),
        Column("sales_lines", "integer", "Sales lines in [emission, delivery)", "lines"),
        Column("flag", "text", "Why the cycle is kept out of the statistics; empty = it counts"),
    ),
)

_RANKED = (
    Column("parts", "integer", "Parts delivered"),
    Column("lines", "integer", "Purchase lines in the window", "lines"),
    Column("open_lines", "integer", "Lines still open", "lines"),
    Column("overdue_lines", "integer", "Open lines past their promise", "lines"),
    Column("lead_time_median_days", "number", "Median actual lead time", "days"),
    Column("lead_time_p90_days", "number", "90 % quantile of the actual lead time", "days"),
    Column("promised_median_days", "number", "Median promised lead time", "days"),
    Column("weibull_shape", "number", "Weibull shape of the lead time"),
    Column("weibull_scale_days", "number", "Weibull scale of the lead time", "days"),
    Column("weibull_p_value", "number", "Anderson-Darling p-value"),
    *estimate("late_risk", "Chance that a line takes longer than its own promise, from a Weibull of the ratio"),
    Column("on_time", "number", "Share of receipts not later than promised"),
    Column("slip_median_days", "number", "Median slip", "days"),
    Column("slip_p90_days", "number", "90 % quantile of the slip", "days"),
    Column("money_at_risk", "number", "Sum over its parts of C1 at today's cover", "currency/day"),
    Column("worst_part_id", "text", "Part with the most money at risk"),
)

SUPPLIER_RESULTS = Table(
    "suppliers",
    "Suppliers",
    "One row per supplier",
    (Column("supplier_id", "text", "Supplier"), *_RANKED),
    identity=("supplier_id",),
)

LANE_RESULTS = Table(
    "lanes",
    "Lanes",
    "One row per supplier x place",
    (Column("supplier_id", "text", "Supplier"), Column("place_id", "text", "Place"), *_RANKED),
    identity=("supplier_id", "place_id"),
)

ROLLING_RESULTS = Table(
    "rolling",
    "Rolling windows",
    "One row per window of one part, or of the whole portfolio",
    (
        Column("window", "text", "T1, T2, ..."),
        Column("since", "date", "First day of the window"),
        Column("until", "date", "First day after the window"),
        Column("cycles", "integer", "Completed cycles", "cycles"),
        Column("sales_lines", "integer", "Sales lines", "lines"),
        *estimate("on_time", "Share of receipts not later than promised"),
        *estimate("optimal_cover", "Optimal safety cover", "pieces"),
        *estimate("late_risk", "P(RC_LT > T)"),
        Column("lead_time_median_days", "number", "Median actual lead time", "days"),
    ),
)

CHANGE_LIST = Table(
    "changes",
    "Changes",
    "The hand-over: what to change, why, and what it is worth",
    (
        Column("part_id", "text", "Part", required=True),
        Column("place_id", "text", "Place"),
        Column("planner", "text", "Planner"),
        Column("description", "text", "Name of the part"),
        Column("supplier_id", "text", "Supplier"),
        Column("current_reorder_point", "number", "Today's reorder point; empty where no rule is known", "pieces"),
        Column("proposed_reorder_point", "number", "Proposed reorder point", "pieces"),
        Column(
            "source",
            "text",
            "Where the proposal comes from: the plan of record, or the part alone",
            choices=("plan", "plan that failed its proof", "part alone"),
        ),
        Column("single_part_reorder_point", "number", "Optimum of the part alone, by its own costs", "pieces"),
        Column("current_order_quantity", "number", "Today's order quantity", "pieces"),
        Column("proposed_order_quantity", "number", "Proposed order quantity", "pieces"),
        Column("pieces", "number", "Proposed minus current reorder point", "pieces"),
        Column("money", "number", "The pieces at unit cost", "currency"),
        Column("saving", "number", "Expected cost saved", "currency/day"),
        *estimate("risk_before", "Stock-out risk today"),
        *estimate("risk_after", "Stock-out risk at the proposal"),
        Column("evidence", "text", "Evidence grade"),
        Column("reason", "text", "Why, in words"),
        Column("accept", "text", "yes, no, or empty = undecided", choices=("yes", "no")),
        Column("override_reorder_point", "number", "The planner's own figure, kept and respected", "pieces"),
        Column("comment", "text", "Why the planner decided so"),
    ),
    identity=("part_id", "place_id"),
)

RESULTS: dict[str, Table] = {
    table.name: table
    for table in (PART_RESULTS, CYCLE_RESULTS, SUPPLIER_RESULTS, LANE_RESULTS, ROLLING_RESULTS, CHANGE_LIST)
}
