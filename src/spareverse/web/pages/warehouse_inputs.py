"""A study's inputs as a form: every section and key of the study file, checked as they are left, errors beside them."""

from __future__ import annotations

import asyncio
import copy
import re
from collections.abc import Callable
from typing import Any

from nicegui import run, ui

from spareverse.errors import InputRejected, Problem, SpareverseError
from spareverse.io.study_keys import ACCESS, BURSTS, CAMPAIGN, ECONOMICS, OPTION, SEASONS, STUDY, TARGET
from spareverse.io.study_schema import Key, Section
from spareverse.network.transport_modes import TRANSPORT_MODES
from spareverse.web.pages.cards import box, button, note_bar, text
from spareverse.web.pages.place import Place

SHOWN = (STUDY, TARGET, ECONOMICS, ACCESS, SEASONS, BURSTS)
TITLES = {
    "study": "Study",
    "target": "Target",
    "economics": "Prices",
    "access": "Visits and weather",
    "seasons": "Seasons of failures",
    "bursts": "Bursts of failures",
    "policy": "Stock on site",
    "central": "Central stock",
    "fee": "Fees",
    "transport": "Transport",
    "transfer": "Transfer from central stock",
    "expedite": "Emergency orders",
    "holding": "Holding",
}
_HIDDEN = ("lines", "sheet", "stock_levels", "decimal", "rates_pooled", "notes", "currency")
_LABELS = {"policy.kind": "Policy", "central.kind": "Policy", "transfer.time_days": "Time", "name": "Short name"}
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NOTHING: tuple[object, ...] = (None, "", [])
_WIDE = ("text", "texts", "numbers", "duration")

Document = dict[str, Any]
Path = tuple[str | int, ...]


class Inputs:
    """The form of one study. What is wrong is shown and not kept; what is right is written at once."""

    def __init__(self, place: Place, name: str, changed: Callable[[], None]) -> None:
        self._place, self._name, self._changed = place, name, changed
        self._studies = place.workspace.studies
        self._document: Document = self._studies.document(name)
        self._kept = copy.deepcopy(self._document)
        self._before: list[Document] = []
        self._fields: dict[str, Any] = {}
        self._checking = asyncio.Lock()
        self._head = ui.element("div").classes("stack")
        self._body = ui.element("div").classes("inputs")
        self._build()

    async def settled(self) -> bool:
        """Wait for the check of the last change; False while something is wrong."""
        async with self._checking:
            return not self.wrong

    @property
    def wrong(self) -> bool:
        """Whether an input is shown that does not hold."""
        return bool(self._head.default_slot.children)

    def _build(self, *, open_campaigns: bool = False) -> None:
        self._fields.clear()
        self._body.clear()
        with self._body:
            for section in SHOWN:
                self._group(section, (section.name,), TITLES[section.name], opened=section is STUDY)
            self._campaigns(opened=open_campaigns)
            for number, option in enumerate(self._document.get("option", [])):
                self._option(number, option)

    def _group(self, section: Section, path: Path, heading: str, *, opened: bool = False) -> None:
        """One section; its fields are made when it is first opened."""
        self._lazy(heading, lambda: self._keys(section, path), opened=opened, said=self._filled(path))

    def _lazy(self, heading: str, build: Callable[[], None], *, opened: bool = False, said: str = "") -> ui.expansion:
        group = ui.expansion(heading, caption=said or None, value=opened).classes("group-of-inputs").props("dense")
        with group:
            inside = ui.element("div").classes("fields")

        def open_() -> None:
            if group.value and not inside.default_slot.children:
                with inside:
                    build()

        group.on_value_change(open_)
        open_()
        return group

    def _filled(self, path: Path) -> str:
        """How much of a section is given, so that a closed one tells."""
        found = _at(self._document, path)
        return "" if found else "not given"

    def _keys(self, section: Section, path: Path) -> None:
        for key in section.keys:
            if key.name not in _HIDDEN or section is not STUDY:
                self._field(key, (*path, key.name))

    def _campaigns(self, *, opened: bool = False) -> None:
        """Stretches of time with another failure rate: one below the other, and a button for one more."""
        given = self._document.get("campaign", [])

        def build() -> None:
            for number in range(len(given)):
                with box("row-gap wide campaign").props(f"data-campaign={number}"):
                    text(f"Campaign {number + 1}", "small strong grow")
                    remove = button("", lambda number=number: self._drop_campaign(number), slim=True, icon="close")
                    remove.props(f'aria-label="Remove campaign {number + 1}"')
                self._keys(CAMPAIGN, (CAMPAIGN.name, number))
            with box("row-gap wide"):
                button("Add campaign", self._add_campaign, slim=True, icon="add").props("data-add-campaign")

        self._campaign_group = self._lazy("Campaigns", build, opened=opened, said=self._campaigns_said())

    def _campaigns_said(self) -> str:
        return ", ".join(_campaign_words(each) for each in self._document.get(CAMPAIGN.name, [])) or "none"

    async def _add_campaign(self) -> None:
        """One more after the last, with a factor that changes nothing yet."""
        given = self._document.setdefault(CAMPAIGN.name, [])
        ends = [each["end_months"] for each in given if isinstance(each.get("end_months"), int | float)]
        start = max(ends, default=0)
        given.append({"start_months": start, "end_months": start + 12, "factor": 1})
        await self._rebuilt(open_campaigns=True)

    async def _drop_campaign(self, number: int) -> None:
        del self._document[CAMPAIGN.name][number]
        if not self._document[CAMPAIGN.name]:
            del self._document[CAMPAIGN.name]
        await self._rebuilt(open_campaigns=True)

    def _option(self, number: int, option: Document) -> None:
        path: Path = ("option", number)

        def build() -> None:
            self._keys(OPTION, path)
            for section in OPTION.sections:
                self._group(section, (*path, section.name), TITLES[section.name])
            with box("row-gap wide"):
                button("Copy option", lambda: self._copy(number), slim=True, icon="content_copy")
                button("Remove", lambda: self._remove(number), slim=True, icon="close")

        heading = str(option.get("title") or option.get("name") or f"Option {number + 1}")
        self._lazy(heading, build, said=_summary(option, by_part=self._by_part(option))).props(f"data-option={number}")

    def _by_part(self, option: Document) -> bool:
        """Whether levels of single parts, or a target, say more than the option's own policy."""
        stock = self._studies.definition(self._name).stock
        return bool(option.get("target_availability")) or option.get("name") in stock["option"].to_list()

    def _field(self, key: Key, path: Path) -> None:
        value = _at(self._document, path)
        label = _label(key, path, self._document.get("study", {}).get("currency", ""))
        name = _spoken(self._document, path)
        usual = key.default.replace("`", "")
        choices = self._choices(key, path)
        wide = key.kind in _WIDE or bool(choices)
        field: Any
        if key.kind == "boolean":
            field = ui.checkbox(label, value=bool(value)).props("dense")
            wide = True
        elif key.kind == "texts":
            field = ui.select(list(choices), label=label, value=list(value or []), multiple=True)
        elif choices:
            first = {} if key.required else {"": f"usual: {usual.replace('_', ' ')}" if usual else "none"}
            field = ui.select(first | choices, label=label, value=value if value in choices else "")
        else:
            field = ui.input(label, value=_written(value), placeholder=usual)
        if key.kind != "boolean":
            field.props("outlined dense options-dense stack-label hide-bottom-space").classes("full-width")
        field.classes("wide" if wide else "half").tooltip(_first_up(key.meaning))
        field.props(f'data-input="{name}"')
        self._fields[name] = field

        async def leave() -> None:
            await self._set(path, _read(key, field.value))

        if key.kind == "boolean" or choices:
            field.on_value_change(leave)
        else:
            field.on("blur", leave)
            field.on("keydown.enter", leave)

    def _choices(self, key: Key, path: Path) -> dict[str, str]:
        """What may be chosen, with words; empty where anything may be written."""
        if key.name == "fallback":
            others = [option for number, option in enumerate(self._document["option"]) if number != path[1]]
            return {str(option.get("name")): str(option.get("title") or option.get("name")) for option in others}
        names = tuple(TRANSPORT_MODES) if key.name == "mode" else key.choices
        return {name: name.replace("_", " ") for name in names}

    async def _set(self, path: Path, value: Any) -> None:
        now = _at(self._document, path)
        if now == value or (value in _NOTHING and now in _NOTHING):
            return
        _put(self._document, path, value)
        await self._check()

    async def _check(self) -> None:
        """Keep the changed inputs if they hold; else say beside each field what is wrong."""
        async with self._checking:
            document = copy.deepcopy(self._document)
            problems: list[Problem] = []
            try:
                await run.io_bound(self._studies.change, self._name, document)
            except InputRejected as rejected:
                problems = rejected.problems
            except SpareverseError as error:
                ui.notify(error.message, type="negative")
                return
            self._show(problems)
            if not problems:
                self._before.append(self._kept)
                self._kept = document
                self._campaign_group.props["caption"] = self._campaigns_said()
            self._changed()

    def _show(self, problems: list[Problem]) -> None:
        """Each problem beside its field where that is on the screen, else at the head of the form."""
        beside: dict[str, str] = {}
        others: list[str] = []
        for problem in problems:
            name = re.sub(r"\[\d+\]$", "", problem.column or "")
            words = f"{problem.reason} {problem.remedy}".strip()
            if name in self._fields:
                beside.setdefault(name, words)
            else:
                others.append(f"{problem.column or problem.file or ''}: {words}")
        for name, field in self._fields.items():
            if hasattr(field, "error"):
                field.error = beside.get(name)
        self._head.clear()
        if problems:
            with self._head:
                count = f"{len(problems)} inputs are" if len(problems) > 1 else "One input is"
                note_bar(f"{count} wrong; the study keeps its last good inputs.", tone="bad", icon="error_outline")
                for words in others[:6]:
                    text(words, "quiet small")

    async def undo(self) -> bool:
        """Take the last change back; False when there is none."""
        if not self.wrong:
            if not self._before:
                return False
            self._kept = self._before.pop()
            await run.io_bound(self._studies.change, self._name, self._kept)
        self._take(self._kept)
        self._changed()
        return True

    def reload(self) -> None:
        """Show the inputs as they are on disk."""
        self._before.append(self._kept)
        self._kept = self._studies.document(self._name)
        self._take(self._kept)

    def _take(self, document: Document) -> None:
        self._document = copy.deepcopy(document)
        self._show([])
        self._build()

    async def _copy(self, number: int) -> None:
        options = self._document["option"]
        names = {option["name"] for option in options}
        made = copy.deepcopy(options[number])
        serial = 2
        while f"{made['name']}-{serial}" in names:
            serial += 1
        made |= {"name": f"{made['name']}-{serial}", "title": f"{made.get('title') or made['name']} ({serial})"}
        options.insert(number + 1, made)
        await self._rebuilt()

    async def _remove(self, number: int) -> None:
        del self._document["option"][number]
        await self._rebuilt()

    async def _rebuilt(self, *, open_campaigns: bool = False) -> None:
        """Options or campaigns came or went: all or nothing, since what is wrong may have no field any more."""
        await self._check()
        if self.wrong:
            said = "; ".join(child.content for child in self._head.descendants() if isinstance(child, ui.html))
            ui.notify(f"Not possible. {said}", type="negative")
            self._take(self._kept)
        self._build(open_campaigns=open_campaigns)


def _at(document: Any, path: Path) -> Any:
    """The value at a path; None where there is none."""
    for step in path:
        document = document.get(step) if isinstance(step, str) else document[step]
        if document is None:
            return None
    return document


def _put(document: Any, path: Path, value: Any) -> None:
    """Set a key, or remove it where nothing is given; sections come and go with their keys."""
    owner: Any = document
    passed: list[tuple[Any, Any]] = []
    for step in path[:-1]:
        passed.append((owner, step))
        owner = owner.setdefault(step, {}) if isinstance(owner, dict) else owner[step]
    if value in _NOTHING:
        owner.pop(path[-1], None)
    else:
        owner[path[-1]] = value
    for above, step in reversed(passed):
        if isinstance(above, dict) and above[step] == {}:
            del above[step]


def _spoken(document: Document, path: Path) -> str:
    """The key path as problems name it: ``option[hybrid].policy.reorder_point``."""
    if path[0] == "option" and isinstance(path[1], int):
        name = document["option"][path[1]].get("name") or path[1] + 1
        return ".".join([f"option[{name}]", *map(str, path[2:])])
    if isinstance(path[1], int):
        return ".".join([f"{path[0]}[{path[1] + 1}]", *map(str, path[2:])])
    return ".".join(map(str, path))


def _label(key: Key, path: Path, currency: str) -> str:
    special = _LABELS.get(".".join(map(str, path[-2:]))) or _LABELS.get(key.name if path[0] == "option" else "")
    words = special or _first_up(key.stem.replace("_", " ")).replace("Co2", "CO2")
    unit = key.unit.replace("currency", currency)
    return f"{words}, {unit}" if unit and not words.endswith(unit) else words


def _first_up(words: str) -> str:
    return words[:1].upper() + words[1:]


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"{item:g}" for item in value)
    return f"{value:.12g}" if isinstance(value, float) else "" if value is None else str(value)


def _read(key: Key, given: Any) -> Any:
    """What the file should hold; text that is no number stays text, for the check to refuse with its reason."""
    if not isinstance(given, str):
        return given
    words = given.strip()
    if key.kind == "numbers":
        return [_number(item) for item in re.split(r"[,;\s]+", words) if item]
    if key.kind in ("integer", "number", "span", "duration"):
        return _number(words)
    return words


def _number(words: str) -> Any:
    plain = words.replace("\u00a0", "").replace(" ", "") if re.fullmatch(r"[\d\s\u00a0.]+", words) else words
    if not _NUMBER.fullmatch(plain):
        return words
    value = float(plain)
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def _campaign_words(campaign: Document) -> str:
    """``months 12-24 x2``"""
    start, end, factor = (_written(campaign.get(name)) or "?" for name in ("start_months", "end_months", "factor"))
    return f"months {start}-{end} x{factor}"


def _summary(option: Document, *, by_part: bool) -> str:
    """An option in a few words for its closed group."""
    policy = option.get("policy", {})
    stock = policy.get("initial_stock")
    held = "stock by part" if by_part else f"stock {stock}" if stock else "no stock"
    words = [str(option.get("warehouse", "")), held]
    if "fee" in option:
        words.append("fee")
    return " · ".join(words)
