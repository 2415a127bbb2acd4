/**
 * The revision log on disk: segment files of checksummed frames, and the checkpoint that says up to
 * where they are synced. The state machine ({@code dev.tiphys.store.mvcc}) is the only caller.
 * Nothing here knows what a key is; what a frame carries is the caller's. All files are reached
 * through {@link dev.tiphys.store.disk.Disk}, so that tests can break them.
 */
@NullMarked
package dev.tiphys.store.disk;

import org.jspecify.annotations.NullMarked;
