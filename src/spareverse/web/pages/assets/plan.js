// Moving along the curve of efficient plans: everything shown is read off arrays that are already on the page.
window.spareversePlan = (() => {
  let plans = null, chart = null, options = null, budget = null, waiting = null, dragged = false;
  const text = window.spareverse.text;
  const known = (v) => typeof v === "number" && Number.isFinite(v);

  // the value of a measure between the points of the curve
  function at(name, value) {
    const x = plans.stock_value, y = plans[name];
    if (value <= x[0]) return y[0];
    if (value >= x[x.length - 1]) return y[y.length - 1];
    let low = 0, high = x.length - 1;
    while (high - low > 1) { const mid = (low + high) >> 1; if (x[mid] <= value) low = mid; else high = mid; }
    if (!known(y[low]) || !known(y[high])) return y[low];
    return y[low] + (y[high] - y[low]) * (value - x[low]) / (x[high] - x[low]);
  }

  function tile(mark, value, unit = "", range = "") {
    const box = document.querySelector(`[data-tile=${mark}] .value`);
    if (!box) return;
    box.textContent = value;
    for (const [name, words] of [["unit", unit], ["range", range]]) {
      if (!words) continue;
      const part = document.createElement("span");
      part.className = name;
      part.textContent = words;
      box.append(part);
    }
  }

  function show() {
    const [fill, low, high] = ["fill_rate", "fill_rate_low", "fill_rate_high"].map((name) => at(name, budget));
    chart.setOption({ series: [{ id: "tried", data: [{ value: [budget / options.size, 100 * fill], name: `Tried: ${text.rough(budget)} ${options.currency}, ${text.share(fill)} %` }] }] });
    tile("stock-value", text.rough(budget), options.currency);
    tile("fill-rate", `${text.share(fill)} %`, "", known(low) && known(high) ? text.interval(text.share(low), text.share(high)) : "");
    const up = at("availability", budget);
    if (known(up)) tile("availability", `${text.share(up)} %`);
    tile("parts-stocked", text.fixed(at("parts_stocked", budget), 0));
    tile("backorders", text.rough(at("expected_backorders", budget)), "pieces");
    const slider = document.getElementById("plan-budget");
    if (slider && document.activeElement !== slider) slider.value = String(position(budget));
    slider?.setAttribute("aria-valuetext", `${text.rough(budget)} ${options.currency}, ${text.share(fill)} %`);
    clearTimeout(waiting);
    waiting = setTimeout(() => emitEvent("plan-budget", budget), 120);
  }

  // the slider runs over the drawn axis in a thousand steps
  const position = (value) => Math.round(1000 * (value - options.least) / (options.most - options.least));
  const valueAt = (place) => options.least + (options.most - options.least) * place / 1000;

  function move(value) {
    if (!plans || !chart) return;
    budget = Math.min(Math.max(value, options.least), options.most);
    show();
  }

  function follow(event) {
    const place = [event.offsetX, event.offsetY];
    move(chart.convertFromPixel({ xAxisIndex: 0, yAxisIndex: 0 }, place)[0] * options.size);
  }

  function attach(id, curve, given) {
    plans = curve;
    options = given;
    budget = given.start;
    const found = getElement(id)?.chart;
    if (!found?.getModel?.()) { setTimeout(() => attach(id, curve, given), 60); return; }
    chart = found;
    const ground = chart.getZr();
    const inside = (event) => chart.containPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY]);
    ground.on("mousedown", (event) => { if (inside(event)) { dragged = true; follow(event); } });
    ground.on("mousemove", (event) => { ground.setCursorStyle(inside(event) ? "ew-resize" : "default"); if (dragged) follow(event); });
    window.addEventListener("mouseup", () => { dragged = false; });
    const slider = document.getElementById("plan-budget");
    slider?.addEventListener("input", () => move(valueAt(Number(slider.value))));
    if (slider) slider.value = String(position(budget));
    chart.getDom().dataset.ready = "yes";
  }

  return { attach, move };
})();
