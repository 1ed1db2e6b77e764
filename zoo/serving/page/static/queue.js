// The studies that were dropped: asked about one after the other, shown when chosen.

import * as answer from "/page/answer.js";
import * as api from "/page/api.js";
import * as choice from "/page/choice.js";
import { tooMuch } from "/page/dropped.js";
import { byId, element, fill } from "/page/elements.js";
import * as report from "/page/report.js";
import * as resultsFile from "/page/results_file.js";
import * as taken from "/page/taken.js";
import * as viewer from "/page/viewer.js";

/** A model as the list to choose from has it. */
const keyOf = ({ name, version }) => `${name}/${version}`;

export class Queue {
  /** `onrefused` is told what keeps every question from an answer. */
  constructor(onrefused) {
    this.onrefused = onrefused;
    this.items = [];
    this.working = null;
    this.shown = null;
    byId("all-reports").addEventListener("click", () => this.saveReports(byId("model").value));
  }

  /** Takes a drop for a model, asks what has to be asked, and waits its turn. */
  add(model, limits, { title, entries }) {
    const item = { model, title, entries, state: "waiting", sent: 0, wantsReports: false, abort: new AbortController() };
    const problem = tooMuch(entries, limits);
    if (problem) this.fail(item, problem);
    this.items.push(item);
    this.draw();
    this.work();
  }

  /** Works on what waits; gives a promise that nothing waits any more. */
  work() {
    this.working ??= this.workOff();
    return this.working;
  }

  async workOff() {
    await null; // `working` is set before it is done
    for (;;) {
      const item = this.items.find(({ state }) => state === "waiting");
      if (!item) break;
      await this.ask(item);
    }
    this.working = null;
  }

  async ask(item) {
    try {
      await this.send(item, item.choices ?? await this.choices(item));
    } catch (error) {
      if (error.code === "token") return this.back(item, error);
      if (item.answered) this.keep(item, error.message); // the report alone is missing
      else this.fail(item, error.code === "cancelled" ? "left out" : error.message);
    }
    return this.draw();
  }

  async choices(item) {
    const question = await api.proposal(item.model, item.entries.map(({ name }) => name));
    if (question.form === "archive" || !choice.isNeeded(item.model, question)) return {};
    return this.chosen(item, question);
  }

  /** Waits for somebody's choice; to leave the study out is an error of it. */
  async chosen(item, question) {
    item.state = "asking";
    this.draw();
    const choices = await choice.ask(item.model, question, item.title);
    if (!choices) throw Object.assign(new Error("left out"), { code: "cancelled" });
    return choices;
  }

  async send(item, choices) {
    item.state = "sending";
    this.draw();
    const onsent = (share) => {
      item.sent = share;
      if (share >= 1 && item.state === "sending") item.state = "working";
      this.draw();
    };
    const isFirst = !this.items.some(({ answered }) => answered);
    try {
      item.answered = await api.studies(item.model, item.entries, choices, { onsent, signal: item.abort.signal, reports: item.wantsReports });
    } catch (error) {
      const { code, content } = error;
      if (code !== "which_files" || !content.files) throw error;
      if (!content.files.length) throw new Error(choice.NO_MASK);
      return this.send(item, await this.chosen(item, content)); // an archive was opened
    }
    item.choices = choices; // they and the files are wanted again for a report
    this.say(`${item.title}: ${item.answered.head.results.map(answer.summary).join("; ")}`);
    if (isFirst) this.show(item, 0);
    return this.keep(item, null);
  }

  /** An item has its answer, and perhaps a reason why there is no report beside it. */
  keep(item, problem) {
    item.state = "done";
    item.problem = problem;
    if (problem) this.say(`${item.title}: no DICOM report: ${problem}`);
    if (this.shown?.item === item) this.showResult();
    this.draw();
  }

  /**
   * Has the reports made that are missing, of one study or of all that a model (its name
   * and version) was asked about, and saves them.
   */
  async saveReports(model, isWanted = () => true) {
    const wanted = () => (this.results(model)?.rows ?? [])
      .map((row, place) => ({ ...row, number: place + 1 }))
      .filter((row) => row.result && isWanted(row));
    for (const row of wanted()) {
      if (report.isMissing(row) && row.item.state === "done") {
        Object.assign(row.item, { wantsReports: true, state: "waiting", problem: null });
      }
    }
    if (this.shown) this.showResult();
    await this.work();
    const count = report.saveAll(wanted());
    if (count) this.say(count === 1 ? "One DICOM report was made." : `${count} DICOM reports were made.`);
  }

  /** The server asks for its token: the study waits for it. */
  back(item, error) {
    item.state = "held";
    this.draw();
    this.onrefused(error, () => {
      for (const held of this.items) if (held.state === "held") held.state = "waiting";
      this.work();
    });
  }

  fail(item, problem) {
    item.state = "failed";
    item.problem = problem;
    item.entries = [];
    this.say(`${item.title}: ${problem}`);
  }

  say(text) {
    byId("status").textContent = text;
  }

  /** Shows one study of a drop. */
  show(item, number) {
    this.shown = { item, number };
    const { folder } = item.answered.head.results[number];
    const title = folder.startsWith(item.title) ? folder : item.title + (folder && ` (${folder})`);
    byId("answer-title").textContent = `Answer: ${title}`;
    this.showResult();
    viewer.show(byId("viewer"), item.answered.head.results[number], item.answered.voxels);
    this.draw();
  }

  /** Shows what was answered, and the report; slices and windows stay as they are. */
  showResult() {
    const { item, number } = this.shown;
    const result = item.answered.head.results[number];
    const ours = (row) => row.item === item && row.place === number;
    const options = {
      isWaiting: item.state !== "done", problem: item.problem, onask: () => this.saveReports(keyOf(item.model), ours),
    };
    const focused = document.activeElement?.id;
    fill(
      byId("result"), element("p", { class: "hint" }, `${item.model.name}, version ${item.model.version}. For research use only.`),
      answer.elements(result), taken.elements(result), report.elements(result, options),
    );
    if (focused === "report") byId("report")?.focus();
  }

  remove(item) {
    item.abort.abort();
    this.items = this.items.filter((other) => other !== item);
    if (this.shown?.item === item) {
      this.shown = null;
      byId("answer-title").textContent = "Answer";
      fill(byId("result"), element("p", { class: "hint" }, "Nothing is shown."));
      fill(byId("viewer"));
    }
    this.draw();
  }

  draw() {
    const focused = document.activeElement?.id;
    fill(byId("queue"), this.items.map((item, place) => this.line(item, place)));
    if (focused && document.activeElement?.id !== focused) byId(focused)?.focus();
    this.drawExports();
  }

  line(item, place) {
    const states = { waiting: "waiting", asking: "waits for your choice", sending: `sending, ${Math.round(100 * item.sent)} %`, working: "the server reads and answers", held: "waits for the token" };
    const parts = [element("div", { class: "title" }, `${place + 1}. ${item.title}`)];
    if (item.answered) parts.push(...this.answers(item, place));
    if (item.state === "failed") parts.push(element("div", { class: "failed" }, item.problem));
    else if (item.state !== "done") {
      parts.push(element("div", {}, states[item.state]));
      if (item.state === "sending") parts.push(element("progress", { max: 1, value: item.sent, "aria-label": `${item.title}, sent` }));
    }
    parts.push(element("button", { type: "button", id: `remove-${place}`, onclick: () => this.remove(item), "aria-label": `Remove ${item.title}` }, item.answered || item.state === "failed" ? "Remove" : "Cancel"));
    return element("li", { "data-state": item.state, "data-shown": String(this.shown?.item === item) }, parts);
  }

  answers(item, place) {
    const { results } = item.answered.head;
    return results.map((result, number) => {
      const name = results.length > 1 ? `${result.folder || result.result.name}: ` : "";
      const shown = this.shown?.item === item && this.shown.number === number;
      return element("div", { class: "line" }, element("span", {}, `${name}${answer.summary(result)}`), element("button", {
        type: "button", id: `show-${place}-${number}`, "aria-pressed": String(shown), "aria-label": `Show ${item.title}, ${result.result.name}`,
        onclick: () => { this.show(item, number); byId("answer").focus(); },
      }, "Show"));
    });
  }

  /** The answers of a model, that which is chosen, and drops that got none, in their order. */
  results(model = byId("model").value) {
    const ours = this.items.filter((item) => keyOf(item.model) === model);
    const done = ours.filter(({ answered }) => answered);
    if (!done.length) return null;
    const rows = ours.flatMap((item) => {
      if (item.answered) return item.answered.head.results.map((each, place) => ({ ...each, item, place, bytes: item.answered.bytes }));
      return item.state === "failed" && item.problem !== "left out" ? [{ error: item.problem }] : [];
    });
    const { columns, file } = done[0].answered.head;
    return { columns, file, rows, name: `${done[0].model.name}-${done[0].model.version}` };
  }

  drawExports() {
    const results = this.results();
    const parent = byId("exports");
    parent.hidden = results === null;
    byId("reports").hidden = !results?.rows.some((row) => row.result && report.isPossible(row));
    if (results === null || parent.childElementCount) return;
    fill(parent, resultsFile.EXPORTS.map(({ label, end, type, text }) => element("button", {
      type: "button",
      onclick: () => {
        const now = this.results();
        resultsFile.save(`${now.name}.${end}`, text(now), type);
      },
    }, label)), element("p", { class: "hint" }, "Rows are numbered from the top of the list, each study of a drop; neither file names files or patients, so note which is which."));
  }
}
