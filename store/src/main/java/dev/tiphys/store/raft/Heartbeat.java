package dev.tiphys.store.raft;

import java.time.Duration;

/**
 * When a leader speaks to a follower that it has nothing to send to.
 *
 * @param interval since the follower's last answer
 */
record Heartbeat(Duration interval) {
  /**
   * Milliseconds until it is due; 0 or less: now. A follower that does not answer is spoken to no
   * more than twice in an interval.
   *
   * @param sinceAnswer milliseconds since the follower's last answer
   * @param sinceBeat milliseconds since the last heartbeat was sent to it
   */
  long dueInMillis(long sinceAnswer, long sinceBeat) {
    return Math.max(interval.toMillis() - sinceAnswer, interval.toMillis() / 2 - sinceBeat);
  }
}
