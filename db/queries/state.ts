import type { BooksState } from '../../src/domain/books.ts'
import type { People } from '../../src/domain/people.ts'
import { evolutions, singleton } from '../../src/domain/streams.ts'
import type { TradingState } from '../../src/domain/trading-state.ts'
import type { ReadModel } from '../../src/ports/read-model.ts'
import { run, type Sql } from '../sql.ts'

export function stateQueries(connection: Sql): Pick<ReadModel, 'tradingState' | 'people' | 'books' | 'lastKilledAt'> {
  const stored = async (id: string): Promise<unknown> => {
    const [row] = await run(connection, 'select state from singletons where id = $1', [id])
    return row?.['state']
  }
  return {
    tradingState: async () => ((await stored(`trading:${singleton}`)) as TradingState | undefined) ?? evolutions.trading.initial(singleton),
    books: async () => ((await stored(`books:${singleton}`)) as BooksState | undefined) ?? evolutions.books.initial(singleton),
    async lastKilledAt() {
      const halts = `select data->>'at' as at from events where stream = $1 and type = 'TradingHalted'
        and actor <> 'system' order by version desc limit 1`
      const [row] = await run(connection, halts, [`trading:${singleton}`])
      return row === undefined ? null : String(row['at'])
    },
    people: async () => ((await stored(`people:${singleton}`)) as People | undefined) ?? evolutions.people.initial(singleton),
  }
}
