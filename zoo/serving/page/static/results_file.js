// What was answered as files, in the form that `zoo.predict --out` writes.

/**
 * What the answers can be saved as: the name of the button, the end of the file's name,
 * its type, and what makes its text of the columns, the start of the file and the rows.
 */
export const EXPORTS = [
  { label: "Save as CSV", end: "csv", type: "text/csv;charset=utf-8", text: ({ columns, rows }) => csv(columns, rows) },
  { label: "Save as JSON", end: "json", type: "application/json", text: ({ file, rows }) => json(file, rows) },
];

const MARK = "\ufeff"; // without it Excel garbles all but English

function cell(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const named = (name, number) => (/^study \d+$/.test(name) ? `study ${number}` : name);

/**
 * The answers as CSV. Each of `rows` is `{cells}` of a study, or `{error}` of a drop
 * that has no study; numbers run through all of them.
 */
export function csv(columns, rows) {
  const lines = rows.map(({ cells, error }, place) => {
    const number = place + 1;
    if (cells) return [number, named(cells[1], number), ...cells.slice(2)];
    return [number, `study ${number}`, ...columns.slice(3).map(() => ""), error];
  });
  return MARK + [columns, ...lines].map((line) => `${line.map(cell).join(",")}\n`).join("");
}

/** The answers as JSON; `file` is what stands before the results. */
export function json(file, rows) {
  const results = rows.map(({ result, error }, place) => {
    const number = place + 1;
    return result ? { ...result, number, name: named(result.name, number) } : { number, name: `study ${number}`, error };
  });
  return `${JSON.stringify({ ...file, results }, null, 1)}\n`;
}

/** Has the browser save a text, or what a Blob holds. */
export function save(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
