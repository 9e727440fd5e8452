import type { Lane, Outbox } from '../src/ports/outbox.ts'
import type { Database } from './connect.ts'
import { run } from './sql.ts'

/** Real seconds that a card waits for the one in whose thread it belongs; then it goes to the channel. */
const threadPatience = 30

/**
 * The newest message of each card that is due; older ones of the same card are told by it. Retry times are real time.
 * A card moves from one lane to the other with its first delivery, so that one lane alone ever has it.
 */
const due = (lane: Lane) => `select o.sequence, o.card_key, o.card, o.mention, o.attempts, m.reference, t.reference as thread,
    (m.begun_at is not null and m.reference is null) as uncertain
  from outbox o
    left join messages m on m.chat = o.chat and m.card_key = o.card_key
    left join messages t on t.chat = o.chat and t.card_key = o.card ->> 'thread'
  where o.chat = $1 and m.reference is ${lane === 'posts' ? 'null' : 'not null'} and (o.retry_at is null or o.retry_at <= $2::timestamptz)
    and not exists (select from outbox newer where newer.chat = o.chat and newer.card_key = o.card_key and newer.sequence > o.sequence)
    and not (m.reference is null and t.reference is null and o.queued_at > clock_timestamp() - interval '${threadPatience} seconds'
      and exists (select from outbox first where first.chat = o.chat and first.card_key = o.card ->> 'thread'))
  order by ${lane === 'posts' ? "(o.card_key like 'proposal:%'), " : ''}o.sequence limit $3`

const waiting = `select count(distinct p.id) filter (where m.reference is null) as unposted,
    extract(epoch from clock_timestamp() - min(o.queued_at)) * 1000 as oldest
  from outbox o
    join proposals p on p.id = substring(o.card_key from 10) and p.status in ('pending', 'armed')
    left join messages m on m.chat = o.chat and m.card_key = o.card_key
  where o.chat = $1 and o.card_key like 'proposal:%'`

const done = 'delete from outbox where chat = $1 and card_key = $2 and sequence <= $3'
const superseded = `delete from outbox old using outbox newer
  where old.card_key = $1 and newer.chat = old.chat and newer.card_key = old.card_key and newer.sequence > old.sequence`
const stands = `insert into messages (chat, card_key, reference) values ($1, $2, $3)
  on conflict (chat, card_key) do update set reference = excluded.reference`
const begun = `insert into messages (chat, card_key, begun_at) values ($1, $2, clock_timestamp()) on conflict (chat, card_key) do nothing`

export function createOutbox({ sql }: Pick<Database, 'sql'>): Outbox {
  const queries = { posts: due('posts'), edits: due('edits') }
  return {
    async pending(chat, limit, lane) {
      const rows = await run(sql, queries[lane], [chat, new Date().toISOString(), limit])
      return rows.map((row) => ({
        sequence: Number(row['sequence']),
        chat,
        cardKey: String(row['card_key']),
        card: row['card'],
        mention: row['mention'],
        attempts: Number(row['attempts']),
        reference: row['reference'],
        uncertain: row['uncertain'] === true,
        thread: row['thread'],
      }))
    },
    async begin({ chat, cardKey }) {
      await run(sql, begun, [chat, cardKey])
    },
    async delivered({ chat, cardKey, sequence }, reference) {
      await sql.begin((tx) => Promise.all([run(tx, done, [chat, cardKey, sequence]), run(tx, stands, [chat, cardKey, reference])]))
    },
    async failed({ sequence }, problem, retryAt) {
      await run(sql, 'update outbox set attempts = attempts + 1, problem = $2, retry_at = $3::timestamptz where sequence = $1', [
        sequence,
        problem,
        retryAt,
      ])
    },
    async dropped({ chat, cardKey, sequence }) {
      await run(sql, done, [chat, cardKey, sequence])
    },
    async tidy(cardKey) {
      await run(sql, superseded, [cardKey])
    },
    async retryNow(chat) {
      await run(sql, 'update outbox set retry_at = null where chat = $1 and retry_at is not null', [chat])
    },
    async backlog(chat) {
      const [row] = await run(sql, waiting, [chat])
      return { unposted: Number(row?.['unposted'] ?? 0), oldestMs: row?.['oldest'] == null ? null : Number(row['oldest']) }
    },
  }
}
