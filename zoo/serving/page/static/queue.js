// The studies that were dropped: asked about one after the other, shown when chosen.

import * as answer from "/page/answer.js";
import * as api from "/page/api.js";
import * as choice from "/page/choice.js";
import { tooMuch } from "/page/dropped.js";
import { byId, element, fill } from "/page/elements.js";
import * as resultsFile from "/page/results_file.js";
import * as viewer from "/page/viewer.js";

// What the answers can be saved as: the name of the button, the end of the file's name,
// its type, and what makes its text of the columns, the start of the file and the rows.
const EXPORTS = [
  { label: "Save as CSV", end: "csv", type: "text/csv;charset=utf-8", text: ({ columns, rows }) => resultsFile.csv(columns, rows) },
  { label: "Save as JSON", end: "json", type: "application/json", text: ({ file, rows }) => resultsFile.json(file, rows) },
];

export class Queue {
  /** `onrefused` is told what keeps every question from an answer. */
  constructor(onrefused) {
    this.onrefused = onrefused;
    this.items = [];
    this.isBusy = false;
    this.shown = null;
  }

  /** Takes a drop for a model, asks what has to be asked, and waits its turn. */
  add(model, limits, { title, entries }) {
    const item = { model, title, entries, state: "waiting", sent: 0, abort: new AbortController() };
    const problem = tooMuch(entries, limits);
    if (problem) this.fail(item, problem);
    this.items.push(item);
    this.draw();
    this.work();
  }

  async work() {
    if (this.isBusy) return;
    this.isBusy = true;
    for (;;) {
      const item = this.items.find(({ state }) => state === "waiting");
      if (!item) break;
      await this.ask(item);
    }
    this.isBusy = false;
  }

  async ask(item) {
    try {
      const question = await api.proposal(item.model, item.entries.map(({ name }) => name));
      let choices = { };
      if (question.form !== "archive" && choice.isNeeded(item.model, question)) {
        choices = await this.chosen(item, question);
      }
      await this.send(item, choices);
    } catch (error) {
      if (error.code === "token") return this.back(item, error);
      this.fail(item, error.code === "cancelled" ? "left out" : error.message);
    }
    return this.draw();
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
    try {
      item.answered = await api.studies(item.model, item.entries, choices, { onsent, signal: item.abort.signal });
    } catch (error) {
      const { code, content } = error;
      if (code !== "which_files" || !content.files) throw error;
      if (!content.files.length) throw new Error("This model crops to a region of interest: drop a NIfTI mask with the study.");
      return this.send(item, await this.chosen(item, content)); // an archive was opened
    }
    item.state = "done";
    item.entries = [];
    const { results } = item.answered.head;
    this.say(`${item.title}: ${results.map(answer.summary).join("; ")}`);
    if (!this.items.some((other) => other !== item && other.state === "done")) this.show(item, 0);
    return this.draw();
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
    const result = item.answered.head.results[number];
    const { folder } = result;
    const title = folder.startsWith(item.title) ? folder : item.title + (folder && ` (${folder})`);
    byId("answer-title").textContent = `Answer: ${title}`;
    fill(byId("result"), element("p", { class: "hint" }, `${item.model.name}, version ${item.model.version}. For research use only.`), answer.elements(result));
    viewer.show(byId("viewer"), result, item.answered.voxels);
    this.draw();
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
    if (item.state === "failed") parts.push(element("div", { class: "failed" }, item.problem));
    else if (item.state === "done") parts.push(...this.answers(item, place));
    else {
      parts.push(element("div", {}, states[item.state]));
      if (item.state === "sending") parts.push(element("progress", { max: 1, value: item.sent, "aria-label": `${item.title}, sent` }));
    }
    parts.push(element("button", { type: "button", id: `remove-${place}`, onclick: () => this.remove(item), "aria-label": `Remove ${item.title}` }, item.state === "done" || item.state === "failed" ? "Remove" : "Cancel"));
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

  /** The answers of the chosen model, and drops that got none, in their order. */
  results() {
    const model = byId("model").value;
    const ours = this.items.filter((item) => `${item.model.name}/${item.model.version}` === model);
    const done = ours.filter(({ state }) => state === "done");
    if (!done.length) return null;
    const rows = ours.flatMap((item) => {
      if (item.state === "done") return item.answered.head.results.map(({ result, cells }) => ({ result, cells }));
      return item.state === "failed" && item.problem !== "left out" ? [{ error: item.problem }] : [];
    });
    const { columns, file } = done[0].answered.head;
    return { columns, file, rows, name: `${done[0].model.name}-${done[0].model.version}` };
  }

  drawExports() {
    const results = this.results();
    const parent = byId("exports");
    parent.hidden = results === null;
    if (results === null || parent.childElementCount) return;
    fill(parent, EXPORTS.map(({ label, end, type, text }) => element("button", {
      type: "button",
      onclick: () => {
        const now = this.results();
        resultsFile.save(`${now.name}.${end}`, text(now), type);
      },
    }, label)));
  }
}
