// Enhancement only: every action here also works as a plain link or form.
const root = document.documentElement;
const find = (selector, within = document) => within.querySelector(selector);
const closest = (event, selector) => event.target.closest?.(selector);

// 1. Links with data-modal open their form in a dialog; focus goes into it and comes back to the link.
let opener = null;

function openInDialog(link, address) {
  opener = link.isConnected && !link.closest("dialog") ? link : opener;
  htmx.ajax("GET", address, { target: "#modal", swap: "innerHTML" });
}

addEventListener("click", (event) => {
  const link = closest(event, "a[data-modal]");
  const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button;
  if (!link || elsewhere || !window.htmx) return;
  event.preventDefault();
  openInDialog(link, link.dataset.chosen || link.href);
  delete link.dataset.chosen;
});

// An answer that is no dialog (a sign-in page, a page of its own, a fault) is shown as the page that it is.
addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, pathInfo, requestConfig } = event.detail;
  if (target.id !== "modal" || xhr.responseText.includes("<modal-host")) return;
  event.detail.shouldSwap = false;
  if (requestConfig.verb === "get") location.assign(xhr.responseURL || pathInfo.requestPath);
  else if (xhr.responseURL && xhr.status < 400) location.assign(xhr.responseURL);
});

customElements.define(
  "modal-host",
  class extends HTMLElement {
    connectedCallback() {
      const dialog = find("dialog", this);
      queueMicrotask(() => {
        dialog.showModal();
        const first =
          "[data-focus], [autofocus], .dialog-body :is(input, select, textarea):not([type=hidden])";
        const places = [...dialog.querySelectorAll(first)];
        (places.find((place) => place.matches("[data-focus]")) || places[0])?.focus();
      });
      dialog.addEventListener("close", () => this.remove());
      dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    }

    disconnectedCallback() {
      if (!find("modal-host")) opener?.focus();
    }
  },
);

// 2. Toasts stay while they are hovered or hold the focus, else for eight seconds.
customElements.define(
  "toast-note",
  class extends HTMLElement {
    connectedCallback() {
      if (this.timer) return;
      const start = () => (this.timer = setTimeout(() => this.remove(), 8000));
      const pause = () => clearTimeout(this.timer);
      this.addEventListener("pointerenter", pause);
      this.addEventListener("focusin", pause);
      this.addEventListener("pointerleave", start);
      this.addEventListener("focusout", start);
      start();
    }
  },
);

// A live region speaks only about what is added to it: toasts that came with the page are put in once more.
const toasts = find("#toasts");
setTimeout(() => toasts?.replaceChildren(...toasts.childNodes), 300);

// 3. The reader's own clock, only when it differs from that of the space.
function offset(zone, moment) {
  const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
  return format.formatToParts(moment).find((part) => part.type === "timeZoneName").value;
}

customElements.define(
  "your-time",
  class extends HTMLElement {
    connectedCallback() {
      const [start, end] = [new Date(this.dataset.start), new Date(this.dataset.end)];
      const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
      if (offset(this.dataset.zone, start) === offset(own, start)) return;
      const shape = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
      const said = new Intl.DateTimeFormat(root.lang, shape).formatRange(start, end);
      this.textContent = this.dataset.say.replace("{time}", said);
    }
  },
);

// 4. Light or dark at once; the server remembers it for the next page.
addEventListener("submit", (event) => {
  const form = closest(event, "[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const theme = event.submitter.value;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  form.querySelectorAll("button").forEach((button) => {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  });
  form.hidePopover?.();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  fetch(form.action, { method: "POST", body, redirect: "manual" });
});

// 5. Copy buttons; forms and fields that answer to a change.
addEventListener("click", async (event) => {
  const button = closest(event, "[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  (find("span", button) || button).textContent = button.dataset.done;
});

addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// A newcomer's time zone is her device's, unless she chooses another.
const zones = find("select[data-own-zone]");
const deviceZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zones && [...zones.options].some((option) => option.value === deviceZone)) zones.value = deviceZone;

// An end never stays before a start that was moved later.
addEventListener("change", ({ target }) => {
  const end = target.name === "start" && target.form?.elements.end;
  if (!end || target.form.elements.end_date || target.value < end.value) return;
  const later = [...end.options].find((option) => option.value > target.value);
  if (later) end.value = later.value;
}, true);
