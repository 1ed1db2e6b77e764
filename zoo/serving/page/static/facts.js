// What a model says of itself: what it is for, whom it saw, how good it was.

import { element, fill, shown } from "/page/elements.js";

const METRICS = {
  auc: "AUC", accuracy: "accuracy", balanced_accuracy: "balanced accuracy", kappa: "kappa",
  log_loss: "log loss", brier: "Brier score", macro_auc: "mean AUC", mcc: "MCC",
};
const KINDS = { prob: "probabilities of", pred: "numbers for" };

const INTERVAL = "The interval says how far the figure may be off, since few patients were judged; it says nothing of a single answer.";

const plain = (word) => METRICS[word] ?? word.replaceAll("_", " ");

function list(items) {
  return element("ul", {}, items.map((item) => element("li", {}, item)));
}

const sequences = (model) => model.sequences.map(({ name, required }) => (required ? name : `${name} (may be missing)`));

function takes(model) {
  const lines = sequences(model);
  if (model.mask) lines.push("a mask of the region of interest (NIfTI)");
  if (model.covariates.length) {
    lines.push(`if known: ${model.covariates.map(({ name }) => name).join(", ")}`);
  }
  return [element("h3", {}, model.unit === "series" ? "Takes series one by one" : "Takes studies with"), list(lines)];
}

function says(model) {
  return [
    element("h3", {}, "Answers with"),
    list(model.targets.map(({ name, shown: what, names }) => `${name ? `${name}: ` : ""}${KINDS[what] ?? what} ${names.join(", ")}`)),
  ];
}

function trained(model) {
  const { members = [] } = model.model;
  const counts = (member) => {
    const on = member.trained_on;
    if (!on) return "how many patients it learned from is not in the export";
    const classes = Object.entries(on.classes ?? {}).map(([name, count]) => `${name} ${count}`);
    return `trained on ${on.patients} patients, ${on.samples} samples${classes.length ? ` (${classes.join(", ")})` : ""}`;
  };
  const lines = members.map((member) => `${member.architecture}: ${counts(member)}`);
  const distinct = [...new Set(lines)];
  const start = members.length > 1 ? `${members.length} networks answer together` : "One network";
  return [element("h3", {}, "Was trained"), element("p", {}, start), list(distinct)];
}

function figureTable(rows, title) {
  const { confidence } = rows[0];
  const cells = rows.map(({ metric, value, low, high }) => element(
    "tr", {}, element("th", { scope: "row" }, plain(metric)), element("td", {}, shown(value)),
    element("td", {}, low === null ? "none" : `${shown(low)} to ${shown(high)}`),
  ));
  return element(
    "table", {}, element("caption", {}, title),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Metric"), element("th", { scope: "col" }, "Value"),
      element("th", { scope: "col" }, `${Math.round(100 * confidence)} % interval`))),
    element("tbody", {}, cells),
  );
}

function good(model) {
  const { figures } = model;
  const heading = element("h3", {}, "How good it was");
  if (!figures.length) {
    return [heading, element("p", { class: "problem" }, "Nobody has judged this model, or its export does not say: nothing is known of how good it is.")];
  }
  const groups = new Map();
  for (const row of figures) {
    const key = JSON.stringify([row.of, row.target, row.split]);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  const tables = [...groups.values()].map((rows) => {
    const { of, target, split, by, patients, samples } = rows[0];
    const whom = `${split} split: ${patients} patients, ${samples} samples, by ${by}`;
    return figureTable(rows, `${target ? `${target}, ` : ""}${whom}; ${of}`);
  });
  const last = tables.pop(); // the last split is the test split, where there is one
  return [heading, last, element("p", { class: "hint" }, INTERVAL), tables.length ? element("details", {}, element("summary", {}, "Other splits and targets"), tables) : null];
}

function limits(model) {
  const lines = [
    "diagnosis, treatment or triage of a patient: it is research software, no medical device",
    "patients, scanners, sequences or diseases other than those it was trained and judged on: its figures say nothing of them",
    "a question other than the one above: it names one of its answers whatever it is shown",
  ];
  if (model.model.last_stage?.reject) lines[2] = "a question other than the one above, though it may say that a study is unknown to it";
  return [element("h3", {}, "Must not be used for"), list(lines)];
}

/** Shows the facts of a model in an element. */
export function show(parent, model) {
  const { task } = model;
  fill(
    parent,
    element("p", {}, element("strong", {}, task.name), task.description ? `: ${task.description}` : ""),
    element("p", {}, model.unit === "series" ? "Takes series one by one." : `A study needs: ${sequences(model).join(", ")}${model.mask ? ", a mask (NIfTI)" : ""}.`),
    element("p", { class: "hint" }, `Version ${model.version}; ${model.model.use}.`),
    element("details", {}, element("summary", {}, "What it is for, and how good"),
      takes(model), says(model), trained(model), good(model), limits(model)),
  );
}
