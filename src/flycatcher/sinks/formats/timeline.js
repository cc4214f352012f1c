"use strict";
(function () {
  const all = JSON.parse(document.getElementById("records").textContent);
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const records = all.filter((each) => !("notice" in each));
  const notices = all.filter((each) => "notice" in each);
  const levels = ["critical", "high", "medium", "low", "none"];
  const page = document.getElementById("page");
  const wanted = { level: "", host: "", user: "", interpreter: "", text: "", from: null, to: null };
  const STEP = 200, BARS = 60;
  let shown = STEP;

  function make(name, className, text) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }
  function times(list) {
    return list.map((each) => Date.parse(each.time)).filter((time) => !Number.isNaN(time));
  }
  const known = times(records);
  const first = known.reduce((a, b) => Math.min(a, b), Infinity);
  const last = known.reduce((a, b) => Math.max(a, b), -Infinity);
  const width = Math.max(1, (last - first) / BARS);

  function fits(each) {
    for (const name of ["host", "user", "interpreter"]) {
      if (wanted[name] && each[name] !== wanted[name]) return false;
    }
    if (wanted.level && levels.indexOf(each.level) > levels.indexOf(wanted.level)) return false;
    if (wanted.from !== null) {
      const time = Date.parse(each.time);
      if (Number.isNaN(time) || time < wanted.from || time > wanted.to) return false;
    }
    return !wanted.text || (each.text + " " + each.argv + " " + each.id).toLowerCase().includes(wanted.text);
  }
  function choice(name, label, values) {
    const box = make("label", "", label + " ");
    const select = make("select");
    select.append(new Option("all", ""));
    for (const value of values) select.append(new Option(value, value));
    select.addEventListener("change", () => { wanted[name] = select.value; shown = STEP; draw(); });
    box.append(select);
    return box;
  }
  function distinct(name) {
    return [...new Set(records.map((each) => each[name]).filter(Boolean))].sort().slice(0, 500);
  }
  function histogram(list) {
    const chart = make("div", "chart");
    if (!known.length) return chart;
    const bars = Array.from({ length: BARS }, () => ({ count: 0, worst: levels.length - 1 }));
    for (const each of list) {
      const time = Date.parse(each.time);
      if (Number.isNaN(time)) continue;
      const bar = bars[Math.min(BARS - 1, Math.floor((time - first) / width))];
      bar.count += 1;
      bar.worst = Math.min(bar.worst, levels.indexOf(each.level));
    }
    const most = Math.max(1, ...bars.map((bar) => bar.count));
    bars.forEach((bar, at) => {
      const button = make("button", "bar " + levels[bar.worst]);
      const from = first + at * width;
      button.title = bar.count + " from " + new Date(from).toISOString();
      const fill = make("progress");
      fill.max = most;
      fill.value = bar.count;
      button.append(fill);
      button.addEventListener("click", () => {
        const same = wanted.from === from;
        wanted.from = same ? null : from;
        wanted.to = same ? null : from + width;
        shown = STEP;
        draw();
      });
      chart.append(button);
    });
    return chart;
  }
  function field(list, name, value) {
    if (!value) return;
    list.append(make("dt", "", name), make("dd", "", String(value)));
  }
  function entry(each) {
    const box = make("details", "entry " + each.level);
    const head = make("summary");
    head.append(
      make("time", "", each.time || "no time"), make("b", each.level, each.level),
      make("span", "who", [each.host, each.user].filter(Boolean).join(" ")),
      make("span", "how", [each.interpreter, each.vector, each.option].filter(Boolean).join(" ")),
      make("code", "", each.text.split("\n")[0].slice(0, 200)));
    box.append(head);
    box.addEventListener("toggle", () => {
      if (box.childElementCount > 1) return;
      const facts = make("dl");
      field(facts, "command", each.argv);
      field(facts, "program", each.exe);
      field(facts, "folder", each.cwd);
      field(facts, "login", each.login);
      field(facts, "certainty", each.certainty);
      field(facts, "happened", each.happened);
      field(facts, "score", each.score);
      field(facts, "techniques", each.techniques);
      field(facts, "log", each.log ? each.log + ":" + (each.line || "") : "");
      field(facts, "notes", each.notes);
      field(facts, "id", each.id);
      const tree = make("ol", "ancestors");
      for (const above of [...each.ancestors].reverse()) tree.append(make("li", "", above));
      const why = make("ul");
      for (const reason of each.reasons) why.append(make("li", "", reason));
      box.append(facts, make("pre", "", each.text), why, tree);
    });
    return box;
  }
  const bar = make("div", "filters");
  const search = make("input");
  search.type = "search";
  search.placeholder = "text, command or id";
  search.addEventListener("input", () => { wanted.text = search.value.toLowerCase(); shown = STEP; draw(); });
  bar.append(
    choice("level", "at least", levels.slice(0, -1)), choice("host", "host", distinct("host")), choice("user", "user", distinct("user")),
    choice("interpreter", "interpreter", distinct("interpreter")), search);
  const body = make("div");
  function draw() {
    const list = records.filter(fits).sort((a, b) => (a.time || "").localeCompare(b.time || ""));
    const rows = list.slice(0, shown).map(entry);
    body.replaceChildren(make("p", "count", list.length + " of " + records.length + " detections"), histogram(records.filter(fits)), ...rows);
    if (list.length > shown) {
      const more = make("button", "more", "show more");
      more.addEventListener("click", () => { shown += STEP; draw(); });
      body.append(more);
    }
  }
  page.append(make("h1", "", "Code on the fly"));
  const told = Object.entries(figures).filter(([, value]) => typeof value === "number").map(([name, value]) => name + " " + value);
  page.append(make("p", "figures", told.join(", ")), bar, body);
  if (notices.length) {
    const lost = make("details", "lost");
    lost.append(make("summary", "", notices.length + " notices: what the logs have lost"));
    for (const each of notices.slice(0, 1000)) lost.append(make("p", "", [each.since, each.time, each.notice].filter(Boolean).join(" ")));
    page.append(lost);
  }
  draw();
})();
