package dev.tiphys.deploy.process;

/**
 * How a member of the store begins. It matters to one whose data directory does not know it yet.
 */
public enum StoreStart {
  /** With all others, as a cluster that there was not before. */
  TOGETHER,
  /** As the only member of a new cluster: with the state that was restored for it. */
  ALONE,
  /** As the only one left: what it has becomes a new cluster. To be said once. */
  FORCED,
  /** In a cluster that it was added to and whose other members run. */
  JOINING
}
