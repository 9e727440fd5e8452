import { createMaintenance } from '../../db/maintenance.ts'
import { createHome, removeHome } from '../support/bot.ts'
import { open, seedEvents } from './support/history.ts'
import { type Bench, line, timed } from './support/measure.ts'

/** How fast projections are written anew from the events, and how fast the hash chains are checked. */
export const bench: Bench = {
  eachDatabase: true,
  async run({ quick }) {
    const home = await createHome()
    const database = await open(home)
    const events = await seedEvents(database, quick ? 500 : 3_000)
    const { rebuild, verifyChains } = createMaintenance(database)
    const rebuilding = await timed(() => rebuild())
    const verifying = await timed(() => verifyChains())
    await database.close()
    await removeHome(home)
    return [
      line('rebuild', [(events * 1000) / rebuilding], 'events/s'),
      line('verify the hash chains', [(events * 1000) / verifying], 'events/s'),
    ]
  },
}
