"""The top bar: which twin, which window, search, running jobs, theme."""

from __future__ import annotations

from html import escape

from nicegui import events, run, ui

from spareverse.errors import NotFound, SpareverseError
from spareverse.service.workspace import Window
from spareverse.web.pages.cards import box, button, text
from spareverse.web.pages.place import THEME_COOKIE, Place
from spareverse.web.pages.wording import day, percent, plural

_FOCUS_SEARCH = """<script>document.addEventListener('keydown', e => {
  if (e.key === '/' && !/INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName) && !e.ctrlKey && !e.metaKey) {
    e.preventDefault(); document.querySelector('.searchbox input')?.focus(); } });</script>"""


def top_bar(place: Place) -> None:
    with box("top", "header"):
        text(place.workspace.name, "twin")
        _window_menu(place)
        ui.element("div").classes("spring").props("aria-hidden=true")
        _search(place)
        _jobs(place)
        _theme(place)


def _window_menu(place: Place) -> None:
    """Presets, everything, or a window of one's own; a window not computed yet is ordered as a job by its page."""
    presets = place.workspace.presets()
    with ui.element("button").classes("chip").props('type=button aria-haspopup=menu aria-label="Time window"'):
        ui.icon("date_range").props("aria-hidden=true")
        text(_window_words(place), "num", "span")
        ui.icon("expand_more").props("aria-hidden=true")
        with ui.menu().props("auto-close"):
            for name, window in presets.items():
                _window_item(place, name.capitalize(), window)
            ui.menu_item("All data", lambda: _show_everything(place))
            _window_item(place, "Newest analysis", Window())
            dialog = _custom_window(place)
            ui.menu_item("Custom window", dialog.open)


def _window_item(place: Place, name: str, window: Window) -> None:
    ui.menu_item(name, lambda: ui.navigate.to(place.in_window(window)))


async def _show_everything(place: Place) -> None:
    window = await run.io_bound(place.workspace.everything)
    if window is not None:  # None when the server is being stopped
        ui.navigate.to(place.in_window(window))


def _window_words(place: Place) -> str:
    try:
        document = place.workspace.analysis(place.window).document
    except NotFound:
        texts = place.window.texts
        return f"{texts.get('since', 'start')} to {texts.get('until', 'today')}" if texts else "All data"
    words = f"{day(document.get('since')) if document.get('since') else 'start'} to {day(document.get('until'))}"
    as_of = document.get("as_of")
    return f"{words} · as of {day(as_of)}" if as_of and as_of != document.get("until") else words


def _custom_window(place: Place) -> ui.dialog:
    texts = place.window.texts
    with ui.dialog() as dialog, ui.card().style("min-width: 340px"):
        text("Custom window", "section")
        text("Lines ordered from the first day up to, not including, the last.", "quiet small")
        fields = {
            name: ui.input(label, value=texts.get(name, ""))
            .props("type=date outlined dense stack-label")
            .classes("full-width")
            for name, label in (("since", "From"), ("until", "To"), ("as_of", "As known on"))
        }

        def show() -> None:
            try:
                window = Window.of(*(field.value or "" for field in fields.values()))
            except SpareverseError as error:
                ui.notify(error.message, type="negative")
                return
            ui.navigate.to(place.in_window(window))

        with box("row-gap"):
            button("Show", show, main=True)
            button("Cancel", dialog.close)
    return dialog


def _search(place: Place) -> None:
    ui.add_head_html(_FOCUS_SEARCH)
    with box("searchbox").props("role=search"):
        field = ui.input(placeholder="Search parts and suppliers").props(
            'outlined dense clearable debounce=120 aria-label="Search"'
        )
        with field.add_slot("prepend"):
            ui.icon("search").props("aria-hidden=true")
        hits = ui.element("div").classes("hits").props('aria-live=polite aria-label="Search results"')
        hits.set_visibility(False)

    def find() -> None:
        hits.clear()
        rows = _hits(place, str(field.value or ""))
        hits.set_visibility(bool(field.value))
        with hits:
            for title, words, href in rows:
                ui.html(
                    f'<a href="{escape(href)}"><span class="id">{escape(title)}</span>'
                    f'<span class="text">{escape(words)}</span></a>',
                    sanitize=False,
                )
            if not rows:
                text("Nothing found in this window.", "quiet small").style("padding: 8px 12px")

    def go(_: events.GenericEventArguments) -> None:
        if field.value:
            ui.navigate.to(place.link("/portfolio", search=str(field.value)))

    field.on_value_change(find)
    field.on("keydown.enter", go)
    field.on("keydown.escape", lambda: field.set_value(""))


def _hits(place: Place, wanted: str) -> list[tuple[str, str, str]]:
    """Title, words and address of what the text finds."""
    if not wanted.strip():
        return []
    try:
        analysis = place.workspace.analysis(place.window)
    except NotFound:
        return []
    parts = place.workspace.portfolio(analysis).suggestions(wanted)
    found = [
        (
            row["part_id"],
            " · ".join(filter(None, (row["description"], row["place_id"]))),
            place.part(row["part_id"], row["place_id"]),
        )
        for row in parts.iter_rows(named=True)
    ]
    low = wanted.strip().lower()
    suppliers = [name for name in analysis.suppliers["supplier_id"] if low in str(name).lower()][:4]
    return found + [(name, "Supplier", place.supplier(name)) for name in suppliers]


def _jobs(place: Place) -> None:
    """How many jobs run, and how far the first one is; silent when nothing runs."""
    chip = ui.element("a").classes("chip").props('aria-label="Running jobs"')
    chip.props["href"] = place.link("/jobs")
    with chip:
        ui.icon("autorenew").props("aria-hidden=true")
        says = ui.label()

    def look() -> None:
        active = place.workspace.jobs.active()
        chip.set_visibility(bool(active))
        if active:
            says.text = f"{plural(len(active), 'job')} · {percent(active[0].progress)}"

    look()
    ui.timer(1.0, look)


def _theme(place: Place) -> None:
    wanted = "light" if place.dark else "dark"
    script = f"document.cookie='{THEME_COOKIE}={wanted};path=/;max-age=31536000;samesite=strict'; location.reload()"
    chip = ui.element("button").classes("chip").props(f'type=button aria-label="Switch to {wanted} theme"')
    with chip:
        ui.icon("light_mode" if place.dark else "dark_mode").props("aria-hidden=true")
    chip.on("click", js_handler=f"() => {{ {script} }}")
