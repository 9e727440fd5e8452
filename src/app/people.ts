import type { Settings } from '../config/settings.ts'
import { refused } from '../domain/decision.ts'
import { claimOwnership, type Role } from '../domain/people.ts'
import { singleton } from '../domain/streams.ts'
import type { Actor } from '../ports/chat.ts'
import type { EventMeta, EventStore } from '../ports/event-store.ts'
import type { ReadModel } from '../ports/read-model.ts'
import type { App } from './app.ts'
import { createClaimCode } from './claim-code.ts'
import type { Log } from './context.ts'

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
  readonly log: Log
  /** Actors who own this process by where they sit: the bearer of the token; the page on loopback when there is no token. */
  readonly owners: readonly string[]
}

/** An empty list lets nobody in: the only owners without an entry are those of `owners`. */
export function createMembership({ store, read, settings, log, owners }: MembershipOptions): Membership {
  const code = createClaimCode((fresh) => log.info({}, `too many wrong codes; from now on /claim ${fresh} makes somebody the owner`))

  const listed = async (): Promise<Readonly<Record<string, Role>>> => ({ ...(await read.people()).roles, ...settings().people })
  const ownerExists = async () => Object.values(await listed()).includes('owner')

  return {
    async roleOf(actor) {
      if (owners.includes(actor.id)) return 'owner'
      const known = await listed()
      return Object.hasOwn(known, actor.id) ? (known[actor.id] ?? null) : null
    },
    claimCode: async () => ((await ownerExists()) ? null : code.current(Date.now())),
    async claim(guess: string, actor: Actor, meta: EventMeta) {
      const exists = await ownerExists()
      // An owner's bot has no code to guess.
      if (exists) return refused('OWNER_EXISTS', 'this bot already has an owner')
      const problem = code.try(guess, actor.id, Date.now())
      if (problem) return refused(problem.code, problem.explain)
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
