// The DICOM reports of answers. They take time, so they are made when somebody asks:
// the study is sent once more, and what is answered then is what the page shows.

import { element } from "/page/elements.js";
import { save } from "/page/results_file.js";
import { zip } from "/page/zip_file.js";

const ENDS = { document: "report", picture: "picture" };

/** Whether a study was answered and nobody asked for its report yet. */
export const isMissing = ({ result, report }) => !result.error && report === null;

/** Whether a study has a report, or may have one. */
export const isPossible = ({ result, report }) => !result.error && !report?.error;

/** What stands below an answer: the button, or why there is none. */
export function elements({ result, report }, { isWaiting, problem, onask }) {
  if (result.error) return [];
  if (report?.error) return [element("p", { class: "hint" }, `No DICOM report: ${report.error}.`)];
  const hint = "For the archive (PACS): a Structured Report and a picture, in a zip file. They name the patient, as the images do: personal data, in this browser alone until you save them.";
  return [
    element("p", { class: "buttons" }, element("button", {
      type: "button", id: "report", "aria-describedby": "report-hint", "aria-disabled": String(isWaiting), onclick: () => isWaiting || onask(),
    }, isWaiting ? "The DICOM report is being made" : "DICOM report")),
    problem ? element("p", { class: "problem" }, `No DICOM report: ${problem}`) : null,
    element("p", { class: "hint", id: "report-hint" }, report === null ? `${hint} The study is sent once more.` : hint),
  ];
}

/**
 * Saves the reports of studies as a zip file. Each of `rows` is a study with its number,
 * its item of the queue, and `bytes`, which gives a file of its answer.
 *
 * Gives how many studies have one.
 */
export function saveAll(rows) {
  const made = rows.filter(({ report }) => report?.document);
  if (!made.length) return 0;
  const { name, version, unit } = made[0].item.model;
  const files = made.flatMap(({ number, report, bytes }) => Object.entries(ENDS).map(([part, end]) => (
    { name: `${unit}-${number}-${end}.dcm`, bytes: bytes(report[part]) })));
  const which = rows.length === 1 ? `${unit}-${rows[0].number}` : "reports";
  save(`${name}-${version}-${which}.zip`, zip(files), "application/zip");
  return made.length;
}
