import { usd } from '../../src/domain/decimal.ts'
import type { ReadModel, ScoreRow } from '../../src/ports/read-model.ts'
import { run, type Sql } from '../sql.ts'

const names = {
  reason: `case p.status
    when 'declined' then coalesce(nullif(p.reason, ''), 'no reason')
    when 'denied' then coalesce(p.denials -> 0 ->> 'code', 'denied')
    else p.status end`,
  person: `coalesce(p.decided_by, 'nobody')`,
} as const

const statement = (group: keyof typeof names) => `
  select ${names[group]} as name, count(distinct p.id) as cards,
    sum(h.pnl) filter (where h.horizon = '15m') as "15m",
    sum(h.pnl) filter (where h.horizon = '1h') as "1h",
    sum(h.pnl) filter (where h.horizon = '1d') as "1d"
  from proposals p join hindsights h on h.proposal_id = p.id
  where p.status in ('declined', 'denied', 'expired') and p.offered_at >= $1
  group by 1 order by 2 desc, 1 limit $2`

const figure = (value: unknown) => (value === null || value === undefined ? null : usd(String(value)))

export const scorecardQueries = (sql: Sql): Pick<ReadModel, 'scorecard'> => ({
  async scorecard(group, since, limit) {
    const rows = await run(sql, statement(group), [since, limit])
    return rows.map(
      (row): ScoreRow => ({
        name: String(row['name']),
        cards: Number(row['cards']),
        pnl: { '15m': figure(row['15m']), '1h': figure(row['1h']), '1d': figure(row['1d']) },
      }),
    )
  },
})
