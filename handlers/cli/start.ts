import { z } from 'zod'
import { defineCli, exitCodes, type StartOptions } from '../../src/app/cli.ts'
import { plainStart } from '../../src/config/mode.ts'

const isoTime = z
  .string()
  .refine((value) => /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(value) && !Number.isNaN(Date.parse(value)), {
    error: 'must be a date like 2024-03-05 or a UTC time like 2024-03-05T14:30:00Z',
  })
  .optional()
const figure = (schema: z.ZodNumber) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'must be a number')
    .transform(Number)
    .pipe(schema)
    .optional()

const split = z
  .string()
  .regex(/^[A-Z][A-Z0-9.]{0,9}:\d{4}-\d{2}-\d{2}:\d+(\.\d+)?$/, 'must look like ACME:2024-03-05:4 (four new shares for one old)')
  .transform((value) => {
    const [symbol = '', date = '', ratio = ''] = value.split(':')
    return { symbol, date, ratio }
  })
  .refine(({ ratio }) => !/^[0.]+$/.test(ratio), { error: 'the ratio must be above zero' })
  .refine(({ date }) => !Number.isNaN(Date.parse(date)), { error: 'the date does not exist' })

const input = z
  .object({
    speed: figure(z.number().min(0.1, 'must be at least 0.1').max(10_000, 'must be at most 10000')),
    seed: figure(
      z
        .number()
        .int('must be a whole number')
        .max(2 ** 31 - 1, 'must be at most 2147483647'),
    ),
    port: figure(z.number().int('must be a whole number').max(65_535, 'must be at most 65535')),
    alerts: z.string().optional(),
    replay: z.string().optional(),
    from: isoTime,
    to: isoTime,
    split: z.array(split).default([]),
    dataDir: z.string().min(1, 'must name a folder').optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    error: 'must be after --from',
  })
  .refine(({ replay, from, to }) => replay !== undefined || (from === undefined && to === undefined), {
    path: ['from'],
    error: '--from and --to choose a stretch of --replay <folder>, which is missing',
  })

export const cli = defineCli({
  name: 'start',
  summary: 'run the bot, with console and API: on the simulated market, or on the paper account when there are keys',
  options: [
    { syntax: '--speed <factor>', description: 'simulated seconds in one real second (0.1 to 10000)' },
    { syntax: '--seed <number>', description: 'same seed, same market' },
    { syntax: '--alerts <file.jsonl>', description: 'feed in alerts from a file, one JSON object per line' },
    { syntax: '--replay <folder>', description: 'trade on recorded bars instead of the generated market' },
    { syntax: '--from <time>', description: 'start of the stretch to replay, UTC' },
    { syntax: '--to <time>', description: 'end of the stretch to replay, UTC' },
    { syntax: '--split <SYMBOL:DATE:RATIO>', description: 'a stock split during the run; may be given several times', repeated: true },
    { syntax: '--port <number>', description: 'instead of PORT; 0: any free one' },
    { syntax: '--data-dir <folder>', description: 'instead of DATA_DIR' },
  ],
  input,
  async run({ input: { split: splits, ...options }, deps }) {
    await deps.start({ ...options, splits, launch: { ...plainStart, simulationOptions: simulationOptions({ ...options, splits }) } })
    return exitCodes.ok
  },
})

/** Options that make sense on a simulated market only, as somebody typed them. */
const simulationOptions = ({ speed, seed, replay, from, to, splits }: StartOptions): readonly string[] =>
  Object.entries({ speed, seed, replay, from, to, split: splits.length > 0 ? splits : undefined }).flatMap(([name, value]) =>
    value === undefined ? [] : `--${name}`,
  )
