// The sequences of a study side by side, on the grid on which the model is given them.

import { element, fill, shown } from "/page/elements.js";

const SIDES = { // of the screen, by the orientation of the grid
  axial: { left: "R", right: "L", top: "A", bottom: "P" },
  coronal: { left: "R", right: "L", top: "S", bottom: "I" },
  sagittal: { left: "A", right: "P", top: "S", bottom: "I" },
};
const NEAR_ALL = [0.01, 0.99]; // of the values that are shown to begin with
const STEPS = 400; // of the sliders of window and level

/** The window and level that show nearly all values but those outside the image. */
function windowOf(voxels, outside) {
  const inside = voxels.filter((value) => value !== outside).sort();
  if (!inside.length) return { low: outside, high: outside + 1, window: 1, level: outside };
  const at = (share) => inside[Math.min(inside.length - 1, Math.floor(share * inside.length))];
  const [low, high] = [inside[0], inside[inside.length - 1]];
  const [first, last] = NEAR_ALL.map(at);
  const window = last - first || high - low || 1;
  return { low, high: high > low ? high : low + 1, window, level: (first + last) / 2 };
}

/** One sequence: its picture, and its window and level. */
class Picture {
  constructor(sequence, place, voxels, onscroll) {
    this.sequence = sequence;
    this.place = place;
    this.voxels = voxels;
    this.slice = 0;
    this.start = windowOf(voxels, sequence.outside);
    ({ window: this.window, level: this.level } = this.start);
    const [, rows, columns] = sequence.shape;
    this.canvas = element("canvas", { width: columns, height: rows, role: "img", tabindex: 0 });
    this.canvas.style.aspectRatio = `${columns} / ${rows}`;
    this.pixels = new ImageData(columns, rows);
    this.listen(onscroll);
  }

  listen(onscroll) {
    const { canvas } = this;
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      onscroll(Math.sign(event.deltaY));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const steps = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1, PageUp: -5, PageDown: 5, Home: -Infinity, End: Infinity };
      if (!(event.key in steps)) return;
      event.preventDefault();
      onscroll(steps[event.key]);
    });
    canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
    canvas.addEventListener("pointermove", (event) => {
      if (!canvas.hasPointerCapture(event.pointerId)) return;
      const range = (this.start.high - this.start.low) / 300;
      this.set(this.window + event.movementX * range, this.level + event.movementY * range);
    });
    canvas.addEventListener("dblclick", () => this.set(this.start.window, this.start.level));
  }

  set(window, level) {
    const { low, high } = this.start;
    this.window = Math.min(Math.max(window, (high - low) / STEPS), 2 * (high - low));
    this.level = Math.min(Math.max(level, low), high);
    this.draw();
  }

  draw() {
    const [slices, rows, columns] = this.sequence.shape;
    const { data } = this.pixels;
    const first = this.slice * rows * columns;
    const dark = this.level - this.window / 2;
    for (let place = 0; place < rows * columns; place += 1) {
      const grey = (255 * (this.voxels[first + place] - dark)) / this.window; // clamped
      const at = 4 * place;
      data[at] = grey;
      data[at + 1] = grey;
      data[at + 2] = grey;
      data[at + 3] = 255;
    }
    this.canvas.getContext("2d").putImageData(this.pixels, 0, 0);
    const facts = `slice ${this.slice + 1} of ${slices}, window ${shown(this.window, 1)}, level ${shown(this.level, 1)}`;
    this.canvas.setAttribute("aria-label", `${this.sequence.name}: ${facts}`);
    if (this.controls) this.controls(facts);
  }

  figure() {
    const { low, high } = this.start;
    const id = `view-${this.place}`;
    const slider = (name, value, from, to, set) => {
      const input = element("input", {
        type: "range", id: `${id}-${name}`, min: from, max: to, step: (high - low) / STEPS,
        oninput: () => set(Number(input.value)),
      });
      input.value = value;
      return input;
    };
    const window = slider("window", this.window, (high - low) / STEPS, 2 * (high - low), (value) => this.set(value, this.level));
    const level = slider("level", this.level, low, high, (value) => this.set(this.window, value));
    const caption = element("span", { class: "hint" });
    this.controls = (facts) => {
      caption.textContent = ` ${facts}`;
      window.value = this.window;
      level.value = this.level;
    };
    const sides = Object.entries(SIDES[this.sequence.orientation]).map(([side, letter]) => element("span", { class: `side ${side}`, "aria-hidden": "true" }, letter));
    return element(
      "figure", {},
      element("figcaption", {}, this.sequence.name, caption),
      element("div", { class: "picture" }, this.canvas, sides),
      element("label", { for: `${id}-window` }, "Window"), window,
      element("label", { for: `${id}-level` }, "Level"), level,
      element("button", { type: "button", onclick: () => this.set(this.start.window, this.start.level) },
        `Reset window and level of ${this.sequence.name}`),
    );
  }
}

function absent(sequence) {
  const why = sequence.present ? "Too large to be shown beside the others." : "The study lacks this sequence; the model answers without it.";
  return element("figure", {}, element("figcaption", {}, sequence.name), element("p", { class: "absent" }, why));
}

/** Shows the sequences of a result in an element. */
export function show(parent, result, voxels) {
  if (!result.sequences.length) return fill(parent);
  const there = result.sequences.filter(({ offset }) => offset !== null);
  const most = Math.max(1, ...there.map(({ shape }) => shape[0]));
  const slider = element("input", { type: "range", id: "slice", min: 1, max: most, step: 1 });
  const pictures = new Map();
  const go = (slice) => {
    const place = Math.min(Math.max(slice, 0), most - 1);
    slider.value = place + 1;
    for (const picture of pictures.values()) {
      picture.slice = Math.min(place, picture.sequence.shape[0] - 1);
      picture.draw();
    }
  };
  for (const [place, sequence] of there.entries()) {
    pictures.set(sequence, new Picture(sequence, place, voxels(sequence), (steps) => go(Number(slider.value) - 1 + steps)));
  }
  slider.addEventListener("input", () => go(Number(slider.value) - 1));
  fill(
    parent,
    element("h3", {}, "What the model was given"),
    element("p", { class: "hint" }, "Resampled to the model's grid, so the slices are not those of the scanner; in the intensities of the images, which the model scales itself. Wheel, arrow keys or slider: slice. Drag on a picture: window and level."),
    there.length ? element("label", { for: "slice" }, "Slice") : null,
    there.length ? slider : null,
    element("div", { class: "sequences" }, result.sequences.map((sequence) => (
      pictures.has(sequence) ? pictures.get(sequence).figure() : absent(sequence)))),
  );
  return go(Math.floor(most / 2));
}
