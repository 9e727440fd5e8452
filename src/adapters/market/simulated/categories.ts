import type { Side } from '../../../domain/alert.ts'

/** A kind of story: how often it comes, how far it moves the price, and how it reads. */
export interface Category {
  readonly name: string
  readonly side: Side
  readonly weight: number
  /** Typical move of the price, as a logarithm, before dispersion. */
  readonly move: number
  /** Range of the source's confidence and of the score. */
  readonly confidence: readonly [number, number]
  readonly score: readonly [number, number]
  /** Placeholders in braces; see `wording.ts`. */
  readonly headlines: readonly string[]
  readonly summary: string
  /** Only for this sector. */
  readonly sector?: string
}

const story = (
  name: string,
  side: Side,
  weight: number,
  move: number,
  score: readonly [number, number],
  headlines: readonly string[],
  summary: string,
  sector?: string,
): Category => ({
  name,
  side,
  weight,
  move,
  confidence: [0.74, 0.95],
  score,
  headlines,
  summary,
  ...(sector === undefined ? {} : { sector }),
})

const health = 'Health Care'

export const categories: readonly Category[] = [
  story(
    'fda_approval',
    'buy',
    5,
    0.09,
    [0.78, 0.95],
    [
      '{company} Announces FDA Approval of {drug} for Adults With {indication}',
      'FDA Approves {company}’s {drug}, a Once-Daily Treatment for {indication}',
    ],
    'The agency cleared the drug ahead of its action date; launch is planned for next quarter.',
    health,
  ),
  story(
    'fda_crl',
    'sell',
    2,
    -0.12,
    [0.75, 0.92],
    ['{company} Receives Complete Response Letter From FDA for {drug}'],
    'The letter asks for an additional trial; no safety concern was raised.',
    health,
  ),
  story(
    'clinical_positive',
    'buy',
    6,
    0.07,
    [0.7, 0.92],
    [
      '{company} Reports Positive Topline Results From Phase 3 Trial of {drug} in {indication}',
      '{company}’s {drug} Meets Primary Endpoint in Phase 2b Study of {indication}',
    ],
    'The study met its primary endpoint with statistical significance (p<0.001).',
    health,
  ),
  story(
    'clinical_negative',
    'sell',
    2,
    -0.11,
    [0.72, 0.9],
    ['{company} Says Phase 3 Trial of {drug} Did Not Meet Primary Endpoint'],
    'The company will end the program and review its pipeline.',
    health,
  ),
  story(
    'earnings_beat',
    'buy',
    14,
    0.035,
    [0.6, 0.85],
    [
      '{company} Reports {quarter} EPS of {eps}, Beats {epsLow} Estimate; Revenue Up {percent}%',
      '{company} Tops {quarter} Profit Estimates on Strong Demand',
    ],
    'Earnings and revenue came in above the consensus of analysts.',
  ),
  story(
    'earnings_miss',
    'sell',
    5,
    -0.035,
    [0.6, 0.82],
    ['{company} {quarter} EPS {epsLow} Misses {eps} Estimate'],
    'Revenue fell short of the consensus as orders slipped.',
  ),
  story(
    'guidance_up',
    'buy',
    8,
    0.03,
    [0.62, 0.85],
    ['{company} Raises Full-Year Outlook; Now Sees Revenue of {amount} Million', '{company} Lifts FY Guidance Above Consensus'],
    'Management cited a record backlog.',
  ),
  story(
    'guidance_down',
    'sell',
    3,
    -0.05,
    [0.65, 0.85],
    ['{company} Cuts Full-Year Revenue Outlook, Citing Softer Orders'],
    'The new range is below the consensus of analysts.',
  ),
  story(
    'ma_target',
    'buy',
    3,
    0.14,
    [0.8, 0.95],
    ['{company} to Be Acquired by {rival} for {amount} Million in Cash', '{rival} to Buy {company} at a {percent}% Premium'],
    'Both boards approved the agreement; closing is expected within two quarters.',
  ),
  story(
    'contract',
    'buy',
    12,
    0.025,
    [0.58, 0.8],
    ['{company} Awarded {amount} Million Contract by {customer}', '{company} Wins Multi-Year Order From {customer}'],
    'Deliveries begin next quarter and run for three years.',
  ),
  story(
    'partnership',
    'buy',
    8,
    0.022,
    [0.56, 0.78],
    ['{company} and {rival} Announce Strategic Collaboration', '{company} Signs Supply Agreement With {customer}'],
    'Financial terms include an upfront payment and milestones.',
  ),
  story(
    'offering',
    'sell',
    4,
    -0.06,
    [0.62, 0.85],
    ['{company} Announces Proposed Public Offering of Common Stock', '{company} Prices {amount} Million Public Offering of Common Stock'],
    'Proceeds are for general corporate purposes.',
  ),
  story(
    'buyback',
    'buy',
    6,
    0.018,
    [0.55, 0.72],
    ['{company} Board Authorizes {amount} Million Share Repurchase Program'],
    'The program has no expiry date.',
  ),
  story(
    'dividend_up',
    'buy',
    4,
    0.01,
    [0.52, 0.68],
    ['{company} Raises Quarterly Dividend {percent}%'],
    'The dividend is payable next month.',
  ),
  story(
    'insider_buy',
    'buy',
    5,
    0.02,
    [0.56, 0.76],
    ['{company}: Three Directors Report Open-Market Purchases Totaling {amount},000 (Form 4)'],
    'A cluster of purchases at market prices within one week.',
  ),
  story(
    'activist',
    'buy',
    3,
    0.045,
    [0.62, 0.82],
    ['Activist {broker} Discloses {percent}% Stake in {company} (Schedule 13D)'],
    'The holder says it will seek talks about a strategic review.',
  ),
  story(
    'analyst_up',
    'buy',
    8,
    0.014,
    [0.52, 0.7],
    ['{broker} Upgrades {company} to Buy, Lifts Price Target {percent}%'],
    'The note points to margins and an under-appreciated product cycle.',
  ),
  story(
    'analyst_down',
    'sell',
    3,
    -0.016,
    [0.52, 0.68],
    ['{broker} Downgrades {company} to Sell'],
    'The note points to valuation and slower orders.',
  ),
  story(
    'index_add',
    'buy',
    2,
    0.03,
    [0.6, 0.78],
    ['{company} Set to Join SIM MidCap 400'],
    'The change takes effect before the open on the third Friday.',
  ),
  story(
    'exec_change',
    'sell',
    2,
    -0.015,
    [0.5, 0.66],
    ['{company} {officer} to Step Down; Search Under Way'],
    'An interim successor was named.',
  ),
  {
    name: 'structured_note',
    side: 'buy',
    weight: 3,
    move: 0,
    confidence: [0.12, 0.3],
    score: [0.05, 0.2],
    headlines: ['Pricing Supplement: Auto-Callable Notes Linked to {company} (424B2)'],
    summary: 'A bank’s structured note that refers to the share; no news of the company.',
  },
  {
    name: 'recap',
    side: 'buy',
    weight: 4,
    move: 0,
    confidence: [0.15, 0.35],
    score: [0.05, 0.25],
    headlines: ['Midday Movers: {company}, {rival} and {third} Among Biggest Gainers', '{company}, {rival} Hit 52-Week Highs'],
    summary: 'A list of what has moved already.',
  },
]
