// What only a person can say of a study: which file is what, and its covariates.

import { byId, element, fill } from "/page/elements.js";

/** What to do where a model wants a mask and none came. */
export const NO_MASK = "This model crops to a region of interest: put a NIfTI mask (.nii, .nii.gz) into the study's folder or zip file, and drop that.";

const short = (name) => name.split("/").pop();

function sequenceField(sequence, question) {
  const id = `sequence-${sequence.name}`;
  const proposed = question.sequences[sequence.name] ?? "";
  const select = element(
    "select",
    { id, required: sequence.required },
    element("option", { value: "" }, sequence.required ? "choose a file" : "not there"),
    question.files.map((file) => element("option", { value: file, selected: file === proposed }, file)),
  );
  const frame = element("input", {
    id: `${id}-frame`, type: "number", min: 0, step: 1, placeholder: "empty for a 3-D file",
  });
  const bValue = element("input", {
    id: `${id}-b`, type: "number", min: 0, step: "any", placeholder: "empty: the frame says it",
    oninput: () => { frame.disabled = bValue.value !== ""; },
  });
  const row = element(
    "fieldset", {},
    element("legend", {}, sequence.required ? sequence.name : `${sequence.name} (may be missing)`),
    element("label", { for: id }, "File"), select,
    element("label", { for: `${id}-frame` }, "Frame of a 4-D file (the first is 0)"), frame,
    question.b_values ? [element("label", { for: `${id}-b` }, "Or its b-value in s/mm2, as in its .bval file"), bValue] : null,
  );
  const value = () => (select.value
    ? { file: select.value, ...(bValue.value === "" ? { frame: frame.value === "" ? null : Number(frame.value) } : { b_value: Number(bValue.value) }) }
    : null);
  return { row, value };
}

function maskField(question) {
  const select = element(
    "select", { id: "mask", required: true },
    element("option", { value: "" }, "choose a file"),
    question.files.map((file) => element("option", { value: file, selected: file === question.mask }, file)),
  );
  const row = element(
    "fieldset", {}, element("legend", {}, "Region of interest (mask)"),
    element("label", { for: "mask" }, "File"), select,
    question.files.length ? null : element("p", { class: "hint" }, NO_MASK),
  );
  return { row, value: () => select.value || null };
}

function covariateField(covariate) {
  const id = `covariate-${covariate.name}`;
  const field = covariate.levels.length
    ? element("select", { id }, element("option", { value: "" }, "not known"),
      covariate.levels.map((level) => element("option", { value: level }, level)))
    : element("input", { id, type: "text", inputmode: "decimal", placeholder: "empty = not known" });
  const row = element("p", {}, element("label", { for: id }, covariate.name), field);
  return { row, value: () => field.value.trim() };
}

/** Whether anything has to be asked. */
export function isNeeded(model, question) {
  return question.form === "nifti" || model.mask || model.covariates.length > 0;
}

/**
 * Asks, and gives `{sequences, mask, covariates}`; null where the study is left out.
 * `question` is what the server proposes.
 */
export function ask(model, question, title) {
  const sequences = question.form === "nifti"
    ? model.sequences.map((sequence) => [sequence.name, sequenceField(sequence, question)]) : [];
  const mask = model.mask ? maskField(question) : null;
  const covariates = model.covariates.map((each) => [each.name, covariateField(each)]);
  fill(
    byId("choice-fields"),
    element("p", {}, `Study: ${short(title)}`),
    sequences.length ? element("p", { class: "hint" }, "Which file is which sequence? Where a file is chosen already, its name or its being the only one proposed it: please look.") : null,
    sequences.map(([, field]) => field.row),
    mask ? mask.row : null,
    covariates.length
      ? element("fieldset", {}, element("legend", {}, "What the network sees beside the images"), covariates.map(([, field]) => field.row))
      : null,
  );
  const dialog = byId("choice");
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "ask") return resolve(null);
      const named = sequences.map(([name, field]) => [name, field.value()]).filter(([, value]) => value);
      return resolve({
        sequences: Object.fromEntries(named),
        mask: mask ? mask.value() : null,
        covariates: Object.fromEntries(covariates.map(([name, field]) => [name, field.value()])),
      });
    }, { once: true });
  });
}
