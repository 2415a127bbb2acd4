package dev.tiphys.deploy.pki;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.ControlPlane;
import dev.tiphys.deploy.layout.DataDir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Who in a cluster holds which certificate. Users and groups are upstream's, for its authorization
 * rules name them. The store has an authority of its own: whoever may read it reads every secret,
 * so a node's certificate must not open it.
 */
public final class Pki {
  private final DataDir directory;
  private final InstantSource clock;
  private final SecureRandom random;

  public Pki(DataDir directory, InstantSource clock, SecureRandom random) {
    this.directory = directory;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Makes whatever is missing, has changed or is about to expire.
   *
   * @param nodeAddress the address at which this node is reached
   * @return the files (without suffix, below {@code pki/}) that were issued now
   */
  public List<String> ensure(ClusterSettings settings, String nodeAddress)
      throws IOException, GeneralSecurityException {
    Path pki = directory.pki();
    Files.createDirectories(pki);
    // Keys take long to find, RSA ones above all, so all processors look for them.
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> serviceAccounts = threads.submit(this::ensureServiceAccountKey);
      Authority cluster = Authority.open(pki.resolve("ca"), "tiphys-ca", clock, random);
      Authority store = Authority.open(pki.resolve("store/ca"), "tiphys-store-ca", clock, random);
      var pending = new LinkedHashMap<String, Future<Boolean>>();
      for (CertificateSpec spec : clusterCertificates(settings, nodeAddress)) {
        pending.put(spec.file(), threads.submit(() -> cluster.ensure(pki, spec)));
      }
      for (CertificateSpec spec : storeCertificates(settings, nodeAddress)) {
        pending.put(spec.file(), threads.submit(() -> store.ensure(pki, spec)));
      }
      var issued = new ArrayList<String>();
      for (var entry : pending.entrySet()) {
        if (done(entry.getValue())) {
          issued.add(entry.getKey());
        }
      }
      done(serviceAccounts);
      writeKubeconfigs(settings);
      return issued;
    }
  }

  private static <T> T done(Future<T> work) throws IOException, GeneralSecurityException {
    try {
      return work.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException cause) {
        throw cause;
      }
      if (failed.getCause() instanceof GeneralSecurityException cause) {
        throw cause;
      }
      throw new IllegalStateException(failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while making certificates", stop);
    }
  }

  static List<CertificateSpec> clusterCertificates(ClusterSettings settings, String nodeAddress) {
    String node = settings.nodeName();
    List<String> here = List.of("localhost", node, "127.0.0.1", "::1", nodeAddress);
    var api = new ArrayList<String>();
    api.addAll(
        List.of(
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local"));
    api.add(settings.apiServiceAddress());
    api.addAll(here);
    api.addAll(ofControlPlanes(settings));
    return List.of(
        CertificateSpec.server("apiserver", "kube-apiserver", canonical(api)),
        CertificateSpec.client(
            "apiserver-kubelet-client", "kube-apiserver-kubelet-client", "system:masters"),
        CertificateSpec.client("admin", "kubernetes-admin", "system:masters").forAnyClient(),
        CertificateSpec.client("scheduler", "system:kube-scheduler"),
        CertificateSpec.server("scheduler-server", "kube-scheduler", canonical(here)),
        CertificateSpec.client("controller-manager", "system:kube-controller-manager"),
        CertificateSpec.server(
            "controller-manager-server", "kube-controller-manager", canonical(here)),
        CertificateSpec.client("kubelet", "system:node:" + node, "system:nodes"),
        CertificateSpec.server("kubelet-server", "system:node:" + node, canonical(here)),
        CertificateSpec.client("kube-proxy", "system:kube-proxy", "system:node-proxier"));
  }

  static List<CertificateSpec> storeCertificates(ClusterSettings settings, String nodeAddress) {
    var names =
        new ArrayList<>(List.of("localhost", settings.nodeName(), "127.0.0.1", "::1", nodeAddress));
    names.addAll(ofControlPlanes(settings));
    List<String> here = canonical(names);
    var both = Set.of(CertificateSpec.Use.SERVER, CertificateSpec.Use.CLIENT);
    return List.of(
        new CertificateSpec("store/server", "tiphys-store", List.of(), both, here),
        new CertificateSpec("store/peer", "tiphys-store", List.of(), both, here),
        CertificateSpec.client("store/apiserver-client", "kube-apiserver"));
  }

  private static List<String> ofControlPlanes(ClusterSettings settings) {
    var addresses = new ArrayList<String>();
    if (!settings.planes().isEmpty()) {
      addresses.add(ControlPlane.FRONT);
    }
    settings.planes().forEach(plane -> addresses.add(plane.address()));
    return addresses;
  }

  /** Addresses in the form in which a certificate, read back, shows them; each once. */
  private static List<String> canonical(List<String> names) {
    return names.stream()
        .map(name -> name.equals("::1") ? "0:0:0:0:0:0:0:1" : name)
        .distinct()
        .toList();
  }

  private boolean ensureServiceAccountKey() throws IOException, GeneralSecurityException {
    Path key = directory.pki().resolve("sa.key");
    Path publicKey = directory.pki().resolve("sa.pub");
    // Tokens in use were signed with it, so it is made once and never renewed.
    if (Files.exists(key) && Files.exists(publicKey)) {
      return false;
    }
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(PkiLimits.SERVICE_ACCOUNT_KEY_BITS, random);
    KeyPair pair = generator.generateKeyPair();
    Pem.writeKey(key, pair.getPrivate());
    Pem.writePublic(publicKey, Pem.encode("PUBLIC KEY", pair.getPublic().getEncoded()));
    return true;
  }

  private void writeKubeconfigs(ClusterSettings settings) throws IOException {
    // Loopback works whatever becomes of the machine's addresses.
    String server = "https://127.0.0.1:" + settings.apiPort();
    Path pki = directory.pki();
    Path authority = pki.resolve("ca.crt");
    Kubeconfig.write(
        directory.adminConf(), server, authority, "kubernetes-admin", pki.resolve("admin"));
    Kubeconfig.write(
        directory.kubeconfig("scheduler"),
        server,
        authority,
        "system:kube-scheduler",
        pki.resolve("scheduler"));
    Kubeconfig.write(
        directory.kubeconfig("controller-manager"),
        server,
        authority,
        "system:kube-controller-manager",
        pki.resolve("controller-manager"));
    Kubeconfig.write(
        directory.kubeconfig("kubelet"),
        server,
        authority,
        "system:node:" + settings.nodeName(),
        pki.resolve("kubelet"));
    Kubeconfig.write(
        directory.kubeconfig("kube-proxy"),
        server,
        authority,
        "system:kube-proxy",
        pki.resolve("kube-proxy"));
  }
}
