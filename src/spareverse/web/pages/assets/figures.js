// Downloads of a figure as SVG or PNG: drawn anew with its title on top and a white ground.
window.spareverseFigure = async (options, name, title, height, kind) => {
  const { echarts } = await import("nicegui-echart");
  const width = 1000, top = 46;
  const box = document.createElement("div");
  box.style.cssText = `position:absolute;left:-9999px;width:${width}px;height:${height + top}px`;
  document.body.append(box);
  const chart = echarts.init(box, null, { renderer: kind === "svg" ? "svg" : "canvas", width, height: height + top });
  const lower = (grid) => ({ ...grid, top: typeof grid.top === "number" ? grid.top + top : grid.top });
  chart.setOption({
    ...options,
    grid: Array.isArray(options.grid) ? options.grid.map(lower) : lower(options.grid ?? {}),
    backgroundColor: "#ffffff",
    title: { text: title, left: 12, top: 8, textStyle: { fontSize: 15, width: width - 40, overflow: "break" } },
  });
  const link = document.createElement("a");
  link.href = kind === "svg"
    ? URL.createObjectURL(new Blob([chart.renderToSVGString()], { type: "image/svg+xml" }))
    : chart.getDataURL({ type: "png", pixelRatio: 2 });
  link.download = `${name}.${kind}`;
  link.click();
  chart.dispose();
  box.remove();
};
