/** The one stylesheet of the sandbox's pages: light and dark, phone and desk, no fonts or images to fetch. */
export const style = `
:root { color-scheme: light dark;
  --ground: #f4f6f5; --card: #fff; --ink: #1d2a25; --quiet: #5d6c66; --line: #dde4e1;
  --accent: #10713c; --accent-ink: #fff; --danger: #a8321f; --good: #d9f0e1; --good-ink: #0c5a30;
    --warn: #fbeccb; --warn-ink: #714a00; --bad: #fadfda; --bad-ink: #8a2717; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #121715; --card: #1b2320; --ink: #e6edea; --quiet: #97a69f; --line: #2e3a35;
  --accent: #3fb673; --accent-ink: #06180e; --danger: #ff8f7d; --good: #173d28; --good-ink: #9be3b8;
    --warn: #3f3210; --warn-ink: #f2cf7c; --bad: #48201a; --bad-ink: #ffb4a6; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header.top { background: var(--card); border-bottom: 1px solid var(--line); }
header.top div { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline;
  max-width: 68rem; margin: 0 auto; padding: .8rem 1rem; }
header.top strong { margin-right: auto; font-size: 1.05rem; }
header.top strong a { color: var(--ink); } header.top a { display: inline-block; padding: .3rem 0; }
main { max-width: 68rem; margin: 0 auto; padding: 1.25rem 1rem 4rem; }
main.narrow { max-width: 30rem; padding-top: 8vh; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; } h2 { font-size: 1.1rem;
  margin: 2rem 0 .6rem; }
p { margin: .4rem 0; } .quiet { color: var(--quiet); } .small { font-size: .87rem; }
code { font: .87em ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 1.1rem 1.2rem; margin: .8rem 0; overflow-wrap: anywhere; }
.card.hero { padding: 1.8rem; }
.sheet { background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow-x: auto; }
.sheet + form { margin-top: .8rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .5rem .8rem;
  border-bottom: 1px solid var(--line); vertical-align: middle; }
tr:last-child td { border-bottom: 0; } th { font-size: .8rem; font-weight: 600; color: var(--quiet);
  white-space: nowrap; }
td.money, th.money { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
  td.acts { text-align: right; white-space: nowrap; } td.acts form { display: inline-block;
  margin: 0 0 0 .3rem; }
.tag { display: inline-block; border-radius: 99px; padding: .05rem .6rem; font-size: .8rem;
  font-weight: 600; white-space: nowrap; background: var(--line); }
.tag.good { background: var(--good); color: var(--good-ink); } .tag.warn { background: var(--warn);
  color: var(--warn-ink); } .tag.bad { background: var(--bad); color: var(--bad-ink); }
button { font: inherit; font-weight: 600; cursor: pointer; border-radius: 8px;
  border: 1px solid var(--line); background: var(--card); color: var(--ink); padding: .3rem .75rem; }
button:hover { border-color: var(--quiet); }
  button:focus-visible, a:focus-visible, input:focus-visible { outline: 2px solid var(--accent);
  outline-offset: 2px; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
  button.danger { color: var(--danger); }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: 1.2rem; }
  .buttons button { flex: 1 1 10rem; padding: .6rem 1rem; }
input[type=text], input[type=number], select { font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--line); border-radius: 8px; padding: .3rem .5rem; width: 7.2rem; }
select { width: auto; max-width: 100%; }
form.fields { display: flex; flex-wrap: wrap; gap: .5rem; }
  form.fields label { display: grid; font-size: .8rem; color: var(--quiet); }
  form.fields button { align-self: end; }
td.date { white-space: nowrap; }
fieldset { border: 0; padding: 0; margin: 1rem 0 0; } legend { font-weight: 600; padding: 0 0 .3rem; }
label.choice { display: flex; gap: .6rem; align-items: center; border: 1px solid var(--line);
  border-radius: 8px; padding: .55rem .8rem; margin: .35rem 0; cursor: pointer; }
label.choice:has(:checked) { border-color: var(--accent); } ul.plain { padding-left: 1.2rem;
  margin: .4rem 0; }
.notice { border-left: 4px solid var(--accent); background: var(--card); padding: .6rem .9rem;
  border-radius: 6px; margin: 0 0 1rem; } .notice.bad { border-color: var(--danger); }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .8rem; }
  .grid .card { margin: 0; }
@media (max-width: 40rem) {
  header.top strong { flex: 1 0 100%; } header.top div { row-gap: 0; } header.top a { padding: .55rem 0; }
  table.stack thead { display: none; } table.stack tr { display: block; padding: .6rem .9rem;
    border-bottom: 1px solid var(--line); }
  table.stack td { display: flex; justify-content: space-between; gap: 1rem; padding: .15rem 0; border: 0;
    text-align: right; overflow-wrap: anywhere; }
  table.stack td::before { content: attr(data-label); color: var(--quiet);
    flex: none; }
    table.stack td:empty { display: none; }
    table.stack td.acts { display: block; white-space: normal; } table.stack td.acts::before { content: none; }
    table.stack td.acts form { margin: .35rem 0 0 .3rem; } }
`;
