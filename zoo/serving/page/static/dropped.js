// Files that were dropped or chosen, as lists of names and files; one list is one drop.

/** A name as the list of an upload has it: within the folder that was dropped. */
function entry(file, path) {
  return { name: (path || file.webkitRelativePath || file.name).replace(/^\/+/, ""), file };
}

function fileOf(item) {
  return new Promise((resolve, reject) => item.file(resolve, reject));
}

/** All entries of a folder; a browser gives a hundred at a time. */
async function listed(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return all;
    all.push(...some);
  }
}

async function within(item) {
  if (item.isFile) return [entry(await fileOf(item), item.fullPath)];
  const children = await listed(item);
  const parts = [];
  for (const child of children) parts.push(...(await within(child)));
  return parts;
}

/**
 * What was dropped: each folder and each zip file is a study of its own, loose files
 * are one together.
 */
export async function ofDrop(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const opened = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!opened.length || opened.includes(null)) return ofFiles([...transfer.files]);
  const drops = [];
  const loose = [];
  for (const item of opened) {
    if (item.isDirectory) drops.push({ title: item.name, entries: await within(item) });
    else loose.push(await fileOf(item));
  }
  return [...drops, ...ofFiles(loose)];
}

/** What was chosen by a button. */
export function ofFiles(files) {
  const folders = new Map();
  const drops = [];
  const loose = [];
  for (const file of files) {
    const path = file.webkitRelativePath || "";
    if (path.includes("/")) {
      const title = path.split("/")[0];
      if (!folders.has(title)) folders.set(title, []);
      folders.get(title).push(entry(file));
    } else if (/\.zip$/i.test(file.name)) {
      drops.push({ title: file.name, entries: [entry(file)] });
    } else loose.push(file);
  }
  for (const [title, entries] of folders) drops.push({ title, entries });
  if (loose.length) {
    const title = loose.length === 1 ? loose[0].name : `${loose[0].name} and ${loose.length - 1} more`;
    drops.push({ title, entries: loose.map((file) => entry(file)) });
  }
  return drops;
}

/** Why files may not be sent at all; null where they may. */
export function tooMuch(entries, limits) {
  const mib = (bytes) => `${Math.floor(bytes / 2 ** 20)} MiB`;
  const total = entries.reduce((sum, { file }) => sum + file.size, 0);
  if (!entries.length) return "There is no file in it. Drop the folder of a study.";
  if (entries.length > limits.files) return `More than ${limits.files} files. Drop one study at a time.`;
  if (entries.some(({ file }) => file.size > limits.file_bytes)) {
    return `A file is larger than ${mib(limits.file_bytes)}. Drop the images alone.`;
  }
  if (total > limits.total_bytes) {
    return `More than ${mib(limits.total_bytes)} altogether. Drop one study at a time, or its wanted series alone.`;
  }
  return null;
}
