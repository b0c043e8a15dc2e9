"""The files of an example network: its tables in a workbook, and a file for each scenario."""

from __future__ import annotations

from pathlib import Path

from spareverse.errors import NotFound, UsageError
from spareverse.examples import NETWORKS
from spareverse.io.network_files import write_network
from spareverse.io.scenario_files import write_scenario


def new_network_example(name: str, folder: str | Path) -> dict[str, Path]:
    """Write ``NAME.xlsx`` and ``scenarios/*.toml`` into a new folder; returns ``{"network": ..., "scenarios": ...}``.

    NotFound for an unknown name, UsageError for a folder that is not empty.
    """
    if name not in NETWORKS:
        raise NotFound(f"There is no example network {name!r}; there are: {', '.join(NETWORKS)}.")
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; name a new folder.")
    network, scenarios = NETWORKS[name]()
    workbook, beside = folder / f"{name}.xlsx", folder / "scenarios"
    write_network(network, workbook)
    for scenario in scenarios:
        write_scenario(scenario, beside / f"{scenario.name}.toml")
    return {"network": workbook, "scenarios": beside}
