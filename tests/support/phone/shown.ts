import { renderCard as renderDiscord } from '../../../src/adapters/chat/discord/render.ts'
import { renderCard as renderSlack } from '../../../src/adapters/chat/slack/render.ts'
import { noon } from '../samples.ts'
import { discordCss, discordScreen } from './discord.ts'
import { page, type Screen } from './frame.ts'
import { people, type Scene } from './scenes.ts'
import { slackCss, slackScreen } from './slack.ts'

export const platforms = ['discord', 'slack'] as const
export type Platform = (typeof platforms)[number]

/** What the platform's own renderer sends for this scene. @param chart whether a picture is attached. */
export function payloadOf(platform: Platform, { card, after, mention }: Scene, chart: boolean): unknown {
  if (platform === 'discord') return renderDiscord(card, { mention, image: chart ? 'chart.png' : null, now: noon + after })
  const { text, blocks } = renderSlack(card, {
    mention: mention.flatMap((id) => /^slack:(\w+)$/.exec(id)?.[1] ?? []),
    image: chart && card.picture ? { fileId: 'F1', alt: card.picture.alt } : null,
  })
  return { text, blocks }
}

/** The scene on a phone. @param png the chart as a data address; null: none. */
export function screenOf(platform: Platform, scene: Scene, png: string | null): Screen {
  const chart = scene.card.picture !== null && png !== null
  const view = {
    now: noon + scene.after,
    timeZone: 'America/New_York',
    people,
    files: png === null ? {} : { 'chart.png': png, F1: png },
    bot: 'Catalyst',
    channel: 'trades',
    silent: scene.rings ? null : scene.card.kind === 'reply' ? 'a private answer: no notification' : 'edited in place: no notification',
  }
  const payload = payloadOf(platform, scene, chart)
  return platform === 'discord' ? discordScreen(payload, view) : slackScreen(payload, view)
}

export const pageOf = (screens: readonly Screen[]): string => page(screens, discordCss + slackCss)
