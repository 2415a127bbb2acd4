/**
 * The request pipeline in one readable place: {@link dev.tiphys.apiserver.pipeline.ApiHandler}
 * takes a request from the HTTP server, has it authenticated and authorized, finds who answers it,
 * and turns what goes wrong into a Status.
 */
@NullMarked
package dev.tiphys.apiserver.pipeline;

import org.jspecify.annotations.NullMarked;
