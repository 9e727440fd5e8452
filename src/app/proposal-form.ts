import { type Price, type Quantity, text } from '../domain/decimal.ts'
import type { Refusal } from '../domain/decision.ts'
import type { Proposal } from '../domain/proposal.ts'
import { priceText } from '../domain/risk/limits.ts'
import type { Form, FormField } from '../ports/chat.ts'
import { clip } from './card.ts'
import type { WantedTerms } from './change-proposal.ts'
import { asDecimal } from './fields.ts'

const longestTitle = 24
const longestNumber = 20

/** A number to be typed, with what is there now already in it. */
export const numberField = (name: string, label: string, value: string, hint: string): FormField => ({
  name,
  label,
  long: false,
  required: true,
  value,
  hint,
  maxLength: longestNumber,
})

export const formTitle = (words: string): string => clip(words, longestTitle)

/** The four numbers of a card. The limit is the most to pay (a short: the least to take): what the order will carry. */
export function termsForm({ symbol, side, terms }: Proposal): Omit<Form, 'id'> {
  const buys = side === 'buy'
  const limit = `Limit, $${text(terms.ceilingPrice)} or ${buys ? 'less' : 'more'}`
  return {
    title: formTitle(`Edit ${symbol}`),
    submit: 'Make new version',
    fields: [
      numberField('quantity', `Shares, ${text(terms.quantity)} at most`, text(terms.quantity), 'Whole shares'),
      numberField('limit', limit, text(terms.ceilingPrice), buys ? 'The most to pay for a share' : 'The least to take for a share'),
      numberField(
        'stop',
        `Stop, ${buys ? 'below' : 'above'} the entry`,
        text(terms.stopLoss),
        `At most $${terms.riskAmount.toFixed(2)} at risk in all`,
      ),
      numberField(
        'target',
        `Target, ${buys ? 'above' : 'below'} the limit`,
        text(terms.takeProfit),
        `It is ${priceText(terms.takeProfit)} now`,
      ),
    ],
  }
}

const named = ['quantity', 'limit', 'stop', 'target'] as const

/** What somebody typed into `termsForm`: a dollar sign and thousands' commas do no harm. Refuses what is no number, by field. */
export function readTerms(version: number, values: Readonly<Record<string, string>>): WantedTerms | Refusal {
  const read = named.map((field) => ({ field, typed: values[field] ?? '', value: readNumber(values[field] ?? '') }))
  const wrong = read.filter(({ value }) => value === null)
  const [quantity, limitPrice, stopLoss, takeProfit] = read.map(({ value }) => value)
  if (wrong.length > 0 || !quantity || !limitPrice || !stopLoss || !takeProfit) {
    const explain = wrong.map(({ field, typed }) => `${field}: must be a number like 187.25, not "${clip(typed, 20)}"`).join('; ')
    return { code: 'NOT_A_NUMBER', explain }
  }
  return {
    version,
    quantity: quantity as Quantity,
    limitPrice: limitPrice as Price,
    stopLoss: stopLoss as Price,
    takeProfit: takeProfit as Price,
  }
}

export const readNumber = (typed: string) =>
  asDecimal(
    typed
      .trim()
      .replace(/^\$\s?/, '')
      .replaceAll(/,(?=\d{3}(\D|$))/g, ''),
  )
