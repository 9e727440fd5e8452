import { eventually } from './bot.ts'
import type { CrashBotOrders } from './crash-bot.ts'
import { type CrashChild, startCrashBot } from './crash-child.ts'
import { freePort } from './newcomer.ts'
import { type Person, personAt } from './person.ts'

export interface Slot {
  readonly person: Person
  /** The process that is in it now. */
  readonly child: () => CrashChild
  role(): Promise<'leader' | 'standby' | 'none'>
  /** No other is started in its place. */
  end(): Promise<void>
}

/** Two processes on one database, each started again when it ends, as a supervisor does. */
export interface ProcessPair {
  readonly slots: readonly Slot[]
  /** The one that leads and can trade. */
  leader(patienceMs?: number): Promise<Slot>
  other(slot: Slot): Slot
  /** What they said on standard error. */
  readonly errors: readonly string[]
  end(): Promise<void>
}

const answerMs = 3_000
const restartMs = 200

export async function startPair(orders: Omit<CrashBotOrders, 'moment' | 'lead' | 'port'>): Promise<ProcessPair> {
  const errors: string[] = []
  const slots = await Promise.all([0, 1].map(async () => startSlot(orders, await freePort(), errors)))
  return {
    slots,
    errors,
    leader: (patienceMs = 60_000) =>
      eventually(
        'one of the processes leads',
        async () => {
          const roles = await Promise.all(slots.map((slot) => slot.role()))
          return slots[roles.indexOf('leader')]
        },
        patienceMs,
      ),
    other(slot) {
      const found = slots.find((one) => one !== slot)
      if (!found) throw new Error('there are two')
      return found
    },
    async end() {
      await Promise.all(slots.map((slot) => slot.end()))
    },
  }
}

function startSlot(orders: Omit<CrashBotOrders, 'moment' | 'lead' | 'port'>, port: number, errors: string[]): Slot {
  const person = personAt(`http://127.0.0.1:${port}`, answerMs)
  let ending = false
  let child: CrashChild
  const begin = () => {
    child = startCrashBot({ ...orders, moment: null, lead: true, port })
    void child.gone.then(({ errors: said }) => {
      if (said !== '') errors.push(said)
      if (!ending) setTimeout(begin, restartMs)
    })
  }
  begin()
  return {
    person,
    child: () => child,
    async role() {
      const health = await person.get<{ role?: string; status?: string }>('/health').catch(() => null)
      if (health?.body.role === 'standby') return 'standby'
      return health?.body.role === 'leader' && health.body.status === 'ok' ? 'leader' : 'none'
    },
    async end() {
      ending = true
      await child.end()
    },
  }
}
