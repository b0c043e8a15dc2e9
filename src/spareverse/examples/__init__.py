"""Examples to try the product on: order files of companies, warehouse-options studies, and networks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spareverse.network.network import Network
    from spareverse.network.scenario import Scenario

SMALL_DEMO_PARTS = 3_000
SMALL_WORLD_PARTS = 2_000


def _demo_company(directory: Path) -> dict[str, Path]:
    from spareverse.examples.demo_company import write

    return write(directory, parts=SMALL_DEMO_PARTS)


def _sirri_2023(directory: Path) -> dict[str, Path]:
    from spareverse.examples.sirri_2023 import write

    return write(directory)


EXAMPLES: dict[str, Callable[[Path], dict[str, Path]]] = {
    "demo-company": _demo_company,
    "sirri-2023": _sirri_2023,
}
"""Name -> writer of its CSV files into a folder; the writer returns table -> file."""


def _el_thalji_2025(directory: Path) -> dict[str, Path]:
    from spareverse.examples.platform import write

    return write(directory)


def _package_500(directory: Path) -> dict[str, Path]:
    from spareverse.examples.package import write

    return write(directory)


def _wind_farm(directory: Path) -> dict[str, Path]:
    from spareverse.examples.wind_farm import write

    return write(directory)


STUDIES: dict[str, Callable[[Path], dict[str, Path]]] = {
    "el-thalji-2025": _el_thalji_2025,
    "package-500": _package_500,
    "wind-farm": _wind_farm,
}
"""Name -> writer of a study into a folder; the writer returns ``study`` -> its file, and ``lines`` -> its package."""


def _beer_game() -> tuple[Network, tuple[Scenario, ...]]:
    from spareverse.examples import beer_game

    return beer_game.network(), beer_game.scenarios()


def _platform_basin() -> tuple[Network, tuple[Scenario, ...]]:
    from spareverse.examples import platform_basin

    return platform_basin.network(), platform_basin.scenarios()


def _split_incentives() -> tuple[Network, tuple[Scenario, ...]]:
    from spareverse.examples import incentives

    return incentives.network(), incentives.scenarios()


def _world_network() -> tuple[Network, tuple[Scenario, ...]]:
    from spareverse.examples import world_network

    return world_network.network(parts=SMALL_WORLD_PARTS), world_network.scenarios()


NETWORKS: dict[str, Callable[[], tuple[Network, tuple[Scenario, ...]]]] = {
    "beer-game": _beer_game,
    "platform-basin": _platform_basin,
    "split-incentives": _split_incentives,
    "world-network": _world_network,
}
"""Name -> maker of a network and its scenarios."""
