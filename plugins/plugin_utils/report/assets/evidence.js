/* What a user's row opens to: how far Office gets along its chain, the evidence, notes, and the user's apps. */
const evidence = (function () {
  "use strict";
  const { make } = dom;

  const REGISTERED = new Map([
    ["machine", "yes"],
    ["user", "for this person only"],
    ["no", "no"],
  ]);
  const REPORTED = new Map([
    ["not_running", "not running"],
    ["starting", "starting"],
    ["running", "running"],
    ["unset", "nothing"],
    ["invalid", "an invalid value"],
  ]);
  const PROCESS = new Map([
    [true, "yes"],
    [false, "no"],
    [null, "unknown"],
  ]);

  function draw(user) {
    return [
      ...(user.verdict.kind === "unknown" ? [] : [make("h3", {}, "How far Office gets"), drawChain(user)]),
      drawDetails(user),
      ...(user.notes.length ? [make("h3", {}, "Also noticed"), drawNotes(user)] : []),
      ...(user.apps.length ? [drawApps(user)] : []),
    ];
  }

  function drawChain(user) {
    const broken = page.chain.findIndex((link) => link.id === user.link);
    const links = page.chain.map((link, n) => {
      const [className, state] = linkState(user, link, n, broken);
      return make("li", { className }, make("b", {}, state), link.label);
    });
    return make("ol", { className: "chain" }, ...links);
  }

  /** Returns the class and the state of a link: whether it holds, is the broken one, or comes after that. */
  function linkState(user, link, n, broken) {
    if (user.verdict.kind === "good") {
      return link.needsSignIn && !user.signedIn ? ["unknown later", "– not signed in"] : ["good", "✓ yes"];
    }
    if (n < broken) return ["good", "✓ yes"];
    if (n === broken) return [user.verdict.kind, user.verdict.kind === "wait" ? "… not yet" : "✕ no"];
    return ["unknown later", "– not reached"];
  }

  function drawDetails(user) {
    const lines = page.details.flatMap(({ label, isCode }, n) => {
      const content = user.details[n];
      return content ? [make("dt", {}, label), make("dd", {}, isCode ? make("code", {}, content) : content)] : [];
    });
    return make("dl", { className: "facts" }, ...lines);
  }

  function drawNotes(user) {
    const items = user.notes.map(([meaning, found, place]) =>
      make(
        "li",
        {},
        make("b", {}, meaning),
        found ? `: ${found}` : null,
        place ? make("div", {}, make("code", {}, place)) : null,
      ),
    );
    return make("ul", { className: "notes" }, ...items);
  }

  function drawApps(user) {
    const heads = ["App", "Installed", "Reports", "Process running"].map((head) => make("th", { scope: "col" }, head));
    const rows = user.apps.map(([app, registered, reported, process]) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, app),
        make("td", {}, REGISTERED.get(registered) ?? registered),
        make("td", {}, REPORTED.get(reported) ?? reported),
        make("td", {}, PROCESS.get(process)),
      ),
    );
    return make(
      "table",
      { className: "plain" },
      make("caption", { className: "unseen" }, `Apps of ${user.person}`),
      make("thead", {}, make("tr", {}, ...heads)),
      make("tbody", {}, ...rows),
    );
  }

  return { draw };
})();
