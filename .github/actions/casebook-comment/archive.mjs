// Reads a zip archive that contains one file, in memory.

import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const FILE = 0x04034b50;

// Returns the bytes of the file, at most `most`. An archive in an unusual form is an error.
export function only(zip, most) {
  const refuse = (why) => {
    throw new Error(`the artifact is not a zip archive with one small file: ${why}`);
  };
  const at = (offset, length) => {
    if (offset < 0 || offset + length > zip.length) refuse("it is truncated");
    return zip.subarray(offset, offset + length);
  };
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) refuse("the end record is missing");
  if (zip.readUInt16LE(end + 10) !== 1) refuse("it does not contain exactly one file");
  const entry = at(zip.readUInt32LE(end + 16), 46);
  if (entry.readUInt32LE(0) !== ENTRY) refuse("the central directory is missing");
  const [flags, method] = [entry.readUInt16LE(8), entry.readUInt16LE(10)];
  const [packed, size, start] = [entry.readUInt32LE(20), entry.readUInt32LE(24), entry.readUInt32LE(42)];
  if (flags & 1) refuse("it is encrypted");
  if (size > most) refuse(`the file has ${size} bytes; the limit is ${most} bytes`);
  const file = at(start, 30);
  if (file.readUInt32LE(0) !== FILE) refuse("the file is not at the offset that the central directory gives");
  const bytes = at(start + 30 + file.readUInt16LE(26) + file.readUInt16LE(28), packed);
  if (method === 0) return packed === size ? bytes : refuse("the two sizes of the file differ");
  if (method !== 8) refuse(`compression method ${method} is not supported`);
  try {
    // A file that is larger than the archive says, or than the limit, ends here.
    return inflateRawSync(bytes, { maxOutputLength: most });
  } catch (error) {
    return refuse(error.message);
  }
}
