package dev.tiphys.apiserver.strategy.allocation;

/**
 * Who has which service address and node port, kept where all API servers see it, so that each is
 * given once however many servers give at the same time. Thread-safe; may block.
 */
public interface Claims {

  /**
   * Takes an address for a service.
   *
   * @return false if another service has it
   */
  boolean takeAddress(String ip, String namespace, String service);

  /** Gives an address back; does nothing if nobody, or another service, has it. */
  void freeAddress(String ip, String namespace, String service);

  /**
   * Takes a port.
   *
   * @return false if somebody has it
   */
  boolean takePort(int port);

  /** Gives a port back. */
  void freePort(int port);
}
