// Finding a tool around the reader: the browser says where that is, once, when asked to.
(() => {
  const button = document.querySelector("[data-near-me]");
  const form = button?.form;
  if (!form || !navigator.geolocation) return button?.remove();

  function search({ coords }) {
    const { near, place } = form.elements;
    // Two digits are about a kilometre: enough to find tools, too little to find a home.
    near.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
    if (![...place.options].some((option) => option.value === "here")) {
      place.add(new Option(button.dataset.nearMe, "here"), 1);
    }
    place.value = "here";
    form.requestSubmit();
  }

  button.addEventListener("click", () => {
    const sorry = () => (button.querySelector("span").textContent = button.dataset.sorry);
    navigator.geolocation.getCurrentPosition(search, sorry, { maximumAge: 600000, timeout: 10000 });
  });
})();
