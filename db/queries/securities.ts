import { eq, sql } from 'drizzle-orm'
import type { ReadModel } from '../../src/ports/read-model.ts'
import { securities } from '../schema.ts'
import type { Sql } from '../sql.ts'
import { first, statement } from '../statement.ts'

const bySymbol = statement(securities, { where: eq(securities.symbol, sql.placeholder('symbol')) })

export const securityQueries = (on: Sql): Pick<ReadModel, 'security'> => ({
  security: (symbol) => first(bySymbol(on, { symbol }), (security) => security),
})
