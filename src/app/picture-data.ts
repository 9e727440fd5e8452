import { text } from '../domain/decimal.ts'
import type { Bar } from '../ports/market-data.ts'
import type { CandlesDrawing, Drawing, DrawnBar, DrawnLevel, EquityDrawing, FindDrawing } from '../ports/pictures.ts'
import type { App } from './app.ts'
import { banners } from './card.ts'
import { lastPrice } from './last-price.ts'
import { heldWords, parsePictureName, tradeWords } from './pictures.ts'
import { type PnlPeriod, periodWords, pnlReport } from './pnl-report.ts'

/** Minutes that are shown: an hour, or up to two when the news is older than that. */
const usualBars = 60
const mostBars = 120
const minuteMs = 60_000

/** Looks up what a picture's name stands for: quick, because it runs on the main loop; drawing does not. */
export const createFindDrawing =
  (app: App): FindDrawing =>
  async (name): Promise<Drawing | null> => {
    const subject = parsePictureName(name)
    if (!subject) return null
    if (subject.kind === 'equity') return equity(app, subject.period)
    return subject.kind === 'proposal' ? ofProposal(app, subject.id, subject.version) : ofSymbol(app, subject.symbol)
  }

/** Only the version asked for: a picture with the levels of another would not show what its card says. */
async function ofProposal(app: App, id: string, version: number): Promise<CandlesDrawing | null> {
  const proposal = await app.read.proposal(id)
  if (!proposal || proposal.terms.version !== version) return null
  const { symbol, terms, publishedAt } = proposal
  const levels: readonly DrawnLevel[] = [
    { kind: 'target', at: text(terms.takeProfit) },
    { kind: 'ceiling', at: text(terms.ceilingPrice) },
    { kind: 'entry', at: text(terms.limitPrice) },
    { kind: 'stop', at: text(terms.stopLoss) },
  ]
  return candles(app, symbol, { trade: tradeWords(proposal), levels, newsAt: Date.parse(publishedAt) })
}

async function ofSymbol(app: App, symbol: string): Promise<CandlesDrawing | null> {
  const held = await app.read.openPosition(symbol)
  if (!held) return candles(app, symbol, { trade: '', levels: [], newsAt: null })
  const proposal = held.proposalId === null ? null : await app.read.proposal(held.proposalId)
  const levels: readonly DrawnLevel[] = [
    ...(held.takeProfit ? [{ kind: 'target' as const, at: text(held.takeProfit) }] : []),
    { kind: 'entry', at: held.entryPrice.round(4).toFixed() },
    ...(held.stopLoss ? [{ kind: 'stop' as const, at: text(held.stopLoss) }] : []),
  ]
  return candles(app, symbol, { trade: heldWords(held), levels, newsAt: proposal && Date.parse(proposal.publishedAt) })
}

async function candles(
  app: App,
  symbol: string,
  plan: Pick<CandlesDrawing, 'trade' | 'levels' | 'newsAt'>,
): Promise<CandlesDrawing | null> {
  const asOf = app.clock.now()
  const sinceNews = plan.newsAt === null ? 0 : Math.ceil((asOf - plan.newsAt) / minuteMs) + 5
  const count = sinceNews > mostBars ? usualBars : Math.max(usualBars, sinceNews)
  const [bars, { last, dayChange }] = await Promise.all([app.market.bars(symbol, '1m', count), lastPrice(app, symbol)])
  if (bars.length === 0) return null
  const lastLevel: readonly DrawnLevel[] = plan.levels.length > 0 || last === null ? [] : [{ kind: 'last', at: text(last) }]
  return {
    kind: 'candles',
    banner: banners[app.broker.mode],
    symbol,
    ...plan,
    levels: [...plan.levels, ...lastLevel],
    last: last && text(last),
    dayChange,
    bars: bars.map(drawn),
    asOf,
  }
}

const drawn = (bar: Bar): DrawnBar => ({
  at: bar.at,
  open: text(bar.open),
  high: text(bar.high),
  low: text(bar.low),
  close: text(bar.close),
})

async function equity(app: App, period: PnlPeriod): Promise<EquityDrawing | null> {
  const report = await pnlReport(app, period)
  if (report.equity.length < 2) return null
  return {
    kind: 'equity',
    banner: banners[app.broker.mode],
    period: periodWords[period].replace(/^./, (first) => first.toUpperCase()),
    net: report.net_pnl,
    points: report.equity.map((p) => ({ at: Date.parse(p.at), equity: p.equity })),
    asOf: app.clock.now(),
  }
}
