/* The table of people and its filters. TanStack Table sorts, filters and pages; this draws it. */
const people = (function () {
  "use strict";
  const { byId, make, number, counted, pill } = dom;
  const NO_APP = "\n"; // stands for "none" among the filter's apps: no name has a line break, they are escaped
  const TYPING_PAUSE = 80; // ms
  const LONGEST_OPTION = 60;

  const compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
  const byText = (a, b, id) => compare(a.getValue(id), b.getValue(id));
  const byRank = (a, b) => a.original.verdict.rank - b.original.verdict.rank;

  function isApp(row, _id, value) {
    const { app } = row.original;
    return value === NO_APP ? app === "" : (app || "").toLowerCase() === value.toLowerCase();
  }

  const noteCount = ({ notes }) => (notes.length ? ` (${counted(notes.length, "note")})` : null);

  // The table's columns from left to right; people.css knows them by id.
  const COLUMNS = [
    {
      id: "person",
      header: "Person",
      value: (user) => user.person,
      draw: (user) => make("th", { scope: "row" }, user.person),
    },
    {
      id: "machine",
      header: "Machine",
      value: (user) => user.machine,
      draw: (user) => make("td", {}, make("span", { className: "host" }, user.machine)),
      filter: (row, id, value) => row.getValue(id).toLowerCase().includes(value),
    },
    {
      id: "provider",
      header: "Default app",
      value: (user) => user.appLabel,
      draw: (user) => make("td", {}, user.appLabel),
      filter: isApp,
    },
    {
      id: "verdict",
      header: "Result",
      value: (user) => user.verdict.label,
      draw: (user) => make("td", {}, pill(user.verdict)),
      filter: (row, _id, value) => row.original.verdict.id === value,
      sort: byRank,
    },
    {
      id: "summary",
      header: "Why",
      value: (user) => user.summary,
      draw: (user) => make("td", { className: "why" }, user.summary, noteCount(user)),
    },
  ];
  const WIDTH = COLUMNS.length + 1; // with the button that opens a row

  const open = new Set();
  let state = { sorting: [], columnFilters: [], globalFilter: "", pagination: { pageIndex: 0, pageSize: 50 } };
  const { createTable, getCoreRowModel, getFilteredRowModel, getSortedRowModel, getPaginationRowModel } =
    globalThis.TableCore;
  const table = createTable({
    data: page.users,
    columns: COLUMNS.map((column) => ({
      id: column.id,
      header: column.header,
      accessorFn: column.value,
      filterFn: column.filter ?? "includesString",
      sortingFn: column.sort ?? byText,
      sortDescFirst: false,
      enableGlobalFilter: column.id === COLUMNS[0].id, // the search looks at all columns, so once is enough
    })),
    state: {},
    renderFallbackValue: null,
    getRowId: (user) => String(user.id),
    globalFilterFn: (row, _id, value) => value.every((word) => row.original.haystack.includes(word)),
    onStateChange: (update) => {
      state = typeof update === "function" ? update(state) : update;
      table.setOptions((options) => ({ ...options, state }));
      draw();
    },
    autoResetPageIndex: false,
    getCoreRowModel: getCoreRowModel(),
    getFilteredRowModel: getFilteredRowModel(),
    getSortedRowModel: getSortedRowModel(),
    getPaginationRowModel: getPaginationRowModel(),
  });
  state = { ...table.initialState, ...state };
  table.setOptions((options) => ({ ...options, state }));

  const heads = COLUMNS.map(({ id, header }) => {
    const button = make("button", { type: "button" }, header);
    button.addEventListener("click", () => table.getColumn(id).toggleSorting());
    return make("th", { scope: "col", "data-column": id }, button);
  });
  const opener = make("th", { scope: "col", "data-column": "open" }, make("span", { className: "unseen" }, "Details"));
  byId("heads").append(opener, ...heads);

  function draw() {
    for (const head of heads) {
      const sorted = table.getColumn(head.dataset.column).getIsSorted();
      if (sorted) head.setAttribute("aria-sort", sorted === "asc" ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
    const { pageIndex, pageSize } = state.pagination;
    const count = table.getFilteredRowModel().rows.length;
    const pageCount = Math.max(1, Math.ceil(count / pageSize));
    const everyone = page.users.length;
    byId("rows").replaceChildren(...table.getRowModel().rows.flatMap((row) => drawUser(row.original)));
    if (count === 0) {
      const text = everyone ? "Nobody matches these filters." : "No people.";
      byId("rows").append(make("tr", {}, make("td", { colSpan: WIDTH }, text)));
    }
    const rows = counted(count, "row");
    byId("status").textContent = count === everyone ? `${rows}.` : `${rows} of ${number(everyone)} match.`;
    byId("page").textContent = `Page ${number(pageIndex + 1)} of ${number(pageCount)}`;
    byId("previous").disabled = pageIndex === 0;
    byId("next").disabled = pageIndex + 1 >= pageCount;
  }

  function drawUser(user) {
    const id = `detail-${user.id}`;
    const button = make("button", {
      type: "button",
      className: "open",
      "aria-expanded": String(open.has(user.id)),
      "aria-controls": id,
      "aria-label": `Details of ${user.person} on ${user.machine}`,
    });
    const row = make(
      "tr",
      { className: "user" },
      make("td", {}, button),
      ...COLUMNS.map((column) => column.draw(user)),
    );
    const drawDetail = () =>
      make("tr", { className: "detail", id }, make("td", { colSpan: WIDTH }, ...evidence.draw(user)));
    button.addEventListener("click", () => {
      if (open.delete(user.id)) {
        byId(id).remove();
      } else {
        open.add(user.id);
        row.after(drawDetail());
      }
      button.setAttribute("aria-expanded", String(open.has(user.id)));
    });
    return open.has(user.id) ? [row, drawDetail()] : [row];
  }

  // ---- the filters: their inputs have the ids of the columns
  const search = byId("search");
  const inputs = ["machine", "provider", "verdict"].map(byId);
  const isText = (input) => input instanceof HTMLInputElement;

  function fillFilters() {
    const option = (value, label = value) => make("option", { value }, label);
    const short = (label) => (label.length > LONGEST_OPTION ? `${label.slice(0, LONGEST_OPTION)}…` : label);
    const apps = new Map(); // names that differ in case only are one app
    for (const user of [...page.users].reverse()) if (user.app) apps.set(user.app.toLowerCase(), user);
    const sorted = [...apps.values()].sort((a, b) => compare(a.app, b.app));
    const used = new Set(page.users.map((user) => user.verdict.id));
    byId("machine-names").append(...page.machines.map((machine) => option(machine.name)));
    byId("provider").append(...sorted.map((user) => option(user.app, short(user.appLabel))));
    if (page.users.some((user) => user.app === "")) byId("provider").append(option(NO_APP, "none"));
    const verdicts = page.verdicts.filter((verdict) => used.has(verdict.id));
    byId("verdict").append(...verdicts.map((verdict) => option(verdict.id, verdict.label)));
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const filters = inputs.map((input) => ({
      id: input.id,
      value: isText(input) ? input.value.trim().toLowerCase() : input.value,
    }));
    table.setState((old) => ({
      ...old,
      globalFilter: words.length ? words : undefined,
      columnFilters: filters.filter((entry) => entry.value),
      pagination: { ...old.pagination, pageIndex: 0 },
    }));
  }

  /** Filters by these values alone, by the ids of their columns, and moves to the table. An empty provider is none. */
  function show(values) {
    search.value = "";
    for (const input of inputs) input.value = values[input.id] ?? "";
    if ("provider" in values) byId("provider").value = spelling(values.provider || NO_APP);
    filter();
    byId("people").focus({ preventScroll: true });
    byId("people").scrollIntoView();
  }

  /** Returns the filter's spelling of an app: the first of those that differ in case only. */
  function spelling(app) {
    const option = [...byId("provider").options].find((entry) => entry.value.toLowerCase() === app.toLowerCase());
    return option ? option.value : "";
  }

  let timer = 0;
  byId("filters").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(filter, TYPING_PAUSE);
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => setTimeout(filter));

  // ---- pages; paper has none, so it gets all rows that match
  byId("previous").addEventListener("click", () => table.previousPage());
  byId("next").addEventListener("click", () => table.nextPage());
  const setPagination = (pagination) => table.setState((old) => ({ ...old, pagination }));
  byId("size").addEventListener("change", (event) =>
    setPagination({ pageIndex: 0, pageSize: Number(event.target.value) }),
  );
  let onScreen = null;
  addEventListener("beforeprint", () => {
    onScreen = state.pagination;
    setPagination({ pageIndex: 0, pageSize: Math.max(1, page.users.length) });
  });
  addEventListener("afterprint", () => {
    if (onScreen) setPagination(onScreen);
    onScreen = null;
  });

  fillFilters();
  draw();
  return { show };
})();
