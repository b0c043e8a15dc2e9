"""The spare part package of an invented unmanned platform: 500 SPIR lines, four ways to keep and supply them.

Everything is generated from a seed. Several tags are of one model and share its parts; rates and prices are skewed;
a third of the parts qualify for additive manufacture; some have records of earlier platforms. Stock levels are what a
rule of thumb gives: the study shows what they are worth.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl

from spareverse.examples.equipment import EQUIPMENT, Equipment
from spareverse.examples.package_workbook import write_package
from spareverse.examples.timeline import stream
from spareverse.network.study_tables import STUDY_STOCK

LINES = 500
PRICE_SPREAD, RATE_SPREAD, TIME_SPREAD = 0.45, 0.5, 0.25
"""Standard deviations of the logarithms around the medians of a model."""
RECORDED = 0.3
"""Share of parts with records of earlier platforms."""
RECORD_PIECES, RECORD_YEARS = 12, 6
DOWNTIME_NOK_PER_H = {"low": 0.0, "medium": 60.0, "high": 1_500.0}
HEADINGS = {
    "tag": "Tag no",
    "part_id": "Part no",
    "interchange_group": "Interchangeability group",
    "description": "Description",
    "vendor": "Manufacturer",
    "installed_quantity": "Installed qty",
    "criticality": "Consequence",
    "unit_price": "Unit price [NOK]",
    "lead_time": "Delivery time [days]",
    "weight_kg": "Weight [kg]",
}
TITLE = (
    "Spare Parts and Interchangeability Record",
    "Project: Lomvi unmanned wellhead platform    Package: topside, all disciplines    Revision: 02",
    "Currency: NOK    Prices ex works    Delivery times after order",
)
_FILE = Path(__file__).with_suffix(".toml")


def lines(seed: int = 2026) -> pl.DataFrame:
    """The 500 lines (columns of ``network.study_tables.STUDY_LINES`` that have a value), by system and tag."""
    random = stream(seed, "package")
    rows = [row for equipment in EQUIPMENT for row in _equipment_lines(equipment, random)]
    package = pl.DataFrame(rows, infer_schema_length=None).sort("tag", "part_id").head(LINES)
    return _with_records(package.with_columns(_interchange_groups(package)), seed)


def _equipment_lines(equipment: Equipment, random: np.random.Generator) -> list[dict[str, object]]:
    """A row per tag and spare; the spares of a model are drawn once and shared by its tags."""
    catalogue: dict[tuple[int, int], dict[str, object]] = {}
    rows = []
    for number in range(equipment.tags):
        model = number if number < equipment.models else int(random.integers(equipment.models))
        level = ("low", "medium", "high")[int(random.choice(3, p=equipment.criticality))]
        tag = f"{equipment.system}-{equipment.code}-{1001 + number}{'AB'[number % 2] if equipment.code == 'PA' else ''}"
        for place in range(len(equipment.spares)):
            if (model, place) not in catalogue:
                catalogue[model, place] = _part(equipment, model, place, random)
            cost = DOWNTIME_NOK_PER_H[level]
            rows.append({"tag": tag, **catalogue[model, place], "criticality": level, "downtime_cost_per_h": cost})
    return rows


def _part(equipment: Equipment, model: int, place: int, random: np.random.Generator) -> dict[str, object]:
    spare = equipment.spares[place]
    price = _three_digits(spare.price * random.lognormal(0.0, PRICE_SPREAD))
    mode = round(spare.lead_time_days * random.lognormal(0.0, TIME_SPREAD))
    rate = spare.failures_per_year * random.lognormal(0.0, RATE_SPREAD)
    printable = bool(random.random() < spare.printable)
    print_days = round(4 + 3 * random.random() + 0.02 * spare.weight_kg)
    vendor = equipment.vendors[model % len(equipment.vendors)]
    initials = "".join(word[0] for word in vendor.replace("&", "").split())
    return {
        "part_id": f"{initials}{equipment.code}-{model + 1:02}-{place + 1:02}",
        "description": f"{spare.name.capitalize()}, {equipment.name} model {model + 1:02}",
        "vendor": vendor,
        "installed_quantity": spare.pieces,
        "failures_per_year": float(f"{rate:.3g}"),
        "life": spare.life,
        "replacement": spare.replacement,
        "unit_price": price,
        "lead_time": f"triangular({round(0.7 * mode)}, {mode}, {round(1.8 * mode)})",
        "am_qualified": printable,
        "digital_lead_time": f"triangular({print_days}, {print_days + 2}, {print_days + 7})" if printable else None,
        "digital_price": _three_digits(price * random.uniform(0.6, 1.4)) if printable else None,
        "weight_kg": _three_digits(spare.weight_kg * random.lognormal(0.0, 0.2)),
        "shelf_life_months": 60.0 if "seal" in spare.name or "diaphragm" in spare.name else None,
    }


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")


def _interchange_groups(package: pl.DataFrame) -> pl.Expr:
    """Sensor inserts and weather guards of different models fit one another."""
    names = pl.col("description").str.extract(r"^(Sensor insert|Weather guard|Cooling fan)", 1)
    return names.str.to_uppercase().str.replace_all(" ", "-").alias("interchange_group")


def _with_records(package: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Failures counted on earlier platforms, whose pieces failed somewhat more often than the vendors say."""
    random = stream(seed, "records")
    parts = package.unique("part_id", maintain_order=True).select("part_id", "failures_per_year")
    hours = RECORD_PIECES * RECORD_YEARS * 8760.0 * random.uniform(0.3, 1.0, parts.height).round(1)
    truth = parts["failures_per_year"].to_numpy() * random.lognormal(0.15, 0.4, parts.height)
    known = random.random(parts.height) < RECORDED
    records = parts.select("part_id").with_columns(
        record_failures=pl.Series(random.poisson(truth * hours / 8760.0), dtype=pl.Float64),
        record_hours=pl.Series(hours),
    )
    return package.join(records.filter(pl.Series(known)), on="part_id", how="left", maintain_order="left")


def stock(package: pl.DataFrame) -> pl.DataFrame:
    """Stock levels by rule of thumb: one piece, two where a part fails often; dear and rare parts only central.

    Schema ``STUDY_STOCK``, for the options ``onshore`` (central place), ``on site`` and ``hybrid`` (site).
    """
    group = pl.coalesce("interchange_group", "part_id").alias("part_id")
    per_year = (pl.col("failures_per_year") * pl.col("installed_quantity")).sum()
    parts = (
        package.group_by(group, maintain_order=True)
        .agg(
            per_year,
            pl.col("unit_price").max(),
            high=(pl.col("criticality") == "high").any(),
            printable=pl.col("am_qualified").any(),
        )
        .with_columns(often=pl.col("failures_per_year") >= 0.5, dear=pl.col("unit_price") >= 400_000)
    )
    one_or_two = pl.when(pl.col("often")).then(2).otherwise(1)
    site = pl.when(pl.col("dear") & ~pl.col("high")).then(0).otherwise(one_or_two)
    printed = pl.when(pl.col("high")).then(1).otherwise(0)
    levels = [
        _levels(
            parts, "onshore", "central", one_or_two + pl.when(pl.col("failures_per_year") >= 2).then(2).otherwise(0)
        ),
        _levels(parts, "on site", "site", site),
        _levels(parts.filter("printable"), "hybrid", "site", printed),
    ]
    return pl.concat(levels)


def _levels(parts: pl.DataFrame, option: str, place: str, pieces: pl.Expr) -> pl.DataFrame:
    """Base stock in pieces: one is ordered for each one taken, and none is kept where the level is 0."""
    return parts.select(
        option=pl.lit(option),
        part_id="part_id",
        place=pl.lit(place),
        initial_stock=pieces.cast(pl.Int64),
        reorder_point=pl.lit(None, pl.Int64),
        order_quantity=pl.lit(None, pl.Int64),
        order_up_to=pieces.cast(pl.Int64),
    ).cast(dict(STUDY_STOCK.schema))  # type: ignore[arg-type]


def write(directory: Path | str, *, seed: int = 2026) -> dict[str, Path]:
    """Write ``study.toml`` and ``package.xlsx``; returns ``{"study": ..., "lines": ...}``."""
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    package = lines(seed)
    reference = pl.format("SPIR-{}", (pl.int_range(pl.len()) + 1).cast(pl.String).str.zfill(4))
    shown = package.with_columns(reference.alias("SPIR ref"))
    file = write_package(folder / "package.xlsx", TITLE, shown, HEADINGS, stock(package))
    return {"study": Path(shutil.copyfile(_FILE, folder / "study.toml")), "lines": file}
