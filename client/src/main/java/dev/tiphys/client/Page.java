package dev.tiphys.client;

import dev.tiphys.api.schema.ApiObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of objects, or a part of one.
 *
 * @param items the objects, in the server's order
 * @param resourceVersion the state that the list shows; watch from here
 * @param continueToken where the next page begins; null after the last
 */
public record Page<T extends ApiObject>(
    List<T> items, String resourceVersion, @Nullable String continueToken) {}
