// A grid of parts: rows come from the server page by page; sort, filter and search are answered there.
window.spareverse = (() => {
  const OPERATORS = {
    equals: "eq", notEqual: "ne", greaterThan: "gt", greaterThanOrEqual: "ge", lessThan: "lt", lessThanOrEqual: "le",
    contains: "contains", startsWith: "starts", blank: "empty", notBlank: "filled",
  };
  const MISSING = "–";
  let api = null;
  let base = {};
  let rows = "";
  let file = "";
  let shares = new Set();

  const formats = [0, 1, 2, 3].map((d) => new Intl.NumberFormat("en-US", { minimumFractionDigits: d, maximumFractionDigits: d, signDisplay: "negative" }));
  const fixed = (value, digits) => formats[digits].format(value);
  const known = (value) => typeof value === "number" && Number.isFinite(value);
  // a sign only where something is left of the number
  const plus = (text) => (/[1-9]/.test(text) && !text.startsWith("-") ? `+${text}` : text);
  const amount = (v) => fixed(v, Math.abs(v) >= 99.95 ? 0 : Math.abs(v) >= 9.995 ? 1 : 2);
  // about three digits, of an amount without an interval of its own
  const rough = (v) => fixed(Number(v.toPrecision(3)), v >= 100 || v === 0 ? 0 : v >= 10 ? 1 : 2);
  const share = (v) => (v > 0 && v < 0.0005 ? "<0.1" : v > 0.9995 && v < 1 ? ">99.9" : fixed(v * 100, (v > 0 && v < 0.0095) || (v > 0.99 && v < 1) ? 1 : 0));

  // formatters of single values
  const number = (digits) => (p) => (known(p.value) ? fixed(p.value, digits) : p.data ? MISSING : "");
  const money = (p) => (known(p.value) ? amount(p.value) : p.data ? MISSING : "");
  const percent = (p) => (known(p.value) ? share(p.value) : p.data ? MISSING : "");
  const signed = (isMoney, digits) => (p) => (known(p.value) ? plus(isMoney ? amount(p.value) : fixed(p.value, digits)) : p.data ? MISSING : "");
  const level = (p) => (known(p.value) ? (p.value < 0 ? "none" : fixed(p.value, 0)) : p.data ? MISSING : "");
  // a text with the pieces it is about: buy 60
  const counted = (name) => (p) => (p.value && p.data && p.data[name] > 0 ? `${p.value} ${fixed(p.data[name], 0)}` : p.value ?? "");
  const interval = (low, high) => `[${low}${high.startsWith(">") ? " to " : "-"}${high}]`;
  // a value with its interval: 16 [12-21]
  const ranged = (name, isShare) => (p) => {
    if (!known(p.value)) return p.data ? MISSING : "";
    const show = isShare ? share : (v) => fixed(v, 0);
    const low = p.data[`${name}_low`], high = p.data[`${name}_high`];
    return known(low) && known(high) ? `${show(p.value)} ${interval(show(low), show(high))}` : show(p.value);
  };

  function condition(column, model) {
    const scale = (v) => (shares.has(column) && v !== null && v !== undefined && v !== "" ? v / 100 : v ?? "");
    if (model.type === "inRange") return [`${column}:ge:${scale(model.filter)}`, `${column}:le:${scale(model.filterTo)}`];
    return [`${column}:${OPERATORS[model.type]}:${scale(model.filter)}`];
  }

  function query(sortModel, filterModel) {
    const asked = new URLSearchParams(base);
    asked.delete("sort");
    asked.delete("where");
    const sort = sortModel.map((s) => (s.sort === "desc" ? "-" : "") + s.colId).join(",");
    if (sort) asked.set("sort", sort);
    for (const [column, model] of Object.entries(filterModel ?? {})) condition(column, model).forEach((c) => asked.append("where", c));
    return asked;
  }

  function current() {
    const sorted = api.getColumnState().filter((c) => c.sort).sort((a, b) => (a.sortIndex ?? 0) - (b.sortIndex ?? 0));
    return query(sorted, api.getFilterModel());
  }

  function remember(asked) {
    const shown = new URLSearchParams(asked);
    if (shown.has("q")) { shown.set("search", shown.get("q")); shown.delete("q"); }
    const text = shown.toString();
    history.replaceState(history.state, "", location.pathname + (text ? "?" + text : ""));
  }

  function datasource(source) {
    base = source.start;
    shares = new Set(source.shares);
    rows = source.rows;
    file = source.file;
    return {
      rowCount: undefined,
      async getRows(params) {
        const asked = query(params.sortModel, params.filterModel);
        if (params.startRow === 0) remember(asked);
        asked.set("offset", params.startRow);
        asked.set("limit", params.endRow - params.startRow);
        try {
          const answer = await fetch(rows + "?" + asked);
          const found = await answer.json();
          if (!answer.ok) throw new Error(found.detail);
          const count = document.getElementById("row-count");
          if (count) count.textContent = `${fixed(found.total, 0)} ${found.total === 1 ? "part" : "parts"}`;
          params.successCallback(found.items, found.total);
          api?.setGridOption("loading", false);
          if (found.total === 0) api?.showNoRowsOverlay(); else api?.hideOverlay();
        } catch (error) {
          const count = document.getElementById("row-count");
          if (count) count.textContent = `The rows could not be read: ${error.message}`;
          params.failCallback();
        }
      },
    };
  }

  const partLink = (p) => {
    if (!p.data) return "";
    const link = document.createElement("a");
    const asked = new URLSearchParams();
    for (const name of ["since", "until", "as_of"]) if (base[name]) asked.set(name, base[name]);
    if (p.data.place_id) asked.set("place_id", p.data.place_id);
    const text = asked.toString();
    link.href = "/part/" + encodeURIComponent(p.data.part_id) + (text ? "?" + text : "");
    link.textContent = p.value;
    return link;
  };

  function exportExcel() {
    const asked = current();
    asked.set("columns", api.getAllDisplayedColumns().map((c) => c.getColId()).filter((id) => !id.startsWith("ag-Grid")).join(","));
    location.href = file + "?" + asked;
  }

  return {
    text: { fixed, share, rough, interval },
    number, money, percent, signed, level, counted, ranged, datasource, partLink, exportExcel,
    ready: (p) => { api = p.api; },
    shown: () => Object.fromEntries([...new Set([...current().keys()])].map((k) => [k, current().getAll(k)])),
    showColumns: (ids) => api.getColumns().forEach((c) => { if (!c.getColId().startsWith("ag-Grid")) api.setColumnsVisible([c.getColId()], ids.includes(c.getColId())); }),
    selected: () => api.getSelectedRows(),
    clearFilters: () => { api.setFilterModel(null); document.querySelectorAll("select[data-filter]").forEach((s) => { s.value = ""; }); },
    filterBy: (column, value) => api.setColumnFilterModel(column, value ? { filterType: "text", type: "equals", filter: value } : null).then(() => api.onFilterChanged()),
    refresh: () => { api.deselectAll(); api.refreshInfiniteCache(); },
  };
})();
