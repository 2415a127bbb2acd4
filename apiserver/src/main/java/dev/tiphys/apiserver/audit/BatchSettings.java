package dev.tiphys.apiserver.audit;

import java.time.Duration;

/**
 * How events are gathered.
 *
 * @param buffer events that may wait; more are dropped
 * @param most events in a batch
 * @param atMost after which a batch goes that is not full
 * @param throttled whether batches have a rate
 * @param perSecond batches a second, in the long run
 * @param burst batches at once, after a while without
 */
public record BatchSettings(
    int buffer, int most, Duration atMost, boolean throttled, double perSecond, int burst) {}
