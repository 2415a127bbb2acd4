package dev.tiphys.apiserver.storage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What answers of etcd's API say, as far as anybody here wants to know. The numbers are those of
 * {@code etcdserverpb} and {@code mvccpb}.
 */
final class EtcdAnswers {

  private static final int HEADER = 1;

  private EtcdAnswers() {}

  /**
   * The store's revision when it answered; every answer but a watch's says it in the same place.
   */
  static long revision(byte[] answer) {
    EtcdReader in = EtcdReader.of(answer);
    while (in.next()) {
      if (in.field() == HEADER) {
        return headerRevision(in.message());
      }
    }
    return 0;
  }

  private static long headerRevision(EtcdReader header) {
    long revision = 0;
    while (header.next()) {
      if (header.field() == 3) {
        revision = header.number();
      }
    }
    return revision;
  }

  static Etcd.Range range(byte[] answer, long askedAt) {
    return range(EtcdReader.of(answer), askedAt);
  }

  private static Etcd.Range range(EtcdReader in, long askedAt) {
    List<Entry> entries = new ArrayList<>();
    long revision = askedAt;
    boolean more = false;
    long count = 0;
    while (in.next()) {
      switch (in.field()) {
        case HEADER -> revision = askedAt > 0 ? askedAt : headerRevision(in.message());
        case 2 -> entries.add(entry(in.message()));
        case 3 -> more = in.flag();
        case 4 -> count = in.number();
        default -> {}
      }
    }
    return new Etcd.Range(entries, more, count, revision);
  }

  private static Entry entry(EtcdReader in) {
    String key = "";
    byte[] value = new byte[0];
    long revision = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.text();
        case 3 -> revision = in.number();
        case 5 -> value = in.bytes();
        default -> {}
      }
    }
    return new Entry(key, value, revision);
  }

  /** Of a transaction that reads its key if it does not write. */
  static Etcd.Written written(byte[] answer) {
    EtcdReader in = EtcdReader.of(answer);
    long revision = 0;
    boolean succeeded = false;
    Entry current = null;
    while (in.next()) {
      switch (in.field()) {
        case HEADER -> revision = headerRevision(in.message());
        case 2 -> succeeded = in.flag();
        case 3 -> {
          Entry read = read(in.message());
          current = read == null ? current : read;
        }
        default -> {}
      }
    }
    return succeeded ? new Etcd.Written.Done(revision) : new Etcd.Written.Refused(current);
  }

  private static @Nullable Entry read(EtcdReader operation) {
    Entry found = null;
    while (operation.next()) {
      if (operation.field() == 1) {
        List<Entry> entries = range(operation.message(), 0).entries();
        found = entries.isEmpty() ? null : entries.getFirst();
      }
    }
    return found;
  }

  /**
   * Of a transaction that writes a key if it has a version, and reads it otherwise.
   *
   * @param next the version that it has then
   */
  static Etcd.Claim claim(byte[] answer, long next) {
    EtcdReader in = EtcdReader.of(answer);
    long revision = 0;
    boolean succeeded = false;
    long current = 0;
    while (in.next()) {
      switch (in.field()) {
        case HEADER -> revision = headerRevision(in.message());
        case 2 -> succeeded = in.flag();
        case 3 -> {
          EtcdReader operation = in.message();
          while (operation.next()) {
            current = operation.field() == 1 ? version(operation.message()) : current;
          }
        }
        default -> {}
      }
    }
    return new Etcd.Claim(succeeded, succeeded ? next : current, revision);
  }

  /** How often the one key of a range was written since it was made; 0 if there is none. */
  static long version(byte[] answer) {
    return version(EtcdReader.of(answer));
  }

  private static long version(EtcdReader range) {
    long version = 0;
    while (range.next()) {
      if (range.field() == 2) {
        EtcdReader entry = range.message();
        while (entry.next()) {
          version = entry.field() == 4 ? entry.number() : version;
        }
      }
    }
    return version;
  }

  static long lease(byte[] answer) {
    EtcdReader in = EtcdReader.of(answer);
    long id = 0;
    while (in.next()) {
      if (in.field() == 2) {
        id = in.number();
      }
    }
    return id;
  }

  /**
   * A message of a watch.
   *
   * @throws CompactedException if the watch asked for a revision that is gone
   * @throws StorageException.Unavailable if the store has ended it otherwise
   */
  static EtcdWatch.Batch watched(byte[] message) {
    EtcdReader in = EtcdReader.of(message);
    List<WatchFeed.Event> events = new ArrayList<>();
    long revision = 0;
    boolean canceled = false;
    long compacted = 0;
    String reason = "";
    while (in.next()) {
      switch (in.field()) {
        case HEADER -> revision = headerRevision(in.message());
        case 4 -> canceled = in.flag();
        case 5 -> compacted = in.number();
        case 6 -> reason = in.text();
        case 11 -> events.add(event(in.message()));
        default -> {}
      }
    }
    if (compacted > 0) {
      throw new CompactedException(
          new IllegalStateException("the store's history begins at revision " + compacted));
    }
    if (canceled) {
      throw new StorageException.Unavailable("the store ended the watch: " + reason, null);
    }
    return new EtcdWatch.Batch(events, revision);
  }

  private static WatchFeed.Event event(EtcdReader in) {
    boolean deletion = false;
    Entry entry = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> deletion = in.number() == 1;
        case 2 -> entry = entry(in.message());
        default -> {}
      }
    }
    if (entry == null) {
      throw new StorageException.Unavailable("the store told of a change of no key", null);
    }
    return new WatchFeed.Event(entry, deletion);
  }
}
