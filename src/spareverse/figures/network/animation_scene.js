// Scenes of simulated networks and how they are painted on a canvas; the player in animation.js decides when.
// A look is what all painters share: colours (c), colour of a mode, share of the map in the view, clock, what is chosen.
window.spareverseScene = (() => {
  const POINTS = 40, EDGE = 8, ROW = 34;
  const whole = (n) => Math.round(n).toLocaleString("en-US");
  const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

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
    const columns = new Map();
    for (const [x] of scene.views.layers.nodes) columns.set(x, (columns.get(x) ?? 0) + 1);
    return {
      ...scene, views, most, longest, carried, beside: scene.views.layers.nodes.map(([x]) => columns.get(x)),
      radius: scene.nodes.map((node, i) => (node.kind === "supplier" ? 6 : 6 + 10 * Math.sqrt(most[i] / peak))),
      width: Array.from(carried, (n) => 0.8 + 3.2 * Math.sqrt(n / busiest)),
    };
  }

  // what holds on a day
  const value = ([days, values], day) => { const at = before(days, day); return at < 0 ? 0 : values[at]; };

  function fit(canvas, height) {
    const ratio = window.devicePixelRatio || 1, w = canvas.clientWidth;
    canvas.style.height = `${height}px`;
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(height * ratio)) { canvas.width = Math.round(w * ratio); canvas.height = Math.round(height * ratio); }
    const brush = canvas.getContext("2d");
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.clearRect(0, 0, w, height);
    return brush;
  }

  function paintOutlines(brush, scene, f, { c, mix }) {
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

  function strokeWay(brush, points, colour, opacity, width) {
    brush.beginPath();
    for (let k = 0; k < POINTS; k++) brush.lineTo(points[2 * k], points[2 * k + 1]);
    brush.strokeStyle = colour;
    brush.globalAlpha = opacity;
    brush.lineWidth = width;
    brush.stroke();
    brush.globalAlpha = 1;
  }

  // goods under way now: those that left within the longest transit
  function paintMoves(brush, pane, { c, clock, modeColour }) {
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

  function paintNode(brush, pane, i, state, { c, mix, chosen, family }) {
    const { scene } = pane, [x, y] = pane.spots[i], supplier = scene.nodes[i].kind === "supplier", r = pane.radius[i];
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
    brush.strokeStyle = state.bad ? c.stock_out : supplier ? c.muted : c.proposed;
    brush.lineWidth = isChosen || state.bad ? 3 : 1.4;
    brush.stroke();
    if (isChosen) { shape(brush, supplier, x, y, r + 4); brush.lineWidth = 1.2; brush.strokeStyle = c.ink; brush.stroke(); }
    const apart = mix > 0.5 ? [0.8 * r, 0.9 * r] : [r + 10, 0];
    if (state.waits) badge(brush, x + apart[0], y - apart[1], whole(state.waits), c.stock_out, c.surface, family);
    if (state.open) badge(brush, x - apart[0], y + apart[1], whole(state.open), c.late, c.surface, family);
  }

  function badge(brush, x, y, words, ground, ink, family) {
    brush.font = `600 10px ${family}`;
    const w = Math.max(brush.measureText(words).width + 7, 14);
    brush.fillStyle = ground;
    brush.beginPath();
    brush.roundRect(x - w / 2, y - 6, w, 12, 6);
    brush.fill();
    brush.fillStyle = ink;
    brush.textAlign = "center";
    brush.textBaseline = "middle";
    brush.fillText(words, x, y + 0.5);
  }

  // names, largest nodes first, where they cover neither a node nor another name
  function paintNames(brush, pane, { c, mix, chosen, family }) {
    const { scene, spots } = pane, w = pane.canvas.clientWidth, taken = [];
    const hit = (box) => taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]);
    brush.font = `11px ${family}`;
    brush.textBaseline = "middle";
    spots.forEach((at, i) => { if (at) { const r = pane.radius[i]; taken.push([at[0] - r, at[1] - r, at[0] + r, at[1] + r]); } });
    const order = spots.map((_, i) => i).filter((i) => spots[i]).sort((a, b) => (chosen?.at === b) - (chosen?.at === a) || scene.radius[b] - scene.radius[a]);
    for (const i of order) {
      const [x, y] = spots[i], away = mix === 1 && scene.views.map.beyond.has(i), name = scene.nodes[i].name + (away ? " (off the map)" : "");
      const long = brush.measureText(name).width, r = pane.radius[i], gap = mix > 0.5 ? 9 : 28;
      const right = ["left", x + r + gap, y], left_ = ["right", x - r - gap, y], above = ["center", x, y - r - 14], below = ["center", x, y + r + 16];
      const share = scene.views.layers.nodes[i][0] / scene.views.layers.aspect;
      const sides = mix > 0.5 || share > 0.8 ? [right, left_, above, below] : share < 0.2 ? [left_, above, below] : [above, below, right];
      for (const [align, tx, ty] of sides) {
        const left = align === "left" ? tx : align === "right" ? tx - long : tx - long / 2;
        const box = [left - 2, ty - 5.5, left + long + 2, ty + 5.5];
        if (left < 2 || left + long > w - 2 || box[1] < 2 || box[3] > pane.height - 2 || hit(box)) continue;
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

  function paintTime(time, scenes, { first, days }, { c, clock, family }) {
    const height = ROW * scenes.length + 20, brush = fit(time, height), w = time.clientWidth - 2 * EDGE;
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
      brush.font = `11px ${family}`;
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

  return { POINTS, EDGE, whole, clamp, before, prepare, value, fit, paintOutlines, paintMoves, paintNode, paintNames, paintTime, strokeWay };
})();
