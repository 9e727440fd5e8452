import { randomInt, timingSafeEqual } from 'node:crypto'
import type { Settings } from '../config/settings.ts'
import { refused } from '../domain/decision.ts'
import { claimOwnership, type Role } from '../domain/people.ts'
import { singleton } from '../domain/streams.ts'
import type { Actor } from '../ports/chat.ts'
import type { EventMeta, EventStore } from '../ports/event-store.ts'
import type { ReadModel } from '../ports/read-model.ts'
import type { App } from './app.ts'

export interface Membership {
  roleOf(actor: Actor): Promise<Role | null>
  claim(...args: Parameters<App['claim']>): ReturnType<App['claim']>
  /** The one-time code while nobody owns this bot; null afterwards. */
  claimCode(): Promise<string | null>
}

export interface MembershipOptions {
  readonly store: EventStore
  readonly read: ReadModel
  readonly settings: () => Settings
  /** Actors who own this process by where they sit: the bearer of the token; the page on loopback when there is no token. */
  readonly owners: readonly string[]
}

/** An empty list lets nobody in: the only owners without an entry are those of `owners`. */
export function createMembership({ store, read, settings, owners }: MembershipOptions): Membership {
  const code = Array.from({ length: 8 }, () => randomInt(10)).join('')
  let guesses = 0

  const listed = async (): Promise<Readonly<Record<string, Role>>> => ({ ...(await read.people()).roles, ...settings().people })
  const ownerExists = async () => Object.values(await listed()).includes('owner')

  return {
    async roleOf(actor) {
      if (owners.includes(actor.id)) return 'owner'
      const known = await listed()
      return Object.hasOwn(known, actor.id) ? (known[actor.id] ?? null) : null
    },
    claimCode: async () => ((await ownerExists()) ? null : code),
    async claim(guess: string, actor: Actor, meta: EventMeta) {
      guesses += 1
      // Ten wrong guesses of a hundred million: then only a restart, with a new code, goes on.
      if (guesses > 10) return refused('TOO_MANY_GUESSES', 'too many wrong codes; restart the bot for a new one')
      if (!sameText(guess, code)) return refused('WRONG_CODE', 'that is not the code in the log')
      const exists = await ownerExists()
      return store.transact(meta, async (tx) => {
        const stream = await tx.load('people', singleton)
        const decision = claimOwnership(stream.state, actor.id, meta.occurredAt, exists)
        if (!decision.ok) return decision
        tx.append(stream, decision.events)
        return { ok: true as const }
      })
    },
  }
}

const sameText = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
