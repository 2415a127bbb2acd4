package dev.tiphys.deploy.image;

import static dev.tiphys.deploy.machine.Json.quote;
import static java.util.stream.Collectors.joining;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Packs images as an OCI image layout in a tar archive. The same images give the same bytes.
 *
 * @param tar the archive
 * @param digests for each image's name the digest of its manifest, {@code sha256:...}
 */
record OciArchive(byte[] tar, Map<String, String> digests) {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

  /** Packs the images for an architecture named as Go names it: {@code amd64}, {@code arm64}. */
  static OciArchive pack(List<Image> images, String architecture) {
    var blobs = new TreeMap<String, byte[]>();
    var digests = new TreeMap<String, String>();
    var manifests =
        images.stream()
            .map(image -> {
              byte[] layer = TarWriter.pack(image.files());
              byte[] config = utf8(config(image, architecture, sha256(layer)));
              byte[] manifest =
                  utf8(
                      "{\"schemaVersion\":2,\"mediaType\":"
                          + quote(MANIFEST)
                          + ",\"config\":"
                          + descriptor(CONFIG, config, "")
                          + ",\"layers\":["
                          + descriptor(LAYER, layer, "")
                          + "]}");
              for (byte[] blob : List.of(layer, config, manifest)) {
                blobs.put("blobs/sha256/" + hex(blob), blob);
              }
              digests.put(image.name(), sha256(manifest));
              String tag = image.name().substring(image.name().lastIndexOf(':') + 1);
              return descriptor(
                  MANIFEST,
                  manifest,
                  ",\"annotations\":{\"io.containerd.image.name\":"
                      + quote(image.name())
                      + ",\"org.opencontainers.image.ref.name\":"
                      + quote(tag)
                      + "}"
                      + ",\"platform\":{\"architecture\":"
                      + quote(architecture)
                      + ",\"os\":\"linux\"}");
            })
            .collect(joining(","));
    var entries = new java.util.ArrayList<TarEntry>();
    entries.add(TarEntry.text("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"));
    entries.add(
        TarEntry.text("index.json", "{\"schemaVersion\":2,\"manifests\":[" + manifests + "]}"));
    blobs.forEach((name, content) -> entries.add(TarEntry.file(name, 0644, content)));
    return new OciArchive(TarWriter.pack(entries), digests);
  }

  private static String config(Image image, String architecture, String layerDigest) {
    return "{\"architecture\":"
        + quote(architecture)
        + ",\"os\":\"linux\",\"created\":\"1970-01-01T00:00:00Z\",\"config\":{\"Env\":["
        + list(image.environment())
        + "],\"Entrypoint\":["
        + list(image.entrypoint())
        + "],\"WorkingDir\":\"/\",\"ExposedPorts\":{"
        + image.ports().stream().map(port -> "\"" + port + "/tcp\":{}").collect(joining(","))
        + "}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
        + quote(layerDigest)
        + "]},\"history\":[{\"created\":\"1970-01-01T00:00:00Z\",\"created_by\":\"tiphys\"}]}";
  }

  private static String list(List<String> texts) {
    return texts.stream().map(text -> quote(text)).collect(joining(","));
  }

  private static String descriptor(String mediaType, byte[] blob, String more) {
    return "{\"mediaType\":"
        + quote(mediaType)
        + ",\"digest\":"
        + quote(sha256(blob))
        + ",\"size\":"
        + blob.length
        + more
        + "}";
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String sha256(byte[] bytes) {
    return "sha256:" + hex(bytes);
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
