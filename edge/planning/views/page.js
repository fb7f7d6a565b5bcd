// Zoom, search and selection; the page is whole without it.
(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const sheet = one(".sheet");
  const scroll = one(".scroll");
  const find = one("#find");
  const days = Number(sheet.dataset.days);
  const bars = all(".bars g[data-order]");
  const labels = all(".tools + .gantt .b");

  // What there is room for at this zoom.
  function fit() {
    const wide = sheet.clientWidth;
    const day = wide / days;
    sheet.classList.toggle("z2", day >= 150);
    sheet.classList.toggle("z3", day >= 700);
    for (const label of labels) {
      const needed = 6.3 * label.textContent.length + 4;
      label.classList.toggle("small", (label.dataset.w * wide) / 100 < needed);
    }
    for (const name of all(".tools + .gantt .d")) {
      const size = day >= 75 ? "long" : day >= 42 ? "middle" : "short";
      name.textContent = name.dataset[size];
    }
  }

  // `at`: the pixel that stays where it is.
  function zoom(to, at = scroll.clientWidth / 2) {
    const share = (scroll.scrollLeft + at) / sheet.clientWidth;
    const wide = Math.min(to, days * 24 * 400);
    sheet.style.width = wide <= scroll.clientWidth ? "100%" : `${wide}px`;
    scroll.scrollLeft = share * sheet.clientWidth - at;
    fit();
  }

  function search(text) {
    const wanted = text.trim().toLowerCase();
    sheet.classList.toggle("search", wanted !== "");
    let first = null;
    for (const part of [...bars, ...labels]) {
      const hit = wanted !== "" && part.dataset.find.includes(wanted);
      part.classList.toggle("hit", hit);
      if (hit && first === null) first = part;
    }
    if (first === null) return;
    const place = first.getBoundingClientRect();
    const shown = scroll.getBoundingClientRect();
    if (place.left < shown.left || place.left > shown.right) {
      scroll.scrollLeft += place.left - shown.left - shown.width / 3;
    }
  }

  function pick(order) {
    find.value = order;
    search(order);
  }

  for (const bar of bars) {
    bar.dataset.find = `${bar.dataset.name} ${bar.querySelector("title").textContent}`.toLowerCase();
    bar.addEventListener("click", () => pick(bar.dataset.order));
  }
  for (const label of labels) label.dataset.find = label.dataset.find.toLowerCase();
  for (const row of all("tr.pick")) {
    row.addEventListener("click", () => {
      pick(row.dataset.order);
      scrollTo({ top: 0, behavior: "smooth" });
    });
  }
  one("#fit").addEventListener("click", () => zoom(0));
  one("#day").addEventListener("click", () => zoom((days * scroll.clientWidth) / 3));
  one("#hour").addEventListener("click", () => zoom(days * scroll.clientWidth));
  one("#in").addEventListener("click", () => zoom(sheet.clientWidth * 1.6));
  one("#out").addEventListener("click", () => zoom(sheet.clientWidth / 1.6));
  scroll.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const at = event.clientX - scroll.getBoundingClientRect().left;
      zoom(sheet.clientWidth * (event.deltaY < 0 ? 1.2 : 1 / 1.2), at);
    },
    { passive: false },
  );
  find.addEventListener("input", () => search(find.value));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") pick("");
    if (event.target === find) return;
    if (event.key === "+") zoom(sheet.clientWidth * 1.6);
    if (event.key === "-") zoom(sheet.clientWidth / 1.6);
    if (event.key === "0") zoom(0);
  });
  addEventListener("resize", fit);
  fit();
})();
