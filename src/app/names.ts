import type { Actor } from '../ports/chat.ts'
import type { KeyValueStore } from '../ports/key-value.ts'
import type { Log } from './context.ts'
import { cleaned } from './fields.ts'

/** What people call themselves where they act, for cards; whoever was never seen is shown by id. Events keep ids alone. */
export interface Names {
  /** Somebody acted, under this name. */
  note(actor: Pick<Actor, 'id' | 'name'>): void
  of(id: string): string
}

const namespace = 'names'
const longest = 40

export async function createNames(store: KeyValueStore, log: Pick<Log, 'warn'>): Promise<Names> {
  const known = new Map([...(await store.load(namespace))].map(([id, name]) => [id, String(name)]))
  return {
    note({ id, name }) {
      const shown = cleaned(name).slice(0, longest)
      if (shown === '' || known.get(id) === shown) return
      known.set(id, shown)
      store
        .save(namespace, new Map([[id, shown]]))
        .catch((error: unknown) => log.warn({ person: id, error }, 'a name could not be kept; cards show it until the next start'))
    },
    of: (id) => known.get(id) ?? id,
  }
}
