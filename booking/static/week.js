// The week of a tool: a short cut for mouse and pen, and the carousel of days on phones.
(() => {
  const STEP = 15;
  const days = document.querySelector("#days");
  const onPhone = matchMedia("(max-width: 47.99rem)");
  const clock = (minutes) =>
    [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");

  // Press on free time and drag to choose it; a plain click or Enter takes the times that the server offers.
  let drag = null;

  function minuteAt(y) {
    const share = (y - drag.top) / drag.height;
    const minute = drag.start + Math.round((share * drag.minutes) / STEP) * STEP;
    return Math.min(drag.start + drag.minutes, Math.max(drag.start, minute));
  }

  function paint() {
    const [from, to] = [Math.min(drag.anchor, drag.now), Math.max(drag.anchor, drag.now)];
    drag.box.style.insetBlockStart = `${((from - drag.start) / drag.minutes) * 100}%`;
    drag.box.style.blockSize = `${((to - from) / drag.minutes) * 100}%`;
    drag.box.textContent = `${clock(from)}–${clock(to)}`;
  }

  days.addEventListener("pointerdown", (event) => {
    const link = event.target.closest(".gap-link");
    if (!link || event.pointerType === "touch" || event.button || onPhone.matches) return;
    const { top, height } = link.getBoundingClientRect();
    drag = {
      link,
      top,
      height,
      start: Number(link.dataset.start),
      minutes: Number(link.dataset.minutes),
      box: null,
    };
    drag.anchor = minuteAt(event.clientY);
    drag.y = event.clientY;
    link.setPointerCapture(event.pointerId);
  });

  days.addEventListener("pointermove", (event) => {
    if (!drag || (!drag.box && Math.abs(event.clientY - drag.y) < 6)) return;
    if (!drag.box) {
      drag.box = Object.assign(document.createElement("div"), { className: "selection" });
      drag.link.parentElement.append(drag.box);
    }
    drag.now = minuteAt(event.clientY);
    paint();
  });

  // The click that follows opens the dialog, see app.js; it finds the chosen times on the link.
  days.addEventListener("pointerup", () => {
    if (drag?.box && drag.now !== drag.anchor) {
      const address = new URL(drag.link.href);
      address.searchParams.set("start", clock(Math.min(drag.anchor, drag.now)));
      address.searchParams.set("end", clock(Math.max(drag.anchor, drag.now)));
      drag.link.dataset.chosen = address;
    }
    stop();
  });
  days.addEventListener("pointercancel", stop);
  days.addEventListener("dragstart", (event) => event.preventDefault());

  function stop() {
    const box = drag?.box;
    setTimeout(() => box?.remove(), 250);
    drag = null;
  }

  // Phones: begin at the chosen day where the style sheet alone can't, and mark the day in view.
  const first = days.querySelector(".begin");
  if (first && onPhone.matches && !CSS.supports("scroll-initial-target", "nearest")) {
    days.scrollLeft = first.offsetLeft;
  }
  days.addEventListener("scrollend", () => {
    const shown = Math.round(Math.abs(days.scrollLeft) / days.clientWidth);
    document.querySelectorAll(".day-strip a").forEach((link, number) => {
      link.classList.toggle("in-view", number === shown);
    });
  });
})();
