import { randomUUID } from 'node:crypto'
import { type Actor, type Card, type ChatInbound, stopsTrading } from '../ports/chat.ts'
import type { Pictures } from '../ports/pictures.ts'
import type { App } from './app.ts'
import { authorize, forbiddenTo } from './authorize.ts'
import { type Button, type ButtonCall, parseButtonId } from './button.ts'
import { reply } from './card.ts'
import type { Command } from './command.ts'
import { occasion } from './context.ts'
import { homeCards } from './home.ts'
import { createRateLimit } from './rate-limit.ts'
import { invokeCommand, runCommand } from './run-command.ts'
import { suggest } from './suggest.ts'

export interface InboundParts {
  readonly app: App
  readonly commands: readonly Command[]
  readonly buttons: readonly Button[]
  readonly pictures: Pictures
}

/** Completions are asked for at every letter of a word. */
const lettersAnAction = 20

/** What every chat hands in, through one gate. It always answers and never throws. */
export function createInbound({ app, commands, buttons, pictures }: InboundParts): ChatInbound {
  const rate = createRateLimit()
  // A look at the overview follows a tap on it, and a word is typed letter by letter: neither uses up what a person may do.
  const looks = createRateLimit()
  const letters = createRateLimit()

  /** Null: go on. Otherwise the card that says to wait. @param action what is typed, or a button's id. */
  async function tooMany(actor: Actor, action: string, counted = rate): Promise<Card | null> {
    const bare = action.trim().replace(/^\//, '')
    const limit = app.settings().approvals.actions_per_minute
    const waitMs = stopsTrading(bare) ? 0 : counted.take(actor.id, limit, Date.now())
    if (waitMs === 0) return null
    const name = /^[a-z-]{1,31}/i.exec(bare)?.[0] ?? 'something'
    await app.recordRefusal({ person: actor.id, place: actor.via, action: name, code: 'RATE_LIMITED' })
    const lines = [`${limit} a minute at most: again in ${Math.ceil(waitMs / 1000)} s.`, '/kill, /pause and /flatten always work.']
    return reply({ app, meta: occasion(app, actor.id) }, { tone: 'warning', title: 'Too much at once', lines })
  }

  interface Entered {
    readonly button: Button
    readonly call: ButtonCall
  }
  /** The button and its call, or the card that says why not. @param meanwhile what may begin while the person's role is looked up. */
  async function enter(
    actor: Actor,
    buttonId: string,
    values: ButtonCall['values'],
    meanwhile: (entered: Entered) => void = () => undefined,
  ): Promise<Entered | Card> {
    const meta = occasion(app, actor.id, randomUUID())
    const asked = { app, meta }
    const limited = await tooMany(actor, buttonId)
    if (limited) return limited
    const parsed = parseButtonId(buttonId)
    const button = parsed && buttons.find(({ name }) => name === parsed.name)
    if (!parsed || !button)
      return reply(asked, { tone: 'warning', title: 'This button does nothing any more', lines: ['/inbox lists what is open.'] })
    const entered = { button, call: { app, actor, target: parsed.target, values, meta, commands } }
    meanwhile(entered)
    const forbidden = await authorize(app, actor, button.role, button.name)
    if (forbidden) return reply(asked, { tone: 'bad', title: 'Not allowed', lines: [forbidden.explain] })
    app.names.note(actor)
    return entered
  }

  async function act<T>(actor: Actor, buttonId: string, work: () => Promise<T>): Promise<T | Card> {
    try {
      return await work()
    } catch (error) {
      const meta = occasion(app, actor.id)
      app.log.error({ button: buttonId.split(':')[0], actor: actor.id, correlationId: meta.correlationId, error }, 'a button failed')
      return reply({ app, meta }, { tone: 'bad', title: 'That did not work', lines: [`It is in the log as ${meta.correlationId}.`] })
    }
  }

  const press = (actor: Actor, buttonId: string, values: ButtonCall['values']): Promise<Card> =>
    act(actor, buttonId, async () => {
      const entered = await enter(actor, buttonId, values)
      return 'key' in entered ? entered : await entered.button.run(entered.call)
    })

  return {
    command: (actor, text) =>
      act(actor, 'command', async () => {
        return (await tooMany(actor, text)) ?? runCommand({ app, commands, actor, text, meta: occasion(app, actor.id) })
      }),
    invoke: (actor, name, values) =>
      act(actor, 'command', async () => {
        return (await tooMany(actor, name)) ?? invokeCommand({ app, commands, actor, name, values, meta: occasion(app, actor.id) })
      }),
    press: (actor, buttonId) => press(actor, buttonId, {}),
    submit: press,
    asks(buttonId) {
      const name = parseButtonId(buttonId)?.name
      return buttons.some((button) => button.name === name && button.form !== undefined)
    },
    async form(actor, buttonId) {
      const answer = await act(actor, buttonId, async () => {
        // A modal has to open at once: the questions are put together meanwhile, and shown to those who may see them.
        let asking: ReturnType<NonNullable<Button['form']>> | undefined
        const entered = await enter(actor, buttonId, {}, ({ button, call }) => {
          asking = button.form?.(call)
          // Heard of below by those who may see them; for everybody else its failure is nobody's.
          asking?.catch(() => undefined)
        })
        if ('key' in entered) return entered
        const form = await asking
        if (form === undefined) return reply({ app, meta: entered.call.meta }, { tone: 'warning', title: 'This button asks nothing' })
        return 'key' in form ? form : { form: { ...form, id: buttonId } }
      })
      return 'key' in answer ? { card: answer } : answer
    },
    async suggest(actor, name, argument, typed) {
      try {
        if (letters.take(actor.id, lettersAnAction * app.settings().approvals.actions_per_minute, Date.now()) > 0) return []
        const command = commands.find((c) => c.name === name)
        if (!command || (await forbiddenTo(app, actor, command.role, `/${name}`))) return []
        return await suggest(app, command, argument, typed)
      } catch (error) {
        app.log.error({ command: name, argument, error }, 'suggestions failed')
        return []
      }
    },
    async home(actor) {
      const limited = await tooMany(actor, 'home', looks)
      return limited ? [limited] : homeCards({ app, commands, actor })
    },
    async foreign(actor, place, action) {
      const meta = occasion(app, actor.id)
      app.log.warn({ actor: actor.id, via: actor.via, place, action }, 'refused: from another place')
      await app.recordRefusal({ person: actor.id, place: `${actor.via} ${place}`, action, code: 'FOREIGN_PLACE' })
      return reply({ app, meta }, { tone: 'bad', title: 'Not from here', lines: ['This bot listens in its own channel only.'] })
    },
    picture: (picture) => pictures.render(picture),
  }
}
