"""Network: watch it run, scenarios beside one another, why customers waited, and the accounts down to their events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi.responses import FileResponse
from nicegui import app, run, ui

from spareverse.errors import NotFound, SpareverseError
from spareverse.figures import numbers
from spareverse.figures.network.gallery import NetworkGallery
from spareverse.io.network_files import write_network, write_network_template
from spareverse.service.workspace import Workspace
from spareverse.simulation.universe_run import BASE
from spareverse.web.pages import network_run, states
from spareverse.web.pages.cards import box, button, card, link, note_bar, notes, text, tile, title
from spareverse.web.pages.files import EXCEL, send
from spareverse.web.pages.layout import page
from spareverse.web.pages.network_accounts import Accounts
from spareverse.web.pages.network_animation import animation_head
from spareverse.web.pages.network_build import itself
from spareverse.web.pages.network_causes import Causes
from spareverse.web.pages.network_compare import changed, clear, compare, differs, source
from spareverse.web.pages.network_noticed import Noticed
from spareverse.web.pages.network_watch import Watch
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import interval, moment, percent, plural

if TYPE_CHECKING:
    from spareverse.twin.simulation import Simulation

TABS = {
    "watch": "Watch it run",
    "compare": "Scenarios side by side",
    "why": "Why customers waited",
    "noticed": "What monitors notice",
    "accounts": "Accounts",
    "network": "The network",
}
TILES = (
    ("fill_rate", "Demands met at once"),
    ("wait_days", "Mean wait"),
    ("stock_value", "Stock value"),
    ("total_cost", "Cost"),
    ("penalty_cost", "Penalties"),
    ("co2_kg", "CO2 of transport"),
)
SUMS = ("total_cost", "penalty_cost", "co2_kg")
"""Of a whole run; the others are means."""


def include(workspace: Workspace) -> None:
    page(workspace, "/network", "Network")(show)

    @app.get("/files/network-template.xlsx")
    async def template() -> FileResponse:
        return await send("spareverse-network.xlsx", write_network_template)

    @app.get("/files/network.xlsx")
    async def network() -> FileResponse:
        built = workspace.universe.network()
        return await send("network.xlsx", lambda path: write_network(built.network, path))

    @app.get("/files/simulations/{simulation}.xlsx")
    async def tables(simulation: str) -> FileResponse:
        found = workspace.universe.simulation(simulation)
        return await send(f"simulation-{found.id}.xlsx", found.export, EXCEL)


def show(place: Place) -> None:
    universe = place.workspace.universe
    if not universe.has_network():
        network_run.no_network(place)
        return
    built = universe.network()
    with box("headline"):
        with box("words"):
            rows = built.summary["rows"]
            since = f"as of {built.start}" if built.start else f"brought {moment(built.document.get('made_at'))} UTC"
            title(
                "Network",
                f"{built.document['name']}: {plural(rows['places'], 'place')}, "
                f"{plural(rows['suppliers'], 'supplier')}, {plural(rows['parts'], 'part')} · {since}",
            )
        network_run.RunForm(place, built)
    network_run.running(place)
    asked = place.query.get("simulation", "")
    if asked and asked not in universe.simulation_ids():
        note_bar(f"There is no simulation {asked!r} any more: this is the newest.")
        asked = ""
    try:
        simulation = universe.simulation(asked or "latest")
    except NotFound:
        _not_simulated(place)
        return
    Results(place, simulation)


def _not_simulated(place: Place) -> None:
    """The network itself, until it is run."""
    with card("Not simulated yet") as holder:
        holder.props("data-not-simulated")
        text(
            "Run the network as it is, and under scenarios beside it: who waits, why, and what it costs. "
            "It takes seconds for small networks and minutes for a hundred thousand stock points.",
            "quiet",
        )
    gallery = NetworkGallery(place.workspace.universe.network().network, {})
    itself(place, [gallery.figure("network-map"), gallery.figure("network-layers")])


class Results:
    """One simulation: its finding, its tiles, and one tab at a time; all of it stands in the address."""

    def __init__(self, place: Place, simulation: Simulation) -> None:
        self._place, self._simulation = place, simulation
        animation_head()
        asked = place.query.get("scenario", "")
        self._scenario = simulation.known(asked or None)
        self._measures = {
            (row["scenario"], row["measure"]): row for row in simulation.table("measures").iter_rows(named=True)
        }
        self._changes = {
            (row["scenario"], row["measure"]): row for row in simulation.table("differences").iter_rows(named=True)
        }
        self._bar()
        for words in simulation.notices:
            if words.startswith(f"Scenario {self._scenario}: "):  # what of it this run leaves out
                note_bar(words).props("data-left-out")
        text(self._finding(), "paragraph", "p").props("data-finding")
        with box("tiles six"):
            for measure, words in TILES:
                self._tile(measure, words)
        tab = place.query.get("tab", "")
        self._tab = tab if tab in TABS else "watch"
        with ui.element("nav").classes("tabs wrap").props('aria-label="Results"'):
            for name, words in TABS.items():
                link(words, place.here(tab=name), "here" if name == self._tab else "").props(f"data-tab={name}")
        self._content = box("stack")
        with self._content:
            states.skeleton(420)
        remarks = plural(len(simulation.notices), "remark on this run", "remarks on this run")
        with ui.expansion(remarks).props("dense data-remarks").classes("more"):
            notes(list(simulation.notices))
        ui.timer(0.01, self._fill, once=True)

    async def _fill(self) -> None:
        """Large runs take a moment to read: the page stands before its tab does."""
        simulation, tab = self._simulation, self._tab
        builds: dict[str, tuple[Callable[[], Any], Callable[[Any], None]]] = {
            "watch": (lambda: Watch.read(self._place, simulation), self._watch),
            "compare": (lambda: self._figures("scenarios", "hurt"), self._compare),
            "why": (lambda: (simulation.table("causes"), simulation.table("events")), lambda _: self._why()),
            "noticed": (lambda: Noticed.read(simulation, self._scenario), self._noticed),
            "accounts": (lambda: simulation.accounts(scenario=self._scenario), self._accounts),
            "network": (
                lambda: self._figures("network-map", "network-layers"),
                lambda found: itself(self._place, found),
            ),
        }
        read, build = builds[tab]
        try:
            found = await run.io_bound(read)
        except SpareverseError as error:
            self._content.clear()
            with self._content:
                note_bar(error.message, tone="bad", icon="error_outline")
            return
        self._content.clear()
        with self._content:
            build(found)

    def _bar(self) -> None:
        """Which run and which scenario is looked at."""
        universe, simulation = self._place.workspace.universe, self._simulation
        ids = universe.simulation_ids()
        if universe.stale(simulation):
            note_bar("The network or a scenario has changed since this was simulated. Run it again.").props(
                "data-stale"
            )
        over = numbers.span(float(simulation.network.setting("horizon_days")))
        made = f"{plural(simulation.replications, 'run')} of each over {over}, seed {simulation.document['seed']}"
        with box("row-gap"):
            names = {name: self._title(name) for name in simulation.names}
            look = "outlined dense options-dense stack-label"
            ui.select(
                names,
                label="Scenario",
                value=self._scenario,
                on_change=lambda event: ui.navigate.to(self._place.here(scenario=str(event.value), beside=None)),
            ).props(f"{look} data-scenario").style("min-width: 260px")
            if len(ids) > 1:
                runs = {one: _run_words(universe.document(one)) for one in ids[:30]}
                ui.select(
                    runs,
                    label="Simulation",
                    value=simulation.id,
                    on_change=lambda event: ui.navigate.to(
                        self._place.link("/network", simulation=str(event.value), tab=self._place.query.get("tab"))
                    ),
                ).props(f"{look} data-simulation").style("min-width: 260px; max-width: 420px")
            with box("quiet small num grow"):
                text(f"{made} · ", tag="span")
                text(f"{moment(simulation.document.get('made_at'))} UTC", "whole", "span")
            button("Tables", icon="download", slim=True, href=f"/files/simulations/{simulation.id}.xlsx")

    def _title(self, name: str) -> str:
        if name == BASE:
            return "As it is"
        found = next(one for one in self._simulation.scenarios if one.name == name)
        return f"{name}: {found.title}" if found.title and found.title != name else name

    def _finding(self) -> str:
        """What the scenario does, in a sentence or two: the change first."""
        name = self._scenario
        fill = self._measures[name, "fill_rate"]
        wait = self._measures[name, "wait_days"]
        met = f"{percent(fill['mean'])} {_share_range(fill)}".strip()
        said = f"{met} of the demands are met at once"
        if wait["mean"] is not None:
            said += f"; a piece is waited for {_in_range(wait)} days on average"
        if name == BASE:
            return f"As it is, {said}. {self._worst()}"
        clear = [self._told(measure) for measure in ("waiting_piece_days", "total_cost", "co2_kg")]
        rows = [row for (scenario, _), row in self._changes.items() if scenario == name]
        nothing = "no difference" + (" that is clear of noise" if any(row["difference"] for row in rows) else "")
        against = ", ".join(words for words in clear if words) or nothing
        met += f" of the demands are met at once ({self._change('fill_rate')})"
        return f"{self._called(name)}: {against} against the network as it is. {met}. {self._worst()}"

    def _called(self, name: str) -> str:
        """The title of a scenario, or its name where it has none."""
        return next((one.title or one.name for one in self._simulation.scenarios if one.name == name), name)

    def _told(self, measure: str) -> str:
        row = self._changes.get((self._scenario, measure))
        base = self._measures[BASE, measure]["mean"]
        if row is None or not base or not (clear(row) and differs(row, base)):
            return ""
        names = {"waiting_piece_days": "waiting", "total_cost": "cost", "co2_kg": "CO2"}
        change = 100 * row["difference"] / abs(base)
        low, high = (100 * row[end] / abs(base) for end in ("low", "high"))
        limits = "" if _signed(low) == _signed(high) else f" [{_signed(low)} to {_signed(high)}]"
        return f"{names[measure]} {_signed(change)} %{limits}"

    def _worst(self) -> str:
        causes = self._simulation.why(scenario=self._scenario, by=("cause",))
        if causes.is_empty():
            return "Nobody waited."
        first = causes.row(0, named=True)
        return f"Most of the waiting came from: {first['cause']} ({percent(first['critical_share'])})."

    def _tile(self, measure: str, words: str) -> None:
        row = self._measures[self._scenario, measure]
        currency = str(self._simulation.document.get("currency", ""))
        if measure == "fill_rate":
            shown, range_, unit = percent(row["mean"]), _share_range(row), ""
        else:
            shown, _, ends = _in_range(row).partition(" ")
            range_, unit = ends, {"currency": currency, "d/piece": "days"}.get(row["unit"], row["unit"])
        over = numbers.span(float(self._simulation.network.setting("horizon_days"))) if measure in SUMS else ""
        of_time = f"in all over {over}" if over else ""
        note = " · ".join(part for part in (of_time, range_, self._change(measure)) if part)
        tile(words, shown, unit=unit, note=note, mark=measure, href=source(self._place, self._scenario, measure))

    def _change(self, measure: str) -> str:
        row = self._changes.get((self._scenario, measure))
        if row is None or row["difference"] is None:
            return ""
        if not differs(row, self._measures[BASE, measure]["mean"]):
            return "no change"
        return f"change {changed(row)}" if clear(row) else "no change clear of noise"

    def _figures(self, *names: str) -> list[Any]:
        return [self._simulation.figure(name, scenario=self._scenario) for name in names]

    def _compare(self, figures: list[Any]) -> None:
        compare(self._place, self._simulation, self._scenario, self._measures, self._changes, figures)

    def _watch(self, read: Any) -> None:
        Watch(self._place, self._simulation, self._scenario, read)

    def _why(self) -> None:
        Causes(self._place, self._simulation, self._scenario)

    def _noticed(self, found: Any) -> None:
        Noticed(self._place, self._simulation, self._scenario, found)

    def _accounts(self, found: Any) -> None:
        Accounts(self._place, self._simulation, self._scenario, found)


def _in_range(row: dict[str, Any]) -> str:
    """A mean with its limits, no digit that these do not carry; none of these can be negative."""
    low = None if row["low"] is None else max(row["low"], 0.0)
    return numbers.measured(row["mean"], low, row["high"])


def _share_range(row: dict[str, Any]) -> str:
    if row["low"] is None or row["high"] is None or row["low"] == row["high"]:
        return ""
    return interval(max(row["low"], 0.0), min(row["high"], 1.0), share=True)


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '-'}{numbers.digits(abs(value), 2)}"


def _run_words(document: dict[str, Any]) -> str:
    names = [line.partition("=")[2].strip().strip('"') for text_ in document["scenarios"] for line in text_.splitlines()
             if line.startswith("name")]  # fmt: skip
    return f"{moment(document.get('made_at'))}: {', '.join(names) or 'as it is'} ({document['replications']} runs)"
