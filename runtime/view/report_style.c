// SPDX-License-Identifier: MIT
//
// The one style sheet: for a phone, a wide screen and paper, light and dark.
#include "view/report.h"

// clang-format off
static const char style[] =
    ":root{--back:#fff;--card:#f6f7f9;--text:#1b1f24;--dim:#5a6472;--rule:#d9dee5;"
    "--accent:#0b66c3;--fine:#1a7f37;--warn:#8a5a00;--bad:#b42318;"
    "--cloud:#c2410c;--host:#0b66c3;--net:#7c3aed;--app:#0e7490;--care:#1a7f37;"
    "--money:#8a5a00;--other:#5a6472}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--back:#0d1117;--card:#181e26;"
    "--text:#e6eaf0;--dim:#9aa6b5;--rule:#2c3540;--accent:#6cb2ff;--fine:#56c271;"
    "--warn:#e3b341;--bad:#ff7b72;--cloud:#ff9d5c;--host:#6cb2ff;--net:#b794f6;"
    "--app:#4fc3d9;--care:#56c271;--money:#e3b341;--other:#9aa6b5}}\n"
    "*{box-sizing:border-box}\n"
    "html{-webkit-text-size-adjust:100%;text-size-adjust:100%;"
    "-webkit-print-color-adjust:exact;print-color-adjust:exact}\n"
    "body{margin:0 auto;max-width:960px;padding:24px 20px 40px;background:var(--back);"
    "color:var(--text);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,"
    "'Helvetica Neue',Arial,sans-serif;overflow-wrap:anywhere}\n"
    "h1{margin:0;font-size:30px;line-height:1.2}\n"
    "h2{margin:0 0 12px;font-size:20px;line-height:1.3}\n"
    "header p{margin:4px 0 20px;color:var(--dim)}\n"
    "section{margin:36px 0 0;padding:20px 0 0;border-top:1px solid var(--rule)}\n"
    "section p{margin:8px 0 0}\n"
    "code{font:0.9em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',"
    "monospace}\n"
    "small{display:block;color:var(--dim);font-size:14px;font-weight:400}\n"
    "a{color:var(--accent)}\n"
    "nav{display:flex;flex-wrap:wrap;gap:6px 18px;margin:20px 0 0;font-size:15px}\n"
    ".fine{color:var(--fine)}.warn{color:var(--warn)}.bad{color:var(--bad)}\n"

    ".figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));"
    "gap:12px;margin:0}\n"
    ".figure{padding:12px 14px;background:var(--card);border:1px solid var(--rule);"
    "border-radius:10px;min-width:0;color:inherit}\n"
    ".figure dt{color:var(--dim);font-size:14px}\n"
    ".figure dd{margin:0;font-size:22px;font-weight:600;line-height:1.35;"
    "font-variant-numeric:tabular-nums}\n"
    ".figure small{font-size:13px;line-height:1.35}\n"
    ".figure.fine dd{color:var(--fine)}.figure.warn dd{color:var(--warn)}"
    ".figure.bad dd{color:var(--bad)}\n"

    ".notices{margin:0;padding:0;list-style:none}\n"
    ".notices li{margin:0 0 8px;padding:8px 12px;background:var(--card);"
    "border-left:4px solid;border-radius:4px}\n"
    ".notices li b{margin-right:6px}\n"

    "table{width:100%;border-collapse:collapse;font-size:15px}\n"
    "th,td{padding:7px 10px 7px 0;text-align:left;vertical-align:top;"
    "border-bottom:1px solid var(--rule)}\n"
    "th:last-child,td:last-child{padding-right:0}\n"
    "thead th{color:var(--dim);font-weight:500;font-size:14px}\n"
    ".amount{text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:normal}\n"
    "td.amount{white-space:nowrap}\n"
    "tr.group>*{padding-top:16px;font-weight:600}\n"
    "tfoot>tr>*{font-weight:700;border-bottom:0;border-top:2px solid var(--text)}\n"
    ".bar{display:block;height:6px;margin:6px 0 2px;max-width:420px;"
    "background:var(--rule);border-radius:3px}\n"
    ".bar span{display:block;height:6px;background:var(--accent);border-radius:3px}\n"

    ".scroll{overflow-x:auto;margin:0 0 12px}.plot{display:block;min-width:560px;"
    "margin:0 auto}\n"

    ".graph{display:block;max-width:100%;height:auto;margin:0 auto}\n"
    ".graph.narrow{display:none}\n"
    "@media screen and (max-width:700px){.graph.wide{display:none}"
    ".graph.narrow{display:block}}\n"
    ".graph text{fill:var(--text);font-size:12px}\n"
    ".graph .title{font-size:14px;font-weight:600}\n"
    ".graph .type,.graph .line{fill:var(--dim)}\n"
    ".graph rect{fill:var(--card);stroke:var(--rule)}\n"
    ".graph path.line{fill:none;stroke:var(--dim);stroke-opacity:.55;stroke-width:1.5}\n"
    ".graph .tip{fill:var(--dim)}\n"
    ".graph .edge{fill:none;stroke-width:3;stroke-linecap:round}\n"
    ".cloud .edge{stroke:var(--cloud)}.host .edge{stroke:var(--host)}"
    ".net .edge{stroke:var(--net)}.app .edge{stroke:var(--app)}"
    ".care .edge{stroke:var(--care)}.money .edge{stroke:var(--money)}"
    ".other .edge{stroke:var(--other)}\n"

    ".runs{margin:0 0 0 7px;padding:0;list-style:none;"
    "border-left:2px solid var(--rule)}\n"
    ".runs li{position:relative;padding:0 0 16px 20px;color:var(--text)}\n"
    ".runs li::before{content:'';position:absolute;left:-8px;top:5px;width:14px;"
    "height:14px;border-radius:50%;background:var(--dim);border:3px solid var(--back)}\n"
    ".runs li.fine::before{background:var(--fine)}.runs li.bad::before{"
    "background:var(--bad)}\n"
    ".runs li.fine b{color:var(--fine)}.runs li.bad b{color:var(--bad)}\n"
    ".runs time{color:var(--dim);font-variant-numeric:tabular-nums;margin-right:6px}\n"
    "footer{margin:40px 0 0;color:var(--dim);font-size:14px}\n"

    "@media (max-width:420px){body{padding:18px 14px 32px}}\n"
    "@page{margin:14mm}\n"
    "@media print{body{max-width:none;padding:0;font-size:11pt}nav{display:none}"
    "section{margin:18pt 0 0;padding:10pt 0 0}h2{break-after:avoid}"
    "tr,li,.figure,.plot{break-inside:avoid}.scroll{overflow:visible}"
    ".plot{min-width:0}.graph{max-height:235mm}}\n";
// clang-format on

const char *report_style(void)
{
    return style;
}
