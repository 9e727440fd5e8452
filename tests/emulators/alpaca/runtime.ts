import { AlpacaError } from './errors.ts'

export interface Keys {
  readonly keyId: string
  readonly secret: string
}
/** Null: the keys are those of this environment. */
export function refuseKeys(key: string, secret: string, own: Keys, other: Keys): AlpacaError | null {
  if (key === own.keyId && secret === own.secret) return null
  if (key === other.keyId && secret === other.secret) return new AlpacaError(403, 40310000, 'forbidden.')
  return new AlpacaError(401, 40110000, key === '' || secret === '' ? 'request is not authorized' : 'unauthorized.')
}

/** Time that a test moves, on top of a base. */
export function createClock(base: () => number) {
  let shift = 0
  return {
    now: (): number => base() + shift,
    shift(ms: number): void {
      if (!(ms >= 0)) throw new RangeError(`time goes forward only, not by ${ms}`)
      shift += ms
    },
  }
}

/** What happens once the answer is out, in order. */
export function createQueue() {
  const waiting: (() => void)[] = []
  return {
    later: (act: () => void): void => {
      waiting.push(act)
    },
    run(): void {
      for (let act = waiting.shift(); act; act = waiting.shift()) act()
    },
  }
}

export function createWaits() {
  const looks = new Set<() => void>()
  const look = (): void => {
    for (const each of [...looks]) each()
  }
  const until = (holds: () => boolean, ms = 10_000): Promise<boolean> =>
    new Promise((resolve) => {
      const settle = (held: boolean): void => {
        looks.delete(check)
        clearInterval(poll)
        clearTimeout(late)
        resolve(held)
      }
      const check = (): void => {
        if (holds()) settle(true)
      }
      const poll = setInterval(check, 20)
      const late = setTimeout(() => settle(holds()), ms)
      looks.add(check)
      check()
    })
  return { look, until }
}
