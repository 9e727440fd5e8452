import { writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { banners, tiny } from '../../src/app/card.ts'
import { type CliDependencies, defineCli, exitCodes } from '../../src/app/cli.ts'
import { decimal, text, type Usd, usd } from '../../src/domain/decimal.ts'
import { check as positionTooLarge } from '../../src/domain/risk/checks/position-too-large.ts'
import { type Comparison, compareSizing, type PastTrade } from '../../src/domain/sizing/compare.ts'
import type { ReadModel } from '../../src/ports/read-model.ts'

/** Years of trading; a longer past says little about today. */
const mostTrades = 5_000

export const cli = defineCli({
  name: 'sizing',
  summary: 'what your own closed trades would have come to by each way of sizing',
  options: [
    { syntax: '--compare', description: 'compares all methods, with the settings in force' },
    { syntax: '--out <file>', description: 'where the picture goes (sizing.png); an older one is replaced' },
  ],
  input: z.object({
    compare: z.literal(true, { error: 'must be given: --compare is all there is' }),
    out: z.string().default('sizing.png'),
  }),
  async run({ input: { out }, deps }) {
    const environment = deps.environment()
    const [settings, methods, store] = [await deps.settings(environment), await deps.sizingMethods(), await deps.openStore(environment)]
    try {
      const trades = await closedTrades(store.read)
      if (trades.length === 0) {
        deps.print('No trade is closed yet: there is nothing to compare.')
        return exitCodes.ok
      }
      const start = (await store.read.snapshots('1970-01-01T00:00:00.000Z', 2))[0]?.equity ?? usd(settings.simulation.cash)
      const { equity_percent: most } = positionTooLarge.limits.parse(settings.risk['position_too_large'] ?? {})
      const compared = methods
        .map((method) => compareSizing({ method, settings: settings.sizing[method.name] }, trades, start, decimal(most)))
        .sort((a, b) => b.net.cmp(a.net))
      for (const line of tableOf(compared, settings.sizing.method)) deps.print(line)
      deps.print(`${trades.length} trades from $${start.toFixed(0)}`)
      deps.print(`capped at ${most} % each. * in use`)
      await draw(deps, { compared, trades: trades.length, mode: environment.mode, out })
      return exitCodes.ok
    } finally {
      await store.close()
    }
  },
})

/** Oldest first. */
async function closedTrades(read: ReadModel): Promise<readonly PastTrade[]> {
  const trades: PastTrade[] = []
  let cursor: string | null | undefined
  do {
    const page = await read.positions({ status: 'closed' }, { limit: 200, cursor: cursor ?? undefined })
    trades.push(...page.items)
    cursor = page.next
  } while (cursor !== null && trades.length < mostTrades)
  return trades.reverse()
}

/** Fits a phone: 34 characters. */
function tableOf(compared: readonly Comparison[], inUse: string): readonly string[] {
  const line = (name: string, trades: string, net: string, deepest: string) =>
    `${name.padEnd(18)}${trades.padStart(4)}${net.padStart(6)}${deepest.padStart(6)}`
  return [
    line('Method', 'N', 'Net', 'Worst'),
    ...compared.map(({ method, trades, net, deepest }) =>
      line(
        `${method === inUse ? '*' : ''}${method}`.slice(0, 18),
        String(Math.min(trades, 9999)),
        tiny(net),
        tiny(usd('0').minus(deepest)),
      ),
    ),
  ]
}

interface Picture {
  readonly compared: readonly Comparison[]
  readonly trades: number
  readonly mode: keyof typeof banners
  readonly out: string
}
async function draw(deps: CliDependencies, { compared, trades, mode, out }: Picture): Promise<void> {
  const equity = (curve: readonly Usd[]): readonly string[] => curve.map((at) => text(at))
  const lines = compared.map(({ method, curve }) => ({ method, equity: equity(curve) }))
  const png = await deps.draw({ kind: 'sizing', banner: banners[mode], trades, lines, asOf: Date.now() })
  if (png === null) return deps.printError('✗ the picture could not be drawn; the table says the same')
  await writeFile(out, png)
  deps.print(`✓ picture: ${out}`)
}
