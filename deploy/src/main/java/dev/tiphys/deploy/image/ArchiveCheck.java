package dev.tiphys.deploy.image;

import dev.tiphys.deploy.image.Images.BadArchive;
import dev.tiphys.deploy.machine.Json;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Reads an image archive that a user brought, from end to end, and tells what is wrong with it
 * before the runtime is asked to take it. Knows OCI image layouts and docker archives, plain or
 * gzipped.
 */
final class ArchiveCheck {
  private static final int BLOCK = 512;

  /** Index, manifests and configurations are far smaller than this. */
  private static final int LARGEST_DOCUMENT = 4 << 20;

  private final Map<String, String> digests = new HashMap<>();
  private final Map<String, byte[]> documents = new HashMap<>();
  private final Path file;

  private ArchiveCheck(Path file) {
    this.file = file;
  }

  /** The names of the images in the archive. */
  static List<String> names(Path file) throws IOException, BadArchive {
    if (!Files.isRegularFile(file)) {
      throw new BadArchive(file + " is not a file");
    }
    var check = new ArchiveCheck(file);
    try (var raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      raw.mark(2);
      boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
      raw.reset();
      try (InputStream in = gzip ? new GZIPInputStream(raw, 1 << 16) : raw) {
        check.read(in);
      }
    } catch (EOFException cut) {
      throw new BadArchive(file + " ends in the middle: it was not copied whole");
    }
    return check.judge();
  }

  private void read(InputStream in) throws IOException, BadArchive {
    String longName = "";
    while (true) {
      byte[] header = in.readNBytes(BLOCK);
      if (header.length == 0 && !digests.isEmpty() || header.length == BLOCK && blank(header)) {
        return;
      }
      if (header.length < BLOCK && !digests.isEmpty()) {
        throw new EOFException();
      }
      if (header.length < BLOCK || !checksumGood(header)) {
        throw new BadArchive(
            file + " is not a tar archive" + (digests.isEmpty() ? "" : ", or is damaged"));
      }
      long size = octal(header, 124, 12);
      char kind = (char) header[156];
      if (kind == 'L' || kind == 'x') {
        String text = new String(content(in, size, true), StandardCharsets.UTF_8);
        longName = kind == 'L' ? text.replace("\0", "") : paxPath(text, longName);
        continue;
      }
      String name = longName.isEmpty() ? name(header) : longName;
      longName = "";
      entry(in, name.startsWith("./") ? name.substring(2) : name, kind, size);
    }
  }

  private void entry(InputStream in, String name, char kind, long size) throws IOException {
    if (kind == '0' || kind == '\0') {
      boolean document =
          size <= LARGEST_DOCUMENT && (name.endsWith(".json") || name.startsWith("blobs/"));
      content(in, size, document, name);
    } else {
      content(in, size, false);
      digests.put(name, "");
    }
  }

  private byte[] content(InputStream in, long size, boolean keep) throws IOException {
    return content(in, size, keep, "");
  }

  private byte[] content(InputStream in, long size, boolean keep, String name) throws IOException {
    MessageDigest digest = OciArchive.digest();
    byte[] kept = new byte[0];
    if (keep) {
      kept = in.readNBytes((int) Math.min(size, LARGEST_DOCUMENT));
      if (kept.length < size) {
        throw new EOFException();
      }
      digest.update(kept);
    } else {
      byte[] buffer = new byte[1 << 16];
      for (long left = size; left > 0; ) {
        int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (n < 0) {
          throw new EOFException();
        }
        digest.update(buffer, 0, n);
        left -= n;
      }
    }
    in.skipNBytes(-size & (BLOCK - 1));
    if (!name.isEmpty()) {
      digests.put(name, HexFormat.of().formatHex(digest.digest()));
      if (keep) {
        documents.put(name, kept);
      }
    }
    return kept;
  }

  private List<String> judge() throws BadArchive {
    // An archive may be both; containerd then reads it as an OCI layout, and so do we.
    if (digests.containsKey("oci-layout")) {
      return judgeLayout();
    }
    if (digests.containsKey("manifest.json")) {
      return judgeDocker();
    }
    throw new BadArchive(
        file
            + " holds no image: neither an OCI layout (oci-layout, index.json) nor a docker archive (manifest.json)");
  }

  private List<String> judgeLayout() throws BadArchive {
    var names = new ArrayList<String>();
    for (Json manifest : document("index.json").get("manifests").items()) {
      Json annotations = manifest.get("annotations");
      String full = annotations.get("io.containerd.image.name").text();
      String reference = annotations.get("org.opencontainers.image.ref.name").text();
      if (!full.isEmpty() || reference.contains("/")) {
        names.add(full.isEmpty() ? reference : full);
      }
      judgeBlob(manifest, 0);
    }
    if (names.isEmpty()) {
      throw new BadArchive(
          file
              + " does not name its image: index.json needs the annotation io.containerd.image.name, or"
              + " org.opencontainers.image.ref.name with the whole name");
    }
    return names;
  }

  /**
   * A manifest or index and all that it refers to. A platform's manifest that was left out is no
   * error.
   */
  private void judgeBlob(Json descriptor, int depth) throws BadArchive {
    String digest = descriptor.get("digest").text();
    String blob = "blobs/" + digest.replace(':', '/');
    String actual = digests.get(blob);
    if (actual == null) {
      if (depth > 0 && descriptor.get("platform").present()) {
        return;
      }
      throw new BadArchive(file + " lacks " + blob + ", which its index refers to");
    }
    if (digest.startsWith("sha256:") && !digest.endsWith(actual)) {
      throw new BadArchive(file + " is damaged: " + blob + " has the digest sha256:" + actual);
    }
    String type = descriptor.get("mediaType").text();
    boolean listing = type.contains("manifest") || type.contains("index");
    if (listing && depth < 3 && documents.containsKey(blob)) {
      Json content = document(blob);
      for (Json child : content.get("manifests").items()) {
        judgeBlob(child, depth + 1);
      }
      if (content.get("config").present()) {
        judgeBlob(content.get("config"), 0);
      }
      for (Json layer : content.get("layers").items()) {
        judgeBlob(layer, 0);
      }
    }
  }

  private List<String> judgeDocker() throws BadArchive {
    var names = new ArrayList<String>();
    for (Json image : document("manifest.json").items()) {
      image.get("RepoTags").items().forEach(tag -> names.add(tag.text()));
      var parts = new ArrayList<>(image.get("Layers").items());
      parts.add(image.get("Config"));
      for (Json part : parts) {
        if (!digests.containsKey(part.text())) {
          throw new BadArchive(
              file + " lacks " + part.text() + ", which its manifest.json refers to");
        }
      }
    }
    if (names.isEmpty()) {
      throw new BadArchive(
          file + " does not name its image: save it by its name and tag, not by its ID");
    }
    return names;
  }

  private Json document(String name) throws BadArchive {
    byte[] content = documents.get(name);
    if (content == null) {
      throw new BadArchive(file + " lacks " + name);
    }
    try {
      return Json.parse(content);
    } catch (IllegalArgumentException broken) {
      throw new BadArchive(file + ": " + name + " is " + broken.getMessage());
    }
  }

  private static boolean blank(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean checksumGood(byte[] header) {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 255;
    }
    return octal(header, 148, 8) == sum;
  }

  private static long octal(byte[] header, int offset, int width) {
    if ((header[offset] & 0x80) != 0) {
      // GNU's form for sizes of 8 GiB and more: a big-endian number after a marker.
      long number = header[offset] & 0x3f;
      for (int i = 1; i < width; i++) {
        number = number << 8 | header[offset + i] & 255;
      }
      return number;
    }
    String text =
        new String(header, offset, width, StandardCharsets.US_ASCII).replace("\0", "").strip();
    return text.matches("[0-7]+") ? Long.parseLong(text, 8) : 0;
  }

  private static String name(byte[] header) {
    String name = text(header, 0, 100);
    String prefix =
        text(header, 257, 5).equals("ustar") && header[262] == 0 ? text(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static String text(byte[] header, int offset, int width) {
    int end = offset;
    while (end < offset + width && header[end] != 0) {
      end++;
    }
    return new String(header, offset, end - offset, StandardCharsets.UTF_8);
  }

  /** The path in a pax header, whose records read {@code LENGTH path=VALUE\n}. */
  private static String paxPath(String records, String otherwise) {
    for (String record : records.split("\n")) {
      int at = record.indexOf(" path=");
      if (at > 0) {
        return record.substring(at + 6);
      }
    }
    return otherwise;
  }
}
