// Plays simulated networks side by side with one clock: stock as the filling of a place, customers waiting as a number
// in orange, orders not sent yet as a number in amber, goods as dots along the links. One payload, no network.
window.spareverseNetwork = (() => {
  const SPEEDS = [1, 3, 10, 30, 90];
  const { POINTS, EDGE, whole, clamp, before, prepare, value, fit, paintOutlines, paintMoves, paintNode, paintNames, paintTime, strokeWay } = window.spareverseScene;

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  function attach(host, payload, { dark = null, select = null } = {}) {
    const scenes = payload.scenes.map(prepare);
    const days = Math.max(...scenes.map((scene) => scene.days));
    const first = Math.min(...scenes.map((scene) => scene.start));
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const maps = scenes.every((scene) => scene.views.map);
    let clock = 0, playing = false, speed = 10, view = maps ? "map" : "layers", mix = maps ? 1 : 0;
    let zoom = { k: 1, x: 0, y: 0 }, chosen = null, asked = false, last = 0;
    const isDark = () => (dark === null ? scheme.matches : dark);
    const colours = () => (isDark() ? payload.dark : payload.light);
    const modeColour = (mode) => payload.modes[mode]?.[isDark() ? "dark" : "light"] ?? colours().muted;

    // what stays while the clock runs, on a canvas of its own: outlines, links, names
    function paintGround(pane, f, seen) {
      const { scene } = pane, ratio = window.devicePixelRatio || 1;
      pane.ground ??= document.createElement("canvas");
      pane.ground.width = pane.canvas.width;
      pane.ground.height = pane.canvas.height;
      const brush = pane.ground.getContext("2d");
      brush.setTransform(ratio, 0, 0, ratio, 0, 0);
      pane.spots = scene.nodes.map((_, i) => spot(pane, i, f));
      pane.paths = scene.links.map((_, i) => path(pane, i, f));
      // nodes of a small map or of a full echelon are smaller, so that they stay apart
      const small = clamp(pane.canvas.clientWidth / 900, 0.6, 1);
      pane.radius = scene.radius.map((r, i) => (mix > 0.5 ? small * r : Math.max(3, Math.min(r, 0.43 * f.scale / scene.beside[i]))));
      if (mix > 0) paintOutlines(brush, scene, f, seen);
      scene.links.forEach((link, i) => {
        const isChosen = chosen?.kind === "link" && chosen.at === i;
        if (pane.paths[i]) strokeWay(brush, pane.paths[i], modeColour(link.mode), isChosen ? 0.95 : 0.38, scene.width[i] + (isChosen ? 2 : 0));
      });
      paintNames(brush, pane, seen);
    }

    const family = getComputedStyle(host).fontFamily;
    const look = () => ({ c: colours(), modeColour, mix, clock, chosen, family });

    // controls
    const playButton = element("button", { class: "play", type: "button", "aria-label": "Play", onclick: () => play(!playing) }, "▶ Play");
    const dayBox = element("input", { type: "number", min: first, max: first + days - 1, value: first, "aria-label": "Day", onchange: () => jump(Number(dayBox.value) - first) });
    const speedBox = element("select", { "aria-label": "Speed", onchange: () => { speed = Number(speedBox.value); } },
      ...SPEEDS.map((n) => element("option", { value: n, ...(n === speed ? { selected: "" } : {}) }, n === 1 ? "1 day a second" : `${n} days a second`)));
    const viewButton = (name, words) => element("button", { type: "button", "aria-pressed": String(view === name), "data-view": name, onclick: () => show(name) }, words);
    const views = element("span", { class: "group", role: "group", "aria-label": "View" }, ...(maps ? [viewButton("map", "Map"), viewButton("layers", "Layers")] : []));
    const zoomButton = (words, label, act) => element("button", { type: "button", "aria-label": label, title: label, onclick: act }, words);
    const zooms = element("span", { class: "group", role: "group", "aria-label": "Zoom" },
      zoomButton("−", "Zoom out", () => zoomAt(1 / 1.4)), zoomButton("+", "Zoom in", () => zoomAt(1.4)), zoomButton("Fit", "Show everything", () => { zoom = { k: 1, x: 0, y: 0 }; draw(); }));
    const finder = element("select", { "aria-label": "Choose a place, supplier or link", onchange: () => { const [kind, at] = finder.value.split(":"); if (kind) choose({ kind, at: Number(at), scene: scenes[0] }); } },
      element("option", { value: "" }, "Choose a place or link…"),
      element("optgroup", { label: "Places and suppliers" }, ...scenes[0].nodes.map((node, i) => element("option", { value: `node:${i}` }, node.name))),
      element("optgroup", { label: "Links" }, ...scenes[0].links.map((link, i) => element("option", { value: `link:${i}` }, linkName(scenes[0], i)))));
    const controls = element("div", { class: "controls" }, playButton, element("label", {}, "Day", dayBox, `of ${whole(first + days - 1)}`), speedBox, element("span", { class: "spring" }), finder, views, zooms);

    // panes
    const tip = element("div", { class: "tip", hidden: "" });
    const panes = scenes.map((scene) => {
      const canvas = element("canvas", { role: "img", "aria-label": `Network of ${scene.title}` });
      const figures = element("div", { class: "figures" }), trouble = element("span");
      return { scene, canvas, figures, trouble, box: element("div", { class: "pane" }, element("header", {}, element("b", {}, scene.title), trouble, figures), canvas) };
    });
    const grid = element("div", { class: "panes" }, ...panes.map((pane) => pane.box));
    const time = element("canvas", { class: "time", tabindex: "0", role: "slider", "aria-label": "Day", "aria-valuemin": first, "aria-valuemax": first + days - 1 });
    host.classList.add("network-play");
    host.replaceChildren(controls, grid, time, key(), tip);
    host.dataset.ready = "yes";

    function key() {
      const c = colours(), modes = [...new Set(scenes.flatMap((scene) => scene.links.map((link) => link.mode)))].filter((mode) => payload.modes[mode]);
      const entry = (mark, colour, words) => element("span", {}, element("i", { class: mark, style: mark === "ring" ? `border-color:${colour}` : `background:${colour}` }), words);
      const together = scenes.some((scene) => scene.moves.together);
      return element("div", { class: "key" }, entry("", c.proposed, "stock, full at its largest"), entry("", c.stock_out, "pieces customers wait for"), entry("", c.late, "pieces ordered, not sent yet"),
        ...modes.map((mode) => entry("bar", modeColour(mode), `by ${mode}`)), entry("ring", c.stock_out, "disturbed"), together ? "Dots stand for all that leaves on a day." : "");
    }

    function linkName(scene, i) {
      const link = scene.links[i];
      return `${scene.nodes[link.from].name} → ${scene.nodes[link.to].name}${link.mode ? `, ${link.mode}` : ""}`;
    }

    // geometry: the box of a view fits the canvas, then zoom and shift
    function frame(pane) {
      const { map, layers } = pane.scene.views, w = pane.canvas.clientWidth, h = pane.canvas.clientHeight;
      const aspect = map ? mix * map.aspect + (1 - mix) * layers.aspect : layers.aspect;
      const scale = Math.min((w - 12) / aspect, h - 12);
      return { scale: scale * zoom.k, x: w / 2 + zoom.x - scale * zoom.k * aspect / 2, y: h / 2 + zoom.y - scale * zoom.k / 2 };
    }

    function spot(pane, i, f) {
      const a = pane.scene.views.map?.nodes[i], b = pane.scene.views.layers.nodes[i];
      if (mix > 0 && !a) return mix === 1 ? null : [f.x + f.scale * b[0], f.y + f.scale * b[1]];
      const x = mix ? mix * a[0] + (1 - mix) * b[0] : b[0], y = mix ? mix * a[1] + (1 - mix) * b[1] : b[1];
      return [f.x + f.scale * x, f.y + f.scale * y];
    }

    function path(pane, i, f) {
      const a = pane.scene.views.map?.paths[i], b = pane.scene.views.layers.paths[i];
      if (mix > 0 && !a) return null;
      const found = new Float64Array(2 * POINTS);
      for (let k = 0; k < 2 * POINTS; k++) found[k] = (k % 2 ? f.y : f.x) + f.scale * (mix ? mix * a[k] + (1 - mix) * b[k] : b[k]);
      return found;
    }

    function layout() {
      const beside = panes.length > 1 && host.clientWidth >= 900 ? panes.length : 1;
      grid.style.gridTemplateColumns = `repeat(${beside}, minmax(0, 1fr))`;
      const width = (host.clientWidth - 12 * (beside - 1)) / beside;
      for (const pane of panes) pane.height = clamp(width / 1.9, 300, 620);
      draw();
    }

    function draw() {
      if (asked) return;
      asked = true;
      requestAnimationFrame((now) => { asked = false; paint(now); });
    }

    function paint(now) {
      const passed = Math.min((now - last) / 1000, 0.1);
      last = now;
      if (playing) { clock = Math.min(clock + speed * passed, days - 1e-6); if (clock >= days - 1e-5) play(false); }
      const goal = view === "map" ? 1 : 0;
      if (mix !== goal) mix = matchMedia("(prefers-reduced-motion: reduce)").matches || Math.abs(mix - goal) < 0.02 ? goal : mix + clamp(goal - mix, -4 * passed - 0.01, 4 * passed + 0.01);
      for (const pane of panes) paintPane(pane);
      paintTime(time, scenes, { first, days }, look());
      if (document.activeElement !== dayBox) dayBox.value = Math.floor(first + clock);
      time.setAttribute("aria-valuenow", Math.floor(first + clock));
      if (playing || mix !== goal) draw();
    }

    function paintPane(pane) {
      const { scene } = pane, seen = look(), { c } = seen, day = Math.floor(clock), brush = fit(pane.canvas, pane.height), f = frame(pane);
      const still = JSON.stringify([f, pane.canvas.width, pane.height, mix, isDark(), chosen?.kind, chosen?.at]);
      if (pane.still !== still) { pane.still = still; paintGround(pane, f, seen); }
      brush.drawImage(pane.ground, 0, 0, pane.canvas.clientWidth, pane.height);
      const struck = scene.marks.filter((mark) => mark.from <= clock && clock < mark.to);
      const struckNodes = new Set(struck.map((mark) => mark.node)), struckLinks = new Set(struck.map((mark) => mark.link));
      const everywhere = struck.some((mark) => mark.node == null && mark.link == null && mark.target === "*");
      for (const i of struckLinks) {
        if (i == null || !pane.paths[i]) continue;
        strokeWay(brush, pane.paths[i], c.surface, 1, scene.width[i] + 2);
        brush.setLineDash([5, 4]);
        strokeWay(brush, pane.paths[i], c.stock_out, 0.9, scene.width[i] + 0.6);
        brush.setLineDash([]);
      }
      const moving = paintMoves(brush, pane, seen);
      let stock = 0, owed = 0, open = 0;
      scene.nodes.forEach((node, i) => {
        const held = value(scene.stock[i], day), waits = value(scene.owed[i], day), asked_ = value(scene.open[i], day);
        stock += held; owed += waits; open += asked_;
        if (pane.spots[i]) paintNode(brush, pane, i, { held, waits, open: asked_, bad: struckNodes.has(i) || everywhere }, seen);
      });
      pane.figures.textContent = `${whole(stock)} pieces in stock · ${whole(moving)} under way · ${whole(open)} ordered, not sent · ${whole(owed)} owed to customers`;
      pane.trouble.textContent = struck.map((mark) => `${mark.kind} ${mark.target}`).join(", ");
    }

    function play(on) {
      if (on && clock >= days - 1.1) clock = 0;
      playing = on;
      last = performance.now();
      playButton.textContent = on ? "❚❚ Pause" : "▶ Play";
      playButton.setAttribute("aria-label", on ? "Pause" : "Play");
      draw();
    }
    function jump(to) { if (Number.isFinite(to)) { clock = clamp(to, 0, days - 1e-6); draw(); } }
    function show(name) {
      view = name;
      zoom = { k: 1, x: 0, y: 0 };
      for (const one of views.children) one.setAttribute("aria-pressed", String(one.dataset.view === name));
      last = performance.now();
      draw();
    }
    function zoomAt(by, x = null, y = null, pane = panes[0]) {
      const w = pane.canvas.clientWidth / 2, h = pane.height / 2, k = clamp(zoom.k * by, 0.8, 40), ratio = k / zoom.k;
      const dx = (x ?? w) - w, dy = (y ?? h) - h;
      zoom = { k, x: dx - (dx - zoom.x) * ratio, y: dy - (dy - zoom.y) * ratio };
      draw();
    }

    function under(pane, x, y) {
      let best = null, near = 5;
      pane.spots?.forEach((at, i) => { if (at && Math.hypot(at[0] - x, at[1] - y) < pane.radius[i] + near) best = { kind: "node", at: i, scene: pane.scene }; });
      if (best) return best;
      pane.paths?.forEach((points, i) => {
        if (!points) return;
        for (let k = 0; k < POINTS - 1; k++) {
          const ax = points[2 * k], ay = points[2 * k + 1], bx = points[2 * k + 2] - ax, by = points[2 * k + 3] - ay;
          const t = clamp(((x - ax) * bx + (y - ay) * by) / (bx * bx + by * by || 1), 0, 1), d = Math.hypot(ax + t * bx - x, ay + t * by - y);
          if (d < near) { near = d; best = { kind: "link", at: i, scene: pane.scene }; }
        }
      });
      return best;
    }

    function words(found) {
      const { scene } = found, day = Math.floor(clock);
      if (found.kind === "link") {
        const { moves } = scene;
        let now = 0;
        for (let i = before(moves.leave, clock); i >= 0 && moves.leave[i] >= clock - scene.longest; i--) if (moves.link[i] === found.at && moves.arrive[i] > clock) now += moves.pieces[i];
        return `${linkName(scene, found.at)}\n${whole(now)} pieces under way\n${whole(scene.carried[found.at])} in the whole run`;
      }
      const node = scene.nodes[found.at], lines = [node.name];
      if (view === "map" && scene.views.map.beyond.has(found.at)) lines.push("beyond the map");
      if (node.kind !== "supplier") lines.push(`${whole(value(scene.stock[found.at], day))} pieces in stock, at most ${whole(scene.most[found.at])}`, `${whole(value(scene.owed[found.at], day))} owed to customers`);
      const open = value(scene.open[found.at], day);
      if (open || node.kind === "supplier") lines.push(`${whole(open)} ordered from it, not sent yet`);
      return lines.join("\n");
    }

    function choose(found) {
      chosen = found;
      draw();
      const { scene } = found, thing = found.kind === "link" ? scene.links[found.at] : scene.nodes[found.at];
      finder.value = `${found.kind}:${found.at}`;
      select?.({ kind: found.kind === "link" ? "link" : thing.kind === "supplier" ? "supplier" : "place", id: thing.id, scenario: scene.scenario, day: Math.floor(first + clock) });
    }

    for (const pane of panes) {
      let from = null, moved = false;
      const { canvas } = pane;
      canvas.addEventListener("pointerdown", (event) => { from = [event.clientX - zoom.x, event.clientY - zoom.y]; moved = false; canvas.setPointerCapture(event.pointerId); });
      canvas.addEventListener("pointermove", (event) => {
        if (from) {
          const x = event.clientX - from[0], y = event.clientY - from[1];
          if (moved || Math.hypot(x - zoom.x, y - zoom.y) > 4) { moved = true; canvas.classList.add("dragging"); zoom = { ...zoom, x, y }; tip.hidden = true; draw(); return; }
        }
        const found = under(pane, event.offsetX, event.offsetY);
        canvas.classList.toggle("over", Boolean(found));
        tip.hidden = !found;
        if (found) {
          tip.textContent = words(found);
          const box = host.getBoundingClientRect(), x = event.clientX - box.left;
          tip.style.left = `${Math.min(x + 14, box.width - tip.offsetWidth - 4)}px`;
          tip.style.top = `${event.clientY - box.top + 14}px`;
        }
      });
      canvas.addEventListener("pointerup", (event) => { if (from && !moved) { const found = under(pane, event.offsetX, event.offsetY); if (found) choose(found); } from = null; canvas.classList.remove("dragging"); });
      canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
      canvas.addEventListener("wheel", (event) => { event.preventDefault(); zoomAt(Math.exp(-event.deltaY * 0.0015), event.offsetX, event.offsetY, pane); }, { passive: false });
    }
    let scrubbing = false;
    const scrub = (event) => jump((event.offsetX - EDGE) / (time.clientWidth - 2 * EDGE) * days);
    time.addEventListener("pointerdown", (event) => { scrubbing = true; time.setPointerCapture(event.pointerId); scrub(event); });
    time.addEventListener("pointermove", (event) => { if (scrubbing) scrub(event); });
    time.addEventListener("pointerup", () => { scrubbing = false; });
    time.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, PageUp: 30, PageDown: -30, Home: -Infinity, End: Infinity }[event.key];
      if (step) { event.preventDefault(); jump(clamp(Math.floor(clock) + step, 0, days - 1)); }
      if (event.key === " ") { event.preventDefault(); play(!playing); }
    });
    scheme.addEventListener("change", () => { host.querySelector(".key").replaceWith(key()); draw(); });
    new ResizeObserver(layout).observe(host);
    layout();
    return { play, jump, show, state: () => ({ clock, playing, view, chosen }), days };
  }

  return { attach };
})();
