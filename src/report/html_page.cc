// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/html_page.h"

#include <fmt/format.h>

namespace imcc {
namespace {

// The resources have the colours of Okabe and Ito, which the colour-blind can tell apart.
constexpr const char* kStyle = R"css(
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5c6878; --paper: #f4f6f8; --panel: #fff;
  --line: #dde2e9; --busy: #3b6fd4; --waiting: #c3ccd9; --fetching: #d99a8b; --empty: #eef1f5;
  --warn: #9a4b00; --warn-paper: #fff4e0; --other: #8d97a5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --dim: #9aa5b4; --paper: #12161c;
  --panel: #1b2129; --line: #2d3540; --busy: #6c98ec; --waiting: #4d5a6b; --fetching: #a8685a;
  --empty: #252c36; --warn: #f5bb6a; --warn-paper: #33270f; --other: #7b8695; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.6rem 1.5rem 3rem; max-width: 1400px; background: var(--paper);
  color: var(--ink); font: 14px/1.45 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; overflow-wrap: anywhere; }
h3 { font-size: .95rem; margin: .8rem 0 0; }
h2 { font-size: 1.1rem; margin: 0 0 .3rem; }
header p, section p, .detail, .label { color: var(--dim); margin: 0 0 .5rem; }
section, .card { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
section { padding: .9rem 1.1rem 1rem; margin-top: 1rem; }
.warning { background: var(--warn-paper); border-color: var(--warn); }
.warning h2, .warning li { color: var(--warn); }
ul { margin: .3rem 0 0; padding-left: 1.2rem; }
.cards { display: grid; gap: .8rem; grid-template-columns: repeat(4, minmax(0, 1fr));
  margin-top: 1rem; }
.pairs { display: grid; gap: 0 1rem; grid-template-columns: repeat(2, minmax(0, 1fr)); }
@media (max-width: 900px) { .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .pairs { grid-template-columns: minmax(0, 1fr); } }
.card { padding: .7rem 1rem; }
.card .value { font-size: 1.4rem; font-weight: 650; } .card .detail, .card .label { margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px;
  font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .5rem; border-bottom: 1px solid var(--line);
  white-space: nowrap; }
th { color: var(--dim); font-weight: 600; vertical-align: bottom; }
th[title] { text-decoration: underline dotted; text-underline-offset: 3px; cursor: help; }
th.n, td.n { text-align: right; }
td.name { max-width: 19em; overflow: hidden; text-overflow: ellipsis; }
tfoot td { font-weight: 650; border-bottom: 0; }
tbody tr:hover, tr:target { background: var(--paper); }
td.bar { width: 40%; min-width: 6rem; }
.scroll td.bar { width: 8%; min-width: 4rem; }
.track { display: flex; height: .85rem; border-radius: 2px; overflow: hidden;
  background: var(--empty); }
.track i { flex: none; }
.key { display: inline-block; margin-right: 1.3rem; white-space: nowrap; }
td .key { margin: 0; }
.key i { display: inline-block; width: .75em; height: .75em; border-radius: 2px;
  margin-right: .4em; }
svg { display: block; width: 100%; min-width: 640px; font-size: 12px; }
svg text { fill: var(--dim); }
svg a:hover rect { opacity: .7; }
.grid { stroke: var(--line); } .predicted { stroke: var(--ink); stroke-width: 1.5; }
.group { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.key i.tick { height: 2px; vertical-align: middle; background: var(--ink); }
.busy { background: var(--busy); } .waiting { background: var(--waiting); }
.fetching { background: var(--fetching); }
.empty { background: var(--empty); } .key i.empty { outline: 1px solid var(--line); }
.r-mvm { background: #0072b2; fill: #0072b2; } .r-weights { background: #e69f00; fill: #e69f00; }
.r-vector { background: #009e73; fill: #009e73; }
.r-depthwise { background: #cc79a7; fill: #cc79a7; }
.r-move { background: #f0e442; fill: #f0e442; }
.r-l2 { background: #56b4e9; fill: #56b4e9; } .r-ddr { background: #d55e00; fill: #d55e00; }
.r-latency, .r-other { background: var(--other); fill: var(--other); }
details { border-top: 1px solid var(--line); padding: .25rem 0; } summary { cursor: pointer; }
.arrays { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; }
figure { margin: .4rem 0; width: 227px; } figcaption { font-size: 12px; color: var(--dim); }
figcaption b { display: block; }
svg.array { min-width: 0; font-size: 9px; } svg .free { fill: var(--empty); stroke: var(--line); }
svg .zero { fill: var(--waiting); } i.zero { background: var(--waiting); }
.key i.free { background: var(--empty); outline: 1px solid var(--line); }
.a0 { fill: #0072b2; background: #0072b2; } .a1 { fill: #e69f00; background: #e69f00; }
.a2 { fill: #009e73; background: #009e73; } .a3 { fill: #cc79a7; background: #cc79a7; }
.a4 { fill: #56b4e9; background: #56b4e9; } .a5 { fill: #d55e00; background: #d55e00; }
.a6 { fill: #f0e442; background: #f0e442; } .a7 { fill: #6a3d9a; background: #6a3d9a; }
dl { columns: 3 18rem; column-gap: 2rem; margin: 0; font-size: 13px; }
dl div { display: flex; justify-content: space-between; gap: 1rem; break-inside: avoid;
  border-bottom: 1px solid var(--line); padding: .15rem 0; }
dt { font-family: ui-monospace, monospace; } dd { margin: 0; overflow-wrap: anywhere; }
.spark { min-width: 0; width: 96px; height: 22px; } .spark path { fill: var(--busy); }
.spark .out { fill: #d55e00; } .spark .end { stroke: var(--dim); stroke-width: .7; }
td.wrap { white-space: normal; min-width: 16rem; }
@media print { body { background: none; } section, .card, tr { break-inside: avoid; }
  .scroll { overflow: visible; } * { print-color-adjust: exact; } }
)css";

}  // namespace

std::string HtmlPage(const std::string& title, const std::string& subtitle,
                     const std::string& body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}</style></head><body>\n"
      "<header><h1>{0}</h1><p>{2}</p></header>\n{3}</body></html>\n",
      title, kStyle, subtitle, body);
}

}  // namespace imcc
