// What arrives, at the top of the table. Text is set as text; the browser goes on by itself where the connection broke off.
"use strict";
(() => {
  const MOST = 500;
  const table = document.getElementById("live");
  const model = document.getElementById("arrival").content.firstElementChild;
  const status = document.getElementById("status");
  const pause = document.getElementById("pause");
  const waiting = [];
  let arrived = 0;
  let paused = false;

  function row(sighting) {
    const made = model.cloneNode(true);
    const [time, level, host, interpreter, command] = made.children;
    const when = new Date(sighting.time * 1000).toISOString();
    time.firstElementChild.dateTime = when;
    time.firstElementChild.textContent = when.slice(0, 19).replace("T", " ");
    level.firstElementChild.classList.add(sighting.level);
    level.firstElementChild.textContent = `${sighting.level} ${sighting.score}`;
    host.textContent = sighting.host;
    interpreter.textContent = sighting.interpreter;
    const link = command.firstElementChild;
    link.href = `/detections/${encodeURIComponent(sighting.fingerprint)}?sighting=${encodeURIComponent(sighting.uid)}`;
    link.firstElementChild.textContent = sighting.command || sighting.title;
    return made;
  }

  function show(sighting) {
    table.prepend(row(sighting));
    while (table.children.length > MOST) table.lastElementChild.remove();
  }

  function take(event) {
    const sighting = JSON.parse(event.data);
    document.getElementById("arrived").textContent = ++arrived;
    if (!paused) show(sighting);
    else if (waiting.push(sighting) > MOST) waiting.shift();
  }

  const asked = new URLSearchParams({ q: table.dataset.query, from: table.dataset.from });
  const source = new EventSource(`/live/events?${asked}`);
  source.addEventListener("open", () => { status.textContent = "connected"; });
  source.addEventListener("error", () => { status.textContent = source.readyState === 2 ? "closed: load the page again" : "connecting again"; });
  source.addEventListener("sighting", take);
  source.addEventListener("ended", () => { source.close(); status.textContent = "ended: log in again"; });
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Go on" : "Pause";
    while (!paused && waiting.length) show(waiting.shift());
  });
})();
