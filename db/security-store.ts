import type { SecurityStore } from '../src/ports/read-model.ts'
import type { Database } from './connect.ts'
import { put } from './projections/write.ts'
import { sectors, securities } from './schema.ts'
import { writeRows } from './write-rows.ts'

export const createSecurityStore = ({ sql }: Pick<Database, 'sql'>): SecurityStore => ({
  async saveSecurities(list) {
    await sql.begin(async (tx) => {
      await writeRows(
        tx,
        [...new Set(list.map((s) => s.sector))].map((name) => put(sectors, { name })),
      )
      await writeRows(
        tx,
        list.map((security) => put(securities, security)),
      )
    })
  },
})
