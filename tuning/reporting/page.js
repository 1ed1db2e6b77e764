// Parallel coordinates: pointing at a line tells its trial, dragging along an axis keeps
// the lines that cross it there. Without this script the chart is whole, and still.
(() => {
  const chart = document.getElementById("parallel");
  if (!chart) return;
  const told = document.getElementById("parallel-told");
  const lines = [...chart.querySelectorAll("polyline[data-at]")];
  const at = new Map(lines.map((l) => [l, l.dataset.at.split(" ").map(Number)]));
  const kept = new Map();
  const summary = () => {
    const left = lines.filter((l) => !l.classList.contains("out")).length;
    told.textContent = kept.size
      ? `${left} of ${lines.length} trials lie in what you chose. Click an axis to let it go.`
      : "Point at a line for its trial; drag along an axis to keep the trials there.";
  };
  const filter = () => {
    for (const line of lines) {
      const out = [...kept].some(([axis, [low, high]]) => at.get(line)[axis] < low || at.get(line)[axis] > high);
      line.classList.toggle("out", out);
    }
    summary();
  };
  for (const line of lines) {
    line.addEventListener("pointerenter", () => {
      line.classList.add("over");
      told.textContent = line.querySelector("title").textContent;
    });
    line.addEventListener("pointerleave", () => { line.classList.remove("over"); summary(); });
  }
  for (const brush of chart.querySelectorAll(".brush")) {
    const axis = Number(brush.dataset.axis);
    const chosen = chart.querySelector(`.chosen[data-axis="${axis}"]`);
    const top = Number(brush.getAttribute("y"));
    const height = Number(brush.getAttribute("height"));
    let from = null;
    const share = (event) => {
      const box = brush.getBoundingClientRect();
      return Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / box.height));
    };
    brush.addEventListener("pointerdown", (event) => { from = share(event); brush.setPointerCapture(event.pointerId); });
    brush.addEventListener("pointermove", (event) => {
      if (from === null) return;
      const [low, high] = [from, share(event)].sort((a, b) => a - b);
      kept.set(axis, [low, high]);
      chosen.setAttribute("y", top + (1 - high) * height);
      chosen.setAttribute("height", (high - low) * height);
      filter();
    });
    const end = (event) => {
      if (from !== null && Math.abs(share(event) - from) < 0.01) {
        kept.delete(axis);
        chosen.setAttribute("height", 0);
        filter();
      }
      from = null;
    };
    brush.addEventListener("pointerup", end);
    brush.addEventListener("pointercancel", () => { from = null; });
  }
  summary();
})();
