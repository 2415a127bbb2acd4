package dev.tiphys.store.mvcc;

/**
 * What can be wrong with a request. The texts are etcd's, letter for letter, for clients match on
 * them.
 */
public enum StoreError {
  EMPTY_KEY("etcdserver: key is not provided"),
  KEY_NOT_FOUND("etcdserver: key not found"),
  VALUE_PROVIDED("etcdserver: value is provided"),
  LEASE_PROVIDED("etcdserver: lease is provided"),
  TOO_MANY_OPS("etcdserver: too many operations in txn request"),
  DUPLICATE_KEY("etcdserver: duplicate key given in txn request"),
  INVALID_SORT_OPTION("etcdserver: invalid sort option"),
  STREAM_SORTED("RangeStream does not support custom sort orders"),
  STREAM_FILTERED("RangeStream does not support revision filters"),
  COMPACTED("etcdserver: mvcc: required revision has been compacted"),
  FUTURE_REVISION("etcdserver: mvcc: required revision is a future revision"),
  NO_SPACE("etcdserver: mvcc: database space exceeded"),
  LEASE_NOT_FOUND("etcdserver: requested lease not found"),
  LEASE_EXISTS("etcdserver: lease already exists"),
  LEASE_TTL_TOO_LARGE("etcdserver: too large lease TTL"),
  REQUEST_TOO_LARGE("etcdserver: request is too large"),
  TOO_MANY_REQUESTS("etcdserver: too many requests"),
  MEMBER_NOT_FOUND("etcdserver: member not found"),
  PEER_URL_EXISTS("etcdserver: Peer URLs already exists"),
  BAD_MEMBER_URLS("etcdserver: given member URLs are invalid"),
  MEMBER_NOT_LEARNER("etcdserver: can only promote a learner member"),
  LEARNER_NOT_READY("etcdserver: can only promote a learner member which is in sync with leader"),
  TOO_MANY_LEARNERS("etcdserver: too many learner members in cluster"),
  UNHEALTHY("etcdserver: unhealthy cluster"),
  NOT_ENOUGH_STARTED_MEMBERS(
      "etcdserver: re-configuration failed due to not enough started members"),
  BAD_LEADER_TRANSFEREE("etcdserver: bad leader transferee"),
  NO_LEADER("etcdserver: no leader"),
  NOT_LEADER("etcdserver: not leader"),
  LEADER_CHANGED("etcdserver: leader changed"),
  STOPPED("etcdserver: server stopped"),
  TIMEOUT("etcdserver: request timed out"),
  WRONG_DOWNGRADE_FORMAT("etcdserver: wrong downgrade target version format"),
  INVALID_DOWNGRADE_TARGET("etcdserver: invalid downgrade target version"),
  NO_INFLIGHT_DOWNGRADE("etcdserver: no inflight downgrade job"),
  UNKNOWN_METHOD("etcdserver: unknown method"),
  CORRUPT("etcdserver: corrupt cluster"),
  ROOT_USER_MISSING("etcdserver: root user does not exist"),
  ROOT_ROLE_MISSING("etcdserver: root user does not have root role"),
  USER_EXISTS("etcdserver: user name already exists"),
  USER_EMPTY("etcdserver: user name is empty"),
  USER_NOT_FOUND("etcdserver: user name not found"),
  ROLE_EXISTS("etcdserver: role name already exists"),
  ROLE_NOT_FOUND("etcdserver: role name not found"),
  ROLE_EMPTY("etcdserver: role name is empty"),
  AUTH_FAILED("etcdserver: authentication failed, invalid user ID or password"),
  PERMISSION_NOT_GIVEN("etcdserver: permission not given"),
  PERMISSION_DENIED("etcdserver: permission denied"),
  ROLE_NOT_GRANTED("etcdserver: role is not granted to the user"),
  PERMISSION_NOT_GRANTED("etcdserver: permission is not granted to the role"),
  AUTH_NOT_ENABLED("etcdserver: authentication is not enabled"),
  INVALID_AUTH_TOKEN("etcdserver: invalid auth token"),
  INVALID_AUTH_MANAGEMENT("etcdserver: invalid auth management"),
  AUTH_OLD_REVISION("etcdserver: revision of auth store is old"),
  ELECTION_NOT_LEADER("election: not leader"),
  ELECTION_NO_LEADER("election: no leader"),
  SESSION_EXPIRED("mutex: session is expired");

  private final String text;

  StoreError(String text) {
    this.text = text;
  }

  /** The text on the wire. */
  public String text() {
    return text;
  }

  /** As an exception to throw. */
  public StoreException exception() {
    return new StoreException(this);
  }
}
