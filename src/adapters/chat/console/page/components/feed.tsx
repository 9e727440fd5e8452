import { computed, signal } from '@preact/signals'
import { why } from '../actions.ts'
import { clockTime, plain } from '../format.ts'
import { subjectOf } from '../lists.ts'
import { feed, loaded, you } from '../store.ts'
import type { FeedLine } from '../wire.ts'

const wanted = signal('')
const symbols = computed(() => [...new Set(feed.value.map((l) => l.symbol).filter((s) => s !== null))].toSorted())
const marks: Readonly<Record<FeedLine['tone'], readonly [string, string]>> = {
  good: ['▲', 'good'],
  bad: ['▼', 'bad'],
  warning: ['⚠', 'warning'],
  neutral: ['·', ''],
}

/** Whoever reads is "you" and not an id. */
const inOurWords = (text: string): string => plain(you.value === null ? text : text.replaceAll(`by ${you.value.id}`, 'by you'))

function Line({ line }: { readonly line: FeedLine }) {
  const [mark, word] = marks[line.tone] ?? marks.neutral
  return (
    <li>
      <button type="button" class={`feed-line ${line.tone}`} onClick={() => why(subjectOf(line.stream))}>
        <time dateTime={line.at}>{clockTime(line.at)}</time>
        <span class="mark" aria-hidden="true">
          {mark}
        </span>
        {word !== '' && <span class="sr">{word}:</span>}
        <span>{inOurWords(line.text)}</span>
      </button>
    </li>
  )
}

export function Feed() {
  const lines = wanted.value === '' ? feed.value : feed.value.filter((l) => l.symbol === wanted.value)
  return (
    <section class="view" aria-labelledby="feed-title">
      <div class="view-head">
        <h2 id="feed-title">Feed</h2>
        <span class="muted grow">New York time</span>
        <label class="filter">
          <span class="sr">Show</span>
          <select value={wanted.value} onChange={(e) => (wanted.value = e.currentTarget.value)}>
            <option value="">All symbols</option>
            {symbols.value.map((s) => (
              <option key={s} value={s}>
                {plain(s)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {lines.length === 0 ? (
        <p class="empty">
          {loaded.value
            ? 'Nothing has happened yet. Every alert, decision, order and fill is written here as it comes.'
            : 'Fetching events…'}
        </p>
      ) : (
        <ol class="feed" aria-label="Events, newest first">
          {lines.map((l) => (
            <Line key={l.sequence} line={l} />
          ))}
        </ol>
      )}
    </section>
  )
}
