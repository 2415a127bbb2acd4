package dev.tiphys.deploy.layout;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One of several control planes on this machine: a member of the store and an API server, in a
 * network namespace of their own, as if on a machine of their own.
 *
 * @param number counted from 1
 */
public record ControlPlane(int number) {
  /** What connects them: addresses set aside for tests of networks (RFC 2544), nobody's route. */
  public static final Cidr NETWORK = Cidr.parse("198.18.77.0/24");

  /** The one address of them all, where the balancer listens: this machine's on that network. */
  public static final String FRONT = NETWORK.address(1);

  private static final int FIRST_ADDRESS = 11;

  /** So many control planes; none when the only one shares the machine's own network. */
  public static List<ControlPlane> several(int count) {
    return count == 1
        ? List.of()
        : IntStream.rangeClosed(1, count).mapToObj(ControlPlane::new).toList();
  }

  /** The name of the store's member. */
  public String name() {
    return "cp" + number;
  }

  /** Its address on {@link #NETWORK}. */
  public String address() {
    return NETWORK.address(FIRST_ADDRESS - 1 + number);
  }

  /** A daemon of this control plane, as {@code store-1}. */
  public String daemon(String kind) {
    return kind + "-" + number;
  }

  /** Its network namespace. Named after the data directory, for names are the machine's. */
  public String namespace(DataDir directory) {
    return directory.cgroup() + "-" + name();
  }
}
