import type { Card } from '../../../ports/chat.ts'

/** What is known of a card in the channel. Lost when the process ends; the channel itself is asked then. */
export interface Standing {
  /** `<channel>/<ts>`; null: never posted, or nobody knows. */
  reference: string | null
  /** Of the message that is shown. */
  sequence: number
  card: Card
  /** Slack user ids that the message mentions. */
  mention: readonly string[]
  /** A post whose answer never came. */
  uncertain: boolean
  image: { readonly name: string; readonly fileId: string; readonly alt: string } | null
  /** Name of the picture that is being drawn or sent. */
  drawing: string | null
}

const mostRemembered = 2_000

export interface Standings {
  get(key: string): Standing | undefined
  put(key: string, standing: Standing): Standing
  /** One thing at a time for each card. */
  alone<T>(key: string, work: () => Promise<T>): Promise<T>
}

export function createStandings(): Standings {
  const standings = new Map<string, Standing>()
  const queues = new Map<string, Promise<unknown>>()
  return {
    get: (key) => standings.get(key),
    put(key, standing) {
      standings.delete(key)
      standings.set(key, standing)
      for (const oldest of standings.keys()) {
        if (standings.size <= mostRemembered) break
        standings.delete(oldest)
      }
      return standing
    },
    async alone(key, work) {
      const before = queues.get(key) ?? Promise.resolve()
      const mine = before.then(work, work)
      const settled = mine.catch(() => undefined)
      queues.set(key, settled)
      try {
        return await mine
      } finally {
        if (queues.get(key) === settled) queues.delete(key)
      }
    },
  }
}

export interface Place {
  readonly channel: string
  readonly ts: string
}
/** @returns null for what is no reference of this chat. */
export function placeOf(reference: string | null): Place | null {
  const found = /^([A-Z0-9]{2,30})\/(\d{1,12}\.\d{1,9})$/.exec(reference ?? '')
  return found?.[1] === undefined || found[2] === undefined ? null : { channel: found[1], ts: found[2] }
}
