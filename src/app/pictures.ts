import { type Price, text, usd } from '../domain/decimal.ts'
import type { Position } from '../domain/position.ts'
import type { Proposal } from '../domain/proposal.ts'
import { priceText } from '../domain/risk/limits.ts'
import type { CardPicture } from '../ports/chat.ts'
import { parseProposalTarget } from './button.ts'
import { dollars, signed } from './card.ts'
import { symbolField } from './fields.ts'
import { type LastPrice, signedPercent } from './last-price.ts'
import { type PnlPeriod, type PnlReport, periodWords, pnlPeriods } from './pnl-report.ts'

/** What cards show besides words: names that the pictures' maker understands, and the same in words for who sees no picture. */

/** What a name stands for. */
export type PictureSubject =
  | { readonly kind: 'proposal'; readonly id: string; readonly version: number }
  | { readonly kind: 'symbol'; readonly symbol: string }
  | { readonly kind: 'equity'; readonly period: PnlPeriod }

/** @returns null for what is the name of no picture. */
export function parsePictureName(name: string): PictureSubject | null {
  const [, kind, target] = /^(candles|equity):([\w.:-]{1,72})$/.exec(name) ?? []
  if (kind === undefined || target === undefined) return null
  if (kind === 'equity') {
    const period = pnlPeriods.find((p) => p === target)
    return period ? { kind, period } : null
  }
  const proposal = parseProposalTarget(target)
  if (proposal) return { kind: 'proposal', ...proposal }
  const symbol = symbolField.safeParse(target)
  return symbol.success && symbol.data === target ? { kind: 'symbol', symbol: target } : null
}

/** `Buy 41`, `Sell short 41`, `Close 41`. */
export const tradeWords = ({ side, intent, terms }: Pick<Proposal, 'side' | 'intent' | 'terms'>): string =>
  `${intent === 'reduce' ? 'Close' : side === 'buy' ? 'Buy' : 'Sell short'} ${text(terms.quantity)}`
/** `Long 40`. */
export const heldWords = ({ side, quantity }: Pick<Position, 'side' | 'quantity'>): string =>
  `${side === 'long' ? 'Long' : 'Short'} ${text(quantity)}`

export function proposalPicture(proposal: Proposal, last: Price | undefined): CardPicture {
  const { symbol, terms } = proposal
  const levels = `entry ${priceText(terms.limitPrice)}, ceiling ${priceText(terms.ceilingPrice)}, stop ${priceText(terms.stopLoss)}, target ${priceText(terms.takeProfit)}`
  const now = last ? `, last ${priceText(last)}` : ''
  return {
    name: `candles:${proposal.id}:${terms.version}`,
    alt: `Chart of ${symbol}, one-minute candles${now}. ${tradeWords(proposal)}: ${levels}.`,
  }
}

export function symbolPicture(symbol: string, { last, dayChange }: LastPrice, held: Position | null): CardPicture {
  const now = last ? `, last ${priceText(last)}` : ''
  const change = dayChange === null ? '' : ` (${signedPercent(dayChange)} today)`
  const level = (name: string, at: Price | null) => (at ? `, ${name} ${priceText(at)}` : '')
  const position = held
    ? ` ${heldWords(held)}: entry ${priceText(held.entryPrice)}${level('stop', held.stopLoss)}${level('target', held.takeProfit)}.`
    : ''
  return { name: `candles:${symbol}`, alt: `Chart of ${symbol}, one-minute candles${now}${change}.${position}` }
}

/** Null while there is no curve yet. */
export function equityPicture(report: PnlReport): CardPicture | null {
  const [first, last] = [report.equity[0], report.equity.at(-1)]
  if (!first || !last || report.equity.length < 2) return null
  return {
    name: `equity:${report.period}`,
    alt: `Equity ${periodWords[report.period]}: from ${dollars(usd(first.equity))} to ${dollars(usd(last.equity))}, drawdown below; ${signed(usd(report.net_pnl))} net.`,
  }
}
