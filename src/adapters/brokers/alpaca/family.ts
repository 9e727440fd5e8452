import type { BrokerOrder } from '../../../ports/broker.ts'
import type { WireOrder } from './schema.ts'

/** What a leg is to its parent. */
export interface Kinship {
  readonly parentId: string
  readonly role: NonNullable<BrokerOrder['legRole']>
}

/** Which orders belong together. Alpaca tells it in nested answers only: a leg itself, in the stream say, does not name its parent. */
export interface Family {
  /** Learns from a parent with its legs, or from how a known parent is doing. */
  learn(parent: WireOrder): void
  kinshipOf(order: Pick<WireOrder, 'id' | 'replaces'>): Kinship | null
  isParent(id: string): boolean
  /** Whether what its legs wait for has happened. */
  legsWork(parentId: string): boolean
  /** The legs that waited for an order, as they were last told with it. */
  heldLegs(parentId: string): readonly WireOrder[]
}

const mostRemembered = 10_000

export const isComplex = ({ order_class: kind }: Pick<WireOrder, 'order_class'>): boolean =>
  kind === 'bracket' || kind === 'oco' || kind === 'oto'

/** A leg that waits for a price above all is the target; everything else stops a loss. */
export const roleOf = ({ type, order_type }: Pick<WireOrder, 'type' | 'order_type'>): Kinship['role'] =>
  (type ?? order_type) === 'limit' ? 'target' : 'stop'

export function createFamily(): Family {
  const legs = new Map<string, Kinship>()
  const parents = new Map<string, { readonly legsWork: boolean; readonly held: readonly WireOrder[] }>()
  const trim = (known: Map<string, unknown>): void => {
    for (const oldest of known.keys()) {
      if (known.size <= mostRemembered) return
      known.delete(oldest)
    }
  }
  return {
    learn(parent) {
      const before = parents.get(parent.id)
      if (!before && (parent.legs ?? []).length === 0) return
      const held = parent.legs
        ? parent.legs.filter(({ status }) => status === 'held').map((leg) => ({ ...leg, legs: null }))
        : (before?.held ?? [])
      // A pair that protects has nothing to wait for; Alpaca shows its stop as held all the same. What came late takes nothing back.
      const legsWork = before?.legsWork === true || parent.order_class === 'oco' || parent.status === 'filled'
      parents.set(parent.id, { legsWork, held })
      for (const leg of parent.legs ?? []) legs.set(leg.id, { parentId: parent.id, role: roleOf(leg) })
      trim(parents)
      trim(legs)
    },
    kinshipOf({ id, replaces }) {
      const known = legs.get(id)
      if (known || replaces === null) return known ?? null
      const inherited = legs.get(replaces)
      if (inherited) legs.set(id, inherited)
      return inherited ?? null
    },
    isParent: (id) => parents.has(id),
    legsWork: (parentId) => parents.get(parentId)?.legsWork ?? false,
    heldLegs: (parentId) => parents.get(parentId)?.held ?? [],
  }
}
