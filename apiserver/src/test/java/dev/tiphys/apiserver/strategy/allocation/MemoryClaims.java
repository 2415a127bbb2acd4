package dev.tiphys.apiserver.strategy.allocation;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Claims that end with the test. */
public final class MemoryClaims implements Claims {

  private final Map<String, String> addresses = new ConcurrentHashMap<>();
  private final Set<Integer> ports = ConcurrentHashMap.newKeySet();

  @Override
  public boolean takeAddress(String ip, String namespace, String service) {
    String owner = namespace + "/" + service;
    String present = addresses.putIfAbsent(ip, owner);
    return present == null || present.equals(owner);
  }

  @Override
  public void freeAddress(String ip, String namespace, String service) {
    addresses.remove(ip, namespace + "/" + service);
  }

  @Override
  public boolean takePort(int port) {
    return ports.add(port);
  }

  @Override
  public void freePort(int port) {
    ports.remove(port);
  }
}
