import { z } from 'zod'
import { defineCli, exitCodes } from '../../src/app/cli.ts'

export const cli = defineCli({
  name: 'rebuild',
  summary: 'write all projections anew from the events',
  input: z.object({}),
  async run({ deps }) {
    const store = await deps.openStore(deps.environment())
    try {
      const { pending } = await store.migrations.status()
      if (pending.length > 0) {
        deps.printError(`✗ ${pending.length} migrations are pending; run: catalyst migrate`)
        return exitCodes.refused
      }
      const events = await store.maintenance.rebuild((done, total) => deps.progress('rebuilding', done, total))
      deps.print(`✓ projections rebuilt from ${events} events`)
      return exitCodes.ok
    } finally {
      await store.close()
    }
  },
})
