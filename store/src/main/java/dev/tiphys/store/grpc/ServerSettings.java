package dev.tiphys.store.grpc;

import java.time.Duration;

/**
 * What clients may do.
 *
 * @param streams calls that one connection may have open at a time
 * @param messageBytes the longest message that is taken
 * @param pingMinTime between two pings of a client; one that pings more often is sent away
 * @param pingInterval of silence before a client is pinged; zero: never
 * @param pingTimeout for its answer, before the connection is closed
 */
public record ServerSettings(
    int streams,
    int messageBytes,
    Duration pingMinTime,
    Duration pingInterval,
    Duration pingTimeout) {}
