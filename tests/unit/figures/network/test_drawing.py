"""What is drawn of a network: nodes by echelon, positions on the plane, flows on links."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest

from spareverse.figures.network import diagram, plane
from spareverse.figures.network.diagram import Diagram
from spareverse.figures.network.flows import link_flows
from spareverse.network.network import Network
from tests.unit.figures.network import made


def tiny(links: list[tuple[str, str]], sourcing: list[tuple[str, str]] | None = None) -> Network:
    places = sorted({end for pair in links for end in pair if not end.startswith("S")})
    suppliers = sorted({end for pair in links for end in pair if end.startswith("S")})
    rows = [{"link_id": f"{a}{b}", "from_id": a, "to_id": b, "transit_time": "1"} for a, b in links]
    tables = {
        "places": pl.DataFrame({"place_id": places}),
        "suppliers": pl.DataFrame({"supplier_id": suppliers}),
        "links": pl.DataFrame(rows),
        "sourcing": pl.DataFrame(sourcing or [], schema=["source_id", "place_id"], orient="row"),
    }
    return Network.of({name: frame for name, frame in tables.items() if frame.height})


def levels(network: Network) -> dict[str, int]:
    nodes = Diagram.of(network).nodes
    return dict(zip(nodes["id"], nodes["level"], strict=True))


def test_echelons_are_the_longest_way_from_a_supplier() -> None:
    assert levels(tiny([("S", "A"), ("A", "B"), ("S", "B"), ("B", "C")])) == {"S": 0, "A": 1, "B": 2, "C": 3}


def test_places_that_help_one_another_are_no_endless_chain() -> None:
    found = levels(tiny([("S", "A"), ("S", "B"), ("A", "B"), ("B", "A")]))
    assert sorted(found.values()) == [0, 1, 2] or sorted(found.values()) == [0, 2, 2]


def test_a_source_without_a_link_is_drawn_all_the_same() -> None:
    found = Diagram.of(tiny([("S", "A")], [("S", "A"), ("A", "A2"), ("S2", "A")]))
    # A2 and S2 are in no table: nothing to draw them as
    assert found.links["link_id"].to_list() == ["SA"]
    network = tiny([("S", "A"), ("S", "B")], [("A", "B")])
    assert Diagram.of(network).links["link_id"].to_list() == ["SA", "SB", "A > B"]


def test_many_suppliers_become_one_node_per_country(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "MOST_SUPPLIERS", 4)
    found = Diagram.of(made.network())
    assert found.nodes.filter(pl.col("kind") == "supplier").height == 5
    assert found.drawn_as["MILAN"] == "suppliers IT"
    moved = found.link_of(made.events())
    assert moved.null_count() == made.events().filter(pl.col("source_id").is_null()).height


def test_every_transport_finds_its_link() -> None:
    found = Diagram.of(made.network())
    flows = link_flows(found, made.events())
    shipped = made.events().filter(pl.col("kind") == "shipment")["quantity"].sum()
    assert flows["pieces"].sum() == shipped
    # by the ends where the record names no link
    nameless = made.events().with_columns(link_id=pl.lit(None, pl.String))
    assert link_flows(found, nameless)["pieces"].to_list() == flows["pieces"].to_list()


def test_layers_go_from_left_to_right_and_nodes_stay_apart() -> None:
    found = Diagram.of(made.network(False))
    spot = plane.layers(found).nodes
    level = found.nodes["level"].to_numpy()
    assert all(spot[level == one, 0].max() < spot[level == one + 1, 0].min() for one in range(found.levels - 1))
    assert np.diff(np.sort(spot[level == 2, 1])).min() > 0.9 / 12 - 1e-9
    assert not found.on_map


def test_a_far_supplier_stands_at_the_edge_of_the_map() -> None:
    found = Diagram.of(made.network())
    drawn = plane.on_map(found)
    names = found.nodes["id"].to_list()
    beyond = {names[at] for at in np.flatnonzero(drawn.beyond)}
    assert "HOUSTON" in beyond
    assert not beyond & set(found.nodes.filter(pl.col("kind") != "supplier")["id"])
    assert (drawn.nodes >= 0).all()
    assert (drawn.nodes <= [drawn.aspect, 1]).all()
    assert len(drawn.outlines) > 3
    for path, link in zip(drawn.paths, found.links.iter_rows(named=True), strict=True):
        np.testing.assert_allclose(path[0], drawn.nodes[names.index(link["from_id"])], atol=1e-9)
        np.testing.assert_allclose(path[-1], drawn.nodes[names.index(link["to_id"])], atol=1e-9)


def test_a_network_across_the_date_line_is_not_torn() -> None:
    network = tiny([("S", "A"), ("A", "B")])
    where = {"latitude": [35.0, -40.0], "longitude": [140.0, -175.0]}
    places = network["places"].with_columns(**{name: pl.Series(values) for name, values in where.items()})
    suppliers = network["suppliers"].with_columns(latitude=pl.lit(-35.0), longitude=pl.lit(150.0))
    network = dataclasses.replace(network, tables={**network.tables, "places": places, "suppliers": suppliers})
    drawn = plane.on_map(Diagram.of(network))
    # New Zealand's side stands to the right of Japan, and the whole is no wider than a third of the world
    by_name = dict(zip(Diagram.of(network).nodes["id"], drawn.nodes, strict=True))
    assert by_name["A"][0] < by_name["B"][0]
    assert by_name["B"][0] - by_name["A"][0] < 0.6 * drawn.aspect
