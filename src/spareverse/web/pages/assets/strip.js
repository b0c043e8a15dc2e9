// Disturbances on the axis of time: dragging over an empty spot draws one, dragging a bar or its ends moves it.
// Arrow keys move a bar by a day, with Shift its end; the fields below the strip do the same.
window.spareverseStrip = (() => {
  const EDGE_PX = 8, LEAST_PX = 4, KEYS = { ArrowLeft: -1, ArrowRight: 1 };
  const strips = {};
  const div = (parent, name) => {
    const made = document.createElement("div");
    made.className = name;
    parent.append(made);
    return made;
  };
  const days = (from, length) => `day ${from} to ${from + length} (${length} ${length === 1 ? "day" : "days"})`;

  function step(length) {
    return [1, 2, 5, 10, 20, 30, 60, 90, 180, 365, 730, 1825, 3650].find((each) => length / each <= 14) ?? 7300;
  }

  function attach(host, options) {
    const strip = (strips[host.id] = { host, ...options });
    strip.lanes = div(host, "lanes");
    strip.axis = div(host, "ticks");
    strip.said = div(host, "small quiet");
    strip.said.setAttribute("aria-live", "polite");
    strip.hint = "Drag over the strip to mark from when to when; drag a bar, or its ends, to change it.";
    if (strip.notCounted > 0) {
      strip.before = div(strip.lanes, "before");
      strip.before.style.width = `${100 * strip.notCounted / strip.length}%`;
      strip.before.title = `The first ${strip.notCounted} days are not counted`;
    }
    for (let day = 0; day < 0.97 * strip.length; day += step(strip.length)) {
      const tick = div(strip.axis, "tick num");
      tick.style.left = `${100 * day / strip.length}%`;
      tick.textContent = day === 0 ? "day 0" : day.toLocaleString("en-US");
    }
    strip.lanes.addEventListener("pointerdown", (event) => begin(strip, event));
    show(host.id, options.bars);
  }

  function place(strip, bar) {
    bar.node.style.left = `${100 * bar.from / strip.length}%`;
    bar.node.style.width = `${100 * Math.min(bar.days, strip.length - bar.from) / strip.length}%`;
    const end = (bar.from + bar.days) / strip.length;
    bar.node.classList.toggle("narrow", bar.days < 0.25 * strip.length);
    bar.node.classList.toggle("late", end > 0.7);
    bar.node.setAttribute("aria-label", `${bar.words}: ${days(bar.from, bar.days)}`);
    bar.node.title = `${bar.words}: ${days(bar.from, bar.days)}`;
  }

  function add(strip, bar, lane) {
    bar.node = div(strip.lanes, `spell ${bar.key === null ? "draft" : ""}`);
    bar.node.style.top = `${6 + 26 * lane}px`;
    bar.node.tabIndex = bar.key === null ? -1 : 0;
    bar.node.setAttribute("role", "group");
    bar.node.dataset.bar = bar.key ?? "draft";
    div(bar.node, "told").textContent = bar.words;
    bar.node.addEventListener("keydown", (event) => nudge(strip, bar, event));
    place(strip, bar);
    return bar;
  }

  function show(id, bars) {
    const strip = strips[id];
    if (!strip) return;
    const focused = document.activeElement?.dataset?.bar;
    strip.lanes.querySelectorAll(".spell").forEach((node) => node.remove());
    strip.bars = bars.map((bar, lane) => add(strip, { ...bar }, lane));
    strip.lanes.style.height = `${38 + 26 * Math.max(bars.length, 1)}px`;
    strip.said.textContent = strip.hint;
    if (focused) strip.lanes.querySelector(`[data-bar="${focused}"]`)?.focus();
  }

  function begin(strip, event) {
    if (event.button !== 0) return;
    event.preventDefault();
    const box = strip.lanes.getBoundingClientRect();
    const at = (moved) => Math.round(Math.min(Math.max((moved.clientX - box.left) / box.width, 0), 1) * strip.length);
    const found = strip.bars.find((bar) => bar.node.contains(event.target));
    const from = at(event), edge = found?.node.getBoundingClientRect();
    const how = !found ? "draw" : event.clientX > edge.right - EDGE_PX ? "end"
      : event.clientX < edge.left + EDGE_PX ? "start" : "move";
    const bar = found ?? add(strip, { key: null, from, days: 1, words: strip.drawing ?? "new" }, strip.bars.length);
    const was = { from: bar.from, days: bar.days };
    found?.node.focus();
    const move = (moved) => {
      const day = at(moved), end = was.from + was.days;
      if (how === "draw") [bar.from, bar.days] = [Math.min(from, day), Math.abs(day - from)];
      if (how === "move") bar.from = Math.min(Math.max(Math.round(was.from + day - from), 0), strip.length - 1);
      if (how === "end") bar.days = Math.max(day - bar.from, 1);
      if (how === "start") [bar.from, bar.days] = [Math.min(day, end - 1), end - Math.min(day, end - 1)];
      place(strip, bar);
      strip.said.textContent = `${bar.words}: ${days(bar.from, bar.days)}`;
    };
    const stop = (ended) => {
      for (const [name, call] of Object.entries(calls)) window.removeEventListener(name, call);
      const still = Math.abs(ended.clientX - event.clientX) < LEAST_PX;
      if (how === "draw") bar.node.remove();
      if (ended.type !== "pointerup" || still) {
        Object.assign(bar, was);
        if (how !== "draw") place(strip, bar);
        strip.said.textContent = strip.hint;
        return;
      }
      tell(strip, bar);
    };
    const calls = { pointermove: move, pointerup: stop, pointercancel: stop };
    for (const [name, call] of Object.entries(calls)) window.addEventListener(name, call);
  }

  function nudge(strip, bar, event) {
    const by = KEYS[event.key];
    if (!by) return;
    event.preventDefault();
    if (event.shiftKey) bar.days = Math.max(bar.days + by, 1);
    else bar.from = Math.min(Math.max(bar.from + by, 0), strip.length - 1);
    place(strip, bar);
    strip.said.textContent = `${bar.words}: ${days(bar.from, bar.days)}`;
    clearTimeout(strip.waiting);
    strip.waiting = setTimeout(() => tell(strip, bar), 400);
  }

  const tell = (strip, bar) => emitEvent(strip.event, { key: bar.key, from: bar.from, days: Math.max(bar.days, 1) });
  const drawing = (id, words) => { if (strips[id]) strips[id].drawing = words; };

  return { attach, show, drawing };
})();
