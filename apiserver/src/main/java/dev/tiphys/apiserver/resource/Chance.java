package dev.tiphys.apiserver.resource;

import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What of a write is not decided by its input.
 *
 * @param clock the time
 * @param random for generated names; thread-safe
 * @param uuids for uids; thread-safe
 */
public record Chance(InstantSource clock, RandomGenerator random, Supplier<UUID> uuids) {}
