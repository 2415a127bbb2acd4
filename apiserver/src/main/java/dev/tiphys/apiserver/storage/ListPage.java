package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import org.jspecify.annotations.Nullable;

/**
 * A list, or a page of it.
 *
 * @param revision at which all of it was so; of all pages the same
 * @param items in the order of their keys
 * @param continueToken for the next page; null on the last one
 * @param remainingItemCount how many follow this page; null on the last one and where only
 *     filtering could tell
 */
public record ListPage<T extends ApiObject>(
    long revision,
    StoredList<T> items,
    @Nullable String continueToken,
    @Nullable Long remainingItemCount) {}
