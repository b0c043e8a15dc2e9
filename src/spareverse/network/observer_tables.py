"""The declared tables of what the Observer finds: viability, alarms, warnings, recommendations.

Every estimate stands with its 95 % limits, ``name_low`` and ``name_high``; money is in the network's currency.
"""

from __future__ import annotations

from spareverse.network.components import ORDER_LINE
from spareverse.network.reply_tables import ACCEPTED, FOLLOW_UPS, WARNING_STATES, WITHDRAWN
from spareverse.network.schema import Column, Table, estimate

_PER_DAY = "currency/d"
_MARGIN_UNIT = Column("margin_unit", "text", "Unit of the margin: share; of a limit of 0 that of the measure")
_RHO = Column("rho", "number", "Half-width of the trust box", "steps", required=True)

COHERENCE = Table(
    "coherence",
    "Structural coherence",
    "Would the incentives, followed, lead the company near its own best? One row per width of the trust box",
    (
        _RHO,
        *estimate("coherence", "Best cost over the cost reached when all follow their own pay, in (0, 1]"),
        *estimate("price", "Price of misalignment: cost reached less best cost", _PER_DAY),
        Column("floor", "number", "Best cost over the worst cost met in the box: the least the index can be"),
        *estimate("cost_now", "Enterprise cost at today's setting", _PER_DAY),
        *estimate("cost_drift", "Enterprise cost where all follow their own pay", _PER_DAY),
        *estimate("cost_best", "Least enterprise cost found", _PER_DAY),
        *estimate("fill_drift", "Fill rate of the parts simulated, where all follow their own pay"),
        Column("replications", "integer", "Fresh replications the figures are scored on"),
        Column("simulated_days", "number", "Counted time of each; costs are its means", "d"),
        Column("runs", "integer", "Replications simulated in all, search included"),
        Column("events", "integer", "Events simulated in all"),
        Column("parts", "integer", "Parts in the sample"),
        Column("parts_in_all", "integer", "Parts of the network"),
        Column("settled", "text", "Whether best responses came to rest: yes, or no (they cycle)"),
        Column("remark", "text", "What is to be known about it"),
    ),
    identity=("rho",),
)
AGENT_MOVES = Table(
    "agent_moves",
    "Moves of the agents",
    "Each lever: where it stands, where its agent's own pay leads it, where the enterprise would have it",
    (
        _RHO,
        Column("agent_id", "text", "Agent", required=True),
        Column("lever", "text", "Lever, with the class it is for", required=True),
        Column("own_steps", "number", "Best for the agent alone, from today", "steps"),
        Column("drift_steps", "number", "Where all following their own pay come to rest", "steps"),
        Column("best_steps", "number", "Best for the enterprise", "steps"),
        Column("identifiable", "text", "Whether its pay changes beyond noise when it moves", choices=("yes", "no")),
    ), identity=("rho", "agent_id", "lever"),
)  # fmt: skip
EXTERNALITIES = Table(
    "externalities",
    "Externalities",
    "What each agent's own move does to every other's pay and to the enterprise; positive is good for whom it falls on",
    (
        _RHO,
        Column("mover", "text", "Agent that moves alone", required=True),
        Column("on", "text", "On whom: an agent, or 'enterprise'", required=True),
        Column("measure", "text", "In what: its measure of pay, or total_cost"),
        Column("unit", "text", "Unit of the change"),
        *estimate("change", "Change of the measure"),
        Column("share_of_range", "number", "Gain of the pay as a share of its range in the box; negative: a loss"),
        Column("clear", "text", "Whether the change is beyond noise", choices=("yes", "no")),
    ),
    identity=("rho", "mover", "on", "measure"),
)
HOMEOSTASIS = Table(
    "homeostasis",
    "Dynamic homeostasis",
    "How far each disturbance of the battery throws the system, component by component; 'none' in absolute terms",
    (
        Column("disturbance", "text", "Disturbance of the battery; 'none': undisturbed", required=True),
        Column("component", "text", "Component", required=True,
               choices=("loss", "recovery", "swing", "firefighting", "waiting", "amplification")),
        Column("unit", "text", "Unit"),
        *estimate("value", "Value on the means of the replications"),
        Column("reference", "number", "Value at which the index is one half"),
        *estimate("h", "Index 1 / (1 + value / reference)"),
        Column("worst", "text", "yes: the component with the lowest index", choices=("yes", "no")),
    ), identity=("disturbance", "component"),
)  # fmt: skip
RECOVERY = Table(
    "recovery",
    "Recovery curves",
    "Waiting beyond that of the undisturbed run after each disturbance, over time",
    (
        Column("disturbance", "text", "Disturbance of the battery", required=True),
        Column("day", "number", "Days since it began (middle of the period)", "d", required=True),
        *estimate("waiting", "Pieces waiting beyond the undisturbed run", "pieces"),
        *estimate("stock", "Value on hand beyond the undisturbed run", "currency"),
    ),
    identity=("disturbance", "day"),
)
VIABILITY = Table(
    "viability",
    "Viability",
    "Points of the viability map: today, scenarios, plans, and the past",
    (
        Column("point", "text", "Name of the point", required=True),
        Column("kind", "text", "What it is", choices=("now", "scenario", "plan", "past"), required=True),
        Column("since", "date", "Window of the record it is of: first day"), Column("until", "date", "Last day"),
        *estimate("coherence", "Structural coherence (from a record: its stand-in, see basis)"),
        *estimate("homeostasis", "Dynamic homeostasis (from a record: its stand-in, see basis)"),
        Column("covariance", "number", "Covariance of the two estimates, for the region"),
        Column("basis", "text", "Simulated, or the measures of the record the axes were made of"),
        Column("viable", "text", "Inside the user's limits: yes, no, unsure where an interval crosses one; default:"
               " none are set, margins are to a tenth worse than today", choices=("yes", "no", "unsure", "default")),
        Column("beyond", "text", "Measures clearly outside, worst first; default: over a tenth worse than today"),
        *estimate("margin", "Least distance to a limit, as a share of the limit; negative: outside"),
        _MARGIN_UNIT,
        *estimate("price", "Price of misalignment, of the narrower trust box", _PER_DAY),
        *estimate("cost_drift", "Enterprise cost where all follow their own pay", _PER_DAY),
        *estimate("fill_drift", "Fill rate there"),
    ), identity=("point",),
)  # fmt: skip
VIABILITY_MEASURES = Table(
    "viability_measures",
    "Service, money and workload",
    "What the user's limits are about, at each point of the map",
    (
        Column("point", "text", "Name of the point", required=True),
        Column("side", "text", "service, money or workload"),
        Column("measure", "text", "Measure", required=True),
        Column("unit", "text", "Unit"),
        *estimate("value", "Value"),
        Column("at_least", "number", "Lower limit of the user"),
        Column("at_most", "number", "Upper limit of the user"),
        *estimate("margin", "Distance to the limit as a share of it; negative: outside"),
        _MARGIN_UNIT,
    ), identity=("point", "measure"),
)  # fmt: skip
WORKLOAD = Table(
    "workload",
    "Workload",
    "What people had to work on: exceptions of the record by planner and week, and how much plans change",
    (
        Column("measure", "text", "late lines, expedited lines, exceptions, or plan nervousness", required=True),
        Column("planner", "text", "Planner; empty: not known, or all", required=True),
        Column("week", "date", "Monday of the week; of nervousness the day of the later plan", required=True),
        Column("value", "number", "Count of the week; of nervousness the share of the proposed value that changed"),
        Column("unit", "text", "Unit"),
    ), identity=("measure", "planner", "week"),
)  # fmt: skip
ALARMS = Table(
    "alarms",
    "Alarms of the monitors",
    "Streams of the record or of a run that have left what they were, false discoveries controlled",
    (
        Column("stream", "text", "What is watched: demand, lead time, lateness, dispersion, concentration, ...",
               required=True),
        Column("subject_kind", "text", "part, supplier, place, lane, ...", required=True),
        Column("subject_id", "text", "Which", required=True),
        Column("place_id", "text", "Place, where it is of one"),
        Column("monitor", "text", "CUSUM, EWMA, change point, dispersion, concentration", required=True),
        Column("since", "date", "When the change is estimated to have begun; of a record"),
        Column("since_day", "number", "When the change is estimated to have begun; of a simulated run", "d"),
        Column("raised", "date", "When the alarm was raised; of a record"),
        Column("raised_day", "number", "When the alarm was raised; of a simulated run", "d"),
        Column("direction", "text", "up or down", choices=("up", "down")),
        Column("statistic", "number", "Highest value of the monitor"),
        Column("limit", "number", "Limit it has crossed"),
        Column("run_length", "number", "In-control run length of the monitor: periods between false alarms", "periods"),
        Column("p_value", "number", "Chance of such an excursion without a change"),
        Column("q_value", "number", "False discovery rate among all streams at which it is still reported"),
        Column("unit", "text", "Unit of the levels"),
        *estimate("before", "Level before"),
        *estimate("after", "Level since"),
        Column("remark", "text", "What is to be known about it"),
        Column("trouble", "integer", "Trouble it is evidence of, by its number in the table troubles"),
    ), identity=("stream", "subject_kind", "subject_id", "place_id", "monitor"),
)  # fmt: skip
TROUBLES = Table(
    "troubles",
    "Troubles",
    "Alarms of what may be one cause taken together: a supplier with his lanes and parts, a part with its demand",
    (
        Column("trouble", "integer", "Number, from 1, the surest first", required=True),
        Column("stream", "text", "What is watched: of its surest alarm of the widest subject"),
        Column("subject_kind", "text", "company, category, supplier, lane, place, part, ..."),
        Column("subject_id", "text", "Which"),
        Column("place_id", "text", "Place, where it is of one"),
        Column("direction", "text", "up or down", choices=("up", "down")),
        Column("since", "date", "When the change is estimated to have begun; of a record"),
        Column("since_day", "number", "When the change is estimated to have begun; of a simulated run", "d"),
        Column("raised", "date", "When its first alarm was raised; of a record"),
        Column("raised_day", "number", "When its first alarm was raised; of a simulated run", "d"),
        Column("last", "date", "When its last alarm was raised; of a record"),
        Column("last_day", "number", "When its last alarm was raised; of a simulated run", "d"),
        Column("q_value", "number", "Least false discovery rate of its alarms"),
        Column("unit", "text", "Unit of the levels"),
        *estimate("before", "Level before"),
        *estimate("after", "Level since"),
        Column("alarms", "integer", "Alarms in all"),
        Column("evidence", "text", "What alarmed: streams, and of how many subjects of each kind"),
    ), identity=("trouble",),
)  # fmt: skip
NOTICED = Table(
    "noticed",
    "What the monitors noticed",
    "Every monitor on simulated runs: in how many a disturbance was noticed and after how long, and false alarms of "
    "their undisturbed twins in the same time",
    (
        Column("scenario", "text", "Scenario", required=True),
        Column("disturbance", "text", "What began", required=True),
        Column("begins_day", "number", "When it began", "d"),
        Column("watched_days", "number", "How long was watched: until another began, or the run ended", "d"),
        Column("stream", "text", "demand, orders, receipts, waiting, stock or lead time", required=True),
        Column("subject_kind", "text", "place, places (of the battery), supplier, lane or network", required=True),
        Column("subject_id", "text", "Which", required=True),
        Column("place_id", "text", "Place, where it is of one"),
        Column("monitor", "text", "CUSUM or EWMA", required=True),
        Column("direction", "text", "of most first alarms", choices=("up", "down")),
        Column("runs", "integer", "Disturbed runs watched, and as many undisturbed ones"),
        Column("noticed", "integer", "Disturbed runs in which an alarm was raised"),
        Column("delay_days", "number", "From the beginning to the first alarm, median of these runs", "d"),
        Column("delay_days_low", "number", "Shortest", "d"),
        Column("delay_days_high", "number", "Longest", "d"),
        Column("false_alarms", "integer", "Undisturbed runs in which an alarm was raised in the same time"),
        Column("run_length", "number", "Periods (deliveries) between false alarms of a chart by design", "periods"),
    ), identity=("scenario", "disturbance", "stream", "subject_kind", "subject_id", "place_id", "monitor"),
)  # fmt: skip
AMPLIFICATION = Table(
    "amplification",
    "Order amplification",
    "Variances per period of each echelon of a simulated network, the first being that which serves customers only",
    (
        Column("scenario", "text", "Scenario", required=True),
        Column("echelon", "integer", "Echelon, from 1 at the customers", required=True),
        Column("places", "integer", "Places in it"),
        *estimate("stage", "Variance of its orders over that of what it is asked for"),
        *estimate("whole", "Variance of its orders over that of the customers' demand behind it"),
        *estimate("stock", "Variance of its stock on hand over that of the customers' demand behind it"),
    ), identity=("scenario", "echelon"),
)  # fmt: skip
WARNING_KINDS = ("stock_out", "contract_breach", "budget_overrun")
WARNINGS = Table(
    "warnings",
    "Warnings",
    "What is coming within the weeks asked for, from today's state, the most pressing first",
    (
        Column("warning_id", "text", "Warning; the same thing warned of again keeps its name", required=True),
        Column("kind", "text", "What is coming", choices=WARNING_KINDS, required=True),
        Column("part_id", "text", "Part"),
        Column("place_id", "text", "Place"),
        Column("customer_id", "text", "Customer whose contract is concerned"),
        Column("budget_id", "text", "Budget concerned"),
        Column("within_weeks", "integer", "Horizon of the chance", "weeks"),
        *estimate("chance", "Chance that it happens within the horizon"),
        Column("expected_money", "number", "Money it is expected to cost within the horizon; empty where waiting has no"
               " price", "currency"),
        Column("money_basis", "text", "What that money is"),
        Column("value_short", "number", "Chance times the value of the pieces of a line, whatever waiting costs",
               "currency"),
        Column("days_left", "number", "Median time until it happens, where it does", "d"),
        Column("method", "text", "screen: closed form recalibrated; simulated: paths from today's state",
               choices=("screen", "simulated")),
        Column("paths", "integer", "Simulated paths"),
        Column("on_hand", "integer", "On hand today", "pieces"),
        Column("owed", "integer", "Customers wait for already", "pieces"),
        Column("under_way", "integer", "Open replenishment orders today", "pieces"),
        Column("demand", "number", "Expected demand within the horizon", "pieces"),
        Column("source_id", "text", "Where the next pieces come from"),
        Column("due_day", "number", "Median time until the next receipt", "d"),
        Column("reason", "text", "Why, in a few words"),
        Column("action", "text", "What to do, and what it does: the step tried (table steps) that helps most, if any"),
        Column("rank", "integer", "Place in the list, from 1"),
    ), identity=("warning_id",),
)  # fmt: skip
EXPEDITES = Table(
    "expedites",
    "Open orders to expedite",
    "Open orders of warned stock points, and what it does if one comes sooner: paired runs from today's state",
    (
        Column("part_id", "text", "Part", required=True),
        Column("place_id", "text", "Place", required=True),
        Column("source_id", "text", "Supplier or place it comes from"), *ORDER_LINE,
        Column("quantity", "integer", "Pieces still to come", "pieces"),
        Column("ordered_days_ago", "number", "Age of the order", "d"),
        Column("due_day", "number", "Mean time until it comes as it is", "d"),
        Column("sooner_day", "number", "Mean time until it comes if expedited", "d"),
        Column("chance_before", "number", "Chance of a line not filled within the horizon"),
        *estimate("chance_change", "Change of that chance"),
        *estimate("waiting_change", "Change of the customers' waiting within the horizon", "piece d"),
        *estimate("money_change", "Change of the expected money within the horizon", "currency"),
        Column("rank", "integer", "Place in the list, from 1"),
    ), identity=("part_id", "place_id", "source_id", "ordered_days_ago"),
)  # fmt: skip
STEP_KINDS = ("expedite", "order", "move")
STEPS = Table(
    "steps",
    "Steps tried against warnings",
    "What was tried against a warning, one step at a time: paired runs from today's state with the step and without",
    (
        Column("warning_id", "text", "Warning it is to help against", required=True),
        Column("part_id", "text", "Part", required=True),
        Column("place_id", "text", "Place the pieces come to", required=True),
        Column("step", "text", "expedite: the next open order; order: more, today; move: from another place",
               choices=STEP_KINDS, required=True),
        Column("title", "text", "In words: what to do"),
        Column("source_id", "text", "Supplier or place the pieces come from"), *ORDER_LINE,
        Column("quantity", "integer", "Pieces", "pieces"),
        Column("arrives_day", "number", "Mean time until they come", "d"),
        Column("chance_before", "number", "Chance of a line not filled within the horizon"),
        *estimate("chance_change", "Change of that chance"),
        *estimate("waiting_change", "Change of the customers' waiting within the horizon", "piece d"),
        *estimate("money_change", "Change of the expected money within the horizon; empty where waiting has no price",
                  "currency"),
        *estimate("giver_change", "Change of the chance at the place that gives the pieces"),
        Column("verdict", "text", "helps: beyond noise the chance falls, or the waiting by a piece-day or more, and"
               " neither rises; that of a place that gives is counted in", choices=("helps", "not clear")),
    ), identity=("warning_id", "part_id", "place_id", "step"),
)  # fmt: skip
NUDGES = (
    "stock_level", "batch", "expedite", "move_stock", "second_source", "capacity", "incentive", "budget",
)  # fmt: skip
SURVIVES = "survives"
ADVICE_VERDICTS = (SURVIVES, "not clear", "harms", "screened")
RECOMMENDATIONS = Table(
    "recommendations",
    "Recommendations",
    "Nudges that have been simulated in pairs against doing nothing and survive it",
    (
        Column("nudge_id", "text", "Nudge; the same nudge keeps its name", required=True),
        Column("kind", "text", "Kind", choices=NUDGES, required=True),
        Column("caution", "text", "What is to be said before the title: a limit it would leave, service it lowers"),
        Column("title", "text", "In words: what to do, where, by how much"),
        Column("part_id", "text", "Part"),
        Column("place_id", "text", "Place"),
        Column("source_id", "text", "Supplier or place it comes from"),
        Column("agent_id", "text", "Agent whose lever or incentive it is"),
        Column("change", "text", "The scenario that does it, as TOML"),
        *estimate("cost_change", "Change of the controllable cost; negative: saves", _PER_DAY),
        *estimate("fill_change", "Change of the fill rate", "share"),
        *estimate("waiting_change", "Change of waiting", "piece d/d"),
        *estimate("stock_change", "Change of the mean stock value", "currency"),
        *estimate("workload_change", "Change of exceptions: lines not served whole at once, and emergency orders",
                  "1/week"),
        *estimate("expedites_change", "Change of emergency orders", "1/week"),
        *estimate("margin_change", "Change of the least distance to the user's limits, limits of 0 aside", "share"),
        Column("leaves_limits", "text", "Whether a limit kept today would be left, or the one broken worst be broken"
               " more; empty where a limit could not be checked", choices=("yes", "no")),
        Column("unchecked", "text", "Measures with a limit that could not be checked: trials do not give their change"),
        Column("cost_today", "number", "Controllable cost without it, in the runs it is held against", _PER_DAY),
        Column("simulated_days", "number", "Length of each run; costs and changes are its means", "d"),
        Column("one_off_cost", "number", "Money it takes once", "currency"),
        Column("side_effects", "text", "What gets worse; of changed pay also how its effects are meant"),
        Column("remark", "text", "What is to be known about it"),
        Column("replications", "integer", "Fresh replications it was scored on"),
        Column("verdict", "text", "survives: shown; screened: dropped early; not clear; harms",
               choices=ADVICE_VERDICTS),
        Column("ranked_by", "text", "money; or service gained per money, where waiting costs nothing",
               choices=("money", "service")),
        Column("rank", "integer", "Place in the list, from 1"),
    ), identity=("nudge_id",),
)  # fmt: skip
OBSERVER_TABLES: tuple[Table, ...] = (
    COHERENCE, AGENT_MOVES, EXTERNALITIES, HOMEOSTASIS, RECOVERY, VIABILITY, VIABILITY_MEASURES, WORKLOAD, ALARMS,
    TROUBLES, NOTICED, AMPLIFICATION, WARNINGS, EXPEDITES, STEPS, RECOMMENDATIONS, FOLLOW_UPS, WARNING_STATES, ACCEPTED,
    WITHDRAWN,
)  # fmt: skip
