package dev.tiphys.apiserver.authn;

import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of {@code --token-auth-file}: lines of {@code token,user,uid,"group1,group2"}. Only
 * digests are kept, and all are compared, each in constant time. Immutable.
 */
public final class TokenFile implements TokenAuthenticator {

  private record Entry(byte[] digest, User user) {}

  private final List<Entry> entries;

  private TokenFile(List<Entry> entries) {
    this.entries = entries;
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException if it cannot be read or used
   */
  public static TokenFile read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new ConfigException(
          "--token-auth-file: cannot read " + file + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("--token-auth-file: " + file + ": " + e.getMessage(), e);
    }
  }

  static TokenFile parse(String text) {
    List<Entry> entries = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      List<String> columns = columns(line);
      if (columns.size() < 3) {
        throw new IllegalArgumentException(
            "line " + number + " must have at least 3 columns (token, user name, user uid)");
      }
      if (columns.get(0).isEmpty()) {
        throw new IllegalArgumentException("line " + number + " has an empty token");
      }
      List<String> groups = new ArrayList<>();
      if (columns.size() > 3) {
        for (String group : columns.get(3).split(",")) {
          if (!group.isBlank()) {
            groups.add(group.strip());
          }
        }
      }
      entries.add(
          new Entry(
              digest(columns.get(0)), new User(columns.get(1), columns.get(2), groups, Map.of())));
    }
    return new TokenFile(List.copyOf(entries));
  }

  @Override
  public @Nullable Verified verify(String token, List<String> audiences) {
    User user = find(token);
    return user == null ? null : new Verified(user, audiences);
  }

  @Nullable User find(String token) {
    byte[] digest = digest(token);
    User found = null;
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(digest, entry.digest())) {
        found = entry.user();
      }
    }
    return found;
  }

  private static List<String> columns(String line) {
    List<String> columns = new ArrayList<>();
    StringBuilder column = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
          column.append('"');
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == ',' && !quoted) {
        columns.add(column.toString().strip());
        column.setLength(0);
      } else {
        column.append(c);
      }
    }
    columns.add(column.toString().strip());
    return columns;
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
