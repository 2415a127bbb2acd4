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
  COMPACTED("etcdserver: mvcc: required revision has been compacted"),
  FUTURE_REVISION("etcdserver: mvcc: required revision is a future revision"),
  NO_SPACE("etcdserver: mvcc: database space exceeded"),
  LEASE_NOT_FOUND("etcdserver: requested lease not found"),
  LEASE_EXISTS("etcdserver: lease already exists"),
  LEASE_TTL_TOO_LARGE("etcdserver: too large lease TTL"),
  REQUEST_TOO_LARGE("etcdserver: request is too large"),
  TOO_MANY_REQUESTS("etcdserver: too many requests"),
  MEMBER_NOT_FOUND("etcdserver: member not found"),
  NOT_ENOUGH_STARTED_MEMBERS(
      "etcdserver: re-configuration failed due to not enough started members"),
  BAD_LEADER_TRANSFEREE("etcdserver: bad leader transferee"),
  NO_LEADER("etcdserver: no leader"),
  NOT_LEADER("etcdserver: not leader"),
  LEADER_CHANGED("etcdserver: leader changed"),
  STOPPED("etcdserver: server stopped"),
  TIMEOUT("etcdserver: request timed out"),
  CORRUPT("etcdserver: corrupt cluster");

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
