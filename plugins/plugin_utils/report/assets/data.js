/* The page's data, with users as objects. page_data.py makes it. */
const page = (function () {
  "use strict";
  const data = JSON.parse(dom.byId("data").textContent);

  const verdicts = new Map(data.verdicts.map((verdict, rank) => [verdict.id, { ...verdict, rank }]));

  function decode(value) {
    if (Array.isArray(value)) return value.map(decode);
    return typeof value === "number" ? data.strings[value] : value;
  }

  const users = data.users.map((row, id) => {
    const user = { id };
    data.userFields.forEach((name, n) => {
      user[name] = decode(row[n]);
    });
    user.verdict = verdicts.get(user.verdict);
    const texts = [user.person, user.machine, user.appLabel, user.verdict.label, user.summary];
    user.haystack = [...texts, ...user.searchable, ...user.notes.flat()].filter(Boolean).join("\n").toLowerCase();
    return user;
  });

  return { ...data, users };
})();
