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

/** A stop that takes another's place at the broker; it is nothing by itself. */
export const movedStopId = (positionId: string): string => `${positionId}-moved-${shortId()}`
export const isMovedStop = (orderId: string): boolean => /-moved-[a-z2-9]{8}$/.test(orderId)

/** A close of so many shares, not of whatever there is by then. */
export const partCloseId = (positionId: string): string => `${positionId}-part-${shortId()}`
export const isPartClose = (orderId: string): boolean => /-part-[a-z2-9]{8}$/.test(orderId)

/** An order that somebody else placed at the broker. */
export const externalId = (brokerOrderId: string): string => `ext-${brokerOrderId}`
export const isExternal = (order: { readonly id: string }): boolean => order.id.startsWith('ext-')

export const clientOrderIdOf = (orderId: string): string => `cat-${orderId}`
