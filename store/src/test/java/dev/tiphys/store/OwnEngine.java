package dev.tiphys.store;

import java.net.URI;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.dockerclient.TransportConfig;

/** Leads Testcontainers to the engine that {@link DockerEngine} has started. */
public final class OwnEngine extends DockerClientProviderStrategy {
  /** The system property that says where its socket is. */
  static final String SOCKET = "dev.tiphys.test.docker.socket";

  private static final int BEFORE_ALL_OTHERS = 1000;

  @Override
  public String getDescription() {
    return "a Docker engine of the tests' own";
  }

  @Override
  protected boolean isApplicable() {
    return System.getProperty(SOCKET) != null;
  }

  @Override
  protected boolean isPersistable() {
    return false;
  }

  @Override
  protected int getPriority() {
    return BEFORE_ALL_OTHERS;
  }

  @Override
  public TransportConfig getTransportConfig() {
    return TransportConfig.builder()
        .dockerHost(URI.create("unix://" + System.getProperty(SOCKET)))
        .build();
  }

  /** Its containers use the network of this machine; there is no bridge to look at. */
  @Override
  public synchronized String getDockerHostIpAddress() {
    return "127.0.0.1";
  }
}
