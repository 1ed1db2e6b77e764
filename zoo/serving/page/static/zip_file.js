// Several files as one: a zip archive whose members are stored as they are.

const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
const NAMES_ARE_UTF8 = 0x0800;
const FIRST_DAY = 0x0021; // 1 January 1980: when files were made is in them

function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = REMAINDERS[(value ^ byte) & 0xff] ^ (value >>> 8);
  return ~value >>> 0;
}

/** Numbers of 2 or 4 bytes, least significant first, from pairs of number and size. */
function record(...fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [, size]) => sum + size, 0)));
  let at = 0;
  for (const [number, size] of fields) {
    if (size === 2) view.setUint16(at, number, true);
    else view.setUint32(at, number, true);
    at += size;
  }
  return view.buffer;
}

/** The archive of files, each `{name, bytes}`, below 4 GiB together. */
export function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  let directorySize = 0;
  for (const { name, bytes } of files) {
    const encoded = new TextEncoder().encode(name);
    const alike = [
      [20, 2], [NAMES_ARE_UTF8, 2], [0, 2], [0, 2], [FIRST_DAY, 2],
      [crc32(bytes), 4], [bytes.length, 4], [bytes.length, 4], [encoded.length, 2], [0, 2],
    ]; // version, flags, stored, time, day, checksum, both sizes, lengths of name and more
    const header = record([0x04034b50, 4], ...alike);
    const entry = record([0x02014b50, 4], [20, 2], ...alike, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]);
    parts.push(header, encoded, bytes);
    directory.push(entry, encoded);
    offset += header.byteLength + encoded.length + bytes.length;
    directorySize += entry.byteLength + encoded.length;
  }
  const end = record(
    [0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2],
    [directorySize, 4], [offset, 4], [0, 2],
  );
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}
