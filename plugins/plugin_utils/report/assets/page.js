/* presence.office: shows the data of this page. Every text goes in as text (textContent); nothing is ever parsed as HTML. */
(function () {
  "use strict";
  const began = performance.now();
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const number = new Intl.NumberFormat("en");
  const plural = (n, one, many) => `${number.format(n)} ${n === 1 ? one : many}`;
  const people = (n) => plural(n, "person", "people");

  /** An element with properties, attributes (those with a dash, and role) and children; strings become text. */
  function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name.includes("-") || name === "role") element.setAttribute(name, value);
      else element[name] = value;
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  // ---- the data: users as rows of numbers into data.strings (page.py says which)
  const text = (n) => data.strings[n];
  const friendly = new Map(Object.entries(data.friendly));
  const reasons = new Map(Object.entries(data.reasons));
  const verdicts = new Map(data.verdicts.map((entry) => [entry.id, entry]));
  const verdictRank = new Map(data.verdicts.map((entry, n) => [entry.id, n]));
  const NOBODY = "\n";  // no app's name: a line break in one is spelt out
  const short = (label) => (label.length > 60 ? `${label.slice(0, 60)}…` : label);

  const appName = (name) => friendly.get(name.toLowerCase()) || name;

  function appLabel(name) {
    const known = friendly.get(name.toLowerCase());
    return known ? `${known} (${name})` : name;
  }

  const users = data.users.map((row, id) => {
    const [machine, account, sid, profile, hive, byDefault, previous, verdict, link, key, view, found, reason, error] =
      [row[0], ...row.slice(1, 14).map(text)];
    const template = hive === "default";
    const person = account || (template ? "Future users (template)" : (profile || "").split("\\").pop() || sid || "nobody");
    return {
      id, machine: data.machines[machine].name, account, sid, profile, hive, template, person, previous, verdict, link, key, view,
      found, reason: reasons.get(reason) ?? reason, error, app: byDefault, appLabel: byDefault ? appLabel(byDefault) : verdict === "unknown" ? "not known" : "none",
      office: data.machines[machine].office, running: row[14].map(text),
      providers: row[15].map(([name, registered, state, process]) => ({ name: text(name), registered: text(registered), state: text(state), process })),
      word: verdicts.get(verdict),
    };
  });
  // The counts are of people; a verdict that only a template has is known to the table as well.
  for (const user of users) {
    if (!user.word) user.word = { id: user.verdict, label: user.verdict, kind: "unknown", meaning: "" };
    user.why = user.error || user.reason || why(user);
    user.haystack = [user.person, user.account, user.sid, user.profile, user.machine, user.appLabel, user.word.label, user.why]
      .filter(Boolean).join("\n").toLowerCase();
  }

  /** One plain sentence; the row's details have what was found, and where. */
  function why(user) {
    const app = user.app ? appName(user.app) : "The app";
    const sentences = {
      present: () => `${app} is running.`,
      ready: () => `${app} is in order; nobody is signed in.`,
      starting: () => `${app} is starting.`,
      shadowed: () => `${app} is asked, but ${user.running.map(appName).join(", ") || "another app"} is what runs.`,
      not_running: () => `${app} is not running.`,
      stale: () => `${app} has crashed.`,
      not_registered: () => `${app} is not installed here.`,
      no_com_server: () => `${app} is damaged here.`,
      no_default: () => "Office is not told which app to ask.",
    };
    return Object.hasOwn(sentences, user.verdict) ? sentences[user.verdict]() : user.found || user.word.meaning;
  }

  // ---- the head
  const total = data.totals;
  document.title = data.title;
  byId("title").textContent = data.title;
  const made = new Date(data.generated);
  byId("made").replaceChildren(
    `${plural(total.machines, "machine", "machines")}, ${people(total.users)}, as of `,
    make("time", { dateTime: data.generated }, made.toLocaleString("en", { dateStyle: "long", timeStyle: "short" })));
  byId("lead").textContent = total.users === 0
    ? "Nobody's presence could be looked at."
    : total.broken === 0
      ? `Nobody here is without presence: ${people(total.good)} of ${number.format(total.users)} are fine.`
      : `${people(total.broken)} of ${number.format(total.users)} show${total.broken === 1 ? "s" : ""} no presence in Office.`;
  const cards = [
    ["good", total.good, "fine: presence works, or will at the next sign-in"],
    ["bad", total.broken, "show no presence"],
    ["wait", total.starting, "starting at the moment"],
    ["unknown", total.unknown, "not known"],
    [total.unanswered ? "bad" : "neutral", total.unanswered, total.unanswered === 1 ? "machine did not answer" : "machines did not answer"],
  ];
  byId("totals").append(...cards.map(([kind, count, label]) =>
    make("li", { className: kind }, make("strong", {}, number.format(count)), make("span", {}, label))));

  const percent = new Intl.NumberFormat("en", { style: "percent" });
  const share = (count) => (count > 0 && count < total.users / 200 ? "< 1%" : percent.format(total.users ? count / total.users : 0));

  // ---- charts: tables that Charts.css draws as bars, so they can be read as tables too
  function chart(table, caption, heads, entries) {
    const most = Math.max(1, ...entries.map((entry) => entry.count));
    table.className = "charts-css bar show-labels data-spacing-2";
    table.setAttribute("role", "table");  // the drawing takes the roles of a table away
    const rows = entries.map((entry) => {
      const cell = make("td", { role: "cell", className: entry.kind }, make("span", { className: "data" },
        `${number.format(entry.count)} (${share(entry.count)})`));
      cell.style.setProperty("--share", String(entry.count / most));
      const label = entry.show
        ? make("button", { type: "button", className: "link", title: entry.title ?? entry.label }, entry.label)
        : make("span", {}, entry.label);
      if (entry.show) label.addEventListener("click", entry.show);
      return make("tr", { role: "row" }, make("th", { scope: "row", role: "rowheader" }, label), cell);
    });
    table.replaceChildren(
      make("caption", {}, caption),
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" },
        ...heads.map((head) => make("th", { scope: "col", role: "columnheader" }, head)))),
      make("tbody", { role: "rowgroup" }, ...rows));
  }

  chart(byId("verdicts"), "People by result", ["Result", "People"], data.verdicts
    .filter((entry) => entry.count)
    .map((entry) => ({ label: entry.label, count: entry.count, kind: entry.kind, show: () => show({ verdict: entry.id }) })));
  const SHOWN_APPS = 9;
  const apps = data.defaults.map((entry) => ({
    label: entry.name ? appName(entry.name) : "No app chosen", title: entry.name && appLabel(entry.name), count: entry.count, kind: entry.name ? "neutral" : "unknown",
    show: () => show({ provider: entry.name || NOBODY }),
  }));
  if (apps.length > SHOWN_APPS + 1) {
    const rest = apps.splice(SHOWN_APPS);
    apps.push({ label: `${rest.length} other apps`, count: rest.reduce((sum, entry) => sum + entry.count, 0), kind: "unknown" });
  }
  chart(byId("defaults"), "People by the app that Office asks", ["App", "People"], apps);

  // ---- what to do first
  const SHOWN_ADVICE = 5;
  byId("first").append(...data.first.slice(0, SHOWN_ADVICE).map((advice) => {
    const see = make("button", { type: "button", className: "show" }, `Show ${advice.users === 1 ? "this person" : `these ${people(advice.users)}`}`);
    see.addEventListener("click", () => show({ verdict: advice.verdict, provider: advice.verdict === "no_default" ? "" : advice.provider }));
    const more = advice.hostCount - advice.hosts.length;
    return make("li", {}, make("div", {},
      make("h3", {}, advice.title, make("span", { className: "count" }, people(advice.users))),
      make("p", {}, advice.why),
      make("p", {}, make("strong", {}, `On ${plural(advice.hostCount, "machine", "machines")}: `),
        ...advice.hosts.flatMap((host, n) => [n ? ", " : "", make("span", { className: "host" }, host)]),
        more > 0 ? ` and ${number.format(more)} more` : null),
      make("p", {}, make("strong", {}, "What to do: "), advice.fix),
      make("pre", { tabIndex: 0, role: "region", "aria-label": `Task for: ${advice.title}` }, make("code", {}, advice.task)),
      see));
  }));
  const others = data.first.slice(SHOWN_ADVICE);
  byId("first-more").textContent = data.first.length === 0
    ? "Nothing: no link of anybody's chain is broken."
    : others.length ? `${plural(others.length, "smaller group", "smaller groups")} with ${people(others.reduce((n, a) => n + a.users, 0))}: filter the table below by result.` : "";

  // ---- the table: TanStack Table sorts, filters and pages; this draws it
  const EMPTY = "";
  const compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
  const byText = (a, b, id) => compare(a.getValue(id), b.getValue(id));
  const column = (id, header, accessorFn, filterFn, sortingFn = byText) =>
    ({ id, header, accessorFn, filterFn, sortingFn, sortDescFirst: false, enableGlobalFilter: id === "person" });
  const columns = [
    column("person", "Person", (user) => user.person, "includesString"),
    column("machine", "Machine", (user) => user.machine, (row, id, value) => row.getValue(id).toLowerCase().includes(value)),
    column("provider", "App that Office asks", (user) => user.appLabel,
      (row, _id, value) => (value === NOBODY ? !row.original.app && row.original.verdict !== "unknown" : (row.original.app || EMPTY).toLowerCase() === value.toLowerCase())),
    column("verdict", "Result", (user) => user.word.label, (row, _id, value) => row.original.verdict === value,
      (a, b) => (verdictRank.get(a.original.verdict) ?? 99) - (verdictRank.get(b.original.verdict) ?? 99)),
    column("why", "Why", (user) => user.why, "includesString"),
  ];
  const open = new Set();
  let state = { sorting: [], columnFilters: [], globalFilter: "", pagination: { pageIndex: 0, pageSize: 50 } };
  const {
    createTable, getCoreRowModel, getFilteredRowModel, getSortedRowModel, getPaginationRowModel,
  } = globalThis.TableCore;
  const table = createTable({
    data: users, columns, state: {}, renderFallbackValue: null, getRowId: (user) => String(user.id),
    globalFilterFn: (row, _id, value) => value.every((word) => row.original.haystack.includes(word)),
    onStateChange: (update) => {
      state = typeof update === "function" ? update(state) : update;
      table.setOptions((options) => ({ ...options, state }));
      draw();
    },
    autoResetPageIndex: false,
    getCoreRowModel: getCoreRowModel(), getFilteredRowModel: getFilteredRowModel(),
    getSortedRowModel: getSortedRowModel(), getPaginationRowModel: getPaginationRowModel(),
  });
  state = { ...table.initialState, ...state };
  table.setOptions((options) => ({ ...options, state }));

  const heads = columns.map(({ id, header }) => {
    const button = make("button", { type: "button" }, header);
    button.addEventListener("click", () => {
      table.getColumn(id).toggleSorting();
    });
    return make("th", { scope: "col", "data-column": id }, button);
  });
  byId("heads").append(make("th", { scope: "col" }, make("span", { className: "unseen" }, "Details")), ...heads);

  function draw() {
    for (const head of heads) {
      const sorted = table.getColumn(head.dataset.column).getIsSorted();
      if (sorted) head.setAttribute("aria-sort", sorted === "asc" ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
    const rows = table.getRowModel().rows;
    const count = table.getFilteredRowModel().rows.length;
    const { pageIndex, pageSize } = state.pagination;
    byId("rows").replaceChildren(...rows.flatMap((row) => drawUser(row.original)));
    if (count === 0) byId("rows").append(make("tr", {}, make("td", { colSpan: 6 }, users.length ? "Nobody matches these filters." : "No people.")));
    const pageCount = Math.max(1, Math.ceil(count / pageSize));
    byId("status").textContent = count === users.length ? `${plural(count, "row", "rows")}.` : `${plural(count, "row", "rows")} of ${number.format(users.length)} match.`;
    byId("page").textContent = `Page ${number.format(pageIndex + 1)} of ${number.format(pageCount)}`;
    byId("previous").disabled = pageIndex === 0;
    byId("next").disabled = pageIndex + 1 >= pageCount;
  }

  function drawUser(user) {
    const isOpen = open.has(user.id);
    const button = make("button", {
      type: "button", className: "open", "aria-expanded": String(isOpen), "aria-controls": `detail-${user.id}`,
      "aria-label": `Details of ${user.person} on ${user.machine}`,
    });
    const row = make("tr", { className: "user" },
      make("td", {}, button), make("th", { scope: "row" }, user.person), make("td", {}, make("span", { className: "host" }, user.machine)), make("td", {}, user.appLabel),
      make("td", {}, pill(user.word)), make("td", { className: "why" }, user.why));
    let detail = isOpen ? drawDetail(user) : null;
    button.addEventListener("click", () => {
      if (detail) {
        detail.remove();
        detail = null;
        open.delete(user.id);
      } else {
        detail = drawDetail(user);
        row.after(detail);
        open.add(user.id);
      }
      button.setAttribute("aria-expanded", String(detail !== null));
    });
    return detail ? [row, detail] : [row];
  }

  const pill = (word) => make("span", { className: `pill ${word.kind}` }, word.label);

  // ---- a row's evidence: the chain that Office follows, and where it ends
  const CHAIN = [
    ["default", "An app is chosen"], ["registration", "The machine knows the app"], ["com_server", "Its program is found"],
    ["up_and_running", "It says that it runs"], ["process", "It does run"],
  ];
  const REGISTERED = new Map([["machine", "for the machine"], ["user", "for this person only"], ["no", "no"]]);
  const STATES = new Map([
    ["not_running", "not running"], ["starting", "starting"], ["running", "running"], ["unset", "nothing"], ["invalid", "something invalid"],
  ]);
  const PROCESS = new Map([[true, "yes"], [false, "no"], [null, "not known"]]);

  function drawDetail(user) {
    const cell = make("td", { colSpan: 6 });
    if (user.word.kind !== "unknown") {
      cell.append(make("h3", {}, "How far Office gets"), make("ol", { className: "chain" }, ...chain(user)));
    }
    cell.append(definitions([
      ["Result", `${user.word.label}. ${user.word.meaning}`],
      ["What was found", user.found],
      ["Where", [user.key, user.view && `${user.view === "x86" ? "32" : "64"}-bit view`].filter(Boolean).join("  ·  ")],
      ["Running now", user.running.map(appLabel).join(", ")],
      ["Before that, Office asked", user.previous && appLabel(user.previous)],
      ["Left alone because", user.reason], ["Error", user.error],
      ["Signed in", user.template ? null : user.hive === "loaded" ? "yes" : "no"],
      ["Profile", user.profile], ["Account number (SID)", user.sid], ["Office", user.office],
    ]));
    if (user.providers.length) {
      const head = ["App", "Installed", "It says", "Its program runs"].map((label) => make("th", { scope: "col" }, label));
      cell.append(make("table", { className: "plain" }, make("caption", { className: "unseen" }, `Apps of ${user.person}`),
        make("thead", {}, make("tr", {}, ...head)),
        make("tbody", {}, ...user.providers.map((app) => make("tr", {},
          make("th", { scope: "row" }, appLabel(app.name)), make("td", {}, REGISTERED.get(app.registered) ?? app.registered),
          make("td", {}, STATES.get(app.state) ?? app.state), make("td", {}, PROCESS.get(app.process)))))));
    }
    return make("tr", { className: "detail", id: `detail-${user.id}` }, cell);
  }

  function chain(user) {
    const last = CHAIN.findIndex(([link]) => link === user.link);
    const good = user.word.kind === "good";
    const ready = user.verdict === "ready";
    return CHAIN.map(([, label], n) => {
      const holds = good ? !(ready && n > 2) : n < last;
      const broken = !good && n === last;
      const [kind, word, more] = holds ? ["good", "✓ yes", ""]
        : broken ? [user.word.kind, user.word.kind === "wait" ? "… not yet" : "✕ no", ""]
          : ["unknown", ready ? "– not signed in" : "– not reached", " later"];
      return make("li", { className: kind + more }, make("b", {}, word), label);
    });
  }

  function definitions(entries) {
    return make("dl", { className: "facts" }, ...entries.filter(([, value]) => value)
      .flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, name === "Where" ? make("code", {}, value) : value)]));
  }

  // ---- the filters
  const inputs = { search: byId("search"), machine: byId("machine"), provider: byId("provider"), verdict: byId("verdict") };
  byId("machine-names").append(...data.machines.map((machine) => make("option", { value: machine.name })));
  const seen = new Map();
  for (const user of users) if (user.app && !seen.has(user.app.toLowerCase())) seen.set(user.app.toLowerCase(), user.app);
  inputs.provider.append(...[...seen.values()].sort(compare).map((name) => make("option", { value: name }, short(appLabel(name)))));
  if (users.some((user) => !user.app && user.verdict !== "unknown")) inputs.provider.append(make("option", { value: NOBODY }, "no app chosen"));
  const used = new Set(users.map((user) => user.verdict));
  inputs.verdict.append(...[...used].sort((a, b) => (verdictRank.get(a) ?? 99) - (verdictRank.get(b) ?? 99))
    .map((id) => make("option", { value: id }, (verdicts.get(id) ?? { label: id }).label)));

  function filter() {
    const words = inputs.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const set = ["machine", "provider", "verdict"].map((id) => ({ id, value: id === "machine" ? inputs[id].value.trim().toLowerCase() : inputs[id].value }));
    table.setState((old) => ({
      ...old, globalFilter: words.length ? words : undefined, columnFilters: set.filter((entry) => entry.value),
      pagination: { ...old.pagination, pageIndex: 0 },
    }));
  }

  /** Shows the people with these values in the filters, and goes there. */
  function show(values) {
    for (const [id, input] of Object.entries(inputs)) input.value = values[id] ?? "";
    if (values.provider) {  // names differ in more than case, the options' spelling is the first one met
      const option = [...inputs.provider.options].find((entry) => entry.value.toLowerCase() === values.provider.toLowerCase());
      inputs.provider.value = option ? option.value : "";
    }
    filter();
    byId("people").focus({ preventScroll: true });
    byId("people").scrollIntoView();
  }

  let waiting = 0;
  byId("filters").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => setTimeout(filter));
  byId("previous").addEventListener("click", () => table.previousPage());
  byId("next").addEventListener("click", () => table.nextPage());
  byId("size").addEventListener("change", (event) => table.setState((old) => ({
    ...old, pagination: { pageIndex: 0, pageSize: Number(event.target.value) },
  })));

  // On paper there are no pages to turn: all rows that the filters leave.
  let onScreen = null;
  addEventListener("beforeprint", () => {
    onScreen = state.pagination;
    table.setState((old) => ({ ...old, pagination: { pageIndex: 0, pageSize: Math.max(1, users.length) } }));
  });
  addEventListener("afterprint", () => {
    if (onScreen) table.setState((old) => ({ ...old, pagination: onScreen }));
    onScreen = null;
  });

  // ---- machines that did not answer, what was left out, the words
  const silent = data.machines.filter((machine) => machine.trouble);
  byId("silent").hidden = silent.length === 0;
  byId("silent-none").textContent = silent.length ? "" : "None: every machine answered.";
  byId("silent").tBodies[0].append(...silent.map((machine) =>
    make("tr", {}, make("th", { scope: "row" }, machine.name), make("td", {}, machine.trouble))));
  const cut = data.machines.flatMap((machine) => (machine.truncated || []).map((sentence) => `${machine.name}: ${sentence}`));
  byId("cut-section").hidden = cut.length === 0;
  byId("cut").append(...cut.map((line) => make("li", {}, line)));
  byId("words").append(...data.verdicts.flatMap((word) => [make("dt", {}, pill(word)), make("dd", {}, word.meaning)]));

  draw();
  document.documentElement.dataset.ready = (performance.now() - began).toFixed(1);
}());
