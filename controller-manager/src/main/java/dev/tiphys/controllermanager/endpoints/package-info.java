/**
 * Tells who answers for each Service: as EndpointSlices ({@link
 * dev.tiphys.controllermanager.endpoints.SliceReconciler}) and as the older Endpoints ({@link
 * dev.tiphys.controllermanager.endpoints.EndpointsReconciler}). Services without a selector are
 * left to whoever wrote their endpoints.
 */
@NullMarked
package dev.tiphys.controllermanager.endpoints;

import org.jspecify.annotations.NullMarked;
