// The rarity of a term that `count` of `all` documents have (src/index/weight.rs): 256 × log₂ in integer arithmetic, so
// that the scores are exactly those of the engine.

const log2 = (x) => {
  const whole = 31 - Math.clz32(Math.max(1, x));
  let mantissa = BigInt(Math.max(1, x)) << BigInt(31 - whole);
  let fraction = 0;
  for (let bit = 0; bit < 8; bit += 1) {
    mantissa = (mantissa * mantissa) >> 31n;
    fraction *= 2;
    if (mantissa >= 1n << 32n) {
      mantissa >>= 1n;
      fraction += 1;
    }
  }
  return whole * 256 + fraction;
};

export const rarity = (all, count) => Math.max(1, log2(2 * all + 2) - log2(2 * Math.min(count, all) + 1));
