import { asc, eq, type InferSelectModel, sql } from 'drizzle-orm'
import type { Alert } from '../../src/domain/alert.ts'
import type { ReadModel } from '../../src/ports/read-model.ts'
import { alerts } from '../schema.ts'
import type { Queries } from '../sql.ts'
import { pageQuery, toPage } from './page.ts'

export const toAlert = ({ streamVersion: _, ...alert }: InferSelectModel<typeof alerts>): Alert => alert

export const alertQueries = (db: Queries): Pick<ReadModel, 'alert' | 'alerts' | 'unjudgedAlerts'> => ({
  async alert(id) {
    const [row] = await db.select().from(alerts).where(eq(alerts.id, id))
    return row ? toAlert(row) : null
  },
  async alerts(page) {
    const query = pageQuery(alerts.receivedAt, alerts.id, page)
    const rows = await db
      .select()
      .from(alerts)
      .where(query.where)
      .orderBy(...query.order)
      .limit(query.limit)
    return toPage(rows, query, toAlert, (row) => [row.receivedAt, row.id])
  },
  async unjudgedAlerts(limit) {
    const oldest = [asc(alerts.receivedAt), asc(alerts.id)]
    const rows = await db
      .select()
      .from(alerts)
      .where(sql`status = 'received'`)
      .orderBy(...oldest)
      .limit(limit)
    return rows.map(toAlert)
  },
})
