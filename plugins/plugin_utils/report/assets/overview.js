/* Everything but the table of people: the head, charts, advice, machines that did not answer, and the legend. */
(function () {
  "use strict";
  const { byId, make, number, counted, pill } = dom;
  const SHOWN_APPS = 9;
  const SHOWN_ADVICE = 5;
  const total = page.totals;

  function drawHead() {
    const generated = new Date(page.generated).toLocaleString("en", { dateStyle: "long", timeStyle: "short" });
    document.title = page.title;
    byId("title").textContent = page.title;
    byId("made").replaceChildren(
      `${counted(total.machines, "machine")}, ${dom.people(total.users)}, as of `,
      make("time", { dateTime: page.generated }, generated),
    );
    byId("lead").textContent = lead();
  }

  function lead() {
    if (total.users === 0) return "No user could be checked.";
    const verb = total.broken === 1 ? "shows" : "show";
    if (total.broken > 0) return `${number(total.broken)} of ${dom.people(total.users)} ${verb} no presence in Office.`;
    return `No problem was found: presence works for ${number(total.good)} of ${dom.people(total.users)}.`;
  }

  function drawTotals() {
    const silent = total.unanswered === 1 ? "machine did not answer" : "machines did not answer";
    const cards = [
      ["good", total.good, "fine: presence works, or will at the next sign-in"],
      ["bad", total.broken, total.broken === 1 ? "shows no presence" : "show no presence"],
      ["wait", total.starting, "starting"],
      ["unknown", total.unknown, "unknown"],
      [total.unanswered ? "bad" : "neutral", total.unanswered, silent],
    ];
    const items = cards.map(([className, count, label]) =>
      make("li", { className }, make("strong", {}, number(count)), make("span", {}, label)),
    );
    byId("totals").append(...items);
  }

  const percent = new Intl.NumberFormat("en", { style: "percent" });

  function share(count) {
    if (count > 0 && count < total.users / 200) return "< 1%";
    return percent.format(total.users ? count / total.users : 0);
  }

  /** Fills a table that Charts.css draws as bars. It takes the roles of a table away, so they are set again. */
  function drawChart(table, caption, header, entries) {
    const most = Math.max(1, ...entries.map((entry) => entry.count));
    const rows = entries.map((entry) => {
      const text = `${number(entry.count)} (${share(entry.count)})`;
      const bar = make("td", { role: "cell", className: entry.kind }, make("span", { className: "data" }, text));
      bar.style.setProperty("--share", String(entry.count / most));
      return make("tr", { role: "row" }, make("th", { scope: "row", role: "rowheader" }, chartLabel(entry)), bar);
    });
    const heads = [header, "People"].map((head) => make("th", { scope: "col", role: "columnheader" }, head));
    table.className = "charts-css bar show-labels data-spacing-2";
    table.setAttribute("role", "table");
    table.replaceChildren(
      make("caption", {}, caption),
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads)),
      make("tbody", { role: "rowgroup" }, ...rows),
    );
  }

  function chartLabel({ label, title, filter }) {
    if (!filter) return make("span", {}, label);
    const button = make("button", { type: "button", className: "link", title: title ?? label }, label);
    button.addEventListener("click", () => people.show(filter));
    return button;
  }

  const sum = (entries, name) => entries.reduce((result, entry) => result + entry[name], 0);

  function drawCharts() {
    const verdicts = page.verdicts
      .filter((verdict) => verdict.count)
      .map(({ id, label, kind, count }) => ({ label, kind, count, filter: { verdict: id } }));
    drawChart(byId("verdicts"), "People by result", "Result", verdicts);

    const apps = page.defaults.map(({ app, label, title, count }) =>
      app
        ? { label, title, count, kind: "neutral", filter: { provider: app } }
        : { label: "None", count, kind: "unknown", filter: { provider: app } },
    );
    if (apps.length > SHOWN_APPS + 1) {
      const rest = apps.splice(SHOWN_APPS);
      apps.push({ label: `${rest.length} other apps`, count: sum(rest, "count"), kind: "unknown" });
    }
    drawChart(byId("defaults"), "People by default app", "Default app", apps);
  }

  function drawPlay(label, play) {
    return make("pre", { tabIndex: 0, role: "region", "aria-label": label }, make("code", {}, play));
  }

  function drawAdvice(advice) {
    const label = advice.users === 1 ? "Show this person" : `Show these ${dom.people(advice.users)}`;
    const button = make("button", { type: "button", className: "show" }, label);
    button.addEventListener("click", () => people.show({ verdict: advice.verdict, provider: advice.app }));
    const hosts = advice.hosts.flatMap((host, n) => [n ? ", " : "", make("span", { className: "host" }, host)]);
    const more = advice.hostCount - advice.hosts.length;
    const machines = make("strong", {}, `On ${counted(advice.hostCount, "machine")}: `);
    const content = make(
      "div",
      {},
      make("h3", {}, advice.title, make("span", { className: "count" }, dom.people(advice.users))),
      make("p", {}, advice.why),
      make("p", {}, machines, ...hosts, more > 0 ? ` and ${number(more)} more` : null),
      make("p", {}, make("strong", {}, "What to do: "), advice.fix),
      drawPlay(`Play for: ${advice.title}`, advice.play),
      ...(advice.otherPlay
        ? [
            make("p", {}, make("strong", {}, "Or: "), advice.otherFix),
            drawPlay(`Another play for: ${advice.title}`, advice.otherPlay),
          ]
        : []),
      button,
    );
    return make("li", {}, content);
  }

  function drawFirst() {
    byId("first").append(...page.first.slice(0, SHOWN_ADVICE).map(drawAdvice));
    const rest = page.first.slice(SHOWN_ADVICE);
    if (page.first.length === 0) byId("first-more").textContent = "Nothing: no problem was found.";
    if (rest.length > 0) {
      const groups = `${counted(rest.length, "smaller group")} with ${dom.people(sum(rest, "users"))}`;
      byId("first-more").textContent =
        `There ${rest.length === 1 ? "is" : "are"} ${groups}. Filter the table by result.`;
    }
  }

  function drawSilentMachines() {
    const silent = page.machines.filter((machine) => machine.noAnswer);
    const rows = silent.map((machine) =>
      make("tr", {}, make("th", { scope: "row" }, machine.name), make("td", {}, machine.noAnswer)),
    );
    byId("silent").hidden = silent.length === 0;
    byId("silent-none").textContent = silent.length ? "" : "None: every machine answered.";
    byId("silent").tBodies[0].append(...rows);
  }

  function drawTruncated() {
    const lines = page.machines.flatMap(({ name, truncated }) => truncated.map((sentence) => `${name}: ${sentence}`));
    byId("cut-section").hidden = lines.length === 0;
    byId("cut").append(...lines.map((line) => make("li", {}, line)));
  }

  function drawLegend() {
    const entries = page.verdicts.flatMap((verdict) => [
      make("dt", {}, pill(verdict)),
      make("dd", {}, verdict.meaning),
    ]);
    byId("words").append(...entries);
  }

  drawHead();
  drawTotals();
  drawCharts();
  drawFirst();
  drawSilentMachines();
  drawTruncated();
  drawLegend();
  document.documentElement.dataset.ready = (performance.now() - dom.began).toFixed(1);
})();
