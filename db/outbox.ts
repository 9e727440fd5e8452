import type { Outbox } from '../src/ports/outbox.ts'
import type { Database } from './connect.ts'
import { run } from './sql.ts'

/** The newest message of each card that is due; older ones of the same card are told by it. Retry times are real time. */
const due = `select o.sequence, o.card_key, o.card, o.mention, o.attempts, m.reference
  from outbox o left join messages m on m.chat = o.chat and m.card_key = o.card_key
  where o.chat = $1 and (o.retry_at is null or o.retry_at <= $2::timestamptz)
    and not exists (select from outbox newer where newer.chat = o.chat and newer.card_key = o.card_key and newer.sequence > o.sequence)
  order by o.sequence limit $3`

export function createOutbox({ sql }: Pick<Database, 'sql'>): Outbox {
  return {
    async pending(chat, limit) {
      const rows = await run(sql, due, [chat, new Date().toISOString(), limit])
      return rows.map((row) => ({
        sequence: Number(row['sequence']),
        chat,
        cardKey: String(row['card_key']),
        card: row['card'],
        mention: row['mention'],
        attempts: Number(row['attempts']),
        reference: row['reference'],
      }))
    },
    async delivered({ chat, cardKey, sequence }, reference) {
      await sql.begin(async (tx) => {
        await Promise.all([
          run(tx, 'delete from outbox where chat = $1 and card_key = $2 and sequence <= $3', [chat, cardKey, sequence]),
          run(
            tx,
            'insert into messages (chat, card_key, reference) values ($1, $2, $3) on conflict (chat, card_key) do update set reference = excluded.reference',
            [chat, cardKey, reference],
          ),
        ])
      })
    },
    async failed({ sequence }, problem, retryAt) {
      await run(sql, 'update outbox set attempts = attempts + 1, problem = $2, retry_at = $3::timestamptz where sequence = $1', [
        sequence,
        problem,
        retryAt,
      ])
    },
  }
}
