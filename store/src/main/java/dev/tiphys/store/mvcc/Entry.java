package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.record.SystemChange;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.DeleteRangeResponse;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.PutResponse;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.ResponseHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The writing of one Raft entry: every command of it makes at most one revision, and sees those
 * before it. Used by the applying thread only; nothing is visible to others before the machine
 * publishes the entry.
 */
final class Entry {
  private final KeyIndex index;
  private final RevisionLog log;
  private final Records records;
  private final Ranges ranges;
  private final Leases leases;
  private final List<Change> changes = new ArrayList<>();
  private List<Change.KeyEvent> events = new ArrayList<>();
  private long revision;

  Entry(KeyIndex index, RevisionLog log, Leases leases, long revision) {
    this.index = index;
    this.log = log;
    this.leases = leases;
    this.revision = revision;
    this.records = new Records(log::readAppended);
    this.ranges = new Ranges(index, records);
  }

  /** The newest revision, including those of this entry. */
  long revision() {
    return revision;
  }

  List<Change> changes() {
    return changes;
  }

  /** Ends a command: what it wrote becomes a revision. */
  void endCommand() {
    if (!events.isEmpty()) {
      revision++;
      changes.add(new Change(revision, events));
      events = new ArrayList<>();
    }
  }

  /** The revision that a reader inside the command sees. */
  long visible() {
    return events.isEmpty() ? revision : revision + 1;
  }

  ResponseHeader header() {
    return ResponseHeader.newBuilder().setRevision(visible()).build();
  }

  KeyHistory.Head head(byte[] key) {
    var history = index.get(key);
    return history == null ? KeyHistory.Head.ABSENT : history.head();
  }

  PutResponse put(PutRequest request) throws IOException {
    byte[] key = request.getKey().toByteArray();
    var history = index.get(key);
    var head = history == null ? KeyHistory.Head.ABSENT : history.head();
    var response = PutResponse.newBuilder();
    KeyValue previous = null;
    if (history != null && head.exists() && (request.getPrevKv() || request.getIgnoreValue())) {
      previous = records.at(history, visible());
    }
    if (request.getPrevKv() && previous != null) {
      response.setPrevKv(previous);
    }
    long next = revision + 1;
    var value =
        request.getIgnoreValue() ? Objects.requireNonNull(previous).getValue() : request.getValue();
    long lease = request.getIgnoreLease() ? head.lease() : request.getLease();
    var kv =
        KeyValue.newBuilder()
            .setKey(request.getKey())
            .setCreateRevision(head.exists() ? head.createRevision() : next)
            .setModRevision(next)
            .setVersion(head.version() + 1)
            .setValue(value)
            .setLease(lease)
            .build();
    long place = log.append(Frame.Kind.PUT, events.size(), kv);
    var kept =
        index.put(
            history,
            key,
            next,
            place,
            Frame.OVERHEAD + kv.getSerializedSize(),
            kv.getCreateRevision(),
            kv.getVersion(),
            lease);
    if (head.lease() != lease) {
      leases.unbind(head.lease(), request.getKey());
      leases.bind(lease, request.getKey());
    }
    events.add(Change.KeyEvent.put(kept.key(), kv));
    return response.setHeader(header()).build();
  }

  DeleteRangeResponse delete(DeleteRangeRequest request) throws IOException {
    var response = DeleteRangeResponse.newBuilder();
    long view = visible();
    var doomed = new ArrayList<KeyHistory>();
    for (var history : index.in(KeyRange.of(request.getKey(), request.getRangeEnd()))) {
      if (history.existsAt(view)) {
        doomed.add(history);
      }
    }
    for (var history : doomed) {
      if (request.getPrevKv()) {
        response.addPrevKvs(Objects.requireNonNull(records.at(history, view)));
      }
      delete(history);
    }
    return response.setDeleted(doomed.size()).setHeader(header()).build();
  }

  /** Deletes all keys bound to a lease. */
  void deleteBoundTo(long lease) throws IOException {
    for (var key : leases.keys(lease)) {
      var history = index.get(key.toByteArray());
      if (history != null && history.head().exists()) {
        delete(history);
      }
    }
  }

  RangeResponse range(RangeRequest request) throws IOException {
    long at = request.getRevision() > 0 ? request.getRevision() : visible();
    return ranges.at(request, at).toBuilder().setHeader(header()).build();
  }

  void system(SystemChange change) throws IOException {
    log.append(Frame.Kind.SYSTEM, 0, change);
  }

  private void delete(KeyHistory history) throws IOException {
    long lease = history.head().lease();
    ByteString key = UnsafeByteOperations.unsafeWrap(history.key());
    var record = Records.deletion(key, revision + 1);
    long place = log.append(Frame.Kind.DELETE, events.size(), record);
    history.delete(revision + 1, place, Frame.OVERHEAD + record.getSerializedSize());
    leases.unbind(lease, key);
    events.add(Change.KeyEvent.delete(history.key(), record));
  }
}
