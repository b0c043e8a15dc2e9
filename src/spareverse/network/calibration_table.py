"""The table that holds a record beside the simulation of its network."""

from __future__ import annotations

from spareverse.network.schema import Column, Table

MEASURES = (
    "lead time of a supplier", "lead time of a lane", "supply on time", "demand of a group", "pieces of a group",
    "orders of a place", "served in time",
)  # fmt: skip
SHARES = ("supply on time", "served in time")
"""Measures that are shares; the others are compared by their ratio."""
COUNTS = ("demand of a group", "pieces of a group", "orders of a place")
"""Measures that count what came within the replayed time; the others are means of lines."""
VERDICTS = ("as simulated", "differs", "not enough data", "not in the record", "not in the network")
SUBJECT = ("measure", "supplier_id", "place_id", "group")

CALIBRATION = Table(
    "calibration",
    "Calibration",
    "Each measure of the record beside its band in simulations of the network over as long a time",
    (
        Column("measure", "text", "What is compared", choices=MEASURES, required=True),
        Column("supplier_id", "text", "Supplier, where it is one's"),
        Column("place_id", "text", "Place, where it is one's"),
        Column("group", "text", "Part group (category), where it is one's"),
        Column("unit", "text", "Unit of the figures"),
        Column("lines", "integer", "Lines of the record it rests on", "lines"),
        Column("observed", "number", "In the record"),
        Column("simulated", "number", "Mean of the simulations"),
        Column("low", "number", "Lower end of the band in which 95 % of records of so many lines would lie"),
        Column("high", "number", "Upper end of that band"),
        Column("difference", "number", "Observed over simulated less 1; of shares observed less simulated"),
        Column("p_value", "number", "Chance of such a difference where the true one is within the tolerance"),
        Column("verdict", "text", "What follows", choices=VERDICTS),
    ),
    identity=SUBJECT,
)
