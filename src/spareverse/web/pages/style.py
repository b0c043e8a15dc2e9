"""The one look: colours, type, spacing. Every rule of the pages' style stands here."""

from __future__ import annotations

_LIGHT = """
  --ground: #f4f6f8; --surface: #ffffff; --raised: #f8f9fb; --line: #dfe4ea; --line-strong: #8a94a0;
  --ink: #17202b; --quiet: #56616e; --accent: #1d4f91; --accent-soft: #e6eef8; --on-accent: #ffffff;
  --bad: #b23c00; --bad-soft: #fdeee6; --good: #00674d; --good-soft: #e3f4ee; --warn: #7a5600; --warn-soft: #fdf4dd;
  --shadow: 0 1px 2px rgb(16 24 40 / .05);
"""
_DARK = """
  --ground: #10151b; --surface: #181f27; --raised: #1f2731; --line: #2c3642; --line-strong: #7d8996;
  --ink: #e7ecf2; --quiet: #a3afbc; --accent: #86b6f2; --accent-soft: #1d3048; --on-accent: #0d1824;
  --bad: #ff9b66; --bad-soft: #3a241a; --good: #5fd0ac; --good-soft: #17322a; --warn: #efc567; --warn-soft: #352c17;
  --shadow: none;
"""
GROUND = {False: "#f4f6f8", True: "#10151b"}

CSS = (
    f":root {{{_LIGHT}}}\nbody.body--dark {{{_DARK}}}\n"
    + """
body { background: var(--ground); color: var(--ink); font: 400 14px/1.45 Roboto, system-ui, sans-serif; }
body.body--dark { background: var(--ground); color: var(--ink); }
.nicegui-content { padding: 0; gap: 0; display: block; }
a.plain, .rail a, .crumb a { color: inherit; text-decoration: none; }
a.link { color: var(--accent); text-decoration: none; }
a.link:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; top: 4px; z-index: 50; background: var(--surface); padding: 8px 14px; }
.skip:focus { left: 8px; }
.num { font-variant-numeric: tabular-nums; }
.quiet { color: var(--quiet); }
.small { font-size: 12.5px; }

/* frame */
.shell { display: grid; grid-template-columns: 190px minmax(0, 1fr); min-height: 100vh; width: 100%; }
.rail { border-right: 1px solid var(--line); background: var(--surface); padding: 14px 10px; position: sticky; top: 0;
  height: 100vh; display: flex; flex-direction: column; gap: 2px; }
.brand { display: flex; align-items: center; gap: 9px; font-weight: 600; font-size: 15.5px; padding: 2px 8px 14px; letter-spacing: -.01em; }
.brand svg { color: var(--accent); }
.rail .group { font-size: 11.5px; color: var(--quiet); padding: 14px 8px 4px; }
.rail a.item { display: flex; align-items: center; gap: 10px; padding: 6px 8px; border-radius: 6px; color: var(--ink); }
.rail a.item .q-icon { font-size: 18px; color: var(--quiet); }
.rail a.item:hover { background: var(--raised); }
.rail a.item.here { background: var(--accent-soft); color: var(--accent); font-weight: 500; }
.rail a.item.here .q-icon { color: var(--accent); }
.rail .foot { margin-top: auto; padding: 8px; font-size: 12px; color: var(--quiet); line-height: 1.6; }
.top { position: sticky; top: 0; z-index: 20; background: var(--surface); border-bottom: 1px solid var(--line); height: 52px;
  display: flex; align-items: center; gap: 14px; padding: 0 24px; }
.top .twin { font-weight: 600; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 240px; }
.top .spring { flex: 1; }
.chip { display: inline-flex; align-items: center; gap: 6px; height: 32px; padding: 0 10px; border: 1px solid var(--line); border-radius: 6px;
  color: var(--ink); background: var(--surface); cursor: pointer; font: inherit; font-size: 13px; white-space: nowrap; }
.chip:hover { background: var(--raised); }
.chip .q-icon { font-size: 17px; color: var(--quiet); }
.searchbox { position: relative; width: 300px; }
.searchbox .q-field__control { height: 34px; min-height: 34px; border-radius: 6px; }
.searchbox .q-field__marginal { height: 34px; font-size: 18px; }
.hits { position: absolute; top: 38px; left: 0; width: 460px; background: var(--surface); border: 1px solid var(--line); border-radius: 8px;
  box-shadow: 0 8px 24px rgb(0 0 0 / .16); overflow: hidden; z-index: 40; }
.hits a { display: flex; gap: 10px; padding: 7px 12px; color: var(--ink); text-decoration: none; align-items: baseline; }
.hits a:hover, .hits a:focus { background: var(--accent-soft); }
.hits .id { font-weight: 500; white-space: nowrap; }
.hits .text { color: var(--quiet); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 13px; }
.page { padding: 18px 24px 48px; display: flex; flex-direction: column; gap: 16px; max-width: 1760px; }

/* headings */
.crumb { color: var(--quiet); font-size: 12.5px; display: flex; gap: 6px; margin-bottom: -10px; }
h1.title, hgroup.titles p { margin: 0; }
h1.title { font-size: 21px; line-height: 1.3; font-weight: 600; letter-spacing: -.012em; margin: 0; }
h2.section { font-size: 15px; font-weight: 600; margin: 0; line-height: 1.35; }
hgroup.titles { display: flex; flex-direction: column; gap: 2px; }
.headline { display: flex; align-items: flex-start; gap: 16px; }
.headline .words { flex: 1; min-width: 0; display: flex; flex-direction: column; gap: 2px; }
.decision { font-size: 19px; line-height: 1.42; font-weight: 500; letter-spacing: -.008em; max-width: 105ch; margin: 0; }
.paragraph { font-size: 15.5px; line-height: 1.55; max-width: 95ch; margin: 0; }

/* cards and tiles */
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; box-shadow: var(--shadow); padding: 14px 16px; min-width: 0; }
.card .head { display: flex; align-items: baseline; gap: 10px; margin-bottom: 8px; }
.card .head .section { flex: 1; min-width: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 12px; }
.tile { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; box-shadow: var(--shadow); padding: 11px 14px 12px;
  display: flex; flex-direction: column; gap: 1px; color: var(--ink); text-decoration: none; text-align: left; font: inherit; min-width: 0; }
a.tile:hover, button.tile:hover { border-color: var(--accent); cursor: pointer; }
.tile.here { border-color: var(--accent); background: var(--accent-soft); }
.tile .name { font-size: 12.5px; color: var(--quiet); }
.tile .value { font-size: 22px; line-height: 1.25; font-weight: 500; font-variant-numeric: tabular-nums; letter-spacing: -.015em; white-space: nowrap; }
.tile .value .range { font-size: 13px; font-weight: 400; color: var(--quiet); letter-spacing: 0; margin-left: 5px; }
.tile .value .unit { font-size: 13px; font-weight: 400; color: var(--quiet); letter-spacing: 0; margin-left: 4px; }
.tile .note { font-size: 12.5px; color: var(--quiet); }
.tiles.four { grid-template-columns: repeat(4, minmax(0, 1fr)); }
.tiles.six { grid-template-columns: repeat(6, minmax(0, 1fr)); }
.two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 16px; }
.three { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 16px; }
.row-gap { display: flex; gap: 8px; align-items: center; flex-wrap: wrap; }
.stack { display: flex; flex-direction: column; gap: 10px; }
.figure { width: 100%; height: 320px; }
.figure.tall { height: 420px; }
.figure-note { color: var(--quiet); font-size: 12.5px; margin: 4px 0 0; max-width: 90ch; }

/* words that grade */
.grade { display: inline-block; padding: 1px 8px; border-radius: 10px; font-size: 12.5px; font-weight: 500; background: var(--raised); border: 1px solid var(--line); }
.note-bar { display: flex; gap: 10px; align-items: center; padding: 9px 14px; border-radius: 8px; font-size: 13.5px; background: var(--warn-soft); color: var(--ink); }
.note-bar .q-icon { color: var(--warn); font-size: 19px; }
.note-bar.bad { background: var(--bad-soft); } .note-bar.bad .q-icon { color: var(--bad); }
.note-bar.good { background: var(--good-soft); } .note-bar.good .q-icon { color: var(--good); }
.note-bar .grow { flex: 1; min-width: 0; }

/* plain tables */
table.plain { border-collapse: collapse; width: 100%; font-size: 13px; }
table.plain th { text-align: left; font-weight: 500; color: var(--quiet); padding: 4px 12px 6px 0; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: bottom; }
table.plain th .unit { display: block; font-weight: 400; font-size: 11.5px; }
table.plain td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
table.plain tr:last-child td { border-bottom: 0; }
table.plain .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table.plain td.nowrap { white-space: nowrap; }
.scroll-x { overflow-x: auto; }
.scroll-y { max-height: 420px; overflow-y: auto; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; font-size: 13.5px; margin: 0; }
.facts dt { color: var(--quiet); } .facts dd { margin: 0; font-variant-numeric: tabular-nums; }

/* controls */
.button { display: inline-flex; align-items: center; gap: 7px; height: 34px; padding: 0 14px; border-radius: 6px; border: 1px solid var(--line-strong);
  background: var(--surface); color: var(--ink); font: inherit; font-weight: 500; font-size: 13.5px; cursor: pointer; text-decoration: none; white-space: nowrap; }
.button:hover { background: var(--raised); }
.button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.button.main:hover { filter: brightness(1.08); }
.button.slim { height: 28px; padding: 0 10px; font-size: 13px; border-color: var(--line); }
.button:disabled { opacity: .5; cursor: default; }
.button .q-icon { font-size: 17px; }
.tabs { display: flex; gap: 4px; border-bottom: 1px solid var(--line); }
.tabs a { padding: 7px 12px; color: var(--quiet); text-decoration: none; border-bottom: 2px solid transparent; margin-bottom: -1px; font-size: 13.5px; }
.tabs a:hover { color: var(--ink); }
.tabs a.here { color: var(--accent); border-bottom-color: var(--accent); font-weight: 500; }
.slider-line { display: grid; grid-template-columns: 190px 1fr 130px; gap: 18px; align-items: center; }
.slider-line .name { font-weight: 500; } .slider-line .says { text-align: right; font-variant-numeric: tabular-nums; }
.q-field--outlined .q-field__control { border-radius: 6px; }
.q-field--outlined .q-field__control:before { border-color: var(--line-strong); }
.q-menu, .q-dialog .q-card { background: var(--surface); color: var(--ink); border: 1px solid var(--line); }
.body--dark .q-field__native, .body--dark .q-field__input { color: var(--ink); }

/* states */
.state { border: 1px dashed var(--line-strong); border-radius: 10px; padding: 44px 28px; display: flex; flex-direction: column; align-items: center; gap: 8px; text-align: center; background: var(--surface); }
.state .q-icon { font-size: 34px; color: var(--quiet); }
.state .say { font-size: 16.5px; font-weight: 500; } .state .next { color: var(--quiet); max-width: 62ch; }
.state .row-gap { margin-top: 10px; justify-content: center; }
.bone { border-radius: 6px; background: linear-gradient(90deg, var(--raised), var(--line), var(--raised)); background-size: 200% 100%; animation: shimmer 1.4s linear infinite; }
@keyframes shimmer { to { background-position: -200% 0; } }
@media (prefers-reduced-motion: reduce) { .bone { animation: none; } }
.bar { height: 6px; border-radius: 3px; background: var(--line); overflow: hidden; }
.bar > div { height: 100%; background: var(--accent); transition: width .2s; }
.drop { border: 2px dashed var(--line-strong); border-radius: 10px; background: var(--surface); }
.drop.q-uploader { width: 100%; max-height: none; box-shadow: none; background: var(--surface); color: var(--ink); }
.drop.slim { border-width: 1px; margin-bottom: 12px; }
.drop.slim .q-uploader__list { display: none; }
.drop .q-uploader__header { background: transparent; color: var(--ink); }
.drop .q-uploader__list { padding: 0 12px 10px; min-height: 40px; color: var(--ink); }

.undo-bar { position: fixed; left: 50%; bottom: 22px; transform: translateX(-50%); z-index: 60; display: flex; gap: 16px; align-items: center;
  background: var(--ink); color: var(--surface); padding: 9px 10px 9px 18px; border-radius: 8px; box-shadow: 0 6px 24px rgb(0 0 0 / .28); }

/* grid */
.grid { width: 100%; height: calc(100vh - 300px); min-height: 420px; }
.grid.short { height: 380px; min-height: 0; }
[data-ag-theme-mode] { --ag-background-color: var(--surface); --ag-foreground-color: var(--ink); --ag-header-background-color: var(--raised);
  --ag-border-color: var(--line); --ag-row-hover-color: var(--accent-soft); --ag-selected-row-background-color: var(--accent-soft);
  --ag-accent-color: var(--accent); --ag-header-text-color: var(--quiet); --ag-font-family: Roboto, system-ui, sans-serif; --ag-font-size: 13px;
   --ag-cell-horizontal-padding: 10px; --ag-odd-row-background-color: var(--surface);
  --ag-wrapper-border-radius: 8px; --ag-spacing: 6px; --ag-chrome-background-color: var(--surface); --ag-icon-size: 14px; }
.ag-cell.n { text-align: right; font-variant-numeric: tabular-nums; }
.ag-header-cell.n .ag-header-cell-label { flex-direction: row-reverse; text-align: right; }
.ag-header-cell-text { white-space: pre-line; line-height: 1.25; font-weight: 500; font-size: 12.5px; }
.ag-cell a { color: var(--accent); text-decoration: none; } .ag-cell a:hover { text-decoration: underline; }

@media (max-width: 1020px) { .two, .three { grid-template-columns: minmax(0, 1fr); } .shell { grid-template-columns: 62px minmax(0, 1fr); }
  .rail .words, .rail .group, .rail .foot, .brand span { display: none; } }
@media (min-width: 1700px) { .tiles.four { grid-template-columns: repeat(8, minmax(0, 1fr)); } body { font-size: 14.5px; } .figure { height: 360px; } .figure.tall { height: 470px; } }
@media print { .rail, .top, .button { display: none; } .shell { display: block; } }
"""
)
