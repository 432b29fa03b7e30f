/** Everything the customer's page looks like: phone and desk, light and dark, screen and paper. Nothing to fetch. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --ground: #eef1f5; --card: #fff; --soft: #f6f8fa; --ink: #16202c; --quiet: #526070; --line: #dbe1e8;
  --accent: #17518f; --accent-ink: #fff; --good: #17663a; --good-ground: #e6f4eb; --wait: #7a4b00;
  --wait-ground: #fdf3df;
  --bad: #a3291a; --bad-ground: #fcebe8; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #0f141a; --card: #181f28; --soft: #1f2833; --ink: #e6ebf1; --quiet: #9dabba; --line: #2e3947;
  --accent: #82b6f5; --accent-ink: #06182c; --good: #86d9a5; --good-ground: #12301f; --wait: #f2c879;
  --wait-ground: #352709;
  --bad: #ff9d8d; --bad-ground: #3b1a15; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; overflow-wrap: break-word; background: var(--ground); color: var(--ink); font: 1rem/1.5
system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1, h2, p, dl, dd, ol { margin: 0; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -99rem; top: .5rem; background: var(--card); padding: .5rem 1rem;
border-radius: 8px; z-index: 1; } .skip:focus { left: .5rem; }
.sr { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
white-space: nowrap; }
header, main, footer { width: 100%; max-width: 68rem; margin: 0 auto; padding: 0 1rem; }
.top { background: var(--card); border-bottom: 1px solid var(--line); }
header { display: flex; align-items: center; gap: .75rem; padding-top: .9rem; padding-bottom: .9rem; }
.badge { flex: none; width: 2.5rem; height: 2.5rem; border-radius: 10px; background: var(--accent); color:
var(--accent-ink); font-weight: 700; font-size: 1.15rem; display: grid; place-items: center; }
.logo { flex: none; max-height: 3rem; max-width: 10rem; object-fit: contain; }
.terms { white-space: pre-line; }
.company { font-weight: 700; font-size: 1.1rem; line-height: 1.25; overflow-wrap: anywhere; } .kind { color:
var(--quiet); font-size: .875rem; }
main { display: grid; gap: 1rem; padding-top: 1.25rem; padding-bottom: 1.5rem; }
main > * { min-width: 0; }
.title h1 { font-size: 1.5rem; line-height: 1.2; letter-spacing: -.01em; overflow-wrap: anywhere; } .title p {
color: var(--quiet); margin-top: .3rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.1rem; }
.card h2 { font-size: 1.1rem; line-height: 1.3; margin-bottom: .5rem; }
.card p + p { margin-top: .6rem; } .card p, .card dd, .card td { overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: .92rem; }
.steps { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(4, 1fr); gap: .5rem;
font-size: .875rem; }
.steps li { border-top: 4px solid var(--line); padding-top: .4rem; color: var(--quiet); } .steps .done {
border-color: var(--good); color: var(--good); } .steps .now { border-color: var(--accent); color: var(--ink);
font-weight: 600; }
.notice { border-radius: 10px; padding: .75rem .9rem; background: var(--wait-ground); color: var(--wait); }
.notice.good { background: var(--good-ground); color: var(--good); } .notice.bad { background:
var(--bad-ground); color: var(--bad); }
table { width: 100%; border-collapse: collapse; } caption { text-align: left; font-weight: 700; font-size:
1.1rem; padding-bottom: .4rem; }
th, td { padding: .7rem 0; text-align: left; vertical-align: top; font-weight: 400; } thead th { color:
var(--quiet); font-size: .85rem; padding: .3rem 0; }
tbody tr { border-top: 1px solid var(--line); } td, thead th:nth-child(n+2) { text-align: right; padding-left:
1rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
tbody th { white-space: pre-line; overflow-wrap: anywhere; } .each { display: block; color: var(--quiet);
font-size: .9rem; }
tfoot tr { border-top: 2px solid var(--ink); } tfoot th, tfoot td { font-weight: 700; font-size: 1.1rem; }
.when { display: block; color: var(--quiet); font-size: .9rem; } .when.good { color: var(--good); } .when.wait {
color: var(--wait); } .when.bad { color: var(--bad); }
.account tfoot tr + tr { border-top: 0; } .account tfoot tr:not(:last-child) :is(th, td) { font-weight: 400;
font-size: 1rem; padding: .35rem 0; } .account tfoot tr:first-child :is(th, td) { padding-top: .7rem; }
h3 { font-size: 1rem; margin: 1.1rem 0 .3rem; } .received { list-style: none; padding: 0; margin: 0; } .received li
{ display: flex; justify-content: space-between; gap: 1rem; padding: .45rem 0; border-top: 1px solid var(--line); }
.received li > :last-child { white-space: nowrap; font-variant-numeric: tabular-nums; } .received .when {
overflow-wrap: anywhere; }
.sums { margin: .7rem 0; display: grid; grid-template-columns: 1fr auto; gap: .35rem 1rem; } .sums dt { color:
var(--quiet); } .sums dd { text-align: right; font-variant-numeric: tabular-nums; } .sums .big { font-weight:
700; font-size: 1.25rem; color: var(--ink); }
form { margin-top: .9rem; } .card hr { border: 0; border-top: 1px solid var(--line); margin: 1rem 0; }
label { display: block; font-weight: 600; }
input { display: block; width: 100%; min-height: 3rem; margin-top: .35rem; padding: .6rem .8rem; font: inherit;
color: inherit; background: var(--card); border: 1px solid var(--quiet); border-radius: 10px; }
input[aria-invalid] { border: 2px solid var(--bad); }
.hint { color: var(--quiet); font-size: .875rem; margin-top: .3rem; } .error { color: var(--bad); font-weight:
600; margin-top: .3rem; }
button, .button { display: block; width: 100%; min-height: 3.1rem; margin-top: .9rem; padding: .75rem 1rem;
font: inherit; font-weight: 700; text-align: center; text-decoration: none; cursor: pointer; color:
var(--accent-ink); background: var(--accent); border: 2px solid transparent; border-radius: 10px; }
button:hover, .button:hover { filter: brightness(1.12); }
footer { color: var(--quiet); font-size: .875rem; padding-bottom: 2.5rem; } footer p + p { margin-top: .3rem; }
.print { display: none; }
.alone main { max-width: 34rem; padding-top: 8vh; } .alone h1 { font-size: 1.35rem; margin-bottom: .6rem; }
@media (max-width: 35.99rem) { td { padding-left: .6rem; } tbody tr:first-child { border-top: 0; } thead, .wide
{ position: absolute; width: 1px; height: 1px; padding: 0; overflow: hidden; clip-path: inset(50%); } tbody tr {
position: relative; } }
@media (min-width: 36rem) { .each { display: none; } .card { padding: 1.5rem; } main { gap: 1.25rem;
padding-top: 2rem; } .title h1 { font-size: 2rem; } header, main, footer { padding-left: 1.5rem; padding-right:
1.5rem; } }
@media (min-width: 58rem) { .split { grid-template-columns: minmax(0, 1fr) 23rem; grid-auto-flow: dense;
align-items: start; } .split > .title, .split > .steps, .split > .notice { grid-column: 1 / -1; } .split >
:is(.lines, .account) { grid-column: 1; } .split > .act { grid-column: 2; grid-row: span
3; position: sticky; top: 1.5rem; } }
@media (prefers-contrast: more) { :root { --line: var(--ink); --quiet: var(--ink); } }
@media print { :root { --ground: #fff; --card: #fff; --soft: #fff; --ink: #000; --quiet: #333; --line: #999;
--accent: #000; --accent-ink: #fff; --good: #000; --good-ground: #fff; --wait: #000; --wait-ground: #fff;
color-scheme: light; }
  form, .steps, .skip, .screen { display: none !important; } .print { display: block; } .split { display: block;
  } .card, .notice { border: 0; padding: .5rem 0; } main > * + * { margin-top: 1rem; } tr, .act { break-inside:
  avoid; } .badge { border: 1px solid #000; } }
`;
