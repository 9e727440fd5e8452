/**
 * The right of one process, among all that share a database, to trade.
 *
 * Two processes may believe that they have it: one that was frozen, and the one that took its place. What keeps them from
 * sending the same order twice, or an order that the other has already given up:
 *
 * 1. An order is claimed by a transaction that carries the leader's token, and taking over raises the token in a transaction that
 *    waits for those that hold the old one. So every claim C of an earlier leader is committed before the take-over S, or never.
 * 2. A claim is good for a limited time, `sendWithin`, counted from before its commit and asked for again right before the
 *    socket: the order leaves before C + sendWithin, or not at all from there.
 * 3. Who took over concludes that an order never arrived only by a look-up made after S + sendWithin, as the earlier leader had
 *    stored it, and a margin. C is before S: by then everything that could still leave has left.
 *
 * No clock is compared with another: each process measures spans on its own. What is left is a stop between the last question and
 * the write to the socket itself, which nothing here can see. Then the broker decides: both sides send one order under
 * one client id, of which it takes one.
 */
export interface Leadership {
  /** Why nothing may be done outside right now, in words; null while this process leads. Looks at clocks only. */
  obstacle(): string | null
  /** Taken by the transaction that claims an order, before it commits. */
  permit(): SendPermit
  /** Resolves when no process that led before can still send what it had claimed; at once when none did. */
  othersSilent(): Promise<void>
}

/** The right to send one order once. It ends by itself, a short time after it was taken. */
export interface SendPermit {
  /** Why the order may not leave any more, in words; null while it may. To be asked right before the socket. */
  obstacle(): string | null
}
