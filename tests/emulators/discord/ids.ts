const discordEpoch = 1_420_070_400_000n
let counter = 0n

/** Ids as Discord makes them: ascending, with their time inside. */
export function snowflake(now = Date.now()): string {
  counter = (counter + 1n) % 4_194_304n
  return String(((BigInt(now) - discordEpoch) << 22n) | counter)
}
