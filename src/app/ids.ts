import { createHash, randomBytes } from 'node:crypto'
import type { AlertContent } from '../domain/alert.ts'

const alphabet = '23456789abcdefghjkmnpqrstuvwxyz'

/** A short id that a thumb can type after `/why`: 31^8 values, no look-alike characters. */
export const shortId = (): string => Array.from(randomBytes(8), (b) => alphabet[b % alphabet.length]).join('')

/** The same story from the same source always has the same id, so that hearing it twice stores it once. */
export const alertIdOf = (content: Pick<AlertContent, 'source' | 'sourceId'>): string =>
  createHash('sha256').update(`${content.source}\n${content.sourceId}`).digest('hex').slice(0, 24)

/** One proposal version, one order: the second writer of this stream loses. */
export const entryOrderId = (proposalId: string, version: number): string => `${proposalId}-v${version}`
export const legOrderId = (parentId: string, role: string): string => `${parentId}-${role}`

/** A position that no entry opened, because stop and target both filled, say: nobody asked for it. */
export const strayPositionId = (symbol: string): string => `stray-${positionIdOf(symbol)}`
export const isStray = (position: { readonly id: string }): boolean => position.id.startsWith('stray-')
export const positionIdOf = (symbol: string): string => `${symbol.toLowerCase()}-${shortId()}`

/** A close of so many shares, not of whatever there is by then. */
export const partCloseId = (positionId: string): string => `${positionId}-part-${shortId()}`
export const isPartClose = (orderId: string): boolean => /-part-[a-z2-9]{8}$/.test(orderId)

export const clientOrderIdOf = (orderId: string): string => `cat-${orderId}`
