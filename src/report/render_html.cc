// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "report/html_sections.h"
#include "report/report.h"

namespace imcc {
namespace {

constexpr const char* kStyle = R"css(
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5c6878; --paper: #f6f7f9; --panel: #fff;
  --line: #dde2e9; --accent: #2563eb; --soft: #cfe0ff; --warn: #b45309; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --dim: #9aa5b4; --paper: #12161c;
  --panel: #1b2129; --line: #2d3540; --accent: #6ea0ff; --soft: #243b66; --warn: #f0a951; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 1200px; background: var(--paper);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.7rem; } h2 { font-size: 1.15rem; margin: 0 0 .6rem; }
header p, .detail, .label, section p { color: var(--dim); margin: .2rem 0 .6rem; }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 10px;
  padding: 1rem 1.2rem; margin-top: 1.2rem; }
.cards { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
  background: none; border: 0; padding: 0; }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: 10px;
  padding: .8rem 1rem; }
.card .value { font-size: 1.45rem; font-weight: 650; } .card .detail { margin: 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line);
  white-space: nowrap; }
th { color: var(--dim); font-weight: 600; } td.n { text-align: right; }
td.bar { background: linear-gradient(to right, var(--soft) var(--share), transparent 0); }
.scroll { overflow-x: auto; }
svg { width: 100%; max-width: 820px; font-size: 13px; } svg text { fill: var(--ink); }
rect.simulated, rect.busy, i.busy { fill: var(--accent); background: var(--accent); }
rect.bound { fill: var(--soft); }
rect.waiting, i.waiting { fill: #f0a951; background: #f0a951; }
rect.fetching, i.fetching { fill: #c2668f; background: #c2668f; }
rect.empty, i.empty { fill: var(--line); background: var(--line); }
.legend i { display: inline-block; width: .8em; height: .8em; margin: 0 .35em 0 .9em; }
li.warning { color: var(--warn); }
)css";

}  // namespace

std::string RenderHtml(const Report& report) {
  const std::string title = EscapeHtml(report.network + " / " + report.model);
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style></head><body>\n"
      "<header><h1>{}</h1><p>compiled for {} by imcc {}</p></header>\n",
      title, kStyle, title, EscapeHtml(report.target), EscapeHtml(report.imcc_version));
  html += HtmlCards(report) + HtmlBounds(report) + HtmlEngines(report) + HtmlMemories(report) +
          HtmlLayers(report) + HtmlHostNodes(report) + HtmlNotes(report) + HtmlOptions(report);
  return html + "</body></html>\n";
}

}  // namespace imcc
