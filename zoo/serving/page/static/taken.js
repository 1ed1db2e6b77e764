// Which series of the study were taken: whether the right ones is for a person to see.

import { element } from "/page/elements.js";

function line({ sequence, number, description, part, images }) {
  const which = [number === null ? "a series without a number" : `series ${number}`, description, part].filter(Boolean).join(", ");
  const count = images === 1 ? "1 image" : `${images} images`;
  return element("li", {}, sequence === "series" ? `${which}: ${count}` : `${sequence}: ${which}; ${count}`);
}

/** What stands below the numbers: the series that they come from, where any has a name. */
export function elements({ result, taken }) {
  if (result.error || !taken.length) return [];
  const lonely = taken.filter(({ images }) => images === 1).map(({ sequence }) => sequence);
  return [
    element("h3", { id: "taken-title" }, "Series that were taken"),
    element("ul", { class: "taken", "aria-labelledby": "taken-title" }, taken.map(line)),
    lonely.length ? element("p", { class: "problem" }, `One image alone for ${lonely.join(", ")}: where the series is a stack of slices, the export is not whole and the answer means nothing.`) : null,
  ].filter(Boolean);
}
