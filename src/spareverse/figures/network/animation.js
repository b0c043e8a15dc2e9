// Plays simulated networks side by side with one clock: stock as the filling of a place, customers waiting as a number
// in orange, orders not sent yet as a number in amber, goods as dots along the links. One payload, no network.
window.spareverseNetwork = (() => {
  const SPEEDS = [1, 3, 10, 30, 90];
  const POINTS = 40;
  const whole = (n) => Math.round(n).toLocaleString("en-US");
  const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  // index of the last entry not above x, -1 when there is none
  function before(sorted, x) {
    let low = 0, high = sorted.length;
    while (low < high) { const mid = (low + high) >> 1; if (sorted[mid] <= x) low = mid + 1; else high = mid; }
    return low - 1;
  }

  // points at equal distances along a polyline given as x, y, x, y, ...
  function even(flat) {
    const count = flat.length / 2, way = new Float64Array(count), points = new Float64Array(2 * POINTS);
    for (let i = 1; i < count; i++) way[i] = way[i - 1] + Math.hypot(flat[2 * i] - flat[2 * i - 2], flat[2 * i + 1] - flat[2 * i - 1]);
    const length = way[count - 1];
    let at = 0;
    for (let k = 0; k < POINTS; k++) {
      const wanted = length * k / (POINTS - 1);
      while (at < count - 2 && way[at + 1] < wanted) at++;
      const part = way[at + 1] > way[at] ? clamp((wanted - way[at]) / (way[at + 1] - way[at]), 0, 1) : 0;
      for (const side of [0, 1]) points[2 * k + side] = flat[2 * at + side] + part * (flat[2 * at + 2 + side] - flat[2 * at + side]);
    }
    return points;
  }

  // what is read at every frame, worked out once
  function prepare(scene) {
    const views = {};
    for (const [name, view] of Object.entries(scene.views)) {
      if (view) views[name] = { aspect: view.aspect, outlines: view.outlines, nodes: view.nodes, paths: view.paths.map((path) => path && even(path)), beyond: new Set(view.beyond) };
    }
    const most = scene.stock.map(([, values]) => values.reduce((a, b) => Math.max(a, b), 0));
    const carried = new Float64Array(scene.links.length);
    let longest = 0;
    const { link, leave, arrive, pieces } = scene.moves;
    for (let i = 0; i < link.length; i++) { carried[link[i]] += pieces[i]; longest = Math.max(longest, arrive[i] - leave[i]); }
    const busiest = Math.max(1, ...carried);
    const peak = Math.max(1, ...most);
    return {
      ...scene, views, most, longest, carried,
      radius: scene.nodes.map((node, i) => (node.kind === "supplier" ? 6 : 6 + 10 * Math.sqrt(most[i] / peak))),
      width: Array.from(carried, (n) => 0.8 + 3.2 * Math.sqrt(n / busiest)),
    };
  }

  const value = ([days, values], day) => { const at = before(days, day); return at < 0 ? 0 : values[at]; };

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

    function fit(canvas, height) {
      const ratio = window.devicePixelRatio || 1, w = canvas.clientWidth;
      canvas.style.height = `${height}px`;
      if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(height * ratio)) { canvas.width = Math.round(w * ratio); canvas.height = Math.round(height * ratio); }
      const brush = canvas.getContext("2d");
      brush.setTransform(ratio, 0, 0, ratio, 0, 0);
      brush.clearRect(0, 0, w, height);
      return brush;
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
      paintTime();
      if (document.activeElement !== dayBox) dayBox.value = Math.floor(first + clock);
      time.setAttribute("aria-valuenow", Math.floor(first + clock));
      if (playing || mix !== goal) draw();
    }

    function paintPane(pane) {
      const { scene } = pane, c = colours(), day = Math.floor(clock), brush = fit(pane.canvas, pane.height), f = frame(pane);
      pane.spots = scene.nodes.map((_, i) => spot(pane, i, f));
      pane.paths = scene.links.map((_, i) => path(pane, i, f));
      const struck = scene.marks.filter((mark) => mark.from <= clock && clock < mark.to);
      const struckNodes = new Set(struck.map((mark) => mark.node)), struckLinks = new Set(struck.map((mark) => mark.link));
      const everywhere = struck.some((mark) => mark.node == null && mark.link == null && mark.target === "*");
      if (mix > 0) paintOutlines(brush, scene, f, c);
      scene.links.forEach((link, i) => {
        const points = pane.paths[i];
        if (!points) return;
        const isChosen = chosen?.kind === "link" && chosen.at === i, bad = struckLinks.has(i);
        brush.beginPath();
        for (let k = 0; k < POINTS; k++) brush.lineTo(points[2 * k], points[2 * k + 1]);
        brush.strokeStyle = bad ? c.stock_out : modeColour(link.mode);
        brush.globalAlpha = isChosen ? 0.95 : bad ? 0.9 : 0.38;
        brush.lineWidth = scene.width[i] + (isChosen ? 2 : 0);
        brush.setLineDash(bad ? [5, 4] : []);
        brush.stroke();
      });
      brush.setLineDash([]);
      brush.globalAlpha = 1;
      const moving = paintMoves(brush, pane, c);
      let stock = 0, owed = 0, open = 0;
      scene.nodes.forEach((node, i) => {
        const held = value(scene.stock[i], day), waits = value(scene.owed[i], day), asked_ = value(scene.open[i], day);
        stock += held; owed += waits; open += asked_;
        if (pane.spots[i]) paintNode(brush, pane, i, { held, waits, open: asked_, bad: struckNodes.has(i) || everywhere }, c);
      });
      paintNames(brush, pane, c);
      pane.figures.textContent = `${whole(stock)} pieces in stock · ${whole(moving)} under way · ${whole(open)} ordered, not sent · ${whole(owed)} owed to customers`;
      pane.trouble.textContent = struck.map((mark) => `${mark.kind} ${mark.target}`).join(", ");
    }

    function paintOutlines(brush, scene, f, c) {
      brush.globalAlpha = 0.55 * mix;
      brush.strokeStyle = c.today;
      brush.lineWidth = 0.7;
      brush.beginPath();
      for (const line of scene.views.map.outlines) {
        brush.moveTo(f.x + f.scale * line[0], f.y + f.scale * line[1]);
        for (let k = 2; k < line.length; k += 2) brush.lineTo(f.x + f.scale * line[k], f.y + f.scale * line[k + 1]);
      }
      brush.stroke();
      brush.globalAlpha = 1;
    }

    // goods under way now: those that left within the longest transit
    function paintMoves(brush, pane, c) {
      const { moves, longest, links } = pane.scene, byMode = new Map();
      let total = 0;
      for (let i = before(moves.leave, clock); i >= 0 && moves.leave[i] >= clock - longest; i--) {
        if (moves.arrive[i] <= clock) continue;
        total += moves.pieces[i];
        const points = pane.paths[moves.link[i]];
        if (!points) continue;
        const at = (clock - moves.leave[i]) / (moves.arrive[i] - moves.leave[i]) * (POINTS - 1), k = Math.min(Math.floor(at), POINTS - 2), part = at - k;
        const dot = [points[2 * k] + part * (points[2 * k + 2] - points[2 * k]), points[2 * k + 1] + part * (points[2 * k + 3] - points[2 * k + 1]), Math.min(2 + 1.1 * Math.sqrt(moves.pieces[i]), 9)];
        const mode = links[moves.link[i]].mode;
        if (!byMode.has(mode)) byMode.set(mode, []);
        byMode.get(mode).push(dot);
      }
      for (const [mode, dots] of byMode) {
        brush.fillStyle = modeColour(mode);
        brush.strokeStyle = c.surface;
        brush.lineWidth = 0.8;
        brush.beginPath();
        for (const [x, y, r] of dots) { brush.moveTo(x + r, y); brush.arc(x, y, r, 0, 2 * Math.PI); }
        brush.fill();
        if (dots.length < 600) brush.stroke();
      }
      return total;
    }

    function shape(brush, supplier, x, y, r) {
      brush.beginPath();
      if (supplier) { brush.moveTo(x, y - r); brush.lineTo(x + r, y); brush.lineTo(x, y + r); brush.lineTo(x - r, y); brush.closePath(); }
      else brush.arc(x, y, r, 0, 2 * Math.PI);
    }

    function paintNode(brush, pane, i, state, c) {
      const { scene } = pane, [x, y] = pane.spots[i], supplier = scene.nodes[i].kind === "supplier", r = scene.radius[i];
      shape(brush, supplier, x, y, r);
      brush.fillStyle = supplier ? c.ordering : c.surface;
      brush.fill();
      if (!supplier && scene.most[i]) {
        brush.save();
        brush.clip();
        brush.fillStyle = c.proposed;
        brush.fillRect(x - r, y + r - 2 * r * state.held / scene.most[i], 2 * r, 2 * r);
        brush.restore();
        shape(brush, false, x, y, r);
      }
      const isChosen = chosen?.kind === "node" && chosen.at === i;
      brush.strokeStyle = state.bad || (state.waits && !supplier) ? c.stock_out : supplier ? c.muted : c.proposed;
      brush.lineWidth = isChosen || state.bad ? 3 : 1.4;
      brush.stroke();
      if (isChosen) { shape(brush, supplier, x, y, r + 4); brush.lineWidth = 1.2; brush.strokeStyle = c.ink; brush.stroke(); }
      if (state.waits) badge(brush, x + r * 0.8, y - r * 0.9, whole(state.waits), c.stock_out, c.surface);
      if (state.open) badge(brush, x - r * 0.8, y + r * 0.95, whole(state.open), c.late, c.surface);
    }

    function badge(brush, x, y, words, ground, ink) {
      brush.font = "600 10px system-ui, sans-serif";
      const w = Math.max(brush.measureText(words).width + 7, 14);
      brush.fillStyle = ground;
      brush.beginPath();
      brush.roundRect(x - w / 2, y - 7, w, 14, 7);
      brush.fill();
      brush.fillStyle = ink;
      brush.textAlign = "center";
      brush.textBaseline = "middle";
      brush.fillText(words, x, y + 0.5);
    }

    // names, largest nodes first, where they cover neither a node nor another name
    function paintNames(brush, pane, c) {
      const { scene, spots } = pane, w = pane.canvas.clientWidth, taken = [];
      const hit = (box) => taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]);
      brush.font = "11px system-ui, sans-serif";
      brush.textBaseline = "middle";
      spots.forEach((at, i) => { if (at) { const r = scene.radius[i]; taken.push([at[0] - r, at[1] - r, at[0] + r, at[1] + r]); } });
      const order = spots.map((_, i) => i).filter((i) => spots[i]).sort((a, b) => (chosen?.at === b) - (chosen?.at === a) || scene.radius[b] - scene.radius[a]);
      for (const i of order) {
        const [x, y] = spots[i], away = mix === 1 && scene.views.map.beyond.has(i), name = scene.nodes[i].name + (away ? " (off the map)" : "");
        const long = brush.measureText(name).width, r = scene.radius[i];
        const right = ["left", x + r + 9, y], left_ = ["right", x - r - 9, y], above = ["center", x, y - r - 14], below = ["center", x, y + r + 16];
        const share = scene.views.layers.nodes[i][0] / scene.views.layers.aspect;
        const sides = mix > 0.5 || share > 0.8 ? [right, left_, above, below] : share < 0.2 ? [left_, above, below] : [above, below, right];
        for (const [align, tx, ty] of sides) {
          const left = align === "left" ? tx : align === "right" ? tx - long : tx - long / 2;
          const box = [left - 2, ty - 7, left + long + 2, ty + 7];
          if (left < 2 || left + long > w - 2 || hit(box)) continue;
          taken.push(box);
          brush.textAlign = "left";
          brush.lineWidth = 3;
          brush.lineJoin = "round";
          brush.strokeStyle = c.surface;
          brush.strokeText(name, left, ty);
          brush.fillStyle = c.ink;
          brush.fillText(name, left, ty);
          break;
        }
      }
    }

    const EDGE = 8, ROW = 34;
    function paintTime() {
      const c = colours(), height = ROW * scenes.length + 20, brush = fit(time, height), w = time.clientWidth - 2 * EDGE;
      const most = Math.max(1, ...scenes.map((scene) => scene.total.reduce((a, b) => Math.max(a, b), 0)));
      scenes.forEach((scene, row) => {
        const bottom = ROW * (row + 1) - 2, step = Math.max(1, scene.days / w);
        for (const mark of scene.marks) {
          brush.globalAlpha = 0.16;
          brush.fillStyle = c.stock_out;
          brush.fillRect(EDGE + w * mark.from / days, ROW * row, Math.max(w * (Math.min(mark.to, days) - mark.from) / days, 2), ROW - 2);
        }
        brush.globalAlpha = 0.75;
        brush.fillStyle = c.stock_out;
        brush.beginPath();
        brush.moveTo(EDGE, bottom);
        for (let day = 0; day < scene.days; day += step) {
          let top = 0;
          for (let d = Math.floor(day); d < Math.min(day + step, scene.days); d++) top = Math.max(top, scene.total[d]);
          const x = EDGE + w * day / days, y = bottom - (ROW - 16) * top / most;
          brush.lineTo(x, y);
          brush.lineTo(x + w * step / days, y);
        }
        brush.lineTo(EDGE + w * scene.days / days, bottom);
        brush.fill();
        brush.globalAlpha = 1;
        brush.fillStyle = c.line;
        brush.fillRect(EDGE, bottom, w, 1);
        brush.font = "11px system-ui, sans-serif";
        brush.textAlign = "left";
        brush.textBaseline = "top";
        brush.fillStyle = c.muted;
        brush.fillText(`${scenes.length > 1 ? `${scene.title}: ` : ""}pieces owed to customers, at most ${whole(Math.max(...scene.total, 0))}`, EDGE + 2, ROW * row + 1);
      });
      brush.fillStyle = c.muted;
      brush.textBaseline = "bottom";
      const every = [1, 5, 10, 30, 90, 180, 365, 730].find((n) => w / (days / n) > 56) ?? 1825;
      for (let day = Math.ceil(first / every) * every; day <= first + days; day += every) {
        const x = EDGE + w * (day - first) / days;
        brush.textAlign = x > w - 20 ? "right" : day === first ? "left" : "center";
        brush.fillText(whole(day), x, height);
      }
      brush.fillStyle = c.ink;
      brush.fillRect(EDGE + w * clock / days - 1, 0, 2, height - 16);
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
      pane.spots?.forEach((at, i) => { if (at && Math.hypot(at[0] - x, at[1] - y) < pane.scene.radius[i] + near) best = { kind: "node", at: i, scene: pane.scene }; });
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
    scheme.addEventListener("change", draw);
    new ResizeObserver(layout).observe(host);
    layout();
    return { play, jump, show, state: () => ({ clock, playing, view, chosen }), days };
  }

  return { attach };
})();
