import type { People } from '../../src/domain/people.ts'
import { evolutions, singleton } from '../../src/domain/streams.ts'
import type { TradingState } from '../../src/domain/trading-state.ts'
import type { ReadModel } from '../../src/ports/read-model.ts'
import { run, type Sql } from '../sql.ts'

export function stateQueries(connection: Sql): Pick<ReadModel, 'tradingState' | 'people'> {
  const stored = async (id: string): Promise<unknown> => {
    const [row] = await run(connection, 'select state from singletons where id = $1', [id])
    return row?.['state']
  }
  return {
    tradingState: async () => ((await stored(`trading:${singleton}`)) as TradingState | undefined) ?? evolutions.trading.initial(singleton),
    people: async () => ((await stored(`people:${singleton}`)) as People | undefined) ?? evolutions.people.initial(singleton),
  }
}
