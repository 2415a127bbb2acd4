package dev.tiphys.store.mvcc;

import dev.tiphys.store.disk.RevisionLog;

/**
 * A moment of the state.
 *
 * @param applied the last entry
 * @param revision the newest one then
 * @param end of the log
 */
public record Position(Machine.Applied applied, long revision, RevisionLog.Mark end) {}
