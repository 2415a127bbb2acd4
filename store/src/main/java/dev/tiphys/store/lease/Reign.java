package dev.tiphys.store.lease;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The time that leases have in one term of one leader: in the next one all begin anew.
 *
 * @param term the Raft term; 0 for a member that does not lead
 * @param deadlines by the number of the grant, for a lease granted anew under the same id has its
 *     full time; nanoseconds of the leader's clock
 */
record Reign(long term, Map<Long, Long> deadlines) {
  Reign(long term) {
    this(term, new ConcurrentHashMap<>());
  }
}
