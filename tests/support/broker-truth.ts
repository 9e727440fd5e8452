import { openDatabase } from '../../db/connect.ts'
import { createKeyValueStore } from '../../db/key-value.ts'
import { wrongInBooks } from './books.ts'
import type { BotHome } from './bot.ts'
import { silentLog } from './database.ts'

/**
 * What the broker has, from where no kill reaches it. A broker that is a server of its own answers while the processes that trade
 * there die; the simulated one's book is in the database.
 */
export interface BrokerTruth {
  readonly name: string
  /** What a process needs to trade there. */
  readonly variables: Readonly<Record<string, string>>
  readonly settings: object
  /** Set where processes trade on paper: how far their clock is ahead of the one on the wall, milliseconds. */
  readonly paper?: { readonly aheadMs: number }
  /** What may be traded there; null: what the processes' own market trades. */
  readonly symbols: readonly string[] | null
  /** The client ids of all entries that it ever took, one for each time. */
  entries(home: BotHome): Promise<readonly string[]>
  /** Once all processes have ended: where its books and ours differ, in words. */
  wrong(home: BotHome): Promise<readonly string[]>
  close(): Promise<void>
}

export const simulatedTruth: BrokerTruth = {
  name: 'simulated',
  variables: {},
  settings: {},
  symbols: null,
  async entries(home) {
    const database = await openDatabase({ url: home.databaseUrl, dataDir: `${home.folder}/data`, log: silentLog, migrate: false })
    try {
      const kept = [...(await createKeyValueStore(database).load('broker:simulated'))].filter(([key]) => key.startsWith('order:'))
      const orders = kept.map(([, value]) => value as { readonly clientOrderId: string; readonly reducing: boolean })
      return orders.filter(({ reducing }) => !reducing).map(({ clientOrderId }) => clientOrderId)
    } finally {
      await database.close()
    }
  },
  wrong: wrongInBooks,
  close: async () => undefined,
}
