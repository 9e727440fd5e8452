/** Real milliseconds that have passed for certain, or more. */
export interface Stopwatch {
  ms(): number
}

/**
 * Starts now. It goes by two clocks and believes the one that says more: the steady one stands still while a machine sleeps,
 * the one on the wall may be set back. Too much at worst means that something is not done that still could have been.
 */
export function startStopwatch(): Stopwatch {
  const steady = performance.now()
  const wall = Date.now()
  return { ms: () => Math.max(performance.now() - steady, Date.now() - wall) }
}
