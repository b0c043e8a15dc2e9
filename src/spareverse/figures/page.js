// Draws each <figure> from the JSON beside it, follows the light or dark setting, and offers downloads.
const dark = matchMedia("(prefers-color-scheme: dark)");
const painted = (options, isDark) =>
  JSON.parse(isDark ? JSON.stringify(options).replace(/"(#[0-9a-f]{6})"/g, (all, colour) => `"${darkOf[colour] ?? colour}"`) : JSON.stringify(options));

function save(name, url) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

// Downloads are drawn anew, with the title on top and a white ground, whatever the page looks like.
function picture(figure, kind) {
  const box = document.createElement("div");
  const width = 1000, top = 46;
  box.style.cssText = `position:absolute;left:-9999px;width:${width}px;height:${figure.height}px`;
  document.body.append(box);
  const chart = echarts.init(box, null, { renderer: kind === "svg" ? "svg" : "canvas", width, height: figure.height + top });
  const options = painted(figure.options, false);
  const lower = (grid) => ({ ...grid, top: typeof grid.top === "number" ? grid.top + top : grid.top });
  options.grid = Array.isArray(options.grid) ? options.grid.map(lower) : lower(options.grid ?? {});
  options.graphic = options.graphic?.map((word) => ({ ...word, top: word.top + top }));
  if (options.legend) options.legend.top += top;
  if (options.toolbox) delete options.toolbox;
  options.backgroundColor = "#ffffff";
  options.title = { text: figure.title, left: 12, top: 8, textStyle: { fontSize: 15, width: width - 40, overflow: "break" } };
  chart.setOption(options);
  const url = kind === "svg"
    ? URL.createObjectURL(new Blob([chart.renderToSVGString()], { type: "image/svg+xml" }))
    : chart.getDataURL({ type: "png", pixelRatio: 2 });
  save(`${figure.name}.${kind}`, url);
  chart.dispose();
  box.remove();
}

for (const element of document.querySelectorAll("figure:not(.empty)")) {
  const figure = JSON.parse(element.querySelector("script").textContent);
  const chart = echarts.init(element.querySelector(".chart"), null, { renderer: "svg" });
  const draw = () => chart.setOption(painted(figure.options, dark.matches), { notMerge: true });
  draw();
  dark.addEventListener("change", draw);
  new ResizeObserver(() => chart.resize()).observe(element);
  const downloads = document.createElement("div");
  downloads.className = "downloads";
  for (const kind of ["svg", "png", "csv"]) {
    const button = document.createElement("button");
    button.textContent = kind.toUpperCase();
    button.title = `Download ${figure.name}.${kind}`;
    button.onclick = () => kind === "csv"
      ? save(`${figure.name}.csv`, URL.createObjectURL(new Blob(["\ufeff", figure.csv], { type: "text/csv" })))
      : picture(figure, kind);
    downloads.append(button);
  }
  element.append(downloads);
}
document.documentElement.dataset.drawn = "yes";
