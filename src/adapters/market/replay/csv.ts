import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { type DecimalString, decimal, type Price, price, zero } from '../../../domain/decimal.ts'
import type { Bar, Split } from '../../../ports/market-data.ts'

const columns = ['time', 'open', 'high', 'low', 'close', 'volume'] as const
const minuteTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{3})?)?Z$/
const dayTime = /^\d{4}-\d{2}-\d{2}$/

/** A file that cannot be read as bars: says where and why. */
export class CsvError extends Error {
  override readonly name = 'CsvError'
  constructor(file: string, line: number, field: string, problem: string) {
    super(`${file}, line ${line}, ${field}: ${problem}`)
  }
}

type Row = Readonly<Record<string, string>>

async function readRows(path: string, needed: readonly string[]): Promise<readonly Row[]> {
  const file = basename(path)
  const header = (names: string[]): string[] => {
    for (const name of needed) if (!names.includes(name)) throw new CsvError(file, 1, name, 'the column is missing')
    return names
  }
  return parse<Row>(await readFile(path, 'utf8'), {
    columns: header,
    skip_empty_lines: true,
    trim: true,
    relax_column_count: true,
    bom: true,
  })
}

/** Reads one field, or says where it is wrong. */
function field<T>(file: string, line: number, row: Row, name: string, read: (value: string) => T | null, shape: string): T {
  const value = row[name]
  const result = value === undefined ? null : read(value)
  if (result === null) throw new CsvError(file, line, name, `must be ${shape}, not ${JSON.stringify(value ?? '')}`)
  return result
}

const positive = (value: string): Price | null => {
  if (!/^\d{1,12}(\.\d{1,10})?$/.test(value)) return null
  const read = price(value)
  return read.gt(zero) ? read : null
}
const shares = (value: string): number | null => (/^\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : null)
const moment =
  (shape: RegExp) =>
  (value: string): number | null => {
    const read = shape.test(value) ? Date.parse(value) : Number.NaN
    return Number.isFinite(read) ? read : null
  }

/** Bars of one file in order of time. @throws CsvError naming file, line and field. */
export async function readBars(path: string, timeframe: '1m' | '1d'): Promise<readonly Bar[]> {
  const file = basename(path)
  const [shape, words] = timeframe === '1m' ? [minuteTime, 'a UTC time like 2013-10-07T08:00:00Z'] : [dayTime, 'a date like 2013-10-07']
  let previous = Number.NEGATIVE_INFINITY
  return (await readRows(path, columns)).map((row, index): Bar => {
    const line = index + 2
    const at = field(file, line, row, 'time', moment(shape), words)
    if (at <= previous) throw new CsvError(file, line, 'time', 'must be later than the row before')
    previous = at
    const amount = (name: string): Price => field(file, line, row, name, positive, 'a price above 0')
    const bar = { at, open: amount('open'), high: amount('high'), low: amount('low'), close: amount('close') }
    if (bar.high.lt(bar.low)) throw new CsvError(file, line, 'high', `${bar.high.toFixed()} is below the low ${bar.low.toFixed()}`)
    for (const name of ['open', 'close'] as const)
      if (bar[name].gt(bar.high) || bar[name].lt(bar.low)) throw new CsvError(file, line, name, 'is outside of low and high')
    return { ...bar, volume: field(file, line, row, 'volume', shares, 'a number of shares') }
  })
}

/** Symbol → file of every `<SYMBOL>.csv` in a folder. */
export async function barFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const all = await readdir(folder).catch((error: unknown) => {
    throw new RangeError(`the folder of bars cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  })
  const names = all.filter((name) => /^[A-Z][A-Z0-9.]{0,9}\.csv$/.test(name)).sort()
  if (names.length === 0) throw new RangeError(`no bars in ${folder}: it holds no file named like SPY.csv`)
  return new Map(names.map((name) => [name.slice(0, -4), join(folder, name)]))
}

const ratioShape = (value: string): DecimalString | null => (positive(value) ? decimal(value).toFixed() : null)

/** Splits from a folder's optional `splits.csv` (`symbol,ratio,date`); each takes effect at the start of its date. */
export async function readSplits(folder: string): Promise<readonly Split[]> {
  if (!(await readdir(folder)).includes('splits.csv')) return []
  const rows = await readRows(join(folder, 'splits.csv'), ['symbol', 'ratio', 'date'])
  return rows.map((row, index): Split => {
    const read = <T>(name: string, as: (value: string) => T | null, words: string): T =>
      field('splits.csv', index + 2, row, name, as, words)
    return {
      symbol: read('symbol', (v) => v || null, 'a symbol'),
      ratio: read('ratio', ratioShape, 'new shares for one old, above 0'),
      at: read('date', moment(dayTime), 'a date like 2014-06-09'),
    }
  })
}
