"""A twin of an example network: its tables in a workbook, a file for each scenario, both taken up already."""

from __future__ import annotations

from pathlib import Path

from spareverse.errors import NotFound
from spareverse.examples import NETWORKS
from spareverse.io.network_files import write_network
from spareverse.io.scenario_folder import FOLDER
from spareverse.twin.twin import Twin


def new_network_example(name: str, folder: str | Path) -> dict[str, Path]:
    """Make a twin with the network and its scenarios in a new folder, and write ``NAME.xlsx`` beside them.

    Returns ``{"network": the workbook, "scenarios": the folder of the scenario files}``. NotFound for an unknown name,
    UsageError for a folder that is not empty.
    """
    if name not in NETWORKS:
        raise NotFound(f"There is no example network {name!r}; there are: {', '.join(NETWORKS)}.")
    folder = Path(folder)
    twin = Twin.create(folder)
    network, scenarios = NETWORKS[name]()
    workbook = folder / f"{name}.xlsx"
    write_network(network, workbook)
    twin.import_network(network)
    for scenario in scenarios:
        twin.save_scenario(scenario)
    return {"network": workbook, "scenarios": folder / FOLDER}
