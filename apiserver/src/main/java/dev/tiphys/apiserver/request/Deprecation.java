package dev.tiphys.apiserver.request;

/**
 * What a client is told that uses a version which is given up.
 *
 * @param warning a sentence for the {@code Warning} header; none if empty
 * @param removedRelease the release from which on it is not served, as {@code 1.39}; empty if open
 */
public record Deprecation(String warning, String removedRelease) {}
