import { eq } from 'drizzle-orm'
import type { ReadModel } from '../../src/ports/read-model.ts'
import { securities } from '../schema.ts'
import type { Queries } from '../sql.ts'

export const securityQueries = (db: Queries): Pick<ReadModel, 'security'> => ({
  async security(symbol) {
    const [row] = await db.select().from(securities).where(eq(securities.symbol, symbol))
    return row ?? null
  },
})
