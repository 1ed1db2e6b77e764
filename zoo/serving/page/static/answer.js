// The answer to one study: class, numbers with bars, and whatever else the model says.

import { element, shown } from "/page/elements.js";

const NAMES = { score: "score of the reject rule", is_unknown: "unknown to the model" };
const OWN = new Set(["class", "probabilities", "predictions", "probabilities_uncalibrated", "prediction_set"]);

/** Of a model that has no way to say that a study is none of its classes. */
const ALWAYS = "This model names one of these classes whatever it is shown, also where none is right: see below that it was given the right images, and on what kind of study it was trained.";

/** `inside`: whether the class is in the answer's set; it is said in words too. */
function bar(name, value, inside) {
  const fill = element("div", { class: "fill" });
  fill.style.width = `${100 * Math.min(Math.max(value, 0), 1)}%`;
  return element(
    "li", { class: inside && "inside" },
    element("div", { class: "line" }, element("span", {}, name, inside ? element("span", { class: "mark" }, "in the set") : null), element("span", { class: "number" }, shown(value))),
    element("div", { class: "track", "aria-hidden": "true" }, fill),
  );
}

function words(value) {
  if (Array.isArray(value)) return value.length ? value.join(", ") : "none";
  if (typeof value === "number") return shown(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value && typeof value === "object") {
    return Object.entries(value).map(([name, part]) => `${name} ${words(part)}`).join(", ");
  }
  return String(value);
}

function definitions(pairs) {
  return element("dl", {}, pairs.flatMap(([name, value]) => [
    element("dt", {}, name), element("dd", {}, words(value)),
  ]));
}

/** What the set of classes says, and where it says little. */
function ofSet(names, level, unknown) {
  const share = `${+(100 * level).toPrecision(6)} %`;
  const listed = names.join(", ");
  if (unknown) {
    return names.length
      ? `The set of classes (${listed}) is promised for studies like those that the model learned from, so not for this one.`
      : "None of the classes fits it.";
  }
  if (names.length) return `With ${share} coverage the answer is${names.length > 1 ? " one of" : ""}: ${listed}.`;
  return `With ${share} coverage none of the classes fits: each is less probable here than in nearly all studies of that class. The study may be an unusual one, or of no class that the model knows.`;
}

function ofTarget({ name, fields, set_level: level }) {
  const parts = [];
  if (name) parts.push(element("h3", {}, name));
  if ("class" in fields) {
    const unknown = fields.is_unknown === true;
    parts.push(element("p", { class: "class" }, element("span", { class: unknown ? "unknown" : "" }, fields.class)));
    if (unknown) {
      parts.push(element("p", {}, "This study is unlike those that the model learned from: its probabilities mean little here."));
    }
  }
  const inside = fields.prediction_set;
  if (inside) parts.push(element("p", { class: "set" }, ofSet(inside, level, fields.is_unknown === true)));
  if (fields.probabilities) {
    parts.push(element("p", { class: "hint" }, "Probability of each class, by the model:"), element("ul", { class: "bars", "aria-label": `Probabilities${name ? ` of ${name}` : ""}` },
      Object.entries(fields.probabilities).map(([each, value]) => bar(each, value, inside?.includes(each)))));
  }
  if ("class" in fields && !("is_unknown" in fields)) parts.push(element("p", { class: "hint" }, ALWAYS));
  if (fields.predictions) parts.push(definitions(Object.entries(fields.predictions)));
  const further = Object.entries(fields).filter(([key]) => !OWN.has(key));
  if (further.length) {
    parts.push(definitions(further.map(([key, value]) => [NAMES[key] ?? key.replaceAll("_", " "), value])));
  }
  if (fields.probabilities_uncalibrated) {
    parts.push(element("details", {}, element("summary", {}, "Before calibration"),
      definitions(Object.entries(fields.probabilities_uncalibrated))));
  }
  return parts;
}

/** The elements of an answer. */
export function elements({ result, targets }) {
  if (result.error) return [element("p", { class: "problem" }, result.error)];
  const together = targets.flatMap(ofTarget);
  const parts = result.members ?? result.folds;
  if (!parts) return together;
  const each = Object.entries(parts).map(([name, fields]) => element("li", {}, `${name}: `, words(fields)));
  return [...together, element("details", {}, element("summary", {}, "What each network says"), element("ul", {}, each))];
}

/** The answer in a few words, for the queue. */
export function summary({ result, targets }) {
  if (result.error) return `no answer: ${result.error}`;
  const { fields } = targets[0];
  if (!("class" in fields)) return words(fields.probabilities ?? fields.predictions);
  const share = fields.probabilities?.[fields.class];
  return share === undefined ? fields.class : `${fields.class} ${shown(share)}`;
}
