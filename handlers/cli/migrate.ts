import { z } from 'zod'
import { type CliDependencies, defineCli, type ExitCode, exitCodes, type StoreTools } from '../../src/app/cli.ts'

export const cli = defineCli({
  name: 'migrate',
  summary: 'bring the database up to date, or look at it',
  arguments: [{ syntax: '[action]', description: 'status: what is applied; verify: every hash chain and projection; default: apply' }],
  input: z.object({
    action: z.enum(['apply', 'status', 'verify'], { error: 'must be status or verify, or nothing to apply' }).default('apply'),
  }),
  async run({ input: { action }, deps }) {
    const store = await deps.openStore(deps.environment())
    try {
      return await actions[action](store, deps)
    } finally {
      await store.close()
    }
  },
})

const actions: Readonly<Record<'apply' | 'status' | 'verify', (store: StoreTools, deps: CliDependencies) => Promise<ExitCode>>> = {
  async apply(store, deps) {
    const applied = await store.migrations.apply()
    for (const name of applied) deps.print(`✓ applied ${name}`)
    if (applied.length === 0) deps.print('✓ the database is up to date')
    return exitCodes.ok
  },
  async status(store, deps) {
    const { applied, pending } = await store.migrations.status()
    for (const name of applied) deps.print(`✓ ${name}`)
    for (const name of pending) deps.print(`✗ ${name} is pending; run: catalyst migrate`)
    return pending.length === 0 ? exitCodes.ok : exitCodes.refused
  },
  async verify(store, deps) {
    const { pending } = await store.migrations.status()
    if (pending.length > 0) {
      deps.printError(`✗ ${pending.length} migrations are pending; run: catalyst migrate`)
      return exitCodes.refused
    }
    const chains = await store.maintenance.verifyChains((done, total) => deps.progress('hash chains', done, total))
    const projections = await store.maintenance.compareProjections()
    for (const { where, problem } of [...chains, ...projections]) deps.print(`✗ ${where}: ${problem}`)
    if (chains.length === 0) deps.print('✓ every hash chain is whole')
    else deps.print('  events were changed behind the back of this program: restore a backup')
    if (projections.length === 0) deps.print('✓ every projection agrees with its events')
    else deps.print('  run: catalyst rebuild')
    return chains.length + projections.length === 0 ? exitCodes.ok : exitCodes.refused
  },
}
