import { setTimeout as pause } from 'node:timers/promises'
import type { App, RespondFn, webApi } from '@slack/bolt'
import { type Actor, type Card, type ChatInbound, type Form, stopsTrading } from '../../../ports/chat.ts'
import type { Answer, Asker } from './answers.ts'
import { failureOf, type Troubles } from './failures.ts'
import type { SlackLog } from './log.ts'
import { actor, actorOf, commandBody, homeBody, type PressBody, pressBody, pressedId, submitBody, teamOf } from './payloads.ts'
import { typed } from './text.ts'
import { cardView, formCallback, formValues, formView, homeView, waitingView } from './views.ts'

export interface InteractionOptions {
  readonly client: webApi.WebClient
  readonly inbound: ChatInbound
  readonly channel: string
  /** Null while we do not know which workspace is ours: then every other one is foreign. */
  readonly team: () => string | null
  readonly answer: Answer
  readonly troubles: Troubles
  readonly log: SlackLog
}

/** Real milliseconds that the questions may take before something else holds their place: a trigger lives for three seconds. */
const formWithinMs = 1_200
const everything = /^[\s\S]*$/

/** Everything that people do in Slack. Each is acknowledged first and done afterwards. */
export function listen(app: App, options: InteractionOptions): void {
  const { client, inbound, channel, team, answer, troubles, log } = options

  /** What stops trading is done even when Slack never hears that it was taken. */
  const taken = (acknowledged: Promise<void>, action: string): Promise<void> =>
    acknowledged.catch((error: unknown) => {
      if (!stopsTrading(action)) throw error
      log.warn({ chat: 'slack', action, code: failureOf(error).code }, 'could not be acknowledged, and is done all the same')
    })

  const isForeign = (from: string | null, place: string | null) =>
    team() === null || from !== team() || (place !== null && place !== channel)

  app.command(everything, async ({ ack, body, respond }) => {
    const known = commandBody.safeParse(body)
    const text = known.success ? commandText(known.data.command, known.data.text) : ''
    await taken(ack(), text)
    if (!known.success) return unreadable('command', known.error.issues.length)
    const { user_id: user, user_name: name, team_id: from, channel_id: place } = known.data
    const who = actor(user, name)
    const asker: Asker = { user, respond, replace: false, thread: null }
    const card = isForeign(from, place)
      ? await inbound.foreign(who, `${from}/${place}`, text.slice(0, 200))
      : await inbound.command(who, text)
    await answer(asker, card)
  })

  app.action(everything, async ({ ack, body, respond }) => {
    const known = pressBody.safeParse(body)
    await taken(ack(), known.success ? pressedId(known.data) : '')
    if (!known.success) return unreadable('press', known.error.issues.length)
    const press = known.data
    const who = actorOf(press.user)
    const from = teamOf(press)
    const place = press.channel?.id ?? null
    const button = pressedId(press)
    const asker = askerOf(press, respond)
    if (isForeign(from, place)) await answer(asker, await inbound.foreign(who, `${from}/${place}`, button.slice(0, 200)))
    else if (inbound.asks(button)) await ask(who, button, press.trigger_id, asker)
    else if (press.view !== undefined) await pressInView(who, button, press)
    else await answer(asker, await inbound.press(who, button))
  })

  app.view({ type: 'view_submission', callback_id: everything }, async ({ ack, body }) => {
    await ack()
    const known = submitBody.safeParse(body)
    if (!known.success) return unreadable('form', known.error.issues.length)
    const { view, user } = known.data
    if (view.callback_id !== formCallback) return
    const who = actorOf(user)
    const from = view.app_installed_team_id ?? teamOf(known.data)
    const asker: Asker = { user: user.id, respond: null, replace: false, thread: null }
    const card = isForeign(from, null)
      ? await inbound.foreign(who, `${from}`, view.private_metadata.slice(0, 200))
      : await inbound.submit(who, view.private_metadata, formValues(view.state.values))
    await answer(asker, card)
  })

  app.event('app_home_opened', async ({ body }) => {
    const known = homeBody.safeParse(body)
    if (!known.success) return unreadable('event', known.error.issues.length)
    if ((known.data.event.tab ?? 'home') !== 'home') return
    const who = actor(known.data.event.user)
    const foreign = isForeign(known.data.team_id, null)
    await showHome(who, foreign ? [await inbound.foreign(who, known.data.team_id, 'home')] : await inbound.home(who))
  })

  // Nothing of ours offers these; whoever finds one gets no error sign from Slack.
  app.view({ type: 'view_closed', callback_id: everything }, async ({ ack }) => ack())
  app.shortcut(everything, async ({ ack }) => ack())
  app.options(everything, async ({ ack }) => ack({ options: [] }))

  /** Questions open at once; where they take their time, something holds their place. */
  async function ask(who: Actor, button: string, trigger: string, asker: Asker): Promise<void> {
    const questions = inbound.form(who, button)
    const soon = await Promise.race([questions, pause(formWithinMs, null)])
    if (soon !== null && 'card' in soon) return answer(asker, soon.card)
    const waiting = await opened(trigger, soon === null ? null : soon.form, asker)
    if (waiting === null || soon !== null) return
    const later = await questions
    await update(waiting, 'card' in later ? cardView(later.card) : formView(later.form))
  }

  /** @returns the view's id; null when it could not be opened, which the person was told. */
  async function opened(trigger: string, form: Form | null, asker: Asker): Promise<string | null> {
    try {
      const { view } = await client.views.open({ trigger_id: trigger, view: form === null ? waitingView() : formView(form) })
      return view?.id ?? null
    } catch (error) {
      troubles.note('views.open', error)
      await sorry(asker)
      return null
    }
  }

  async function sorry({ user, respond }: Asker): Promise<void> {
    const text = 'Slack did not open the form in time. Press again.'
    try {
      if (respond === null) await client.chat.postEphemeral({ channel, user, text })
      else await respond({ response_type: 'ephemeral', replace_original: false, text })
    } catch (error) {
      troubles.note('chat.postEphemeral', error)
    }
  }

  /** A page has no messages: the answer is a modal over the home tab, or takes the place of the modal it was pressed in. */
  async function pressInView(who: Actor, button: string, { view, trigger_id: trigger, user }: PressBody): Promise<void> {
    const asker: Asker = { user: user.id, respond: null, replace: false, thread: null }
    const pressed = inbound.press(who, button)
    const shown = view?.type === 'modal' ? view.id : await opened(trigger, null, asker)
    const card = await pressed
    if (shown === null) return answer(asker, card)
    await update(shown, cardView(card))
    if (view?.type === 'home') await showHome(who, await inbound.home(who))
  }

  async function update(viewId: string, view: ReturnType<typeof formView>): Promise<void> {
    try {
      await client.views.update({ view_id: viewId, view })
    } catch (error) {
      troubles.note('views.update', error)
    }
  }

  async function showHome(who: Actor, cards: readonly Card[]): Promise<void> {
    try {
      await client.views.publish({ user_id: who.id.slice('slack:'.length), view: homeView(cards) })
    } catch (error) {
      troubles.note('views.publish', error)
    }
  }

  function unreadable(what: string, problems: number): void {
    log.warn({ chat: 'slack', what, problems }, 'something came from Slack in another shape than it should have')
  }
}

function askerOf({ user, container, view }: PressBody, respond: RespondFn | undefined): Asker {
  return {
    user: user.id,
    respond: view === undefined ? (respond ?? null) : null,
    replace: container?.is_ephemeral === true,
    thread: container?.thread_ts ?? null,
  }
}

/** `/catalyst positions AAPL` and `/positions AAPL` are the same. */
function commandText(command: string, words: string): string {
  const text = typed(words).trim()
  if (command !== '/catalyst') return `${command} ${text}`.trim()
  return text === '' ? '/help' : `/${text.replace(/^\//, '')}`
}
