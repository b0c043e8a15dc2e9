"""Options of a study file -> the definition's options: policies, transport and fallbacks that make sense."""

from __future__ import annotations

from collections.abc import Sequence

from spareverse.io.study_sections import SectionReader, Values
from spareverse.network.spelling import did_you_mean
from spareverse.network.study import Fee, Option, Policy, Transport
from spareverse.network.transport_modes import TRANSPORT_MODES

_UP_TO = ("order_up_to", "base_stock", "periodic")


def read_options(values: Sequence[Values], reader: SectionReader) -> tuple[Option, ...]:
    """The options that can be made; what is wrong with the others is with the reader."""
    if not values:
        reader.reject("option", "The study has no option.", "Add [[option]] with a name and a warehouse.")
    options: list[Option] = []
    for number, item in enumerate(values, start=1):
        name = item.get("name")
        path = f"option[{name or number}]"
        if name in [option.name for option in options]:
            reader.reject(
                f"{path}.name", "Another option has the same name.", "Give each option a name of its own.", name
            )
        elif name and "warehouse" in item:
            options.append(_option(item, path, reader))
        else:
            _option({"name": str(number), "warehouse": "physical", **item}, path, reader)
    _check_fallbacks(options, [str(item.get("name")) for item in values], reader)
    return tuple(options)


def _option(item: Values, path: str, reader: SectionReader) -> Option:
    plain = {name: value for name, value in item.items() if not name.startswith("[")}
    digital = plain["warehouse"] == "digital"
    default = Policy(kind="on_demand") if digital else Policy()
    policy = _policy(item["[policy]"], f"{path}.policy", reader) if "[policy]" in item else default
    central = _policy(item["[central]"], f"{path}.central", reader) if "[central]" in item else None
    transfer = item.get("[transfer]", {})
    if central and "[transfer]" not in item:
        reader.reject(f"{path}.transfer", "The central stock has no transfer to the site.",
                      f"Add [{_header(path)}.transfer] with time_days.")  # fmt: skip
    if "[transfer]" in item and central is None:
        reader.reject(f"{path}.transfer", "There is a transfer but no central stock.",
                      f"Add [{_header(path)}.central], or remove the transfer.")  # fmt: skip
    if "qualified_only" in plain and plain["qualified_only"] and plain["warehouse"] == "physical":
        reader.reject(f"{path}.qualified_only", "A physical option prints no parts.", "Remove the key.")
    fee = item.get("[fee]", {})
    if "covers" in fee:
        fee = {**fee, "covers": frozenset(fee["covers"])}
    return Option(
        **plain,
        **item.get("[expedite]", {}),
        **item.get("[holding]", {}),
        policy=policy,
        central=central,
        fee=Fee(**fee),
        transport=_transport(item.get("[transport]", {}), f"{path}.transport", reader),
        transfer=transfer.get("transfer"),
        transfer_transport=_transport(
            {name: value for name, value in transfer.items() if name != "transfer"}, f"{path}.transfer", reader
        ),
    )


def _header(path: str) -> str:
    return path.split("[", maxsplit=1)[0]


def _policy(values: Values, path: str, reader: SectionReader) -> Policy:
    kind = values.get("kind", "reorder_point")
    point, up_to = values.get("reorder_point", 0), values.get("order_up_to", 0)

    def reject(key: str, reason: str, remedy: str) -> None:
        reader.reject(f"{path}.{key}", reason, remedy, values.get(key))

    if kind in ("reorder_point", "adaptive") and "order_quantity" not in values:
        reject("order_quantity", f"The policy {kind} has no batch.", "Say how many pieces an order is for.")
    if kind == "reorder_point" and "reorder_point" not in values:
        reject("reorder_point", "The policy reorder_point has no reorder point.", "Say at which stock it orders.")
    if kind in _UP_TO and up_to < 1:
        reject("order_up_to", f"The policy {kind} has no level to order up to.", "Say up to how many pieces it orders.")
    elif kind in ("order_up_to", "periodic") and point >= up_to:
        reason = f"The reorder point {point} is not below the order-up-to level {up_to}."
        reject("reorder_point", reason, "An order would be for no piece; lower it or raise order_up_to.")
    if kind == "periodic" and not values.get("review_interval_h"):
        reject("review_interval_days", "The policy periodic has no interval between reviews.", "Add it.")
    for key in ("initial_stock", "reorder_point", "order_up_to"):
        if kind == "on_demand" and values.get(key):
            reject(key, "The policy on_demand keeps no stock.", "Remove the key or choose another policy.")
    usual = up_to if kind in _UP_TO else point + values.get("order_quantity", 1)
    initial = 0 if kind == "on_demand" else usual
    return Policy(**{"initial_stock": initial, **values})


def _transport(values: Values, path: str, reader: SectionReader) -> Transport:
    values = dict(values)
    well_to_tank = values.pop("well_to_tank", False)
    name, known_factor = values.get("mode", ""), "co2_kg_per_tonne_km" in values
    mode = TRANSPORT_MODES.get(name)
    if name and mode is None and not known_factor:
        hint = did_you_mean(name, list(TRANSPORT_MODES)).strip() or f"Known: {', '.join(TRANSPORT_MODES)}."
        reader.reject(f"{path}.mode", "No emission factor is known for this mode.",
                      f"{hint} Or give co2_kg_per_tonne_km.", name)  # fmt: skip
    if values.get("distance_km", 0.0) > 0 and not name and not known_factor:
        reader.reject(f"{path}.distance_km", "There is a distance but no mode of transport.",
                      "Add mode, or co2_kg_per_tonne_km.", values["distance_km"])  # fmt: skip
    if mode and not known_factor:
        values["co2_kg_per_tonne_km"] = mode.factor(well_to_tank=well_to_tank)
        values.setdefault("co2_source", mode.words(well_to_tank=well_to_tank))
    if known_factor:
        values.setdefault("co2_source", "given in the study")
    return Transport(**values)


def _check_fallbacks(options: Sequence[Option], named: Sequence[str], reader: SectionReader) -> None:
    by_name = {option.name: option for option in options}
    for option in options:
        path = f"option[{option.name}].fallback"
        if option.fallback is None:
            continue
        if option.fallback not in named:
            hint = did_you_mean(option.fallback, list(named)).strip() or f"Options: {', '.join(named)}."
            reader.reject(path, "There is no such option.", hint, option.fallback)
            continue
        chain, at = [option.name], option.fallback
        while at in by_name and at not in chain:
            chain.append(at)
            at = by_name[at].fallback or ""
        if at == option.name:
            reason = f"The fallbacks run in a circle: {' -> '.join([*chain, at])}."
            reader.reject(
                path, reason, "Let one of them fall back on an option that takes every part.", option.fallback
            )
