// Keys, copying, light and dark, and reasons that light up their evidence. Pages work without it.
"use strict";
(() => {
  const root = document.documentElement;

  function toggleTheme() {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  }

  async function copy(button) {
    const text = document.getElementById(button.dataset.copy).textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(document.getElementById(button.dataset.copy));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }

  function light(number) {
    for (const each of document.querySelectorAll("mark.lit")) each.classList.remove("lit");
    const places = document.querySelectorAll(`mark.r${CSS.escape(number)}`);
    for (const each of places) each.classList.add("lit");
    if (places.length) places[0].scrollIntoView({ block: "center" });
  }

  function move(step) {
    const links = [...document.querySelectorAll("[data-row]")].map((row) => row.querySelector("a")).filter(Boolean);
    if (!links.length) return;
    const row = document.activeElement.closest("[data-row]");
    const at = row ? links.indexOf(row.querySelector("a")) : -1;
    const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function help() {
    document.getElementById("help").showModal();
  }

  const places = { o: "/", d: "/detections", l: "/live", h: "/hosts", j: "/jobs", s: "/health", m: "/me" };
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    "/": () => document.getElementById("search").focus(),
    "?": help,
    t: () => document.getElementById("state")?.focus(),
    u: () => document.getElementById("up")?.click(),
  };
  let going = false;

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !document.getElementById("help")) return;
    if (event.target.closest("input, textarea, select, dialog")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (going && places[event.key]) {
      going = false;
      location.assign(places[event.key]);
      return;
    }
    going = !going && event.key === "g";
    const act = going ? null : keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  }

  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "theme") toggleTheme();
    else if (button.id === "keys") help();
    else if (button.dataset.copy) copy(button);
    else if (button.dataset.reason) light(button.dataset.reason);
    else if (button.name === "remove" && !confirm("Remove this user?")) event.preventDefault();
  });
})();
