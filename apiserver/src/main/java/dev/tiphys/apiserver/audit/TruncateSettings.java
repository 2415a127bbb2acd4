package dev.tiphys.apiserver.audit;

/**
 * How long events may be.
 *
 * @param eventBytes of one event in JSON; what is longer goes without bodies
 * @param batchBytes of all that go at once
 */
public record TruncateSettings(long eventBytes, long batchBytes) {}
