// Adds a button to every password field that shows what was typed. Without
// this script the fields work as they are.
"use strict";
for (const input of document.querySelectorAll("input[type=password]")) {
  const button = document.createElement("button");
  const label = document.querySelector(`label[for="${input.id}"]`);
  const name = label ? label.textContent.trim().toLowerCase() : "password";
  const set = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide" : "Show";
    button.setAttribute("aria-label", `${shown ? "Hide" : "Show"} ${name}`);
  };
  button.type = "button";
  button.className = "reveal";
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    set(input.type === "password");
    input.focus();
  });
  // Sent as a password, so that the browser offers to keep it as one.
  input.form?.addEventListener("submit", () => set(false));
  set(false);
  input.after(button);
  input.parentElement.classList.add("revealable");
}
