import type { Fact } from '../ports/chat.ts'
import type { ReadModel } from '../ports/read-model.ts'

export interface AuditHead {
  readonly sequence: number
  /** SHA-256, hex. */
  readonly hash: string
}

/** The newest event's hash. Said in a chat, it is an anchor outside the database: whoever rewrites history has to rewrite that too. */
export async function auditHead(read: Pick<ReadModel, 'events'>): Promise<AuditHead | null> {
  const [newest] = await read.events({ newest: true }, 1)
  return newest ? { sequence: newest.sequence, hash: newest.hash } : null
}

/** The whole hash, in halves that fit a phone's line. */
export const headFacts = (head: AuditHead | null): readonly Fact[] =>
  head === null
    ? []
    : [
        { label: 'Audit head', value: `event ${head.sequence}` },
        { label: 'Hash', value: head.hash.replace(/^(.{32})(?=.)/, '$1 ') },
      ]
