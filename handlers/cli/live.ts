import { z } from 'zod'
import { type CliDependencies, defineCli, type ExitCode, exitCodes } from '../../src/app/cli.ts'
import { livePhrase, plainStart } from '../../src/config/mode.ts'

const amount = (what: string) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/, `must be ${what}`)
    .optional()

const symbols = z
  .string()
  .transform((list) => list.split(',').map((symbol) => symbol.trim().toUpperCase()))
  .refine((list) => list.every((symbol) => /^[A-Z][A-Z0-9.]{0,9}$/.test(symbol)), { error: 'must be symbols like AAPL,MSFT' })
  .optional()

const input = z.object({
  account: z.enum(['paper', 'trading'], { error: 'must be paper or trading' }),
  enableLive: z.boolean().default(false),
  phrase: z.string().optional(),
  readiness: z.string().min(1, 'must name a file').optional(),
  override: z.string().min(1, 'must say why').optional(),
  symbols,
  maxDrawdown: amount('a number of %'),
  maxDailyLoss: amount('a number of USD'),
  alerts: z.string().optional(),
  port: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().max(65_535, 'must be at most 65535'))
    .optional(),
  dataDir: z.string().min(1, 'must name a folder').optional(),
  revoke: z.boolean().default(false),
})

export const cli = defineCli({
  name: 'live',
  summary: 'run the bot at Alpaca: `live paper` without real money, `live trading --enable-live` with it',
  arguments: [{ syntax: '<account>', description: 'paper or trading' }],
  options: [
    { syntax: '--enable-live', description: 'trading: yes, real money' },
    { syntax: '--phrase <words>', description: `trading: "${livePhrase}", where nobody can be asked; once per account` },
    { syntax: '--readiness <file>', description: 'trading: what `catalyst readiness --save` wrote from the paper books' },
    { syntax: '--override <reason>', description: 'trading: why to go live without being ready; it stays on the record' },
    { syntax: '--revoke', description: 'trading: take the confirmation back; the next start asks again' },
    { syntax: '--symbols <list>', description: 'the only symbols that may be entered, separated by commas' },
    { syntax: '--max-drawdown <percent>', description: 'tightens the limit on the drawdown' },
    { syntax: '--max-daily-loss <usd>', description: "tightens the limit on a day's loss" },
    { syntax: '--alerts <file.jsonl>', description: 'feed in alerts from a file, one JSON object per line' },
    { syntax: '--port <number>', description: 'instead of PORT; 0: any free one' },
    { syntax: '--data-dir <folder>', description: 'instead of DATA_DIR' },
  ],
  input,
  async run({ input: asked, deps }) {
    if (asked.revoke) return revoke(deps)
    const { account, enableLive, phrase, readiness, override, symbols, maxDrawdown, maxDailyLoss, alerts, port, dataDir } = asked
    const onlyLive = Object.entries({ readiness, override }).flatMap(([name, value]) => (value === undefined ? [] : `--${name}`))
    if (account === 'paper' && onlyLive.length > 0) {
      for (const option of onlyLive) deps.printError(`✗ ${option} is for \`live trading\`: leave it out`)
      return exitCodes.usage
    }
    await deps.start({
      splits: [],
      alerts,
      port,
      dataDir,
      launch: { ...plainStart, command: account === 'paper' ? 'live paper' : 'live trading', enableLive, phrase: phrase ?? null },
      limits: { symbols, maxDrawdown, maxDailyLoss },
      grounds: { readinessFile: readiness, override },
    })
    return exitCodes.ok
  },
})

async function revoke(deps: CliDependencies): Promise<ExitCode> {
  const confirmed = await deps.revokeLive(deps.environment())
  deps.print(confirmed ? '✓ the next live start asks for the phrase again' : 'live trading was not confirmed here')
  return exitCodes.ok
}
