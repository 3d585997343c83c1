/** The report's only style sheet. Two arms, two colours, everywhere: sand is before, teal is after. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#faf9f6;--surface:#fff;--ink:#1d2126;--muted:#666d76;--line:#e5e2da;--soft:#f3f1eb;--base:#a08f70;--cand:#0b7a70;
--good:#1a7f45;--warn:#a85a08;--bad:#b3261e;--added:#e4f5ea;--removed:#fbe9e7;--mark-a:#b5e3c5;--mark-r:#f4c2bc;
--k:#8a3ea8;--s:#8a5a00;--n:#0a63a8;--c:#7b828b;--f:#0b6a8a}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--surface:#1b1f23;--ink:#e6e4df;--muted:#9ba2aa;--line:#2d3338;--soft:#22272b;--base:#c0ac87;--cand:#4ecdbd;
--good:#5fcf8a;--warn:#e5a54b;--bad:#f28b82;--added:#16301f;--removed:#381d1b;--mark-a:#23583a;--mark-r:#6b302b;
--k:#cf9bea;--s:#e0b872;--n:#83c1f5;--c:#858d96;--f:#79c8e0}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1000px;margin:0 auto;padding:56px 28px 96px}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.88em}
a{color:inherit;text-decoration-color:var(--line);text-underline-offset:3px}
h1,h2,h3{line-height:1.2;font-weight:640;letter-spacing:-.015em;text-wrap:balance}
h1{font-size:clamp(34px,6vw,54px);margin:10px 0 8px;letter-spacing:-.03em}
h1 small{display:block;font-size:.42em;font-weight:500;color:var(--muted);letter-spacing:-.01em;margin-top:6px}
h2{font-size:26px;margin:72px 0 6px}
h3{font-size:15px;margin:36px 0 10px;letter-spacing:0}
p{max-width:70ch;margin:8px 0}
.kicker{color:var(--muted);font-size:13.5px;overflow-wrap:anywhere}
.lede{font-size:18px;color:var(--muted)}
.muted,.note{color:var(--muted)}.note{font-size:14px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:18px 28px;margin:32px 0 0;padding:22px 0 0;border-top:1px solid var(--line)}
.facts div{min-width:0}.facts dt{color:var(--muted);font-size:13px}.facts dd{margin:2px 0 0;overflow-wrap:anywhere}
.pill{display:inline-block;padding:1px 10px;border-radius:99px;border:1px solid currentColor;font-size:13px;white-space:nowrap}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
.contents{margin:28px 0 0;padding:0;list-style:none}.contents li{display:flex;gap:16px;justify-content:space-between;padding:9px 0;border-bottom:1px solid var(--line)}
.contents b{font-weight:600;white-space:nowrap;color:var(--cand)}
.change{margin-top:72px;padding-top:0}
.change>header h2{margin:0 0 4px}
.gain{font-size:20px;color:var(--cand);font-weight:600;margin:0}
.card{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:20px 22px;margin:14px 0;min-width:0}
.card>h3:first-child{margin-top:0}
.chart{display:block;width:100%;height:auto;max-width:760px;margin:0 auto;overflow:visible}
.chart text{font:12px system-ui,sans-serif;fill:var(--muted);font-variant-numeric:tabular-nums}
.chart .grid{stroke:var(--line)}.chart .zero{stroke:var(--muted)}
.chart .base{color:var(--base)}.chart .cand{color:var(--cand)}
.chart .density{fill:currentColor;opacity:.16}.chart .dot{fill:currentColor;opacity:.8}.chart .line{fill:none;stroke:currentColor;stroke-width:2.2}
.chart .median{stroke:currentColor;stroke-width:2.2}.chart .arm{fill:currentColor;font-size:13px}.chart .value{fill:var(--ink);font-size:13px;font-weight:600}
.chart .stem{stroke:var(--cand);opacity:.28;stroke-width:1.5}.chart .pair{stroke:var(--cand);stroke-width:1.8}.chart .full{fill:var(--cand)}.chart .hollow{fill:var(--surface)}
.chart line.proved{stroke:var(--cand);stroke-width:1.6}.chart line.wanted{stroke:var(--muted);stroke-dasharray:4 4}.chart text.proved{fill:var(--cand);font-weight:600}
.chart text.mark{paint-order:stroke;stroke:var(--surface);stroke-width:4px}
.chart .bar{fill:var(--base);opacity:.75}.chart text.count{fill:var(--ink)}
.findings{list-style:none;margin:0;padding:0}.findings li{padding:7px 0;overflow-wrap:anywhere}
.counter{border-color:var(--bad)}.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(260px,1fr));gap:0 18px}.sides>div{min-width:0}
.legend{display:flex;flex-wrap:wrap;gap:6px 20px;font-size:13px;color:var(--muted);margin:10px 0 0}
.scroll{overflow-x:auto;margin:0 -22px;padding:0 22px}
table{border-collapse:collapse;width:100%;font-size:14.5px}
th{font-weight:500;color:var(--muted);text-align:left;font-size:13px;white-space:nowrap}
th,td{padding:8px 14px 8px 0;border-bottom:1px solid var(--line);vertical-align:top}
tbody tr:last-child td{border-bottom:0}
td.num,th.num{text-align:right;white-space:nowrap}
td:last-child,th:last-child{padding-right:0}
tr.control td{color:var(--muted)}tr.target td{font-weight:600}tr.target td .note{font-weight:400}
.share{position:relative;display:inline-block;width:100%;min-width:110px;height:8px;border-radius:4px;background:var(--soft);overflow:hidden;vertical-align:middle}
.share span{position:absolute;inset:0 auto 0 0;border-radius:4px}.share .inclusive{background:var(--base);opacity:.45}.share .self{background:var(--base)}
.checks{list-style:none;margin:0;padding:0}
.checks li{display:grid;grid-template-columns:22px minmax(120px,190px) 1fr auto;gap:4px 10px;padding:8px 0;border-bottom:1px solid var(--line);font-size:14.5px}
.checks li:last-child{border-bottom:0}.checks .time{color:var(--muted);font-size:13px;white-space:nowrap}.checks .what{overflow-wrap:anywhere}
.diff{margin:14px 0;border:1px solid var(--line);border-radius:10px;overflow:hidden;background:var(--surface)}
.diff figcaption{padding:9px 16px;border-bottom:1px solid var(--line);font:13px ui-monospace,Menlo,Consolas,monospace;color:var(--muted);overflow-wrap:anywhere}
.code{overflow-x:auto}
.diff table{font-size:13.5px;line-height:1.55;tab-size:2}.diff td{border:0;padding:0 8px;white-space:pre}.diff td:last-child{width:100%;padding-right:16px}
.diff .no{color:var(--muted);text-align:right;font-size:12px;user-select:none;opacity:.75}.diff .sign{color:var(--muted);user-select:none}
.diff .added{background:var(--added)}.diff .removed{background:var(--removed)}.diff .hunk td{color:var(--muted);font-size:12px;padding-top:6px;padding-bottom:6px;background:var(--soft)}
.diff mark{color:inherit;border-radius:3px}.diff .added mark{background:var(--mark-a)}.diff .removed mark{background:var(--mark-r)}
.diff i{font-style:normal}.diff .k{color:var(--k)}.diff .s{color:var(--s)}.diff .n{color:var(--n)}.diff .c{color:var(--c)}.diff .f{color:var(--f)}
pre{background:var(--soft);border-radius:8px;padding:14px 16px;overflow-x:auto;margin:10px 0;white-space:pre-wrap;overflow-wrap:anywhere}
details{border-bottom:1px solid var(--line)}
details>summary{cursor:pointer;padding:14px 0;display:grid;grid-template-columns:16px 1fr auto;gap:8px;align-items:baseline;list-style:none}
details>summary::-webkit-details-marker{display:none}
details>summary::before{content:"▸";color:var(--muted);transition:rotate .12s}details[open]>summary::before{rotate:90deg}
summary>div{min-width:0;overflow-wrap:anywhere}
details>.inside{padding:0 0 20px 24px}
ul.plain{margin:6px 0;padding-left:20px}ul.plain li{overflow-wrap:anywhere}
footer{margin-top:88px;padding-top:20px;border-top:1px solid var(--line);color:var(--muted);font-size:13.5px}
:focus-visible{outline:2px solid var(--cand);outline-offset:3px;border-radius:3px}
@media (max-width:640px){.contents li{display:block}.contents b{display:block;white-space:normal}main{padding:32px 18px 64px}.checks li{grid-template-columns:22px 1fr}.checks .what,.checks .time{grid-column:2}.card{padding:16px}.scroll{margin:0 -16px;padding:0 16px}}
@media print{body{background:#fff}.card,.diff{break-inside:avoid}details>summary::before{content:""}}
@media (prefers-reduced-motion:reduce){*{transition:none!important;scroll-behavior:auto!important}}
`;
