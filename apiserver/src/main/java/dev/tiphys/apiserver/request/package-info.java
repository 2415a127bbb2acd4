/**
 * What a request asks for: path and query become {@link dev.tiphys.apiserver.request.RequestInfo}
 * and options, {@code Accept} and {@code Content-Type} become media types, and what goes wrong
 * becomes an {@link dev.tiphys.apiserver.request.ApiException} with the Status that clients match
 * on. Pure functions on values, but for {@link dev.tiphys.apiserver.request.ApiCall}, which carries
 * a request through the pipeline.
 */
@NullMarked
package dev.tiphys.apiserver.request;

import org.jspecify.annotations.NullMarked;
