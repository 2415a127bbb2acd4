package dev.tiphys.store.disk;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The file {@code identity}: which member of which cluster a data directory belongs to. Text, a
 * line each: format, cluster, member, alone, and the CRC32C of the lines before it, which the first
 * releases did not write. Replaced whole: written beside, synced, renamed.
 */
public final class IdentityFile {
  /** Its name. */
  public static final String NAME = "identity";

  private static final String DRAFT = "identity.tmp";
  private static final String FORMAT = "1";
  private static final String SUM = "crc32c=";

  private final Folder data;

  /**
   * What it says.
   *
   * @param alone its cluster began with this member alone
   */
  public record Content(UUID cluster, long member, boolean alone) {}

  /** Takes the data directory. */
  public IdentityFile(Folder data) {
    this.data = data;
  }

  /**
   * Reads the file; empty when there is none.
   *
   * @throws IOException when it is damaged, or of a format that this release does not know
   */
  public Optional<Content> read() throws IOException {
    if (!data.list().contains(NAME)) {
      return Optional.empty();
    }
    String text;
    try (var file = data.open(NAME)) {
      var bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
      file.read(bytes, 0);
      text = new String(bytes.array(), StandardCharsets.UTF_8);
    }
    int sum = text.indexOf(SUM);
    if (sum >= 0 && !text.substring(sum).equals(sumOf(text.substring(0, sum)))) {
      throw damaged("its checksum does not match");
    }
    var lines = new Properties();
    try {
      lines.load(new StringReader(text));
      var format = lines.getProperty("format");
      if (!FORMAT.equals(format)) {
        throw new IOException(
            data
                + "/identity: format "
                + format
                + " is not known here; this release reads "
                + FORMAT);
      }
      return Optional.of(
          new Content(
              UUID.fromString(lines.getProperty("cluster", "")),
              Long.parseUnsignedLong(lines.getProperty("member", ""), 16),
              Boolean.parseBoolean(lines.getProperty("alone"))));
    } catch (IllegalArgumentException e) {
      throw damaged("it does not name a cluster and a member");
    }
  }

  /** Replaces the file; durable on return. */
  public void write(Content content) throws IOException {
    var text =
        "format=%s\ncluster=%s\nmember=%s\nalone=%s\n"
            .formatted(FORMAT, content.cluster, Long.toHexString(content.member), content.alone);
    try (var file = data.open(DRAFT)) {
      file.truncate(0);
      file.write(ByteBuffer.wrap((text + sumOf(text)).getBytes(StandardCharsets.UTF_8)), 0);
      file.sync();
    }
    data.rename(DRAFT, NAME);
    data.syncDirectory();
  }

  private static String sumOf(String text) {
    var crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return SUM + "%08x\n".formatted(crc.getValue());
  }

  private IOException damaged(String what) {
    return new IOException(
        data
            + "/identity: "
            + what
            + ". Take the file from a backup of this directory, or remove this member and add it"
            + " again with an empty data directory");
  }
}
