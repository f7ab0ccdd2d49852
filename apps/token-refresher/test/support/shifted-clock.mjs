/** `--import` of this file gives a process a wall clock that is wrong by `TRUNKLINE_TEST_CLOCK_SHIFT_MS`; durations are measured as ever. */
const shift = Number(process.env.TRUNKLINE_TEST_CLOCK_SHIFT_MS ?? 0);
const RealDate = Date;
const realNow = RealDate.now;

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(realNow() + shift);
    else super(...parts);
  }
  static now() {
    return realNow() + shift;
  }
};
