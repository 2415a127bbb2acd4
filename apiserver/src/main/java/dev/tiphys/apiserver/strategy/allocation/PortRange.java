package dev.tiphys.apiserver.strategy.allocation;

/**
 * A range of ports.
 *
 * @param first inclusive
 * @param last inclusive
 */
public record PortRange(int first, int last) {

  /** Upstream's default for node ports. */
  public static final PortRange NODE_PORTS = new PortRange(30000, 32767);

  /**
   * Reads {@code 30000-32767}.
   *
   * @throws IllegalArgumentException with a sentence that says what is wrong
   */
  public static PortRange parse(String text) {
    String[] parts = text.split("-", -1);
    if (parts.length == 2 && parts[0].matches("[0-9]{1,5}") && parts[1].matches("[0-9]{1,5}")) {
      PortRange range = new PortRange(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
      if (range.first >= 1 && range.last <= 65535 && range.first <= range.last) {
        return range;
      }
    }
    throw new IllegalArgumentException(text + " is not a range of ports such as 30000-32767");
  }

  /** Whether a port is in the range. */
  public boolean contains(int port) {
    return port >= first && port <= last;
  }

  /** How many ports there are. */
  public int size() {
    return last - first + 1;
  }

  @Override
  public String toString() {
    return first + "-" + last;
  }
}
