// The page: which model, what is dropped, and the token where the server wants one.

import * as api from "/page/api.js";
import * as dropped from "/page/dropped.js";
import { byId, element, fill } from "/page/elements.js";
import * as facts from "/page/facts.js";
import { Queue } from "/page/queue.js";

let models = [];
let limits = null;
let wasAsked = false;

function problem(text) {
  byId("problem").textContent = text ?? "";
  byId("problem").hidden = !text;
}

/** Asks for the token, and goes on with what was under way. */
function askToken(error, onward) {
  const form = byId("token-form");
  problem(wasAsked ? "The server refuses this token." : null);
  wasAsked = true;
  form.hidden = false;
  byId("token").value = "";
  byId("token").focus();
  form.onsubmit = (event) => {
    event.preventDefault();
    api.setToken(byId("token").value.trim());
    byId("token").value = "";
    form.hidden = true;
    problem(null);
    onward();
  };
}

const queue = new Queue(askToken);

const chosen = () => models.find((model) => `${model.name}/${model.version}` === byId("model").value);

function showModel() {
  facts.show(byId("facts"), chosen());
  queue.drawExports();
}

async function start() {
  let answered;
  try {
    answered = await api.models();
  } catch (error) {
    if (error.code === "token") askToken(error, start);
    else problem(error.message);
    return;
  }
  ({ models, limits } = answered);
  fill(byId("others"), answered.others.map(({ name, message }) => element("p", { class: "hint" }, `${name}: ${message}`)));
  if (!models.length) {
    problem("No model that the page can ask is served. Export one with python -m zoo.export.");
    return;
  }
  fill(byId("model"), models.map(({ name, version }) => element("option", { value: `${name}/${version}` }, `${name}, version ${version}`)));
  byId("page").hidden = false;
  showModel();
}

function take(drops) {
  if (!chosen()) {
    problem("The models are not known yet: wait until they are shown, then drop the study again.");
    return;
  }
  problem(drops.length ? null : "There is no file in it. Choose the folder of a study, or its zip file.");
  for (const drop of drops) queue.add(chosen(), limits, drop);
}

function listen() {
  byId("model").addEventListener("change", showModel);
  for (const kind of ["folder", "files"]) {
    byId(`choose-${kind}`).addEventListener("click", () => byId(kind).click());
    byId(kind).addEventListener("change", ({ target }) => {
      take(dropped.ofFiles([...target.files]));
      target.value = ""; // the same files may be chosen again
    });
  }
  const place = byId("drop");
  document.addEventListener("dragover", (event) => {
    event.preventDefault(); // or the browser would open what is dropped
    place.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) place.classList.remove("over");
  });
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    place.classList.remove("over");
    try {
      take(await dropped.ofDrop(event.dataTransfer));
    } catch {
      problem("What was dropped can't be read by the browser. Choose it by the buttons.");
    }
  });
}

listen();
start();
