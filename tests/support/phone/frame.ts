import { escapeHtml } from './markup.ts'

export interface Notification {
  readonly app: string
  /** Who or where: the first, bold line. */
  readonly title: string
  /** Exactly the text that was pushed. Phones render no markup here, so whatever is in it shows. */
  readonly text: string
}

/** One phone: what rang on the lock screen, and the message in the app. */
export interface Screen {
  readonly theme: 'discord' | 'slack'
  /** What rings; or, in words, why nothing does. */
  readonly notification: Notification | string
  readonly channel: string
  /** HTML. */
  readonly message: string
}

/** CSS pixels. */
export const phoneWidth = 375

const shape = `
* { box-sizing: border-box; margin: 0; padding: 0 }
body { display: flex; gap: 24px; align-items: flex-start; width: max-content; font: 15px/1.35 "Noto Sans", "DejaVu Sans Condensed", "DejaVu Sans", sans-serif; }
.phone { width: ${phoneWidth}px; overflow: hidden; overflow-wrap: anywhere }
.lock { background: #2a3750; padding: 10px 8px 12px; color: #fff }
.lock .clock { text-align: center; font-size: 12px; opacity: .8; padding-bottom: 6px }
.note { background: rgba(245,245,250,.92); color: #111; border-radius: 16px; padding: 10px 12px; display: flex; gap: 10px; font-size: 14px; line-height: 1.3 }
.note .icon { flex: none; width: 34px; height: 34px; border-radius: 8px; color: #fff; font-weight: bold; display: grid; place-items: center; font-size: 18px }
.note .words { min-width: 0; flex: 1 }
.note .from { font-weight: bold; font-size: 13px }
.note .push { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; white-space: pre-wrap }
.bar { display: flex; gap: 8px; padding: 10px 16px; font-weight: bold; font-size: 16px }
.message { display: grid; padding: 10px 16px 16px }
.avatar { display: grid; place-items: center; font-weight: bold; color: #fff; background: #3b6fd4 }
.avatar svg { width: 70%; height: 70% }
.text { white-space: pre-wrap }
pre.code { white-space: pre-wrap; overflow-wrap: anywhere; font-family: "DejaVu Sans Mono", monospace; line-height: 1.3 }
code.inline { font-family: "DejaVu Sans Mono", monospace; font-size: .86em; padding: 1px 3px; border-radius: 3px }
img { display: block; width: 100%; border-radius: 6px }
.dot { display: inline-block; width: .8em; height: .8em; border-radius: 50%; vertical-align: -.05em }
.small { font-size: 12px; opacity: .75 }
.item { padding-left: 14px; position: relative }
.item::before { content: "•"; position: absolute; left: 2px }
button { font: inherit }
`

/** 34 monospace characters fit and 35 do not: DejaVu Sans Mono is 0.602 em wide. @param width CSS pixels inside the block. */
export const codeFontSize = (width: number): string => `${(width / (34.5 * 0.602)).toFixed(2)}px`

const note = ({ app, title, text }: Notification, theme: Screen['theme']): string => `<div class="note ${theme}">
<div class="icon">${escapeHtml(app.slice(0, 1))}</div>
<div class="words"><div class="from">${escapeHtml(title)}</div><div class="push">${escapeHtml(text)}</div></div></div>`

const phone = ({ theme, notification, channel, message }: Screen): string => `<section class="phone ${theme}">
<div class="lock"><div class="clock">${typeof notification === 'string' ? escapeHtml(notification) : 'lock screen'}</div>
${typeof notification === 'string' ? '' : note(notification, theme)}</div>
<div class="bar"><span>‹</span><span># ${escapeHtml(channel)}</span></div>
${message}</section>`

/** A whole page with one phone beside the other. */
export const page = (screens: readonly Screen[], css: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><style>${shape}${css}</style></head><body>${screens.map(phone).join('\n')}</body></html>`

/** The bot's face: a rising line. */
export const avatar =
  '<svg viewBox="0 0 24 24" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"><path d="M3 17l6-6 4 4 8-9M15 6h6v6"/></svg>'
