// The questions of the page to its server. The token stays in this module's memory.

const API = "/page/api/";
let token = null;

/** An answer that is an error: `code`, the words, and what else came with it. */
export class Refused extends Error {
  constructor(status, content) {
    super(content?.error?.message ?? `The server answers with status ${status}.`);
    this.code = content?.error?.code ?? "unreadable";
    this.content = content ?? {};
  }
}

/** Has every later question show this token. */
export function setToken(text) {
  token = text;
}

function send(method, path, { body, type, onsent, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much has gone
    request.open(method, API + path);
    request.responseType = "arraybuffer";
    if (type) request.setRequestHeader("Content-Type", type);
    if (token) request.setRequestHeader("Authorization", `Bearer ${token}`);
    if (onsent) {
      request.upload.addEventListener("progress", (event) => {
        onsent(event.total ? event.loaded / event.total : 0);
      });
    }
    request.addEventListener("load", () => {
      if (request.status === 200) resolve(request.response);
      else reject(new Refused(request.status, parsed(request.response)));
    });
    const cut = { error: { code: "unreachable", message: "The server does not answer. See whether it still runs, then drop the study again." } };
    request.addEventListener("error", () => reject(new Refused(0, cut)));
    request.addEventListener("abort", () => {
      reject(new Refused(0, { error: { code: "cancelled", message: "Cancelled." } }));
    });
    signal?.addEventListener("abort", () => request.abort());
    request.send(body ?? null);
  });
}

function parsed(buffer) {
  try {
    return JSON.parse(new TextDecoder().decode(buffer));
  } catch {
    return null;
  }
}

/** The models, with what they say of themselves, and the bounds of an upload. */
export async function models() {
  return parsed(await send("GET", "models"));
}

/** What files are, by their names, and which sequence each may be. */
export async function proposal(model, names) {
  const body = JSON.stringify({ model: model.name, version: model.version, files: names });
  return parsed(await send("POST", "proposal", { body, type: "application/json" }));
}

/**
 * The answers to the studies in files: the head, and what gives a sequence's voxels and
 * the bytes of a report's file; `options.reports` asks for reports.
 * The body is the length of a list, the list and the files; the browser reads files
 * from the disk as they go.
 */
export async function studies(model, entries, choices, { reports = false, ...options }) {
  const list = {
    model: model.name,
    version: model.version,
    files: entries.map(({ name, file }) => ({ name, size: file.size })),
    sequences: choices.sequences ?? {},
    mask: choices.mask ?? null,
    covariates: choices.covariates ?? {},
    reports,
  };
  const text = new TextEncoder().encode(JSON.stringify(list));
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, text.byteLength, true);
  const body = new Blob([length.buffer, text, ...entries.map(({ file }) => file)]);
  const buffer = await send("POST", "studies", { body, type: "application/octet-stream", ...options });
  const end = 4 + new DataView(buffer).getUint32(0, true);
  const head = parsed(buffer.slice(4, end));
  return {
    head,
    voxels: (sequence) => voxels(buffer, end, sequence),
    bytes: ({ offset, size }) => new Uint8Array(buffer, end + offset, size),
  };
}

function voxels(buffer, end, { offset, shape }) {
  const count = shape[0] * shape[1] * shape[2];
  const start = end + offset;
  const part = buffer.slice(start, start + 4 * count);
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1) return new Float32Array(part);
  const view = new DataView(part); // a machine that reads the other end first
  return Float32Array.from({ length: count }, (_, place) => view.getFloat32(4 * place, true));
}
