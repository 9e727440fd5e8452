import { randomUUID } from 'node:crypto'
import { exchangeDate } from '../../../src/domain/calendar.ts'
import { AlpacaError, invalid } from './errors.ts'
import type { Activity } from './records.ts'
import { stamp } from './views.ts'

/** The first half of an activity's id: `20260303150000123`. */
export const compact = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:.TZ]/g, '')

export interface NonTrade {
  readonly type: string
  readonly subType?: string
  readonly symbol?: string
  readonly quantity?: string
  readonly perShare?: string
  /** Signed USD. */
  readonly netAmount: string
  readonly description?: string
}
/** A fee, a dividend, a split…: everything that is no trade. Its `date` is a day, not a moment. */
export function nonTradeActivity(facts: NonTrade, at: number): Activity {
  const id = `${compact(at)}::${randomUUID()}`
  const wire = {
    id,
    activity_type: facts.type,
    ...(facts.subType === undefined ? {} : { activity_sub_type: facts.subType }),
    date: exchangeDate(at),
    created_at: stamp(at),
    net_amount: facts.netAmount,
    ...(facts.symbol === undefined ? {} : { symbol: facts.symbol }),
    ...(facts.quantity === undefined ? {} : { qty: facts.quantity }),
    ...(facts.perShare === undefined ? {} : { per_share_amount: facts.perShare }),
    description: facts.description ?? '',
    status: 'executed',
  }
  return { id, activity_type: facts.type, at, wire }
}

const groups: Readonly<Record<string, (type: string) => boolean>> = {
  TRANS: (type) => type === 'CSD' || type === 'CSW',
  MISC: (type) => !['FILL', 'CSD', 'CSW'].includes(type) && !type.startsWith('DIV'),
  DIV: (type) => type.startsWith('DIV'),
}
const moment = (query: URLSearchParams, name: string): number | null => {
  const value = query.get(name)
  if (value === null) return null
  const at = Date.parse(value)
  if (Number.isNaN(at)) throw invalid(`invalid ${name}`)
  return at
}

/** One page, as the query asks. The page token is the id of the last activity of the page before. @throws AlpacaError 422 */
export function pageOfActivities(all: readonly Activity[], query: URLSearchParams, ofType: string | null): readonly object[] {
  const types = (ofType ?? query.get('activity_types') ?? '').split(',').filter((type) => type !== '')
  const category = query.get('category')
  if (category !== null && types.length > 0) throw invalid('category cannot be used with activity_types')
  const [after, until, day] = [moment(query, 'after'), moment(query, 'until'), query.get('date')]
  const wanted = ({ activity_type: type, at }: Activity): boolean =>
    (types.length === 0 || types.some((asked) => asked === type || groups[asked]?.(type) === true)) &&
    (category === null || (category === 'trade_activity') === (type === 'FILL')) &&
    (after === null || at > after) &&
    (until === null || at < until) &&
    (day === null || exchangeDate(at) === day.slice(0, 10))
  const ascending = query.get('direction') === 'asc'
  const sorted = all.filter(wanted).sort((a, b) => a.at - b.at)
  const ordered = ascending ? sorted : sorted.reverse()
  const size = Number(query.get('page_size') ?? 100)
  if (!(size >= 1 && size <= 100)) throw new AlpacaError(422, 40010001, 'page_size must be between 1 and 100')
  const token = query.get('page_token')
  const start = token === null ? 0 : ordered.findIndex(({ id }) => id === token) + 1
  if (token !== null && start === 0) throw invalid('invalid page_token')
  return ordered.slice(start, start + size).map(({ wire }) => wire)
}
