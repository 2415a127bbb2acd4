/**
 * What objects cost: the resources of a pod, its class of service, and what of a ResourceQuota an
 * object takes. Pure, and the same for whoever bounds, counts or tells it.
 */
@NullMarked
package dev.tiphys.api.usage;

import org.jspecify.annotations.NullMarked;
