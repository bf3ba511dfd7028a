// The one file of a zip archive, read without writing anything to the disk.

import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const FILE = 0x04034b50;

// Its bytes, at most `most`. Whatever is unusual about the archive is an error.
export function only(zip, most) {
  const refuse = (why) => {
    throw new Error(`the artifact is not an archive of one small file: ${why}`);
  };
  const at = (offset, length) => {
    if (offset < 0 || offset + length > zip.length) refuse("it ends too early");
    return zip.subarray(offset, offset + length);
  };
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) refuse("it has no end");
  if (zip.readUInt16LE(end + 10) !== 1) refuse("it has another number of files");
  const entry = at(zip.readUInt32LE(end + 16), 46);
  if (entry.readUInt32LE(0) !== ENTRY) refuse("it has no list");
  const [flags, method] = [entry.readUInt16LE(8), entry.readUInt16LE(10)];
  const [packed, size, start] = [entry.readUInt32LE(20), entry.readUInt32LE(24), entry.readUInt32LE(42)];
  if (flags & 1) refuse("it is encrypted");
  if (size > most) refuse(`the file has ${size} bytes`);
  const file = at(start, 30);
  if (file.readUInt32LE(0) !== FILE) refuse("the file is not where the list says");
  const bytes = at(start + 30 + file.readUInt16LE(26) + file.readUInt16LE(28), packed);
  if (method === 0) return packed === size ? bytes : refuse("its sizes differ");
  if (method !== 8) refuse(`it is packed by method ${method}`);
  try {
    // More than it says, or than one may, ends here.
    return inflateRawSync(bytes, { maxOutputLength: most });
  } catch (error) {
    return refuse(error.message);
  }
}
