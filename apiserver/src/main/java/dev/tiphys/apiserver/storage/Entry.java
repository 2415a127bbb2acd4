package dev.tiphys.apiserver.storage;

/**
 * A key of the store with its value.
 *
 * @param key whole
 * @param value of it; empty for a deletion
 * @param revision at which it was last changed
 */
record Entry(String key, byte[] value, long revision) {}
